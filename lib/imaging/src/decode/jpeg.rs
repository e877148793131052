//! JPEG, a few rows at a time: by libjpeg-turbo, or in memory-safe Rust.

#[cfg(not(feature = "safe-decode"))]
mod ffi;
#[cfg(not(feature = "safe-decode"))]
mod huffman;
mod rows;
#[cfg(feature = "safe-decode")]
mod safe;
#[cfg(not(feature = "safe-decode"))]
mod turbo;

pub(crate) use rows::{PlaneLayout, Rows};
#[cfg(feature = "safe-decode")]
pub(crate) use safe::{Decoder, SCALES};
#[cfg(not(feature = "safe-decode"))]
pub(crate) use turbo::{Decoder, SCALES};

#[cfg(not(feature = "safe-decode"))]
const MAX_PLANES: usize = 4;
#[cfg(not(feature = "safe-decode"))]
const MAX_ROWS: usize = 32;
