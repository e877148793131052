//! WebP: what moves, by a decoder in safe Rust; what does not, by `webp_still`, or with the feature `safe-decode` by the same one.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, LoopCount, WebPDecoder};

#[cfg(not(feature = "safe-decode"))]
use super::webp_still;
use super::{Animation, Moment, buffer, cut};
use crate::picture::samples::{Frame, Layout, Raster, Samples};
use crate::{Error, Probe, colour};

type Decoder<'a> = WebPDecoder<Cursor<&'a [u8]>>;

/// The picture, or the first frame.
pub(super) fn decode(bytes: &[u8], probe: &Probe) -> Result<Frame, Error> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
    if decoder.is_animated() {
        let (raster, _) = next_frame(&mut decoder)?;
        return colour::to_srgb(raster, &probe.colour);
    }
    #[cfg(not(feature = "safe-decode"))]
    return webp_still::decode(bytes, probe);
    #[cfg(feature = "safe-decode")]
    {
        let (mut raster, mut data) = blank(&decoder)?;
        decoder.read_image(&mut data).map_err(failed)?;
        raster.samples = Samples::Eight(data);
        colour::to_srgb(raster, &probe.colour)
    }
}

pub(super) fn animation<'a>(bytes: &'a [u8], probe: &Probe) -> Result<Animation<'a>, Error> {
    // Frames that are not there at all are in nobody's way: only RIFF's length tells of them.
    let length = bytes.get(4..).and_then(<[u8]>::first_chunk);
    if length.is_some_and(|length| u64::from(u32::from_le_bytes(*length)) + 8 > bytes.len() as u64)
    {
        return Err(cut("the animation"));
    }
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
    if !decoder.is_animated() {
        return Err(Error::Corrupt("it has no animation".into()));
    }
    let plays = match decoder.loop_count() {
        LoopCount::Forever => 0,
        LoopCount::Times(times) => times.get().into(),
    };
    let (colour, mut left) = (probe.colour.clone(), decoder.num_frames());
    Ok(Animation::new(plays, probe.frames, move || {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        let (raster, duration_ms) = next_frame(&mut decoder)?;
        Ok(Some(Moment {
            frame: colour::to_srgb(raster, &colour)?,
            duration_ms,
        }))
    }))
}

fn next_frame(decoder: &mut Decoder) -> Result<(Raster, u32), Error> {
    let (mut raster, mut data) = blank(decoder)?;
    let duration_ms = decoder.read_frame(&mut data).map_err(failed)?;
    raster.samples = Samples::Eight(data);
    Ok((raster, duration_ms))
}

/// An empty raster, and the buffer for its samples.
fn blank(decoder: &Decoder) -> Result<(Raster, Vec<u8>), Error> {
    let (width, height) = decoder.dimensions();
    let layout = if decoder.has_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let raster = Raster {
        width,
        height,
        layout,
        samples: Samples::Eight(Vec::new()),
    };
    Ok((raster, buffer(width, height, layout.channels())?))
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
