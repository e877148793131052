//! Compares the two buckets and lists the differences.

use anyhow::Result;
use darkroom_aws::{Buckets, Listed};
use darkroom_pipeline::compare::{Child, Difference, Outputs, compare, has_manifest};
use darkroom_pipeline::key::{self, Key, Origin};
use darkroom_pipeline::manifest::Manifest;
use darkroom_pipeline::route::{Routed, Routes};
use darkroom_pipeline::store::Fault;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::progress;

/// Manifests fetched at once.
const AT_ONCE: usize = 32;

/// What to compare with.
pub(crate) struct Wanted {
    /// The presets of each key.
    pub(crate) routes: Routes,
    /// With `--force`: every original last rendered before this time.
    pub(crate) force_before: Option<Timestamp>,
}

/// An original whose outputs differ from what they should be.
pub(crate) struct Found {
    pub(crate) key: Key,
    pub(crate) difference: Difference,
    /// Seconds the last render took, and the number of variants it made.
    pub(crate) last: Option<(f64, usize)>,
}

/// An object that can never be rendered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Its key, escaped; for a guest its public id.
    pub(crate) key: String,
    pub(crate) reason: String,
}

/// The result of comparing both buckets.
#[derive(Default)]
pub(crate) struct Survey {
    /// Sorted by key; outputs without an original come last.
    pub(crate) found: Vec<Found>,
    /// Originals compared.
    pub(crate) originals: usize,
    /// Folder markers, and objects that a route ignores or that are no pictures by their names.
    pub(crate) ignored: usize,
    /// Objects with a body whose keys can have no outputs.
    pub(crate) refused: Vec<Refused>,
    /// Folders without an original that have no manifest, or belong to a guest, whose key cannot be derived.
    pub(crate) left_alone: usize,
}

/// Looks at all originals whose keys start with `prefix`, and at their outputs.
///
/// Outputs are listed first. At worst, an output written in the meantime is checked once more.
pub(crate) async fn survey(buckets: &Buckets, prefix: &str, wanted: &Wanted) -> Result<Survey> {
    let counter = progress::counter("outputs listed");
    let under = key::outputs_of(prefix);
    let mut outputs = buckets
        .outputs(under, under, |listed| counter.inc(listed as u64))
        .await?;
    counter.finish_and_clear();

    let counter = progress::counter("originals compared");
    let mut survey = Survey::default();
    let mut from = None;
    loop {
        let page = buckets.page(&buckets.input, prefix, from).await?;
        let mut known = Vec::new();
        for object in page.objects {
            match Key::parse(&object.key) {
                Ok(key) => {
                    let children = outputs.folders.remove(&key.folder()).unwrap_or_default();
                    match wanted.routes.of(&key) {
                        _ if key.no_picture().is_some() => survey.ignored += 1,
                        Routed::Ignored(_) if !has_manifest(&children) => survey.ignored += 1,
                        Routed::Ignored(_) => survey.found.push(Found {
                            key,
                            difference: Difference::Ignored,
                            last: None,
                        }),
                        Routed::Wanted(routed) => {
                            let routed = routed.fingerprint.clone();
                            known.push((key, routed, object, children));
                        }
                    }
                }
                Err(_) if key::is_folder_marker(&object.key, object.bytes) => survey.ignored += 1,
                Err(reason) => survey.refused.push(Refused {
                    key: key::public_name(&object.key),
                    reason: reason.to_string(),
                }),
            }
        }
        survey.originals += known.len();
        let looked: Vec<Option<Found>> = stream::iter(known)
            .map(|(key, presets, object, children)| async move {
                look(buckets, wanted, (key, &*presets), object, children).await
            })
            .buffered(AT_ONCE)
            .inspect(|_| counter.inc(1))
            .try_collect()
            .await?;
        survey.found.extend(looked.into_iter().flatten());
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    counter.finish_and_clear();
    gone(outputs, &mut survey);
    Ok(survey)
}

/// Compares one original, whose presets have this fingerprint, with its outputs.
async fn look(
    buckets: &Buckets,
    wanted: &Wanted,
    (key, presets): (Key, &str),
    object: Listed,
    children: Vec<Child>,
) -> Result<Option<Found>, Fault> {
    let manifest = buckets.manifest(&key.folder(), &children).await?;
    let forced = wanted.force_before.is_some_and(|time| {
        manifest
            .as_ref()
            .is_none_or(|manifest| manifest.created_at < time)
    });
    let difference = compare(&object.etag, presets, &children, manifest.as_ref())
        .or(forced.then_some(Difference::Forced));
    Ok(difference.map(|difference| Found {
        key,
        difference,
        last: manifest.map(|manifest| (seconds(&manifest), manifest.variants.len())),
    }))
}

/// Seconds taken by the job that wrote this manifest.
fn seconds(manifest: &Manifest) -> f64 {
    let timings = manifest.timings_ms;
    let ms = timings.fetch + timings.decode + timings.render + timings.store;
    std::time::Duration::from_millis(ms).as_secs_f64()
}

/// Records the folders left over: they have no original.
fn gone(outputs: Outputs, survey: &mut Survey) {
    for (folder, children) in outputs.folders {
        match Key::parse(&folder) {
            // A guest's folder name does not reveal the key; lifecycle rules expire it.
            Ok(key) if key.origin() == Origin::Bulk && has_manifest(&children) => {
                survey.found.push(Found {
                    key,
                    difference: Difference::Gone,
                    last: None,
                });
            }
            _ => survey.left_alone += 1,
        }
    }
}
