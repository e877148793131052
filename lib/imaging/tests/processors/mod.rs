//! The originals that `cargo xtask arm64` has rendered on two processors.

use std::path::PathBuf;

use darkroom_imaging::Orientation;
use moxcms::ColorProfile;

use crate::animation;
use crate::hostile::files;
use crate::inputs::{chunks::with_jpeg_profile, colours::cmyk};
use crate::synthetic::{jpeg, oriented, photo, png};

/// One of every kind that is made in these tests, and larger pictures of odd sizes for the resizers.
fn originals() -> Vec<(String, Vec<u8>)> {
    let mut originals: Vec<(String, Vec<u8>)> = files::all()
        .into_iter()
        .chain([
            ("gif that moves", animation::gif()),
            ("apng that moves", animation::apng()),
            ("webp that moves", animation::webp()),
            (
                "jpeg cmyk",
                cmyk(61, 47, |x, y| [x * 4, y * 5, x + y, x * y / 40].map(to_ink)),
            ),
        ])
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .collect();
    let picture = photo(1293, 967);
    for (name, profile) in [
        ("display p3", ColorProfile::new_display_p3()),
        ("adobe rgb", ColorProfile::new_adobe_rgb()),
    ] {
        let profile = profile.encode().expect("a profile of a test");
        let bytes = jpeg(&picture, 90, "4:2:0");
        originals.push((name.to_owned(), with_jpeg_profile(&bytes, &profile)));
    }
    for sampling in ["4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "grey"] {
        let bytes = jpeg(&picture, 90, sampling);
        let name = sampling.replace(':', "");
        originals.push((
            format!("photo {name} progressive"),
            files::progressive(&bytes),
        ));
        originals.push((format!("photo {name}"), bytes));
    }
    for orientation in Orientation::ALL {
        let name = format!("turned {}", orientation.tag());
        originals.push((name, oriented(&photo(301, 199), orientation)));
    }
    originals.push(("photo png".to_owned(), png(&picture)));
    originals
}

fn to_ink(value: usize) -> u8 {
    u8::try_from(value).unwrap_or(255)
}

#[test]
#[ignore = "it writes files for `cargo xtask arm64`, which says where"]
fn originals_are_written() {
    let folder = PathBuf::from(std::env::var_os("DARKROOM_ORIGINALS").expect("a folder"));
    std::fs::create_dir_all(&folder).expect("a folder for the originals");
    for (name, bytes) in originals() {
        std::fs::write(folder.join(name.replace(' ', "-")), bytes).expect("room for an original");
    }
}
