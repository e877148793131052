//! Reads the two fields from each kind of metadata. Unreadable metadata counts as absent; it never refuses a picture.

use super::{ARTIST, COPYRIGHT, Copyright, MAX_BYTES};

/// IPTC-IIM 4.2, record 2: by-line and copyright notice.
const BY_LINE: u8 = 80;
const COPYRIGHT_NOTICE: u8 = 116;

/// A TIFF header and its first directory, with or without `Exif\0\0` before it.
pub(super) fn exif(block: &[u8]) -> Copyright {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    Copyright {
        artist: tag(tiff, ARTIST).and_then(line),
        copyright: tag(tiff, COPYRIGHT).and_then(line),
    }
}

/// The bytes of a tag of the first directory, which are at most as many as the file has.
pub(super) fn tag(tiff: &[u8], wanted: u16) -> Option<&[u8]> {
    let big_endian = tiff.starts_with(b"MM");
    let number = |at: usize, length: usize| {
        let bytes = tiff.get(at..at.checked_add(length)?)?;
        let shift = |value: usize, byte: &u8| value << 8 | usize::from(*byte);
        Some(if big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        })
    };
    let directory = number(4, 4)?;
    let entry = (0..number(directory, 2)?)
        .map(|i| directory + 2 + 12 * i)
        .find(|at| number(*at, 2) == Some(usize::from(wanted)))?;
    let unit = match number(entry + 2, 2)? {
        1 | 2 | 7 | 129 => 1, // BYTE, ASCII, UNDEFINED, EXIF 3.0's UTF-8
        4 => 4,               // LONG, in which some writers keep IPTC
        _ => return None,
    };
    let length = number(entry + 4, 4)?.checked_mul(unit)?;
    let at = if length <= 4 {
        entry + 8
    } else {
        number(entry + 8, 4)?
    };
    tiff.get(at..at.checked_add(length)?)
}

/// Records of IPTC-IIM: 0x1C, record, data set, two bytes of length, the value.
pub(super) fn iptc(block: &[u8]) -> Copyright {
    let mut said = Copyright::default();
    let mut rest = block;
    while let Some(&[0x1C, record, data_set, high, low]) = rest.first_chunk() {
        let end = 5 + usize::from(u16::from_be_bytes([high, low]));
        let Some(value) = rest.get(5..end) else {
            break;
        };
        match (record, data_set) {
            (2, BY_LINE) => said.artist = said.artist.or_else(|| line(value)),
            (2, COPYRIGHT_NOTICE) => said.copyright = said.copyright.or_else(|| line(value)),
            _ => {}
        }
        rest = &rest[end..];
    }
    said
}

/// The first item of `dc:creator` and of `dc:rights`. Dublin Core's usual prefix is believed to be its name.
pub(super) fn xmp(block: &[u8]) -> Copyright {
    let text = String::from_utf8_lossy(block);
    let item = |name: &str| {
        let (_, rest) = text.split_once(&format!("<dc:{name}"))?;
        let (element, _) = rest.split_once(&format!("</dc:{name}>"))?;
        let (_, item) = element.split_once("<rdf:li")?;
        let (_, item) = item.split_once('>')?;
        let (item, _) = item.split_once("</rdf:li>")?;
        let plain = item
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&");
        line(plain.as_bytes())
    };
    Copyright {
        artist: item("creator"),
        copyright: item("rights"),
    }
}

/// PNG's registered keywords (PNG 3rd edition, 11.3.3.1).
pub(super) fn text(keyword: &[u8], value: &[u8]) -> Copyright {
    // tEXt is Latin-1.
    let value: String = value.iter().map(|byte| char::from(*byte)).collect();
    let value = line(value.as_bytes());
    match keyword {
        b"Author" => Copyright {
            artist: value,
            ..Copyright::default()
        },
        b"Copyright" => Copyright {
            copyright: value,
            ..Copyright::default()
        },
        _ => Copyright::default(),
    }
}

/// Text of one line, without control characters, at most [`MAX_BYTES`] long; none if nothing is left.
/// EXIF's copyright may be two, the photographer's and the editor's, with a zero between them.
fn line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let mut line = words.join(" ");
    while line.len() > MAX_BYTES {
        line.pop();
    }
    (!line.is_empty()).then_some(line)
}
