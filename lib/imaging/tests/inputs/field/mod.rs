//! Files that people really send: not by the book, and shown by every browser.

mod bmp;
pub(crate) mod jpeg;
mod profile;
mod tiff;

use crate::synthetic::{decode, photo, png};
use crate::{Error, Rendered, one, run};

const FULL: &str = "fit = \"inside\"\nwidth = 65500\nheight = 65500\nformats = [\"png\"]";

fn full(bytes: &[u8]) -> Result<Rendered, Error> {
    run(bytes, &one(FULL))
}

/// One frame of one colour at its place on a screen; without a table of colours it is of index 77.
fn gif(screen: (u16, u16), frame: (u16, u16, u16, u16), colours: bool) -> Vec<u8> {
    let mut palette = [0; 768];
    palette[3 * 77..3 * 77 + 3].copy_from_slice(&[200, 100, 50]);
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, screen.0, screen.1, &palette).expect("a GIF");
    let (left, top, width, height) = frame;
    let frame = gif::Frame {
        left,
        top,
        width,
        height,
        buffer: vec![77; usize::from(width) * usize::from(height)].into(),
        ..gif::Frame::default()
    };
    encoder.write_frame(&frame).expect("a frame of a test");
    drop(encoder);
    if !colours {
        bytes[10] &= 0x7F;
        bytes.drain(13..13 + palette.len());
    }
    bytes
}

#[test]
fn a_gif_is_no_smaller_than_its_first_frame() {
    for (screen, frame, size) in [
        ((0, 0), (0, 0, 9, 7), (9, 7)),
        ((4, 3), (0, 0, 9, 7), (9, 7)),
        ((20, 3), (5, 1, 9, 7), (9, 7)),
        ((20, 30), (5, 1, 9, 7), (20, 30)),
    ] {
        let rendered = full(&gif(screen, frame, true)).expect("a GIF");
        let picture = decode(&rendered.variants[0].bytes);
        assert_eq!((picture.width, picture.height), size, "{screen:?}");
        assert_eq!(rendered.notes.is_empty(), screen == (20, 30), "{screen:?}");
        let place = if screen == (20, 30) { (5, 1) } else { (0, 0) };
        assert_eq!(picture.pixel(place.0, place.1), [200, 100, 50]);
    }
}

#[test]
fn a_gif_without_colours_is_grey() {
    let rendered = full(&gif((6, 4), (0, 0, 6, 4), false)).expect("a GIF");
    let picture = decode(&rendered.variants[0].bytes);
    assert_eq!(picture.pixel(3, 2), [77, 77, 77]);
}

#[test]
fn a_png_that_lacks_its_end_is_whole() {
    let bytes = png(&photo(30, 20));
    let whole = full(&bytes).expect("a PNG");
    assert!(whole.notes.is_empty());
    let length = bytes.len();
    // without IEND's checksum, without IEND, without the last checksum of the pixels
    for cut in [1, 4, 8, 12, 13, 16] {
        let part = full(&bytes[..length - cut]).expect("all pixels are there");
        assert_eq!(part.variants, whole.variants, "without {cut}");
        assert_eq!(part.notes.len(), usize::from(cut > 4), "{:?}", part.notes);
    }
    let error = full(&bytes[..length / 2]).expect_err("pixels are missing");
    assert_eq!(error.code(), "truncated", "{error}");
}

#[test]
fn a_wrong_checksum_is_said_in_words() {
    let mut bytes = png(&photo(30, 20));
    let last = bytes.len() - 13;
    bytes[last] ^= 1;
    let error = full(&bytes).expect_err("a wrong checksum");
    assert_eq!(error.code(), "corrupt");
    assert!(error.to_string().contains("checksum of a chunk"), "{error}");
}

/// A file without its end that was changed as well is corrupt, not cut.
#[test]
fn damage_is_not_taken_for_a_missing_end() {
    let mut bytes = png(&photo(30, 20));
    bytes.truncate(bytes.len() - 12);
    let checksum = bytes.len() - 1;
    bytes[checksum] ^= 1;
    let error = full(&bytes).expect_err("a wrong checksum");
    assert_eq!(error.code(), "corrupt", "{error}");
}

#[test]
fn an_animation_with_a_gap_is_its_still() {
    let mut bytes = crate::animation::apng();
    let still = full(&bytes).expect("an APNG").variants;
    // the number of the second frame's control
    let mut places = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, name)| name == b"fcTL");
    let (at, _) = places.nth(1).expect("two frames");
    bytes[at + 7] += 1;
    let presets = one("fit = \"inside\"\nwidth = 640\nheight = 640\nformats = [\"auto\"]");
    let rendered = run(&bytes, &presets).expect("the still");
    assert_eq!(rendered.variants[0].frames, 1);
    assert!(rendered.notes[0].contains("animation is damaged"));
    // a still that is opaque loses its alpha, the first frame of an animation does not
    let (seen, still) = (
        decode(&full(&bytes).expect("the still").variants[0].bytes),
        decode(&still[0].bytes),
    );
    for y in 0..still.height {
        for x in 0..still.width {
            assert_eq!(seen.pixel(x, y), still.pixel(x, y));
            assert_eq!(seen.alpha(x, y), still.alpha(x, y));
        }
    }
}

/// 2 x 2 pixels of 32 bits with this alpha, and a mask or none.
fn icon(alpha: [u8; 4], mask: Option<u8>, said: (u8, u16)) -> Vec<u8> {
    let mut picture = [40u32, 2, 4].map(u32::to_le_bytes).concat();
    picture.extend([1, 0, 32, 0]);
    picture.extend([0; 24]);
    for alpha in alpha {
        picture.extend([50, 100, 200, alpha]);
    }
    picture.extend(mask.map_or(Vec::new(), |mask| vec![mask; 8]));
    let mut bytes = vec![0, 0, 1, 0, 1, 0, said.0, said.0, 0, 0, 1, 0];
    bytes.extend(said.1.to_le_bytes());
    bytes.extend(u32::to_le_bytes(56 + 8));
    bytes.extend(u32::to_le_bytes(22));
    bytes.extend(picture);
    bytes
}

#[test]
fn an_icons_mask_counts_only_without_alpha() {
    for (name, bytes, alpha) in [
        ("mask beside alpha", icon([255; 4], Some(255), (2, 32)), 255),
        ("no mask", icon([255; 4], None, (2, 32)), 255),
        ("no alpha", icon([0; 4], Some(0), (2, 32)), 255),
        ("neither", icon([0; 4], None, (2, 32)), 255),
        ("mask without alpha", icon([0; 4], Some(255), (2, 32)), 0),
        (
            "another size and depth",
            icon([99; 4], Some(255), (48, 8)),
            99,
        ),
    ] {
        let rendered = full(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let picture = decode(&rendered.variants[0].bytes);
        assert_eq!((picture.width, picture.height), (2, 2), "{name}");
        assert_eq!(picture.alpha(1, 1), alpha, "{name}");
    }
}
