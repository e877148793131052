/* A JPEG written again from its own coefficients, for src/decode/jpeg/transcode.rs. See jpeg_transcode.c. */
#ifndef DARKROOM_JPEG_TRANSCODE_H
#define DARKROOM_JPEG_TRANSCODE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the picture of `bytes` again, without loss and without anything else that the file holds, into a new buffer for
 * `dr_jpeg_free`. `progressive`: in several scans, else in one. 0; or -1 if the file has any fault, or there is no memory.
 */
int dr_jpeg_transcode(const uint8_t *bytes, size_t length, int progressive, uint8_t **file, size_t *size);
void dr_jpeg_free(uint8_t *file);

#endif
