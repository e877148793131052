//! Originals made in code: noise at every scale, as a photo has it, and hard edges.

use std::fs;
use std::path::Path;

use anyhow::Result;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// Side of the squares between whose corners noise is interpolated, coarsest first; each has half the strength of the one before.
const CELLS: [u32; 6] = [512, 128, 48, 16, 6, 2];

/// A few originals such as cameras and phones make, into `folder`.
pub(crate) fn all(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, width, height, progressive) in [
        ("12mp.jpg", 4032, 3024, false),
        ("24mp.jpg", 6000, 4000, false),
        ("12mp-progressive.jpg", 4032, 3024, true),
    ] {
        fs::write(folder.join(name), jpeg(width, height, progressive)?)?;
    }
    Ok(())
}

/// A baseline JPEG of 100 megapixels.
pub(crate) fn large(file: &Path) -> Result<()> {
    Ok(fs::write(file, jpeg(11_648, 8_736, false)?)?)
}

fn jpeg(width: u32, height: u32, progressive: bool) -> Result<Vec<u8>> {
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)))
        .collect();
    let mut compressor = Compressor::new()?;
    compressor.set_quality(88)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    compressor.set_progressive(progressive)?;
    Ok(compressor.compress_to_vec(Image {
        pixels: &pixels,
        width: width as usize,
        pitch: width as usize * 3,
        height: height as usize,
        format: PixelFormat::RGB,
    })?)
}

fn pixel(x: u32, y: u32) -> [u8; 3] {
    let mut level = 0;
    for (i, cell) in (0..).zip(CELLS) {
        level += noise(x, y, cell) >> (i + 1);
    }
    // stripes with hard edges in some of the coarse squares
    if (x / 512 + y / 512).is_multiple_of(5) && (x + y) % 64 < 8 {
        level /= 3;
    }
    let tint = noise(x, y, 700);
    let mixed = |share: u32| u8::try_from((level * (256 - share) + tint * share) >> 8);
    [40, 10, 60].map(|share| mixed(share).unwrap_or(u8::MAX))
}

/// 0 to 255: the hashed corners of the square around a pixel, interpolated.
fn noise(x: u32, y: u32, cell: u32) -> u32 {
    let (left, top) = (x / cell, y / cell);
    let (to_right, down) = (x % cell, y % cell);
    let corner = |i: u32, j: u32| {
        let mixed = (left + i)
            .wrapping_mul(0x9e37_79b1)
            .wrapping_add((top + j).wrapping_mul(0x85eb_ca77))
            .wrapping_add(cell);
        (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d) >> 24
    };
    let row = |j: u32| corner(0, j) * (cell - to_right) + corner(1, j) * to_right;
    (row(0) * (cell - down) + row(1) * down) / (cell * cell)
}
