//! The little of an original's metadata that is read, and the less that is kept.

pub(crate) mod copyright;
pub(crate) mod embed;
pub(crate) mod exif;
