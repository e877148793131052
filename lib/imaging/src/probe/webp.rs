//! WebP's RIFF chunks.

use super::read::{le16, le24, le32};
use super::{Probe, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, geometry::Area, metadata::exif};

/// Flags of VP8X.
const ALPHA: u8 = 0x10;

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let mut probe = Probe::still(Format::Webp, 0, 0);
    let mut frames = 0;
    let mut cleared = false;
    let mut lossy = false;
    let mut cut = false;
    for (i, (name, data, whole)) in chunks(bytes).enumerate() {
        lossy |= name == b"VP8 ";
        cut |= !whole && matches!(name, b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF");
        match name {
            b"VP8X" if i == 0 => {
                let canvas = data.get(..10).ok_or_else(|| short("the header"))?;
                probe.alpha = canvas[0] & ALPHA != 0;
                probe.width = le24(canvas, 4).unwrap_or(0) + 1;
                probe.height = le24(canvas, 7).unwrap_or(0) + 1;
            }
            b"VP8 " if i == 0 => (probe.width, probe.height) = lossy_size(data)?,
            b"VP8L" if i == 0 => (probe.width, probe.height, probe.alpha) = lossless_size(data)?,
            b"ANMF" => {
                frames += 1;
                let Some(frame) = header(data) else { continue };
                // Only what a frame covers is opaque, whatever the flag says: nobody paints the background.
                let all = (frame.area.width, frame.area.height) == (probe.width, probe.height);
                probe.alpha |= frame.alpha || !all && (frames == 1 || cleared);
                cleared |= frame.clears;
            }
            b"ICCP" => probe.colour = Colour::from_icc(Model::Rgb, data),
            b"EXIF" => probe.orientation = exif::orientation(data),
            _ => {}
        }
    }
    if probe.width == 0 {
        return Err(short("the header"));
    }
    if cut || frames > 0 && is_cut(bytes) {
        return Err(short("the picture"));
    }
    probe.planes = lossy && frames == 0;
    probe.frames = frames.max(1);
    Ok(probe)
}

/// What an animation is made of.
pub(crate) struct Film<'a> {
    /// How often it is played; 0 is for ever.
    pub(crate) plays: u32,
    /// Every frame; none of a still.
    pub(crate) frames: Vec<Frame<'a>>,
}

/// One frame of an animation.
pub(crate) struct Frame<'a> {
    /// Where it lies on the canvas.
    pub(crate) area: Area,
    /// How long it is shown.
    pub(crate) duration_ms: u32,
    /// Whether it is drawn over what is there, and does not replace it.
    pub(crate) blends: bool,
    /// Whether its area is cleared before the next frame.
    pub(crate) clears: bool,
    /// Whether it has alpha of its own.
    pub(crate) alpha: bool,
    /// The chunks of its picture.
    pub(crate) coded: &'a [u8],
}

/// The frames of an animation, each of which lies on the canvas and is as large as its picture.
pub(crate) fn film(bytes: &[u8]) -> Result<Film<'_>, Error> {
    let mut film = Film {
        plays: 0,
        frames: Vec::new(),
    };
    let mut canvas = (0, 0);
    for (name, data, _) in chunks(bytes) {
        match name {
            b"VP8X" if data.len() >= 10 => {
                let side = |at| le24(data, at).unwrap_or(0) + 1;
                canvas = (side(4), side(7));
            }
            b"ANIM" => film.plays = le16(data, 4).unwrap_or(0).into(),
            b"ANMF" => {
                let frame = header(data).ok_or_else(|| short("a frame"))?;
                let area = frame.area;
                let picture = size_of(frame.coded)?;
                if picture != (area.width, area.height)
                    || area.left + area.width > canvas.0
                    || area.top + area.height > canvas.1
                {
                    return Err(Error::Corrupt(format!(
                        "frame {} does not fit its place",
                        film.frames.len() + 1
                    )));
                }
                film.frames.push(frame);
            }
            _ => {}
        }
    }
    Ok(film)
}

/// RFC 9649, 2.7.1.2: the frame's place, in units of two pixels, its size less one, its duration, two flags, its chunks.
fn header(data: &[u8]) -> Option<Frame<'_>> {
    let flags = *data.get(15)?;
    let coded = &data[16..];
    let area = Area {
        left: 2 * le24(data, 0)?,
        top: 2 * le24(data, 3)?,
        width: le24(data, 6)? + 1,
        height: le24(data, 9)? + 1,
    };
    let alpha = chunks_of(coded).any(|(name, data, _)| match name {
        b"ALPH" => true,
        b"VP8L" => lossless_size(data).is_ok_and(|(_, _, alpha)| alpha),
        _ => false,
    });
    Some(Frame {
        area,
        duration_ms: le24(data, 12)?,
        blends: flags & 2 == 0,
        clears: flags & 1 == 1,
        alpha,
        coded,
    })
}

/// The size that the picture among a frame's chunks says it has.
fn size_of(coded: &[u8]) -> Result<(u32, u32), Error> {
    let picture = chunks_of(coded).find_map(|(name, data, _)| match name {
        b"VP8 " => Some(lossy_size(data)),
        b"VP8L" => Some(lossless_size(data).map(|(width, height, _)| (width, height))),
        _ => None,
    });
    picture.ok_or_else(|| short("a frame"))?
}

/// Whether it is shorter than its first chunk says, so that frames may be missing.
fn is_cut(bytes: &[u8]) -> bool {
    le32(bytes, 4).is_none_or(|length| u64::from(length) + 8 > bytes.len() as u64)
}

/// The chunks, and whether each is whole; of one that is cut short what there is, so that its header can still be read.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8], bool)> {
    chunks_of(bytes.get(12..).unwrap_or_default())
}

fn chunks_of(mut rest: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8], bool)> {
    std::iter::from_fn(move || {
        let name = rest.first_chunk()?;
        let length = usize::try_from(le32(rest, 4)?).ok()?;
        let data = &rest[8..];
        rest = length
            .checked_add(length % 2)
            .and_then(|padded| data.get(padded..))
            .unwrap_or_default();
        Some((name, &data[..length.min(data.len())], length <= data.len()))
    })
}

/// RFC 6386, 9.1: three bytes of frame tag, the start code, 14 bits of width and of height.
fn lossy_size(data: &[u8]) -> Result<(u32, u32), Error> {
    if data.get(3..6).ok_or_else(|| short("the header"))? != [0x9D, 0x01, 0x2A] {
        return Err(Error::Corrupt("the VP8 key frame has no start code".into()));
    }
    let side = |at| {
        le16(data, at)
            .map(|side| u32::from(side & 0x3FFF))
            .ok_or_else(|| short("the header"))
    };
    Ok((side(6)?, side(8)?))
}

/// RFC 9649, 3.4: the signature, 14 bits each of width - 1 and height - 1, the alpha hint.
fn lossless_size(data: &[u8]) -> Result<(u32, u32, bool), Error> {
    let bits = le32(data, 1).ok_or_else(|| short("the header"))?;
    if data[0] != 0x2F {
        return Err(Error::Corrupt("the VP8L data has no signature".into()));
    }
    Ok((
        (bits & 0x3FFF) + 1,
        (bits >> 14 & 0x3FFF) + 1,
        bits >> 28 & 1 == 1,
    ))
}
