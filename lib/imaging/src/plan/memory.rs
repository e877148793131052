//! The peak memory of a plan.

use crate::{
    Format, JpegLayout,
    decode::{self, jpeg},
    encode::{Encoding, Reuse},
    geometry::Size,
    picture::{clipped::Clipped, planes::Layout},
    plan::{Plan, Route, Step},
    preset::Chroma,
    reduce,
};

/// Bytes of a coefficient block in a decoder that keeps them all: 64 of 16 bits.
const COEFFICIENT_BLOCK: u64 = 128;
/// Rows of a decoded plane that the filter still needs, besides those of two strips.
const WAITING_ROWS: u64 = 28;
/// Memory of decoders and encoders besides pictures: tables, line buffers, handles, and the pages of their code.
const FIXED: u64 = 5 << 18;
/// Working memory of libwebp per pixel while it encodes (modes, levels, partitions).
const WEBP_BYTES_PER_PIXEL: u64 = 3;
/// The same without loss, its pixels of four bytes included.
const WEBP_LOSSLESS_BYTES_PER_PIXEL: u64 = 40;
/// Working memory of libaom per pixel while it encodes (frames with borders, trees, statistics).
const AVIF_BYTES_PER_PIXEL: u64 = 64;
/// Canvases of four bytes a pixel while an animation is decoded: the decoder's, what it restores, what it draws, the
/// frame it gives, and the frame without alpha.
const CANVASES: u64 = 5;
/// What the encoder of a moving file holds for each pixel of a frame: three canvases, candidates, libwebp's own.
const FILM_BYTES_PER_PIXEL: u64 = 48;

/// The peak of `plan`, the file included: that of decoding, of converting, or of what follows, since each stage's memory is free
/// once it is done. In the last every picture is counted as if all were there at once, since threads finish them in any order.
pub(crate) fn peak_bytes(plan: &Plan) -> u64 {
    let finishing: u64 = plan.steps.iter().map(|step| step_bytes(plan, step)).sum();
    let still = decoding_bytes(plan, plan)
        .max(converting_bytes(plan))
        .max(finishing);
    plan.probe.bytes + FIXED + still + moving_bytes(plan, stored(plan))
}

/// The peak of carrying out `opaque` with a picture that was decoded with its alpha, as `plan` has it.
pub(crate) fn opaque_peak_bytes(plan: &Plan, opaque: &Plan) -> u64 {
    let decoding = decoding_bytes(plan, opaque);
    opaque.peak_bytes.max(plan.probe.bytes + FIXED + decoding)
}

/// A picture, and what its samples lost when they were clamped.
fn resized_bytes(layout: Layout, size: Size) -> u64 {
    layout.bytes(size) + layout.bytes(size) / Clipped::SAMPLES_PER_BYTE
}

fn stored(plan: &Plan) -> Size {
    Size {
        width: plan.probe.width,
        height: plan.probe.height,
    }
}

/// What decoding as `plan` has it and reducing to the first pictures of `steps_of` takes.
fn decoding_bytes(plan: &Plan, steps_of: &Plan) -> u64 {
    let roots = steps_of.steps.iter().filter(|step| step.parent.is_none());
    let pictures = roots.map(|step| resized_bytes(decoded_layout(steps_of, step), step.size));
    decode_bytes(plan, stored(plan)) + pictures.sum::<u64>()
}

/// Two frames are at work at once; the files grow frame by frame, and the largest is copied when it is done.
fn moving_bytes(plan: &Plan, stored: Size) -> u64 {
    let frames = u64::from(plan.probe.frames);
    let (mut work, mut files, mut largest) = (0, 0, 0);
    for step in &plan.steps {
        for encoding in step.encodings().iter().filter(|encoding| encoding.moves) {
            let pixels = step.size.area();
            let file = frames * pixels * most_bytes_per_1000_pixels(plan, encoding) / 1000;
            work += pixels * (FILM_BYTES_PER_PIXEL + 3 * 4);
            files += file;
            largest = file.max(largest);
        }
    }
    let canvases = if work == 0 { 0 } else { CANVASES * 4 };
    canvases * stored.area() + work + files + 2 * largest
}

/// The measured memory for a frame of noise, plus a tenth.
fn most_bytes_per_1000_pixels(plan: &Plan, encoding: &Encoding) -> u64 {
    let alpha = if plan.probe.alpha { 1000 } else { 0 };
    match (encoding.format, encoding.lossless, encoding.quality) {
        (Format::Gif, ..) => 1500,
        (_, true, _) => 3200 + alpha,
        (.., 0..=80) => 750 + alpha,
        _ => 2700 + alpha,
    }
}

/// The largest sampling factors of a JPEG, across and down.
fn most_sampling(jpeg: &JpegLayout) -> (u64, u64) {
    jpeg.sampling.iter().fold((1, 1), |most, factors| {
        (most.0.max(factors.0.into()), most.1.max(factors.1.into()))
    })
}

/// All coefficients of a JPEG, as libjpeg keeps them: of whole MCUs, 16 bits each.
fn coefficients(jpeg: &JpegLayout, stored: Size) -> u64 {
    let most = most_sampling(jpeg);
    let mcus = u64::from(stored.width).div_ceil(8 * most.0)
        * u64::from(stored.height).div_ceil(8 * most.1);
    let factors = jpeg.sampling.iter();
    let blocks: u64 = factors.map(|(x, y)| u64::from(*x) * u64::from(*y)).sum();
    mcus * blocks * COEFFICIENT_BLOCK
}

fn decode_bytes(plan: &Plan, stored: Size) -> u64 {
    let Some(jpeg) = &plan.probe.jpeg else {
        return decode::peak_bytes(&plan.probe, plan.decode.decoders);
    };
    let (most, _) = most_sampling(jpeg);
    let denominator = u64::from(plan.decode.denominator);
    let plane = |factors: &(u8, u8)| {
        let own = (u64::from(factors.0), u64::from(factors.1));
        let waiting = WAITING_ROWS + 2 * reduce::STRIP_GROUPS as u64 * 8 * own.1 / denominator;
        waiting * u64::from(stored.width) * own.0 / most / denominator
    };
    let kept = if jpeg.progressive {
        coefficients(jpeg, stored)
    } else {
        0
    };
    let whole = if jpeg::scales(plan.decode.decoders) {
        0 // a few rows at a time
    } else {
        stored.area() * jpeg.sampling.len() as u64
    };
    whole + kept + jpeg.sampling.iter().map(plane).sum::<u64>()
}

/// What the pictures of a step are once they are decoded and converted.
fn layout(plan: &Plan, step: &Step) -> Layout {
    match (plan.probe.alpha, step.chroma) {
        (true, _) => Layout::Rgba,
        (false, Chroma::Quarter) => Layout::YccQuarter,
        (false, Chroma::Full) => Layout::Rgb,
    }
}

/// What comes out of the decoder and its resizer.
fn decoded_layout(plan: &Plan, step: &Step) -> Layout {
    match (plan.decode.route, layout(plan, step)) {
        (Route::Cmyk, _) => Layout::Cmyk,
        (_, Layout::YccQuarter) if plan.decode.convert || !comes_as_planes(plan) => Layout::Rgb,
        (_, other) => other,
    }
}

fn comes_as_planes(plan: &Plan) -> bool {
    plan.decode.route == Route::Planes || decode::gives_planes(&plan.probe, plan.decode.decoders)
}

/// Each of the first pictures as it came; as it becomes where its profile is applied to pixels of it; planes become what they are to
/// be where they lie, but for the quarter chroma beside one that is full.
fn converting_bytes(plan: &Plan) -> u64 {
    let roots = plan.steps.iter().filter(|step| step.parent.is_none());
    roots
        .map(|step| (decoded_layout(plan, step), layout(plan, step), step.size))
        .filter(|(from, to, _)| from != to && !comes_as_planes(plan))
        .map(|(from, _, size)| {
            let more = if plan.decode.convert {
                from.bytes(size)
            } else {
                size.area() / 4
            };
            from.bytes(size) + more
        })
        .sum()
}

/// A picture, its turned copy, and what encoding it takes.
fn step_bytes(plan: &Plan, step: &Step) -> u64 {
    let layout = layout(plan, step);
    let picture = layout.bytes(step.size);
    let clipped = resized_bytes(layout, step.size) - picture;
    let copies = if plan.probe.orientation == crate::Orientation::Upright {
        1
    } else {
        2
    };
    let encoding = |encoding: &Encoding| match encoding.format {
        Format::Webp if encoding.lossless => WEBP_LOSSLESS_BYTES_PER_PIXEL * step.size.area(),
        Format::Gif => 4 * Layout::Rgba.bytes(step.size),
        Format::Avif => picture + AVIF_BYTES_PER_PIXEL * step.size.area(),
        Format::Webp => picture + WEBP_BYTES_PER_PIXEL * step.size.area(),
        Format::Png => 2 * Layout::Rgba.bytes(step.size),
        // over its background, which becomes Y'CbCr where it lies; its quarter chroma
        _ if layout == Layout::Rgba => picture,
        // as Y'CbCr; coefficients that are not zero; the file, twice
        _ if layout == Layout::Rgb => picture * 4 / 3,
        // chroma with its emphasis; the same
        _ => picture,
    };
    let reused = |encoding: &Encoding| match encoding.own {
        Some(own) if own.reuse != Reuse::Never => {
            let jpeg = plan.probe.jpeg.as_ref();
            jpeg.map_or(0, |jpeg| coefficients(jpeg, stored(plan))) + 2 * own.bytes
        }
        _ => 0,
    };
    let most = step
        .outputs
        .iter()
        .map(|output| encoding(&output.encoding).max(reused(&output.encoding)))
        .max()
        .unwrap_or(0);
    let cut = step.crop.map_or(0, |crop| layout.bytes(crop.size));
    picture * copies + clipped + cut + most
}
