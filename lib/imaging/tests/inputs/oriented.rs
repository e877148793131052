//! EXIF's orientation where formats other than JPEG keep it.

use std::io::Cursor;

use darkroom_imaging::{Orientation, probe};
use tiff::encoder::{TiffEncoder, colortype::RGB8};
use tiff::tags::Tag;

use super::chunks::with_chunk;
use crate::synthetic::{Pixels, decode, photo, png, same, stored};
use crate::{one, run};

/// A TIFF header and a directory of one entry, as EXIF is.
fn exif(orientation: Orientation) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation.tag(), 0, 0, 0, 0, 0, 0, 0]);
    block
}

/// A lossless WebP in the extended container, with EXIF behind the picture.
fn webp(pixels: &Pixels, orientation: Orientation) -> Vec<u8> {
    let mut simple = Vec::new();
    image_webp::WebPEncoder::new(&mut simple)
        .encode(
            &pixels.data,
            pixels.width,
            pixels.height,
            image_webp::ColorType::Rgb8,
        )
        .expect("a WebP of a test");
    let chunk = |name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len())
            .expect("a small chunk")
            .to_le_bytes();
        [name, &length, data, &[0][..data.len() % 2]].concat()
    };
    let side = |side: u32| (side - 1).to_le_bytes();
    let (width, height) = (side(pixels.width), side(pixels.height));
    // flags: EXIF
    let canvas = [&[8, 0, 0, 0], &width[..3], &height[..3]].concat();
    let chunks = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &canvas),
        simple[12..].to_vec(),
        chunk(b"EXIF", &exif(orientation)),
    ];
    chunk(b"RIFF", &chunks.concat())
}

fn tiff(pixels: &Pixels, orientation: Orientation) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).expect("a TIFF of a test");
    let mut image = encoder
        .new_image::<RGB8>(pixels.width, pixels.height)
        .expect("a page of a test");
    let tag = u16::from(orientation.tag());
    image
        .encoder()
        .write_tag(Tag::Orientation, tag)
        .expect("a tag of a test");
    image.write_data(&pixels.data).expect("pixels of a test");
    bytes.into_inner()
}

#[test]
fn png_webp_and_tiff_are_turned_upright_pixel_by_pixel() {
    let upright = photo(37, 22);
    let presets = one("fit = \"inside\"\nwidth = 90\nheight = 90\nformats = [\"png\"]");
    for orientation in Orientation::ALL {
        let stored = stored(&upright, orientation);
        for (name, bytes) in [
            (
                "png",
                with_chunk(&png(&stored), b"eXIf", &exif(orientation)),
            ),
            ("webp", webp(&stored, orientation)),
            ("tiff", tiff(&stored, orientation)),
        ] {
            assert_eq!(
                probe(&bytes).expect(name).orientation,
                orientation,
                "{name}"
            );
            let rendered = run(&bytes, &presets).unwrap_or_else(|error| panic!("{name}: {error}"));
            let got = decode(&rendered.variants[0].bytes);
            same(
                &format!("oriented-{name}-{}", orientation.tag()),
                &upright,
                &got,
            );
        }
    }
}
