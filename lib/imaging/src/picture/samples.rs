//! Interleaved samples on their way through the stages: a [`Raster`] as a decoder gives it, and the [`Frame`] that colour management
//! makes of it.

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

/// Drops the alpha of a frame whose every pixel is opaque, in place. Says whether it did.
pub(crate) fn drop_opaque_alpha(frame: &mut Frame) -> bool {
    // whole blocks, which compile to vectors, up to the first that is not opaque
    const BLOCK: usize = 4096;
    let Pixels::Rgba(data) = &mut frame.pixels else {
        return false;
    };
    let is_opaque =
        |block: &[u8]| block.chunks_exact(4).fold(255, |all, pixel| all & pixel[3]) == 255;
    if !data.chunks(BLOCK).all(is_opaque) {
        return false;
    }
    let mut data = std::mem::take(data);
    let pixels = data.len() / 4;
    for i in 1..pixels {
        let [red, green, blue] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]];
        data[3 * i..3 * i + 3].copy_from_slice(&[red, green, blue]);
    }
    data.truncate(3 * pixels);
    frame.pixels = Pixels::Rgb(data);
    true
}

/// `width` x `height` pixels of `channels.count()` samples each, rows without padding, alpha straight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: Channels,
    pub(crate) samples: Samples,
}

/// The samples of a pixel, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// 0 = no ink.
    Cmyk,
}

/// Samples of 8 bits, or of 16 where the file has more than 8: colour management is done before they are cut to 8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

impl Channels {
    pub(crate) fn rgb(alpha: bool) -> Self {
        if alpha { Self::Rgba } else { Self::Rgb }
    }

    pub(crate) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(crate) fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

impl Raster {
    /// The colours alone.
    pub(crate) fn without_alpha(self) -> Self {
        let channels = match self.channels {
            Channels::GreyAlpha => Channels::Grey,
            Channels::Rgba => Channels::Rgb,
            _ => return self,
        };
        Self {
            samples: self
                .samples
                .keep_first(self.channels.count(), channels.count()),
            channels,
            ..self
        }
    }

    /// The same picture in 8 bits as a frame; the samples must be sRGB, or CMYK still to be converted.
    pub(crate) fn into_frame(self) -> Frame {
        let samples = self.samples.into_eight();
        let pixels = match self.channels {
            Channels::Grey => Pixels::Grey(samples),
            Channels::GreyAlpha => Pixels::Rgba(
                samples
                    .chunks_exact(2)
                    .flat_map(|p| [p[0], p[0], p[0], p[1]])
                    .collect(),
            ),
            Channels::Rgb => Pixels::Rgb(samples),
            Channels::Rgba => Pixels::Rgba(samples),
            Channels::Cmyk => Pixels::Cmyk(samples),
        };
        Frame {
            width: self.width,
            height: self.height,
            pixels,
        }
    }
}

impl Samples {
    /// The first `keep` of each `count` samples.
    pub(crate) fn keep_first(self, count: usize, keep: usize) -> Self {
        fn first<T: Copy>(samples: Vec<T>, count: usize, keep: usize) -> Vec<T> {
            if count == keep {
                return samples;
            }
            samples
                .chunks_exact(count)
                .flat_map(|pixel| pixel[..keep.min(count)].iter().copied())
                .collect()
        }
        match self {
            Self::Eight(samples) => Self::Eight(first(samples, count, keep)),
            Self::Sixteen(samples) => Self::Sixteen(first(samples, count, keep)),
        }
    }

    /// Rounded to 8 bits where they have 16.
    pub(crate) fn into_eight(self) -> Vec<u8> {
        match self {
            Self::Eight(samples) => samples,
            Self::Sixteen(samples) => samples.into_iter().map(to_eight).collect(),
        }
    }
}

/// 16 bits to 8, rounded to the nearest.
pub(crate) fn to_eight(sample: u16) -> u8 {
    let rounded = (u32::from(sample) * 255 + 32767) / 65535;
    rounded.to_le_bytes()[0]
}
