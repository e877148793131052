//! What a removal is about: the originals and their outputs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use darkroom_aws::Buckets;
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::store::{Original, Store};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::args::WrongUse;

/// Originals looked up, or deleted, at once.
pub(crate) const AT_ONCE: usize = 8;

/// One original to remove.
#[derive(Debug)]
pub(crate) struct Target {
    /// `None` for a guest's folder whose original is gone: its key cannot be derived.
    pub(crate) key: Option<Key>,
    /// The folder of its outputs.
    pub(crate) folder: String,
    /// `None` if there is none, or if a delete marker hides it.
    pub(crate) original: Option<Original>,
    /// Versions and delete markers of the original: 1 in a bucket that keeps no versions.
    pub(crate) versions: usize,
    /// The keys of its outputs.
    pub(crate) outputs: Vec<String>,
}

impl Target {
    /// Whether there is anything of Darkroom's. Objects in a folder with neither an original nor a manifest are somebody else's.
    pub(crate) fn exists(&self) -> bool {
        let manifest = key::manifest(&self.folder);
        self.original.is_some() || self.versions > 0 || self.outputs.contains(&manifest)
    }
}

/// Looks up each key or guest's folder.
///
/// # Errors
/// Keys that no original can have, and faults of S3.
pub(crate) async fn targets(buckets: &Buckets, named: &[String]) -> Result<Vec<Target>> {
    let mut keys: BTreeMap<String, Option<Key>> = BTreeMap::new();
    for text in named {
        if key::is_guest_folder(text) {
            keys.entry(text.clone()).or_default();
        } else {
            let key = Key::parse(text).with_context(|| {
                WrongUse(format!("no original is called {}", key::public_name(text)))
            })?;
            keys.insert(key.folder(), Some(key));
        }
    }
    if keys.values().any(Option::is_none) {
        find_guests(buckets, &mut keys).await?;
    }
    stream::iter(keys)
        .map(|(folder, key)| look_up(buckets, folder, key))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

async fn look_up(buckets: &Buckets, folder: String, key: Option<Key>) -> Result<Target> {
    let (original, versions) = match &key {
        Some(key) => (
            buckets.head(key).await?,
            buckets.versions_of(key).await?.len(),
        ),
        None => (None, 0),
    };
    Ok(Target {
        original,
        versions,
        outputs: buckets.list(&folder).await?,
        key,
        folder,
    })
}

/// A guest's folder is named by a hash of the key, so all guests' originals are listed to find those of the folders.
async fn find_guests(buckets: &Buckets, keys: &mut BTreeMap<String, Option<Key>>) -> Result<()> {
    let mut from = None;
    loop {
        let page = buckets.versions(key::GUEST_PREFIX, from).await?;
        for key in page
            .versions
            .iter()
            .filter_map(|version| Key::parse(&version.key).ok())
        {
            if let Some(found) = keys.get_mut(&key.folder()) {
                *found = Some(key);
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_pipeline::store::{Asked, Body};

    #[test]
    fn objects_of_others_are_not_ours_to_remove() {
        let original = || Original {
            etag: "e7".to_owned(),
            bytes: 123,
            body: Body::LeftOut,
            asked: Asked::default(),
        };
        for (original, versions, outputs, want) in [
            (Some(original()), 1, &[][..], true),
            (None, 2, &[], true), // a delete marker, and a version below it
            (None, 1, &[], true), // a delete marker alone
            (None, 0, &["a/large.jpg", "a/manifest.json"], true),
            (None, 0, &["a/large.jpg"], false),
            (None, 0, &["a/b/manifest.json"], false),
            (None, 0, &[], false),
        ] {
            let target = Target {
                key: Key::parse("a").ok(),
                folder: "a".to_owned(),
                original,
                versions,
                outputs: outputs.iter().map(ToString::to_string).collect(),
            };
            assert_eq!(target.exists(), want, "{target:?}");
        }
    }
}
