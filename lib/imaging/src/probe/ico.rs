//! The directory of a Windows icon.

use super::read::{le16, le32};
use super::{Probe, short};
use crate::{Error, Format};

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let count = usize::from(le16(bytes, 4).ok_or_else(|| short("the directory"))?);
    let entries = bytes
        .get(6..6 + 16 * count)
        .ok_or_else(|| short("the directory"))?;
    // A side of 256 is stored as 0. The largest picture is the one we read.
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    let largest = entries
        .chunks_exact(16)
        .max_by_key(|entry| (side(entry[0]) * side(entry[1]), le16(entry, 6)));
    let entry = largest.ok_or_else(|| short("the directory"))?;
    let mut probe = Probe::still(Format::Ico, side(entry[0]), side(entry[1]));
    probe.alpha = true;
    if let Some(picture) = le32(entry, 12).and_then(|at| bytes.get(usize::try_from(at).ok()?..)) {
        // The picture's own header tells the true size.
        (probe.width, probe.height) =
            size_of_picture(picture).ok_or_else(|| short("the picture"))?;
    } else {
        return Err(Error::Truncated("the picture lies beyond the end".into()));
    }
    Ok(probe)
}

/// A PNG, or a bitmap's header whose height counts the mask too.
fn size_of_picture(picture: &[u8]) -> Option<(u32, u32)> {
    if picture.starts_with(b"\x89PNG") {
        return Some((
            super::read::be32(picture, 16)?,
            super::read::be32(picture, 20)?,
        ));
    }
    Some((le32(picture, 4)?, le32(picture, 8)? / 2))
}
