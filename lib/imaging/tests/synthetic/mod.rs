//! Pictures made in code, read back by decoders that are not ours, and compared.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes and samples of small pictures made here"
)]

use std::path::Path;

use darkroom_imaging::Orientation;
use image::{DynamicImage, ImageFormat};

/// Interleaved pixels of 3 or 4 samples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) samples: usize,
    pub(crate) data: Vec<u8>,
}

impl Pixels {
    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width as usize + x as usize) * self.samples;
        [self.data[at], self.data[at + 1], self.data[at + 2]]
    }

    pub(crate) fn alpha(&self, x: u32, y: u32) -> u8 {
        let at = (y as usize * self.width as usize + x as usize) * self.samples;
        if self.samples == 4 {
            self.data[at + 3]
        } else {
            255
        }
    }

    /// Opaque, over a colour.
    pub(crate) fn over(&self, behind: [u8; 3]) -> Self {
        Self::from_fn(self.width, self.height, |x, y| {
            let (alpha, pixel) = (u32::from(self.alpha(x, y)), self.pixel(x, y));
            [0, 1, 2].map(|i: usize| {
                let sum = u32::from(pixel[i]) * alpha + u32::from(behind[i]) * (255 - alpha);
                ((sum + 127) / 255) as u8
            })
        })
    }

    pub(crate) fn from_fn(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        let data = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y))
            .collect();
        Self {
            width,
            height,
            samples: 3,
            data,
        }
    }

    pub(crate) fn grey(&self) -> Self {
        Self::from_fn(self.width, self.height, |x, y| {
            let [red, green, blue] = self.pixel(x, y).map(f64::from);
            [(0.299 * red + 0.587 * green + 0.114 * blue).round() as u8; 3]
        })
    }

    /// By the mean of the area under each pixel, parts of pixels counting in part.
    pub(crate) fn reduced(&self, width: u32, height: u32) -> Self {
        let (scale_x, scale_y) = (
            f64::from(self.width) / f64::from(width),
            f64::from(self.height) / f64::from(height),
        );
        Self::from_fn(width, height, |x, y| {
            let (left, right) = (f64::from(x) * scale_x, f64::from(x + 1) * scale_x);
            let (top, bottom) = (f64::from(y) * scale_y, f64::from(y + 1) * scale_y);
            let mut sums = [0.0; 4];
            for row in top as u32..(bottom.ceil() as u32).min(self.height) {
                for column in left as u32..(right.ceil() as u32).min(self.width) {
                    let part = |from: f64, to: f64, at: u32| {
                        to.min(f64::from(at + 1)) - from.max(f64::from(at))
                    };
                    let weight = part(left, right, column) * part(top, bottom, row);
                    let values = self.pixel(column, row).map(f64::from);
                    values
                        .iter()
                        .zip(&mut sums)
                        .for_each(|(value, sum)| *sum += value * weight);
                    sums[3] += weight;
                }
            }
            [0, 1, 2].map(|i: usize| (sums[i] / sums[3]).round() as u8)
        })
    }
}

/// A sample of 0.0 to 255.0 without its fraction.
pub(crate) fn to_byte(value: f64) -> u8 {
    value as u8
}

/// 0 to 255 without a pattern: a hash (Wang's, cut short), the same on every machine.
pub(crate) fn noise(x: u32, y: u32) -> u8 {
    let mixed = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    (mixed.wrapping_mul(0xC2B2_AE3D) >> 24) as u8
}

/// Smooth colours and soft edges without symmetry: what a wrong flip, shift or chroma siting shows on, and what
/// every good filter renders the same way.
pub(crate) fn photo(width: u32, height: u32) -> Pixels {
    let (w, h) = (f64::from(width), f64::from(height));
    Pixels::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / w, f64::from(y) / h);
        let disc = 0.5 - 0.5 * (((u - 0.3).hypot(v - 0.6) - 0.2) * 25.0).tanh();
        let stripe = (0.5 + 0.5 * (u * 19.0 + v * 12.0).sin()).powi(4) * (1.0 - disc);
        let wave = 0.5 + 0.5 * (u * 9.0 + (v * 7.0).sin()).sin();
        let ground = [u, 0.3 + 0.5 * v, wave * 0.7];
        let mix = |i: usize| {
            let value = ground[i] * (1.0 - disc) + [0.9, 0.2, 0.1][i] * disc;
            value * (1.0 - stripe) + [0.1, 0.3, 0.8][i] * stripe
        };
        [0, 1, 2].map(|i| (mix(i) * 255.0) as u8)
    })
}

pub(crate) fn png(pixels: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(if pixels.samples == 4 {
        png::ColorType::Rgba
    } else {
        png::ColorType::Rgb
    });
    let mut writer = encoder.write_header().expect("a header in memory");
    writer
        .write_image_data(&pixels.data)
        .expect("pixels in memory");
    writer.finish().expect("an end in memory");
    bytes
}

/// A baseline JPEG; `sampling` as in `4:2:0`, or `grey`.
pub(crate) fn jpeg(pixels: &Pixels, quality: i32, sampling: &str) -> Vec<u8> {
    let subsamp = match sampling {
        "4:4:4" => turbojpeg::Subsamp::None,
        "4:2:2" => turbojpeg::Subsamp::Sub2x1,
        "4:2:0" => turbojpeg::Subsamp::Sub2x2,
        "4:4:0" => turbojpeg::Subsamp::Sub1x2,
        "4:1:1" => turbojpeg::Subsamp::Sub4x1,
        _ => turbojpeg::Subsamp::Gray,
    };
    let image = turbojpeg::Image {
        pixels: pixels.data.as_slice(),
        width: pixels.width as usize,
        pitch: pixels.width as usize * 3,
        height: pixels.height as usize,
        format: turbojpeg::PixelFormat::RGB,
    };
    turbojpeg::compress(image, quality, subsamp)
        .expect("a JPEG of a test")
        .to_vec()
}

/// The picture that is seen as `upright` once it is turned by `orientation`.
pub(crate) fn stored(upright: &Pixels, orientation: Orientation) -> Pixels {
    let (w, h) = (upright.width, upright.height);
    match orientation.tag() {
        1 => upright.clone(),
        2 => Pixels::from_fn(w, h, |x, y| upright.pixel(w - 1 - x, y)),
        3 => Pixels::from_fn(w, h, |x, y| upright.pixel(w - 1 - x, h - 1 - y)),
        4 => Pixels::from_fn(w, h, |x, y| upright.pixel(x, h - 1 - y)),
        5 => Pixels::from_fn(h, w, |x, y| upright.pixel(y, x)),
        6 => Pixels::from_fn(h, w, |x, y| upright.pixel(w - 1 - y, x)),
        7 => Pixels::from_fn(h, w, |x, y| upright.pixel(w - 1 - y, h - 1 - x)),
        _ => Pixels::from_fn(h, w, |x, y| upright.pixel(y, h - 1 - x)),
    }
}

/// A JPEG that is seen as `upright` once it is turned as its EXIF says.
pub(crate) fn oriented(upright: &Pixels, orientation: Orientation) -> Vec<u8> {
    let stored = stored(upright, orientation);
    let bytes = jpeg(&stored, 97, "4:4:4");
    // APP1: "Exif", big-endian TIFF, one entry: tag 0x0112, one SHORT
    let mut app1 =
        b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    app1.extend([orientation.tag(), 0, 0, 0, 0, 0, 0]);
    [&bytes[..2], &app1, &bytes[2..]].concat()
}

/// Any variant, by the `image` crate.
pub(crate) fn decode(bytes: &[u8]) -> Pixels {
    if bytes.get(4..12) == Some(b"ftypavif") {
        return decode_avif(bytes);
    }
    let format = image::guess_format(bytes).expect("a known format");
    let image = match format {
        ImageFormat::WebP => return decode_webp(bytes),
        ImageFormat::Jpeg => return decode_jpeg(bytes),
        _ => image::load_from_memory(bytes).expect("a variant that decodes"),
    };
    let (width, height) = (image.width(), image.height());
    match image {
        DynamicImage::ImageRgba8(data) => Pixels {
            width,
            height,
            samples: 4,
            data: data.into_raw(),
        },
        other => Pixels {
            width,
            height,
            samples: 3,
            data: other.into_rgb8().into_raw(),
        },
    }
}

fn decode_jpeg(bytes: &[u8]) -> Pixels {
    let image =
        turbojpeg::decompress(bytes, turbojpeg::PixelFormat::RGB).expect("a JPEG that decodes");
    Pixels {
        width: image.width as u32,
        height: image.height as u32,
        samples: 3,
        data: image.pixels,
    }
}

/// By rav1d, which is not ours, through the engine's own reading of the container.
fn decode_avif(bytes: &[u8]) -> Pixels {
    use darkroom_imaging::{Decoders, Watch, decode, picture, probe};
    let probe = probe(bytes).expect("a header");
    let frame = decode::decode(bytes, &probe, Decoders::Fast, &Watch::none()).expect("an AVIF");
    let (samples, data) = match frame.pixels {
        picture::Pixels::Grey(data) => (3, data.into_iter().flat_map(|grey| [grey; 3]).collect()),
        picture::Pixels::Rgb(data) => (3, data),
        picture::Pixels::Rgba(data) => (4, data),
        other => panic!("{other:?} of an AVIF"),
    };
    Pixels {
        width: frame.width,
        height: frame.height,
        samples,
        data,
    }
}

fn decode_webp(bytes: &[u8]) -> Pixels {
    let mut decoder =
        image_webp::WebPDecoder::new(std::io::Cursor::new(bytes)).expect("a WebP header");
    let (width, height) = decoder.dimensions();
    let samples = if decoder.has_alpha() { 4 } else { 3 };
    let mut data = vec![0; width as usize * height as usize * samples];
    decoder.read_image(&mut data).expect("a WebP that decodes");
    Pixels {
        width,
        height,
        samples,
        data,
    }
}

/// Mean absolute difference of the colours, 0 to 255.
pub(crate) fn mean_difference(a: &Pixels, b: &Pixels) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height), "sizes");
    let pixels = (0..a.height).flat_map(|y| (0..a.width).map(move |x| (x, y)));
    let difference = |(x, y)| {
        a.pixel(x, y)
            .into_iter()
            .zip(b.pixel(x, y))
            .map(|(a, b)| f64::from(a.abs_diff(b)))
            .sum::<f64>()
    };
    pixels.map(difference).sum::<f64>() / f64::from(a.width * a.height * 3)
}

/// Every sample is as expected; transparent pixels may be of any colour.
pub(crate) fn same(name: &str, expected: &Pixels, actual: &Pixels) {
    assert_eq!(
        (expected.width, expected.height, expected.samples),
        (actual.width, actual.height, actual.samples),
        "{name}"
    );
    let is_seen = |pixel: &[u8]| pixel.get(3) != Some(&0);
    let differ = |(a, b): &(&[u8], &[u8])| a != b && (is_seen(a) || is_seen(b));
    let each = expected.data.chunks_exact(expected.samples);
    let pairs = each.zip(actual.data.chunks_exact(actual.samples));
    let wrong = pairs.filter(differ).count();
    if wrong > 0 {
        show(name, expected, actual);
    }
    assert!(
        wrong == 0,
        "{name}: {wrong} pixels differ; see target/golden/{name}-expected-diff-actual.png"
    );
}

/// Writes expected, difference and actual beside each other to `target/golden`, over grey where they are transparent.
pub(crate) fn show(name: &str, expected: &Pixels, actual: &Pixels) {
    let (expected, actual) = (expected.over([128; 3]), actual.over([128; 3]));
    let (width, height) = (expected.width, expected.height);
    let sheet = Pixels::from_fn(width * 3, height, |x, y| {
        let column = x % width;
        let (expected, actual) = (expected.pixel(column, y), actual.pixel(column, y));
        match x / width {
            0 => expected,
            1 => [0, 1, 2].map(|i: usize| expected[i].abs_diff(actual[i]).saturating_mul(4)),
            _ => actual,
        }
    });
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/golden");
    std::fs::create_dir_all(&folder).expect("a folder for what failed");
    std::fs::write(
        folder.join(format!("{name}-expected-diff-actual.png")),
        png(&sheet),
    )
    .expect("room for what failed");
}
