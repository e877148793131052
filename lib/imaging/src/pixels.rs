//! Decoded pixels on their way through the stages.

/// A decoded picture: `width` x `height` samples of 8 bits, top row first, no padding between rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The samples.
    pub pixels: Pixels,
}

/// The samples of a [`Frame`]. Alpha is straight (not premultiplied); colours are sRGB once colour management is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel.
    Grey(Vec<u8>),
    /// Three bytes a pixel: R, G, B.
    Rgb(Vec<u8>),
    /// Four bytes a pixel: R, G, B, A.
    Rgba(Vec<u8>),
    /// Four bytes a pixel: C, M, Y, K with 0 = no ink; only between a decoder and colour management.
    Cmyk(Vec<u8>),
    /// Full-range BT.601 Y'CbCr planes as JPEG stores them, chroma perhaps subsampled.
    Ycc(Box<Planes>),
}

/// Three planes; plane `i` has `widths[i]` x `heights[i]` samples in rows of `widths[i]` bytes.
/// Chroma sizes are `ceil(luma / factor)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    /// Y', Cb, Cr.
    pub data: [Vec<u8>; 3],
    /// Columns of each plane.
    pub widths: [u32; 3],
    /// Rows of each plane.
    pub heights: [u32; 3],
}

/// The frame without its alpha; one that has none as it is.
pub(crate) fn without_alpha(frame: Frame) -> Frame {
    let pixels = match frame.pixels {
        Pixels::Rgba(data) => Pixels::Rgb(
            data.chunks_exact(4)
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect(),
        ),
        other => other,
    };
    Frame { pixels, ..frame }
}
