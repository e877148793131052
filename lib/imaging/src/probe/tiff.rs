//! The first directory of a TIFF, and the marks of raw files of cameras in it.

use super::{Probe, short};
use crate::colour::Model;
use crate::{Colour, Error, Format, Orientation};

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const MAKE: u16 = 271;
const ORIENTATION: u16 = 274;
const SUB_IFDS: u16 = 330;
const EXTRA_SAMPLES: u16 = 338;
const ICC_PROFILE: u16 = 34675;
const DNG_VERSION: u16 = 50706;

/// The type of 16-bit values.
const SHORT: u16 = 3;

/// The most entries of a directory; real ones have some tens.
const MAX_ENTRIES: u64 = 4096;

/// The bytes with their order and the width of their offsets: 4 in TIFF, 8 in `BigTIFF`.
struct Reader<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    big: bool,
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The location of the values.
    at: u64,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            big_endian: bytes.starts_with(b"MM"),
            big: bytes.get(2..4).is_some_and(|two| two.contains(&b'+')),
        }
    }

    fn bytes(&self, at: u64, length: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(at).ok()?;
        self.bytes
            .get(start..start.checked_add(usize::try_from(length).ok()?)?)
    }

    fn number(&self, at: u64, length: u64) -> Option<u64> {
        let bytes = self.bytes(at, length)?;
        let shift = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if self.big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        })
    }

    fn entries(&self) -> Option<Vec<Entry>> {
        let (directory, count_size, entry_size, offset_size) = if self.big {
            (self.number(8, 8)?, 8, 20, 8)
        } else {
            (self.number(4, 4)?, 2, 12, 4)
        };
        let count = self.number(directory, count_size)?.min(MAX_ENTRIES);
        let mut entries = Vec::new();
        for i in 0..count {
            let at = directory.checked_add(count_size + i * entry_size)?;
            let (tag, kind) = (self.number(at, 2)?, self.number(at + 2, 2)?);
            let (kind, count) = (u16::try_from(kind).ok()?, self.number(at + 4, offset_size)?);
            let values = at + 4 + offset_size;
            let inline = count
                .checked_mul(size_of_kind(kind))
                .is_some_and(|size| size <= offset_size);
            let at = if inline {
                values
            } else {
                self.number(values, offset_size)?
            };
            entries.push(Entry {
                tag: u16::try_from(tag).ok()?,
                kind,
                count,
                at,
            });
        }
        Some(entries)
    }

    fn first_value(&self, entry: &Entry) -> Option<u64> {
        (entry.count > 0).then(|| self.number(entry.at, size_of_kind(entry.kind)))?
    }
}

/// Bytes of one value of a TIFF type.
fn size_of_kind(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let big_endian = bytes.starts_with(b"MM");
    let reader = Reader {
        bytes,
        big_endian,
        big: bytes[2..4].contains(&b'+'),
    };
    let entries = reader
        .entries()
        .ok_or_else(|| short("the first directory"))?;
    let find = |tag| entries.iter().find(|entry| entry.tag == tag);
    let value = |tag| find(tag).and_then(|entry| reader.first_value(entry));
    if let Some(raw) = raw_kind(&reader, &entries, value(COMPRESSION)) {
        return Err(Error::Unsupported(raw.into()));
    }
    let side = |tag| value(tag).and_then(|side| u32::try_from(side).ok());
    let (Some(width), Some(height)) = (side(WIDTH), side(HEIGHT)) else {
        return Err(Error::Corrupt(
            "the first directory has no width and height".into(),
        ));
    };
    let model = match value(PHOTOMETRIC) {
        Some(0 | 1) => Model::Grey,
        Some(5) => Model::Cmyk,
        _ => Model::Rgb,
    };
    let profile = find(ICC_PROFILE).and_then(|entry| reader.bytes(entry.at, entry.count));
    Ok(Probe {
        orientation: value(ORIENTATION)
            .and_then(|tag| Orientation::from_tag(u16::try_from(tag).ok()?))
            .unwrap_or_default(),
        colour: profile.map_or_else(
            || Colour::srgb(model),
            |profile| Colour::from_icc(model, profile),
        ),
        // 1 = associated, 2 = unassociated alpha; 0 is a sample of unsaid meaning.
        alpha: matches!(value(EXTRA_SAMPLES), Some(1 | 2)),
        depth: value(BITS_PER_SAMPLE)
            .and_then(|bits| u8::try_from(bits).ok())
            .unwrap_or(1),
        ..Probe::still(Format::Tiff, width, height)
    })
}

/// Where the first directory's photometric interpretation is stored, and its value.
pub(crate) fn photometric(bytes: &[u8]) -> Option<(usize, u16)> {
    let reader = Reader::new(bytes);
    let entry = reader
        .entries()?
        .into_iter()
        .find(|entry| entry.tag == PHOTOMETRIC && entry.kind == SHORT)?;
    Some((
        usize::try_from(entry.at).ok()?,
        u16::try_from(reader.first_value(&entry)?).ok()?,
    ))
}

/// The name of the raw format, if the TIFF is a camera's.
fn raw_kind(reader: &Reader, entries: &[Entry], compression: Option<u64>) -> Option<&'static str> {
    let find = |tag| entries.iter().find(|entry| entry.tag == tag);
    if find(DNG_VERSION).is_some() {
        return Some("RAW (DNG)");
    }
    let make = find(MAKE)
        .and_then(|entry| reader.bytes(entry.at, entry.count))
        .unwrap_or_default();
    // Raw files keep a thumbnail in their first directory, and the sensor's data in a sub-directory.
    let has_sub_directories = find(SUB_IFDS).is_some();
    match compression {
        Some(34713) => Some("RAW (Nikon NEF)"),
        Some(32767) => Some("RAW (Sony ARW)"),
        Some(65535) => Some("RAW (Pentax PEF)"),
        _ if has_sub_directories && make.starts_with(b"NIKON") => Some("RAW (Nikon NEF)"),
        _ if has_sub_directories && make.starts_with(b"SONY") => Some("RAW (Sony ARW)"),
        _ => None,
    }
}
