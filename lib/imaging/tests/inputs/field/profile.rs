//! Colour profiles that nothing can be done with: no picture is refused for one.

use super::full;
use crate::synthetic::{jpeg, photo};

const NOTE: &str = "its colour profile cannot be used; its colours count as sRGB";

/// The JPEG with this profile in it.
fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let length = u16::try_from(profile.len() + 16).expect("a small profile");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE2]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"ICC_PROFILE\0\x01\x01");
    bytes.extend(profile);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// A real profile of RGB.
fn profile() -> Vec<u8> {
    moxcms::ColorProfile::new_display_p3()
        .encode()
        .expect("a profile")
}

#[test]
fn a_profile_that_cannot_be_used_is_ignored_and_said() {
    for (picture, sampling) in [(photo(40, 30), "4:2:0"), (photo(40, 30).grey(), "grey")] {
        let plain = jpeg(&picture, 90, sampling);
        let reference = full(&plain).expect("a JPEG");
        assert!(reference.notes.is_empty());
        let mut broken = vec![
            profile()[..200].to_vec(),
            b"no profile".to_vec(),
            Vec::new(),
        ];
        // entries that point to nowhere
        let mut wild = profile();
        for at in (132..132 + 12 * 9).step_by(12) {
            wild[at + 4..at + 8].copy_from_slice(&u32::MAX.to_be_bytes());
        }
        broken.push(wild);
        // without curves and colorants
        let mut bare = profile();
        bare[128..132].fill(0);
        broken.push(bare);
        // of inks
        let mut inks = profile();
        inks[16..20].copy_from_slice(b"CMYK");
        broken.push(inks);
        for (number, profile) in broken.iter().enumerate() {
            let rendered = full(&with_profile(&plain, profile))
                .unwrap_or_else(|error| panic!("{sampling} {number}: {error}"));
            assert_eq!(rendered.variants, reference.variants, "{sampling} {number}");
            // a profile of no bytes is none
            let notes: &[&str] = if profile.is_empty() { &[] } else { &[NOTE] };
            assert_eq!(rendered.notes, notes, "{sampling} {number}");
        }
    }
}

#[test]
fn a_profile_that_can_be_used_still_is() {
    let plain = jpeg(&photo(40, 30), 90, "4:2:0");
    let rendered = full(&with_profile(&plain, &profile())).expect("a JPEG");
    assert!(rendered.notes.is_empty());
    assert_ne!(rendered.variants, full(&plain).expect("a JPEG").variants);
}
