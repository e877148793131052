//! What is read: formats, colours, extremes, and how what cannot be read is named.

pub(crate) mod alpha;
pub(crate) mod chunks;
pub(crate) mod colours;
pub(crate) mod container;
mod extremes;
mod field;
pub(crate) mod heif;
mod oriented;
mod time;
mod unsupported;
