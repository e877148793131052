//! A page of a TIFF.

mod named;
mod rewritten;
mod samples;

use std::io::ErrorKind;

use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use self::rewritten::Rewritten;
use super::cut;
use super::unmultiply::unmultiply;
use super::watched::Watched;
use crate::picture::samples::{Channels, Raster, Samples};
use crate::tiff::{Alpha, Directory, Reader, photometric, tag};
use crate::{Error, Probe, Watch};

/// Value of `PlanarConfiguration`: all reds, then all greens, ...
const PLANAR: u64 = 2;
/// The most samples a pixel; more are those of measuring instruments.
const MAX_SAMPLES: u64 = 16;
/// What the decoder may hold for a strip or tile besides the page.
const MIN_CHUNK_BYTES: usize = 1 << 20;

pub(super) fn decode(bytes: &[u8], probe: &Probe, watch: &Watch) -> Result<Raster, Error> {
    let reader = Reader::new(bytes);
    let page = reader.page().ok_or_else(|| cut("the first directory"))?;
    named::check(&page)?;
    let samples = page.samples();
    if samples > MAX_SAMPLES {
        return Err(Error::Unsupported(format!(
            "TIFF with {samples} samples a pixel"
        )));
    }
    let file = File {
        bytes,
        page,
        big_endian: reader.is_big_endian(),
        probe,
        watch,
    };
    let kept = usize::try_from(file.page.colours()).unwrap_or(1) + usize::from(probe.alpha);
    let mut pixels = file.pixels(kept)?;
    if file.page.value(tag::PHOTOMETRIC) == Some(photometric::WHITE_IS_ZERO) {
        samples::invert(&mut pixels, kept);
    }
    file.arrange(pixels, kept)
}

/// A file whose page is being read.
struct File<'a> {
    bytes: &'a [u8],
    page: Directory<'a>,
    big_endian: bool,
    probe: &'a Probe,
    watch: &'a Watch<'a>,
}

impl File<'_> {
    /// The first `kept` samples of each pixel, together.
    fn pixels(&self, kept: usize) -> Result<Samples, Error> {
        let count = usize::try_from(self.page.samples()).unwrap_or(1);
        if count == 1 || self.page.value(tag::PLANAR_CONFIGURATION) != Some(PLANAR) {
            return Ok(self.read(None, count)?.keep_first(count, kept));
        }
        let planes: Vec<Samples> = (0..kept as u64)
            .map(|plane| self.read(Some(plane), 1))
            .collect::<Result<_, _>>()?;
        samples::interleave(planes)
    }

    /// The page, or one plane of it, of `count` samples a pixel.
    fn read(&self, plane: Option<u64>, count: usize) -> Result<Samples, Error> {
        let file = Rewritten::new(self.bytes, &self.page, self.big_endian, plane)?;
        let mut decoder = Decoder::new(Watched::over(file, self.watch))
            .map_err(failed)?
            .with_limits(self.limits(count)?);
        let bits = decoder.colortype().map_err(failed)?.bit_depth();
        let mut data = DecodingResult::U8(Vec::new());
        let layout = decoder.read_image_to_buffer(&mut data).map_err(failed)?;
        if data.as_buffer(0).as_bytes().len() < layout.complete_len {
            return Err(Error::TooLarge("its planes do not fit in memory".into()));
        }
        let spread = self.page.value(tag::PHOTOMETRIC) != Some(photometric::PALETTE);
        samples::unpack(data, bits, self.probe.width as usize * count, spread)
    }

    fn limits(&self, count: usize) -> Result<Limits, Error> {
        let bytes = u64::from(self.probe.width)
            * u64::from(self.probe.height)
            * count as u64
            * named::bits(&self.page)?.div_ceil(8);
        let bytes = usize::try_from(bytes)
            .map_err(|_| Error::TooLarge("its pixels do not fit in memory".into()))?;
        let mut limits = Limits::default();
        limits.decoding_buffer_size = bytes.max(MIN_CHUNK_BYTES);
        limits.intermediate_buffer_size = bytes.max(MIN_CHUNK_BYTES);
        Ok(limits)
    }

    /// The samples as colours, and alpha.
    fn arrange(&self, mut pixels: Samples, kept: usize) -> Result<Raster, Error> {
        let alpha = self.probe.alpha;
        let channels = match self.page.value(tag::PHOTOMETRIC) {
            Some(photometric::PALETTE) => {
                pixels = Samples::Eight(self.look_up(pixels.into_eight(), kept)?);
                Channels::rgb(alpha)
            }
            Some(photometric::RGB) => Channels::rgb(alpha),
            Some(photometric::YCBCR) => {
                let mut eight = pixels.into_eight();
                samples::ycc_to_rgb(&mut eight, kept);
                pixels = Samples::Eight(eight);
                Channels::rgb(alpha)
            }
            Some(photometric::CMYK) => Channels::Cmyk,
            _ if alpha => Channels::GreyAlpha,
            _ => Channels::Grey,
        };
        if alpha && self.page.alpha() == Some(Alpha::Associated) {
            unmultiply(&mut pixels, channels.count());
        }
        Ok(Raster {
            width: self.probe.width,
            height: self.probe.height,
            channels,
            samples: pixels,
        })
    }

    /// Colours of indices, and alpha of `bits` as one of 8.
    fn look_up(&self, mut pixels: Vec<u8>, channels: usize) -> Result<Vec<u8>, Error> {
        let colours = self
            .page
            .values(tag::COLOR_MAP)
            .ok_or_else(|| Error::Corrupt("its palette is missing".into()))?;
        let colours: Vec<u16> = colours
            .into_iter()
            .map(|value| u16::try_from(value).unwrap_or(u16::MAX))
            .collect();
        let bits = named::bits(&self.page)?;
        if bits < 8 {
            let factor = samples::factor(u8::try_from(bits).unwrap_or(1));
            for pixel in pixels.chunks_exact_mut(channels) {
                for sample in &mut pixel[1..] {
                    *sample *= factor;
                }
            }
        }
        Ok(samples::look_up(&pixels, channels, &colours))
    }
}

fn failed(error: TiffError) -> Error {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut("the pixels"),
        TiffError::UnsupportedError(_) => {
            Error::Unsupported("TIFF with this mix of samples, tiles and predictor".into())
        }
        TiffError::LimitsExceeded => {
            Error::TooLarge("a part of the TIFF does not fit in memory".into())
        }
        other => Error::Corrupt(other.to_string()),
    }
}
