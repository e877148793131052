//! GIF, still and animated. Each frame has its own palette and contains only the changes.

use color_quant::NeuQuant;
use gif::{AnyExtension, DisposalMethod, Encoder, EncodingError, Extension, Frame, Repeat};

use crate::{
    Error,
    geometry::Size,
    metadata::copyright::Copyright,
    picture::{convert::to_frame, planes::Picture, samples::Pixels},
};

/// Colours of a frame, one more being transparency.
const COLOURS: usize = 255;
/// The palette's place for transparency.
const TRANSPARENT: u8 = 255;
/// Pixels with less alpha are transparent: GIF has no partial transparency.
const OPAQUE_FROM: u8 = 128;
/// `NeuQuant` learns from one pixel in ten: its author's balance of speed and quality.
const SAMPLE: i32 = 10;
/// Browsers show frames of less than 20 ms for 100 ms.
const SHORTEST_CS: u32 = 2;

type Rgba = [u8; 4];

/// A GIF of one picture.
pub(super) fn encode(picture: &Picture, copyright: &Copyright) -> Result<Vec<u8>, Error> {
    let mut animation = Animation::new(picture.size, 1, copyright)?;
    animation.add(picture, 0)?;
    Ok(animation.finish()?.0)
}

/// A GIF that is written frame by frame.
pub(crate) struct Animation {
    size: Size,
    encoder: Encoder<Vec<u8>>,
    /// The pixels of the last frame, which is written once its end is known.
    pending: Option<(Vec<Rgba>, Frame<'static>)>,
    frames: u32,
    /// When the next frame begins, in milliseconds, and when the last written one ends, in hundredths of a second.
    now_ms: u64,
    written_cs: u64,
}

impl Animation {
    /// `plays`: how often it is played, 0 for ever.
    pub(super) fn new(size: Size, plays: u32, copyright: &Copyright) -> Result<Self, Error> {
        let (width, height) = (side(size.width)?, side(size.height)?);
        let started = Encoder::new(Vec::new(), width, height, &[]).and_then(|mut encoder| {
            match plays {
                0 => encoder.set_repeat(Repeat::Infinite)?,
                1 => {}
                // The count is of repetitions after the first play.
                more => {
                    let times = u16::try_from(more - 1).unwrap_or(u16::MAX);
                    encoder.set_repeat(Repeat::Finite(times))?;
                }
            }
            if let Some(line) = copyright.line() {
                let comment = AnyExtension(Extension::Comment as u8);
                encoder.write_raw_extension(comment, &[line.as_bytes()])?;
            }
            Ok(encoder)
        });
        Ok(Self {
            size,
            encoder: started.map_err(|error| failed(size, &error))?,
            pending: None,
            frames: 0,
            now_ms: 0,
            written_cs: 0,
        })
    }

    /// Appends a frame. A frame identical to the last one extends it.
    pub(super) fn add(&mut self, picture: &Picture, duration_ms: u32) -> Result<(), Error> {
        let pixels = pixels(picture)?;
        let frame = match &self.pending {
            Some((before, _)) if *before == pixels => None,
            Some((before, _)) if !vanishes(before, &pixels) => {
                Some(difference(before, &pixels, self.size)?)
            }
            _ => Some(whole(&pixels, self.size)?),
        };
        if let Some(frame) = frame {
            if let Some((before, last)) = &mut self.pending
                && vanishes(before, &pixels)
            {
                // Nothing can be drawn that makes a pixel transparent: the screen is cleared, of which the last frame
                // has to have all.
                *last = whole(before, self.size)?;
                last.dispose = DisposalMethod::Background;
            }
            self.write()?;
            self.pending = Some((pixels, frame));
        }
        self.now_ms += u64::from(duration_ms);
        Ok(())
    }

    /// The file, and the number of its frames.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, u32), Error> {
        self.write()?;
        let bytes = self.encoder.into_inner();
        Ok((
            bytes.map_err(|error| failed(self.size, &error))?,
            self.frames,
        ))
    }

    /// Writes the last frame, which ends now: the times of all frames are rounded, not their lengths, so that rounding
    /// does not add up.
    fn write(&mut self) -> Result<(), Error> {
        let Some((_, mut frame)) = self.pending.take() else {
            return Ok(());
        };
        let end = (self.now_ms + 5) / 10;
        let delay = end
            .saturating_sub(self.written_cs)
            .max(u64::from(SHORTEST_CS));
        frame.delay = u16::try_from(delay).unwrap_or(u16::MAX);
        self.written_cs += u64::from(frame.delay);
        self.frames += 1;
        self.encoder
            .write_frame(&frame)
            .map_err(|error| failed(self.size, &error))
    }
}

/// Opaque pixels, and `[0; 4]` for the others.
fn pixels(picture: &Picture) -> Result<Vec<Rgba>, Error> {
    let opaque = |[red, green, blue]: [u8; 3]| [red, green, blue, 255];
    match to_frame(picture).pixels {
        Pixels::Grey(data) => Ok(data.into_iter().map(|grey| opaque([grey; 3])).collect()),
        Pixels::Rgb(data) => Ok(data
            .chunks_exact(3)
            .map(|rgb| opaque([rgb[0], rgb[1], rgb[2]]))
            .collect()),
        Pixels::Rgba(data) => Ok(data
            .chunks_exact(4)
            .map(|rgba| match rgba[3] {
                OPAQUE_FROM.. => opaque([rgba[0], rgba[1], rgba[2]]),
                _ => [0; 4],
            })
            .collect()),
        Pixels::Cmyk(_) | Pixels::Ycc(_) => {
            Err(Error::Encode("gif: the picture is not RGB".to_owned()))
        }
    }
}

/// Whether any visible pixel becomes transparent.
fn vanishes(before: &[Rgba], after: &[Rgba]) -> bool {
    let mut pairs = before.iter().zip(after);
    pairs.any(|(before, after)| before[3] == 255 && after[3] == 0)
}

fn whole(pixels: &[Rgba], size: Size) -> Result<Frame<'static>, Error> {
    let area = (0, 0, size.width as usize, size.height as usize);
    cut(pixels, size, area, |_| true)
}

/// The smallest part with all that changed; what did not change in it is transparent.
fn difference(before: &[Rgba], after: &[Rgba], size: Size) -> Result<Frame<'static>, Error> {
    let width = size.width as usize;
    let (mut left, mut top, mut right, mut bottom) = (width, usize::MAX, 0, 0);
    for (y, (before, after)) in before
        .chunks_exact(width)
        .zip(after.chunks_exact(width))
        .enumerate()
    {
        let changed = |x: &usize| before[*x] != after[*x];
        if let Some(first) = (0..width).find(changed) {
            let last = (0..width).rfind(changed).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(y), y + 1);
        }
    }
    let area = (left, top, right - left, bottom - top);
    cut(after, size, area, |at| before[at] != after[at])
}

/// The part `(left, top, width, height)` of `pixels` as a frame, of which those at which `shown` says no are transparent.
fn cut(
    pixels: &[Rgba],
    size: Size,
    (left, top, width, height): (usize, usize, usize, usize),
    shown: impl Fn(usize) -> bool,
) -> Result<Frame<'static>, Error> {
    let visible = |at: usize| match pixels[at] {
        [.., 255] if shown(at) => pixels[at],
        _ => [0; 4],
    };
    let part: Vec<Rgba> = (top..top + height)
        .flat_map(|y| (left..left + width).map(move |x| y * size.width as usize + x))
        .map(visible)
        .collect();
    let (palette, buffer) = quantise(&part);
    let short = |value: usize| side(u32::try_from(value).unwrap_or(u32::MAX));
    Ok(Frame {
        left: short(left)?,
        top: short(top)?,
        width: short(width)?,
        height: short(height)?,
        transparent: buffer.contains(&TRANSPARENT).then_some(TRANSPARENT),
        palette: Some(palette),
        buffer: buffer.into(),
        dispose: DisposalMethod::Keep,
        ..Frame::default()
    })
}

/// A palette of 256 colours, of which the last is transparency, and each pixel's place in it.
/// Exact where there are few enough colours.
fn quantise(pixels: &[Rgba]) -> (Vec<u8>, Vec<u8>) {
    let mut exact: Vec<Rgba> = Vec::with_capacity(COLOURS + 1);
    for pixel in pixels.iter().filter(|pixel| pixel[3] == 255) {
        if let Err(at) = exact.binary_search(pixel) {
            exact.insert(at, *pixel);
            if exact.len() > COLOURS {
                break;
            }
        }
    }
    let index = |value: usize| u8::try_from(value).unwrap_or(TRANSPARENT);
    if exact.len() <= COLOURS {
        let place = |pixel: &Rgba| exact.binary_search(pixel).map_or(TRANSPARENT, index);
        let places = pixels.iter().map(place).collect();
        exact.resize(COLOURS + 1, [0; 4]);
        return (
            exact.iter().flat_map(|p| [p[0], p[1], p[2]]).collect(),
            places,
        );
    }
    let opaque: Vec<u8> = pixels
        .iter()
        .filter(|pixel| pixel[3] == 255)
        .flatten()
        .copied()
        .collect();
    let colours = NeuQuant::new(SAMPLE, COLOURS, &opaque);
    let mut palette = colours.color_map_rgb();
    palette.resize(3 * (COLOURS + 1), 0);
    // Neighbours are often equal, and a lookup is slow.
    let mut last = ([0; 4], TRANSPARENT);
    let place = |pixel: &Rgba| {
        if *pixel != last.0 {
            last = (*pixel, index(colours.index_of(pixel)));
        }
        last.1
    };
    (palette, pixels.iter().map(place).collect())
}

fn side(value: u32) -> Result<u16, Error> {
    u16::try_from(value).map_err(|_| Error::Encode(format!("gif: a side of {value} pixels")))
}

fn failed(size: Size, error: &EncodingError) -> Error {
    Error::Encode(format!("gif of {size}: {error}"))
}
