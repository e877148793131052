//! A picture in memory: interleaved samples where it is decoded, separate planes where it is resized and encoded.

pub(crate) mod clipped;
pub(crate) mod convert;
pub(crate) mod planes;
pub(crate) mod samples;
pub(crate) mod turn;

pub use samples::{Frame, Pixels, Planes};
