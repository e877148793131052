//! Content Credentials (C2PA 2.1): a signed claim about where a picture comes from and how it was edited. It holds for the bytes of
//! its file alone, so a variant cannot keep it. Only its presence is read, nothing of it is verified.

use heifer_isobmff::BoxIter;

use super::container::{jpeg_segments, png_chunks, webp_chunks};
use super::directory::Directory;
use crate::Format;

/// JPEG: the marker APP11 and the identifier of a JUMBF box in it (ISO/IEC 19566-5, D.2), then the numbers of box and packet.
const APP11: u8 = 0xEB;
const JUMBF: &[u8] = b"JP";
/// The content type of a C2PA manifest store: `c2pa` and the end that all such types have.
const C2PA: &[u8; 16] = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xAA\x00\x38\x9B\x71";
/// TIFF: the tag of the manifest store.
const TIFF_TAG: u16 = 0xCD41;
/// GIF: an application extension, its block of 11 bytes, application and code.
const GIF_EXTENSION: &[u8] = b"\x21\xFF\x0BC2PA_GIF\x01\x00\x00";
/// HEIC and AVIF: the user type of the box.
const BOX_TYPE: &[u8; 16] = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

/// Whether a file carries them.
pub(crate) fn present(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Jpeg => {
            jpeg_segments(bytes).any(|(marker, data)| marker == APP11 && is_store(data))
        }
        Format::Png => png_chunks(bytes).any(|(name, _)| name == b"caBX"),
        Format::Webp => webp_chunks(bytes).any(|(name, _)| name == b"C2PA"),
        Format::Tiff => {
            Directory::first(bytes).is_some_and(|first| first.bytes(TIFF_TAG).is_some())
        }
        Format::Gif => bytes
            .windows(GIF_EXTENSION.len())
            .any(|at| at == GIF_EXTENSION),
        Format::Heic | Format::Avif => BoxIter::new(bytes)
            .map_while(Result::ok)
            .any(|found| found.header.user_type == Some(*BOX_TYPE)),
        // BMP and ICO have no place for them.
        Format::Bmp | Format::Ico => false,
    }
}

/// The first packet of a JUMBF superbox (length, `jumb`) whose description (length, `jumd`) has C2PA's type.
fn is_store(segment: &[u8]) -> bool {
    segment.starts_with(JUMBF)
        && segment.get(12..16) == Some(b"jumb")
        && segment.get(20..24) == Some(b"jumd")
        && segment.get(24..40) == Some(C2PA)
}
