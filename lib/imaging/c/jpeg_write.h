/* A JPEG from planes, for src/encode/jpeg.rs. See jpeg_write.c. */
#ifndef DARKROOM_JPEG_WRITE_H
#define DARKROOM_JPEG_WRITE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *samples; /* `height` rows of `width` bytes */
    uint32_t width, height;
} dr_jpeg_plane;

/*
 * One plane is grey; three are Y'CbCr, the last two with half the sides (rounded up) where `halved` is not 0.
 * 0, and `*bytes` (to be given to `dr_jpeg_free`) has `*length` bytes of JPEG; or -1, and `message` (of `room` bytes) says why.
 */
int dr_jpeg_write(const dr_jpeg_plane *planes, int count, int halved, int quality, int optimise, uint8_t **bytes,
                  size_t *length, char *message, size_t room);
void dr_jpeg_free(uint8_t *bytes);

#endif
