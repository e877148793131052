//! WebP's RIFF chunks.

use super::read::{le16, le24, le32};
use super::{Probe, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, metadata::exif};

/// Flags of VP8X.
const ALPHA: u8 = 0x10;

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let mut probe = Probe::still(Format::Webp, 0, 0);
    let mut frames = 0;
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
            b"ANMF" => frames += 1,
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

/// Whether it is shorter than its first chunk says, so that frames may be missing.
fn is_cut(bytes: &[u8]) -> bool {
    le32(bytes, 4).is_none_or(|length| u64::from(length) + 8 > bytes.len() as u64)
}

/// The chunks, and whether each is whole; of one that is cut short what there is, so that its header can still be read.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8], bool)> {
    let mut rest = bytes.get(12..).unwrap_or_default();
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
