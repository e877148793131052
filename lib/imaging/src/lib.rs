//! Bytes of an original in, bytes of its variants out: no network, files, clock or environment.

mod error;
mod format;
pub mod pixels;

pub use error::Error;
pub use format::Format;
