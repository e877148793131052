//! Bytes of an original in, bytes of its variants out: no network, files, clock or environment.

pub mod colour;
pub mod decode;
mod error;
mod exif;
mod format;
mod orientation;
pub mod pixels;
mod probe;
mod raster;

pub use colour::Colour;
pub use error::Error;
pub use format::Format;
pub use orientation::Orientation;
pub use probe::{JpegComponents, JpegLayout, Probe, probe};
