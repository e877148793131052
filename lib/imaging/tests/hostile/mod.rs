//! Broken, truncated and hostile files: for any bytes the outcome is right and nothing crashes.

pub(crate) mod files;

#[path = "../../../../fuzz/entries/imaging.rs"]
mod entries;
#[path = "../../../../fuzz/entries/mutations.rs"]
pub(crate) mod mutations;

use darkroom_imaging::{Rendered, decode, probe};

use self::files::{HEIGHT, WIDTH};
use self::mutations::{Random, mutate};
use crate::{Error, Format, limits, one, run, synthetic};

const FORMATS: [Format; 9] = [
    Format::Jpeg,
    Format::Png,
    Format::Webp,
    Format::Gif,
    Format::Bmp,
    Format::Tiff,
    Format::Ico,
    Format::Avif,
    Format::Heic,
];

/// Makes the checksums of a PNG right again, without which few of its changes would reach the decoder.
fn mend_checksums(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let Some(body) = bytes.get(at + 4..at + 8 + length.min(1 << 20)) else {
            return;
        };
        let crc = files::crc(body).to_be_bytes();
        let Some(place) = bytes.get_mut(at + 8 + length..at + 12 + length) else {
            return;
        };
        place.copy_from_slice(&crc);
        at += 12 + length;
    }
}

#[test]
fn changed_files_come_to_an_outcome() {
    const RUNS: usize = 300;
    let files = files::all();
    let mut random = Random::new(0x5EED);
    let mut ready = 0;
    for (name, file) in &files {
        for run in 0..RUNS {
            let mut bytes = file.clone();
            for _ in 0..=random.below(4) {
                let other = random.below(files.len());
                mutate(&mut bytes, &files[other].1, &mut random);
            }
            if name.starts_with("png") && random.below(4) > 0 {
                mend_checksums(&mut bytes);
            }
            let outcome = if run % 30 == 0 {
                entries::every_format(&bytes)
            } else {
                entries::image(&bytes)
            };
            ready += usize::from(outcome.is_ok());
        }
    }
    // some changes leave a picture, most do not: else these are no tests
    let runs = RUNS * files.len();
    assert!(
        (runs / 20..runs * 19 / 20).contains(&ready),
        "{ready} of {runs} are ready"
    );
}

#[test]
fn any_bytes_are_taken_for_any_format() {
    let mut random = Random::new(0xB17E5);
    for format in FORMATS {
        for length in (0..40).chain([100, 1000, 5000]) {
            let bytes: Vec<u8> = (0..length)
                .map(|_| random.below(256).to_le_bytes()[0])
                .collect();
            let _ = entries::image_of(format, &bytes); // that it comes back is what is tested
        }
    }
}

#[test]
fn changed_presets_come_to_an_outcome() {
    let shipped = include_bytes!("../../../../presets.toml");
    let mut random = Random::new(0x7E57);
    for _ in 0..2000 {
        let mut bytes = shipped.to_vec();
        for _ in 0..=random.below(3) {
            mutate(&mut bytes, shipped, &mut random);
        }
        entries::presets(&String::from_utf8_lossy(&bytes));
    }
}

const PRESET: &str = "fit = \"inside\"\nwidth = 64\nheight = 64\nformats = [\"png\"]";

fn render(bytes: &[u8]) -> Result<Rendered, Error> {
    run(bytes, &one(PRESET))
}

/// The policy: what is missing is said, and so much that it shows is refused.
#[test]
fn a_file_that_ends_early_is_whole_or_said_to_be_truncated() {
    let mut wrong = Vec::new();
    for (name, file) in files::all() {
        let whole = render(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let is_right = |length: usize, part: &Result<Rendered, Error>| match part {
            Ok(part) if *part == whole => true,
            // its end alone is missing, and that is said
            Ok(part)
                if ["png", "apng", "bmp"]
                    .iter()
                    .any(|start| name.starts_with(start)) =>
            {
                part.variants == whole.variants && !part.notes.is_empty()
            }
            // between the frames of a GIF nothing tells that more should follow
            Ok(part) if name == "gif animated" => part.variants == whole.variants,
            Ok(part) => {
                let says = |text: &str| part.notes.iter().any(|note| note.contains(text));
                let coarse = name == "jpeg progressive" && says("rows lack fine detail");
                name.starts_with("jpeg") && (says("rows are missing") || coarse)
            }
            Err(error) => match error.code() {
                "truncated" => true,
                "empty" => length == 0,
                "not_an_image" => length < 16,
                _ => false,
            },
        };
        for length in 0..file.len() {
            let part = render(&file[..length]);
            if !is_right(length, &part) {
                let what = part.map(|part| part.notes);
                wrong.push(format!(
                    "{name}, {length} of {} bytes: {what:?}",
                    file.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What follows the picture's end is none of our business.
#[test]
fn bytes_after_the_end_are_ignored() {
    for (name, file) in files::all() {
        let whole = render(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        for tail in [&[0u8; 100][..], b"GIF89a and more", &file] {
            let longer = [&file, tail].concat();
            let again =
                render(&longer).unwrap_or_else(|error| panic!("{name} and {tail:?}: {error}"));
            assert!(again == whole, "{name} and {} bytes", tail.len());
        }
    }
}

/// `image` made its buffer by the header's word, and a failed allocation ends the process.
#[test]
fn headers_that_lie_about_size_are_refused_before_anything_is_allocated() {
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0".to_vec(); // 65535 x 65535
    assert_eq!(gif.len(), 15);
    let huge = |width: u32, height: u32| {
        let header = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[16, 6, 0, 0, 0],
        ]
        .concat();
        let zeros = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 32 << 20], 9);
        let chunks = [
            files::chunk(*b"IHDR", &header),
            files::chunk(*b"IDAT", &zeros),
            files::chunk(*b"IEND", &[]),
        ];
        [&b"\x89PNG\r\n\x1A\n"[..], &chunks.concat()].concat()
    };
    let most = huge(0x7FFF_FFFF, 0x7FFF_FFFF);
    assert!((30_000..40_000).contains(&most.len()), "{}", most.len());
    let fits_no_memory = huge(60_000, 3_000); // within every cap but that of memory
    let bmp = |width: i32, height: i32| {
        let mut bytes = files::bmp(&synthetic::photo(WIDTH, HEIGHT));
        bytes[18..22].copy_from_slice(&width.to_le_bytes());
        bytes[22..26].copy_from_slice(&height.to_le_bytes());
        bytes
    };
    for (name, bytes) in [
        ("gif", gif),
        ("png", most),
        ("png that fits no memory", fits_no_memory),
        ("bmp", bmp(i32::MAX, i32::MAX)),
        ("bmp from its top", bmp(i32::MAX, i32::MIN)),
    ] {
        let error = render(&bytes).expect_err(name);
        assert!(
            ["too_large", "truncated"].contains(&error.code()),
            "{name}: {error}"
        );
    }
}

#[test]
fn what_decoding_needs_is_promised() {
    for (name, file) in files::all() {
        let probe = probe(&file).expect(name);
        let samples = if probe.planes { 3 } else { 6 }; // with quarter chroma, or R, G and B
        let frame = u64::from(probe.width * probe.height) * samples / 2;
        assert!(
            decode::peak_bytes(&probe, limits().decoders) >= frame,
            "{name}"
        );
        let plan = darkroom_imaging::plan(&probe, &one(PRESET), &limits()).expect(name);
        assert!(plan.peak_bytes >= frame + probe.bytes, "{name}");
    }
}

/// The sizes are right and all bytes are there; but the length of a lossy one's first part, or all pixels of one without loss, are
/// nonsense.
/// A still whose coded data cannot be read.
pub(crate) fn nonsense_webp(name: &str) -> Vec<u8> {
    let (first, count) = if name == "webp lossy" {
        (20, 3)
    } else {
        (25, usize::MAX)
    };
    let all = files::all();
    let (_, bytes) = all.iter().find(|(own, _)| *own == name).expect(name);
    let mut nonsense = bytes.clone();
    for byte in nonsense.iter_mut().skip(first).take(count) {
        *byte |= 0xFE; // the lowest bit says that a frame stands for itself
    }
    nonsense
}

#[test]
fn still_webp_that_makes_no_sense_is_refused() {
    for name in ["webp lossy", "webp lossless"] {
        let error = render(&nonsense_webp(name)).expect_err(name);
        assert!(
            ["corrupt", "truncated"].contains(&error.code()),
            "{name}: {error}"
        );
    }
}
