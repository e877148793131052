//! Reads the header of a file: format, size, orientation, colour, alpha, frames. Reads no pixels.
//!
//! Detects the format from the bytes and ignores names. Allocates nothing by sizes in the header.

mod bmp;
mod gif;
mod heif;
mod ico;
mod jpeg;
mod jpeg_steps;
mod png;
mod read;
mod sniff;
mod tiff;
mod webp;

use serde::Serialize;

pub(crate) use bmp::{Header as BmpHeader, RUNS as BMP_RUNS};
pub(crate) use gif::{Mended as MendedGif, mended as mended_gif};
pub(crate) use ico::largest as largest_icon;
pub(crate) use jpeg::scans as jpeg_scans;
pub(crate) use png::mended as mended_png;
pub(crate) use webp::{Frame as WebpFrame, film as webp_film};

use crate::{Colour, Error, Format, Orientation, metadata::credentials};

/// The header of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "properties of a file that do not depend on each other"
)]
pub struct Probe {
    /// The detected format.
    pub format: Format,
    /// Length of the file.
    pub bytes: u64,
    /// Columns as stored, before orientation.
    pub width: u32,
    /// Rows as stored, before orientation.
    pub height: u32,
    /// The turn that makes the stored picture upright.
    pub orientation: Orientation,
    /// The colour space; serialised as its name in manifests.
    pub colour: Colour,
    /// Whether any pixel may be transparent.
    pub alpha: bool,
    /// Frames of an animation; 1 for a still. Further pages of a TIFF and further sizes of an icon do not count.
    pub frames: u32,
    /// Whether it is an animated HEIC or AVIF, of which only the still image is read.
    pub sequence: bool,
    /// Bits per sample as stored.
    pub depth: u8,
    /// Whether it is a lossy WebP, which stores planes of Y'CbCr.
    pub planes: bool,
    /// Whether it carries Content Credentials (C2PA), which no variant keeps.
    pub credentials: bool,
    /// What is wrong with the file and hides nothing of the picture.
    pub notes: Vec<String>,
    /// Properties of a JPEG.
    pub jpeg: Option<JpegLayout>,
}

/// How a JPEG stores its samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JpegLayout {
    /// What the components are.
    pub components: JpegComponents,
    /// Horizontal and vertical sampling factors, a pair for each component.
    pub sampling: Vec<(u8, u8)>,
    /// Whether the scans are progressive, so that a decoder keeps all coefficients.
    pub progressive: bool,
    /// The quality, 1 to 100, of libjpeg's table of steps for brightness that is as coarse as the file's in the mean; 100 if
    /// the headers have no table.
    pub quality: u8,
    /// Whether Adobe's marker is there: its CMYK is stored inverted, 255 for no ink.
    pub adobe: bool,
}

/// The components of a JPEG, by libjpeg's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JpegComponents {
    /// Y' alone.
    Grey,
    /// Y'CbCr.
    Ycc,
    /// R, G, B as they are.
    Rgb,
    /// C, M, Y, K.
    Cmyk,
    /// CMY as Y'CbCr, and K.
    Ycck,
}

impl Probe {
    /// Columns and rows of the picture as it is seen.
    #[must_use]
    pub fn upright(&self) -> (u32, u32) {
        if self.orientation.swaps_sides() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    /// A camera's 4:2:0 baseline JPEG, for unit tests of what is decided from headers.
    #[cfg(test)]
    pub(crate) fn sample(width: u32, height: u32) -> Self {
        let jpeg = JpegLayout {
            components: JpegComponents::Ycc,
            sampling: vec![(2, 2), (1, 1), (1, 1)],
            progressive: false,
            quality: 95,
            adobe: false,
        };
        Self {
            bytes: 3_000_000,
            jpeg: Some(jpeg),
            ..Self::still(Format::Jpeg, width, height)
        }
    }

    /// A still of 8-bit opaque upright sRGB, of no bytes: what the parsers start from.
    #[must_use]
    pub fn still(format: Format, width: u32, height: u32) -> Self {
        Self {
            format,
            bytes: 0,
            width,
            height,
            orientation: Orientation::Upright,
            colour: Colour::srgb(crate::colour::Model::Rgb),
            alpha: false,
            frames: 1,
            sequence: false,
            depth: 8,
            planes: false,
            credentials: false,
            notes: Vec::new(),
            jpeg: None,
        }
    }
}

/// Reads the headers of a file.
///
/// # Errors
/// `Empty`, `NotAnImage`, `Unsupported` with the name of what it is, `Truncated` or `Corrupt` where the headers are.
pub fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let mut probe = match sniff::sniff(bytes)? {
        Format::Jpeg => jpeg::probe(bytes),
        Format::Png => png::probe(bytes),
        Format::Webp => webp::probe(bytes),
        Format::Gif => gif::probe(bytes),
        Format::Bmp => bmp::probe(bytes),
        Format::Tiff => tiff::probe(bytes),
        Format::Ico => ico::probe(bytes),
        Format::Avif | Format::Heic => heif::probe(bytes),
    }?;
    if probe.width == 0 || probe.height == 0 {
        return Err(Error::Corrupt(format!(
            "the header says {} x {} pixels",
            probe.width, probe.height
        )));
    }
    if probe.colour.profile_ignored {
        probe
            .notes
            .push("its colour profile cannot be used; its colours count as sRGB".into());
    }
    probe.credentials = credentials::present(bytes, probe.format);
    probe.bytes = bytes.len() as u64;
    Ok(probe)
}

/// The error for a header that ends too early.
fn short(what: &str) -> Error {
    Error::Truncated(format!("it ends within {what}"))
}
