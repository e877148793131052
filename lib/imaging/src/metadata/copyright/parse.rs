//! Reads the two fields from each kind of metadata. Unreadable metadata counts as absent; it never refuses a picture.

use super::{ARTIST, COPYRIGHT, Copyright, MAX_BYTES};
use crate::metadata::{directory::Directory, line::line};

/// IPTC-IIM 4.2, record 2: by-line and copyright notice.
const BY_LINE: u8 = 80;
const COPYRIGHT_NOTICE: u8 = 116;

/// A TIFF header and its first directory, with or without `Exif\0\0` before it.
pub(super) fn exif(block: &[u8]) -> Copyright {
    let first = Directory::first(block);
    let text = |tag| one_line(first.as_ref()?.bytes(tag)?);
    Copyright {
        artist: text(ARTIST),
        copyright: text(COPYRIGHT),
    }
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
            (2, BY_LINE) => said.artist = said.artist.or_else(|| one_line(value)),
            (2, COPYRIGHT_NOTICE) => said.copyright = said.copyright.or_else(|| one_line(value)),
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
        one_line(plain.as_bytes())
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
    let value = one_line(value.as_bytes());
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

fn one_line(text: &[u8]) -> Option<String> {
    line(text, MAX_BYTES)
}
