//! Reads the orientation from EXIF.

use crate::Orientation;

const ORIENTATION: u16 = 0x0112;

/// The orientation in an EXIF block (a TIFF header and its first directory), with or without the `Exif\0\0` before it.
/// An unreadable tag counts as upright: it is no reason to refuse a picture.
pub(crate) fn orientation(block: &[u8]) -> Orientation {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    find_orientation(tiff).unwrap_or_default()
}

fn find_orientation(tiff: &[u8]) -> Option<Orientation> {
    let big_endian = match tiff.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let two = *tiff.get(at..)?.first_chunk()?;
        Some(if big_endian {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        })
    };
    let u32_at = |at: usize| {
        let four = *tiff.get(at..)?.first_chunk()?;
        Some(if big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let entries = usize::from(u16_at(directory)?);
    let entry = (0..entries)
        .map(|i| directory + 2 + 12 * i)
        .find(|&at| u16_at(at) == Some(ORIENTATION))?;
    // A SHORT by the standard (type 3); some writers use a LONG (type 4).
    let value = match u16_at(entry + 2)? {
        3 => u16_at(entry + 8)?,
        4 => u16::try_from(u32_at(entry + 8)?).ok()?,
        _ => return None,
    };
    Orientation::from_tag(value)
}
