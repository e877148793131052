//! JPEG by libjpeg-turbo, a few rows at a time. `huffman` decodes the entropy of sequential files.

use std::marker::PhantomData;
use std::ptr::NonNull;

use super::rows::{Damage, Decoder, Harm, MAX_SCANS, PlaneLayout, Rows, Strip};
use super::{MAX_PLANES, MAX_ROWS, ffi, huffman};
use crate::Error;

/// A JPEG being decoded.
pub(super) struct Turbo<'a> {
    handle: NonNull<ffi::Jpeg>,
    layout: ffi::Layout,
    /// What decodes the MCUs in libjpeg-turbo's place; it has the address.
    scan: Option<Box<huffman::Scan>>,
    bytes: PhantomData<&'a [u8]>,
}

#[allow(unsafe_code, reason = "the handle is C's")]
// SAFETY: the handle is this value's own, and libjpeg-turbo keeps nothing that belongs to a thread.
unsafe impl Send for Turbo<'_> {}

impl<'a> Turbo<'a> {
    /// Reads the header. `denominator` (1, 2, 4 or 8) divides both sides.
    pub(super) fn open(bytes: &'a [u8], denominator: u8, kind: Rows) -> Result<Self, Error> {
        let handle = ffi::open(bytes)
            .ok_or_else(|| Error::Corrupt("not enough memory for a JPEG decoder".to_owned()))?;
        let mut decoder = Self {
            handle,
            layout: ffi::Layout::default(),
            scan: None,
            bytes: PhantomData,
        };
        let kind = match kind {
            Rows::Planes => 0,
            Rows::Rgb => 1,
            Rows::Cmyk => 2,
        };
        if ffi::start(handle, denominator, kind, &mut decoder.layout) {
            Ok(decoder)
        } else {
            Err(decoder.failure())
        }
    }

    /// Writes the rows of one group behind those that are in the strip.
    fn read(&mut self, strip: &mut Strip) -> Result<bool, Error> {
        let mut rows = [[std::ptr::null_mut(); MAX_ROWS]; MAX_PLANES];
        let planes = strip.planes.iter_mut().zip(self.layout.used());
        for ((plane, layout), rows) in planes.zip(&mut rows) {
            let group = layout.rows as usize;
            let group = &mut plane[strip.filled * group..][..group];
            for (slot, row) in rows.iter_mut().zip(group) {
                assert!(row.len() >= layout.stride as usize, "room for whole blocks");
                *slot = row.as_mut_ptr();
            }
        }
        strip.filled += 1;
        match ffi::read(self.handle, &rows) {
            ffi::MORE => Ok(true),
            ffi::DONE => Ok(false),
            _ => Err(self.failure()),
        }
    }

    fn damage(&self) -> Damage {
        Damage {
            ended: ffi::ended(self.handle),
            message: ffi::message(self.handle),
        }
    }

    fn failure(&self) -> Error {
        let damage = self.damage();
        damage.error(damage.message.clone())
    }
}

impl Decoder for Turbo<'_> {
    fn absorb(&mut self) -> Result<bool, Error> {
        match ffi::absorb(self.handle, MAX_SCANS.into()) {
            ffi::MORE => Ok(false),
            ffi::DONE => Ok(true),
            _ => Err(self.failure()),
        }
    }

    fn begin(&mut self) -> Result<(), Error> {
        if !ffi::begin(self.handle) {
            return Err(self.failure());
        }
        self.scan = ffi::scan(self.handle);
        if let Some(scan) = &mut self.scan {
            ffi::decode_by(self.handle, scan);
        }
        Ok(())
    }

    fn planes(&self) -> Vec<PlaneLayout> {
        let layout = |plane: &ffi::Plane| PlaneLayout {
            width: plane.width as usize,
            height: plane.height as usize,
            per_x: f64::from(plane.per_x) / f64::from(self.layout.unit_x),
            per_y: f64::from(plane.per_y) / f64::from(self.layout.unit_y),
        };
        self.layout.used().iter().map(layout).collect()
    }

    fn group(&self, index: usize) -> (usize, usize) {
        let plane = &self.layout.used()[index];
        (plane.stride.max(plane.width) as usize, plane.rows as usize)
    }

    fn fill(&mut self, strip: &mut Strip) -> Result<bool, Error> {
        strip.filled = 0;
        for _ in 0..strip.groups {
            if !self.read(strip)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn harm(&self, height: u32) -> Result<Harm, Error> {
        let harm = Harm {
            missing: ffi::lost_rows(self.handle),
            coarse: ffi::coarse_rows(self.handle),
        };
        harm.tolerate(height, || self.damage())
    }
}

impl Drop for Turbo<'_> {
    fn drop(&mut self) {
        ffi::close(self.handle);
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    use turbojpeg::{Compressor, Image, PixelFormat};

    use super::{Decoder, Rows, Turbo};

    /// Noise on a slope: long codes and short ones.
    fn picture(width: u16, height: u16, noise: u8) -> Vec<u8> {
        let mut state = 1_u32;
        let mut samples = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for channel in [1, 2, 3] {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let random = state.to_be_bytes()[0] % noise.max(1);
                    samples.push((x / channel + y).to_le_bytes()[0] / 2 + random / 2);
                }
            }
        }
        samples
    }

    /// The planes one after the other, without what fills up their last blocks.
    fn ours(bytes: &[u8]) -> Vec<u8> {
        let mut decoder = Turbo::open(bytes, 1, Rows::Planes).expect("a JPEG");
        assert!(decoder.absorb().expect("a JPEG"));
        decoder.begin().expect("a JPEG");
        assert!(decoder.scan.is_some(), "the one that is tested here");
        let layouts = decoder.planes();
        let mut planes = vec![Vec::new(); layouts.len()];
        let mut strip = decoder.strip(3);
        let mut more = true;
        while more {
            more = decoder.fill(&mut strip).expect("rows");
            for ((plane, layout), rows) in planes.iter_mut().zip(&layouts).zip(strip.rows()) {
                for row in rows {
                    plane.extend_from_slice(&row[..layout.width]);
                }
            }
        }
        for (plane, layout) in planes.iter_mut().zip(&layouts) {
            plane.truncate(layout.width * layout.height);
        }
        planes.concat()
    }

    fn encoded(
        size: (u16, u16),
        pixels: &[u8],
        quality: u8,
        sampling: SamplingFactor,
        restart: u16,
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(sampling);
        encoder.set_restart_interval(restart);
        encoder
            .encode(pixels, size.0, size.1, ColorType::Rgb)
            .expect("a JPEG");
        bytes
    }

    /// With tables of its own.
    fn optimised((width, height): (u16, u16), pixels: &[u8], quality: u8) -> Vec<u8> {
        let mut compressor = Compressor::new().expect("a compressor");
        compressor.set_quality(quality.into()).expect("a quality");
        compressor.set_optimize(true).expect("an option");
        let (width, height) = (usize::from(width), usize::from(height));
        let image = Image {
            pixels,
            width,
            pitch: 3 * width,
            height,
            format: PixelFormat::RGB,
        };
        compressor.compress_to_vec(image).expect("a JPEG")
    }

    #[test]
    fn entropy_is_decoded_as_by_libjpeg_turbo() {
        for size in [(160, 96), (16, 16), (112, 240)] {
            for (quality, noise) in [(1, 200), (30, 0), (80, 20), (95, 255), (100, 255)] {
                let pixels = picture(size.0, size.1, noise);
                let mut files = vec![optimised(size, &pixels, quality)];
                for sampling in [
                    SamplingFactor::F_1_1,
                    SamplingFactor::F_2_1,
                    SamplingFactor::F_2_2,
                ] {
                    files.extend(
                        [0, 1, 5].map(|restart| encoded(size, &pixels, quality, sampling, restart)),
                    );
                }
                for (number, bytes) in files.iter().enumerate() {
                    let theirs = turbojpeg::decompress_to_yuv(bytes).expect("a JPEG");
                    assert!(
                        ours(bytes) == theirs.pixels,
                        "{size:?} at {quality}, file {number}"
                    );
                }
            }
        }
    }
}
