//! What a variant should look like: the original decoded whole, upright, in sRGB, and resized in floating point by
//! Lanczos with three lobes, which is the filter that every contender approximates.

use std::f32::consts::PI;

use anyhow::{Context, Result};
use darkroom_imaging::{
    Decoders, Format, Orientation, Probe, Watch, colour, decode,
    picture::{Frame, Pixels},
    probe,
};
use turbojpeg::PixelFormat;

/// Red, green, blue between 0 and 1 for each pixel, rows from the top.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[f32; 3]>,
}

impl Picture {
    /// The original the right way up, what is transparent over white.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self> {
        let probe = probe(bytes)?;
        let frame = match probe.format {
            Format::Jpeg => jpeg(bytes, &probe)?,
            Format::Webp => webp(bytes, &probe)?,
            _ => decode::decode(bytes, &probe, Decoders::Fast, &Watch::none())?,
        };
        let picture = Self {
            width: frame.width as usize,
            height: frame.height as usize,
            pixels: floats(&frame.pixels).context("failed to read the original's pixels")?,
        };
        Ok(picture.upright(probe.orientation))
    }

    fn upright(self, orientation: Orientation) -> Self {
        let (width, height) = (self.width, self.height);
        let (last_x, last_y) = (width - 1, height - 1);
        // where the upright pixel (x, y) is stored
        let stored = |x: usize, y: usize| match orientation.tag() {
            2 => (last_x - x, y),
            3 => (last_x - x, last_y - y),
            4 => (x, last_y - y),
            5 => (y, x),
            6 => (y, last_y - x),
            7 => (last_x - y, last_y - x),
            8 => (last_x - y, x),
            _ => (x, y),
        };
        let (wide, high) = if orientation.swaps_sides() {
            (height, width)
        } else {
            (width, height)
        };
        let at = |index: usize| {
            let (x, y) = stored(index % wide, index / wide);
            self.pixels[y * width + x]
        };
        Self {
            width: wide,
            height: high,
            pixels: (0..wide * high).map(at).collect(),
        }
    }

    /// The whole picture at `width` x `height`, cut at the sides (evenly) where the shape differs.
    pub(crate) fn resized(&self, width: usize, height: usize) -> Self {
        let scale = f32::min(
            float(self.width) / float(width),
            float(self.height) / float(height),
        );
        // a difference of shape below a pixel of the output is the rounding of its size, not a crop
        let axis = |input: usize, output: usize| {
            let own = float(input) / float(output);
            if (own / scale - 1.0) * float(output) < 1.5 {
                Axis::new(input, output, own, 0.0)
            } else {
                let start = (float(input) - float(output) * scale) / 2.0;
                Axis::new(input, output, scale, start)
            }
        };
        let (columns, rows) = (axis(self.width, width), axis(self.height, height));
        let mut pixels = Vec::with_capacity(width * height);
        let mut line = vec![[0.0; 3]; self.width];
        for (first, weights) in &rows.taps {
            line.fill([0.0; 3]);
            for (i, weight) in weights.iter().enumerate() {
                let row = &self.pixels[(first + i) * self.width..][..self.width];
                for (sum, pixel) in line.iter_mut().zip(row) {
                    (0..3).for_each(|c| sum[c] += weight * pixel[c]);
                }
            }
            for (first, weights) in &columns.taps {
                let mut sum = [0.0; 3];
                for (weight, pixel) in weights.iter().zip(&line[*first..]) {
                    (0..3).for_each(|c| sum[c] += weight * pixel[c]);
                }
                pixels.push(sum.map(|value: f32| value.clamp(0.0, 1.0)));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }
}

/// A still as pixels, by a decoder that the engine does not use for it.
fn webp(bytes: &[u8], probe: &Probe) -> Result<Frame> {
    let (width, height, data, alpha) = webp_pixels(bytes)?;
    let pixels = if alpha {
        Pixels::Rgba(data)
    } else {
        Pixels::Rgb(data)
    };
    let frame = Frame {
        width: u32::try_from(width)?,
        height: u32::try_from(height)?,
        pixels,
    };
    Ok(colour::frame_to_srgb(frame, &probe.colour)?)
}

/// Columns, rows, samples, and whether there are four a pixel.
pub(crate) fn webp_pixels(file: &[u8]) -> Result<(usize, usize, Vec<u8>, bool)> {
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file))?;
    let (width, height) = decoder.dimensions();
    let length = decoder.output_buffer_size().context("a huge picture")?;
    let mut data = vec![0; length];
    decoder.read_image(&mut data)?;
    Ok((width as usize, height as usize, data, decoder.has_alpha()))
}

/// For each output the first input and the weights from there on.
struct Axis {
    taps: Vec<(usize, Vec<f32>)>,
}

impl Axis {
    fn new(input: usize, output: usize, scale: f32, start: f32) -> Self {
        let stretch = scale.max(1.0);
        let tap = |k: usize| {
            let centre = start + (float(k) + 0.5) * scale;
            let inputs: Vec<usize> = (0..input)
                .skip(index((centre - 3.0 * stretch).floor()))
                .take_while(|i| float(*i) <= centre + 3.0 * stretch)
                .collect();
            let exact: Vec<f32> = inputs
                .iter()
                .map(|i| lanczos((float(*i) + 0.5 - centre) / stretch))
                .collect();
            let sum: f32 = exact.iter().sum();
            (inputs[0], exact.iter().map(|weight| weight / sum).collect())
        };
        Self {
            taps: (0..output).map(tap).collect(),
        }
    }
}

fn lanczos(x: f32) -> f32 {
    if x.abs() < 1e-6 {
        1.0
    } else if x.abs() >= 3.0 {
        0.0
    } else {
        (PI * x).sin() / (PI * x) * ((PI * x / 3.0).sin() / (PI * x / 3.0))
    }
}

fn jpeg(bytes: &[u8], probe: &Probe) -> Result<Frame> {
    let image = turbojpeg::decompress(bytes, PixelFormat::RGB)?;
    let frame = Frame {
        width: probe.width,
        height: probe.height,
        pixels: Pixels::Rgb(image.pixels),
    };
    Ok(colour::frame_to_srgb(frame, &probe.colour)?)
}

fn floats(pixels: &Pixels) -> Option<Vec<[f32; 3]>> {
    let unit = |value: u8| f32::from(value) / 255.0;
    match pixels {
        Pixels::Grey(data) => Some(data.iter().map(|grey| [unit(*grey); 3]).collect()),
        Pixels::Rgb(data) => Some(
            data.chunks_exact(3)
                .map(|p| [unit(p[0]), unit(p[1]), unit(p[2])])
                .collect(),
        ),
        Pixels::Rgba(data) => Some(
            data.chunks_exact(4)
                .map(|p| {
                    let alpha = unit(p[3]);
                    [p[0], p[1], p[2]].map(|value| unit(value) * alpha + 1.0 - alpha)
                })
                .collect(),
        ),
        Pixels::Cmyk(_) | Pixels::Ycc(_) => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "sides are below 2^24")]
fn float(value: usize) -> f32 {
    value as f32
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place on a side; what is before the side is its first"
)]
fn index(value: f32) -> usize {
    value.max(0.0) as usize
}
