//! Finds originals whose outputs differ from those of a fresh run, from listings and manifests, for reprocessing. Like an
//! event, a finding is only a hint: the job checks again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::event;
use crate::key::{self, Key};
use crate::manifest::Manifest;

/// How outputs differ from what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// There is no readable manifest: the event was lost, or the job has not run yet.
    NoManifest,
    /// The manifest is of another original.
    Overwritten,
    /// The manifest is of other presets.
    Presets,
    /// A variant that the manifest lists is missing.
    Lost,
    /// The folder contains something that the manifest does not list.
    Leftover,
    /// A variant differs from the one in the manifest: a job with other presets overwrote it.
    Mixed,
    /// There are outputs but no original.
    Gone,
    /// There are outputs, and a route now ignores the original.
    Ignored,
    /// No difference, but the user wants everything rendered.
    Forced,
}

impl Difference {
    /// For people: "{n} originals ...".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoManifest => "without a manifest",
            Self::Overwritten => "overwritten",
            Self::Presets => "rendered with other presets",
            Self::Lost => "with missing variants",
            Self::Leftover => "with leftover files",
            Self::Mixed => "with variants from two jobs",
            Self::Gone => "deleted, with outputs left behind",
            Self::Ignored => "ignored by a route, with outputs left behind",
            Self::Forced => "forced",
        }
    }

    /// Whether repairing it renders the original, and does not only remove outputs.
    #[must_use]
    pub fn renders(self) -> bool {
        !matches!(self, Self::Gone | Self::Ignored)
    }

    /// The message that repairs it. It forces a render if the manifest looks up to date although the outputs are not.
    #[must_use]
    pub fn message(self, key: &Key) -> String {
        let force = match self {
            Self::NoManifest | Self::Overwritten | Self::Presets | Self::Gone | Self::Ignored => {
                false
            }
            Self::Lost | Self::Leftover | Self::Mixed | Self::Forced => true,
        };
        event::reprocess(std::slice::from_ref(key), force)
    }
}

/// An output in a listing of its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// The last part of its key.
    pub name: Arc<str>,
    etag: u64,
}

impl Child {
    /// A digest of its ETag (without quotes), to save memory: there may be millions.
    #[must_use]
    pub fn new(name: Arc<str>, etag: &str) -> Self {
        Self {
            name,
            etag: digest(etag),
        }
    }
}

fn digest(etag: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    etag.hash(&mut hasher);
    hasher.finish()
}

/// All outputs: the direct children of each folder.
#[derive(Debug, Default)]
pub struct Outputs {
    /// Folders, sorted by name.
    pub folders: BTreeMap<String, Vec<Child>>,
    names: HashSet<Arc<str>>,
}

impl Outputs {
    /// Adds an output if its folder starts with `prefix`. Names are few and stored once.
    pub fn add(&mut self, output_key: &str, etag: &str, prefix: &str) {
        let Some((folder, name)) = key::split(output_key).filter(|(f, _)| f.starts_with(prefix))
        else {
            return;
        };
        let name = self.names.get(name).cloned().unwrap_or_else(|| {
            let name: Arc<str> = name.into();
            self.names.insert(name.clone());
            name
        });
        let child = Child::new(name, etag);
        match self.folders.get_mut(folder) {
            Some(children) => children.push(child),
            None => {
                self.folders.insert(folder.to_owned(), vec![child]);
            }
        }
    }
}

/// Whether a folder contains a manifest.
#[must_use]
pub fn has_manifest(children: &[Child]) -> bool {
    children.iter().any(|child| key::is_manifest(&child.name))
}

/// The difference of the outputs of an original with this ETag: the `children` of its folder, and its manifest.
#[must_use]
pub fn compare(
    etag: &str,
    presets: &str,
    children: &[Child],
    manifest: Option<&Manifest>,
) -> Option<Difference> {
    let Some(manifest) = manifest else {
        return Some(Difference::NoManifest);
    };
    let listed: HashMap<&str, Option<u64>> = manifest
        .variants
        .iter()
        .filter_map(|variant| {
            let (_, name) = key::split(&variant.key)?;
            Some((name, variant.etag.as_deref().map(digest)))
        })
        .collect();
    let there: HashMap<&str, u64> = children
        .iter()
        .filter(|child| !key::is_manifest(&child.name))
        .map(|child| (child.name.as_ref(), child.etag))
        .collect();
    // An old manifest has no ETags; then only the name is compared.
    let is_other = |(name, etag): (&&str, &Option<u64>)| etag.is_some_and(|e| there[name] != e);
    if manifest.original.etag != etag {
        Some(Difference::Overwritten)
    } else if manifest.presets != presets {
        Some(Difference::Presets)
    } else if !listed.keys().all(|name| there.contains_key(name)) {
        Some(Difference::Lost)
    } else if listed.iter().any(is_other) {
        Some(Difference::Mixed)
    } else if there.len() > listed.len() {
        Some(Difference::Leftover)
    } else {
        None
    }
}

/// The keys in a dead letter, and a message that requests their work again, without trusting any manifest, because the
/// jobs may have died halfway. `None` if the letter contains no work.
///
/// # Errors
/// If it cannot be read: it would only return to the dead-letter queue.
pub fn revive(body: &str) -> Result<Option<(Vec<Key>, String)>, event::BadMessage> {
    let mut keys = Vec::new();
    for entry in event::of_any_bucket(body)? {
        match entry {
            event::Entry::Job(job) => keys.push(job.key),
            event::Entry::Unknown { reason, .. } => return Err(event::BadMessage::new(reason)),
            event::Entry::Ignored(_) | event::Entry::Refused { .. } => {}
        }
    }
    let message = event::reprocess(&keys, true);
    Ok((!keys.is_empty()).then_some((keys, message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each with its name as its ETag, but for what follows a colon.
    fn children(names: &[&str]) -> Vec<Child> {
        let child = |name: &&str| {
            let (name, etag) = name.split_once(':').unwrap_or((name, name));
            Child::new(Arc::from(name), etag)
        };
        names.iter().map(child).collect()
    }

    fn manifest(etag: &str, presets: &str, variants: &[&str]) -> Manifest {
        let variants: Vec<_> = variants
            .iter()
            .map(|name| {
                serde_json::json!({"preset": "p", "format": "jpeg", "media_type": "image/jpeg", "key": format!("a/b/{name}"),
                    "url": "u", "width": 1, "height": 1, "bytes": 1, "sha256": "", "etag": name})
            })
            .collect();
        let json = serde_json::json!({"version": 1, "outcome": "ready", "original": {"key": "a/b", "etag": etag, "bytes": 1},
            "variants": variants, "presets": presets, "engine": "", "created_at": "2026-01-02T03:04:05Z",
            "timings_ms": {"fetch": 1, "decode": 1, "render": 1, "store": 1}});
        Manifest::read(json.to_string().as_bytes()).expect("a manifest")
    }

    #[test]
    fn every_difference_is_found_and_nothing_else() {
        let all = ["large.jpg", "small.jpg"];
        let full = ["large.jpg", "manifest.json", "small.jpg"];
        let more = ["large.jpg", "manifest.json", "old.webp", "small.jpg"];
        let mixed = ["large.jpg:other", "manifest.json", "small.jpg"];
        for (there, etag, presets, want) in [
            (&full[..], "e", "p", None),
            (&full, "f", "p", Some(Difference::Overwritten)),
            (&full, "e", "q", Some(Difference::Presets)),
            (&full[..2], "e", "p", Some(Difference::Lost)),
            (&more, "e", "p", Some(Difference::Leftover)),
            (&mixed, "e", "p", Some(Difference::Mixed)),
        ] {
            let manifest = manifest("e", "p", &all);
            let got = compare(etag, presets, &children(there), Some(&manifest));
            assert_eq!(got, want, "{there:?} {etag} {presets}");
        }
        let got = compare("e", "p", &children(&full), None);
        assert_eq!(got, Some(Difference::NoManifest));
    }

    #[test]
    fn outputs_go_to_their_own_folder() {
        let mut outputs = Outputs::default();
        for output in [
            "a/large.jpg",
            "a/b/large.jpg",
            "a/b/manifest.json",
            "top",
            "c/large.jpg",
        ] {
            outputs.add(output, "e", "a");
        }
        assert_eq!(outputs.folders.len(), 2);
        let named = |names: &[&str]| -> Vec<Child> {
            let child = |name: &&str| Child::new(Arc::from(*name), "e");
            names.iter().map(child).collect()
        };
        assert_eq!(outputs.folders["a"], named(&["large.jpg"]));
        assert_eq!(
            outputs.folders["a/b"],
            named(&["large.jpg", "manifest.json"])
        );
        assert!(has_manifest(&outputs.folders["a/b"]) && !has_manifest(&outputs.folders["a"]));
    }

    #[test]
    fn what_is_lost_is_rendered_whatever_its_manifest_says() {
        let key = Key::parse("a/b").expect("a key");
        for (difference, first_receive) in [
            (Difference::Presets, true),
            (Difference::Lost, false),
            (Difference::Mixed, false),
        ] {
            let entries =
                event::parse(&difference.message(&key), "in", 1).expect("our own message");
            let [event::Entry::Job(job)] = &entries[..] else {
                panic!("{entries:?}")
            };
            assert_eq!((&job.key, job.first_receive), (&key, first_receive));
        }
    }

    #[test]
    fn dead_letters_come_back_as_jobs_that_believe_nothing() {
        let letter = event::reprocess(&[Key::parse("a").expect("a key")], false);
        let (keys, message) = revive(&letter).expect("understood").expect("a job");
        assert_eq!(keys[0].as_str(), "a");
        assert!(message.contains("\"force\":true"), "{message}");
        assert_eq!(revive(r#"{"Event":"s3:TestEvent"}"#), Ok(None));
        assert!(revive("hello").is_err());
    }
}
