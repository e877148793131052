//! What is in the two buckets, and what of it is not as it should be.

use anyhow::Result;
use darkroom_aws::{Buckets, Listed};
use darkroom_pipeline::compare::{Child, Difference, Outputs, compare, has_manifest};
use darkroom_pipeline::key::{self, Key, Origin};
use darkroom_pipeline::manifest::Manifest;
use darkroom_pipeline::store::{Fault, Store};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use jiff::Timestamp;

use crate::progress;

/// Manifests that are fetched at once.
const AT_ONCE: usize = 32;

/// What to compare with.
pub(crate) struct Wanted {
    /// The fingerprint of the presets.
    pub(crate) presets: String,
    /// With `--force`: all that was made before.
    pub(crate) force_before: Option<Timestamp>,
}

/// An original whose outputs are not as they should be.
pub(crate) struct Found {
    pub(crate) key: Key,
    pub(crate) difference: Difference,
    /// How long it took the last time, in seconds, and how many variants came out.
    pub(crate) last: Option<(f64, usize)>,
}

/// What a look at both buckets tells.
#[derive(Default)]
pub(crate) struct Survey {
    /// In the order of their keys; the outputs without an original after all.
    pub(crate) found: Vec<Found>,
    /// Originals that were looked at.
    pub(crate) originals: usize,
    /// Objects that can have no outputs, such as folder markers.
    pub(crate) ignored: usize,
    /// Folders that have no original, and no manifest that would say they are ours; or a guest's, whose key nobody knows.
    pub(crate) left_alone: usize,
}

/// Looks at all originals whose keys start with `prefix`, and at their outputs.
///
/// The outputs are listed first: what is made meanwhile is at worst looked at once more.
pub(crate) async fn survey(buckets: &Buckets, prefix: &str, wanted: &Wanted) -> Result<Survey> {
    let counter = progress::counter("outputs listed");
    let mut outputs = list_outputs(buckets, prefix, &counter).await?;
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
                    known.push((key, object, children));
                }
                Err(_) => survey.ignored += 1,
            }
        }
        survey.originals += known.len();
        let looked: Vec<Option<Found>> = stream::iter(known)
            .map(|(key, object, children)| look(buckets, wanted, key, object, children))
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

async fn list_outputs(buckets: &Buckets, prefix: &str, counter: &ProgressBar) -> Result<Outputs> {
    let under = key::outputs_of(prefix);
    let mut outputs = Outputs::default();
    let mut from = None;
    loop {
        let page = buckets.page(&buckets.output, under, from).await?;
        counter.inc(page.objects.len() as u64);
        for object in &page.objects {
            outputs.add(&object.key, &object.etag, under);
        }
        from = page.next;
        if from.is_none() {
            return Ok(outputs);
        }
    }
}

/// Compares one original with its outputs.
async fn look(
    buckets: &Buckets,
    wanted: &Wanted,
    key: Key,
    object: Listed,
    children: Vec<Child>,
) -> Result<Option<Found>, Fault> {
    let manifest = if has_manifest(&children) {
        let json = buckets.read(&key::manifest(&key.folder())).await?;
        json.as_deref().and_then(Manifest::read)
    } else {
        None
    };
    let forced = wanted.force_before.is_some_and(|time| {
        manifest
            .as_ref()
            .is_none_or(|manifest| manifest.created_at < time)
    });
    let difference = compare(&object.etag, &wanted.presets, &children, manifest.as_ref())
        .or(forced.then_some(Difference::Forced));
    Ok(difference.map(|difference| Found {
        key,
        difference,
        last: manifest.map(|manifest| (seconds(&manifest), manifest.variants.len())),
    }))
}

/// How long the job took that wrote this manifest.
fn seconds(manifest: &Manifest) -> f64 {
    let timings = manifest.timings_ms;
    let ms = timings.fetch + timings.decode + timings.render + timings.store;
    std::time::Duration::from_millis(ms).as_secs_f64()
}

/// What is left has no original.
fn gone(outputs: Outputs, survey: &mut Survey) {
    for (folder, children) in outputs.folders {
        match Key::parse(&folder) {
            // A guest's folder does not tell the key; it expires by itself.
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
