//! Pictures of one pixel, of the longest sides, and files with something behind the picture.

use std::io::Cursor;

use darkroom_imaging::{Decoders, Limits, Watch, plan, probe, render};
use image::{ExtendedColorType, ImageEncoder};

use super::container::{Item, file};
use super::field::jpeg::without_codes;
use super::heif::picture;
use crate::hostile::nonsense_webp;
use crate::synthetic::{Pixels, decode, jpeg, mean_difference, photo, png};
use crate::{one, run, run_within, shipped};

const FULL: &str = "fit = \"inside\"\nwidth = 65500\nheight = 65500\nformats = [\"png\"]";

/// The picture in every format that can be made here without loss, and as JPEG.
pub(super) fn in_every_format(pixels: &Pixels) -> Vec<(&'static str, Vec<u8>)> {
    let (width, height, rgb) = (pixels.width, pixels.height, ExtendedColorType::Rgb8);
    let mut webp = Vec::new();
    image_webp::WebPEncoder::new(&mut webp)
        .encode(&pixels.data, width, height, image_webp::ColorType::Rgb8)
        .expect("a WebP of a test");
    let mut bmp = Vec::new();
    image::codecs::bmp::BmpEncoder::new(&mut bmp)
        .write_image(&pixels.data, width, height, rgb)
        .expect("a BMP of a test");
    let mut tiff = Cursor::new(Vec::new());
    tiff::encoder::TiffEncoder::new(&mut tiff)
        .and_then(|mut tiff| {
            tiff.write_image::<tiff::encoder::colortype::RGB8>(width, height, &pixels.data)
        })
        .expect("a TIFF of a test");
    vec![
        ("png", png(pixels)),
        ("jpeg", jpeg(pixels, 95, "4:4:4")),
        ("webp", webp),
        ("bmp", bmp),
        ("tiff", tiff.into_inner()),
        ("gif", gif(pixels)),
    ]
}

/// Of at most 256 colours.
fn gif(pixels: &Pixels) -> Vec<u8> {
    let (width, height) = (
        pixels.width.try_into().expect("narrow"),
        pixels.height.try_into().expect("low"),
    );
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[]).expect("a GIF of a test");
    let frame = gif::Frame::from_rgb(width, height, &pixels.data);
    encoder.write_frame(&frame).expect("a frame of a test");
    drop(encoder);
    bytes
}

#[test]
fn one_pixel_of_every_format() {
    let pixel = Pixels::from_fn(1, 1, |_, _| [200, 100, 50]);
    for (name, bytes) in in_every_format(&pixel) {
        let rendered = run(&bytes, &one(FULL)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let got = decode(&rendered.variants[0].bytes).pixel(0, 0);
        let far = got
            .iter()
            .zip([200u8, 100, 50])
            .any(|(got, made)| got.abs_diff(made) > 3);
        assert!(!far, "{name}: {got:?}");
    }
}

#[test]
fn the_longest_sides() {
    for (width, height) in [(65_535, 2), (2, 65_535)] {
        let rendered = run(&png(&photo(width, height)), &shipped()).expect("a long picture");
        assert!(
            rendered
                .variants
                .iter()
                .all(|variant| variant.width.min(variant.height) >= 1)
        );
    }
    // libjpeg's longest is 65500; the header alone says more here.
    let error = probe(&resized(65_535, 65_535)).expect_err("too long");
    assert_eq!(error.code(), "too_large", "{error}");
}

/// A JPEG whose header says another size.
fn resized(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(&photo(16, 16), 80, "4:2:0");
    let at = bytes
        .windows(2)
        .position(|two| two == [0xFF, 0xC0])
        .expect("a frame header");
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn the_fast_decoder_takes_a_quarter_of_a_hundred_megapixels() {
    let probe = probe(&resized(10_000, 10_000)).expect("a header");
    let plan = plan(&probe, &shipped(), &Limits::default()).expect("a plan");
    let decoded = 10_000 * 10_000 * 3;
    assert!(
        plan.peak_bytes * 4 <= decoded,
        "{} of {decoded} bytes",
        plan.peak_bytes
    );
}

#[test]
fn both_decoders_show_the_same_picture() {
    let bytes = jpeg(&photo(1600, 1200), 90, "4:2:0");
    let presets = one("fit = \"inside\"\nwidth = 200\nheight = 200\nformats = [\"png\"]");
    let [fast, safe] = [Decoders::Fast, Decoders::Safe].map(|decoders| {
        let limits = Limits {
            decoders,
            ..Limits::default()
        };
        let plan = plan(&probe(&bytes).expect("a header"), &presets, &limits).expect("a plan");
        let rendered = render(&bytes, &plan, &Watch::none()).expect("a photo");
        (plan.decode.denominator, decode(&rendered.variants[0].bytes))
    });
    assert_eq!((fast.0, safe.0), (4, 1), "only the fast one scales");
    let difference = mean_difference(&fast.1, &safe.1);
    assert!(difference > 0.0 && difference < 2.0, "{difference}");
}

/// Only what they make of damage tells the decoders apart for certain.
#[test]
fn the_limits_choose_the_decoders_of_jpeg_and_webp() {
    let presets = one(FULL);
    let outcome = |decoders, bytes: &[u8]| {
        let limits = Limits {
            decoders,
            ..Limits::default()
        };
        run_within(&limits, bytes, &presets).map(drop)
    };
    let damaged = without_codes();
    assert!(outcome(Decoders::Fast, &damaged).is_ok());
    let error = outcome(Decoders::Safe, &damaged).expect_err("all rows behind it are lost");
    assert_eq!(error.code(), "corrupt", "{error}");

    let nonsense = nonsense_webp("webp lossy");
    let [fast, safe] = [Decoders::Fast, Decoders::Safe].map(|decoders| {
        outcome(decoders, &nonsense)
            .expect_err("no WebP")
            .to_string()
    });
    assert!(
        fast.contains("the WebP decoder could not read it"),
        "{fast}"
    );
    assert_ne!(safe, fast, "image-webp has words of its own");
}

/// The variants are the same with any bytes after the original: noise, or a copy of the original.
#[test]
fn what_is_behind_the_picture_changes_nothing() {
    let mut originals = in_every_format(&photo(40, 30));
    originals.push(("avif", file(b"avif", &[picture()])));
    let presets = one("fit = \"inside\"\nwidth = 20\nheight = 20\nformats = [\"png\", \"jpeg\"]");
    for (name, bytes) in originals {
        let alone = run(&bytes, &presets).unwrap_or_else(|error| panic!("{name}: {error}"));
        let noise: Vec<u8> = (0..999u32)
            .flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        for (what, trailer) in [("noise", &noise), ("itself", &bytes)] {
            let both = run(&[bytes.as_slice(), trailer].concat(), &presets);
            let both = both.unwrap_or_else(|error| panic!("{name} and {what}: {error}"));
            assert!(
                both.variants == alone.variants,
                "{name} and {what} behind it"
            );
        }
    }
}

#[test]
fn an_item_without_data_is_truncated() {
    let empty = Item {
        data: vec![],
        ..picture()
    };
    let error = run(&file(b"avif", &[empty]), &one(FULL)).expect_err("no data");
    assert_eq!(error.code(), "truncated", "{error}");
}
