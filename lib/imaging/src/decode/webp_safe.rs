//! WebP by image-webp, in memory-safe Rust.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use super::{buffer, cut};
use crate::picture::samples::Channels;
use crate::probe::WebpFrame;
use crate::{Error, Probe};

/// The samples of a still as stored, RGB or RGBA.
pub(super) fn decode(bytes: &[u8], probe: &Probe) -> Result<(Vec<u8>, Channels), Error> {
    let channels = Channels::rgb(probe.alpha);
    let samples = read(bytes, (probe.width, probe.height), channels)?;
    Ok((samples, channels))
}

/// RGBA of an animation's frame.
pub(super) fn rgba(frame: &WebpFrame) -> Result<Vec<u8>, Error> {
    let size = (frame.area.width, frame.area.height);
    let samples = read(&still(frame), size, Channels::rgb(frame.alpha))?;
    Ok(if frame.alpha {
        samples
    } else {
        let opaque = |pixel: &[u8]| [pixel[0], pixel[1], pixel[2], 255];
        samples.chunks_exact(3).flat_map(opaque).collect()
    })
}

/// A frame as a file of its own.
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
fn read(bytes: &[u8], size: (u32, u32), channels: Channels) -> Result<Vec<u8>, Error> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
    if decoder.dimensions() != size || decoder.has_alpha() != channels.has_alpha() {
        return Err(Error::Corrupt("its headers contradict one another".into()));
    }
    let mut data = buffer(size.0, size.1, channels.count())?;
    decoder.read_image(&mut data).map_err(failed)?;
    Ok(data)
}

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
