//! Finds the metadata in each container.

use std::borrow::Cow;

use super::container::{jpeg_segments, png_chunks, webp_chunks};
use super::directory::Directory;
use crate::{Format, heif};

/// TIFF's tags for what is no EXIF.
const TIFF_XMP: u16 = 700;
const TIFF_IPTC: u16 = 33723;
/// Photoshop's image resource that holds IPTC.
const IPTC_RESOURCE: u16 = 0x0404;

/// A piece of metadata.
pub(super) enum Block<'a> {
    Exif(Cow<'a, [u8]>),
    Iptc(&'a [u8]),
    Xmp(Cow<'a, [u8]>),
    /// A keyword and its text.
    Text(&'a [u8], &'a [u8]),
}

/// The metadata of a file that may contain creator and copyright, the most trusted kind first.
pub(super) fn blocks(bytes: &[u8], format: Format) -> Vec<Block<'_>> {
    let mut blocks = match format {
        Format::Jpeg => jpeg(bytes),
        Format::Png => png(bytes),
        Format::Webp => webp(bytes),
        Format::Tiff => tiff(bytes),
        Format::Heic | Format::Avif => items(bytes),
        Format::Gif => gif(bytes),
        // BMP and ICO have no place for it.
        Format::Bmp | Format::Ico => Vec::new(),
    };
    blocks.sort_by_key(|block| match block {
        Block::Exif(_) => 0,
        Block::Iptc(_) => 1,
        Block::Xmp(_) => 2,
        Block::Text(..) => 3,
    });
    blocks
}

/// The EXIF block of a file, if it has one; a TIFF is one itself.
pub(super) fn exif(bytes: &[u8], format: Format) -> Option<Cow<'_, [u8]>> {
    let mut blocks = blocks(bytes, format).into_iter();
    blocks.find_map(|block| match block {
        Block::Exif(block) => Some(block),
        _ => None,
    })
}

/// The XMP packet of a file, if it has one. A JPEG's extended packets are not read.
pub(crate) fn xmp(bytes: &[u8], format: Format) -> Option<Cow<'_, [u8]>> {
    let mut blocks = blocks(bytes, format).into_iter();
    blocks.find_map(|block| match block {
        Block::Xmp(packet) => Some(packet),
        _ => None,
    })
}

fn jpeg(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for (marker, segment) in jpeg_segments(bytes) {
        if marker == 0xE1 && segment.starts_with(b"Exif\0\0") {
            blocks.push(Block::Exif(segment.into()));
        } else if let (0xE1, Some(xmp)) = (
            marker,
            segment.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0"),
        ) {
            blocks.push(Block::Xmp(xmp.into()));
        } else if let (0xED, Some(resources)) = (marker, segment.strip_prefix(b"Photoshop 3.0\0")) {
            blocks.extend(iptc_resource(resources).map(Block::Iptc));
        }
    }
    blocks
}

/// Photoshop's image resources: `8BIM`, an id, a name, a length and the data, names and data padded to even lengths.
fn iptc_resource(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let resource = rest.strip_prefix(b"8BIM")?;
        let id = u16::from_be_bytes(*resource.first_chunk()?);
        let name = (1 + usize::from(*resource.get(2)?)).next_multiple_of(2);
        let sized = resource.get(2 + name..)?;
        let length = usize::try_from(u32::from_be_bytes(*sized.first_chunk()?)).ok()?;
        let data = sized.get(4..length.checked_add(4)?)?;
        if id == IPTC_RESOURCE {
            return Some(data);
        }
        rest = sized.get(length.checked_add(length % 2)?.checked_add(4)?..)?;
    }
}

fn png(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for (name, data) in png_chunks(bytes) {
        match name {
            b"eXIf" => blocks.push(Block::Exif(data.into())),
            b"tEXt" => blocks.extend(split(data).map(|(key, text)| Block::Text(key, text))),
            // A keyword, a zero, no compression, two empty texts of language.
            b"iTXt" => blocks.extend(
                data.strip_prefix(b"XML:com.adobe.xmp\0\0\0\0\0")
                    .map(|xmp| Block::Xmp(xmp.into())),
            ),
            _ => {}
        }
    }
    blocks
}

/// Before and after the first zero.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = data.iter().position(|byte| *byte == 0)?;
    Some((&data[..zero], &data[zero + 1..]))
}

fn webp(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for (name, data) in webp_chunks(bytes) {
        match name {
            b"EXIF" => blocks.push(Block::Exif(data.into())),
            b"XMP " => blocks.push(Block::Xmp(data.into())),
            _ => {}
        }
    }
    blocks
}

/// The file is what an EXIF block is.
fn tiff(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut blocks = vec![Block::Exif(bytes.into())];
    if let Some(first) = Directory::first(bytes) {
        blocks.extend(first.bytes(TIFF_IPTC).map(Block::Iptc));
        blocks.extend(first.bytes(TIFF_XMP).map(|xmp| Block::Xmp(xmp.into())));
    }
    blocks
}

/// HEIC and AVIF: what the items say that describe the picture shown.
fn items(bytes: &[u8]) -> Vec<Block<'_>> {
    let Ok(file) = heif::parse(bytes) else {
        return Vec::new();
    };
    let (exif, xmp) = (file.exif(file.primary_id), file.xmp(file.primary_id));
    let exif = exif.ok().flatten().map(|exif| Block::Exif(exif.into()));
    let xmp = xmp.ok().flatten().map(|xmp| Block::Xmp(xmp.into()));
    exif.into_iter().chain(xmp).collect()
}

/// GIF: XMP as text in an extension, up to the 258 bytes that end it for readers of blocks (XMP specification 3, 1.1.2).
fn gif(bytes: &[u8]) -> Vec<Block<'_>> {
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|at| at == part);
    let name = b"\x21\xFF\x0BXMP DataXMP";
    let Some(at) = find(bytes, name) else {
        return Vec::new();
    };
    let packet = &bytes[at + name.len()..];
    let end = find(packet, b"\x01\xFF\xFE\xFD").unwrap_or(0);
    vec![Block::Xmp(packet[..end].into())]
}
