//! Reads the orientation from EXIF.

use super::directory::Directory;
use crate::Orientation;

const ORIENTATION: u16 = 0x0112;

/// The orientation in an EXIF block (a TIFF header and its first directory), with or without the `Exif\0\0` before it.
/// An unreadable tag counts as upright: it is no reason to refuse a picture.
pub(crate) fn orientation(block: &[u8]) -> Orientation {
    let value = Directory::first(block).and_then(|first| first.integer(ORIENTATION));
    let tag = value.and_then(|value| u16::try_from(value).ok());
    tag.and_then(Orientation::from_tag).unwrap_or_default()
}
