//! What an original's own quality and length have to do with variants of its size.

use crate::{
    Format, JpegComponents, JpegLayout, Orientation, Probe,
    encode::{Encoding, Own, Reuse, is_lossy},
    limits::Decoders,
};

/// The largest JPEG whose coefficients may become a variant: they take 6 bytes a pixel at most, so 25 MB.
const MOST_REUSED_PIXELS: u64 = 1 << 22;

/// An encoding for the original's own size: no better than a JPEG is itself, and not larger than an original of the same format.
/// A quality gives the score that libjpeg gives at that number, so the two compare.
pub(super) fn beside(probe: &Probe, encoding: Encoding, decoders: Decoders) -> Encoding {
    if encoding.moves || !is_lossy(encoding.format, encoding.lossless) {
        return encoding;
    }
    let jpeg = probe.jpeg.as_ref();
    let quality = jpeg.map_or(100, |jpeg| jpeg.quality);
    let same = encoding.format == probe.format
        && (jpeg.is_some() || probe.format == Format::Avif || probe.planes);
    Encoding {
        quality: encoding.quality.min(quality),
        own: same.then(|| Own {
            bytes: probe.bytes,
            reuse: reuse(probe, decoders, quality <= encoding.quality),
        }),
        ..encoding
    }
}

/// Only libjpeg-turbo gives coefficients.
fn reuse(probe: &Probe, decoders: Decoders, coarse: bool) -> Reuse {
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    let planes =
        |jpeg: &JpegLayout| matches!(jpeg.components, JpegComponents::Grey | JpegComponents::Ycc);
    let as_is = probe.jpeg.as_ref().is_some_and(planes)
        && probe.orientation == Orientation::Upright
        && probe.colour.is_srgb()
        && decoders == Decoders::Fast
        && pixels <= MOST_REUSED_PIXELS;
    match (as_is, coarse) {
        (false, _) => Reuse::Never,
        (true, false) => Reuse::Larger,
        (true, true) => Reuse::First,
    }
}
