//! HEIC and HEIF with HEVC, by `heifer`: cropped, turned and mirrored by the file's properties; its EXIF is ignored.

use heifer::heifer_hevc_dec::Error as HevcError;
use heifer::{Image, Options, Sample};

use super::cut;
use crate::colour::Model;
use crate::picture::samples::{Channels, Raster, Samples};
use crate::{Error, Probe, heif};

pub(super) fn decode(bytes: &[u8], probe: &Probe) -> Result<Raster, Error> {
    let bytes = heif::without_trailer(bytes);
    // Coded pictures are padded to whole blocks and may be cropped: twice the picture's size, and one block, is enough.
    let max_pixels = u64::from(probe.width) * u64::from(probe.height) * 2 + (1 << 20);
    let options = Options {
        max_threads: 0,
        max_pixels,
    };
    if probe.depth == 8 {
        let image = heifer::decode_rgba8(bytes, &options).map_err(failed)?;
        return Ok(raster(&image, probe, Samples::Eight));
    }
    let image = heifer::decode_with_options(bytes, &options).map_err(failed)?;
    let most = u32::from(image.max_value());
    let spread = |sample: u16| {
        let spread = (u32::from(sample) * 65535 + most / 2) / most;
        u16::try_from(spread).unwrap_or(u16::MAX)
    };
    Ok(raster(&image, probe, |data: Vec<u16>| {
        Samples::Sixteen(data.into_iter().map(spread).collect())
    }))
}

/// Keeps of each pixel's R, G, B, A what the picture has.
fn raster<S: Sample>(
    image: &Image<S>,
    probe: &Probe,
    samples: impl FnOnce(Vec<S>) -> Samples,
) -> Raster {
    let (channels, keep): (_, &[usize]) = match (probe.colour.model, image.has_alpha) {
        (Model::Grey, false) => (Channels::Grey, &[0]),
        (Model::Grey, true) => (Channels::GreyAlpha, &[0, 3]),
        (_, false) => (Channels::Rgb, &[0, 1, 2]),
        (_, true) => (Channels::Rgba, &[0, 1, 2, 3]),
    };
    let mut kept = Vec::with_capacity(image.data.len() / 4 * keep.len());
    for pixel in image.data.chunks_exact(4) {
        kept.extend(keep.iter().map(|&i| pixel[i]));
    }
    Raster {
        width: image.width,
        height: image.height,
        channels,
        samples: samples(kept),
    }
}

fn failed(error: heifer::Error) -> Error {
    match error {
        heifer::Error::Container(error) => heif::failed(error),
        heifer::Error::Hevc(HevcError::UnexpectedEof) => cut("the picture"),
        heifer::Error::Hevc(HevcError::Unimplemented(what)) => {
            Error::Unsupported(format!("HEIC with {what}"))
        }
        heifer::Error::Unsupported(what) => Error::Unsupported(format!("HEIC with {what}")),
        other => Error::Corrupt(other.to_string()),
    }
}
