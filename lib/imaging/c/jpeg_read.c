/*
 * Row streaming over libjpeg-turbo.
 *
 * Why C: TurboJPEG's own interface gives whole pictures only (24 megapixels are 36 MB of planes), and libjpeg's
 * reports errors through a function that must not return, that is by longjmp. A longjmp may not cross Rust frames,
 * so every call that can fail is made here, under a setjmp, and comes back as a value. The one call into Rust, which decodes an
 * MCU, calls nothing back.
 */
#include "jpeg_read.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/*
 * The first members of two structs of libjpeg's own jpegint.h, which is not installed. They have been the same since libjpeg 6b of
 * 1998. Compare them with a new version's before you let it in.
 */
#if JPEG_LIB_VERSION < 62 || LIBJPEG_TURBO_VERSION_NUMBER < 3000000 || LIBJPEG_TURBO_VERSION_NUMBER >= 3002000
#error "compare jpeg_entropy_decoder and jpeg_marker_reader with this libjpeg-turbo's jpegint.h"
#endif
struct jpeg_entropy_decoder {
    void (*start_pass)(j_decompress_ptr);
    boolean (*decode_mcu)(j_decompress_ptr, JBLOCKROW *);
};
struct jpeg_marker_reader {
    void (*reset_marker_reader)(j_decompress_ptr);
    int (*read_markers)(j_decompress_ptr);
    jpeg_marker_parser_method read_restart_marker;
};

/* The most rows of iMCUs a picture can have. */
enum { MAX_UNITS = (JPEG_MAX_DIMENSION + DCTSIZE - 1) / DCTSIZE };
/* What a row of iMCUs lacks. */
enum { COARSE = 1, LOST = 2 };

struct dr_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    int kind;
    int buffered, absorbing;
    int started;
    int damaged;
    int ended;
    uint8_t harm[MAX_UNITS];
    /* who decodes the MCUs, if it is not libjpeg-turbo; MCUs up to the next restart marker; whether one just came;
       whether the rest of the MCUs up to it are missing */
    dr_decode_mcu *decode;
    void *scan;
    unsigned until_restart;
    int restarted, missing;
    /* whether a code was wrong, which makes the MCUs up to the next restart marker doubtful; the rows of iMCUs in which the first
       MCU since the last restart marker and the last MCU were */
    int doubtful;
    uint32_t first_unit, last_unit;
    char message[JMSG_LENGTH_MAX];
};

static dr_jpeg *of(j_common_ptr info) { return (dr_jpeg *)info->client_data; }

static void on_error(j_common_ptr info) {
    dr_jpeg *jpeg = of(info);
    info->err->format_message(info, jpeg->message);
    longjmp(jpeg->failed, 1);
}

static void harm(dr_jpeg *jpeg, uint32_t first, uint32_t end, uint8_t what) {
    for (uint32_t unit = first; unit < end && unit < jpeg->info.total_iMCU_rows && unit < MAX_UNITS; unit++)
        if (jpeg->harm[unit] < what)
            jpeg->harm[unit] = what;
}

/* The rows of iMCUs from the one that is being read to the next restart marker, or to the end of the scan. */
static void harm_rest(dr_jpeg *jpeg) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    if (!info->cur_comp_info[0]) /* within the header of a scan: `harm_missing_scans` knows that it did not come */
        return;
    int of_luma = info->cur_comp_info[0]->component_index == 0;
    int detail = info->progressive_mode && (info->Ah > 0 || (info->Ss > 0 && !of_luma));
    uint32_t first = info->input_iMCU_row, end = info->total_iMCU_rows;
    if (info->restart_interval && info->MCUs_per_row && info->MCU_rows_in_scan >= end) {
        uint32_t rows = info->restart_interval / info->MCUs_per_row + 2;
        uint32_t until = first + rows / (info->MCU_rows_in_scan / end) + 1;
        end = until < end ? until : end;
    }
    harm(jpeg, first, end, detail ? COARSE : LOST);
}

/* Warnings: level -1. Only those that mean lost samples count; stray bytes between markers, say, do not. */
static void on_message(j_common_ptr common, int level) {
    dr_jpeg *jpeg = of(common);
    int code = common->err->msg_code;
    if (level >= 0)
        return;
    if (code != JWRN_JPEG_EOF && code != JWRN_HIT_MARKER && code != JWRN_HUFF_BAD_CODE && code != JWRN_MUST_RESYNC)
        return;
    if (jpeg->started && !jpeg->decode) /* `decode_mcu` knows better which MCUs it lacks */
        harm_rest(jpeg);
    if (jpeg->damaged)
        return;
    jpeg->damaged = 1;
    jpeg->ended = code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER;
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

int dr_jpeg_start(dr_jpeg *jpeg, unsigned denominator, int kind, dr_layout *layout) {
    struct jpeg_decompress_struct *info = &jpeg->info;
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    memset(layout, 0, sizeof *layout);
    jpeg_read_header(info, TRUE);
    if (jpeg->damaged) /* the headers themselves are cut */
        harm(jpeg, 0, info->total_iMCU_rows, LOST);
    jpeg->started = 1;
    jpeg->kind = kind;
    jpeg->buffered = jpeg_has_multiple_scans(info);
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

/* A file that ends early lacks the scans that would follow. */
static void harm_missing_scans(dr_jpeg *jpeg) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    for (int c = 0; jpeg->damaged && c < info->num_components; c++) {
        uint8_t what = info->comp_info[c].quant_table ? 0 : LOST; /* of a scan that began */
        for (int k = 0; info->progressive_mode && info->coef_bits && k < DCTSIZE2; k++) {
            int bits = info->coef_bits[c][k]; /* how many are still to come; -1 where none have */
            uint8_t lacks = bits < 0 && (c == 0 || k == 0) ? LOST : bits != 0 ? COARSE : 0;
            what = lacks > what ? lacks : what;
        }
        if (what)
            harm(jpeg, 0, info->total_iMCU_rows, what);
    }
}

int dr_jpeg_absorb(dr_jpeg *jpeg, unsigned max_scans) {
    if (!jpeg->buffered)
        return DR_DONE;
    if (setjmp(jpeg->failed))
        return DR_FAILED;
    if (!jpeg->absorbing) {
        jpeg_start_decompress(&jpeg->info);
        jpeg->absorbing = 1;
    }
    int status = jpeg_consume_input(&jpeg->info);
    if (jpeg->info.input_scan_number > (int)max_scans) {
        snprintf(jpeg->message, sizeof jpeg->message, "more than %u scans", max_scans);
        return DR_FAILED;
    }
    if (status != JPEG_REACHED_EOI && status != JPEG_SUSPENDED)
        return DR_MORE;
    harm_missing_scans(jpeg);
    return DR_DONE;
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

int dr_jpeg_scan(const dr_jpeg *jpeg, dr_scan *scan) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    if (jpeg->buffered || info->progressive_mode || info->arith_code || info->data_precision != 8)
        return DR_FAILED;
    int components = info->comps_in_scan, blocks = info->blocks_in_MCU;
    if (components < 0 || components > DR_MAX_PLANES || blocks < 0 || blocks > DR_MAX_BLOCKS)
        return DR_FAILED;
    memset(scan, 0, sizeof *scan);
    scan->components = (uint32_t)components;
    scan->blocks = (uint32_t)blocks;
    for (int i = 0; i < DR_MAX_BLOCKS; i++) /* all, or gcc warns of those past the end */
        scan->component[i] = (uint8_t)(i < blocks ? info->MCU_membership[i] : 0);
    for (int i = 0; i < components; i++) {
        const JHUFF_TBL *dc = info->dc_huff_tbl_ptrs[info->cur_comp_info[i]->dc_tbl_no];
        const JHUFF_TBL *ac = info->ac_huff_tbl_ptrs[info->cur_comp_info[i]->ac_tbl_no];
        if (!dc || !ac)
            return DR_FAILED;
        memcpy(scan->dc[i].counts, dc->bits, sizeof dc->bits);
        memcpy(scan->dc[i].symbols, dc->huffval, sizeof dc->huffval);
        memcpy(scan->ac[i].counts, ac->bits, sizeof ac->bits);
        memcpy(scan->ac[i].symbols, ac->huffval, sizeof ac->huffval);
    }
    return 0;
}

static void warn(j_decompress_ptr info, int code) {
    info->err->msg_code = code;
    info->err->emit_message((j_common_ptr)info, -1);
}

/* Whether other bytes than those that fill up come before the next marker: then the MCUs before it were misread. */
static int stray_bytes(const struct jpeg_source_mgr *source) {
    return source->bytes_in_buffer > 0 && source->next_input_byte[0] != 0xFF;
}

/* As jdhuff.c's process_restart. */
static void pass_restart(j_decompress_ptr info, dr_jpeg *jpeg) {
    int stray = !jpeg->missing && info->unread_marker == 0 && stray_bytes(info->src);
    info->marker->read_restart_marker(info); /* FALSE is for sources that wait for bytes */
    jpeg->until_restart = info->restart_interval;
    jpeg->restarted = 1;
    jpeg->doubtful = 0;
    if (info->unread_marker == 0) {
        jpeg->missing = 0;
        if (stray) {
            warn(info, JWRN_HUFF_BAD_CODE);
            harm(jpeg, jpeg->first_unit, jpeg->last_unit + 1, LOST);
        }
    }
    jpeg->first_unit = info->input_iMCU_row;
}

/* As jdhuff.c's decode_mcu: after the end of the data, or before a marker that comes too early, blocks stay as they are. */
static boolean decode_mcu(j_decompress_ptr info, JBLOCKROW *blocks) {
    dr_jpeg *jpeg = of((j_common_ptr)info);
    struct jpeg_source_mgr *source = info->src;
    uint32_t unit = info->input_iMCU_row;
    if (info->restart_interval) {
        if (jpeg->until_restart == 0)
            pass_restart(info, jpeg);
        jpeg->until_restart--;
    }
    jpeg->last_unit = unit;
    if (jpeg->missing || jpeg->doubtful)
        harm(jpeg, unit, unit + 1, LOST);
    if (jpeg->missing)
        return TRUE;
    size_t used, length = info->unread_marker ? 0 : source->bytes_in_buffer;
    int status = jpeg->decode(jpeg->scan, jpeg->restarted, source->next_input_byte, length,
                              (int16_t(*const *)[DCTSIZE2])blocks, &used);
    jpeg->restarted = 0;
    source->next_input_byte += used;
    source->bytes_in_buffer -= used;
    if (!status)
        return TRUE;
    harm(jpeg, unit, unit + 1, LOST);
    if (status & DR_BROKEN) {
        snprintf(jpeg->message, sizeof jpeg->message, "the entropy decoder failed");
        longjmp(jpeg->failed, 1);
    }
    if (status & DR_BAD_CODE) {
        jpeg->doubtful = 1;
        warn(info, JWRN_HUFF_BAD_CODE);
    }
    if (status & DR_SHORT) {
        jpeg->missing = 1;
        if (source->bytes_in_buffer == 0)
            source->fill_input_buffer(info); /* warns of the end */
        warn(info, JWRN_HIT_MARKER);
    }
    return TRUE;
}

void dr_jpeg_decode_by(dr_jpeg *jpeg, dr_decode_mcu *decode, void *scan) {
    jpeg->decode = decode;
    jpeg->scan = scan;
    jpeg->until_restart = jpeg->info.restart_interval;
    jpeg->info.entropy->decode_mcu = decode_mcu;
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

/* Rows of the original in the rows of iMCUs that lack `what`. */
static uint32_t rows(const dr_jpeg *jpeg, uint8_t what) {
    const struct jpeg_decompress_struct *info = &jpeg->info;
    uint32_t unit = (uint32_t)info->max_v_samp_factor * DCTSIZE, found = 0;
    for (uint32_t i = 0; i < info->total_iMCU_rows && i < MAX_UNITS; i++) {
        uint32_t left = info->image_height - i * unit;
        if (jpeg->harm[i] == what)
            found += left < unit ? left : unit;
    }
    return found;
}

uint32_t dr_jpeg_lost_rows(const dr_jpeg *jpeg) { return rows(jpeg, LOST); }
uint32_t dr_jpeg_coarse_rows(const dr_jpeg *jpeg) { return rows(jpeg, COARSE); }
int dr_jpeg_ended(const dr_jpeg *jpeg) { return jpeg->ended; }
const char *dr_jpeg_message(const dr_jpeg *jpeg) { return jpeg->message; }
