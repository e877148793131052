//! The boxes of HEIC and AVIF.

use super::Probe;
use crate::colour::Model;
use crate::geometry::turn;
use crate::{Error, Format, Orientation, heif};

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let file = heif::parse(bytes)?;
    let format = heif::codec(&file)?;
    if format == Format::Heic && !cfg!(feature = "heic") {
        return Err(Error::Unsupported("HEIC".into()));
    }
    heif::check_work(&file, bytes.len() as u64)?;
    let id = file.primary_id;
    let (depth, grey) = heif::samples(&file, heif::coded(&file, id)?)?;
    let shown = heif::shown(&file, id, heif::size(&file, id)?)?.size;
    let orientation = heif::orientation(&file, id)?;
    // HEIC's decoder gives the picture upright.
    let (size, orientation) = match format {
        Format::Heic => (turn(shown, orientation), Orientation::Upright),
        _ => (shown, orientation),
    };
    let model = if grey { Model::Grey } else { Model::Rgb };
    let (mut alpha, mut notes) = (false, Vec::new());
    match heif::alpha_of(&file, id) {
        Some(heif::Alpha::Tiles(_)) if format == Format::Heic => {
            notes.push("its transparency, stored for each tile, is not read".into());
        }
        found => alpha = found.is_some(),
    }
    Ok(Probe {
        orientation,
        colour: heif::colour(&file, model)?,
        alpha,
        notes,
        depth,
        sequence: heif::is_sequence(&file, bytes),
        ..Probe::still(format, size.width, size.height)
    })
}
