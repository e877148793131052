//! Creator and copyright of an original: the only metadata that a preset can keep.

mod parse;

use super::find;
use crate::Format;

/// The longest text of a kept field, in bytes.
const MAX_BYTES: usize = 1000;

/// EXIF 3.0, 4.6.5: the tags of the first directory, and their type of text.
const ARTIST: u16 = 0x013B;
const COPYRIGHT: u16 = 0x8298;
const ASCII: u16 = 2;

/// Creator and copyright: plain text of one line each, without control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Copyright {
    /// The creator.
    pub artist: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
}

/// Reads them from EXIF, else IPTC, else XMP, else a PNG's text. BMP and ICO have none.
pub(crate) fn read(bytes: &[u8], format: Format) -> Copyright {
    let mut found = Copyright::default();
    for block in find::blocks(bytes, format) {
        let said = match block {
            find::Block::Exif(block) => parse::exif(&block),
            find::Block::Iptc(block) => parse::iptc(block),
            find::Block::Xmp(block) => parse::xmp(&block),
            find::Block::Text(keyword, text) => parse::text(keyword, text),
        };
        found.artist = found.artist.or(said.artist);
        found.copyright = found.copyright.or(said.copyright);
    }
    found
}

impl Copyright {
    /// An EXIF block of nothing but these fields, big-endian, without `Exif\0\0` before it. At most some 2 KB.
    pub(crate) fn exif(&self) -> Option<Vec<u8>> {
        let fields: Vec<(u16, &String)> = [(ARTIST, &self.artist), (COPYRIGHT, &self.copyright)]
            .into_iter()
            .filter_map(|(tag, text)| Some((tag, text.as_ref()?)))
            .collect();
        if fields.is_empty() {
            return None;
        }
        let count = u16::try_from(fields.len()).ok()?;
        let mut block = [&b"MM\0\x2a\0\0\0\x08"[..], &count.to_be_bytes()].concat();
        // Behind the entries of 12 bytes and the offset of the next directory, which there is not.
        let mut texts = Vec::new();
        let texts_at = 8 + 2 + 12 * u32::from(count) + 4;
        for (tag, text) in fields {
            let mut text = text.clone().into_bytes();
            text.push(0);
            let length = u32::try_from(text.len()).ok()?;
            block.extend(tag.to_be_bytes());
            block.extend(ASCII.to_be_bytes());
            block.extend(length.to_be_bytes());
            if text.len() <= 4 {
                text.resize(4, 0);
                block.extend(text);
            } else {
                block.extend((texts_at + u32::try_from(texts.len()).ok()?).to_be_bytes());
                texts.extend(text);
                texts.resize(texts.len().next_multiple_of(2), 0);
            }
        }
        block.extend([0; 4]);
        block.extend(texts);
        Some(block)
    }

    /// One line of text, for formats without EXIF.
    pub(crate) fn line(&self) -> Option<String> {
        let fields: Vec<&str> = [&self.copyright, &self.artist]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        (!fields.is_empty()).then(|| fields.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Copyright, parse};

    #[test]
    fn an_exif_block_is_read_as_it_was_written() {
        for (artist, copyright) in [
            (Some("Ann"), Some("© 2026 Ann Example, all rights reserved")),
            (None, Some("Ann")),
            (Some("Ann Example"), None),
        ] {
            let written = Copyright {
                artist: artist.map(str::to_owned),
                copyright: copyright.map(str::to_owned),
            };
            let block = written.exif().expect("fields");
            assert_eq!(parse::exif(&block), written);
        }
        assert_eq!(Copyright::default().exif(), None);
    }

    #[test]
    fn iptc_and_xmp_are_read_and_broken_ones_are_not() {
        let iptc = b"\x1c\x02\x19\x00\x03sea\x1c\x02\x50\x00\x03Ann\x1c\x02\x74\x00\x06(c) An";
        let said = parse::iptc(iptc);
        assert_eq!(said.artist.as_deref(), Some("Ann"));
        assert_eq!(said.copyright.as_deref(), Some("(c) An"));
        for end in 0..iptc.len() {
            parse::iptc(&iptc[..end]);
        }
        let xmp = b"<x:xmpmeta><dc:creator><rdf:Seq><rdf:li>Ann &amp; Bo</rdf:li></rdf:Seq></dc:creator>\
            <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>(c)\n Ann</rdf:li></rdf:Alt></dc:rights></x:xmpmeta>";
        let said = parse::xmp(xmp);
        assert_eq!(said.artist.as_deref(), Some("Ann & Bo"));
        assert_eq!(said.copyright.as_deref(), Some("(c) Ann"));
        for end in 0..xmp.len() {
            parse::xmp(&xmp[..end]);
        }
    }
}
