//! A variant of the original's own size and format, which is never to be larger than the original.

use serde::Serialize;

use super::{Encoding, encode};
use crate::{
    Error, Format,
    decode::jpeg::{Scans, transcode},
    metadata::{copyright::Copyright, embed},
    picture::planes::Picture,
    preset::Metadata,
};

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

/// As [`encode`], and not larger than the original where the encoding says so: a JPEG's own coefficients if they may be used, then
/// one more try with coarser steps. `original` is the file that `picture` was decoded from.
///
/// # Errors
/// As [`encode`].
pub(crate) fn encode_beside(
    original: &[u8],
    picture: &Picture,
    encoding: Encoding,
    copyright: &Copyright,
) -> Result<Vec<u8>, Error> {
    let Some(own) = encoding.own else {
        return encode(picture, encoding, copyright);
    };
    let fits = |file: &Vec<u8>| file.len() as u64 <= own.bytes;
    let again = || {
        [Scans::Progressive, Scans::One]
            .into_iter()
            .filter_map(|scans| transcode(original, scans))
            .map(|file| with_copyright(file, encoding, copyright))
            .find(fits)
    };
    if own.reuse == Reuse::First
        && let Some(file) = again()
    {
        return Ok(file);
    }
    let file = encode(picture, encoding, copyright)?;
    if fits(&file) {
        return Ok(file);
    }
    if own.reuse == Reuse::Larger
        && let Some(file) = again()
    {
        return Ok(file);
    }
    let quality = coarser(encoding.quality, file.len() as u64, own.bytes);
    let smaller = encode(
        picture,
        Encoding {
            quality,
            ..encoding
        },
        copyright,
    )?;
    Ok(if smaller.len() < file.len() {
        smaller
    } else {
        file
    })
}

fn with_copyright(file: Vec<u8>, encoding: Encoding, copyright: &Copyright) -> Vec<u8> {
    match encoding.metadata {
        Metadata::Copyright => embed::into_jpeg(file, copyright),
        Metadata::None => file,
    }
}

/// A quality that takes at most `wanted` bytes where `quality` took `had`. Bytes fall faster than quality does, but near 100.
fn coarser(quality: u8, had: u64, wanted: u64) -> u8 {
    let shorter = u64::from(quality) * wanted / had.max(1);
    u8::try_from(shorter.saturating_sub(5)).map_or(quality, |quality| quality.max(1))
}

/// Whether files of this format lose something, so that they can be made smaller by losing more.
pub(crate) fn is_lossy(format: Format, lossless: bool) -> bool {
    matches!(format, Format::Jpeg | Format::Avif) || (format == Format::Webp && !lossless)
}
