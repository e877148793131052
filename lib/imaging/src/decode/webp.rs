//! WebP: stills, and the frames of animations, by libwebp, or with the feature `safe-decode` by a decoder in safe Rust.

#[cfg(feature = "safe-decode")]
use std::io::{Cursor, ErrorKind};

#[cfg(feature = "safe-decode")]
use image_webp::{DecodingError, WebPDecoder};

#[cfg(feature = "safe-decode")]
use super::buffer;
use super::webp_canvas::Canvas;
#[cfg(not(feature = "safe-decode"))]
use super::webp_still;
use super::{Animation, Moment, cut};
use crate::picture::samples::{Frame, Layout, Raster, Samples, without_alpha};
use crate::probe::WebpFrame;
use crate::{Error, Probe, colour, probe};

/// The picture, or the canvas after the first frame.
pub(super) fn decode(bytes: &[u8], probe: &Probe) -> Result<Frame, Error> {
    let film = probe::webp_film(bytes)?;
    if let Some(first) = film.frames.first() {
        let mut canvas = Canvas::new(probe.width, probe.height)?;
        canvas.draw(first, &pixels(first)?);
        return canvas_frame(canvas.pixels, probe);
    }
    #[cfg(not(feature = "safe-decode"))]
    return webp_still::decode(bytes, probe);
    #[cfg(feature = "safe-decode")]
    {
        let layout = if probe.alpha {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        let samples = read(bytes, (probe.width, probe.height), layout)?;
        colour::to_srgb(raster(samples, layout, probe), &probe.colour)
    }
}

pub(super) fn animation<'a>(bytes: &'a [u8], probe: &Probe) -> Result<Animation<'a>, Error> {
    // Frames that are not there at all are in nobody's way: only RIFF's length tells of them.
    let length = bytes.get(4..).and_then(<[u8]>::first_chunk);
    if length.is_some_and(|length| u64::from(u32::from_le_bytes(*length)) + 8 > bytes.len() as u64)
    {
        return Err(cut("the animation"));
    }
    let film = probe::webp_film(bytes)?;
    if film.frames.is_empty() {
        return Err(Error::Corrupt("it has no animation".into()));
    }
    let mut canvas = Canvas::new(probe.width, probe.height)?;
    let (probe, mut frames) = (probe.clone(), film.frames.into_iter());
    Ok(Animation::new(film.plays, probe.frames, move || {
        let Some(frame) = frames.next() else {
            return Ok(None);
        };
        canvas.draw(&frame, &pixels(&frame)?);
        Ok(Some(Moment {
            frame: canvas_frame(canvas.pixels.clone(), &probe)?,
            duration_ms: frame.duration_ms,
        }))
    }))
}

fn canvas_frame(pixels: Vec<u8>, probe: &Probe) -> Result<Frame, Error> {
    let frame = colour::to_srgb(raster(pixels, Layout::Rgba, probe), &probe.colour)?;
    Ok(if probe.alpha {
        frame
    } else {
        without_alpha(frame)
    })
}

fn raster(samples: Vec<u8>, layout: Layout, probe: &Probe) -> Raster {
    Raster {
        width: probe.width,
        height: probe.height,
        layout,
        samples: Samples::Eight(samples),
    }
}

/// A frame's own pixels, as RGBA.
fn pixels(frame: &WebpFrame) -> Result<Vec<u8>, Error> {
    let size = (frame.area.width, frame.area.height);
    #[cfg(not(feature = "safe-decode"))]
    return webp_still::rgba(frame.coded, size);
    #[cfg(feature = "safe-decode")]
    {
        let layout = if frame.alpha {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        let samples = read(&still(frame), size, layout)?;
        Ok(if frame.alpha {
            samples
        } else {
            let opaque = |pixel: &[u8]| [pixel[0], pixel[1], pixel[2], 255];
            samples.chunks_exact(3).flat_map(opaque).collect()
        })
    }
}

/// A frame as a file of its own.
#[cfg(feature = "safe-decode")]
fn still(frame: &WebpFrame) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes();
    let (width, height) = (side(frame.area.width), side(frame.area.height));
    let flags = if frame.alpha { 0x10 } else { 0 };
    let length = u32::try_from(frame.coded.len() + 22).unwrap_or(u32::MAX);
    let mut file = b"RIFF".to_vec();
    file.extend(length.to_le_bytes());
    file.extend(b"WEBPVP8X\x0A\0\0\0");
    file.extend([flags, 0, 0, 0]);
    file.extend(&width[..3]);
    file.extend(&height[..3]);
    file.extend(frame.coded);
    file
}

/// The samples of a still.
#[cfg(feature = "safe-decode")]
fn read(bytes: &[u8], size: (u32, u32), layout: Layout) -> Result<Vec<u8>, Error> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
    if decoder.dimensions() != size || decoder.has_alpha() != layout.has_alpha() {
        return Err(Error::Corrupt("its headers contradict one another".into()));
    }
    let mut data = buffer(size.0, size.1, layout.channels())?;
    decoder.read_image(&mut data).map_err(failed)?;
    Ok(data)
}

#[cfg(feature = "safe-decode")]
fn failed(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            cut("the picture")
        }
        DecodingError::ImageTooLarge | DecodingError::MemoryLimitExceeded => {
            Error::TooLarge(error.to_string())
        }
        DecodingError::UnsupportedFeature(what) => Error::Unsupported(format!("WebP with {what}")),
        other => Error::Corrupt(other.to_string()),
    }
}
