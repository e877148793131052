//! The decoder of AVIF.
#![no_main]

#[path = "../entries/imaging.rs"]
#[allow(dead_code, reason = "each target calls one entry")]
mod imaging;
#[path = "../entries/panics.rs"]
mod panics;

libfuzzer_sys::fuzz_target!(init: panics::count_only_ours(), |bytes: &[u8]| {
    let _ = imaging::image_of(darkroom_imaging::Format::Avif, bytes);
});
