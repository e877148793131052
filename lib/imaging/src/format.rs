//! The known formats, and their names in keys, manifests and messages.

use serde::{Deserialize, Serialize};

/// An image format, for input or output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG and APNG.
    Png,
    /// WebP, lossy or lossless, still or animated.
    Webp,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// Windows icon.
    Ico,
    /// AVIF.
    Avif,
    /// HEIC and HEIF.
    Heic,
}

/// The longest side of a JPEG.
pub(crate) const MAX_JPEG_SIDE: u32 = 65_500;
/// The largest side `libwebp` encodes (`WEBP_MAX_DIMENSION`).
const MAX_WEBP_SIDE: u32 = 16_383;
/// The largest AVIF: its encoder takes far more time and memory than JPEG's.
pub(crate) const MAX_AVIF_PIXELS: u64 = 2048 * 2048;

impl Format {
    /// The longest side of a variant in this format, in pixels.
    #[must_use]
    pub(crate) fn most_side(self) -> u32 {
        match self {
            Self::Jpeg => MAX_JPEG_SIDE,
            Self::Webp => MAX_WEBP_SIDE,
            _ => u32::from(u16::MAX), // GIF's; PNG and AVIF allow more, but no original has more
        }
    }

    /// The most pixels of a variant in this format.
    #[must_use]
    pub(crate) fn most_pixels(self) -> u64 {
        match self {
            Self::Avif => MAX_AVIF_PIXELS,
            _ => u64::MAX,
        }
    }

    /// The name in manifests and messages: `jpeg`, `png`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Ico => "ico",
            Self::Avif => "avif",
            Self::Heic => "heic",
        }
    }

    /// The extension of a variant's key: `jpg`, `png`, ...
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// The IANA media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Ico => "image/vnd.microsoft.icon",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
        }
    }
}
