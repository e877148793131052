//! Animated WebP against libwebp's own animation decoder.

#![allow(unsafe_code, reason = "libwebp's animation decoder is C")]

use libwebp_sys as webp;

use crate::decode::animation;
use crate::limits::Decoders;
use crate::picture::samples::Pixels;
use crate::{Watch, probe};

/// The canvases that libwebp makes, as RGBA.
fn theirs(bytes: &[u8]) -> Vec<Vec<u8>> {
    // SAFETY: plain numbers, which the next call fills.
    let mut options: webp::WebPAnimDecoderOptions = unsafe { std::mem::zeroed() };
    // SAFETY: the options are the caller's.
    assert!(unsafe { webp::WebPAnimDecoderOptionsInit(&raw mut options) } != 0);
    options.color_mode = webp::WEBP_CSP_MODE::MODE_RGBA;
    let data = webp::WebPData {
        bytes: bytes.as_ptr(),
        size: bytes.len(),
    };
    // SAFETY: the data outlives the decoder.
    let decoder = unsafe { webp::WebPAnimDecoderNew(&raw const data, &raw const options) };
    assert!(!decoder.is_null(), "libwebp reads it");
    // SAFETY: plain numbers, which the next call fills.
    let mut info: webp::WebPAnimInfo = unsafe { std::mem::zeroed() };
    // SAFETY: the decoder is alive.
    assert!(unsafe { webp::WebPAnimDecoderGetInfo(decoder, &raw mut info) } != 0);
    let length = 4 * info.canvas_width as usize * info.canvas_height as usize;
    let mut canvases = Vec::new();
    // SAFETY: the decoder is alive.
    while unsafe { webp::WebPAnimDecoderHasMoreFrames(decoder) } != 0 {
        let (mut pixels, mut time) = (std::ptr::null_mut(), 0);
        // SAFETY: the decoder is alive; its buffer is a canvas, and is read before the next call.
        let canvas = unsafe {
            assert!(
                webp::WebPAnimDecoderGetNext(decoder, &raw mut pixels, &raw mut time) != 0,
                "a frame"
            );
            std::slice::from_raw_parts(pixels, length)
        };
        canvases.push(canvas.to_vec());
    }
    // SAFETY: it is used no more.
    unsafe { webp::WebPAnimDecoderDelete(decoder) };
    canvases
}

struct Random(u32);

impl Random {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % most
    }

    fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }
}

fn riff(name: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a small chunk");
    let padding = &[0][..data.len() % 2];
    [name, &length.to_le_bytes(), data, padding].concat()
}

fn three(number: u32) -> Vec<u8> {
    number.to_le_bytes()[..3].to_vec()
}

/// Frames of any size at any place, opaque, half transparent or both, with all four kinds of flags.
fn film(random: &mut Random, (width, height): (u32, u32)) -> Vec<u8> {
    let size = [three(width - 1), three(height - 1)].concat();
    let flags = [0x02, 0x12][random.below(2) as usize];
    let mut body = b"WEBP".to_vec();
    body.extend(riff(b"VP8X", &[&[flags, 0, 0, 0][..], &size].concat()));
    body.extend(riff(b"ANIM", &[9, 9, 9, 255, 0, 0]));
    for _ in 0..=random.below(6) {
        let whole = random.below(3) == 0;
        let (left, top, wide, high) = if whole {
            (0, 0, width, height)
        } else {
            // places are counted in pairs of pixels
            let (left, top) = (random.below(width / 2), random.below(height / 2));
            let wide = 1 + random.below(width - 2 * left);
            (left, top, wide, 1 + random.below(height - 2 * top))
        };
        let kind = random.below(3);
        let pixel = |random: &mut Random| {
            let alpha = match kind {
                0 => 255,
                1 => [0, 255][random.below(2) as usize],
                _ => random.byte(),
            };
            [random.byte(), random.byte(), random.byte(), alpha]
        };
        let data: Vec<u8> = (0..wide * high).flat_map(|_| pixel(random)).collect();
        let mut still = Vec::new();
        image_webp::WebPEncoder::new(&mut still)
            .encode(&data, wide, high, image_webp::ColorType::Rgba8)
            .expect("a frame of a test");
        let place = [three(left), three(top), three(wide - 1), three(high - 1)].concat();
        let control = [&place[..], &three(40), &[random.below(4).to_le_bytes()[0]]].concat();
        body.extend(riff(b"ANMF", &[&control, &still[12..]].concat()));
    }
    riff(b"RIFF", &body)
}

#[test]
fn every_canvas_is_libwebps() {
    let mut random = Random(7);
    for number in 0..300 {
        let size = (2 + random.below(20), 2 + random.below(20));
        let bytes = film(&mut random, size);
        let probe = probe(&bytes).expect("a header");
        let watch = Watch::none();
        let moments = animation(&bytes, &probe, Decoders::Fast, &watch).expect("an animation");
        let ours: Vec<Vec<u8>> = moments
            .map(|moment| match moment.expect("a frame").frame.pixels {
                Pixels::Rgba(data) => data,
                Pixels::Rgb(data) => data
                    .chunks_exact(3)
                    .flat_map(|p| [p[0], p[1], p[2], 255])
                    .collect(),
                _ => panic!("no pixels"),
            })
            .collect();
        assert!(ours == theirs(&bytes), "film {number} of {size:?}");
    }
}
