//! From a small upright picture to the bytes of a variant: one file a format. No metadata is ever written.

mod jpeg;
mod png;
mod webp;

use std::borrow::Cow::{self, Borrowed, Owned};

use serde::Serialize;

use crate::{
    Error, Format,
    convert::{flatten, quarter_chroma, to_ycc},
    planes::{Layout, Picture},
    preset::{Chroma, Rgb},
};

/// Everything that decides the bytes of a variant besides its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Encoding {
    /// `Jpeg`, `Webp` or `Png`.
    pub format: Format,
    /// 1 to 100; PNG has none.
    pub quality: u8,
    /// JPEG's chroma.
    pub chroma: Chroma,
    /// What shows through where the format has no transparency.
    pub background: Rgb,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.format {
            Format::Jpeg => {
                let chroma = if self.chroma == Chroma::Full {
                    "4:4:4"
                } else {
                    "4:2:0"
                };
                write!(f, "jpeg q{} {chroma}", self.quality)
            }
            Format::Png => write!(f, "png"),
            other => write!(f, "{} q{}", other.name(), self.quality),
        }
    }
}

/// The bytes of `picture`, which is upright and sRGB.
///
/// # Errors
/// [`Error::Encode`] with the encoder's words.
pub(crate) fn encode(picture: &Picture, encoding: Encoding) -> Result<Vec<u8>, Error> {
    match encoding.format {
        Format::Jpeg => jpeg::encode(&opaque_ycc(picture, encoding), encoding.quality),
        Format::Webp => webp::encode(picture, encoding.quality),
        Format::Png => png::encode(picture),
        other => Err(Error::Encode(format!(
            "{}: there is no encoder for it",
            other.name()
        ))),
    }
}

/// Grey as it is; anything else as Y'CbCr with the wanted chroma, over the background.
fn opaque_ycc(picture: &Picture, encoding: Encoding) -> Cow<'_, Picture> {
    let full = match picture.layout {
        Layout::Grey | Layout::YccQuarter => return Borrowed(picture),
        Layout::Ycc => Borrowed(picture),
        Layout::Rgba => Owned(to_ycc(&flatten(picture, encoding.background))),
        Layout::Rgb | Layout::Cmyk => Owned(to_ycc(picture)),
    };
    match encoding.chroma {
        Chroma::Full => full,
        Chroma::Quarter => Owned(quarter_chroma(full.into_owned())),
    }
}
