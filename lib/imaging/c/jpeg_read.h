/* Row streaming over libjpeg-turbo, for src/decode/jpeg/ffi.rs (which mirrors these structs). See jpeg_read.c. */
#ifndef DARKROOM_JPEG_READ_H
#define DARKROOM_JPEG_READ_H

#include <stddef.h>
#include <stdint.h>

enum { DR_MAX_PLANES = 4, DR_MAX_ROWS = 32 };

/* What rows come out: the stored planes as they are, or pixels of interleaved samples. */
enum { DR_PLANES = 0, DR_RGB = 1, DR_CMYK = 2 };

/* What `dr_jpeg_absorb` and `dr_jpeg_read` say. */
enum { DR_MORE = 0, DR_DONE = 1, DR_FAILED = -1 };

typedef struct {
    uint32_t width, height;      /* samples in a row, and rows */
    uint32_t stride;             /* bytes a row written by `dr_jpeg_read` may take: whole blocks */
    uint32_t rows;               /* rows one `dr_jpeg_read` writes */
    uint32_t per_x, per_y;       /* samples for 8 * max_h (8 * max_v) pixels of the original, see `unit_x`, `unit_y` */
} dr_plane;

typedef struct {
    uint32_t planes;
    uint32_t unit_x, unit_y;     /* 8 * the largest sampling factor */
    dr_plane plane[DR_MAX_PLANES];
} dr_layout;

typedef struct dr_jpeg dr_jpeg;

enum { DR_MAX_BLOCKS = 10 };

typedef struct {
    uint8_t counts[17];          /* of each length of code, 1 to 16; the first does not count */
    uint8_t symbols[256];
} dr_huffman;

/* The scan of a sequential file: the tables of its components, and which one each block of an MCU is of. */
typedef struct {
    uint32_t components, blocks;
    uint8_t component[DR_MAX_BLOCKS];
    dr_huffman dc[DR_MAX_PLANES], ac[DR_MAX_PLANES];
} dr_scan;

/* What was wrong with an MCU: there were too few bytes; there was a wrong code; the decoder itself failed. */
enum { DR_SHORT = 1, DR_BAD_CODE = 2, DR_BROKEN = 4 };

/*
 * Decodes one MCU into blocks that are all zeros, `restart` if a restart marker was just passed, and says in `*used` how many
 * bytes it took, which are never those of a marker. 0, or what was wrong.
 */
typedef int dr_decode_mcu(void *scan, int restart, const uint8_t *bytes, size_t length, int16_t (*const *blocks)[64],
                          size_t *used);

/* The mirrors in ffi.rs assert the same numbers. */
_Static_assert(sizeof(dr_plane) == 24 && offsetof(dr_plane, per_y) == 20, "Plane of ffi.rs");
_Static_assert(sizeof(dr_layout) == 108 && offsetof(dr_layout, plane) == 12, "Layout of ffi.rs");
_Static_assert(sizeof(dr_huffman) == 273 && offsetof(dr_huffman, symbols) == 17, "Huffman of ffi.rs");
_Static_assert(sizeof(dr_scan) == 2204 && offsetof(dr_scan, dc) == 18 && offsetof(dr_scan, ac) == 1110, "Sequential of ffi.rs");

/* NULL only when there is no memory. `bytes` must outlive the result. */
dr_jpeg *dr_jpeg_open(const uint8_t *bytes, size_t length);
void dr_jpeg_close(dr_jpeg *jpeg);
/* Reads the header, fixes scale (1/denominator) and kind of rows. 0, or DR_FAILED. */
int dr_jpeg_start(dr_jpeg *jpeg, unsigned denominator, int kind, dr_layout *layout);
/* Takes in some more of a file of several scans: DR_MORE, DR_DONE once all are in, DR_FAILED. */
int dr_jpeg_absorb(dr_jpeg *jpeg, unsigned max_scans);
/* Begins to give rows: 0, or DR_FAILED. */
int dr_jpeg_begin(dr_jpeg *jpeg);
/* After `dr_jpeg_begin`: 0 if there is one scan, of sequential Huffman codes; DR_FAILED for any other file. */
int dr_jpeg_scan(const dr_jpeg *jpeg, dr_scan *scan);
/* Has `decode` take libjpeg-turbo's place from now on, and `scan` given to it. */
void dr_jpeg_decode_by(dr_jpeg *jpeg, dr_decode_mcu *decode, void *scan);
/* Writes the next rows of each plane to rows[plane][i]: DR_MORE, DR_DONE after the last, DR_FAILED. */
int dr_jpeg_read(dr_jpeg *jpeg, uint8_t *const rows[DR_MAX_PLANES][DR_MAX_ROWS]);
/* Rows of the original that have no samples of their own, or wrong ones, because data is missing or damaged. */
uint32_t dr_jpeg_lost_rows(const dr_jpeg *jpeg);
/* Further rows that lack detail only: a refinement of a progressive file, or chroma's finer coefficients. */
uint32_t dr_jpeg_coarse_rows(const dr_jpeg *jpeg);
/* Whether the first damage was the end of the data (else wrong data). */
int dr_jpeg_ended(const dr_jpeg *jpeg);
/* libjpeg's words for the error, or for the first damage. */
const char *dr_jpeg_message(const dr_jpeg *jpeg);

#endif
