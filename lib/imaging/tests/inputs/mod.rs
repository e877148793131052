//! What is read: formats, colours, extremes, and how what cannot be read is named.

mod container;
mod heif;
