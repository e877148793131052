//! The peak memory of a plan.

use crate::{
    Format, JpegLayout,
    decode::{self, jpeg},
    encode::{Encoding, Reuse},
    geometry::Size,
    picture::{clipped::Clipped, planes::Layout},
    plan::{Plan, Route, Step},
    preset::Chroma,
    reduce, threads,
};

/// Bytes of a coefficient block in a decoder that keeps them all: 64 of 16 bits.
const COEFFICIENT_BLOCK: u64 = 128;
/// Rows of a decoded plane that the filter still needs, besides those of two strips.
const WAITING_ROWS: u64 = 28;
/// Memory of decoders and encoders besides pictures: tables, line buffers, handles, and the pages of their code.
const FIXED: u64 = 5 << 18;
/// Working memory of libwebp per pixel while it encodes noise (modes, levels, partitions, the file).
const WEBP_BYTES_PER_PIXEL: u64 = 7;
/// The same for alpha, which is encoded as a picture without loss of its own.
const WEBP_ALPHA_BYTES_PER_PIXEL: u64 = 31;
/// The same without loss, its pixels of four bytes included.
const WEBP_LOSSLESS_BYTES_PER_PIXEL: u64 = 40;
/// Working memory of libaom while it encodes (contexts, tables).
const AVIF_FIXED: u64 = 7 << 19;
/// The same per pixel (frames with borders, trees, statistics), with quarter chroma and with full.
const AVIF_BYTES_PER_PIXEL: [u64; 2] = [16, 25];
/// Bytes per 1000 pixels by which a moving file with loss may exceed its original.
const PLAIN_BYTES_PER_1000_PIXELS: u64 = 200;

/// The peak of `plan`, the file included: that of decoding, of converting, or of what follows, since each stage's memory is free
/// once it is done. The constants of encoders are those of noise, which takes them the most.
pub(crate) fn peak_bytes(plan: &Plan) -> u64 {
    let still = decoding_bytes(plan, plan)
        .max(converting_bytes(plan))
        .max(finishing_bytes(plan));
    plan.probe.bytes + FIXED + still.max(moving_bytes(plan))
}

/// Every picture, as if all were there at once, since threads finish them in any order; and as many encoders at work as there are
/// threads, those that take the most.
fn finishing_bytes(plan: &Plan) -> u64 {
    let picture = |step: &Step| resized_bytes(layout(plan, step), step.size);
    let pictures: u64 = plan.steps.iter().map(picture).sum();
    let encoders = plan.steps.iter().flat_map(|step| works(plan, step));
    let mut encoders: Vec<u64> = encoders.collect();
    encoders.sort_unstable_by(|one, other| other.cmp(one));
    pictures + encoders.iter().take(threads::count()).sum::<u64>()
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

/// The animation's decoder, two frames at work at once, and the files, which grow frame by frame. Once the frames are gone each file is
/// copied: GIF's once, and WebP's twice, as libwebp puts it together first.
fn moving_bytes(plan: &Plan) -> u64 {
    let (mut work, mut files, mut copies) = (0, 0, 0);
    for step in &plan.steps {
        for encoding in step.encodings().iter().filter(|encoding| encoding.moves) {
            let file = film_bytes(plan, step, encoding);
            work += step.size.area() * shot_bytes_per_pixel(encoding);
            files += file;
            copies = copies.max(if encoding.format == Format::Gif {
                file
            } else {
                2 * file
            });
        }
    }
    if work == 0 {
        return 0;
    }
    canvas_bytes_per_pixel(plan.probe.format) * stored(plan).area() + files + work.max(copies)
}

/// For each pixel of the animation, while it is decoded: the canvas, what is drawn onto it, the frame that comes of it with and
/// without alpha, and what GIF and APNG restore.
fn canvas_bytes_per_pixel(format: Format) -> u64 {
    match format {
        Format::Webp => 11,
        Format::Gif => 16,
        _ => 20,
    }
}

/// For each pixel of a frame: two pictures, the canvases that the encoder compares, and its own memory.
fn shot_bytes_per_pixel(encoding: &Encoding) -> u64 {
    match (encoding.format, encoding.lossless) {
        (Format::Gif, _) => 16,
        (_, true) => 32,
        (_, false) => 22,
    }
}

/// A moving file: as large as noise would make it. One with loss is hardly larger than its original.
fn film_bytes(plan: &Plan, step: &Step, encoding: &Encoding) -> u64 {
    let pixels = u64::from(plan.probe.frames) * step.size.area();
    let noise = pixels * most_bytes_per_1000_pixels(plan, encoding) / 1000;
    if encoding.format == Format::Gif || encoding.lossless {
        return noise;
    }
    noise.min(pixels * PLAIN_BYTES_PER_1000_PIXELS / 1000 + plan.probe.bytes)
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

/// What each encoding of a step's picture takes. The first one's has what they share: the picture turned, and cut out.
fn works(plan: &Plan, step: &Step) -> Vec<u64> {
    let layout = layout(plan, step);
    let turned = if plan.probe.orientation == crate::Orientation::Upright {
        0
    } else {
        layout.bytes(step.size)
    };
    let cut = step.crop.map_or(0, |crop| layout.bytes(crop.size));
    let mut encodings = step.encodings();
    encodings.retain(|encoding| !encoding.moves);
    let work = |encoding: &Encoding| {
        encoding_bytes(plan, step, encoding).max(reusing_bytes(plan, encoding))
    };
    let mut works: Vec<u64> = encodings.iter().map(work).collect();
    if let Some(first) = works.first_mut() {
        *first += turned + cut;
    }
    works
}

fn encoding_bytes(plan: &Plan, step: &Step, encoding: &Encoding) -> u64 {
    let layout = layout(plan, step);
    let (picture, pixels) = (layout.bytes(step.size), step.size.area());
    match encoding.format {
        Format::Webp if encoding.lossless => WEBP_LOSSLESS_BYTES_PER_PIXEL * pixels,
        Format::Gif => 4 * Layout::Rgba.bytes(step.size),
        Format::Avif => {
            let [quarter, full] = AVIF_BYTES_PER_PIXEL;
            let per_pixel = match step.chroma {
                Chroma::Quarter => quarter,
                Chroma::Full => full,
            };
            picture + AVIF_FIXED + per_pixel * pixels
        }
        Format::Webp if plan.probe.alpha => {
            picture + (WEBP_BYTES_PER_PIXEL + WEBP_ALPHA_BYTES_PER_PIXEL) * pixels
        }
        Format::Webp => picture + WEBP_BYTES_PER_PIXEL * pixels,
        Format::Png => 2 * Layout::Rgba.bytes(step.size),
        // over its background, which becomes Y'CbCr where it lies; its quarter chroma
        _ if layout == Layout::Rgba => picture,
        // as Y'CbCr; coefficients that are not zero; the file, twice
        _ if layout == Layout::Rgb => picture * 4 / 3,
        // chroma with its emphasis; the same
        _ => picture * 5 / 4,
    }
}

/// The coefficients of an original that are written again, and the file, twice.
fn reusing_bytes(plan: &Plan, encoding: &Encoding) -> u64 {
    match encoding.own {
        Some(own) if own.reuse != Reuse::Never => {
            let jpeg = plan.probe.jpeg.as_ref();
            jpeg.map_or(0, |jpeg| coefficients(jpeg, stored(plan))) + 2 * own.bytes
        }
        _ => 0,
    }
}
