//! Reads the orientation and the copyright of an original, and writes the copyright to variants.

pub(crate) mod copyright;
pub(crate) mod embed;
pub(crate) mod exif;
