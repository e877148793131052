//! The bytes of an original, for decoders that return only whole pictures: reading fails when time is up.

use std::borrow::Cow;
use std::io::{self, BufRead, Cursor, ErrorKind, Read, Seek, SeekFrom};

use crate::Watch;

/// The time is checked after this many bytes, or after this many calls, because a few bytes can give many pixels.
const BYTES: usize = 1 << 14;
const CALLS: u32 = 64;

/// A reader that fails once the watch says so. [`super::decode`] distinguishes that error from the decoder's own.
pub(super) struct Watched<'a> {
    bytes: Cursor<Cow<'a, [u8]>>,
    watch: &'a Watch<'a>,
    read: usize,
    calls: u32,
}

impl<'a> Watched<'a> {
    pub(super) fn new(bytes: impl Into<Cow<'a, [u8]>>, watch: &'a Watch<'a>) -> Self {
        Self {
            bytes: Cursor::new(bytes.into()),
            watch,
            read: 0,
            calls: 0,
        }
    }

    fn ask(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.read < BYTES && self.calls < CALLS {
            return Ok(());
        }
        (self.read, self.calls) = (0, 0);
        let asked = self.watch.check();
        asked.map_err(|error| io::Error::new(ErrorKind::TimedOut, error))
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.ask()?;
        let read = self.bytes.read(to)?;
        self.read += read;
        Ok(read)
    }
}

impl BufRead for Watched<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ask()?;
        self.bytes.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
        self.read += count;
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}
