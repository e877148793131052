//! Reads the metadata of an original, and writes the copyright to variants.

mod container;
pub(crate) mod copyright;
pub(crate) mod credentials;
mod directory;
pub(crate) mod embed;
pub(crate) mod exif;
pub(crate) mod facts;
pub(crate) mod find;
mod line;
