//! JPEG, a few rows at a time: by libjpeg-turbo, or in memory-safe Rust.

mod ffi;
mod huffman;
mod rows;
mod safe;
mod transcode;
mod turbo;

use crate::Error;
use crate::limits::Decoders;

pub(crate) use rows::{Decoder, PlaneLayout, Rows};
pub(crate) use transcode::{Scans, transcode};

const MAX_PLANES: usize = 4;
const MAX_ROWS: usize = 32;

/// Whether these decoders can divide both sides of a JPEG while they decode it.
pub(crate) fn scales(decoders: Decoders) -> bool {
    decoders == Decoders::Fast
}

/// Reads the header. `denominator` divides both sides: 1, 2, 4 or 8 where the decoder [`scales`], else 1.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    decoders: Decoders,
    denominator: u8,
    kind: Rows,
) -> Result<Box<dyn Decoder + 'a>, Error> {
    Ok(match decoders {
        Decoders::Fast => Box::new(turbo::Turbo::open(bytes, denominator, kind)?),
        Decoders::Safe => {
            debug_assert_eq!(denominator, 1, "see `scales`");
            Box::new(safe::Safe::open(bytes, kind)?)
        }
    })
}
