//! What comes out, against what should: pixel by pixel where a step loses nothing, and above a floor of SSIMULACRA2 (100 is
//! the same, 90 cannot be told from it, 70 is good) where one does. What fails is in `target/golden`: expected, difference
//! and actual beside each other.

mod brightness;
mod chroma;
mod lanczos;

use darkroom_imaging::Format;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use self::lanczos::resized;
use crate::synthetic::{Pixels, decode, jpeg, noise, photo, png, same, show};
use crate::{one, run, shipped};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// Soft shapes with a fine grain over their upper half, as grass and hair are.
fn scene(width: u32, height: u32) -> Pixels {
    let ground = photo(width, height);
    let grain = |x: u32, y: u32| i16::from(noise(x, y)) / 8 - 16;
    Pixels::from_fn(width, height, |x, y| {
        let pixel = ground.pixel(x, y);
        if y >= height / 2 {
            return pixel;
        }
        let grain = grain(x, y);
        pixel.map(|sample| u8::try_from((i16::from(sample) + grain).clamp(0, 255)).unwrap_or(0))
    })
}

fn made(bytes: &[u8], fields: &str) -> Pixels {
    let rendered = run(bytes, &one(fields)).expect("a picture of a test");
    decode(&rendered.variants[0].bytes)
}

const WHOLE: &str = "fit = \"inside\"\nwidth = 900\nheight = 900\n";

#[test]
fn what_is_stored_without_loss_at_its_size_is_the_same() {
    let opaque = scene(93, 61);
    let cut_out = Pixels {
        samples: 4,
        data: (0..93 * 61)
            .flat_map(|i: u32| {
                if i % 7 < 3 {
                    [0; 4]
                } else {
                    [200, i.to_le_bytes()[0], 30, 255]
                }
            })
            .collect(),
        ..opaque
    };
    for (name, original) in [("opaque", &opaque), ("cut-out", &cut_out)] {
        for (format, more) in [("png", ""), ("webp", "lossless = true")] {
            let got = made(
                &png(original),
                &format!("{WHOLE}formats = [\"{format}\"]\n{more}"),
            );
            same(&format!("whole-{name}-{format}"), original, &got);
        }
    }
}

#[test]
fn a_crop_that_is_not_resized_is_the_same() {
    let original = scene(93, 61);
    for (width, height, left, top) in [(93, 31, 0, 15), (40, 61, 26, 0), (61, 61, 16, 0)] {
        let got = made(
            &png(&original),
            &format!("fit = \"cover\"\nwidth = {width}\nheight = {height}\nformats = [\"png\"]"),
        );
        let part = Pixels::from_fn(width, height, |x, y| original.pixel(x + left, y + top));
        same(&format!("crop-{width}x{height}"), &part, &got);
    }
}

/// 16 colours with alpha from 0 to 255 in a palette of 4 bits; alpha is kept as it is, and a colour as far as its product
/// with alpha in 8 bits tells.
#[test]
fn palettes_and_their_alpha_are_expanded() {
    let colour = |i: u8| [i * 17, 255 - i * 11, i * 5];
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 2);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_palette((0..16).flat_map(colour).collect::<Vec<_>>());
    encoder.set_trns((0..16).map(|i| i * 17).collect::<Vec<u8>>());
    let row: Vec<u8> = (0..8).map(|i| (2 * i) << 4 | (2 * i + 1)).collect();
    let mut writer = encoder.write_header().expect("a header in memory");
    writer
        .write_image_data(&row.repeat(2))
        .expect("pixels in memory");
    writer.finish().expect("an end in memory");
    let row: Vec<u8> = (0..16)
        .flat_map(|i| [colour(i).as_slice(), &[i * 17]].concat())
        .collect();
    let expected = Pixels {
        width: 16,
        height: 2,
        samples: 4,
        data: row.repeat(2),
    };
    let got = made(&bytes, &format!("{WHOLE}formats = [\"png\"]"));
    assert_eq!(got.samples, 4);
    for (expected, got) in expected.data.chunks_exact(4).zip(got.data.chunks_exact(4)) {
        assert_eq!(expected[3], got[3], "alpha");
        let most = 255.0 / (2.0 * f64::from(expected[3])) + 0.5;
        let near = |i: usize| f64::from(expected[i].abs_diff(got[i])) <= most;
        assert!(
            expected[3] == 0 || (0..3).all(near),
            "{expected:?} became {got:?}"
        );
    }
}

/// Squares of one colour and one alpha, which JPEG at its best keeps but for its rounding.
#[test]
fn transparency_is_laid_over_the_background() {
    let data =
        (0..16 * 8 * 16).flat_map(|i: u32| [220, 40, 90, (i / 8 % 16 * 17).to_le_bytes()[0]]);
    let original = Pixels {
        width: 128,
        height: 16,
        samples: 4,
        data: data.collect(),
    };
    let expected = original.over([10, 200, 60]);
    let fields =
        "formats = [\"jpeg\"]\nquality = 100\nchroma = \"4:4:4\"\nbackground = \"#0ac83c\"";
    let got = made(&png(&original), &format!("{WHOLE}{fields}"));
    let near = expected
        .data
        .iter()
        .zip(&got.data)
        .all(|(a, b)| a.abs_diff(*b) <= 2);
    if !near {
        show("flattened", &expected, &got);
    }
    assert!(near, "see target/golden/flattened-expected-diff-actual.png");
}

/// SSIMULACRA2 of `got`.
fn score(expected: &Pixels, got: &Pixels) -> f64 {
    let rgb = |pixels: &Pixels| {
        let unit = |sample: u8| f32::from(sample) / 255.0;
        let at = |i: usize| {
            let at = i * pixels.samples;
            [0, 1, 2].map(|sample| unit(pixels.data[at + sample]))
        };
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let data = (0..width * height).map(at).collect();
        Rgb::new(
            data,
            width,
            height,
            TransferCharacteristic::SRGB,
            ColorPrimaries::BT709,
        )
        .expect("pixels")
    };
    compute_frame_ssimulacra2(rgb(expected), rgb(got)).expect("pictures of one size")
}

fn at_least(floor: f64, name: &str, expected: &Pixels, got: &Pixels) {
    let score = score(expected, got);
    if score < floor {
        show(name, expected, got);
    }
    assert!(
        score >= floor,
        "{name}: {score:.1}, at least {floor}; see target/golden/{name}-expected-diff-actual.png"
    );
}

#[test]
fn each_lossy_format_is_above_its_floor_at_the_quality_that_ships() {
    let original = scene(WIDTH, HEIGHT);
    let quality = shipped().presets[0].quality;
    for (name, format, more, floor) in [
        ("jpeg", "jpeg", "", 70.0),
        ("jpeg-444", "jpeg", "chroma = \"4:4:4\"", 71.0),
        ("webp", "webp", "", 62.0),
        ("avif", "avif", "", 77.0),
        ("avif-444", "avif", "chroma = \"4:4:4\"", 79.0),
    ] {
        let fields = format!("{WHOLE}formats = [\"{format}\"]\nquality = {quality}\n{more}");
        let got = made(&png(&original), &fields);
        at_least(floor, &format!("lossy-{name}"), &original, &got);
    }
    let got = made(&png(&original), &format!("{WHOLE}formats = [\"gif\"]"));
    at_least(21.0, "lossy-gif", &original, &got);
}

#[test]
fn a_resized_picture_is_what_lanczos_makes_of_it() {
    for (width, height, floor) in [(330, 248, 96.0), (643, 481, 96.0), (1293, 967, 93.0)] {
        let original = scene(width, height);
        let fields = "fit = \"inside\"\nwidth = 320\nheight = 320\nformats = [\"png\"]";
        let got = made(&png(&original), fields);
        let expected = resized(&original, got.width, got.height);
        at_least(floor, &format!("resized-from-{width}"), &expected, &got);
    }
}

/// All that a photograph meets: scaled decoding, variants made of larger ones, and the encoder.
#[test]
fn every_shipped_preset_of_a_photo_is_above_its_floor() {
    let original = scene(1300, 975);
    let rendered = run(&jpeg(&original, 95, "4:2:0"), &shipped()).expect("a photo");
    for (preset, floor) in [("small", 75.0), ("thumb", 81.0)] {
        let variant = rendered
            .variants
            .iter()
            .find(|variant| variant.preset == preset)
            .expect(preset);
        assert_eq!(variant.format, Format::Jpeg);
        let got = decode(&variant.bytes);
        let expected = resized(&original, got.width, got.height);
        at_least(floor, &format!("shipped-{preset}"), &expected, &got);
    }
}
