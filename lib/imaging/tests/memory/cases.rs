//! Originals of noise, which takes encoders the most, and what is to be made of them.

use darkroom_imaging::Presets;

use crate::synthetic::{Pixels, jpeg, noise, photo, png};
use crate::{one, run, shipped};

/// Of stills, larger than what is made of them.
const WIDTH: u32 = 1600;
const HEIGHT: u32 = 1200;

pub(super) fn case(name: &str) -> (Vec<u8>, Presets) {
    let opaque = || jpeg(&noisy(WIDTH, HEIGHT, 3), 90, "4:2:0");
    let clear = || png(&noisy(WIDTH, HEIGHT, 4));
    let to = |fields: &str| one(&format!("width = 1400\n{fields}"));
    match name {
        "to-avif" => (opaque(), to("formats = [\"avif\"]")),
        "to-avif-full" => (opaque(), to("formats = [\"avif\"]\nchroma = \"4:4:4\"")),
        "to-avif-alpha" => (clear(), to("formats = [\"avif\"]")),
        "to-webp" => (opaque(), to("formats = [\"webp\"]")),
        "to-webp-alpha" => (clear(), to("formats = [\"webp\"]")),
        "to-webp-lossless" => (clear(), to("formats = [\"webp\"]\nlossless = true")),
        "to-png" => (opaque(), to("formats = [\"png\"]")),
        "to-gif" => (opaque(), to("formats = [\"gif\"]")),
        "to-three" => (opaque(), to("formats = [\"avif\", \"webp\", \"jpeg\"]")),
        // larger than `large`, so that nothing of the original is written again
        "shipped" => (jpeg(&noisy(2100, 1575, 3), 90, "4:2:0"), shipped()),
        "shipped-alpha" => (clear(), shipped()),
        "moving" => (moving(), shipped()),
        "moving-webp" => {
            let rendered = run(&moving(), &one("formats = [\"webp\"]"));
            let file = rendered.expect("a picture of a test").variants.remove(0);
            (file.bytes, to("formats = [\"webp\"]"))
        }
        "moving-gif" => (moving(), to("formats = [\"gif\"]")),
        "moving-lossless" => (moving(), to("formats = [\"webp\"]\nlossless = true")),
        other => panic!("no case {other}"),
    }
}

/// Noise on soft shapes, with alpha if there are 4 samples.
fn noisy(width: u32, height: u32, samples: usize) -> Pixels {
    let ground = photo(width, height);
    let pixel = |i: u32| {
        let (x, y) = (i % width, i / width);
        let (noise, ground) = (noise(x, y), ground.pixel(x, y));
        let [red, green, blue] = ground.map(|sample| sample / 2 + noise / 4);
        [red, green, blue, noise].into_iter().take(samples)
    };
    Pixels {
        width,
        height,
        samples,
        data: (0..width * height).flat_map(pixel).collect(),
    }
}

/// A GIF whose every frame is new: the noise moves up.
fn moving() -> Vec<u8> {
    const FRAMES: u16 = 8;
    let (width, height) = (800, 600);
    let pixels = noisy(width.into(), (height + FRAMES).into(), 3).data;
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[]).expect("a header");
    for first in 0..FRAMES {
        let row = usize::from(width) * 3;
        let seen = &pixels[usize::from(first) * row..][..usize::from(height) * row];
        let mut frame = gif::Frame::from_rgb_speed(width, height, seen, 30);
        frame.delay = 10;
        encoder.write_frame(&frame).expect("a frame in memory");
    }
    drop(encoder);
    bytes
}
