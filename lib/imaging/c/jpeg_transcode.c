/*
 * Lossless transcoding by libjpeg-turbo: the quantised coefficients stay, their Huffman codes are made for them, and markers of
 * metadata, what is between segments and what is behind the picture are left out.
 *
 * Why C: as in jpeg_read.c, every call that can fail is made under a setjmp.
 */
#include "jpeg_transcode.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

struct job {
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    unsigned char *file;
    unsigned long size;
};

static void on_error(j_common_ptr info) { longjmp(((struct job *)info->client_data)->failed, 1); }

/* A warning too: a file with a fault is not for copying. */
static void on_message(j_common_ptr info, int level) {
    if (level < 0)
        on_error(info);
}

static void on_output(j_common_ptr info) { (void)info; }

/* Apart from its caller, so that no local variable of a setjmp's function changes after it. */
static int run(struct job *job, const uint8_t *bytes, size_t length, int progressive) {
    if (setjmp(job->failed))
        return -1;
    jpeg_create_decompress(&job->from);
    job->from.client_data = job;
    jpeg_create_compress(&job->to);
    job->to.client_data = job;
    jpeg_mem_src(&job->from, bytes, (unsigned long)length);
    jpeg_read_header(&job->from, TRUE);
    jvirt_barray_ptr *coefficients = jpeg_read_coefficients(&job->from);
    jpeg_copy_critical_parameters(&job->from, &job->to);
    job->to.JFIF_major_version = 1; /* the original's density is metadata */
    job->to.JFIF_minor_version = 1;
    job->to.density_unit = 0;
    job->to.X_density = 1;
    job->to.Y_density = 1;
    job->to.optimize_coding = TRUE;
    if (progressive)
        jpeg_simple_progression(&job->to);
    jpeg_mem_dest(&job->to, &job->file, &job->size);
    jpeg_write_coefficients(&job->to, coefficients);
    jpeg_finish_compress(&job->to);
    jpeg_finish_decompress(&job->from);
    return 0;
}

int dr_jpeg_transcode(const uint8_t *bytes, size_t length, int progressive, uint8_t **file, size_t *size) {
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return -1;
    job->from.err = job->to.err = jpeg_std_error(&job->errors);
    job->errors.error_exit = on_error;
    job->errors.emit_message = on_message;
    job->errors.output_message = on_output;
    job->from.client_data = job->to.client_data = job;
    int status = run(job, bytes, length, progressive);
    jpeg_destroy_compress(&job->to);
    jpeg_destroy_decompress(&job->from);
    if (status) {
        free(job->file);
        job->file = NULL;
        job->size = 0;
    }
    *file = job->file;
    *size = job->size;
    free(job);
    return status;
}

void dr_jpeg_free(uint8_t *file) { free(file); }
