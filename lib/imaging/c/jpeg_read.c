/*
 * Row streaming over libjpeg-turbo.
 *
 * Why C: TurboJPEG's own interface gives whole pictures only (24 megapixels are 36 MB of planes), and libjpeg's
 * reports errors through a function that must not return, that is by longjmp. A longjmp may not cross Rust frames,
 * so every call that can fail is made here, under a setjmp, and comes back as a value. Nothing in here calls Rust.
 */
#include "jpeg_read.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

struct dr_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    int kind;
    int buffered;
    int damaged;
    int ended;
    uint32_t sound_rows;
    char message[JMSG_LENGTH_MAX];
};

static dr_jpeg *of(j_common_ptr info) { return (dr_jpeg *)info->client_data; }

static void on_error(j_common_ptr info) {
    dr_jpeg *jpeg = of(info);
    info->err->format_message(info, jpeg->message);
    longjmp(jpeg->failed, 1);
}

/* Rows of the original in front of the block row that is being decoded. */
static uint32_t rows_before_damage(j_decompress_ptr info) {
    if (info->progressive_mode || info->comps_in_scan < info->num_components)
        return 0; /* a later scan is missing for every row */
    uint32_t row = info->input_iMCU_row * (uint32_t)info->max_v_samp_factor * DCTSIZE;
    return row < info->image_height ? row : info->image_height;
}

/* Warnings: level -1. Only those that mean lost samples count; stray bytes between markers, say, do not. */
static void on_message(j_common_ptr common, int level) {
    dr_jpeg *jpeg = of(common);
    int code = common->err->msg_code;
    if (level >= 0 || jpeg->damaged)
        return;
    if (code != JWRN_JPEG_EOF && code != JWRN_HIT_MARKER && code != JWRN_HUFF_BAD_CODE && code != JWRN_MUST_RESYNC)
        return;
    jpeg->damaged = 1;
    jpeg->ended = code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER;
    jpeg->sound_rows = rows_before_damage(&jpeg->info);
    common->err->format_message(common, jpeg->message);
}

static void on_output(j_common_ptr info) { (void)info; }

/* Apart from `dr_jpeg_open`, so that no local variable of a setjmp's function changes after it. */
static int create(dr_jpeg *jpeg, const uint8_t *bytes, size_t length) {
    if (setjmp(jpeg->failed))
        return 0;
    jpeg_create_decompress(&jpeg->info);
    jpeg->info.client_data = jpeg;
    jpeg_mem_src(&jpeg->info, bytes, (unsigned long)length);
    return 1;
}

dr_jpeg *dr_jpeg_open(const uint8_t *bytes, size_t length) {
    dr_jpeg *volatile jpeg = calloc(1, sizeof *jpeg); /* read after a longjmp */
    if (!jpeg)
        return NULL;
    jpeg->info.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = on_error;
    jpeg->errors.emit_message = on_message;
    jpeg->errors.output_message = on_output;
    jpeg->info.client_data = jpeg;
    if (!create(jpeg, bytes, length)) {
        dr_jpeg_close(jpeg);
        return NULL;
    }
    return jpeg;
}

void dr_jpeg_close(dr_jpeg *jpeg) {
    jpeg_destroy_decompress(&jpeg->info);
    free(jpeg);
}

static void describe_planes(const dr_jpeg *jpeg, dr_layout *layout) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    layout->planes = (uint32_t)info->num_components;
    for (int i = 0; i < info->num_components; i++) {
        const jpeg_component_info *component = &info->comp_info[i];
        uint32_t size = (uint32_t)component->DCT_scaled_size;
        layout->plane[i] = (dr_plane){
            .width = component->downsampled_width,
            .height = component->downsampled_height,
            /* an interleaved scan writes whole MCUs */
            .stride = (component->width_in_blocks + (uint32_t)component->h_samp_factor) * size,
            .rows = (uint32_t)component->v_samp_factor * size,
            .per_x = (uint32_t)component->h_samp_factor * size,
            .per_y = (uint32_t)component->v_samp_factor * size,
        };
    }
}

int dr_jpeg_start(dr_jpeg *jpeg, unsigned denominator, int kind, int multiple_scans, dr_layout *layout) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    memset(layout, 0, sizeof *layout);
    jpeg_read_header(info, TRUE);
    if (!jpeg->damaged) /* the headers themselves may be cut: then no row is sound */
        jpeg->sound_rows = info->image_height;
    jpeg->kind = kind;
    jpeg->buffered = multiple_scans || jpeg_has_multiple_scans(info);
    info->buffered_image = (boolean)jpeg->buffered;
    info->scale_num = 1;
    info->scale_denom = denominator;
    info->dct_method = JDCT_ISLOW;
    info->do_block_smoothing = FALSE;
    info->raw_data_out = kind == DR_PLANES;
    if (kind != DR_PLANES)
        info->out_color_space = kind == DR_RGB ? JCS_RGB : JCS_CMYK;
    else
        info->out_color_space = info->jpeg_color_space;
    jpeg_calc_output_dimensions(info);
    layout->unit_x = 8 * (uint32_t)info->max_h_samp_factor;
    layout->unit_y = 8 * (uint32_t)info->max_v_samp_factor;
    if (kind == DR_PLANES) {
        if (info->num_components > 3) {
            snprintf(jpeg->message, sizeof jpeg->message, "%d planes", info->num_components);
            return DR_FAILED;
        }
        describe_planes(jpeg, layout);
        return 0;
    }
    uint32_t samples = kind == DR_RGB ? 3 : 4;
    layout->planes = 1;
    layout->plane[0] = (dr_plane){
        .width = info->output_width,
        .height = info->output_height,
        .stride = info->output_width * samples,
        .rows = 1,
        .per_x = layout->unit_x / denominator,
        .per_y = layout->unit_y / denominator,
    };
    return 0;
}

int dr_jpeg_absorb(dr_jpeg *jpeg, unsigned max_scans) {
    if (!jpeg->buffered)
        return DR_DONE;
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    if (jpeg->info.global_state <= 202) /* DSTATE_READY: jpeg_start_decompress was not called */
        jpeg_start_decompress(&jpeg->info);
    int status = jpeg_consume_input(&jpeg->info);
    if (jpeg->info.input_scan_number > (int)max_scans) {
        snprintf(jpeg->message, sizeof jpeg->message, "more than %u scans", max_scans);
        return DR_FAILED;
    }
    return status == JPEG_REACHED_EOI || status == JPEG_SUSPENDED ? DR_DONE : DR_MORE;
}

int dr_jpeg_begin(dr_jpeg *jpeg) {
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    if (jpeg->buffered)
        jpeg_start_output(&jpeg->info, jpeg->info.input_scan_number);
    else
        jpeg_start_decompress(&jpeg->info);
    return 0;
}

int dr_jpeg_read(dr_jpeg *jpeg, uint8_t *const rows[DR_MAX_PLANES][DR_MAX_ROWS]) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    JSAMPARRAY planes[DR_MAX_PLANES];
    JDIMENSION most = (JDIMENSION)(info->max_v_samp_factor * info->min_DCT_scaled_size);
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    for (int i = 0; i < DR_MAX_PLANES; i++)
        planes[i] = (JSAMPARRAY)rows[i];
    if (jpeg->kind == DR_PLANES)
        jpeg_read_raw_data(info, planes, most);
    else
        jpeg_read_scanlines(info, planes[0], 1);
    return info->output_scanline >= info->output_height ? DR_DONE : DR_MORE;
}

uint32_t dr_jpeg_sound_rows(const dr_jpeg *jpeg) { return jpeg->sound_rows; }
int dr_jpeg_ended(const dr_jpeg *jpeg) { return jpeg->ended; }
const char *dr_jpeg_message(const dr_jpeg *jpeg) { return jpeg->message; }
