//! `width`, `height`, `widths` and `fit` of a table: the box of each of its presets.

use toml::Spanned;

use super::{
    Preset, Wish,
    file::{Entry, Fault},
};
use crate::{
    Format,
    format::{MAX_AVIF_PIXELS, MAX_JPEG_SIDE},
    geometry::{Bounds, Fit},
};

/// How the presets of a table fit, and the box of each: several if it has `widths`.
pub(super) fn read(name: &str, at: usize, entry: &Entry) -> Result<(Fit, Vec<Bounds>), Fault> {
    if let Some(widths) = &entry.widths {
        return Ok((alone(name, entry)?, family(name, entry, widths)?));
    }
    let bounds = Bounds {
        width: side(name, "width", entry.width.as_ref())?,
        height: side(name, "height", entry.height.as_ref())?,
    };
    let fit = match (bounds.width, bounds.height, &entry.fit) {
        (Some(_), Some(_), Some(fit)) => *fit.get_ref(),
        (Some(_), Some(_), None) => {
            let message = format!("preset {name}: fit is missing; use \"inside\" or \"cover\"");
            return Err((at, message));
        }
        _ => alone(name, entry)?,
    };
    Ok((fit, vec![bounds]))
}

/// The fit of a box that has an open side.
fn alone(name: &str, entry: &Entry) -> Result<Fit, Fault> {
    match &entry.fit {
        Some(fit) if *fit.get_ref() == Fit::Cover => Err((
            fit.span().start,
            format!("preset {name}: fit = \"cover\" needs width and height"),
        )),
        _ => Ok(Fit::Inside),
    }
}

fn family(
    name: &str,
    entry: &Entry,
    widths: &Spanned<Vec<Spanned<u32>>>,
) -> Result<Vec<Bounds>, Fault> {
    for (option, side) in [("width", &entry.width), ("height", &entry.height)] {
        if let Some(side) = side {
            let message = format!("preset {name}: use widths or {option}, not both");
            return Err((side.span().start, message));
        }
    }
    let mut boxes: Vec<Bounds> = Vec::new();
    for width in widths.get_ref() {
        let bounds = Bounds {
            width: side(name, "a width", Some(width))?,
            height: None,
        };
        if boxes.contains(&bounds) {
            let message = format!("preset {name}: widths lists {} twice", width.get_ref());
            return Err((width.span().start, message));
        }
        boxes.push(bounds);
    }
    if boxes.is_empty() {
        let message = format!("preset {name}: widths is empty; list at least one width in pixels");
        return Err((widths.span().start, message));
    }
    Ok(boxes)
}

fn side(name: &str, what: &str, value: Option<&Spanned<u32>>) -> Result<Option<u32>, Fault> {
    let Some(value) = value else { return Ok(None) };
    let side = *value.get_ref();
    if (1..=MAX_JPEG_SIDE).contains(&side) {
        return Ok(Some(side));
    }
    Err((
        value.span().start,
        format!("preset {name}: {what} must be 1 to {MAX_JPEG_SIDE}, not {side}"),
    ))
}

/// `preset` as the member of a family with this box: `web-320` of `web`.
pub(super) fn member(preset: &Preset, family: &str, bounds: Bounds) -> Preset {
    Preset {
        name: format!("{family}-{}", bounds.width.unwrap_or_default()),
        family: Some(family.to_owned()),
        bounds,
        ..preset.clone()
    }
}

/// Refuses boxes that are too large for a format. What an open side makes too large is reduced by the plan.
pub(super) fn check(name: &str, at: usize, bounds: Bounds, formats: &[Wish]) -> Result<(), Fault> {
    let longest = bounds.width.max(bounds.height).unwrap_or_default();
    let most = Format::Webp.most_side();
    let webp = formats
        .iter()
        .any(|wish| matches!(wish, Wish::Webp | Wish::Auto));
    if webp && longest > most {
        return Err((
            at,
            format!("preset {name}: webp allows at most {most} pixels a side, not {bounds}"),
        ));
    }
    let area = match (bounds.width, bounds.height) {
        (None, None) => u64::MAX,
        (width, height) => u64::from(width.unwrap_or(1)) * u64::from(height.unwrap_or(1)),
    };
    if formats.contains(&Wish::Avif) && area > MAX_AVIF_PIXELS {
        return Err((
            at,
            format!(
                "preset {name}: avif allows at most {MAX_AVIF_PIXELS} pixels (2048x2048), not {bounds}"
            ),
        ));
    }
    Ok(())
}
