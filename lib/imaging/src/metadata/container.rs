//! The parts of a container that may hold metadata. Their contents are for others to read.

use std::iter::from_fn;

/// Marker and content of each segment of a JPEG before its first scan.
pub(super) fn jpeg_segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    from_fn(move || {
        let &[0xFF, marker, high, low] = rest.first_chunk()? else {
            return None;
        };
        let end = 2 + usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..end).filter(|_| marker != 0xDA)?;
        rest = &rest[end..];
        Some((marker, segment))
    })
}

/// Name and content of each chunk of a PNG.
pub(super) fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    from_fn(move || {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let name = rest.get(4..)?.first_chunk()?;
        let data = rest.get(8..length.checked_add(8)?)?;
        rest = rest.get(length.checked_add(12)?..)?;
        Some((name, data))
    })
}

/// Name and content of each chunk of a WebP.
pub(super) fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    from_fn(move || {
        let name = rest.first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
        let data = rest.get(8..length.checked_add(8)?)?;
        let next = length.checked_add(length % 2)?.checked_add(8)?;
        rest = rest.get(next..).unwrap_or_default();
        Some((name, data))
    })
}
