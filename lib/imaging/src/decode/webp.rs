//! WebP: stills, and the frames of animations, by libwebp or by image-webp.

use super::webp_canvas::Canvas;
use super::{Animation, Moment, cut, webp_safe, webp_still};
use crate::limits::Decoders;
use crate::picture::samples::{Channels, Frame, Raster, Samples, without_alpha};
use crate::probe::WebpFrame;
use crate::{Error, Probe, colour, probe};

/// The picture, or the canvas after the first frame.
pub(super) fn decode(bytes: &[u8], probe: &Probe, decoders: Decoders) -> Result<Frame, Error> {
    let film = probe::webp_film(bytes)?;
    if let Some(first) = film.frames.first() {
        let mut canvas = Canvas::new(probe.width, probe.height)?;
        canvas.draw(first, &pixels(first, decoders)?);
        return canvas_frame(canvas.pixels, probe);
    }
    match decoders {
        Decoders::Fast => webp_still::decode(bytes, probe),
        Decoders::Safe => {
            let (samples, channels) = webp_safe::decode(bytes, probe)?;
            colour::to_srgb(raster(samples, channels, probe), &probe.colour)
        }
    }
}

pub(super) fn animation<'a>(
    bytes: &'a [u8],
    probe: &Probe,
    decoders: Decoders,
) -> Result<Animation<'a>, Error> {
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
        canvas.draw(&frame, &pixels(&frame, decoders)?);
        Ok(Some(Moment {
            frame: canvas_frame(canvas.pixels.clone(), &probe)?,
            duration_ms: frame.duration_ms,
        }))
    }))
}

fn canvas_frame(pixels: Vec<u8>, probe: &Probe) -> Result<Frame, Error> {
    let frame = colour::to_srgb(raster(pixels, Channels::Rgba, probe), &probe.colour)?;
    Ok(if probe.alpha {
        frame
    } else {
        without_alpha(frame)
    })
}

fn raster(samples: Vec<u8>, channels: Channels, probe: &Probe) -> Raster {
    Raster {
        width: probe.width,
        height: probe.height,
        channels,
        samples: Samples::Eight(samples),
    }
}

/// A frame's own pixels, as RGBA.
fn pixels(frame: &WebpFrame, decoders: Decoders) -> Result<Vec<u8>, Error> {
    match decoders {
        Decoders::Fast => webp_still::rgba(frame.coded, (frame.area.width, frame.area.height)),
        Decoders::Safe => webp_safe::rgba(frame),
    }
}
