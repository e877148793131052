//! TIFFs as GIMP, fax servers and scanners write them.

use super::full;
use crate::synthetic::{decode, photo};

const SHORT: u16 = 3;
const LONG: u16 = 4;

/// A page: entries of tag, type and values, and the strips or tiles that entry 273 or 324 is to point to.
struct Page {
    entries: Vec<(u16, u16, Vec<u32>)>,
    chunks: Vec<Vec<u8>>,
}

impl Page {
    /// Uncompressed grey of 8 bits in one strip.
    fn grey(width: u32, height: u32, strip: Vec<u8>) -> Self {
        let entries = [
            (256, width),
            (257, height),
            (258, 8),
            (262, 1),
            (278, height),
        ];
        Self {
            entries: entries.map(|(tag, value)| (tag, LONG, vec![value])).into(),
            chunks: vec![strip],
        }
    }

    fn with(mut self, tag: u16, kind: u16, values: &[u32]) -> Self {
        self.entries.retain(|entry| entry.0 != tag);
        self.entries.push((tag, kind, values.to_vec()));
        self
    }

    fn without(mut self, tag: u16) -> Self {
        self.entries.retain(|entry| entry.0 != tag);
        self
    }

    /// The page at `at`, followed by the page behind it if there is one.
    fn bytes(&self, at: u32, last: bool) -> Vec<u8> {
        let tiled = self.entries.iter().any(|entry| entry.0 == 322);
        let (offsets, counts) = if tiled { (324, 325) } else { (273, 279) };
        let mut data = Vec::new();
        let mut places = Vec::new();
        for chunk in &self.chunks {
            places.push(at + length(&data));
            data.extend(chunk);
        }
        let mut entries = self.entries.clone();
        entries.push((offsets, LONG, places));
        if !entries.iter().any(|entry| entry.0 == counts) {
            let lengths = self.chunks.iter().map(|chunk| length(chunk)).collect();
            entries.push((counts, LONG, lengths));
        }
        entries.retain(|entry| !entry.2.is_empty());
        entries.sort_by_key(|entry| entry.0);
        let directory = at + length(&data);
        let mut behind = directory + 2 + 12 * u32::try_from(entries.len()).expect("few") + 4;
        let (mut fields, mut values) = (Vec::new(), Vec::new());
        for (tag, kind, numbers) in entries {
            fields.extend(tag.to_le_bytes());
            fields.extend(kind.to_le_bytes());
            fields.extend(u32::try_from(numbers.len()).expect("few").to_le_bytes());
            let width = if kind == SHORT { 2 } else { 4 };
            let mut stored: Vec<u8> = numbers
                .iter()
                .flat_map(|number| number.to_le_bytes()[..width].to_vec())
                .collect();
            if stored.len() <= 4 {
                stored.resize(4, 0);
                fields.extend(stored);
            } else {
                fields.extend(behind.to_le_bytes());
                behind += length(&stored);
                values.extend(stored);
            }
        }
        let count = u16::try_from(fields.len() / 12).expect("few").to_le_bytes();
        let next = if last { 0 } else { behind };
        [
            &data,
            count.as_slice(),
            &fields,
            &next.to_le_bytes(),
            &values,
        ]
        .concat()
    }

    /// Where the directory of this page is, in a file where it begins at `at`.
    fn directory(&self, at: u32) -> u32 {
        at + self.chunks.iter().map(|chunk| length(chunk)).sum::<u32>()
    }

    fn file(&self) -> Vec<u8> {
        [
            b"II*\0",
            self.directory(8).to_le_bytes().as_slice(),
            &self.bytes(8, true),
        ]
        .concat()
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a small file")
}

#[track_caller]
fn pixel(page: &Page, x: u32, y: u32) -> ([u8; 3], u8) {
    let rendered = full(&page.file()).unwrap_or_else(|error| panic!("{error}"));
    let picture = decode(&rendered.variants[0].bytes);
    (picture.pixel(x, y), picture.alpha(x, y))
}

/// Compares colours that were multiplied by alpha in between, which costs half a level.
#[track_caller]
fn assert_near(got: ([u8; 3], u8), want: ([u8; 3], u8)) {
    let near = got
        .0
        .iter()
        .zip(want.0)
        .all(|(got, want)| got.abs_diff(want) <= 1);
    assert!(near && got.1 == want.1, "{got:?}, not {want:?}");
}

/// Three colours of 16 bits: all reds, all greens, all blues.
const COLOURS: [u32; 12] = [
    65535, 0, 0, 0x8080, 0, 65535, 0, 0x8080, 0, 0, 65535, 0x8080,
];

fn palette(strip: Vec<u8>, bits: u32) -> Page {
    Page::grey(2, 1, strip)
        .with(258, SHORT, &[bits])
        .with(262, SHORT, &[3])
        .with(320, SHORT, &COLOURS)
}

#[test]
fn a_palette_keeps_the_samples_beside_it() {
    let plain = palette(vec![0, 3], 8);
    assert_eq!(pixel(&plain, 0, 0), ([255, 0, 0], 255));
    assert_eq!(pixel(&plain, 1, 0), ([128; 3], 255));
    let beside = |strip, bits, kind: u32| {
        palette(strip, bits)
            .with(277, SHORT, &[2])
            .with(338, SHORT, &[kind])
    };
    let alpha = beside(vec![1, 255, 2, 100], 8, 2);
    assert_eq!(pixel(&alpha, 0, 0), ([0, 255, 0], 255));
    assert_eq!(pixel(&alpha, 1, 0), ([0, 0, 255], 100));
    // four bits each: colour 1, alpha 15; colour 2, alpha 5
    let packed = beside(vec![0x1F, 0x25], 4, 2);
    assert_eq!(pixel(&packed, 0, 0), ([0, 255, 0], 255));
    assert_eq!(pixel(&packed, 1, 0), ([0, 0, 255], 85));
    let unknown = beside(vec![1, 0, 2, 0], 8, 0);
    assert_eq!(pixel(&unknown, 1, 0), ([0, 0, 255], 255));
}

#[test]
fn a_palette_may_be_larger_than_the_picture() {
    let mut colours = vec![0; 768];
    colours[256 + 200] = 65535;
    let page = palette(vec![200, 0], 8).with(320, SHORT, &colours);
    assert_eq!(pixel(&page, 0, 0).0, [0, 255, 0]);
}

#[test]
fn the_lowest_bit_may_come_first() {
    for (bits, strip, turned) in [
        (1, [0b1000_0000, 0b0111_1111], [0b0000_0001, 0b1111_1110]),
        (8, [0xF0, 0x01], [0x0F, 0x80]),
    ] {
        let page = |strip: [u8; 2]| Page::grey(1, 2, strip.into()).with(258, SHORT, &[bits]);
        let usual = full(&page(strip).file()).expect("a TIFF");
        let reversed = full(&page(turned).with(266, SHORT, &[2]).file()).expect("a TIFF");
        assert_eq!(usual.variants, reversed.variants, "{bits} bits");
    }
    // PackBits: one run of two literal bytes
    let packed = Page::grey(2, 1, vec![1, 0xF0, 0x0F])
        .with(259, SHORT, &[32773])
        .with(266, SHORT, &[1]);
    let reversed = Page::grey(2, 1, vec![0x80, 0x0F, 0xF0])
        .with(259, SHORT, &[32773])
        .with(266, SHORT, &[2]);
    assert_eq!(pixel(&packed, 0, 0), ([0xF0; 3], 255));
    assert_eq!(pixel(&reversed, 0, 0), ([0xF0; 3], 255));
}

#[test]
fn all_rows_may_be_in_one_strip_of_any_length() {
    for rows in [0, 3, (1 << 31) - 1, u32::MAX] {
        let page = Page::grey(2, 3, vec![1, 2, 3, 4, 5, 6]).with(278, LONG, &[rows]);
        assert_eq!(pixel(&page, 1, 2).0, [6; 3], "{rows}");
    }
    let page = Page::grey(2, 3, vec![1, 2, 3, 4, 5, 6]);
    let unsaid = page.without(278).with(279, LONG, &[]);
    assert_eq!(pixel(&unsaid, 1, 2).0, [6; 3], "no lengths");
}

#[test]
fn planes_may_lie_in_tiles() {
    // 20 x 3 pixels in two tiles of 16 x 16 for each of three planes, and a fourth that means nothing
    let tile =
        |value: u8, behind: u8| -> Vec<Vec<u8>> { vec![vec![value; 256], vec![behind; 256]] };
    let chunks = [tile(10, 20), tile(30, 40), tile(50, 60), tile(0, 0)].concat();
    let page = |samples: u32| Page {
        entries: vec![
            (256, SHORT, vec![20]),
            (257, SHORT, vec![3]),
            (258, SHORT, vec![8; samples as usize]),
            (262, SHORT, vec![2]),
            (277, SHORT, vec![samples]),
            (284, SHORT, vec![2]),
            (322, SHORT, vec![16]),
            (323, SHORT, vec![16]),
        ],
        chunks: chunks[..2 * samples as usize].to_vec(),
    };
    assert_eq!(pixel(&page(3), 15, 2), ([10, 30, 50], 255));
    assert_eq!(pixel(&page(3), 19, 0), ([20, 40, 60], 255));
    let unknown = page(4).with(338, SHORT, &[0]);
    assert_eq!(pixel(&unknown, 19, 0), ([20, 40, 60], 255));
}

#[test]
fn depths_that_do_not_match_the_samples_lose_no_alpha() {
    let strip = vec![200, 100, 50, 128, 1, 2, 3, 255];
    let page = |depths: &[u32]| {
        Page::grey(2, 1, strip.clone())
            .with(258, SHORT, depths)
            .with(262, SHORT, &[2])
            .with(277, SHORT, &[4])
            .with(338, SHORT, &[2])
    };
    for depths in [&[8; 4][..], &[8; 3], &[8], &[8, 8, 8, 1]] {
        assert_near(pixel(&page(depths), 0, 0), ([200, 100, 50], 128));
    }
    let unsaid = page(&[8; 4]).without(277).without(338);
    assert_near(pixel(&unsaid, 0, 0), ([200, 100, 50], 128));
}

#[test]
fn white_may_be_zero_beside_alpha() {
    let page = Page::grey(2, 1, vec![55, 128, 0, 255])
        .with(262, SHORT, &[0])
        .with(277, SHORT, &[2])
        .with(338, SHORT, &[2]);
    assert_near(pixel(&page, 0, 0), ([200; 3], 128));
    assert_near(pixel(&page, 1, 0), ([255; 3], 255));
}

#[test]
fn a_page_of_full_size_is_taken_before_a_reduced_one() {
    let reduced = Page::grey(1, 1, vec![9]).with(254, LONG, &[1]);
    let whole = Page::grey(2, 1, vec![70, 80]);
    let head = reduced.bytes(8, false);
    let second = 8 + length(&head);
    let mut bytes = [
        b"II*\0",
        reduced.directory(8).to_le_bytes().as_slice(),
        &head,
    ]
    .concat();
    // where the first directory says the next one is
    let next = second + 2; // behind the strip of two pixels
    let at = reduced.directory(8) as usize + 2 + 12 * 8;
    bytes[at..at + 4].copy_from_slice(&next.to_le_bytes());
    bytes.extend(whole.bytes(second, true));
    let rendered = full(&bytes).expect("two pages");
    let picture = decode(&rendered.variants[0].bytes);
    assert_eq!((picture.width, picture.pixel(1, 0)), (2, [80; 3]));
    let alone = full(&reduced.file()).expect("a reduced page alone");
    assert_eq!(alone.variants[0].width, 1);
}

#[test]
fn each_strip_may_be_a_jpeg_with_tables_of_its_own() {
    let picture = photo(32, 32);
    let part = |from: usize| {
        let rows = crate::synthetic::Pixels {
            height: 16,
            data: picture.data[from * 96..(from + 16) * 96].to_vec(),
            ..picture.clone()
        };
        let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
        compressor.set_optimize(true).expect("an option");
        compressor.set_quality(95).expect("a quality");
        let image = turbojpeg::Image {
            pixels: rows.data.as_slice(),
            width: 32,
            pitch: 96,
            height: 16,
            format: turbojpeg::PixelFormat::RGB,
        };
        compressor.compress_to_vec(image).expect("a JPEG")
    };
    let page = Page {
        entries: vec![
            (256, SHORT, vec![32]),
            (257, SHORT, vec![32]),
            (258, SHORT, vec![8; 3]),
            (259, SHORT, vec![7]),
            (262, SHORT, vec![6]),
            (277, SHORT, vec![3]),
            (278, SHORT, vec![16]),
            (530, SHORT, vec![2, 2]),
        ],
        chunks: vec![part(0), part(16)],
    };
    for (x, y) in [(3, 3), (28, 12), (5, 20), (30, 30)] {
        let (seen, want) = (pixel(&page, x, y).0, picture.pixel(x, y));
        for (seen, want) in seen.into_iter().zip(want) {
            assert!(seen.abs_diff(want) < 24, "{x} {y}: {seen} {want}");
        }
    }
}

#[test]
fn kinds_that_are_not_read_are_named() {
    let page = || Page::grey(2, 1, vec![1, 2]);
    for (page, name) in [
        (
            page().with(259, SHORT, &[3]),
            "TIFF with CCITT Group 3 fax compression",
        ),
        (
            page().with(259, SHORT, &[34712]),
            "TIFF with JPEG 2000 compression",
        ),
        (
            page().with(259, SHORT, &[4711]),
            "TIFF with compression 4711",
        ),
        (page().with(339, SHORT, &[2]), "TIFF with signed samples"),
        (page().with(258, SHORT, &[12]), "TIFF with 12-bit samples"),
        (
            page().with(262, SHORT, &[8]),
            "TIFF with CIE L*a*b* colours",
        ),
        (
            page().with(277, SHORT, &[99]),
            "TIFF with 99 samples a pixel",
        ),
    ] {
        let error = full(&page.file()).expect_err(name);
        assert_eq!(error.to_string(), format!("{name} is not supported"));
    }
}
