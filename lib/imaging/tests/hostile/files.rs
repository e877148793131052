//! A small file of every kind that is read, made in code. Small, so that a change of any byte is likely to matter.

#![allow(
    clippy::cast_possible_truncation,
    reason = "sizes and samples of small pictures made here"
)]

use std::io::Cursor;

use image::codecs::bmp::BmpEncoder;
use image::codecs::ico::IcoEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::synthetic::{Pixels, jpeg, photo, png};

/// Columns and rows of the pictures: no multiple of a block.
pub(crate) const WIDTH: u32 = 37;
pub(crate) const HEIGHT: u32 = 29;

/// Every kind with its name.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let picture = photo(WIDTH, HEIGHT);
    let baseline = jpeg(&picture, 80, "4:2:0");
    let mut files = crate::inputs::heif::small();
    files.extend([
        ("jpeg grey", jpeg(&picture, 60, "grey")),
        ("jpeg progressive", progressive(&baseline)),
        ("jpeg", baseline),
        ("png", png(&picture)),
        ("png interlaced of 16 bits", interlaced()),
        ("png palette", palette(&picture)),
        ("png animated", apng()),
        ("gif", gif(1)),
        ("gif animated", gif(3)),
        ("webp lossless", webp(&picture)),
        ("webp lossy", variant_of(&picture, "webp")),
        ("bmp", bmp(&picture)),
        ("bmp run lengths", bmp_run_lengths()),
        ("ico", ico(&picture)),
        (
            "tiff",
            tiff(&picture, tiff::encoder::Compression::Uncompressed),
        ),
        ("tiff lzw", tiff(&picture, tiff::encoder::Compression::Lzw)),
        (
            "tiff packbits",
            tiff(&picture, tiff::encoder::Compression::Packbits),
        ),
    ]);
    files
}

/// The same coefficients in several scans.
pub(crate) fn progressive(baseline: &[u8]) -> Vec<u8> {
    let mut transform = turbojpeg::Transform::default();
    transform.progressive = true;
    turbojpeg::transform(&transform, baseline)
        .expect("a baseline JPEG")
        .to_vec()
}

/// What the engine itself makes of a picture, at its own size.
fn variant_of(picture: &Pixels, format: &str) -> Vec<u8> {
    let text = format!(
        "[presets.one]\nfit = \"inside\"\nwidth = 64\nheight = 64\nformats = [\"{format}\"]\n"
    );
    let rendered = crate::run(&png(picture), &crate::presets(&text)).expect("a picture of ours");
    rendered.variants[0].bytes.clone()
}

/// Adam7 has no encoder here: seven passes of filtered rows, written by hand.
fn interlaced() -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut rows = Vec::new();
    for (left, top, step_x, step_y) in PASSES {
        for y in (top..HEIGHT).step_by(step_y as usize) {
            rows.push(0);
            for x in (left..WIDTH).step_by(step_x as usize) {
                rows.extend(((x * 1700 + y * 31) as u16).to_be_bytes());
            }
        }
    }
    let header = [
        &WIDTH.to_be_bytes()[..],
        &HEIGHT.to_be_bytes(),
        &[16, 0, 0, 0, 1],
    ]
    .concat();
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6);
    let chunks = [
        chunk(*b"IHDR", &header),
        chunk(*b"IDAT", &data),
        chunk(*b"IEND", &[]),
    ];
    [&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat()].concat()
}

/// A chunk of a PNG.
pub(crate) fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&name[..], data].concat();
    let length = u32::try_from(data.len()).expect("a small chunk");
    [&length.to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
}

/// PNG's checksum (ISO 3309), a bit at a time.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

fn palette(picture: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(
        (0..=255u8)
            .flat_map(|i| [i, 255 - i, i / 2])
            .collect::<Vec<_>>(),
    );
    encoder.set_trns((0..=255u8).collect::<Vec<_>>());
    let mut writer = encoder.write_header().expect("a header in memory");
    let indices: Vec<u8> = picture.data.chunks_exact(3).map(|p| p[0]).collect();
    writer.write_image_data(&indices).expect("pixels in memory");
    writer.finish().expect("an end in memory");
    bytes
}

fn apng() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(3, 0).expect("three frames");
    encoder.set_frame_delay(1, 10).expect("a delay");
    let mut writer = encoder.write_header().expect("a header in memory");
    for shift in 0..3 {
        let frame = Pixels::from_fn(WIDTH, HEIGHT, |x, y| {
            [(x * 6) as u8, (y * 8) as u8, shift * 90]
        });
        writer
            .write_image_data(&frame.data)
            .expect("pixels in memory");
    }
    writer.finish().expect("an end in memory");
    bytes
}

fn gif(frames: u16) -> Vec<u8> {
    let palette = [0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255];
    let mut bytes = Vec::new();
    let (width, height) = (WIDTH as u16, HEIGHT as u16);
    let mut encoder =
        gif::Encoder::new(&mut bytes, width, height, &palette).expect("a header in memory");
    encoder.set_repeat(gif::Repeat::Infinite).expect("a loop");
    for index in 0..frames {
        let pixels: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| ((x / 3 + y / 2 + index) % 4) as u8))
            .collect();
        let mut frame = gif::Frame::from_indexed_pixels(width, height, pixels, Some(3));
        frame.delay = 10;
        frame.dispose = gif::DisposalMethod::Background;
        encoder.write_frame(&frame).expect("a frame in memory");
    }
    drop(encoder);
    bytes
}

fn webp(picture: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::new();
    image_webp::WebPEncoder::new(&mut bytes)
        .encode(&picture.data, WIDTH, HEIGHT, image_webp::ColorType::Rgb8)
        .expect("pixels in memory");
    bytes
}

pub(crate) fn bmp(picture: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::new();
    BmpEncoder::new(&mut bytes)
        .write_image(&picture.data, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .expect("pixels in memory");
    bytes
}

/// Windows' `BI_RLE8`: a run a row, then its end.
fn bmp_run_lengths() -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..HEIGHT {
        pixels.extend([WIDTH as u8 - 5, y as u8, 5, 255 - y as u8, 0, 0]);
    }
    pixels.extend([0, 1]);
    let palette: Vec<u8> = (0..=255u8).flat_map(|i| [i, i, 255 - i, 0]).collect();
    let start = 14 + 40 + palette.len() as u32;
    let header = [start + pixels.len() as u32, 0, start, 40, WIDTH, HEIGHT]
        .into_iter()
        .flat_map(u32::to_le_bytes);
    let info = [1u16, 8].into_iter().flat_map(u16::to_le_bytes);
    let rest = [1, pixels.len() as u32, 0, 0, 256, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes);
    let bytes = b"BM".iter().copied().chain(header).chain(info).chain(rest);
    bytes.chain(palette).chain(pixels).collect()
}

fn ico(picture: &Pixels) -> Vec<u8> {
    let png = png(picture);
    let mut bytes = Vec::new();
    IcoEncoder::new(&mut bytes)
        .write_image(&opaque(picture), WIDTH, HEIGHT, ExtendedColorType::Rgba8)
        .expect("pixels in memory");
    assert!(bytes.len() > 22 && !png.is_empty());
    bytes
}

fn opaque(picture: &Pixels) -> Vec<u8> {
    let pixels = picture.data.chunks_exact(3);
    pixels.flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

fn tiff(picture: &Pixels, compression: tiff::encoder::Compression) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    tiff::encoder::TiffEncoder::new(&mut bytes)
        .expect("a header in memory")
        .with_compression(compression)
        .write_image::<tiff::encoder::colortype::RGB8>(WIDTH, HEIGHT, &picture.data)
        .expect("pixels in memory");
    bytes.into_inner()
}
