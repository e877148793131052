//! A variant of the original's own size and format, which is not to be larger than the original.

use super::{Encoding, Reuse, encode};
use crate::{
    Error,
    decode::jpeg::{Scans, transcode},
    metadata::{copyright::Copyright, embed},
    picture::planes::Picture,
    preset::Metadata,
};

/// Attempts with coarser and coarser steps; the first one usually fits.
const TRIES: usize = 3;

/// As [`encode`], and not larger than the original where the encoding says so: a JPEG's own coefficients if they may be used, then up to
/// [`TRIES`] more with coarser steps. `original` is the file that `picture` was decoded from.
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
    let mut best = file;
    let mut quality = encoding.quality;
    for _ in 0..TRIES {
        quality = coarser(quality, best.len() as u64, own.bytes);
        let smaller = encode(
            picture,
            Encoding {
                quality,
                ..encoding
            },
            copyright,
        )?;
        if smaller.len() < best.len() {
            best = smaller;
        }
        if fits(&best) {
            break;
        }
    }
    Ok(best)
}

fn with_copyright(file: Vec<u8>, encoding: Encoding, copyright: &Copyright) -> Vec<u8> {
    match encoding.metadata {
        Metadata::Copyright => embed::into_jpeg(file, copyright),
        Metadata::None => file,
    }
}

/// A quality for at most `wanted` bytes where `quality` took `had`: less by twice the part that is too much, and by 5. A file that was
/// encoded before takes more bytes again than its quality says.
fn coarser(quality: u8, had: u64, wanted: u64) -> u8 {
    let part = |whole: u64| whole * wanted / had.max(1);
    u8::try_from(part(part(quality.into())).saturating_sub(5))
        .map_or(quality, |quality| quality.max(1))
}
