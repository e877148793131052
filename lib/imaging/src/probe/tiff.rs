//! The first page of a TIFF, and the marks of raw files of cameras in it.

use super::{Probe, short};
use crate::colour::Model;
use crate::tiff::{Directory, Reader, photometric, tag};
use crate::{Colour, Error, Format, Orientation};

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let reader = Reader::new(bytes);
    let first = reader.first().ok_or_else(|| short("the first directory"))?;
    if let Some(raw) = raw_kind(&first) {
        return Err(Error::Unsupported(raw.into()));
    }
    let page = reader.page().unwrap_or(first);
    let side = |tag| page.value(tag).and_then(|side| u32::try_from(side).ok());
    let (Some(width), Some(height)) = (side(tag::WIDTH), side(tag::HEIGHT)) else {
        return Err(Error::Corrupt(
            "the first directory has no width and height".into(),
        ));
    };
    let model = match page.value(tag::PHOTOMETRIC) {
        Some(photometric::WHITE_IS_ZERO | photometric::BLACK_IS_ZERO) => Model::Grey,
        Some(photometric::CMYK) => Model::Cmyk,
        _ => Model::Rgb,
    };
    Ok(Probe {
        orientation: page
            .value(tag::ORIENTATION)
            .and_then(|tag| Orientation::from_tag(u16::try_from(tag).ok()?))
            .unwrap_or_default(),
        colour: page.bytes(tag::ICC_PROFILE).map_or_else(
            || Colour::srgb(model),
            |profile| Colour::from_icc(model, profile),
        ),
        alpha: page.alpha().is_some() && model != Model::Cmyk,
        depth: page
            .value(tag::BITS_PER_SAMPLE)
            .and_then(|bits| u8::try_from(bits).ok())
            .unwrap_or(1),
        ..Probe::still(Format::Tiff, width, height)
    })
}

/// The name of the raw format, if the TIFF is a camera's.
fn raw_kind(first: &Directory) -> Option<&'static str> {
    if first.has(tag::DNG_VERSION) {
        return Some("RAW (DNG)");
    }
    let make = first.bytes(tag::MAKE).unwrap_or_default();
    // Raw files keep a thumbnail in their first directory, and the sensor's data in a sub-directory.
    let has_sub_directories = first.has(tag::SUB_IFDS);
    match first.value(tag::COMPRESSION) {
        Some(34713) => Some("RAW (Nikon NEF)"),
        Some(32767) => Some("RAW (Sony ARW)"),
        Some(65535) => Some("RAW (Pentax PEF)"),
        _ if has_sub_directories && make.starts_with(b"NIKON") => Some("RAW (Nikon NEF)"),
        _ if has_sub_directories && make.starts_with(b"SONY") => Some("RAW (Sony ARW)"),
        _ => None,
    }
}
