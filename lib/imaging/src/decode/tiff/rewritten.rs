//! A page of a TIFF as the decoder understands it.
//!
//! Writers leave out, repeat and contradict entries, and the decoder (the crate `tiff`) refuses or mistakes what libtiff reads.
//! So it never sees a file's own directory. It gets one that says the same in the simplest way: samples of grey, a plane at a
//! time, every entry there and consistent. What the samples mean is for [`super`] to know.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::named;
use crate::Error;
use crate::tiff::{Directory, compression, photometric, tag};

/// The header of a file: order of bytes, 42, and the place of the directory.
const HEADER: usize = 8;
/// Types of values: bytes, 16 and 32 bits.
const UNDEFINED: u16 = 7;
const SHORT: u16 = 3;
const LONG: u16 = 4;
/// Value of `FillOrder`: the first pixel is in the lowest bit of a byte.
const LOWEST_BIT_FIRST: u64 = 2;

/// A file of a header, the original's bytes behind its own header, and a directory.
pub(super) struct Rewritten<'a> {
    header: [u8; HEADER],
    body: &'a [u8],
    directory: Vec<u8>,
    /// Whether the bits of the body come lowest first. Those of a JPEG have an order of their own.
    reversed: bool,
    at: u64,
}

/// Writes numbers in the file's order of bytes.
struct Writer {
    big_endian: bool,
    entries: Vec<(u16, u16, u32, Vec<u8>)>,
}

impl Writer {
    fn short(&self, value: u16) -> [u8; 2] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn shorts(&mut self, tag: u16, values: &[u64]) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for &value in values {
            let value = u16::try_from(value).map_err(|_| nonsense(tag, value))?;
            bytes.extend(self.short(value));
        }
        self.push(tag, SHORT, values.len(), bytes)
    }

    fn longs(&mut self, tag: u16, values: &[u64]) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for &value in values {
            let value = u32::try_from(value).map_err(|_| nonsense(tag, value))?;
            bytes.extend(self.long(value));
        }
        self.push(tag, LONG, values.len(), bytes)
    }

    fn push(&mut self, tag: u16, kind: u16, count: usize, bytes: Vec<u8>) -> Result<(), Error> {
        let count = u32::try_from(count).map_err(|_| nonsense(tag, count as u64))?;
        self.entries.push((tag, kind, count, bytes));
        Ok(())
    }

    /// The directory, to be placed at `at`, its values behind it.
    fn finish(mut self, at: u32) -> Result<Vec<u8>, Error> {
        let too_many = || Error::Corrupt("it has too many strips".into());
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|entry| entry.0);
        let count = u16::try_from(entries.len()).map_err(|_| too_many())?;
        let mut values_at = at + 2 + 12 * u32::from(count) + 4;
        let mut directory = self.short(count).to_vec();
        let mut values = Vec::new();
        for (tag, kind, count, mut bytes) in entries {
            directory.extend(self.short(tag));
            directory.extend(self.short(kind));
            directory.extend(self.long(count));
            if bytes.len() <= 4 {
                bytes.resize(4, 0);
                directory.extend(bytes);
            } else {
                directory.extend(self.long(values_at));
                let length = u32::try_from(bytes.len()).map_err(|_| too_many())?;
                values_at = values_at.checked_add(length).ok_or_else(too_many)?;
                values.extend(bytes);
            }
        }
        directory.extend([0; 4]); // no further page
        directory.extend(values);
        Ok(directory)
    }
}

fn nonsense(tag: u16, value: u64) -> Error {
    Error::Corrupt(format!("its entry {tag} says {value}"))
}

impl<'a> Rewritten<'a> {
    /// The page with all samples of a pixel together, or `plane` of one that keeps them apart.
    pub(super) fn new(
        bytes: &'a [u8],
        page: &Directory,
        big_endian: bool,
        plane: Option<u64>,
    ) -> Result<Self, Error> {
        let too_large = |_| Error::TooLarge("a TIFF of more than 4 GB".into());
        let at = u32::try_from(bytes.len()).map_err(too_large)?;
        let mut writer = Writer {
            big_endian,
            entries: Vec::new(),
        };
        describe(page, plane.is_some(), &mut writer)?;
        locate(page, plane, bytes.len() as u64, &mut writer)?;
        let mut header = [0; HEADER];
        header[..2].copy_from_slice(if big_endian { b"MM" } else { b"II" });
        header[2..4].copy_from_slice(&writer.short(42));
        header[4..].copy_from_slice(&writer.long(at));
        Ok(Self {
            header,
            body: bytes.get(HEADER..).unwrap_or_default(),
            directory: writer.finish(at)?,
            reversed: page.value(tag::FILL_ORDER) == Some(LOWEST_BIT_FIRST)
                && page.value(tag::COMPRESSION) != Some(compression::JPEG),
            at: 0,
        })
    }

    fn length(&self) -> u64 {
        (HEADER + self.body.len() + self.directory.len()) as u64
    }
}

/// Size and samples.
fn describe(page: &Directory, one_plane: bool, writer: &mut Writer) -> Result<(), Error> {
    let samples = if one_plane { 1 } else { page.samples() };
    let method = page.value(tag::COMPRESSION).unwrap_or(compression::NONE);
    for tag in [tag::WIDTH, tag::HEIGHT] {
        writer.longs(tag, &[page.value(tag).unwrap_or(0)])?;
    }
    for (tag, value) in [
        (tag::BITS_PER_SAMPLE, named::bits(page)?),
        (tag::COMPRESSION, method),
        (tag::PHOTOMETRIC, photometric::BLACK_IS_ZERO),
        (tag::SAMPLES_PER_PIXEL, samples),
        (tag::PLANAR_CONFIGURATION, 1),
        (tag::PREDICTOR, page.value(tag::PREDICTOR).unwrap_or(1)),
        (
            tag::SAMPLE_FORMAT,
            page.value(tag::SAMPLE_FORMAT).unwrap_or(1),
        ),
    ] {
        writer.shorts(tag, &[value])?;
    }
    if let Some(tables) = page
        .bytes(tag::JPEG_TABLES)
        .filter(|_| method == compression::JPEG)
    {
        writer.push(tag::JPEG_TABLES, UNDEFINED, tables.len(), tables.to_vec())?;
    }
    Ok(())
}

/// Where the strips or tiles of the page, or of one plane of it, are.
fn locate(
    page: &Directory,
    plane: Option<u64>,
    length: u64,
    writer: &mut Writer,
) -> Result<(), Error> {
    let tiled = page.has(tag::TILE_OFFSETS);
    let (offsets_tag, counts_tag) = if tiled {
        (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
    } else {
        (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
    };
    let height = page.value(tag::HEIGHT).unwrap_or(0);
    let chunks = if tiled {
        let side = |tag| page.value(tag).filter(|&side| side > 0);
        let (Some(columns), Some(rows)) = (side(tag::TILE_WIDTH), side(tag::TILE_LENGTH)) else {
            return Err(Error::Corrupt("its tiles have no size".into()));
        };
        writer.longs(tag::TILE_WIDTH, &[columns])?;
        writer.longs(tag::TILE_LENGTH, &[rows])?;
        page.value(tag::WIDTH).unwrap_or(0).div_ceil(columns) * height.div_ceil(rows)
    } else {
        // Fax software writes 2^31-1 or 2^32-1 for "all in one strip".
        let rows = page.value(tag::ROWS_PER_STRIP).filter(|&rows| rows > 0);
        let rows = rows.unwrap_or(height).min(height).max(1);
        writer.longs(tag::ROWS_PER_STRIP, &[rows])?;
        height.div_ceil(rows)
    };
    let missing = || Error::Corrupt("it does not say where its pixels are".into());
    let first = plane.unwrap_or(0) * chunks;
    let part = |values: &[u64]| {
        let (first, end) = (usize::try_from(first), usize::try_from(first + chunks));
        let part = values.get(first.ok()?..end.ok()?);
        part.map(<[u64]>::to_vec)
    };
    let offsets = page.values(offsets_tag).ok_or_else(missing)?;
    let offsets = part(&offsets).ok_or_else(missing)?;
    // Old writers left out the length of a single strip: it goes to the end.
    let counts = page.values(counts_tag).and_then(|counts| part(&counts));
    let counts = match counts {
        Some(counts) => counts,
        None if offsets.len() == 1 => vec![length.saturating_sub(offsets[0])],
        None => return Err(missing()),
    };
    writer.longs(offsets_tag, &offsets)?;
    writer.longs(counts_tag, &counts)
}

impl Read for Rewritten<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let parts = [&self.header[..], self.body, &self.directory];
        for (i, part) in parts.into_iter().enumerate() {
            if let Some(rest) = part.get(at..).filter(|rest| !rest.is_empty()) {
                let read = Cursor::new(rest).read(to)?;
                if self.reversed && i == 1 {
                    for byte in &mut to[..read] {
                        *byte = byte.reverse_bits();
                    }
                }
                self.at += read as u64;
                return Ok(read);
            }
            at = at.saturating_sub(part.len());
        }
        Ok(0)
    }
}

impl Seek for Rewritten<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
