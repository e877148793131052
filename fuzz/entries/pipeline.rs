//! What a message's text meets. The fuzz targets call these with texts that they search for,
//! `lib/pipeline/tests/hostile.rs` with ones it makes.

use darkroom_imaging::Format;
use darkroom_pipeline::event::{self, Entry, parse};
use darkroom_pipeline::key::{Key, MAX_KEY_BYTES, children, manifest, split, url, variant};
use darkroom_pipeline::manifest::Manifest;

/// The body of a message from the queue.
pub(crate) fn message(body: &str) {
    match parse(body, "originals", 1) {
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Entry::Job(job) => key(job.key.as_str()),
                    Entry::Ignored(reason) | Entry::Unknown { reason, .. } => {
                        assert!(!reason.is_empty());
                    }
                    Entry::Refused { name, reason } => {
                        assert!(!reason.is_empty() && !name.chars().any(char::is_control));
                    }
                }
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A key, as it is and as an event has it: its outputs lie in its folder and nowhere else.
pub(crate) fn key(text: &str) {
    for key in [Key::parse(text), Key::decode(text)].into_iter().flatten() {
        let folder = key.folder();
        assert!(!folder.is_empty() && folder.len() <= MAX_KEY_BYTES);
        let outputs = [variant(&folder, "large", Format::Jpeg), manifest(&folder)];
        for output in &outputs {
            assert!(output.len() <= 1024 && output.starts_with(&children(&folder)));
            assert_eq!(split(output).map(|(folder, _)| folder), Some(&*folder));
            let url = url("https://x", output, text);
            assert!(url.is_ascii() && !url.contains(' '));
        }
        let shown = format!("{key} {key:?} {}", key.public_id());
        assert!(!key.as_str().starts_with("guest/") || !shown.contains(key.as_str()));
        assert!(!key.name().contains('/'));
        let again = parse(
            &event::reprocess(std::slice::from_ref(&key), true),
            "originals",
            1,
        );
        assert!(matches!(again.as_deref(), Ok([Entry::Job(job)]) if job.key == key));
    }
}

/// A stored manifest, which is believed only if it is one of ours.
pub(crate) fn stored(json: &[u8]) {
    if let Some(manifest) = Manifest::read(json) {
        assert_eq!(Manifest::read(&manifest.to_json()), Some(manifest));
    }
}
