//! What no renderer of these variants can go below without another entropy decoder or encoder: the original's entropy
//! decoded (and its blocks at 1/8, the least libjpeg-turbo does), and the variants encoded from planes that are there.

use anyhow::Result;
use darkroom_imaging::Variant;
use turbojpeg::{Compressor, Decompressor, ScalingFactor, YuvImage};

/// The variants' planes.
pub(crate) struct Floor {
    planes: Vec<YuvImage<Vec<u8>>>,
}

impl Floor {
    /// From variants that were rendered before.
    pub(crate) fn new(variants: &[Variant]) -> Result<Self> {
        let planes = variants
            .iter()
            .map(|variant| Ok(turbojpeg::decompress_to_yuv(&variant.bytes)?))
            .collect::<Result<_>>()?;
        Ok(Self { planes })
    }

    /// Does what must be done and returns the bytes of the files.
    pub(crate) fn run(&self, original: &[u8]) -> Result<usize> {
        let mut decompressor = Decompressor::new()?;
        decompressor.set_scaling_factor(ScalingFactor::ONE_EIGHTH)?;
        let header = decompressor
            .read_header(original)?
            .scaled(ScalingFactor::ONE_EIGHTH);
        let length = turbojpeg::yuv_pixels_len(header.width, 1, header.height, header.subsamp)?;
        let mut planes = YuvImage {
            pixels: vec![0; length],
            width: header.width,
            align: 1,
            height: header.height,
            subsamp: header.subsamp,
        };
        decompressor.decompress_to_yuv(original, planes.as_deref_mut())?;
        let mut compressor = Compressor::new()?;
        compressor.set_quality(80)?;
        let mut bytes = 0;
        for planes in &self.planes {
            bytes += compressor.compress_yuv_to_owned(planes.as_deref())?.len();
        }
        Ok(bytes)
    }
}
