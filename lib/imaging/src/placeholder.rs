//! The placeholder to show while a variant loads: a `ThumbHash` and one colour.

use serde::Serialize;

use crate::{
    Error, Format,
    emphasis::Emphasis,
    encode::{Encoding, encode},
    metadata::copyright::Copyright,
    picture::{
        convert::to_frame,
        planes::Picture,
        samples::{Frame, Pixels},
    },
    preset::{Chroma, Effort, Metadata, Rgb},
};

/// A picture in some 25 bytes, in 3, and in some 200 that a browser shows without a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placeholder {
    /// See <https://evanw.github.io/thumbhash/>.
    pub thumbhash: Vec<u8>,
    /// The dominant colour, sRGB.
    pub colour: [u8; 3],
    /// A WebP of at most 32 x 32 pixels.
    pub preview: Vec<u8>,
}

/// The quality of the preview. A page shows it blurred, so the steps between its blocks do not show.
const PREVIEW_QUALITY: u8 = 40;

/// Bits of red, green and blue that colours are counted by: 512 bins.
const BIN_BITS: u32 = 3;

/// The placeholder of an upright picture of at most 32 x 32 pixels.
///
/// # Errors
/// [`Error::Encode`] with the encoder's words.
pub(crate) fn placeholder(picture: &Picture) -> Result<Placeholder, Error> {
    let frame = to_frame(picture);
    let rgba = rgba(&frame);
    let (width, height) = (frame.width as usize, frame.height as usize);
    Ok(Placeholder {
        thumbhash: thumbhash::rgba_to_thumb_hash(width, height, &rgba),
        colour: dominant(&rgba),
        preview: preview(picture)?,
    })
}

fn preview(picture: &Picture) -> Result<Vec<u8>, Error> {
    let encoding = Encoding {
        format: Format::Webp,
        quality: PREVIEW_QUALITY,
        lossless: false,
        chroma: Chroma::Quarter,
        background: Rgb::WHITE,
        metadata: Metadata::None,
        moves: false,
        effort: Effort::default(),
        emphasis: Emphasis::default(),
        own: None,
    };
    encode(picture, encoding, &Copyright::default())
}

/// Its pixels as R, G, B, A.
pub(crate) fn rgba(frame: &Frame) -> Vec<u8> {
    match &frame.pixels {
        Pixels::Grey(data) => data
            .iter()
            .flat_map(|grey| [*grey, *grey, *grey, 255])
            .collect(),
        Pixels::Rgb(data) => data
            .chunks_exact(3)
            .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255])
            .collect(),
        Pixels::Rgba(data) | Pixels::Cmyk(data) => data.clone(),
        Pixels::Ycc(planes) => planes.data[0]
            .iter()
            .flat_map(|grey| [*grey, *grey, *grey, 255])
            .collect(),
    }
}

/// The mean of the fullest bin, with pixels weighted by alpha; among equals the darkest. White if nothing is visible.
fn dominant(rgba: &[u8]) -> [u8; 3] {
    let mut bins = vec![[0_u64; 4]; 1 << (3 * BIN_BITS)];
    for pixel in rgba.chunks_exact(4) {
        let bin = pixel[..3].iter().fold(0, |bin, value| {
            bin << BIN_BITS | usize::from(*value) >> (8 - BIN_BITS)
        });
        let alpha = u64::from(pixel[3]);
        let [red, green, blue, weight] = &mut bins[bin];
        *red += u64::from(pixel[0]) * alpha;
        *green += u64::from(pixel[1]) * alpha;
        *blue += u64::from(pixel[2]) * alpha;
        *weight += alpha;
    }
    let fullest = bins
        .iter()
        .rev()
        .max_by_key(|bin| bin[3])
        .copied()
        .unwrap_or_default();
    if fullest[3] == 0 {
        return [255; 3];
    }
    [0, 1, 2]
        .map(|i: usize| u8::try_from((fullest[i] + fullest[3] / 2) / fullest[3]).unwrap_or(u8::MAX))
}
