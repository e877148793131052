//! JPEGs that a card, a cable or a proxy damaged, read by the fast decoder. To the safe one, damage costs every row behind it:
//! docs/formats.md.

use darkroom_imaging::Limits;

use super::FULL;
use crate::hostile::files::progressive;
use crate::synthetic::{decode, jpeg, photo};
use crate::{Error, Rendered, one, run_within};

fn full(bytes: &[u8]) -> Result<Rendered, Error> {
    run_within(&Limits::default(), bytes, &one(FULL))
}

/// 64 x 1600 pixels with a restart marker after each line of MCUs: 100 intervals of 16 rows, 1 % each.
fn with_restarts() -> Vec<u8> {
    let picture = photo(64, 1600);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_restart_interval(4);
    encoder
        .encode(&picture.data, 64, 1600, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG of a test");
    bytes
}

/// Where the markers RST0 to RST7 are.
fn restarts(bytes: &[u8]) -> Vec<usize> {
    let markers = bytes.windows(2).enumerate();
    markers
        .filter(|(_, two)| two[0] == 0xFF && (0xD0..=0xD7).contains(&two[1]))
        .map(|(at, _)| at)
        .collect()
}

/// The data of 16 of 1600 rows is sixteen ones again and again, which are no code (T.81, K.2); a zero follows each byte of ones.
pub(crate) fn without_codes() -> Vec<u8> {
    let mut bytes = with_restarts();
    let at = restarts(&bytes);
    for pair in bytes[at[9] + 2..at[10]].chunks_mut(2) {
        pair.copy_from_slice(&[0xFF, 0][..pair.len()]);
    }
    bytes
}

/// Rows of two renderings that differ.
fn differing(one: &Rendered, other: &Rendered) -> Vec<u32> {
    let (one, other) = (
        decode(&one.variants[0].bytes),
        decode(&other.variants[0].bytes),
    );
    assert_eq!((one.width, one.height), (other.width, other.height));
    (0..one.height)
        .filter(|&y| (0..one.width).any(|x| one.pixel(x, y) != other.pixel(x, y)))
        .collect()
}

#[test]
fn a_damaged_restart_interval_costs_its_rows_alone() {
    let whole = with_restarts();
    let reference = full(&whole).expect("a JPEG");
    let at = restarts(&whole);
    assert_eq!(at.len(), 99);
    let change = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        edit(&mut bytes);
        bytes
    };
    for (name, bytes) in [
        ("zeros", change(&|b| b[at[9] + 2..at[10]].fill(0))),
        ("ones", change(&|b| b[at[9] + 2..at[10]].fill(0x7F))),
        ("codes that are none", without_codes()),
        (
            "half of it",
            change(&|b| {
                b.drain(at[9] + 2..usize::midpoint(at[9], at[10]));
            }),
        ),
        (
            "missing",
            change(&|b| {
                b.drain(at[9]..at[10]);
            }),
        ),
        (
            "its marker",
            change(&|b| {
                b.drain(at[9]..at[9] + 2);
            }),
        ),
    ] {
        let rendered = full(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let note = rendered
            .notes
            .first()
            .unwrap_or_else(|| panic!("{name}: no note"));
        assert_eq!(note, "16 of 1600 rows are missing or damaged", "{name}");
        let rows = differing(&rendered, &reference);
        // the filter that brings chroma to full size reaches some rows further
        assert!(
            rows.iter().all(|y| (152..184).contains(y)),
            "{name}: {rows:?}"
        );
        assert!(!rows.is_empty(), "{name}");
    }
}

#[test]
fn too_many_damaged_intervals_are_refused_with_their_count() {
    let mut bytes = with_restarts();
    let at = restarts(&bytes);
    for i in [3, 11] {
        bytes[at[i] + 2..at[i + 1]].fill(0x7F);
    }
    let error = full(&bytes).expect_err("32 rows");
    assert!(["corrupt", "truncated"].contains(&error.code()));
    let reason = error.to_string();
    assert!(reason.contains("32 of 1600 rows are missing"), "{reason}");
}

/// Where the segments of this kind are.
fn scans(bytes: &[u8]) -> Vec<usize> {
    let all = bytes.windows(2).enumerate();
    all.filter(|(_, two)| *two == [0xFF, 0xDA])
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn a_progressive_file_that_lacks_refinement_is_whole() {
    let whole = progressive(&jpeg(&photo(200, 120), 90, "4:2:0"));
    let at = scans(&whole);
    let last = *at.last().expect("scans");
    for (name, length) in [
        ("within the last scan", usize::midpoint(last, whole.len())),
        ("before the last scan", last),
    ] {
        let rendered = full(&whole[..length]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let note = rendered.notes.first().expect("a note");
        assert!(
            note.ends_with("of 120 rows lack fine detail"),
            "{name}: {note}"
        );
        let picture = decode(&rendered.variants[0].bytes);
        let original = photo(200, 120);
        for (x, y) in [(20, 20), (150, 100), (199, 119)] {
            for (seen, want) in picture.pixel(x, y).iter().zip(original.pixel(x, y)) {
                assert!(seen.abs_diff(want) < 40, "{name} at {x} {y}");
            }
        }
    }
    let mut damaged = whole.clone();
    damaged[last + 40..last + 42].copy_from_slice(&[0xFF, 0xD9]); // an end that comes too early
    let rendered = full(&damaged).expect("damaged refinement");
    assert!(rendered.notes[0].contains("lack fine detail"));
}

#[test]
fn a_progressive_file_that_lacks_a_first_scan_is_truncated() {
    let whole = progressive(&jpeg(&photo(200, 120), 90, "4:2:0"));
    let at = scans(&whole);
    for length in [usize::midpoint(at[0], at[1]), at[1] + 20, at[3]] {
        let error = full(&whole[..length]).expect_err("luma is missing");
        assert_eq!(error.code(), "truncated", "{length}: {error}");
    }
}

#[test]
fn an_application_segment_of_no_length_is_passed_over() {
    let whole = jpeg(&photo(40, 30), 90, "4:2:0");
    let reference = full(&whole).expect("a JPEG");
    for marker in [0xE5, 0xEF, 0xFE] {
        for length in [0, 1] {
            let segment = [0xFF, marker, 0, length];
            let bytes = [&whole[..2], &segment, &whole[2..]].concat();
            let rendered = full(&bytes).unwrap_or_else(|error| panic!("{marker:x}: {error}"));
            assert_eq!(rendered.variants, reference.variants);
        }
    }
}
