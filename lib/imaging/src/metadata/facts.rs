//! What an original says of how it was taken. Only what the presets name is read, and none of it is believed: it is text.

use serde::{Deserialize, Serialize};

use super::{copyright, directory::Directory, find, line::line};
use crate::{Format, preset::Fact};

/// The longest text, in bytes.
const MAX_BYTES: usize = 200;

/// Tags of EXIF 3.0: the first directory's, that of the picture's directory, and those below it (4.6.4 to 4.6.7).
const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const EXIF: u16 = 0x8769;
const GPS: u16 = 0x8825;
const TAKEN: u16 = 0x9003;
const TAKEN_OFFSET: u16 = 0x9011;
const LENS_MODEL: u16 = 0xA434;
const LATITUDE_REF: u16 = 1;
const LATITUDE: u16 = 2;
const LONGITUDE_REF: u16 = 3;
const LONGITUDE: u16 = 4;

/// What an original says of how it was taken, as far as the presets ask for it. Texts have one line of at most 200 bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The camera's time, `2026-05-01T12:34:56`, with its offset from UTC, `+02:00`, if the camera says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// The camera's maker and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// The lens's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
    /// Copyright notice and creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
    /// Latitude and longitude in degrees, north and east positive, to five digits (about a metre).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gps: Option<[f64; 2]>,
}

/// Those of `wanted` that the file states.
pub(crate) fn read(bytes: &[u8], format: Format, wanted: &[Fact]) -> Facts {
    let mut facts = Facts::default();
    if wanted.is_empty() {
        return facts;
    }
    let block = find::exif(bytes, format);
    let exif = block.as_deref().and_then(Directory::first);
    let wants = |fact| wanted.contains(&fact);
    if let Some(first) = exif {
        let picture = first.below(EXIF);
        let picture = picture.as_ref();
        facts.taken = picture.filter(|_| wants(Fact::Taken)).and_then(taken);
        facts.camera = Some(&first)
            .filter(|_| wants(Fact::Camera))
            .and_then(camera);
        facts.lens = picture
            .filter(|_| wants(Fact::Lens))
            .and_then(|picture| text(picture, LENS_MODEL));
        facts.gps = first
            .below(GPS)
            .filter(|_| wants(Fact::Gps))
            .and_then(|gps| place(&gps));
    }
    if wants(Fact::Copyright) {
        let said = copyright::read(bytes, format).line();
        facts.copyright = said.and_then(|said| line(said.as_bytes(), MAX_BYTES));
    }
    facts
}

impl Facts {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn text(directory: &Directory, tag: u16) -> Option<String> {
    line(directory.bytes(tag)?, MAX_BYTES)
}

/// `2026:05:01 12:34:56`; a camera whose clock was never set writes zeros or spaces.
fn taken(picture: &Directory) -> Option<String> {
    let written = text(picture, TAKEN)?;
    let (date, time) = written.split_once(' ')?;
    let date = numbers(date, [1..=9999, 1..=12, 1..=31])?;
    let time = numbers(time, [0..=23, 0..=59, 0..=60])?;
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    let offset = text(picture, TAKEN_OFFSET).filter(|offset| is_offset(offset));
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}",
        offset.unwrap_or_default()
    ))
}

/// Three numbers with colons between them, each within its range.
fn numbers(text: &str, ranges: [std::ops::RangeInclusive<u16>; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(':');
    let mut numbers = [0; 3];
    for (number, range) in numbers.iter_mut().zip(ranges) {
        let part = parts
            .next()
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        *number = part.parse().ok().filter(|value| range.contains(value))?;
    }
    parts.next().is_none().then_some(numbers)
}

/// `+02:00` or `-11:30`
fn is_offset(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let padded = format!("{rest}:00");
    rest.len() == 5 && numbers(&padded, [0..=14, 0..=59, 0..=0]).is_some()
}

/// Models often begin with their maker.
fn camera(first: &Directory) -> Option<String> {
    let (make, model) = (text(first, MAKE), text(first, MODEL));
    let (Some(make), Some(model)) = (&make, &model) else {
        return make.or(model);
    };
    let word = make.split(' ').next().unwrap_or_default().to_lowercase();
    if model.to_lowercase().starts_with(&word) {
        return Some(model.clone());
    }
    line(format!("{make} {model}").as_bytes(), MAX_BYTES)
}

fn place(gps: &Directory) -> Option<[f64; 2]> {
    let degrees = |tag, reference, [positive, negative]: [u8; 2], most: f64| {
        let [degrees, minutes, seconds] = gps.fractions(tag)?;
        let value: f64 = degrees + minutes / 60.0 + seconds / 3600.0;
        let side = *gps.bytes(reference)?.first()?;
        let signed = match side {
            side if side == positive => value,
            side if side == negative => -value,
            _ => return None,
        };
        (value <= most).then(|| (signed * 1e5).round() / 1e5)
    };
    Some([
        degrees(LATITUDE, LATITUDE_REF, *b"NS", 90.0)?,
        degrees(LONGITUDE, LONGITUDE_REF, *b"EW", 180.0)?,
    ])
}
