//! Originals, made in code: pictures with light, dark, edges and noise, as photographs have them.

use std::io::Cursor;

use anyhow::Result;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// RGB samples of a picture, `width` x `height`, the same ones for the same size.
#[must_use]
pub fn photo(width: u16, height: u16) -> Vec<u8> {
    let (w, h) = (u32::from(width), u32::from(height));
    let mut noise = 0x2545_f491_u32;
    let mut samples = Vec::with_capacity(w as usize * h as usize * 3);
    for y in 0..h {
        for x in 0..w {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = noise % 24;
            let edge = if (x / 97 + y / 61) % 2 == 0 { 40 } else { 0 };
            for level in [x * 180 / w, y * 180 / h, (x + y) * 180 / (w + h)] {
                samples.push(u8::try_from(level + grain + edge).unwrap_or(u8::MAX));
            }
        }
    }
    samples
}

/// A JPEG as cameras make them: 4:2:0, with an EXIF orientation.
///
/// # Errors
/// The encoder's complaints.
pub fn jpeg(width: u16, height: u16, orientation: u8) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    // "Exif", then a big-endian TIFF header and one entry: tag 0x0112 (orientation), type 3 (short), count 1.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    encoder.add_app_segment(1, exif)?;
    encoder.encode(&photo(width, height), width, height, ColorType::Rgb)?;
    Ok(bytes)
}

/// A PNG; with `alpha`, half of it transparent.
///
/// # Errors
/// The encoder's complaints.
pub fn png(width: u16, height: u16, alpha: bool) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width.into(), height.into());
    encoder.set_color(if alpha {
        png::ColorType::Rgba
    } else {
        png::ColorType::Rgb
    });
    let samples = photo(width, height);
    let samples = if alpha { with_alpha(&samples) } else { samples };
    encoder.write_header()?.write_image_data(&samples)?;
    Ok(bytes)
}

/// A GIF of one frame.
///
/// # Errors
/// The encoder's complaints.
pub fn gif(width: u16, height: u16) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let frame = gif::Frame::from_rgb(width, height, &photo(width, height));
    gif::Encoder::new(&mut bytes, width, height, &[])?.write_frame(&frame)?;
    Ok(bytes)
}

/// A lossless WebP.
///
/// # Errors
/// The encoder's complaints.
pub fn webp(width: u16, height: u16) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut bytes);
    encoder.encode(
        &photo(width, height),
        width.into(),
        height.into(),
        image_webp::ColorType::Rgb8,
    )?;
    Ok(bytes)
}

/// A TIFF.
///
/// # Errors
/// The encoder's complaints.
pub fn tiff(width: u16, height: u16) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes)?;
    encoder.write_image::<tiff::encoder::colortype::RGB8>(
        width.into(),
        height.into(),
        &photo(width, height),
    )?;
    Ok(bytes.into_inner())
}

/// A Windows bitmap of 24 bits.
///
/// # Panics
/// When `width` is no multiple of 4: its rows would need padding.
#[must_use]
pub fn bmp(width: u16, height: u16) -> Vec<u8> {
    assert_eq!(width % 4, 0, "rows would need padding");
    let samples = photo(width, height);
    let mut bytes = b"BM".to_vec();
    let size = u32::try_from(samples.len()).unwrap_or(u32::MAX) + 54;
    for field in [
        size,
        0,
        54,
        40,
        width.into(),
        height.into(),
        1 | 24 << 16,
        0,
        0,
        2835,
        2835,
        0,
        0,
    ] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(
        samples
            .chunks_exact(3)
            .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]),
    );
    bytes
}

fn with_alpha(samples: &[u8]) -> Vec<u8> {
    let half = samples.len() / 6;
    let alpha = |index| if index < half { 128 } else { 255 };
    samples
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(index, pixel)| [pixel[0], pixel[1], pixel[2], alpha(index)])
        .collect()
}
