//! Malformed messages, keys and stored manifests: with any text nothing crashes, and keys stay in their folders.

#[path = "../../../fuzz/entries/pipeline.rs"]
mod entries;
#[path = "../../../fuzz/entries/mutations.rs"]
mod mutations;

use self::mutations::{Random, mutate};

const EVENT: &str = r#"{"Records":[{"eventVersion":"2.1","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"originals"},"object":{"key":"guest/us-east-1%3Aid/uuid/caf%C3%A9+1.jpg","size":1024}}}]}"#;
const REPROCESS: &str =
    r#"{"version":1,"reprocess":["photos/cat.jpg","guest/a/b/c.png"],"force":true}"#;
const MANIFEST: &str = r#"{"version":1,"outcome":"rejected","original":{"key":"a.jpg","etag":"e","bytes":1},"variants":[],
    "rejection":{"code":"corrupt","reason":"r"},"presets":"sha256:p","engine":"darkroom","timings_ms":{"fetch":1,"decode":1,"render":1,"store":1},"created_at":"2026-01-02T03:04:05Z"}"#;
const KEYS: [&str; 5] = [
    "photos/2026/cat.jpg",
    "guest/us-east-1:id/uuid/caf\u{e9}.jpg",
    "caf%C3%A9+1%2F..%2f.png",
    "a/manifest.json",
    "%00%FF",
];

/// Calls `entry` with texts that begin as the `seeds` and are changed a few times.
fn changed(seeds: &[&str], entry: impl Fn(&str)) {
    let mut random = Random::new(0x5EED);
    for seed in seeds {
        entry(seed);
        for _ in 0..2000 {
            let mut bytes = seed.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let other = seeds[random.below(seeds.len())];
                mutate(&mut bytes, other.as_bytes(), &mut random);
            }
            entry(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn changed_messages_are_jobs_or_bad() {
    changed(
        &[EVENT, REPROCESS, r#"{"Event":"s3:TestEvent"}"#],
        entries::message,
    );
}

#[test]
fn changed_keys_keep_to_their_folders() {
    changed(&KEYS, entries::key);
}

#[test]
fn changed_manifests_are_not_believed_or_read_back_the_same() {
    changed(&[MANIFEST], |text| entries::stored(text.as_bytes()));
}
