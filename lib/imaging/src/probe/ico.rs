//! The directory of a Windows icon.

use super::read::{be32, le16, le32};
use super::{Probe, short};
use crate::{Error, Format};

/// Where the largest picture begins; among equals, the one with the most bits.
pub(crate) fn largest(bytes: &[u8]) -> Result<usize, Error> {
    let count = usize::from(le16(bytes, 4).ok_or_else(|| short("the directory"))?);
    let entries = bytes
        .get(6..6 + 16 * count)
        .ok_or_else(|| short("the directory"))?;
    // A side of 256 is stored as 0.
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    let largest = entries
        .chunks_exact(16)
        .max_by_key(|entry| (side(entry[0]) * side(entry[1]), le16(entry, 6)));
    let directory = largest.ok_or_else(|| short("the directory"))?;
    let start = le32(directory, 12).ok_or_else(|| short("the directory"))?;
    Ok(usize::try_from(start).unwrap_or(usize::MAX))
}

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let picture = bytes
        .get(largest(bytes)?..)
        .ok_or_else(|| short("the picture"))?;
    let (width, height) = size_of_picture(picture).ok_or_else(|| short("the picture"))?;
    Ok(Probe {
        alpha: true,
        ..Probe::still(Format::Ico, width, height)
    })
}

/// A PNG, or a bitmap's header whose height counts the mask too.
fn size_of_picture(picture: &[u8]) -> Option<(u32, u32)> {
    if picture.starts_with(b"\x89PNG") {
        return Some((be32(picture, 16)?, be32(picture, 20)?));
    }
    Some((le32(picture, 4)?, le32(picture, 8)? / 2))
}
