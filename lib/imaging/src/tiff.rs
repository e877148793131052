//! The container of TIFF: its directories and their values.
//!
//! Adobe, *TIFF Revision 6.0* (1992); `BigTIFF` as libtiff's `bigtiffdesign` has it.

/// Tags of a directory.
pub(crate) mod tag {
    pub(crate) const SUBFILE_TYPE: u16 = 254;
    pub(crate) const OLD_SUBFILE_TYPE: u16 = 255;
    pub(crate) const WIDTH: u16 = 256;
    pub(crate) const HEIGHT: u16 = 257;
    pub(crate) const BITS_PER_SAMPLE: u16 = 258;
    pub(crate) const COMPRESSION: u16 = 259;
    pub(crate) const PHOTOMETRIC: u16 = 262;
    pub(crate) const FILL_ORDER: u16 = 266;
    pub(crate) const MAKE: u16 = 271;
    pub(crate) const STRIP_OFFSETS: u16 = 273;
    pub(crate) const ORIENTATION: u16 = 274;
    pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(crate) const ROWS_PER_STRIP: u16 = 278;
    pub(crate) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(crate) const PLANAR_CONFIGURATION: u16 = 284;
    pub(crate) const PREDICTOR: u16 = 317;
    pub(crate) const COLOR_MAP: u16 = 320;
    pub(crate) const TILE_WIDTH: u16 = 322;
    pub(crate) const TILE_LENGTH: u16 = 323;
    pub(crate) const TILE_OFFSETS: u16 = 324;
    pub(crate) const TILE_BYTE_COUNTS: u16 = 325;
    pub(crate) const SUB_IFDS: u16 = 330;
    pub(crate) const EXTRA_SAMPLES: u16 = 338;
    pub(crate) const SAMPLE_FORMAT: u16 = 339;
    pub(crate) const JPEG_TABLES: u16 = 347;
    pub(crate) const YCBCR_SUBSAMPLING: u16 = 530;
    pub(crate) const ICC_PROFILE: u16 = 34675;
    pub(crate) const DNG_VERSION: u16 = 50706;
}

/// Values of `PhotometricInterpretation`.
pub(crate) mod photometric {
    pub(crate) const WHITE_IS_ZERO: u64 = 0;
    pub(crate) const BLACK_IS_ZERO: u64 = 1;
    pub(crate) const RGB: u64 = 2;
    pub(crate) const PALETTE: u64 = 3;
    pub(crate) const CMYK: u64 = 5;
    pub(crate) const YCBCR: u64 = 6;
}

/// Values of `Compression`.
pub(crate) mod compression {
    pub(crate) const NONE: u64 = 1;
    /// Each strip or tile is a JPEG.
    pub(crate) const JPEG: u64 = 7;
}

/// The most entries of a directory; real ones have some tens.
const MAX_ENTRIES: u64 = 4096;
/// The most directories that are searched for a page of full size.
const MAX_PAGES: usize = 64;
/// Of `NewSubfileType`: a smaller version of another page, or the mask of one.
const REDUCED_OR_MASK: u64 = 1 | 4;
/// Of the older `SubfileType`: a smaller version of another page.
const OLD_REDUCED: u64 = 2;

/// The bytes with their order and the width of their offsets: 4 in TIFF, 8 in `BigTIFF`.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    big: bool,
}

/// An entry of a directory: its type, how many values it has, and where they are.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    at: u64,
}

/// A page: the entries that describe it.
pub(crate) struct Directory<'a> {
    reader: Reader<'a>,
    entries: Vec<Entry>,
    next: u64,
}

impl<'a> Reader<'a> {
    /// Of a file that begins with `II` or `MM`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            big_endian: bytes.starts_with(b"MM"),
            big: bytes.get(2..4).is_some_and(|two| two.contains(&b'+')),
        }
    }

    pub(crate) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    fn bytes(&self, at: u64, length: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(at).ok()?;
        self.bytes
            .get(start..start.checked_add(usize::try_from(length).ok()?)?)
    }

    fn number(&self, at: u64, length: u64) -> Option<u64> {
        Some(self.joined(self.bytes(at, length)?))
    }

    /// A number of these bytes, in the file's order.
    fn joined(&self, bytes: &[u8]) -> u64 {
        let shift = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }

    /// The first directory.
    pub(crate) fn first(&self) -> Option<Directory<'a>> {
        let at = if self.big {
            self.number(8, 8)?
        } else {
            self.number(4, 4)?
        };
        self.directory(at)
    }

    /// The first page of full size; without one, the first page.
    pub(crate) fn page(&self) -> Option<Directory<'a>> {
        let first = self.first()?;
        if !first.is_reduced() {
            return Some(first);
        }
        let mut next = first.next;
        for _ in 0..MAX_PAGES {
            let Some(page) = self.directory(next).filter(|_| next != 0) else {
                break;
            };
            if !page.is_reduced() {
                return Some(page);
            }
            next = page.next;
        }
        Some(first)
    }

    fn directory(&self, at: u64) -> Option<Directory<'a>> {
        let (count_size, entry_size, offset_size) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(at, count_size)?.min(MAX_ENTRIES);
        let mut entries = Vec::new();
        for i in 0..count {
            let at = at.checked_add(count_size + i * entry_size)?;
            let (tag, kind) = (self.number(at, 2)?, self.number(at + 2, 2)?);
            let (kind, count) = (u16::try_from(kind).ok()?, self.number(at + 4, offset_size)?);
            let values = at + 4 + offset_size;
            let inline = count
                .checked_mul(size_of_kind(kind))
                .is_some_and(|size| size <= offset_size);
            entries.push(Entry {
                tag: u16::try_from(tag).ok()?,
                kind,
                count,
                at: if inline {
                    values
                } else {
                    self.number(values, offset_size)?
                },
            });
        }
        let end = at.checked_add(count_size + count * entry_size)?;
        Some(Directory {
            reader: *self,
            entries,
            // a file that ends here has no further page
            next: self.number(end, offset_size).unwrap_or(0),
        })
    }
}

impl<'a> Directory<'a> {
    /// Whether the tag is there.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// The first value of a tag.
    pub(crate) fn value(&self, tag: u16) -> Option<u64> {
        let entry = self.entry(tag).filter(|entry| entry.count > 0)?;
        self.reader.number(entry.at, size_of_kind(entry.kind))
    }

    /// All values of a tag; none if any lies outside the file.
    pub(crate) fn values(&self, tag: u16) -> Option<Vec<u64>> {
        let entry = self.entry(tag)?;
        let size = size_of_kind(entry.kind);
        let bytes = self
            .reader
            .bytes(entry.at, entry.count.checked_mul(size)?)?;
        let each = bytes.chunks_exact(usize::try_from(size).ok()?);
        Some(each.map(|bytes| self.reader.joined(bytes)).collect())
    }

    /// The values of a tag as they are stored.
    pub(crate) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(tag)?;
        let length = entry.count.checked_mul(size_of_kind(entry.kind))?;
        self.reader.bytes(entry.at, length)
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    fn is_reduced(&self) -> bool {
        let kind = self.value(tag::SUBFILE_TYPE).unwrap_or(0);
        kind & REDUCED_OR_MASK != 0 || self.value(tag::OLD_SUBFILE_TYPE) == Some(OLD_REDUCED)
    }

    /// Samples a pixel. Where the tag lies or is left out, as many as there are depths or colours.
    pub(crate) fn samples(&self) -> u64 {
        let depths = self
            .entry(tag::BITS_PER_SAMPLE)
            .map_or(1, |entry| entry.count);
        let said = self.value(tag::SAMPLES_PER_PIXEL).unwrap_or(depths);
        said.max(self.colours())
    }

    /// Samples a pixel that are colour or the index of one.
    pub(crate) fn colours(&self) -> u64 {
        match self.value(tag::PHOTOMETRIC) {
            Some(photometric::RGB | photometric::YCBCR) => 3,
            Some(photometric::CMYK) => 4,
            _ => 1,
        }
    }

    /// The meaning of the first sample after the colours. A writer that leaves it out means alpha.
    pub(crate) fn alpha(&self) -> Option<Alpha> {
        if self.samples() <= self.colours() {
            return None;
        }
        match self.value(tag::EXTRA_SAMPLES) {
            Some(1) => Some(Alpha::Associated),
            Some(2) => Some(Alpha::Straight),
            None if self.samples() == self.colours() + 1 => Some(Alpha::Straight),
            _ => None,
        }
    }
}

/// How colours relate to the alpha beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alpha {
    /// They are multiplied by it.
    Associated,
    /// They are as they are.
    Straight,
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
