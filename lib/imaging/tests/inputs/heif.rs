//! HEIC and AVIF: every property of the container that a picture's look depends on.

use darkroom_imaging::{Format, Orientation, probe};

use super::container::{Item, boxed, file, full_box};
use crate::synthetic::{self, Pixels, decode, mean_difference, show, stored};
use crate::{Error, one, run};

const WIDTH: u32 = 48;
const HEIGHT: u32 = 32;
/// Full size, lossless.
const FULL: &str = "fit = \"inside\"\nwidth = 900\nheight = 900\nformats = [\"png\"]";

/// The picture that the AV1 data below is of, without symmetry.
fn gradient() -> Pixels {
    Pixels::from_fn(WIDTH, HEIGHT, |x, y| {
        let (u, v) = (
            f64::from(x) / f64::from(WIDTH),
            f64::from(y) / f64::from(HEIGHT),
        );
        [
            40.0 + 180.0 * u,
            220.0 - 160.0 * v,
            60.0 + 120.0 * (1.0 - u) * v,
        ]
        .map(synthetic::to_byte)
    })
}

/// [`gradient`] by libaom: 8 bits, 4:2:0, BT.601, full range.
const AV1_420: &str = "12000a0918152ffb6404341a1032651207f7f6a90001e4000000dcab126e5ec3414e1bb2830588f9be2c5051bd5c967177ee3aade6c078\
     506e5e7b6bc70e3db799d8b691609175722ab1162eaa3ece28c0cd8b4f6fd6f859a52976aa01e52c4e7428da5a0a1d0f64ee470905ea1d\
     54840e23a780";

/// [`gradient`] by libaom: 10 bits, 4:4:4, BT.601, full range.
const AV1_TEN: &str = "12000a0938152ffb7810103480325013c263268004200f00840000dcacce3d056c3c03102d6d5715b5dfa26748d9054b6be750c33794af\
     08ff19934c55077f042127c14ad9c65a476a6b37ae2a0ef8dab857ea80f2a19026ea2d72e26055c0";

/// By libaom: 8 bits, grey, 0 at the left to 255 at the right.
const AV1_ALPHA: &str = "12000a0618152fff2a8032291180000100bbb9015dba1fbff8f0853df5c84ef4324d3c13fc3d30aff1e772a523c4f3ee8e34a94b04";

/// [`gradient`] by libaom in two spatial layers, of 24 x 16 and of 48 x 32 pixels: 8 bits, 4:2:0, BT.601, full range.
const AV1_LAYERS: &str = "12000a0f00130100808152ff9b5f22021a0d08321c120177c00bc007dc8000005960004a26e1e47a8baf3023c8aceccc800a0f0013010080\
     8152ff9b5f22021a0d083608261000d18020841828b020c449e5e98625c9fb2cffa951ab47f92b7857e255dfcd921764eeea28";

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits"))
        .collect()
}

fn size(width: u32, height: u32) -> Vec<u8> {
    full_box(
        b"ispe",
        &[width.to_be_bytes(), height.to_be_bytes()].concat(),
    )
}

/// Primaries, transfer, matrix; full range.
fn nclx(points: [u8; 3]) -> Vec<u8> {
    let [primaries, transfer, matrix] = points;
    boxed(
        b"colr",
        &[
            b"nclx".as_slice(),
            &[0, primaries, 0, transfer, 0, matrix, 0x80],
        ]
        .concat(),
    )
}

/// An AV1 picture; `flags` is the third byte of its configuration.
fn av1(data: &str, flags: u8) -> Item {
    Item {
        kind: *b"av01",
        data: unhex(data),
        properties: vec![
            size(WIDTH, HEIGHT),
            boxed(b"av1C", &[0x81, 0, flags, 0]),
            nclx([1, 13, 6]),
        ],
        refers: vec![],
    }
}

/// One 8-bit AV1 picture.
pub(crate) fn picture() -> Item {
    av1(AV1_420, 0x0C)
}

/// One HEVC picture.
#[cfg(feature = "heic")]
pub(crate) fn hevc_picture() -> Item {
    hevc(&gradient())
}

/// EXIF that says half a turn, which decoders must ignore.
fn exif() -> Item {
    let tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
    Item {
        kind: *b"Exif",
        data: [&[0; 4], tiff.as_slice()].concat(),
        properties: vec![],
        refers: vec![(*b"cdsc", vec![1])],
    }
}

fn check(name: &str, bytes: &[u8], expected: &Pixels, most: f64) {
    let rendered = run(bytes, &one(FULL)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let got = decode(&rendered.variants[0].bytes);
    let difference = mean_difference(expected, &got);
    if difference > most {
        show(name, expected, &got);
    }
    assert!(
        difference <= most,
        "{name}: mean difference {difference:.2}, at most {most}"
    );
}

#[test]
fn avif_of_8_and_10_bits() {
    check(
        "avif-8",
        &file(b"avif", &[av1(AV1_420, 0x0C)]),
        &gradient(),
        1.5,
    );
    check(
        "avif-10",
        &file(b"avif", &[av1(AV1_TEN, 0x40)]),
        &gradient(),
        2.5,
    );
    // The brand is a hint only: the boxes decide.
    let bytes = file(b"mif1", &[av1(AV1_420, 0x0C)]);
    assert_eq!(probe(&bytes).expect("a header").format, Format::Avif);
    check("avif-mif1", &bytes, &gradient(), 1.5);
}

/// The properties that turn a stored picture upright: quarter turns anticlockwise, then a mirror (0: top and bottom).
fn turning(orientation: Orientation) -> Vec<Vec<u8>> {
    let (turns, mirror): (u8, Option<u8>) = match orientation.tag() {
        1 => (0, None),
        2 => (0, Some(1)),
        3 => (2, None),
        4 => (0, Some(0)),
        5 => (3, Some(1)),
        6 => (3, None),
        7 => (1, Some(1)),
        _ => (1, None),
    };
    let mut properties = vec![boxed(b"irot", &[turns])];
    properties.extend(mirror.map(|axis| boxed(b"imir", &[axis])));
    properties
}

/// The upright picture, if the stored one is `gradient`.
fn turned(orientation: Orientation) -> Pixels {
    // What brings the upright picture back to the stored one is the opposite orientation.
    let opposite = match orientation {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        other => other,
    };
    stored(&gradient(), opposite)
}

#[test]
fn avif_is_turned_once_by_its_properties_and_never_by_exif() {
    for orientation in Orientation::ALL {
        let mut item = av1(AV1_420, 0x0C);
        item.properties.extend(turning(orientation));
        let bytes = file(b"avif", &[item, exif()]);
        assert_eq!(probe(&bytes).expect("a header").orientation, orientation);
        check(
            &format!("avif-turned-{}", orientation.tag()),
            &bytes,
            &turned(orientation),
            1.5,
        );
    }
}

#[cfg(feature = "heic")]
#[test]
fn heic_is_turned_once_by_its_properties_and_never_by_exif() {
    for orientation in Orientation::ALL {
        let mut item = hevc(&gradient());
        item.properties.extend(turning(orientation));
        let bytes = file(b"heic", &[item, exif()]);
        check(
            &format!("heic-turned-{}", orientation.tag()),
            &bytes,
            &turned(orientation),
            3.0,
        );
    }
}

/// A picture coded by `heifer`, taken out of its container.
#[cfg(feature = "heic")]
fn hevc(pixels: &Pixels) -> Item {
    let options = heifer::EncodeOptions::default();
    let bytes = heifer::encode_rgb8(pixels.width, pixels.height, &pixels.data, &options)
        .expect("a HEIC of a test");
    let file = heifer_isobmff::HeifFile::parse(&bytes).expect("boxes of a test");
    let coded = file
        .items
        .iter()
        .find(|item| item.item_type.0 == *b"hvc1")
        .expect("a coded picture");
    let at = bytes
        .windows(4)
        .position(|name| name == b"hvcC")
        .expect("a configuration")
        - 4;
    let length = u32::from_be_bytes(*bytes[at..].first_chunk().expect("a length")) as usize;
    let (width, height) = file
        .image_size(coded.id)
        .expect("properties")
        .expect("a size");
    Item {
        kind: *b"hvc1",
        data: file.item_data(coded.id).expect("data").into_owned(),
        properties: vec![size(width, height), bytes[at..at + length].to_vec()],
        refers: vec![],
    }
}

#[test]
fn avif_with_alpha_cropped_and_in_tiles() {
    let bytes = file(b"avif", &[av1(AV1_420, 0x0C), alpha_of(1)]);
    assert!(probe(&bytes).expect("a header").alpha);
    let rendered = run(&bytes, &one(FULL)).expect("alpha");
    let got = decode(&rendered.variants[0].bytes);
    assert_eq!(got.samples, 4);
    for x in 0..WIDTH {
        let (alpha, expected) = (got.data[(x as usize) * 4 + 3], x * 255 / (WIDTH - 1));
        assert!(
            u32::from(alpha).abs_diff(expected) <= 4,
            "column {x}: {alpha}, not {expected}"
        );
    }

    // 20 x 10 around the centre, 4 to the right and 3 up
    let fraction = |value: i32| [value.to_be_bytes(), 1i32.to_be_bytes()].concat();
    let mut cropped = av1(AV1_420, 0x0C);
    cropped
        .properties
        .push(boxed(b"clap", &[20, 10, 4, -3].map(fraction).concat()));
    let part = Pixels::from_fn(20, 10, |x, y| gradient().pixel(x + 18, y + 8));
    check("avif-cropped", &file(b"avif", &[cropped]), &part, 1.5);

    // two tiles beside each other, the second cut at 80 columns
    let grid = Item {
        kind: *b"grid",
        data: vec![0, 0, 0, 1, 0, 80, 0, 32],
        properties: vec![size(80, 32)],
        refers: vec![(*b"dimg", vec![2, 3])],
    };
    let both = Pixels::from_fn(80, 32, |x, y| gradient().pixel(x % WIDTH, y));
    let bytes = file(b"avif", &[grid, av1(AV1_420, 0x0C), av1(AV1_420, 0x0C)]);
    check("avif-grid", &bytes, &both, 1.5);
}

/// Alpha by [`AV1_ALPHA`] for the item `of`.
fn alpha_of(of: u16) -> Item {
    let mut alpha = av1(AV1_ALPHA, 0x1C);
    let kind = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";
    alpha.properties.push(full_box(b"auxC", kind));
    alpha.refers = vec![(*b"auxl", vec![of])];
    alpha
}

#[test]
fn the_alpha_of_a_grid_may_lie_in_its_tiles() {
    let grid = Item {
        kind: *b"grid",
        data: vec![0, 0, 0, 1, 0, 80, 0, 32],
        properties: vec![size(80, 32)],
        refers: vec![(*b"dimg", vec![2, 3])],
    };
    let tile = || av1(AV1_420, 0x0C);
    let bytes = file(b"avif", &[grid, tile(), tile(), alpha_of(2), alpha_of(3)]);
    assert!(probe(&bytes).expect("a header").alpha);
    let got = decode(&run(&bytes, &one(FULL)).expect("a grid").variants[0].bytes);
    for x in 0..80 {
        let expected = (x % WIDTH) * 255 / (WIDTH - 1);
        let alpha = u32::from(got.alpha(x, 3));
        assert!(alpha.abs_diff(expected) <= 4, "column {x}: {alpha}");
    }
}

/// Writers store equal tiles once.
#[test]
fn tiles_may_share_their_data() {
    let grid = Item {
        kind: *b"grid",
        data: vec![0, 0, 1, 1, 0, 96, 0, 64],
        properties: vec![size(96, 64)],
        refers: vec![(*b"dimg", vec![2; 4])],
    };
    let picture = Pixels::from_fn(96, 64, |x, y| gradient().pixel(x % WIDTH, y % HEIGHT));
    let bytes = file(b"avif", &[grid, av1(AV1_420, 0x0C)]);
    check("avif-shared-tiles", &bytes, &picture, 1.5);
}

#[test]
fn of_a_picture_in_layers_the_selected_one_is_shown() {
    let half = gradient().reduced(24, 16);
    let small = |property: Vec<u8>| {
        let mut item = av1(AV1_LAYERS, 0x0C);
        item.properties[0] = size(24, 16);
        item.properties.push(property);
        item
    };
    let layers = |selected: u16| boxed(b"lsel", &selected.to_be_bytes());
    let mut last = av1(AV1_LAYERS, 0x0C);
    check("layers-all", &file(b"avif", &[last]), &gradient(), 2.0);
    last = av1(AV1_LAYERS, 0x0C);
    last.properties.push(layers(1));
    check("layers-last", &file(b"avif", &[last]), &gradient(), 2.0);
    check(
        "layers-first",
        &file(b"avif", &[small(layers(0))]),
        &half,
        6.0,
    );
    let point = boxed(b"a1op", &[1]);
    check("layers-point", &file(b"avif", &[small(point)]), &half, 6.0);
    let error = run(&file(b"avif", &[small(layers(3))]), &one(FULL)).expect_err("no layer 3");
    assert_eq!(error.code(), "corrupt");
}

#[test]
fn hdr_becomes_a_sane_picture() {
    // PQ with BT.2020: the brightest of it is neither black nor burnt out, and order of brightness stays.
    let mut hdr = av1(AV1_TEN, 0x40);
    hdr.properties[2] = nclx([9, 16, 6]);
    let bytes = file(b"avif", &[hdr]);
    assert_eq!(probe(&bytes).expect("a header").colour.name(), "pq");
    let got = decode(&run(&bytes, &one(FULL)).expect("HDR").variants[0].bytes);
    let greens: Vec<u8> = (0..HEIGHT).map(|y| got.pixel(0, y)[1]).collect();
    assert!(
        greens.is_sorted_by(|above, below| above >= below),
        "{greens:?}"
    );
    assert!(
        greens[0] > 200 && greens[HEIGHT as usize - 1] < 60,
        "{greens:?}"
    );
}

#[test]
fn of_a_sequence_the_still_picture_is_shown_and_it_is_said() {
    let film = boxed(b"moov", &boxed(b"mvhd", &[0; 100]));
    let still = file(b"avis", &[av1(AV1_420, 0x0C)]);
    let moving = [still.as_slice(), &film].concat();
    let rendered = run(&moving, &one(FULL)).expect("a sequence");
    assert_eq!(
        rendered.notes,
        ["the original is animated, but only its still image is shown"]
    );
    let alone = run(&still, &one(FULL)).expect("a picture");
    assert_eq!(rendered.variants, alone.variants);
    assert!(alone.notes.is_empty());
    let brand = boxed(b"ftyp", b"avis\0\0\0\0avis");
    let error = run(&[brand, film].concat(), &one(FULL)).expect_err("no still picture");
    assert_eq!(
        error,
        Error::Unsupported("an image sequence without a still image".into())
    );
}

/// A small file of each codec, for tests that break files.
pub(crate) fn small() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("avif", file(b"avif", &[av1(AV1_420, 0x0C)])),
        ("avif of 10 bits", file(b"avif", &[av1(AV1_TEN, 0x40)])),
        #[cfg(feature = "heic")]
        ("heic", file(b"heic", &[hevc(&gradient())])),
    ]
}

#[test]
fn a_small_file_cannot_ask_for_endless_work() {
    let grid = |columns: u8, rows: u8, tile: u16| Item {
        kind: *b"grid",
        data: vec![0, 0, rows - 1, columns - 1, 0, 48, 0, 32],
        properties: vec![size(WIDTH, HEIGHT)],
        refers: vec![(
            *b"dimg",
            vec![tile; usize::from(columns) * usize::from(rows)],
        )],
    };
    let coded = || av1(AV1_420, 0x0C);
    let mut layers = coded();
    layers.data = layers.data.repeat(9);
    let mut smalls = coded();
    smalls.properties[0] = size(1, 1);
    let mut endless = coded();
    endless.properties[0] = size(u32::MAX, u32::MAX);
    for (name, items) in [
        ("sides without end", vec![endless]),
        ("one tile many times", vec![grid(200, 200, 2), coded()]),
        (
            "grids of grids",
            vec![grid(255, 255, 2), grid(255, 255, 3), smalls],
        ),
        ("a grid of itself", vec![grid(2, 1, 1)]),
        ("many frames", vec![layers]),
    ] {
        let error = run(&file(b"avif", &items), &one(FULL)).expect_err(name);
        let is_said = ["too_large", "corrupt"].contains(&error.code());
        assert!(is_said, "{name}: {error}");
    }
}

#[test]
fn broken_avif_is_an_outcome() {
    let whole = file(b"avif", &[av1(AV1_420, 0x0C)]);
    for length in [16, 40, 100, whole.len() / 2, whole.len() - 1] {
        let error = run(&whole[..length], &one(FULL)).expect_err("a part is missing");
        assert_eq!(error.code(), "truncated", "{length} bytes: {error}");
    }
    // One wrong byte in the coded data: a picture or an error, and never the end of the process.
    let data = unhex(AV1_420).len();
    for at in (0..data).step_by(3) {
        let mut item = av1(AV1_420, 0x0C);
        item.data[at] ^= 0x55;
        if let Err(error) = run(&file(b"avif", &[item]), &one(FULL)) {
            assert_eq!(error.code(), "corrupt", "byte {at}: {error}");
        }
    }
    // A picture that is larger than the container says is refused before its pixels are there.
    let mut small = av1(AV1_420, 0x0C);
    small.properties[0] = size(24, 16);
    assert_eq!(
        run(&file(b"avif", &[small]), &one(FULL))
            .expect_err("a lie")
            .code(),
        "corrupt"
    );
}
