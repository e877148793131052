//! Animations made here, and what becomes of their frames, durations, disposal and loops.

use std::io::Cursor;

use darkroom_imaging::{Format, Limits, Variant, Watch, plan, probe, render};
use image::{AnimationDecoder, codecs::gif::GifDecoder, metadata::LoopCount};

use crate::synthetic::{Pixels, mean_difference, show};
use crate::{limits, one, run};

const WIDTH: u32 = 50;
const HEIGHT: u32 = 30;
/// How long each frame is shown: all can be said in hundredths of a second.
const DURATIONS_MS: [u32; 5] = [70, 120, 30, 500, 90];
const PLAYS: u32 = 3;
const SIDE: u32 = 8;
const TOP: u32 = 10;
const SQUARE: [u8; 4] = [250, 220, 10, 255];

/// The first column of the square in frame `index`; no two meet.
fn left(index: usize) -> u32 {
    9 * u32::try_from(index).expect("few frames")
}

fn is_in_square(index: usize, x: u32, y: u32) -> bool {
    (left(index)..left(index) + SIDE).contains(&x) && (TOP..TOP + SIDE).contains(&y)
}

/// What is seen of frame `index` of an animation that begins with the ground alone and then draws a square that is
/// undone before the next one is drawn; the square of frame 3 is undone by clearing, which leaves a hole in frame 4.
fn canvas(index: usize) -> Pixels {
    let sample = |value: u32| u8::try_from(value).expect("a sample");
    let pixel = |x: u32, y: u32| {
        if index > 0 && is_in_square(index, x, y) {
            SQUARE
        } else if index == 4 && is_in_square(3, x, y) {
            [0; 4]
        } else {
            [sample(x / 10 * 50), 40, sample(y / 10 * 80), 255]
        }
    };
    let data = (0..HEIGHT)
        .flat_map(|y| (0..WIDTH).flat_map(move |x| pixel(x, y)))
        .collect();
    Pixels {
        width: WIDTH,
        height: HEIGHT,
        samples: 4,
        data,
    }
}

fn square() -> Vec<u8> {
    SQUARE.repeat((SIDE * SIDE) as usize)
}

fn short(value: u32) -> u16 {
    value.try_into().expect("below 65536")
}

pub(crate) fn gif() -> Vec<u8> {
    use gif::DisposalMethod::{Background, Keep, Previous};
    let mut bytes = Vec::new();
    let mut encoder =
        gif::Encoder::new(&mut bytes, short(WIDTH), short(HEIGHT), &[]).expect("a header");
    let repeat = gif::Repeat::Finite(short(PLAYS - 1));
    encoder.set_repeat(repeat).expect("a loop");
    let dispose = [Keep, Previous, Previous, Background, Keep];
    for (index, duration_ms) in DURATIONS_MS.into_iter().enumerate() {
        let (width, height, rgba) = match index {
            0 => (WIDTH, HEIGHT, canvas(0).data),
            _ => (SIDE, SIDE, square()),
        };
        let mut palette: Vec<&[u8]> = rgba.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
        palette.sort_unstable();
        palette.dedup();
        let place = |pixel: &[u8]| palette.binary_search(&&pixel[..3]).expect("in the palette");
        let places = rgba.chunks_exact(4).map(place);
        let frame = gif::Frame {
            delay: short(duration_ms / 10),
            dispose: dispose[index],
            left: if index == 0 { 0 } else { short(left(index)) },
            top: if index == 0 { 0 } else { short(TOP) },
            width: short(width),
            height: short(height),
            buffer: places.map(|at| u8::try_from(at).expect("few")).collect(),
            palette: Some(palette.concat()),
            ..gif::Frame::default()
        };
        encoder.write_frame(&frame).expect("a frame");
    }
    drop(encoder);
    bytes
}

pub(crate) fn apng() -> Vec<u8> {
    use png::DisposeOp::{Background, None, Previous};
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(5, PLAYS).expect("an animation");
    let mut writer = encoder.write_header().expect("a header");
    let dispose = [None, Previous, Previous, Background, None];
    for (index, duration_ms) in DURATIONS_MS.into_iter().enumerate() {
        writer
            .set_frame_delay(short(duration_ms), 1000)
            .and_then(|()| writer.set_dispose_op(dispose[index]))
            .expect("a frame's control");
        if index == 0 {
            writer.write_image_data(&canvas(0).data).expect("a frame");
            continue;
        }
        writer
            .set_frame_dimension(SIDE, SIDE)
            .and_then(|()| writer.set_frame_position(left(index), TOP))
            .expect("a frame's place");
        writer.write_image_data(&square()).expect("a frame");
    }
    writer.finish().expect("an end");
    bytes
}

pub(crate) fn riff(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("short").to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [&name, &length[..], data, &padding].concat()
}

fn three(value: u32) -> [u8; 3] {
    let [one, two, three, _] = value.to_le_bytes();
    [one, two, three]
}

/// Whole canvases, none blended.
pub(crate) fn webp() -> Vec<u8> {
    let size = [three(WIDTH - 1), three(HEIGHT - 1)].concat();
    let mut body = b"WEBP".to_vec();
    body.extend(riff(*b"VP8X", &[&[0x12, 0, 0, 0][..], &size].concat()));
    body.extend(riff(*b"ANIM", &[0, 0, 0, 0, PLAYS.to_le_bytes()[0], 0]));
    for (index, duration_ms) in DURATIONS_MS.into_iter().enumerate() {
        let mut still = Vec::new();
        image_webp::WebPEncoder::new(&mut still)
            .encode(
                &canvas(index).data,
                WIDTH,
                HEIGHT,
                image_webp::ColorType::Rgba8,
            )
            .expect("a frame");
        let control = [&[0; 6], &size[..], &three(duration_ms), &[0x02]].concat();
        body.extend(riff(*b"ANMF", &[&control, &still[12..]].concat()));
    }
    riff(*b"RIFF", &body)
}

/// Frames as whole canvases with their durations, and how often they are played; by decoders that are not ours.
struct Seen {
    frames: Vec<(Pixels, u32)>,
    plays: u32,
}

fn see(bytes: &[u8]) -> Seen {
    if bytes.starts_with(b"GIF") {
        see_gif(bytes)
    } else {
        see_webp(bytes)
    }
}

fn see_gif(bytes: &[u8]) -> Seen {
    let decoder = GifDecoder::new(Cursor::new(bytes)).expect("a GIF");
    let plays = match decoder.loop_count() {
        LoopCount::Infinite => 0,
        // `image` tells the number in the file.
        LoopCount::Finite(times) => times.get() + 1,
    };
    let frame = |frame: image::ImageResult<image::Frame>| {
        let frame = frame.expect("a frame");
        let (milliseconds, _) = frame.delay().numer_denom_ms();
        let buffer = frame.into_buffer();
        let pixels = Pixels {
            width: buffer.width(),
            height: buffer.height(),
            samples: 4,
            data: buffer.into_raw(),
        };
        (pixels, milliseconds)
    };
    Seen {
        frames: decoder.into_frames().map(frame).collect(),
        plays,
    }
}

fn see_webp(bytes: &[u8]) -> Seen {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP");
    let (width, height) = decoder.dimensions();
    let samples = if decoder.has_alpha() { 4 } else { 3 };
    let frames = (0..decoder.num_frames()).map(|_| {
        let mut data = vec![0; (width * height) as usize * samples];
        let duration = decoder.read_frame(&mut data).expect("a frame");
        let pixels = Pixels {
            width,
            height,
            samples,
            data,
        };
        (pixels, duration)
    });
    let frames = frames.collect();
    let plays = match decoder.loop_count() {
        image_webp::LoopCount::Forever => 0,
        image_webp::LoopCount::Times(times) => times.get().into(),
    };
    Seen { frames, plays }
}

fn only(bytes: &[u8], fields: &str) -> Variant {
    let mut rendered = run(bytes, &one(fields)).expect("an animation");
    rendered.variants.remove(0)
}

const BOX: &str = "fit = \"inside\"\nwidth = 500\nheight = 500\n";

/// Everything of the animation, at its own size; `most` is the mean difference that each frame may have.
fn keeps_everything(name: &str, bytes: &[u8], formats: &str, format: Format, most: f64) {
    let variant = only(bytes, &format!("{BOX}{formats}"));
    assert_eq!((variant.format, variant.frames), (format, 5), "{name}");
    let seen = see(&variant.bytes);
    assert_eq!(seen.plays, PLAYS, "{name}");
    let durations: Vec<u32> = seen.frames.iter().map(|(_, duration)| *duration).collect();
    assert_eq!(durations, DURATIONS_MS, "{name}");
    for (index, (got, _)) in seen.frames.iter().enumerate() {
        let expected = canvas(index);
        let difference = mean_difference(&expected.over([0; 3]), &got.over([0; 3]));
        if difference > most {
            show(&format!("animation-{name}-{index}"), &expected, got);
        }
        assert!(difference <= most, "{name} frame {index}: {difference:.2}");
        let hole = |pixels: &Pixels| pixels.alpha(left(3) + 3, TOP + 3);
        assert_eq!(hole(got), hole(&expected), "{name} frame {index}");
    }
}

#[test]
fn animations_keep_frames_durations_disposal_and_loop() {
    for (name, bytes) in [("gif", gif()), ("apng", apng()), ("webp", webp())] {
        let case = |format: &str| format!("{name}-to-{format}");
        let lossless = "formats = [\"webp\"]\nlossless = true";
        // image-webp, which reads it here, rounds down where it blends: by one at most.
        keeps_everything(&case("lossless"), &bytes, lossless, Format::Webp, 0.5);
        let lossy = "formats = [\"auto\"]\nquality = 90";
        keeps_everything(&case("webp"), &bytes, lossy, Format::Webp, 4.0);
        keeps_everything(
            &case("gif"),
            &bytes,
            "formats = [\"gif\"]",
            Format::Gif,
            0.0,
        );
    }
}

#[test]
fn a_small_animation_looks_like_its_frames_reduced() {
    for (format, more) in [("webp", "lossless = true"), ("gif", "")] {
        let fields =
            format!("fit = \"inside\"\nwidth = 25\nheight = 25\nformats = [\"{format}\"]\n{more}");
        let variant = only(&gif(), &fields);
        assert_eq!((variant.width, variant.height), (25, 15));
        let seen = see(&variant.bytes);
        assert_eq!(seen.frames.len(), 5);
        for (index, (got, _)) in seen.frames.iter().enumerate().take(4) {
            let expected = canvas(index).over([0; 3]).reduced(25, 15);
            let difference = mean_difference(&expected, &got.over([0; 3]));
            if difference > 6.0 {
                show(&format!("animation-small-{format}-{index}"), &expected, got);
            }
            assert!(difference <= 6.0, "{format} {index}: {difference:.2}");
        }
    }
}

#[test]
fn stills_of_an_animation_are_its_first_frame_and_said_so() {
    let presets = crate::presets(
        "[presets.poster]\nfit = \"inside\"\nwidth = 500\nheight = 500\nformats = [\"auto\", \"gif\"]\nanimated = \"first\"\n\
         [presets.film]\nfit = \"inside\"\nwidth = 500\nheight = 500\nformats = [\"webp\", \"png\", \"jpeg\"]\n",
    );
    for bytes in [gif(), apng(), webp()] {
        let rendered = run(&bytes, &presets).expect("an animation");
        let got: Vec<_> = rendered
            .variants
            .iter()
            .map(|variant| (variant.preset.as_str(), variant.format, variant.frames))
            .collect();
        let (webp, gif, png, jpeg) = (Format::Webp, Format::Gif, Format::Png, Format::Jpeg);
        let expected = [
            ("poster", webp, 1), // not opaque
            ("poster", gif, 1),
            ("film", webp, 5),
            ("film", png, 1),
            ("film", jpeg, 1),
        ];
        assert_eq!(got, expected);
        assert_eq!(
            rendered.notes,
            ["only the first of 5 frames is shown in poster.webp, poster.gif, film.png, film.jpg"]
        );
        let still = crate::synthetic::decode(&rendered.variants[3].bytes);
        assert!(mean_difference(&still, &canvas(0)) < 0.01);
        assert_eq!(see(&rendered.variants[1].bytes).frames.len(), 1);
    }
}

#[test]
fn an_opaque_animation_is_a_jpeg_where_it_does_not_move() {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 4, 4, &[9, 9, 9, 200, 0, 0]).expect("a GIF");
    for place in [0, 0, 1] {
        let frame = gif::Frame::from_indexed_pixels(4, 4, vec![place; 16], None);
        let frame = gif::Frame { delay: 5, ..frame };
        encoder.write_frame(&frame).expect("a frame");
    }
    drop(encoder);
    let auto = format!("{BOX}formats = [\"auto\"]");
    let first = only(&bytes, &format!("{auto}\nanimated = \"first\""));
    assert_eq!((first.format, first.frames), (Format::Jpeg, 1));
    // Consecutive identical frames become one, shown as long as both. Without a loop in the file it plays once.
    for (fields, format) in [
        (auto, Format::Webp),
        (format!("{BOX}formats = [\"gif\"]"), Format::Gif),
    ] {
        let moving = only(&bytes, &fields);
        assert_eq!((moving.format, moving.frames), (format, 2));
        let seen = see(&moving.bytes);
        let durations: Vec<u32> = seen.frames.iter().map(|frame| frame.1).collect();
        assert_eq!(durations, [100, 50]);
        assert!(format == Format::Gif || seen.plays == 1);
    }
}

#[test]
fn animations_that_break_off_are_truncated_and_those_without_an_end_are_whole() {
    let moving = one(&format!("{BOX}formats = [\"webp\"]"));
    for (name, bytes, missing) in [
        ("gif", gif(), 8),
        ("apng", apng(), 30),
        ("webp", webp(), 30),
    ] {
        let cut = &bytes[..bytes.len() - missing];
        let error = run(cut, &moving).expect_err("the last frame ends early");
        assert_eq!(error.code(), "truncated", "{name}: {error}");
    }
    let bytes = gif();
    let endless = run(&bytes[..bytes.len() - 1], &moving).expect("no trailer");
    assert_eq!(endless.variants[0].frames, 5);
}

#[test]
fn caps_and_memory_are_of_the_frames() {
    let moving = one(&format!("{BOX}formats = [\"webp\"]"));
    let found = probe(&gif()).expect("a header");
    let few = Limits {
        max_frames: 4,
        ..limits()
    };
    let error = plan(&found, &moving, &few).expect_err("over the cap");
    assert_eq!(error.code(), "too_large");
    // Where nothing moves the first frame alone counts, and what is left out is said.
    let still = one(&format!(
        "{BOX}formats = [\"auto\", \"gif\"]\nanimated = \"first\""
    ));
    let cheap = plan(&found, &still, &few).expect("a plan for one frame");
    let rendered = render(&gif(), &cheap, &Watch::none()).expect("one frame");
    assert_eq!(rendered.variants.len(), 2);
    assert_eq!(
        rendered.notes,
        ["only the first of 5 frames is shown in one.webp, one.gif"]
    );
    // A second frame costs what its file may take, not another canvas.
    let mut long = found.clone();
    long.frames = 1000;
    let bytes = |probe| plan(probe, &moving, &limits()).expect("a plan").peak_bytes;
    let frame = u64::from(WIDTH * HEIGHT);
    assert!(bytes(&long) - bytes(&found) < 995 * frame * 6);
}
