//! Decodes bytes to pixels, with one file per format. JPEG comes in strips of rows; every other format is decoded as a whole.
//!
//! A picture with missing rows is refused as truncated. The limits have already been checked against the header.

mod animation;
mod av1;
mod avif;
mod bmp;
mod canvas;
mod gif;
#[cfg(feature = "heic")]
mod heic;
mod ico;
pub(crate) mod jpeg;
mod png;
mod tiff;
mod unmultiply;
mod watched;
mod webp;
mod webp_canvas;
#[cfg(test)]
mod webp_peer;
mod webp_safe;
mod webp_still;
mod ycc;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use animation::{Animation, Moment};

use crate::colour::Model;
use crate::limits::Decoders;
use crate::picture::samples::Frame;
use crate::{Colour, Error, Format, Probe, Watch, colour};

/// Decodes the picture, or an animation's first frame, as stored (not yet upright) and in sRGB.
/// The header must have passed the limits, because it determines the memory that is allocated.
///
/// # Errors
/// `Truncated`, `Corrupt`, `Unsupported` or `TooLarge`, depending on the bytes; also `TooLarge` when `watch` says that time is up.
pub fn decode(
    bytes: &[u8],
    probe: &Probe,
    decoders: Decoders,
    watch: &Watch,
) -> Result<Frame, Error> {
    watch.check()?;
    let decoded = guarded(|| {
        let raster = match probe.format {
            Format::Png => png::decode(bytes, probe, watch),
            Format::Gif => gif::decode(bytes, probe, watch),
            Format::Webp => return webp::decode(bytes, probe, decoders),
            Format::Bmp => bmp::decode(bytes, probe, watch),
            Format::Tiff => tiff::decode(bytes, probe, watch),
            Format::Ico => ico::decode(bytes, probe, watch),
            Format::Avif => avif::decode(bytes, watch),
            #[cfg(feature = "heic")]
            Format::Heic => heic::decode(bytes, probe),
            _ => Err(Error::Unsupported(probe.format.name().into())),
        }?;
        colour::to_srgb(raster, &probe.colour)
    });
    // the error of a stopped decoder says nothing about the bytes
    watch.check()?;
    decoded
}

/// Decodes the frames of an animation one after another, each as the whole canvas in sRGB. Needs memory for three canvases.
///
/// # Errors
/// As [`decode`]; a frame may also fail later, when it is reached.
pub fn animation<'a>(
    bytes: &'a [u8],
    probe: &Probe,
    decoders: Decoders,
    watch: &'a Watch<'a>,
) -> Result<Animation<'a>, Error> {
    guarded(|| match probe.format {
        Format::Png => png::animation(bytes, probe, watch),
        Format::Gif => gif::animation(bytes, probe, watch),
        Format::Webp => webp::animation(bytes, probe, decoders),
        other => Err(Error::Unsupported(format!(
            "an animation in {}",
            other.name()
        ))),
    })
}

/// Peak bytes of decoding a still, including the resulting frame but not the file.
#[must_use]
pub fn peak_bytes(probe: &Probe, decoders: Decoders) -> u64 {
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    let channels = if probe.alpha { 4 } else { 3 };
    let sample = if probe.depth > 8 { 2 } else { 1 };
    let raster = pixels * channels * sample;
    let frame = pixels * channels;
    match probe.format {
        Format::Webp if gives_planes(probe, decoders) => pixels * 3 / 2,
        // GIF: the canvas, the frame that is drawn onto it, and that frame's indices. WebP: the pixels, those that libwebp keeps of
        // a picture without loss, and the alpha of one with loss.
        Format::Gif | Format::Webp => pixels * (4 + 4 + 1),
        // R, G, B, A before and after turning, the coded planes of 16 bits, or the frame.
        Format::Heic => pixels * (4 * sample * 2 + 6),
        // The coefficients and planes of rav1d at 4:4:4 and their copy of 16 bits, and what it keeps of each block;
        // with alpha, the colours of 16 bits while it is joined to them.
        Format::Avif => pixels * (9 * sample + 9 + if probe.alpha { 4 } else { 0 }),
        // What the decoder fills is the frame.
        Format::Png if sample == 1 && probe.colour == Colour::srgb(Model::Rgb) => frame,
        // The decoder's picture in its own depth, colour management's, and the frame.
        _ => raster * 2 + frame,
    }
}

/// Whether the frame comes as stored planes with one chroma sample per four pixels, as in WebP.
pub(crate) fn gives_planes(probe: &Probe, decoders: Decoders) -> bool {
    decoders == Decoders::Fast && probe.planes && !probe.alpha && probe.colour.is_srgb()
}

/// Turns a panic of a decoder into `Corrupt`: the same bytes would panic again.
fn guarded<T>(decode: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(Error::Corrupt("the decoder could not read it".into())))
}

/// A buffer for a picture whose size has passed the limits.
fn buffer<T: Copy + Default>(width: u32, height: u32, channels: usize) -> Result<Vec<T>, Error> {
    let length = usize::try_from(u64::from(width) * u64::from(height))
        .ok()
        .and_then(|pixels| pixels.checked_mul(channels))
        .ok_or_else(|| Error::TooLarge(format!("{width} x {height} pixels")))?;
    Ok(vec![T::default(); length])
}

/// The error for bytes that end within a picture.
fn cut(what: &str) -> Error {
    Error::Truncated(format!("it ends within {what}"))
}
