//! The bytes of an original, for decoders that return only whole pictures: reading fails when time is up.

use std::borrow::Cow;
use std::io::{self, BufRead, Cursor, ErrorKind, Read, Seek, SeekFrom};

use crate::Watch;

/// The time is checked after this many bytes, or after this many calls, because a few bytes can give many pixels.
const BYTES: usize = 1 << 14;
const CALLS: u32 = 64;

/// A reader that fails once the watch says so. [`super::decode`] distinguishes that error from the decoder's own.
pub(super) struct Watched<'a, R = Cursor<Cow<'a, [u8]>>> {
    inner: R,
    watch: &'a Watch<'a>,
    read: usize,
    calls: u32,
}

impl<'a> Watched<'a> {
    pub(super) fn new(bytes: impl Into<Cow<'a, [u8]>>, watch: &'a Watch<'a>) -> Self {
        Self::over(Cursor::new(bytes.into()), watch)
    }
}

impl<'a, R> Watched<'a, R> {
    pub(super) fn over(inner: R, watch: &'a Watch<'a>) -> Self {
        Self {
            inner,
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

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.ask()?;
        let most = to.len().min(BYTES);
        let read = self.inner.read(&mut to[..most])?;
        self.read += read;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Watched<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ask()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.read += count;
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
