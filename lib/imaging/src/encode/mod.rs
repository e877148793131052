//! Encodes small upright pictures to the bytes of a variant, with one file per format. Writes no metadata of the original
//! except what a preset asks for.

mod avif;
pub(crate) mod beside;
mod gif;
mod jpeg;
mod own;
mod png;
mod webp;
mod webp_animation;

use std::borrow::Cow::{self, Borrowed, Owned};

pub(crate) use own::is_lossy;
pub use own::{Own, Reuse};
use serde::Serialize;

use crate::{
    Error, Format,
    emphasis::{Emphasis, emphasise},
    geometry::Size,
    metadata::{copyright::Copyright, embed},
    picture::{
        convert::{flatten, quarter_chroma, to_ycc},
        planes::{Layout, Picture, Plane},
    },
    preset::{Chroma, Effort, Metadata, Rgb},
};

/// Everything that decides the bytes of a variant besides its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Encoding {
    /// `Jpeg`, `Webp`, `Png`, `Avif` or `Gif`.
    pub format: Format,
    /// 1 to 100 for JPEG, lossy WebP and AVIF.
    pub quality: u8,
    /// Whether a WebP keeps every pixel exactly.
    pub lossless: bool,
    /// JPEG's and AVIF's chroma.
    pub chroma: Chroma,
    /// The background if the format has no transparency.
    pub background: Rgb,
    /// The metadata to keep.
    pub metadata: Metadata,
    /// Whether it contains all frames of the original.
    pub moves: bool,
    /// JPEG's and WebP's, of chroma that is quartered.
    pub emphasis: Emphasis,
    /// JPEG's.
    pub effort: Effort,
    /// If it has the original's size and format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let chroma = if self.chroma == Chroma::Full {
            "4:4:4"
        } else {
            "4:2:0"
        };
        let name = self.format.name();
        match self.format {
            Format::Jpeg | Format::Avif => write!(f, "{name} q{} {chroma}", self.quality),
            Format::Webp if self.lossless => write!(f, "{name} lossless"),
            Format::Webp => write!(f, "{name} q{}", self.quality),
            _ => write!(f, "{name}"),
        }?;
        if self.format == Format::Jpeg && self.effort == Effort::Fast {
            write!(f, " fast")?;
        }
        if self.moves {
            write!(f, " animated")?;
        }
        if let Some(own) = self.own {
            write!(f, " at most {} bytes", own.bytes)?;
        }
        Ok(())
    }
}

/// The bytes of `picture`, which is upright and sRGB, with `copyright` if the encoding wants it.
///
/// # Errors
/// [`Error::Encode`] with the encoder's words.
pub(crate) fn encode(
    picture: &Picture,
    encoding: Encoding,
    copyright: &Copyright,
) -> Result<Vec<u8>, Error> {
    let none = Copyright::default();
    let copyright = match encoding.metadata {
        Metadata::Copyright => copyright,
        Metadata::None => &none,
    };
    match encoding.format {
        Format::Jpeg => {
            let picture = opaque_ycc(picture, encoding);
            let chroma = emphasised(&picture, encoding.emphasis);
            let halved = picture.layout == Layout::YccQuarter;
            let planes: Vec<&Plane> = picture.planes[..1].iter().chain(&*chroma).collect();
            let file = jpeg::encode(&planes, halved, encoding.quality, encoding.effort)?;
            Ok(embed::into_jpeg(file, copyright))
        }
        Format::Webp => {
            let file = webp::encode(picture, encoding)?;
            embed::into_webp(file, picture.size, copyright)
        }
        Format::Png => png::encode(picture, copyright),
        Format::Gif => gif::encode(picture, copyright),
        Format::Avif => avif::encode(picture, encoding, copyright),
        other => Err(Error::Encode(format!(
            "{}: no encoder for this format",
            other.name()
        ))),
    }
}

/// A variant that is written frame by frame.
pub(crate) enum Animation {
    /// Animated WebP.
    Webp(webp_animation::Animation, Size, Copyright),
    /// Animated GIF.
    Gif(gif::Animation),
}

impl Animation {
    /// `plays`: how often it is played, 0 for ever.
    ///
    /// # Errors
    /// As [`encode`].
    pub(crate) fn new(
        size: Size,
        encoding: Encoding,
        plays: u32,
        copyright: &Copyright,
    ) -> Result<Self, Error> {
        let copyright = match encoding.metadata {
            Metadata::Copyright => copyright.clone(),
            Metadata::None => Copyright::default(),
        };
        match encoding.format {
            Format::Webp => {
                let animation = webp_animation::Animation::new(size, encoding, plays)?;
                Ok(Self::Webp(animation, size, copyright))
            }
            Format::Gif => Ok(Self::Gif(gif::Animation::new(size, plays, &copyright)?)),
            other => Err(Error::Encode(format!(
                "{}: this format cannot be animated",
                other.name()
            ))),
        }
    }

    /// Appends an upright sRGB picture of the animation's size.
    ///
    /// # Errors
    /// As [`encode`].
    pub(crate) fn add(&mut self, picture: &Picture, duration_ms: u32) -> Result<(), Error> {
        match self {
            Self::Webp(animation, ..) => animation.add(picture, duration_ms),
            Self::Gif(animation) => animation.add(picture, duration_ms),
        }
    }

    /// The file, and its number of frames. Consecutive identical frames count once.
    ///
    /// # Errors
    /// As [`encode`].
    pub(crate) fn finish(self) -> Result<(Vec<u8>, u32), Error> {
        match self {
            Self::Webp(animation, size, copyright) => {
                let (file, frames) = animation.finish()?;
                Ok((embed::into_webp(file, size, &copyright)?, frames))
            }
            Self::Gif(animation) => animation.finish(),
        }
    }
}

/// All planes but the first, ready for decoders that interpolate them.
fn emphasised(picture: &Picture, emphasis: Emphasis) -> Cow<'_, [Plane]> {
    let chroma = &picture.planes[1..];
    if picture.layout != Layout::YccQuarter || emphasis.is_none() {
        return Borrowed(chroma);
    }
    let raised = chroma.iter().map(|plane| emphasise(plane, emphasis));
    Owned(raised.collect())
}

/// Grey as it is; anything else as Y'CbCr with the wanted chroma, over the background.
fn opaque_ycc(picture: &Picture, encoding: Encoding) -> Cow<'_, Picture> {
    let full = match picture.layout {
        Layout::Grey | Layout::YccQuarter => return Borrowed(picture),
        Layout::Ycc => Borrowed(picture),
        Layout::Rgba => Owned(to_ycc(flatten(picture, encoding.background))),
        Layout::Rgb | Layout::Cmyk => Owned(to_ycc(picture.clone())),
    };
    match encoding.chroma {
        Chroma::Full => full,
        Chroma::Quarter => Owned(quarter_chroma(full.into_owned())),
    }
}
