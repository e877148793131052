//! Variants of the original's own size and format are never larger than the original.

use darkroom_imaging::{Decoders, Format, Orientation, Rendered};

use crate::synthetic::{Pixels, decode, jpeg, mean_difference, noise, oriented, photo, png, same};
use crate::{limits, one, run, shipped};

/// Shapes with a grain, which costs bytes.
fn grainy(width: u32, height: u32) -> Pixels {
    let ground = photo(width, height);
    Pixels::from_fn(width, height, |x, y| {
        let grain = noise(x, y) / 4;
        ground
            .pixel(x, y)
            .map(|sample| (sample / 2).saturating_add(grain))
    })
}

fn rendered(name: &str, bytes: &[u8], fields: &str) -> Rendered {
    run(bytes, &one(fields)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn not_larger(name: &str, bytes: &[u8], fields: &str) -> Vec<u8> {
    let variant = rendered(name, bytes, fields).variants.remove(0);
    let (had, has) = (bytes.len(), variant.bytes.len());
    assert!(has <= had, "{name}: {had} bytes became {has}");
    variant.bytes
}

/// A comment and an EXIF block before the picture, and bytes behind it.
fn with_metadata(file: &[u8]) -> Vec<u8> {
    let comment = b"\xff\xfe\x00\x0csecret-one";
    let exif = b"\xff\xe1\x00\x12Exif\0\0secret-two";
    [&file[..2], comment, exif, &file[2..], b"secret-three"].concat()
}

#[test]
fn a_coarse_jpeg_becomes_three_files_that_are_the_same() {
    let original = with_metadata(&jpeg(&grainy(600, 450), 30, "4:2:0"));
    let variants = run(&original, &shipped()).expect("a photo").variants;
    let own = &variants[0];
    assert!(own.bytes.len() < original.len(), "{}", own.bytes.len());
    for variant in &variants[1..3] {
        assert!(variant.bytes == own.bytes, "{}", variant.preset);
    }
    if limits().decoders == Decoders::Fast {
        let name = "a coarse JPEG written again";
        same(name, &decode(&original), &decode(&own.bytes));
    }
    assert!(!own.bytes.windows(6).any(|part| part == b"secret"));
}

#[test]
fn no_jpeg_grows_at_its_own_size() {
    for (width, height) in [(1, 1), (8, 8), (17, 3), (130, 97), (320, 240)] {
        for sampling in ["grey", "4:2:0", "4:4:4", "4:1:1"] {
            for quality in [5, 30, 75, 95, 100] {
                let original = jpeg(&grainy(width, height), quality, sampling);
                if limits().decoders == Decoders::Safe && original.len() < 4096 {
                    continue; // mostly headers, and there are no coefficients to use
                }
                for wanted in [40, 80, 100] {
                    let name = format!("{width}x{height} {sampling} q{quality} to q{wanted}");
                    not_larger(&name, &original, &format!("quality = {wanted}"));
                }
            }
        }
    }
}

#[test]
fn a_file_that_was_made_as_small_as_we_can_does_not_grow() {
    for fields in ["quality = 50", "quality = 80\nchroma = \"4:4:4\""] {
        let first = rendered("made from a PNG", &png(&grainy(300, 200)), fields);
        let first = &first.variants[0].bytes;
        not_larger(fields, first, "quality = 80");
    }
}

#[test]
fn a_turned_jpeg_does_not_grow_either() {
    let original = oriented(&grainy(300, 200), Orientation::Rotate90);
    let upright = not_larger("turned", &original, "quality = 100\nchroma = \"4:4:4\"");
    assert!(mean_difference(&grainy(300, 200), &decode(&upright)) < 6.0);
}

#[test]
fn webp_and_avif_do_not_grow() {
    for format in ["webp", "avif"] {
        let size = "fit = \"inside\"\nwidth = 300\nheight = 200";
        let of = |quality: u8| format!("{size}\nformats = [\"{format}\"]\nquality = {quality}");
        let coarse = rendered(format, &png(&grainy(300, 200)), &of(30));
        let coarse = &coarse.variants[0].bytes;
        not_larger(format, coarse, &of(80));
    }
}

#[test]
fn an_original_is_copied_at_its_size_only() {
    let original = jpeg(&grainy(600, 450), 30, "4:2:0");
    let fields = "fit = \"cover\"\nwidth = 450\nheight = 450\nquality = 80";
    let variant = rendered("cropped", &original, fields).variants.remove(0);
    assert_eq!((variant.width, variant.format), (450, Format::Jpeg));
    assert_eq!(decode(&variant.bytes).width, 450);
}
