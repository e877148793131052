//! Bitmaps of runs (`BI_RLE8`, `BI_RLE4`; Microsoft, *Bitmap Compression*). A run beyond the end of its row is cut there: writers
//! fill odd rows up. A pixel that no run covers is black.

use super::super::{buffer, cut};
use crate::picture::samples::{Channels, Raster, Samples};
use crate::probe::BmpHeader;
use crate::{Error, Watch};

/// `biCompression` of runs of 4 bits.
const FOUR_BITS: u32 = 2;

pub(super) fn decode(bytes: &[u8], header: &BmpHeader, watch: &Watch) -> Result<Raster, Error> {
    let data = bytes
        .get(header.pixels_at..)
        .ok_or_else(|| cut("the pixels"))?;
    let mut canvas = Canvas {
        pixels: buffer(header.width, header.height, 3)?,
        palette: palette(bytes, header)?,
        width: header.width as usize,
        height: header.height as usize,
        top_down: header.top_down,
        x: 0,
        y: 0,
    };
    draw(data, header.compression == FOUR_BITS, &mut canvas, watch)?;
    Ok(Raster {
        width: header.width,
        height: header.height,
        channels: Channels::Rgb,
        samples: Samples::Eight(canvas.pixels),
    })
}

fn palette(bytes: &[u8], header: &BmpHeader) -> Result<Vec<[u8; 3]>, Error> {
    let most = 1usize << header.bits.min(8);
    let count = match header.colours as usize {
        0 => most,
        used => used.min(most),
    };
    let start = 14 + header.length as usize;
    let entries = bytes.get(start..start + 4 * count);
    let entries = entries.ok_or_else(|| cut("the palette"))?;
    Ok(entries
        .chunks_exact(4)
        .map(|entry| [entry[2], entry[1], entry[0]])
        .collect())
}

/// The picture, and the place of the next pixel; rows count in the order of the file.
struct Canvas {
    pixels: Vec<u8>,
    palette: Vec<[u8; 3]>,
    width: usize,
    height: usize,
    top_down: bool,
    x: usize,
    y: usize,
}

impl Canvas {
    fn put(&mut self, index: u8) {
        if self.x < self.width && self.y < self.height {
            let row = if self.top_down {
                self.y
            } else {
                self.height - 1 - self.y
            };
            let at = (row * self.width + self.x) * 3;
            let colour = self.palette.get(usize::from(index)).unwrap_or(&[0; 3]);
            self.pixels[at..at + 3].copy_from_slice(colour);
        }
        self.x += 1;
    }
}

fn draw(data: &[u8], four_bits: bool, canvas: &mut Canvas, watch: &Watch) -> Result<(), Error> {
    let nibble = |byte: u8, i: usize| match (four_bits, i % 2) {
        (false, _) => byte,
        (true, 0) => byte >> 4,
        (true, _) => byte & 15,
    };
    let mut pairs = data;
    while let [count, value, rest @ ..] = pairs {
        pairs = rest;
        match (*count, *value) {
            (0, 0) => {
                (canvas.x, canvas.y) = (0, canvas.y + 1);
                watch.check()?;
            }
            (0, 1) => return Ok(()),
            (0, 2) => {
                let [right, down, rest @ ..] = pairs else {
                    break;
                };
                canvas.x += usize::from(*right);
                canvas.y += usize::from(*down);
                pairs = rest;
            }
            (0, pixels) => {
                let pixels = usize::from(pixels);
                let bytes = if four_bits {
                    pixels.div_ceil(2)
                } else {
                    pixels
                };
                let Some(literal) = pairs.get(..bytes) else {
                    break;
                };
                for i in 0..pixels {
                    let byte = literal[if four_bits { i / 2 } else { i }];
                    canvas.put(nibble(byte, i));
                }
                pairs = pairs.get(bytes + bytes % 2..).unwrap_or_default();
            }
            (pixels, value) => {
                for i in 0..usize::from(pixels) {
                    canvas.put(nibble(value, i));
                }
            }
        }
        if canvas.y >= canvas.height {
            return Ok(());
        }
    }
    // without an end, but with every row
    if canvas.y + 1 >= canvas.height && canvas.x >= canvas.width {
        return Ok(());
    }
    Err(cut("the pixels"))
}
