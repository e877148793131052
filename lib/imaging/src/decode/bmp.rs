//! Windows bitmap.

use std::io::ErrorKind;

use image::codecs::bmp::BmpDecoder;
use image::error::ImageError;
use image::{ColorType, ImageDecoder};

use super::watched::Watched;
use super::{buffer, cut};
use crate::picture::samples::{Layout, Raster, Samples};
use crate::{Error, Watch};

pub(super) fn decode(bytes: &[u8], watch: &Watch) -> Result<Raster, Error> {
    read(BmpDecoder::new(Watched::new(bytes, watch)).map_err(failed)?)
}

/// Reads what one of the `image` crate's decoders decodes. The buffer is ours, of the size that the limits let through:
/// `image`'s own way of making it aborts the process on a header that lies.
pub(super) fn read(decoder: impl ImageDecoder) -> Result<Raster, Error> {
    let (width, height) = decoder.dimensions();
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::Grey,
        ColorType::La8 => Layout::GreyAlpha,
        ColorType::Rgb8 => Layout::Rgb,
        ColorType::Rgba8 => Layout::Rgba,
        other => {
            return Err(Error::Unsupported(format!("BMP with {other:?} samples")));
        }
    };
    let mut data = buffer(width, height, layout.channels())?;
    decoder.read_image(&mut data).map_err(failed)?;
    Ok(Raster {
        width,
        height,
        layout,
        samples: Samples::Eight(data),
    })
}

pub(super) fn failed(error: ImageError) -> Error {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut("the pixels"),
        ImageError::Unsupported(error) => Error::Unsupported(error.to_string()),
        ImageError::Limits(error) => Error::TooLarge(error.to_string()),
        other => Error::Corrupt(other.to_string()),
    }
}
