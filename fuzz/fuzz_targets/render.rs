//! Bytes to variants of every format, whatever format they are.
#![no_main]

#[path = "../entries/imaging.rs"]
#[allow(dead_code, reason = "each target calls one entry")]
mod imaging;
#[path = "../entries/panics.rs"]
mod panics;

libfuzzer_sys::fuzz_target!(init: panics::count_only_ours(), |bytes: &[u8]| {
    let _ = imaging::every_format(bytes);
});
