//! Content Credentials are found in every container and kept in no variant; facts are read only where the presets name them.

mod exif;

use darkroom_imaging::{Facts, Format, Presets, probe};

use crate::inputs::chunks::{with_chunk, with_segment};
use crate::inputs::container::{boxed, file};
use crate::inputs::heif;
use crate::synthetic::{Pixels, jpeg, photo, png};
use crate::{animation, presets, run};
use exif::{ascii, block, fractions, le16};

/// A JUMBF box of C2PA: a superbox with its description.
fn store() -> Vec<u8> {
    let kind = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xAA\x00\x38\x9B\x71\x03c2pa\0";
    boxed(b"jumb", &[boxed(b"jumd", kind), b"CLAIM".to_vec()].concat())
}

fn in_jpeg(bytes: &[u8], content: &[u8]) -> Vec<u8> {
    with_segment(bytes, 0xEB, &[b"JP\0\x01\0\0\0\x01", content].concat())
}

/// Each container with credentials.
fn signed() -> Vec<(&'static str, Vec<u8>)> {
    let pixels = photo(40, 30);
    let mut webp = animation::webp();
    webp.extend(animation::riff(*b"C2PA", &store()));
    let length = u32::try_from(webp.len() - 8).expect("short");
    webp[4..8].copy_from_slice(&length.to_le_bytes());
    let mut gif = animation::gif();
    gif.splice(
        gif.len() - 1..,
        *b"\x21\xFF\x0BC2PA_GIF\x01\0\0\x05CLAIM\0\x3B",
    );
    let user_type = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let in_box = boxed(
        b"uuid",
        &[&user_type[..], &[0; 4], b"manifest\0CLAIM"].concat(),
    );
    let mut avif = file(b"avif", &[heif::picture()]);
    avif.extend(in_box);
    vec![
        ("jpeg", in_jpeg(&jpeg(&pixels, 90, "4:2:0"), &store())),
        ("png", with_chunk(&png(&pixels), b"caBX", &store())),
        ("webp", webp),
        ("gif", gif),
        ("avif", avif),
    ]
}

#[test]
fn credentials_are_found_noted_and_dropped() {
    let every = presets(
        "[presets.same]\nwidth = 2000\nformats = [\"jpeg\", \"webp\", \"png\", \"gif\", \"avif\"]\n",
    );
    for (name, bytes) in signed() {
        assert!(probe(&bytes).expect(name).credentials, "{name}");
        let rendered = run(&bytes, &every).expect(name);
        let note = |note: &&String| note.contains("Content Credentials");
        assert_eq!(rendered.notes.iter().filter(note).count(), 1, "{name}");
        for variant in &rendered.variants {
            assert!(!probe(&variant.bytes).expect(name).credentials, "{name}");
            let claims = variant.bytes.windows(5).any(|at| at == b"CLAIM");
            assert!(!claims, "{name} to {:?}", variant.format);
        }
    }
}

#[test]
fn what_only_resembles_credentials_is_none() {
    let plain = jpeg(&photo(40, 30), 90, "4:2:0");
    let mut foreign = store();
    foreign[16] = b'x'; // the type of another JUMBF box
    for (name, bytes) in [
        ("none", plain.clone()),
        ("another JUMBF box", in_jpeg(&plain, &foreign)),
        (
            "an APP11 of others",
            with_segment(&plain, 0xEB, b"HDR_RI ver=11"),
        ),
        ("cut short", in_jpeg(&plain, &store()[..20])),
        (
            "another uuid box",
            [file(b"avif", &[heif::picture()]), boxed(b"uuid", &[7; 24])].concat(),
        ),
    ] {
        let probe = probe(&bytes).expect(name);
        assert!(!probe.credentials && probe.notes.is_empty(), "{name}");
    }
}

const ALL: &str = "facts = [\"taken\", \"camera\", \"lens\", \"copyright\"]\n";
const SMALL: &str = "[presets.small]\nwidth = 16\n";

fn photographed() -> Vec<u8> {
    let block = block(
        &[
            ascii(0x010F, "Fujifilm"),
            ascii(0x0110, "X-T5\u{1b}[2J"),
            ascii(0x8298, "(c) Ann"),
        ],
        &[
            ascii(0x9003, "2026:05:01 12:34:56"),
            ascii(0x9011, "+02:00"),
            ascii(0xA434, "XF23mmF1.4 R"),
        ],
        &[
            ascii(1, "S"),
            fractions(2, [(33, 1), (51, 1), (3540, 100)]),
            ascii(3, "E"),
            fractions(4, [(151, 1), (12, 1), (0, 1)]),
        ],
    );
    with_exif(&block)
}

fn with_exif(block: &[u8]) -> Vec<u8> {
    let plain = jpeg(&photo(40, 30), 90, "4:2:0");
    with_segment(&plain, 0xE1, &[b"Exif\0\0", block].concat())
}

fn facts(bytes: &[u8], presets: &Presets) -> Facts {
    run(bytes, presets).expect("a picture").facts
}

#[test]
fn facts_are_those_that_the_presets_name() {
    let bytes = photographed();
    assert!(facts(&bytes, &presets(SMALL)).is_empty());
    let said = facts(&bytes, &presets(&format!("{ALL}{SMALL}")));
    let want = Facts {
        taken: Some("2026-05-01T12:34:56+02:00".to_owned()),
        camera: Some("Fujifilm X-T5 [2J".to_owned()),
        lens: Some("XF23mmF1.4 R".to_owned()),
        copyright: Some("(c) Ann".to_owned()),
        gps: None,
    };
    assert_eq!(said, want);
    let place = facts(&bytes, &presets(&format!("facts = [\"gps\"]\n{SMALL}")));
    let want = Facts {
        gps: Some([-33.85983, 151.2]),
        ..Facts::default()
    };
    assert_eq!(place, want);
}

#[test]
fn facts_that_make_no_sense_are_left_out() {
    let all = presets(&format!(
        "facts = [\"taken\", \"camera\", \"lens\", \"gps\"]\n{SMALL}"
    ));
    for taken in [
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "2026:13:01 00:00:00",
        "2026:05:01T12:34:56",
        "2026:05:01 12:34:56:78",
    ] {
        let bytes = with_exif(&block(&[], &[ascii(0x9003, taken)], &[]));
        assert_eq!(facts(&bytes, &all).taken, None, "{taken}");
    }
    let untimed = [ascii(0x9003, "2026:05:01 12:34:56"), ascii(0x9011, "noon")];
    let taken = facts(&with_exif(&block(&[], &untimed, &[])), &all).taken;
    assert_eq!(taken.as_deref(), Some("2026-05-01T12:34:56"));
    for (side, degrees) in [("N", (91, 1)), ("N", (1, 0)), ("X", (1, 1))] {
        let gps = [
            ascii(1, side),
            fractions(2, [degrees, (0, 1), (0, 1)]),
            ascii(3, "E"),
            fractions(4, [(1, 1), (0, 1), (0, 1)]),
        ];
        let bytes = with_exif(&block(&[], &[], &gps));
        assert_eq!(facts(&bytes, &all).gps, None, "{side} {degrees:?}");
    }
    let named = |make: &str, model: &str| {
        let first = [ascii(0x010F, make), ascii(0x0110, model)];
        facts(&with_exif(&block(&first, &[], &[])), &all).camera
    };
    let canon = named("Canon", "Canon EOS R5");
    assert_eq!(canon.as_deref(), Some("Canon EOS R5"));
    let endless = named("Ann", &"x".repeat(5000)).expect("a camera");
    assert_eq!(endless.len(), 200);
}

#[test]
fn a_block_that_lies_says_nothing_and_harms_nobody() {
    let all = presets(&format!(
        "facts = [\"taken\", \"camera\", \"lens\", \"copyright\", \"gps\"]\n{SMALL}"
    ));
    let block = block(
        &[ascii(0x0110, "camera")],
        &[ascii(0x9003, "2026:05:01 12:34:56")],
        &[ascii(1, "N"), fractions(2, [(1, 1); 3])],
    );
    for end in 0..block.len() {
        facts(&with_exif(&block[..end]), &all);
    }
    for at in 0..block.len() {
        let mut bent = block.clone();
        bent[at] = 0xFF;
        facts(&with_exif(&bent), &all);
    }
    // the directory of the picture is the first one again
    let mut looped = block.clone();
    let pointer = looped
        .windows(2)
        .position(|at| at == le16(0x8769))
        .expect("a pointer");
    looped[pointer + 8..pointer + 12].copy_from_slice(&8_u32.to_le_bytes());
    facts(&with_exif(&looped), &all);
}

#[test]
fn the_perceptual_hash_is_of_the_upright_picture() {
    let small = presets(SMALL);
    let hash = |bytes: &[u8]| run(bytes, &small).expect("a picture").phash;
    let of = |width, height, format: Format| {
        let pixels = photo(width, height);
        let bytes = match format {
            Format::Jpeg => jpeg(&pixels, 70, "4:2:0"),
            _ => png(&pixels),
        };
        hash(&bytes).expect("a hash")
    };
    let first = of(800, 600, Format::Png);
    for (width, height, format) in [
        (800, 600, Format::Jpeg),
        (400, 300, Format::Png),
        (1203, 901, Format::Jpeg),
    ] {
        let far = (first ^ of(width, height, format)).count_ones();
        assert!(far <= 4, "{width}x{height} {format:?}: {far} bits");
    }
    let white = Pixels::from_fn(64, 64, |_, _| [255; 3]);
    assert_eq!(hash(&png(&white)), None);
}
