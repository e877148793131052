//! A directory of EXIF: tags and their values (TIFF 6.0, section 2; EXIF 3.0, 4.6). Every offset in it may lie.

/// Types of values.
const SHORT: usize = 3;
const LONG: usize = 4;
const RATIONAL: usize = 5;
/// EXIF 3.0, 4.6.2.
const UTF_8: usize = 129;

/// A directory of a block.
pub(super) struct Directory<'a> {
    tiff: &'a [u8],
    big_endian: bool,
    at: usize,
}

impl<'a> Directory<'a> {
    /// The first one of a block (a TIFF header and what follows), with or without `Exif\0\0` before it.
    pub(super) fn first(block: &'a [u8]) -> Option<Self> {
        let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let big_endian = match tiff.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        let header = Self {
            tiff,
            big_endian,
            at: 0,
        };
        let at = header.number(4, 4)?;
        Some(Self { at, ..header })
    }

    /// The directory that the value of a tag points to.
    pub(super) fn below(&self, tag: u16) -> Option<Self> {
        Some(Self {
            at: self.integer(tag)?,
            ..*self
        })
    }

    /// The number of a tag. A SHORT by the standard is a LONG in the files of some writers.
    pub(super) fn integer(&self, tag: u16) -> Option<usize> {
        let entry = self.entry(tag)?;
        match self.number(entry + 2, 2)? {
            SHORT => self.number(entry + 8, 2),
            LONG => self.number(entry + 8, 4),
            _ => None,
        }
    }

    /// The text or the bytes of a tag.
    pub(super) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let unit = |kind| match kind {
            1 | 2 | 7 | UTF_8 => Some(1), // BYTE, ASCII, UNDEFINED
            LONG => Some(4),              // in which some writers keep IPTC
            _ => None,
        };
        self.value(tag, unit)
    }

    /// The `N` fractions of a tag; `None` unless each is a number.
    pub(super) fn fractions<const N: usize>(&self, tag: u16) -> Option<[f64; N]> {
        let at = self.value(tag, |kind| (kind == RATIONAL).then_some(8))?;
        let mut fractions = [0.0; N];
        for (index, fraction) in fractions.iter_mut().enumerate() {
            let part = |half: usize| {
                let at = at.get(8 * index + 4 * half..)?.get(..4)?;
                u32::try_from(self.sum(at)).ok().map(f64::from)
            };
            *fraction = Some(part(0)? / part(1)?).filter(|value| value.is_finite())?;
        }
        Some(fractions)
    }

    fn entry(&self, tag: u16) -> Option<usize> {
        (0..self.number(self.at, 2)?)
            .map(|i| self.at + 2 + 12 * i)
            .find(|at| self.number(*at, 2) == Some(usize::from(tag)))
    }

    /// The bytes of a tag whose type has a size, which are at most as many as the file has.
    fn value(&self, tag: u16, unit: impl Fn(usize) -> Option<usize>) -> Option<&'a [u8]> {
        let entry = self.entry(tag)?;
        let unit = unit(self.number(entry + 2, 2)?)?;
        let length = self.number(entry + 4, 4)?.checked_mul(unit)?;
        let at = if length <= 4 {
            entry + 8
        } else {
            self.number(entry + 8, 4)?
        };
        self.tiff.get(at..at.checked_add(length)?)
    }

    fn number(&self, at: usize, length: usize) -> Option<usize> {
        Some(self.sum(self.tiff.get(at..at.checked_add(length)?)?))
    }

    fn sum(&self, bytes: &[u8]) -> usize {
        let shift = |value: usize, byte: &u8| value << 8 | usize::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }
}
