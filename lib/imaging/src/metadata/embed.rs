//! Puts an EXIF block with creator and copyright into a finished file.

use super::copyright::Copyright;
use crate::{Error, geometry::Size};

/// Flags of WebP's VP8X (RFC 9649, 2.7.1).
const WEBP_EXIF: u8 = 0x08;
const WEBP_ALPHA: u8 = 0x10;

/// A JPEG with it in an APP1 behind JFIF's APP0.
pub(crate) fn into_jpeg(file: Vec<u8>, copyright: &Copyright) -> Vec<u8> {
    let Some(exif) = copyright.exif() else {
        return file;
    };
    let behind_app0 = match file.get(2..6) {
        Some(&[0xFF, 0xE0, high, low]) => 4 + usize::from(u16::from_be_bytes([high, low])),
        _ => 2,
    };
    let (before, after) = file.split_at(behind_app0.min(file.len()));
    let block = [&b"Exif\0\0"[..], &exif].concat();
    // `Copyright` holds it far below what a segment takes.
    let length = u16::try_from(2 + block.len()).unwrap_or(u16::MAX);
    [before, &[0xFF, 0xE1], &length.to_be_bytes(), &block, after].concat()
}

/// A WebP with it in an EXIF chunk, for which the file is in the extended layout.
pub(crate) fn into_webp(
    file: Vec<u8>,
    size: Size,
    copyright: &Copyright,
) -> Result<Vec<u8>, Error> {
    let Some(exif) = copyright.exif() else {
        return Ok(file);
    };
    let too_large = || Error::Encode(format!("webp of {size}: its metadata does not fit"));
    let mut body = file.get(12..).unwrap_or_default().to_vec();
    if body.get(..4) == Some(b"VP8X") {
        if let Some(flags) = body.get_mut(8) {
            *flags |= WEBP_EXIF;
        }
    } else {
        let alpha = match body.get(..13) {
            // RFC 9649, 3.4: behind signature and sizes, the hint that alpha is used.
            Some(lossless) if lossless.starts_with(b"VP8L") => lossless[12] & 0x10 != 0,
            _ => false,
        };
        let flags = WEBP_EXIF | if alpha { WEBP_ALPHA } else { 0 };
        let mut header = vec![flags, 0, 0, 0];
        for side in [size.width, size.height] {
            header.extend_from_slice(&(side - 1).to_le_bytes()[..3]);
        }
        body.splice(..0, chunk(*b"VP8X", &header).ok_or_else(too_large)?);
    }
    body.extend(chunk(*b"EXIF", &exif).ok_or_else(too_large)?);
    body.splice(..0, *b"WEBP");
    chunk(*b"RIFF", &body).ok_or_else(too_large)
}

/// A RIFF chunk, padded to an even length.
fn chunk(name: [u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(data.len()).ok()?;
    let padding: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    Some([&name, &length.to_le_bytes()[..], data, padding].concat())
}
