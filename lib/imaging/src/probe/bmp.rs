//! Windows bitmap headers.

use super::read::{le16, le32};
use super::{Probe, short};
use crate::{Error, Format};

/// `biCompression` of a header that carries channel masks, the fourth one alpha's.
const BITFIELDS: [u32; 2] = [3, 6];

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    read_header(bytes.get(14..).unwrap_or_default()).ok_or_else(|| short("the header"))?
}

/// The header after the file header; its length tells its version.
fn read_header(header: &[u8]) -> Option<Result<Probe, Error>> {
    let length = le32(header, 0)?;
    if length == 12 {
        let mut probe = Probe::still(
            Format::Bmp,
            le16(header, 4)?.into(),
            le16(header, 6)?.into(),
        );
        probe.depth = depth(le16(header, 10)?);
        return Some(Ok(probe));
    }
    // Both are signed; a negative height means top row first.
    let width = le32(header, 4)?.cast_signed();
    let height = le32(header, 8)?.cast_signed();
    if width < 0 {
        return Some(Err(Error::Corrupt(format!("the width is {width}"))));
    }
    let (bits, compression) = (le16(header, 14)?, le32(header, 16)?);
    let mut probe = Probe::still(Format::Bmp, width.unsigned_abs(), height.unsigned_abs());
    probe.depth = depth(bits);
    match compression {
        4 => return Some(Err(Error::Unsupported("JPEG inside BMP".into()))),
        5 => return Some(Err(Error::Unsupported("PNG inside BMP".into()))),
        _ => {}
    }
    probe.alpha = BITFIELDS.contains(&compression) && length >= 56 && le32(header, 52)? != 0;
    Some(Ok(probe))
}

/// Bits per sample from bits per pixel.
fn depth(bits: u16) -> u8 {
    match bits {
        1 | 2 | 4 => bits.to_le_bytes()[0],
        16 => 5,
        _ => 8,
    }
}
