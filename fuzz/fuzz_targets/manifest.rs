//! A stored manifest.
#![no_main]

#[path = "../entries/pipeline.rs"]
#[allow(dead_code, reason = "each target calls one entry")]
mod pipeline;
#[path = "../entries/panics.rs"]
mod panics;

libfuzzer_sys::fuzz_target!(init: panics::count_only_ours(), |bytes: &[u8]| {
    pipeline::stored(bytes);
});
