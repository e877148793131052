//! Bitmaps of Windows and OS/2.

mod runs;

use std::borrow::Cow;
use std::io::ErrorKind;

use image::codecs::bmp::BmpDecoder;
use image::error::ImageError;
use image::{ColorType, ImageDecoder};

use super::watched::Watched;
use super::{buffer, cut};
use crate::picture::samples::{Channels, Raster, Samples};
use crate::probe::{BMP_RUNS as RUNS, BmpHeader};
use crate::{Error, Probe, Watch};

/// Lengths of the file header and of `BITMAPINFOHEADER`.
const FILE_HEADER: usize = 14;
const INFO_HEADER: usize = 40;

pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let header = BmpHeader::read(bytes)?;
    if RUNS.contains(&header.compression) {
        return runs::decode(bytes, &header, watch);
    }
    let mut bytes = Cow::Borrowed(bytes);
    if let Some(length) = header.without_padding(&bytes) {
        bytes.to_mut().resize(length, 0);
    }
    if header.is_os2() {
        bytes = Cow::Owned(as_windows(&bytes, &header).ok_or_else(|| cut("the header"))?);
    }
    let raster = read(BmpDecoder::new(Watched::new(bytes, watch)).map_err(failed)?)?;
    Ok(if probe.alpha {
        raster
    } else {
        raster.without_alpha()
    })
}

/// The file with the header of Windows, which begins with the same fields.
fn as_windows(bytes: &[u8], header: &BmpHeader) -> Option<Vec<u8>> {
    let length = header.length as usize;
    let fields = bytes.get(FILE_HEADER..FILE_HEADER + length.min(INFO_HEADER))?;
    let pixels_at = (header.pixels_at + INFO_HEADER).checked_sub(length)?;
    let mut windows = bytes[..10].to_vec();
    windows.extend(u32::try_from(pixels_at).ok()?.to_le_bytes());
    windows.extend(fields);
    windows.resize(FILE_HEADER + INFO_HEADER, 0);
    windows[FILE_HEADER..FILE_HEADER + 4].copy_from_slice(&[40, 0, 0, 0]);
    windows.extend(bytes.get(FILE_HEADER + length..)?);
    Some(windows)
}

/// Reads what one of the `image` crate's decoders decodes. The buffer is ours, of the size that the limits let through:
/// `image`'s own way of making it aborts the process on a header that lies.
pub(super) fn read(decoder: impl ImageDecoder) -> Result<Raster, Error> {
    let (width, height) = decoder.dimensions();
    let channels = match decoder.color_type() {
        ColorType::L8 => Channels::Grey,
        ColorType::La8 => Channels::GreyAlpha,
        ColorType::Rgb8 => Channels::Rgb,
        ColorType::Rgba8 => Channels::Rgba,
        other => {
            return Err(Error::Unsupported(format!("BMP with {other:?} samples")));
        }
    };
    let mut data = buffer(width, height, channels.count())?;
    decoder.read_image(&mut data).map_err(failed)?;
    Ok(Raster {
        width,
        height,
        channels,
        samples: Samples::Eight(data),
    })
}

pub(super) fn failed(error: ImageError) -> Error {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut("the pixels"),
        ImageError::Unsupported(_) => Error::Unsupported("this kind of BMP".into()),
        ImageError::Limits(error) => Error::TooLarge(error.to_string()),
        other => Error::Corrupt(other.to_string()),
    }
}
