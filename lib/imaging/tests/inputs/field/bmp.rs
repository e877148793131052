//! Bitmaps of OS/2, of runs, and of writers that forget a byte or an alpha.

use super::full;
use crate::synthetic::{Pixels, decode};
use crate::{Error, Rendered};

/// A file of this header behind the file header, a palette and the pixels.
fn bitmap(header: &[u8], palette: &[u8], pixels: &[u8]) -> Vec<u8> {
    let at = length(&[&[0; 14], header, palette].concat());
    let total = at + length(pixels);
    [
        b"BM",
        total.to_le_bytes().as_slice(),
        &[0; 4],
        &at.to_le_bytes(),
        header,
        palette,
        pixels,
    ]
    .concat()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a small file")
}

/// The first 40 bytes of every header but OS/2's first, and zeros up to `length`.
fn header(length: u32, size: (i32, i32), bits: u16, compression: u32) -> Vec<u8> {
    let mut header = length.to_le_bytes().to_vec();
    header.extend([size.0.to_le_bytes(), size.1.to_le_bytes()].concat());
    header.extend([1u16.to_le_bytes(), bits.to_le_bytes()].concat());
    header.extend(compression.to_le_bytes());
    header.resize(length as usize, 0);
    header
}

/// Blue, green, red, and nothing: black, red, green, blue, and white to the end.
fn palette(count: usize) -> Vec<u8> {
    let mut colours = vec![[0, 0, 0, 0], [0, 0, 255, 0], [0, 255, 0, 0], [255, 0, 0, 0]];
    colours.resize(count, [255, 255, 255, 0]);
    colours.concat()
}

#[track_caller]
fn shown(bytes: &[u8]) -> (Rendered, Pixels) {
    let rendered = full(bytes).unwrap_or_else(|error| panic!("{error}"));
    let picture = decode(&rendered.variants[0].bytes);
    (rendered, picture)
}

const BLACK: [u8; 3] = [0; 3];
const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

#[test]
fn a_run_may_fill_an_odd_row_up() {
    // The bottom row of 5 in a run of 6; the row above by itself; the top row of red and green by turns.
    let four = [
        6, 0x11, 0, 0, 0, 5, 0x23, 0x23, 0x20, 0, 0, 0, 6, 0x12, 0, 1,
    ];
    let (_, picture) = shown(&bitmap(&header(40, (5, 3), 4, 2), &palette(16), &four));
    let rows = |y: u32| [0, 1, 2, 3, 4].map(|x| picture.pixel(x, y));
    assert_eq!(rows(2), [RED; 5]);
    assert_eq!(rows(1), [GREEN, BLUE, GREEN, BLUE, GREEN]);
    assert_eq!(rows(0), [RED, GREEN, RED, GREEN, RED]);
}

#[test]
fn runs_of_8_bits_skip_end_and_break_off() {
    let file = |runs: &[u8]| bitmap(&header(40, (4, 2), 8, 1), &palette(256), runs);
    // one red pixel, two to the right and a row up, one green pixel
    let (_, picture) = shown(&file(&[1, 1, 0, 2, 2, 1, 1, 2, 0, 1]));
    assert_eq!((picture.pixel(0, 1), picture.pixel(3, 0)), (RED, GREEN));
    assert_eq!(picture.pixel(1, 1), BLACK);
    let (_, whole) = shown(&file(&[4, 1, 0, 0, 4, 2]));
    assert_eq!((whole.pixel(3, 1), whole.pixel(3, 0)), (RED, GREEN));
    for cut in [&[4, 1, 0, 0, 2, 2][..], &[4, 1, 0, 0, 0, 4, 2], &[4]] {
        let error = full(&file(cut)).expect_err("pixels are missing");
        assert_eq!(error.code(), "truncated", "{cut:?}");
    }
    let wild = full(&file(&[0, 2, 255, 255, 9, 1, 0, 2, 255, 255, 0, 1]));
    assert!(wild.is_ok(), "{wild:?}");
}

#[test]
fn the_second_header_of_os2_is_read() {
    let pixels = [1, 2, 0, 0, 3, 1, 0, 0];
    for length in [64, 48, 24, 16] {
        let bytes = bitmap(
            &header(length, (2, 2), 8, 0)[..length as usize],
            &palette(256),
            &pixels,
        );
        let (_, picture) = shown(&bytes);
        assert_eq!(
            (picture.pixel(0, 1), picture.pixel(1, 1)),
            (RED, GREEN),
            "{length}"
        );
        assert_eq!(
            (picture.pixel(0, 0), picture.pixel(1, 0)),
            (BLUE, RED),
            "{length}"
        );
    }
    for (bytes, name) in [
        (
            bitmap(&header(64, (2, 2), 1, 3), &palette(2), &pixels),
            "BMP with the Huffman codes of OS/2",
        ),
        (
            bitmap(&header(64, (2, 2), 24, 4), &[], &pixels),
            "BMP with the 24-bit runs of OS/2",
        ),
        (
            bitmap(&header(99, (2, 2), 24, 0), &[], &pixels),
            "BMP with a header of 99 bytes",
        ),
        (
            [b"BA".as_slice(), &[0; 12], b"BM", &[0; 60]].concat(),
            "an OS/2 bitmap array",
        ),
    ] {
        assert_eq!(
            full(&bytes).expect_err(name),
            Error::Unsupported(name.into())
        );
    }
}

#[test]
fn the_last_row_need_not_be_filled_up() {
    let pixels = [1, 1, 1, 2, 2, 2, 0, 0, 3, 3, 3, 4, 4, 4, 0, 0];
    let whole = bitmap(&header(40, (2, 2), 24, 0), &[], &pixels);
    let (reference, _) = shown(&whole);
    assert!(reference.notes.is_empty());
    for missing in [1, 2] {
        let (rendered, _) = shown(&whole[..whole.len() - missing]);
        assert_eq!(rendered.variants, reference.variants);
        assert_eq!(
            rendered.notes,
            ["the end of the file is missing; no pixel is"]
        );
    }
    let error = full(&whole[..whole.len() - 3]).expect_err("a sample is missing");
    assert_eq!(error.code(), "truncated");
}

#[test]
fn alpha_of_0_everywhere_is_none() {
    // version 4, masks of B, G, R, A
    let mut masks = header(108, (2, 1), 32, 3);
    for (at, mask) in [
        (40, 0xFF_0000),
        (44, 0xFF00),
        (48, 0xFF),
        (52, 0xFF00_0000_u32),
    ] {
        masks[at..at + 4].copy_from_slice(&mask.to_le_bytes());
    }
    let file = |alpha: [u8; 2]| {
        let pixels = [0, 0, 255, alpha[0], 0, 255, 0, alpha[1]];
        bitmap(&masks, &[], &pixels)
    };
    let (rendered, picture) = shown(&file([0, 0]));
    assert_eq!((picture.samples, picture.pixel(1, 0)), (3, GREEN));
    assert_eq!(
        rendered.notes,
        ["its alpha is 0 everywhere, so it is taken as opaque"]
    );
    let (rendered, picture) = shown(&file([0, 77]));
    assert_eq!((picture.alpha(0, 0), picture.alpha(1, 0)), (0, 77));
    assert!(rendered.notes.is_empty());
}
