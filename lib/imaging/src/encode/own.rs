//! What is wanted of a variant of the original's own size and format.

use serde::Serialize;

use crate::Format;

/// What the original's file has to do with a variant of its size and format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Own {
    /// The original's length, which the variant is not to exceed.
    pub bytes: u64,
    /// Whether a JPEG's own coefficients may become the variant.
    pub reuse: Reuse,
}

/// When a JPEG's coefficients become the variant, without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reuse {
    /// Never: it is to be turned, converted or cropped, or is too large to be held in coefficients.
    Never,
    /// If the encoded file is larger than the original.
    Larger,
    /// Without encoding: the original is no better than the preset wants.
    First,
}

/// Whether files of this format lose something, so that they can be made smaller by losing more.
pub(crate) fn is_lossy(format: Format, lossless: bool) -> bool {
    matches!(format, Format::Jpeg | Format::Avif) || (format == Format::Webp && !lossless)
}
