//! The brightness of fine detail, which overshoots when it is reduced and is reduced again from there.

use super::lanczos::resized;
use crate::synthetic::{Pixels, decode, jpeg, noise, png};
use crate::{presets, run};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 900;
/// As far from each other as the presets that are shipped.
const SIDES: [u32; 4] = [800, 426, 266, 133];

fn grey(level: impl Fn(u32, u32) -> u8) -> Pixels {
    Pixels::from_fn(WIDTH, HEIGHT, |x, y| [level(x, y); 3])
}

/// Means of R, G and B.
fn means(pixels: &Pixels) -> [f64; 3] {
    let mean = |sample: usize| {
        let samples = pixels.data.chunks_exact(pixels.samples);
        samples.map(|pixel| f64::from(pixel[sample])).sum::<f64>()
            / f64::from(pixels.width * pixels.height)
    };
    [0, 1, 2].map(mean)
}

fn check(name: &str, original: &Pixels, bytes: &[u8], format: &str) {
    let preset = |side: &u32| {
        format!(
            "[presets.p{side}]\nfit = \"inside\"\nwidth = {side}\nheight = {side}\nformats = [\"{format}\"]\n"
        )
    };
    let wanted = presets(&SIDES.iter().map(preset).collect::<String>());
    let rendered = run(bytes, &wanted).expect("a picture of a test");
    for variant in rendered.variants {
        let got = means(&decode(&variant.bytes));
        let expected = means(&resized(original, variant.width, variant.height));
        for (got, expected) in got.into_iter().zip(expected) {
            assert!(
                (got - expected).abs() <= 1.0,
                "{name} as {format} at {}: {got:.2} instead of {expected:.2}",
                variant.width
            );
        }
    }
}

#[test]
fn fine_detail_keeps_its_brightness() {
    let black = |is_black: bool| if is_black { 0 } else { 255 };
    let mut pictures: Vec<(String, Pixels)> = Vec::new();
    for period in [2, 3, 4, 5] {
        pictures.push((
            format!("rows {period}"),
            grey(|_, y| black(y % period == 0)),
        ));
        pictures.push((
            format!("columns {period}"),
            grey(|x, _| black(x % period == 0)),
        ));
    }
    // lines of letters: strokes of 2 pixels, some of them missing
    let letter =
        |x: u32, y: u32| y % 18 < 11 && x % 5 < 2 && !noise(x / 5, y / 4).is_multiple_of(3);
    pictures.push(("text".to_owned(), grey(|x, y| black(letter(x, y)))));
    pictures.push((
        "halftone".to_owned(),
        grey(|x, y| black((x + y) % 6 < 3 && (x + 6 - y % 6) % 6 < 3)),
    ));
    pictures.push(("noise".to_owned(), grey(|x, y| black(noise(x, y) < 90))));
    pictures.push((
        "zones".to_owned(),
        grey(|x, y| black((x * x + y * y) / 900 % 3 == 0)),
    ));
    for (name, original) in &pictures {
        check(name, original, &png(original), "png");
    }
    for (name, original) in &pictures[2..4] {
        check(name, original, &png(original), "jpeg");
        check(name, original, &jpeg(original, 95, "4:2:0"), "png");
    }
    let red = Pixels::from_fn(WIDTH, HEIGHT, |_, y| [black(y % 3 == 0), 0, 0]);
    check("red rows", &red, &png(&red), "png");
}
