//! The first page of a TIFF.

use std::borrow::Cow;
use std::io::ErrorKind;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::watched::Watched;
use super::{cut, tiff_samples};
use crate::picture::samples::{Layout, Raster, Samples};
use crate::{Error, Probe, Watch, probe};

/// Values of `PhotometricInterpretation`.
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;
/// Value of `ExtraSamples`: the colours are multiplied by alpha.
const ASSOCIATED_ALPHA: u16 = 1;
/// Value of `PlanarConfiguration`: all reds, then all greens, ...
const PLANAR: u16 = 2;
/// No page we read has more samples a pixel.
const MAX_SAMPLES: u64 = 8;

pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let (bytes, palette) = as_indices(bytes);
    let mut decoder = Decoder::new(Watched::new(bytes.as_ref(), watch))
        .map_err(failed)?
        .with_limits(limits(probe)?);
    let kind = decoder.colortype().map_err(failed)?;
    let mut data = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut data).map_err(failed)?;
    if data.as_buffer(0).as_bytes().len() < layout.complete_len {
        return Err(Error::TooLarge("its planes do not fit in memory".into()));
    }
    let (count, bits) = (usize::from(kind.num_samples()), kind.bit_depth());
    let planar = count > 1
        && decoder
            .find_tag_unsigned(Tag::PlanarConfiguration)
            .map_err(failed)?
            == Some(PLANAR);
    let samples_a_row = probe.width as usize * if planar { 1 } else { count };
    if palette {
        let indices = tiff_samples::unpack(data, bits, samples_a_row, false)?.into_eight();
        let colours = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(failed)?;
        return Ok(raster(
            probe,
            Layout::Rgb,
            Samples::Eight(tiff_samples::look_up(&indices, &colours)),
        ));
    }
    let mut samples = tiff_samples::unpack(data, bits, samples_a_row, true)?;
    if planar {
        samples = match samples {
            Samples::Eight(planes) => Samples::Eight(tiff_samples::interleave(&planes, count)),
            Samples::Sixteen(planes) => Samples::Sixteen(tiff_samples::interleave(&planes, count)),
        };
    }
    let extra: Option<Vec<u16>> = decoder
        .find_tag_unsigned_vec(Tag::ExtraSamples)
        .map_err(failed)?;
    let associated = extra.is_some_and(|extra| extra.first() == Some(&ASSOCIATED_ALPHA));
    arrange(probe, kind, count, samples, associated)
}

/// Keeps of each pixel's samples those that are colour or alpha.
fn arrange(
    probe: &Probe,
    kind: ColorType,
    count: usize,
    samples: Samples,
    associated: bool,
) -> Result<Raster, Error> {
    let layout = match kind {
        ColorType::Multiband { .. } | ColorType::GrayA(_) if probe.alpha && count >= 2 => {
            Layout::GreyAlpha
        }
        ColorType::Gray(_) | ColorType::Multiband { .. } | ColorType::GrayA(_) => Layout::Grey,
        ColorType::RGBA(_) if probe.alpha => Layout::Rgba,
        ColorType::RGB(_) | ColorType::RGBA(_) | ColorType::YCbCr(_) => Layout::Rgb,
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Layout::Cmyk,
        other => return Err(Error::Unsupported(format!("TIFF with {other:?} samples"))),
    };
    let keep = layout.channels();
    let mut samples = match samples {
        Samples::Eight(samples) => Samples::Eight(tiff_samples::keep_first(samples, count, keep)),
        Samples::Sixteen(samples) => {
            Samples::Sixteen(tiff_samples::keep_first(samples, count, keep))
        }
    };
    if matches!(kind, ColorType::YCbCr(_)) {
        samples = Samples::Eight(tiff_samples::ycc_to_rgb(&samples.into_eight()));
    }
    if associated && layout.has_alpha() {
        tiff_samples::unmultiply(&mut samples, keep);
    }
    Ok(raster(probe, layout, samples))
}

fn raster(probe: &Probe, layout: Layout, samples: Samples) -> Raster {
    Raster {
        width: probe.width,
        height: probe.height,
        layout,
        samples,
    }
}

/// The crate reads no palettes: tell it that the indices are grey. Says whether they were indices.
fn as_indices(bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    match probe::tiff_photometric(bytes) {
        Some((at, PALETTE)) => {
            let mut bytes = bytes.to_vec();
            let value = if bytes.starts_with(b"MM") {
                BLACK_IS_ZERO.to_be_bytes()
            } else {
                BLACK_IS_ZERO.to_le_bytes()
            };
            bytes[at..at + 2].copy_from_slice(&value);
            (bytes.into(), true)
        }
        _ => (bytes.into(), false),
    }
}

fn limits(probe: &Probe) -> Result<Limits, Error> {
    let bytes = u64::from(probe.width)
        * u64::from(probe.height)
        * MAX_SAMPLES
        * u64::from(probe.depth).div_ceil(8);
    let bytes = usize::try_from(bytes)
        .map_err(|_| Error::TooLarge("its pixels do not fit in memory".into()))?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = bytes;
    limits.intermediate_buffer_size = bytes.max(1 << 20);
    Ok(limits)
}

fn failed(error: TiffError) -> Error {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut("the pixels"),
        TiffError::UnsupportedError(what) => Error::Unsupported(format!("TIFF with {what}")),
        TiffError::LimitsExceeded => {
            Error::TooLarge("a part of the TIFF does not fit in memory".into())
        }
        other => Error::Corrupt(other.to_string()),
    }
}
