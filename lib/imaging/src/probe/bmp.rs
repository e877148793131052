//! Windows and OS/2 bitmap headers.

use super::read::{le16, le32};
use super::{Probe, short};
use crate::{Error, Format};

/// Length of the file header.
const FILE_HEADER: usize = 14;
/// Length of `BITMAPCOREHEADER`, of OS/2 1.x and Windows 2.
const CORE: u32 = 12;
/// Lengths of Windows' headers from `BITMAPINFOHEADER` to `BITMAPV5HEADER`.
const WINDOWS: [u32; 5] = [40, 52, 56, 108, 124];
/// Lengths of `OS22XBITMAPHEADER`, which may be cut after any of its fields.
const OS2: std::ops::RangeInclusive<u32> = 16..=64;
/// `biCompression` of runs of 8 and of 4 bits.
pub(crate) const RUNS: [u32; 2] = [1, 2];
/// `biCompression` of a header that carries channel masks, the fourth one alpha's.
const BITFIELDS: [u32; 2] = [3, 6];

/// What the header says.
pub(crate) struct Header {
    /// Its length, which tells its version.
    pub(crate) length: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether the top row comes first.
    pub(crate) top_down: bool,
    /// Bits a pixel.
    pub(crate) bits: u16,
    pub(crate) compression: u32,
    /// Colours in the palette; 0 for as many as there can be.
    pub(crate) colours: u32,
    /// The bits of a pixel that are alpha.
    alpha_mask: u32,
    /// Where the pixels begin.
    pub(crate) pixels_at: usize,
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::fields(bytes).ok_or_else(|| short("the header"))?
    }

    fn fields(bytes: &[u8]) -> Option<Result<Self, Error>> {
        let header = bytes.get(FILE_HEADER..)?;
        let (length, pixels_at) = (le32(header, 0)?, le32(bytes, 10)?);
        let mut found = Self {
            length,
            width: 0,
            height: 0,
            top_down: false,
            bits: 0,
            compression: 0,
            colours: 0,
            alpha_mask: 0,
            pixels_at: usize::try_from(pixels_at).ok()?,
        };
        if length == CORE {
            found.width = le16(header, 4)?.into();
            found.height = le16(header, 6)?.into();
            found.bits = le16(header, 10)?;
            return Some(Ok(found));
        }
        if !WINDOWS.contains(&length) && !OS2.contains(&length) {
            let reason = format!("BMP with a header of {length} bytes");
            return Some(Err(Error::Unsupported(reason)));
        }
        // Both are signed; a negative height means top row first.
        let (width, height) = (
            le32(header, 4)?.cast_signed(),
            le32(header, 8)?.cast_signed(),
        );
        if width < 0 {
            return Some(Err(Error::Corrupt(format!("the width is {width}"))));
        }
        (found.width, found.height) = (width.unsigned_abs(), height.unsigned_abs());
        found.top_down = height < 0;
        found.bits = le16(header, 14)?;
        // what a short header leaves out is 0
        let field = |at: u32| {
            if length >= at + 4 {
                le32(header, usize::try_from(at).ok()?)
            } else {
                Some(0)
            }
        };
        (found.compression, found.colours) = (field(16)?, field(32)?);
        if !found.is_os2() && BITFIELDS.contains(&found.compression) && length >= 56 {
            found.alpha_mask = field(52)?;
        }
        Some(Ok(found))
    }

    /// Whether it is OS/2's second header, which lengthens or shortens that of Windows.
    pub(crate) fn is_os2(&self) -> bool {
        self.length != CORE && !WINDOWS.contains(&self.length)
    }

    /// Bytes of a row whose end is not filled up, and of one that is.
    fn row(&self) -> (usize, usize) {
        let bits = u64::from(self.width) * u64::from(self.bits);
        let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        (bytes(bits.div_ceil(8)), bytes(bits.div_ceil(32) * 4))
    }

    /// The length of a file whose last row alone lacks its filling, if this is one: browsers show it.
    pub(crate) fn without_padding(&self, bytes: &[u8]) -> Option<usize> {
        if self.compression != 0 && !BITFIELDS.contains(&self.compression) {
            return None;
        }
        let (used, row) = self.row();
        let length = row
            .checked_mul(self.height as usize)?
            .checked_add(self.pixels_at)?;
        (bytes.len() < length && bytes.len() + (row - used) >= length).then_some(length)
    }

    /// Whether the masks name alpha, and whether any pixel has some.
    fn alpha(&self, bytes: &[u8]) -> (bool, bool) {
        let pixels = bytes.get(self.pixels_at..).unwrap_or_default();
        let any = match self.bits {
            32 => pixels
                .chunks_exact(4)
                .any(|p| u32::from_le_bytes([p[0], p[1], p[2], p[3]]) & self.alpha_mask != 0),
            16 => pixels
                .chunks_exact(2)
                .any(|p| u32::from(u16::from_le_bytes([p[0], p[1]])) & self.alpha_mask != 0),
            _ => true,
        };
        (self.alpha_mask != 0, any)
    }
}

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let header = Header::read(bytes)?;
    refuse_kinds(&header)?;
    let mut probe = Probe::still(Format::Bmp, header.width, header.height);
    probe.depth = depth(header.bits);
    if header.without_padding(bytes).is_some() {
        probe
            .notes
            .push("the end of the file is missing; no pixel is".into());
    }
    let (masked, any) = header.alpha(bytes);
    if masked && !any {
        // as Windows and Photoshop show it
        probe
            .notes
            .push("its alpha is 0 everywhere, so it is taken as opaque".into());
    }
    probe.alpha = masked && any;
    Ok(probe)
}

fn refuse_kinds(header: &Header) -> Result<(), Error> {
    let kind = match (header.is_os2(), header.compression) {
        (true, 3) => "BMP with the Huffman codes of OS/2",
        (true, 4) => "BMP with the 24-bit runs of OS/2",
        (_, 4) => "JPEG inside BMP",
        (_, 5) => "PNG inside BMP",
        _ => return Ok(()),
    };
    Err(Error::Unsupported(kind.into()))
}

/// Bits per sample from bits per pixel.
fn depth(bits: u16) -> u8 {
    match bits {
        1 | 2 | 4 => bits.to_le_bytes()[0],
        16 => 5,
        _ => 8,
    }
}
