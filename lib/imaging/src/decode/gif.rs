//! GIF.

use std::borrow::Cow;

use gif::{
    ColorOutput, DecodeOptions, Decoder, DecodingError, DisposalMethod, MemoryLimit, Repeat,
};

use super::canvas::{Blend, Canvas, Disposal};
use super::watched::Watched;
use super::{Animation, Moment, cut};
use crate::geometry::Area;
use crate::picture::samples::{Channels, Frame, Pixels, Raster, Samples};
use crate::{Error, Probe, Watch, probe};

/// Browsers show frames shorter than this for 100 ms, and authors adjust their animations to that.
const SHORTEST_MS: u32 = 20;
const INSTEAD_OF_SHORTER_MS: u32 = 100;

/// The canvas after the first frame.
pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let mended = probe::mended_gif(bytes);
    let mut decoder = open(mended.bytes, probe, watch)?;
    let mut canvas = Canvas::new(probe.width, probe.height)?;
    draw_next(&mut decoder, &mut canvas, mended.first_is_screen)?
        .ok_or_else(|| cut("the first frame"))?;
    drop(decoder); // with its frame, as large as the canvas
    let samples = canvas.pixels;
    Ok(opaque_where_it_may(
        Raster {
            width: probe.width,
            height: probe.height,
            channels: Channels::Rgba,
            samples: Samples::Eight(samples),
        },
        probe,
    ))
}

pub(super) fn animation<'a>(
    bytes: &'a [u8],
    probe: &Probe,
    watch: &'a Watch<'a>,
) -> Result<Animation<'a>, Error> {
    let probe::MendedGif {
        bytes,
        first_is_screen,
    } = probe::mended_gif(bytes);
    let mut decoder = open(bytes.clone(), probe, watch)?;
    let mut canvas = Canvas::new(probe.width, probe.height)?;
    let mut in_corner = first_is_screen;
    let (width, height) = (probe.width, probe.height);
    // The extension that says so comes before the first frame.
    decoder.next_frame_info().map_err(failed)?;
    let plays = match decoder.repeat() {
        Repeat::Infinite => 0,
        // The count is of repetitions after the first play.
        Repeat::Finite(times) => u32::from(times) + 1,
    };
    let mut decoder = open(bytes, probe, watch)?;
    Ok(Animation::new(plays, probe.frames, move || {
        let Some(delay_ms) = draw_next(&mut decoder, &mut canvas, in_corner)? else {
            return Ok(None);
        };
        in_corner = false;
        let duration_ms = if delay_ms < SHORTEST_MS {
            INSTEAD_OF_SHORTER_MS
        } else {
            delay_ms
        };
        let frame = Frame {
            width,
            height,
            pixels: Pixels::Rgba(canvas.pixels.clone()),
        };
        Ok(Some(Moment { frame, duration_ms }))
    }))
}

fn open<'a>(
    bytes: Cow<'a, [u8]>,
    probe: &Probe,
    watch: &'a Watch<'a>,
) -> Result<Decoder<Watched<'a>>, Error> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    // A frame may be up to 65535 x 65535 regardless of the screen; accept up to four screens.
    let most = (u64::from(probe.width) * u64::from(probe.height) * 16).max(1 << 20);
    options
        .set_memory_limit(MemoryLimit::Bytes(most.try_into().map_err(|_| {
            Error::TooLarge("its screen does not fit in memory".into())
        })?));
    options
        .read_info(Watched::new(bytes, watch))
        .map_err(failed)
}

/// Draws the next frame onto the canvas and returns its delay in milliseconds; `None` after the last.
/// `in_corner`: it is larger than the screen that the file has, and its own place does not count.
fn draw_next(
    decoder: &mut Decoder<Watched>,
    canvas: &mut Canvas,
    in_corner: bool,
) -> Result<Option<u32>, Error> {
    let Some(frame) = decoder.read_next_frame().map_err(failed)? else {
        return Ok(None);
    };
    let area = Area {
        left: if in_corner { 0 } else { frame.left.into() },
        top: if in_corner { 0 } else { frame.top.into() },
        width: frame.width.into(),
        height: frame.height.into(),
    };
    let disposal = match frame.dispose {
        DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
        DisposalMethod::Background => Disposal::Clear,
        DisposalMethod::Previous => Disposal::Restore,
    };
    canvas.draw(&frame.buffer, area, Blend::Over, disposal);
    Ok(Some(u32::from(frame.delay) * 10))
}

/// RGB if the probe found no transparency.
fn opaque_where_it_may(raster: Raster, probe: &Probe) -> Raster {
    match raster.samples {
        Samples::Eight(mut pixels) if !probe.alpha => {
            // in its place: a second picture would be memory that the plan has not promised
            let count = pixels.len() / 4;
            for pixel in 0..count {
                pixels.copy_within(4 * pixel..4 * pixel + 3, 3 * pixel);
            }
            pixels.truncate(3 * count);
            Raster {
                channels: Channels::Rgb,
                samples: Samples::Eight(pixels),
                ..raster
            }
        }
        samples => Raster { samples, ..raster },
    }
}

fn failed(error: DecodingError) -> Error {
    match error {
        DecodingError::UnexpectedEof => cut("a frame"),
        DecodingError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            cut("a frame")
        }
        DecodingError::MemoryLimit | DecodingError::OutOfMemory => {
            Error::TooLarge("a frame is larger than the screen".into())
        }
        other => Error::Corrupt(other.to_string()),
    }
}
