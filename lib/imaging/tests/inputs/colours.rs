//! Colour spaces to sRGB, held against the formulas of the standards, worked out here in full precision.

use darkroom_imaging::probe;
use moxcms::ColorProfile;

use super::chunks::{with_chunk, with_jpeg_profile, with_profile};
use crate::synthetic::{Pixels, decode, jpeg, photo, png, show, to_byte};
use crate::{one, run};

const FULL: &str = "fit = \"inside\"\nwidth = 900\nheight = 900\nformats = [\"png\"]";
/// Mean difference in CIELAB (dE76) that may remain.
const MOST: f64 = 1.0;

type Matrix = [[f64; 3]; 3];

/// An RGB space by its primaries and white (x, y), and its curve to linear light.
#[derive(Clone, Copy)]
struct Space {
    red: [f64; 2],
    green: [f64; 2],
    blue: [f64; 2],
    white: [f64; 2],
    to_linear: fn(f64) -> f64,
}

const D65: [f64; 2] = [0.3127, 0.3290];
const D50: [f64; 2] = [0.3457, 0.3585];

fn srgb_curve(v: f64) -> f64 {
    if v <= 0.04045 {
        v / 12.92
    } else {
        ((v + 0.055) / 1.055).powf(2.4)
    }
}

/// IEC 61966-2-1.
const SRGB: Space = Space {
    red: [0.64, 0.33],
    green: [0.30, 0.60],
    blue: [0.15, 0.06],
    white: D65,
    to_linear: srgb_curve,
};
/// SMPTE EG 432-1 with sRGB's white and curve.
const DISPLAY_P3: Space = Space {
    red: [0.680, 0.320],
    green: [0.265, 0.690],
    ..SRGB
};
/// Adobe RGB (1998).
const ADOBE_RGB: Space = Space {
    green: [0.21, 0.71],
    to_linear: |v| v.powf(563.0 / 256.0),
    ..SRGB
};
/// ISO 22028-2 (ROMM RGB).
const PROPHOTO_RGB: Space = Space {
    red: [0.7347, 0.2653],
    green: [0.1596, 0.8404],
    blue: [0.0366, 0.0001],
    white: D50,
    to_linear: |v| {
        if v < 16.0 / 512.0 {
            v / 16.0
        } else {
            v.powf(1.8)
        }
    },
};

fn times(a: &Matrix, v: [f64; 3]) -> [f64; 3] {
    a.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    a.map(|row| [0, 1, 2].map(|j: usize| (0..3).map(|k| row[k] * b[k][j]).sum()))
}

fn inverse(m: &Matrix) -> Matrix {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    [0, 1, 2].map(|r: usize| [0, 1, 2].map(|c: usize| minor(c, r) / determinant))
}

fn xyz([x, y]: [f64; 2]) -> [f64; 3] {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// Linear RGB of a space to XYZ under D50, adapted by Bradford's matrix as ICC profiles are.
fn to_d50(space: &Space) -> Matrix {
    let [r, g, b] = [space.red, space.green, space.blue].map(xyz);
    let primaries = [0, 1, 2].map(|i: usize| [r[i], g[i], b[i]]);
    let scale = times(&inverse(&primaries), xyz(space.white));
    let own = primaries.map(|row| [row[0] * scale[0], row[1] * scale[1], row[2] * scale[2]]);
    let bradford = [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ];
    let (from, to) = (
        times(&bradford, xyz(space.white)),
        times(&bradford, xyz(D50)),
    );
    let mut cones = [[0.0; 3]; 3];
    (0..3).for_each(|i| cones[i][i] = to[i] / from[i]);
    product(
        &product(&inverse(&bradford), &product(&cones, &bradford)),
        &own,
    )
}

/// What an 8-bit pixel of `space` is in sRGB.
fn expected(space: &Space, pixel: [u8; 3]) -> [u8; 3] {
    let linear = pixel.map(|v| (space.to_linear)(f64::from(v) / 255.0));
    let linear = times(&inverse(&to_d50(&SRGB)), times(&to_d50(space), linear));
    linear.map(|v| {
        let v = v.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 {
            v * 12.92
        } else {
            1.055 * v.powf(1.0 / 2.4) - 0.055
        };
        to_byte(v * 255.0 + 0.5)
    })
}

/// CIELAB under D50.
fn lab(pixel: [u8; 3]) -> [f64; 3] {
    let linear = pixel.map(|v| srgb_curve(f64::from(v) / 255.0));
    let (colour, white) = (times(&to_d50(&SRGB), linear), xyz(D50));
    let f = [0, 1, 2].map(|i: usize| {
        let t = colour[i] / white[i];
        if t > 0.008_856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    });
    [
        116.0 * f[1] - 16.0,
        500.0 * (f[0] - f[1]),
        200.0 * (f[1] - f[2]),
    ]
}

fn mean_difference(a: &Pixels, b: &Pixels) -> f64 {
    let pixels = (0..a.height).flat_map(|y| (0..a.width).map(move |x| (x, y)));
    let differences = pixels.map(|(x, y)| {
        let (a, b) = (lab(a.pixel(x, y)), lab(b.pixel(x, y)));
        (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
    });
    differences.sum::<f64>() / f64::from(a.width * a.height)
}

/// Renders `bytes`, whose pixels were `stored`, and compares with what they are in `space`.
fn check(name: &str, colour: &str, bytes: &[u8], stored: &Pixels, space: &Space, most: f64) {
    assert_eq!(probe(bytes).expect(name).colour.name(), colour, "{name}");
    let wanted = Pixels::from_fn(stored.width, stored.height, |x, y| {
        expected(space, stored.pixel(x, y))
    });
    let rendered = run(bytes, &one(FULL)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let got = decode(&rendered.variants[0].bytes);
    let difference = mean_difference(&wanted, &got);
    if difference > most {
        show(name, &wanted, &got);
    }
    assert!(
        difference <= most,
        "{name}: mean dE76 {difference:.2}, at most {most}"
    );
}

#[test]
fn icc_profiles_of_rgb() {
    let pixels = photo(60, 44);
    for (name, profile, space) in [
        ("display-p3", ColorProfile::new_display_p3(), DISPLAY_P3),
        ("adobe-rgb", ColorProfile::new_adobe_rgb(), ADOBE_RGB),
        (
            "prophoto-rgb",
            ColorProfile::new_pro_photo_rgb(),
            PROPHOTO_RGB,
        ),
    ] {
        let profile = profile.encode().expect("a profile of a test");
        check(
            &format!("png-{name}"),
            name,
            &with_profile(&png(&pixels), &profile),
            &pixels,
            &space,
            MOST,
        );
        // A JPEG's own loss is in it as well.
        let jpeg = with_jpeg_profile(&jpeg(&pixels, 100, "4:4:4"), &profile);
        check(
            &format!("jpeg-{name}"),
            name,
            &jpeg,
            &pixels,
            &space,
            1.5 * MOST,
        );
    }
}

#[test]
fn a_profile_that_is_srgb_changes_no_pixel() {
    let profile = ColorProfile::new_srgb()
        .encode()
        .expect("a profile of a test");
    let bytes = png(&photo(60, 44));
    let tagged = with_profile(&bytes, &profile);
    assert!(probe(&tagged).expect("a header").colour.is_srgb());
    assert!(
        run(&tagged, &one(FULL)).expect("tagged").variants
            == run(&bytes, &one(FULL)).expect("bare").variants
    );
}

#[test]
fn a_broken_profile_is_passed_over() {
    let bytes = png(&photo(20, 20));
    let tagged = with_profile(&bytes, &[7; 400]);
    assert!(
        run(&tagged, &one(FULL)).expect("tagged").variants
            == run(&bytes, &one(FULL)).expect("bare").variants
    );
}

#[test]
fn what_png_says_of_its_colours() {
    let (pixels, bytes) = (photo(60, 44), png(&photo(60, 44)));
    let p3 = with_chunk(&bytes, b"cICP", &[12, 13, 0, 1]);
    check("cicp-p3", "display-p3", &p3, &pixels, &DISPLAY_P3, MOST);
    let linear = Space {
        to_linear: |v| v,
        ..SRGB
    };
    let gamma = with_chunk(&bytes, b"gAMA", &100_000u32.to_be_bytes());
    check("gama-linear", "gamma", &gamma, &pixels, &linear, MOST);
    let wide = Space {
        to_linear: |v| v.powf(2.2),
        ..ADOBE_RGB
    };
    let points = [D65, wide.red, wide.green, wide.blue].concat();
    let points: Vec<u8> = points
        .iter()
        .flat_map(|v| {
            format!("{:.0}", v * 1e5)
                .parse::<u32>()
                .expect("a number")
                .to_be_bytes()
        })
        .collect();
    // gAMA comes first in the file, as each is put after the header
    let both = with_chunk(
        &with_chunk(&bytes, b"cHRM", &points),
        b"gAMA",
        &45_455u32.to_be_bytes(),
    );
    check("chrm-adobe", "gamma", &both, &pixels, &wide, MOST);
    // the stronger word counts: cICP before iCCP before sRGB before gAMA
    let srgb = with_chunk(&gamma, b"sRGB", &[0]);
    check("srgb-over-gama", "srgb", &srgb, &pixels, &SRGB, MOST);
    let adobe = ColorProfile::new_adobe_rgb()
        .encode()
        .expect("a profile of a test");
    let profile = with_profile(&srgb, &adobe);
    check(
        "iccp-over-srgb",
        "adobe-rgb",
        &profile,
        &pixels,
        &ADOBE_RGB,
        MOST,
    );
    let cicp = with_chunk(&profile, b"cICP", &[12, 13, 0, 1]);
    check(
        "cicp-over-iccp",
        "display-p3",
        &cicp,
        &pixels,
        &DISPLAY_P3,
        MOST,
    );
}

#[test]
fn grey_stays_grey() {
    let grey: Vec<u8> = (0..=255).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 256, 1);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header of a test");
    writer.write_image_data(&grey).expect("pixels of a test");
    writer.finish().expect("an end of a test");
    let profile = ColorProfile::new_gray_with_gamma(1.8)
        .encode()
        .expect("a profile of a test");
    let curve = Space {
        to_linear: |v| v.powf(1.8),
        ..SRGB
    };
    let rendered = run(&with_profile(&bytes, &profile), &one(FULL)).expect("a grey picture");
    let got = decode(&rendered.variants[0].bytes);
    for x in 0..256u32 {
        let [red, green, blue] = got.pixel(x, 0);
        let [wanted, ..] = expected(&curve, [grey[x as usize]; 3]);
        assert!(
            red == green && green == blue,
            "column {x}: {red} {green} {blue}"
        );
        assert!(red.abs_diff(wanted) <= 1, "column {x}: {red}, not {wanted}");
    }
}

/// CMYK as Adobe stores it, inverted; `ink` gives 0 to 255 of C, M, Y, K.
pub(crate) fn cmyk(width: usize, height: usize, ink: impl Fn(usize, usize) -> [u8; 4]) -> Vec<u8> {
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| ink(x, y).map(|ink| 255 - ink))
        .collect();
    let image = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width * 4,
        height,
        format: turbojpeg::PixelFormat::CMYK,
    };
    turbojpeg::compress(image, 100, turbojpeg::Subsamp::None)
        .expect("a JPEG of a test")
        .to_vec()
}

#[test]
fn cmyk_without_a_profile() {
    let (width, height) = (64, 48);
    let ink = |x: usize, y: usize| {
        [x * 4, y * 5, 255 - x * 4, x + y].map(|ink| u8::try_from(ink).unwrap_or(255))
    };
    let bytes = cmyk(width, height, ink);
    assert_eq!(probe(&bytes).expect("a header").colour.name(), "cmyk");
    let got = decode(&run(&bytes, &one(FULL)).expect("CMYK").variants[0].bytes);
    let wanted = Pixels::from_fn(64, 48, |x, y| {
        let [c, m, y, k] = ink(x as usize, y as usize).map(|ink| 255 - u32::from(ink));
        [c * k / 255, m * k / 255, y * k / 255].map(|v| u8::try_from(v).unwrap_or(255))
    });
    let difference = mean_difference(&wanted, &got);
    assert!(difference <= 2.0, "mean dE76 {difference:.2}");
}

/// A profile of CMYK as a table of its 16 corners, each a Lab colour (ICC.1:2010, 10.10, lut8Type).
fn cmyk_profile(corner: impl Fn([bool; 4]) -> [u8; 3]) -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for i in 0..9 {
        table.extend(if i % 4 == 0 { 0x0001_0000u32 } else { 0 }.to_be_bytes());
    }
    let straight: Vec<u8> = (0..=255).collect();
    table.extend(straight.repeat(4));
    for i in 0..16u8 {
        table.extend(corner([i & 8 != 0, i & 4 != 0, i & 2 != 0, i & 1 != 0]));
    }
    table.extend(straight.repeat(3));
    let mut profile = vec![0; 128];
    let length = u32::try_from(128 + 4 + 12 + table.len()).expect("a small profile");
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile[8..12].copy_from_slice(&0x0240_0000u32.to_be_bytes());
    profile[12..24].copy_from_slice(b"prtrCMYKLab ");
    profile[36..40].copy_from_slice(b"acsp");
    for (i, value) in [0xF6D6u32, 0x1_0000, 0xD32D].into_iter().enumerate() {
        profile[68 + 4 * i..][..4].copy_from_slice(&value.to_be_bytes());
    }
    profile.extend(1u32.to_be_bytes());
    profile.extend(b"A2B0");
    profile.extend(144u32.to_be_bytes());
    profile.extend(
        u32::try_from(table.len())
            .expect("a small table")
            .to_be_bytes(),
    );
    profile.extend(table);
    profile
}

#[test]
fn cmyk_by_its_profile() {
    // A press whose cyan is red: guessing cannot get this right. L of 0 to 255, a and b from 128.
    let profile =
        cmyk_profile(
            |[cyan, magenta, yellow, black]| match (cyan, magenta | yellow | black) {
                (false, false) => [255, 128, 128],
                (true, false) => [128, 128 + 60, 128 + 40],
                _ => [20, 128, 128],
            },
        );
    let bytes = cmyk(
        32,
        32,
        |x, _| if x < 16 { [255, 0, 0, 0] } else { [0, 0, 0, 0] },
    );
    let got = decode(
        &run(&with_jpeg_profile(&bytes, &profile), &one(FULL))
            .expect("CMYK")
            .variants[0]
            .bytes,
    );
    let (ink, paper) = (lab(got.pixel(4, 16)), lab(got.pixel(28, 16)));
    let wanted = [128.0 / 255.0 * 100.0, 60.0, 40.0];
    let difference = (0..3)
        .map(|i| (ink[i] - wanted[i]).powi(2))
        .sum::<f64>()
        .sqrt();
    assert!(
        difference <= 2.0,
        "the ink is {ink:.1?}, not {wanted:.1?}: dE76 {difference:.2}"
    );
    assert!(paper[0] > 99.0, "the paper is {paper:.1?}");
}
