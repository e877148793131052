//! JPEG by zune-jpeg, in memory-safe Rust. Decodes the whole picture at once, at full size, then returns its rows like libjpeg-turbo.

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::rows::{Damage, Decoder, Harm, MAX_SCANS, PlaneLayout, Rows, Strip};
use crate::Error;
use crate::decode::{buffer, guarded};
use crate::probe::{jpeg_scans, probe};

/// Rows of planes in a group.
const GROUP: usize = 8;
/// The value with which zune-jpeg fills every component of rows that it could not decode.
const UNDECODED: u8 = 128;
const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];

/// A JPEG being decoded.
pub(super) struct Safe<'a> {
    jpeg: JpegDecoder<ZCursor<&'a [u8]>>,
    bytes: &'a [u8],
    kind: Rows,
    stored: ColorSpace,
    width: usize,
    height: usize,
    /// Interleaved, as stored but for the chroma, which is in every pixel.
    pixels: Vec<u8>,
    /// How many rows were read.
    read: usize,
    damage: Option<DecodeErrors>,
}

impl<'a> Safe<'a> {
    /// Reads the header.
    pub(super) fn open(bytes: &'a [u8], kind: Rows) -> Result<Self, Error> {
        let options = DecoderOptions::default()
            .set_max_width(u16::MAX.into())
            .set_max_height(u16::MAX.into())
            .jpeg_set_max_scans(MAX_SCANS.into());
        let mut jpeg = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        guarded(|| jpeg.decode_headers().map_err(|error| failure(&error)))?;
        let stored = stored(&jpeg, kind)?;
        let (width, height) = jpeg.dimensions().unwrap_or_default();
        // Only in strict mode is damage an error. Not so for headers, which are odd more often than damaged.
        let strict = options.set_strict_mode(true);
        jpeg.set_options(strict.jpeg_set_out_colorspace(stored));
        Ok(Self {
            jpeg,
            bytes,
            kind,
            stored,
            width,
            height,
            pixels: Vec::new(),
            read: 0,
            damage: None,
        })
    }

    /// Whether the data ended too early: no end follows the scans, or it was met before the last row.
    fn ended(&self) -> Result<bool, Error> {
        let early = DecodeErrors::FormatStatic("Premature end of buffer").to_string();
        let met = self.damage.as_ref().map(DecodeErrors::to_string);
        let scans = jpeg_scans(self.bytes)?;
        Ok(met == Some(early) || !scans.windows(2).rev().any(|pair| pair == END_OF_IMAGE))
    }

    /// Rows before the damage. zune-jpeg does not say where it met it: what it did not decode is of one value, and of the last line of
    /// MCUs that it did decode a part may be made up. Of several scans each has a part of every row.
    fn sound_rows(&self) -> Result<u32, Error> {
        let layout = probe(self.bytes)?.jpeg;
        let Some(layout) = layout.filter(|layout| !layout.progressive) else {
            return Ok(0);
        };
        let stride = self.width * self.samples();
        let blank = |row: &&[u8]| row.iter().all(|sample| *sample == UNDECODED);
        let rows = self.pixels.rchunks_exact(stride.max(1));
        let decoded = self.height - rows.take_while(blank).count();
        let line = match layout.sampling.as_slice() {
            [_] => 8, // a scan of one component has blocks, whatever their sampling
            all => 8 * all.iter().map(|(_, v)| usize::from(*v)).max().unwrap_or(1),
        };
        let sound = decoded.saturating_sub(1) / line * line;
        Ok(u32::try_from(sound).unwrap_or(u32::MAX))
    }

    /// Samples of a pixel.
    fn samples(&self) -> usize {
        self.stored.num_components()
    }
}

impl Decoder for Safe<'_> {
    /// Everything in one call.
    fn absorb(&mut self) -> Result<bool, Error> {
        let size = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let mut pixels = buffer(size(self.width), size(self.height), self.samples())?;
        pixels.fill(UNDECODED);
        self.damage = guarded(|| Ok(self.jpeg.decode_into(&mut pixels).err()))?;
        self.pixels = pixels;
        Ok(true)
    }

    fn begin(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn planes(&self) -> Vec<PlaneLayout> {
        let count = match self.kind {
            Rows::Planes => self.samples(),
            Rows::Rgb | Rows::Cmyk => 1,
        };
        let plane = PlaneLayout {
            width: self.width,
            height: self.height,
            per_x: 1.0,
            per_y: 1.0,
        };
        vec![plane; count]
    }

    fn group(&self, _index: usize) -> (usize, usize) {
        match self.kind {
            Rows::Planes => (self.width, GROUP),
            Rows::Rgb | Rows::Cmyk => (self.width * self.samples(), 1),
        }
    }

    fn fill(&mut self, strip: &mut Strip) -> Result<bool, Error> {
        let (_, rows) = self.group(0);
        let stride = self.width * self.samples();
        let first = self.read;
        self.read = (first + rows * strip.groups).min(self.height);
        strip.filled = (self.read - first).div_ceil(rows);
        for (place, y) in (first..self.read).enumerate() {
            let pixels = &self.pixels[y * stride..][..stride];
            match strip.planes.as_mut_slice() {
                [rows] if self.stored == ColorSpace::YCCK => to_cmyk(pixels, &mut rows[place]),
                [rows] => rows[place].copy_from_slice(pixels),
                planes => apart(pixels, planes, place),
            }
        }
        Ok(self.read < self.height)
    }

    /// Of a progressive file every row counts as missing once anything is.
    fn harm(&self, height: u32) -> Result<Harm, Error> {
        let ended = self.ended()?;
        if self.damage.is_none() && !ended {
            return Ok(Harm::default());
        }
        let message = self.damage.as_ref().map(DecodeErrors::to_string);
        let harm = Harm {
            missing: height - self.sound_rows()?,
            coarse: 0,
        };
        harm.tolerate(height, || Damage {
            ended,
            message: message.unwrap_or_else(|| "it has no end marker".to_owned()),
        })
    }
}

/// The components of interleaved pixels into the row `place` of a plane each.
fn apart(pixels: &[u8], planes: &mut [Vec<Vec<u8>>], place: usize) {
    let count = planes.len();
    for (index, rows) in planes.iter_mut().enumerate() {
        for (to, pixel) in rows[place].iter_mut().zip(pixels.chunks_exact(count)) {
            *to = pixel[index];
        }
    }
}

/// What the components are, to zune-jpeg: when asked for the same it converts no colours.
fn stored(jpeg: &JpegDecoder<ZCursor<&[u8]>>, kind: Rows) -> Result<ColorSpace, Error> {
    let components = jpeg.info().map_or(0, |info| info.components);
    let stored = match jpeg.input_colorspace() {
        // Adobe's marker was read for one of four components; that is set right only while decoding
        Some(ColorSpace::CMYK) if components == 3 => ColorSpace::RGB,
        Some(ColorSpace::YCCK) if components == 3 => ColorSpace::YCbCr,
        Some(stored) => stored,
        None => ColorSpace::Unknown,
    };
    match (kind, stored.num_components()) {
        (Rows::Planes, 1 | 3) | (Rows::Rgb, 3) | (Rows::Cmyk, 4) => Ok(stored),
        (_, samples) => Err(Error::Corrupt(format!(
            "{samples} samples per pixel for {components} components"
        ))),
    }
}

/// By JFIF's matrix, the other way round: what is stored is the Y'CbCr of the complement of C, M and Y.
fn to_cmyk(pixels: &[u8], row: &mut [u8]) {
    for (to, from) in row.chunks_exact_mut(4).zip(pixels.chunks_exact(4)) {
        let [luma, blue, red] = [from[0], from[1], from[2]].map(i32::from);
        let (blue, red) = (blue - 128, red - 128);
        // 1.402, 0.344136, 0.714136 and 1.772 in 65536ths
        let cyan = luma + ((91_881 * red + 32_768) >> 16);
        let magenta = luma - ((22_554 * blue + 46_802 * red + 32_768) >> 16);
        let yellow = luma + ((116_130 * blue + 32_768) >> 16);
        for (to, light) in to.iter_mut().zip([cyan, magenta, yellow]) {
            *to = 255 - u8::try_from(light.clamp(0, 255)).unwrap_or(u8::MAX);
        }
        to[3] = from[3];
    }
}

fn failure(error: &DecodeErrors) -> Error {
    match error {
        DecodeErrors::IoErrors(_) | DecodeErrors::ExhaustedData => {
            Error::Truncated("it ends within the headers".to_owned())
        }
        other => Error::Corrupt(other.to_string()),
    }
}
