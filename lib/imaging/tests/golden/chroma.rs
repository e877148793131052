//! The colours of a picture that is not reduced, whose chroma was stored with fewer samples: those that decoders and browsers show.

use super::made;
use crate::synthetic::{Pixels, decode, jpeg, png, show};

/// Full-size variants that lose nothing more.
const FULL: &str = "formats = [\"png\"]";

/// Hard edges between saturated colours, beside each other in both directions and at odd places.
fn edges() -> Pixels {
    const COLOURS: [[u8; 3]; 6] = [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 0],
        [255, 0, 255],
        [0, 255, 255],
    ];
    Pixels::from_fn(149, 83, |x, y| {
        COLOURS[((x / 13) + (y / 7) * 5) as usize % COLOURS.len()]
    })
}

fn check(name: &str, file: &[u8], most: u8) {
    let (expected, got) = (decode(file), made(file, FULL));
    let samples = expected.data.iter().zip(&got.data);
    let worst = samples.map(|(one, other)| one.abs_diff(*other)).max();
    if worst > Some(most) {
        show(&format!("chroma-{name}"), &expected, &got);
    }
    assert!(
        worst <= Some(most),
        "{name}: {worst:?} levels apart; see target/golden/chroma-{name}-expected-diff-actual.png"
    );
}

#[test]
fn a_jpeg_has_the_colours_that_libjpeg_turbo_gives_it() {
    for sampling in ["4:4:4", "4:2:2", "4:4:0", "4:2:0", "4:1:1"] {
        // 2 levels, and 4 by zune-jpeg
        check(sampling, &jpeg(&edges(), 95, sampling), 4);
    }
}

#[test]
fn a_webp_has_the_colours_that_its_decoders_give_it() {
    let rendered = crate::run(
        &png(&edges()),
        &crate::one("formats = [\"webp\"]\nquality = 95"),
    );
    let file = rendered.expect("a picture of a test").variants.remove(0);
    // its limited range is widened before it is interpolated, so that colours beyond the range are clamped a step earlier
    check("webp", &file.bytes, 10);
}
