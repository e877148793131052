/*
 * A JPEG from planes, by libjpeg-turbo.
 *
 * Why C: see jpeg_read.c. TurboJPEG has a function for this too, but reads a luma plane as if both its sides were even.
 */
#include "jpeg_write.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { MAX_ROWS = 2 * DCTSIZE };

typedef struct {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    unsigned char *bytes;
    unsigned long length;
    uint8_t *strip; /* the rows of one line of MCUs, each as long as its blocks */
    char message[JMSG_LENGTH_MAX];
} writer;

static void on_error(j_common_ptr info) {
    writer *self = info->client_data;
    info->err->format_message(info, self->message);
    longjmp(self->failed, 1);
}

static void on_output(j_common_ptr info) { (void)info; }

static void configure(writer *self, const dr_jpeg_plane *planes, int count, int halved, int quality, int optimise) {
    struct jpeg_compress_struct *info = &self->info;
    info->image_width = planes[0].width;
    info->image_height = planes[0].height;
    info->input_components = count;
    info->in_color_space = count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = halved ? 2 : 1;
    info->raw_data_in = TRUE;
    info->dct_method = JDCT_ISLOW;
    info->optimize_coding = (boolean)optimise;
}

/* Row `y` of a plane with its last sample repeated up to whole blocks; past the last row, that row again. */
static void copy_row(uint8_t *to, size_t stride, const dr_jpeg_plane *plane, uint32_t y) {
    uint32_t row = y < plane->height ? y : plane->height - 1;
    const uint8_t *from = plane->samples + (size_t)row * plane->width;
    memcpy(to, from, plane->width);
    memset(to + plane->width, from[plane->width - 1], stride - plane->width);
}

static void write_rows(writer *self, const dr_jpeg_plane *planes, int count) {
    struct jpeg_compress_struct *info = &self->info;
    JSAMPROW rows[3][MAX_ROWS];
    JSAMPARRAY arrays[3] = {rows[0], rows[1], rows[2]};
    uint32_t lines = (uint32_t)info->max_v_samp_factor * DCTSIZE;
    while (info->next_scanline < info->image_height) {
        uint8_t *to = self->strip;
        for (int i = 0; i < count; i++) {
            const jpeg_component_info *component = &info->comp_info[i];
            size_t stride = (size_t)component->width_in_blocks * DCTSIZE;
            uint32_t height = (uint32_t)component->v_samp_factor * DCTSIZE;
            uint32_t first = info->next_scanline / lines * height;
            for (uint32_t row = 0; row < height; row++, to += stride) {
                copy_row(to, stride, &planes[i], first + row);
                rows[i][row] = to;
            }
        }
        jpeg_write_raw_data(info, arrays, lines);
    }
}

/* All that may jump, under one setjmp; what it makes is in `self`. */
static int compress(writer *self, const dr_jpeg_plane *planes, int count, int halved, int quality, int optimise) {
    if (setjmp(self->failed))
        return -1;
    jpeg_create_compress(&self->info);
    self->info.client_data = self;
    jpeg_mem_dest(&self->info, &self->bytes, &self->length);
    configure(self, planes, count, halved, quality, optimise);
    jpeg_start_compress(&self->info, TRUE);
    size_t room = 0;
    for (int i = 0; i < count; i++)
        room += (size_t)self->info.comp_info[i].width_in_blocks * DCTSIZE * DCTSIZE *
                (size_t)self->info.comp_info[i].v_samp_factor;
    self->strip = malloc(room);
    if (!self->strip) {
        snprintf(self->message, sizeof self->message, "no memory for %zu bytes", room);
        return -1;
    }
    write_rows(self, planes, count);
    jpeg_finish_compress(&self->info);
    return 0;
}

int dr_jpeg_write(const dr_jpeg_plane *planes, int count, int halved, int quality, int optimise, uint8_t **bytes,
                  size_t *length, char *message, size_t room) {
    writer *self = calloc(1, sizeof *self);
    if (!self) {
        snprintf(message, room, "no memory for an encoder");
        return -1;
    }
    self->info.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = on_error;
    self->errors.output_message = on_output;
    self->info.client_data = self;
    /* libjpeg doubles the buffer when it is full; photos at usual qualities take less than this */
    self->length = 4096 + (unsigned long)planes[0].width * planes[0].height / 2;
    self->bytes = malloc(self->length);
    uint8_t *first = self->bytes;
    int status = self->bytes ? compress(self, planes, count, halved, quality, optimise) : -1;
    jpeg_destroy_compress(&self->info);
    free(self->strip);
    if (first != self->bytes)
        free(first);
    if (status == 0) {
        *bytes = self->bytes;
        *length = self->length;
    } else {
        free(self->bytes);
        snprintf(message, room, "%s", self->message[0] ? self->message : "no memory for the file");
    }
    free(self);
    return status;
}

void dr_jpeg_free(uint8_t *bytes) { free(bytes); }
