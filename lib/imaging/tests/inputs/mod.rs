//! What is read: formats, colours, extremes, and how what cannot be read is named.

mod alpha;
mod chunks;
mod colours;
mod container;
mod extremes;
pub(crate) mod heif;
mod oriented;
mod unsupported;
