//! One job: brings the outputs of one original up to date with the current original.
//!
//! An event is only a hint that a key may have changed, so lost, repeated and reordered events cannot leave wrong
//! outputs, and reprocessing, changes of presets and deletions are this same code. `explore.rs` runs it through every
//! interleaving of several workers, overwrites, deletions, duplicates and crashes.

use bytes::Bytes;
use darkroom_imaging::Error;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::event::Job;
use crate::key::{self, Key};
use crate::manifest::{self, Made, Manifest, Rejection};
use crate::notice::{Notice, Outcome};
use crate::rendering::Renderer;
use crate::route::{Routed, Routes, Wanted};
use crate::store::{Body, Fault, Notices, Original, Output, Store};

/// How often a job starts over because its original changed, before it leaves the message for a later delivery.
const MAX_PASSES: u32 = 4;

/// Brings outputs up to date with their originals.
#[derive(Debug)]
pub struct Reconciler<S, N, R> {
    /// The buckets.
    pub store: S,
    /// The topic.
    pub notices: N,
    /// Makes the variants.
    pub renderer: R,
    /// The presets that the renderer applies, by key.
    pub routes: Routes,
    /// Longer originals are rejected unread.
    pub max_bytes: u64,
    /// `{public_url}/{key}` serves an output to a browser.
    pub public_url: String,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

/// How a job ended; all three outcomes are recorded and announced.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Ready, rejected or removed.
    pub outcome: Outcome,
    /// The manifest now stored; `None` when removed.
    pub manifest: Option<Manifest>,
    /// Number of passes: 1 unless the original changed during the job.
    pub passes: u32,
    /// False when the manifest was already up to date.
    pub rendered: bool,
}

impl<S: Store, N: Notices, R: Renderer> Reconciler<S, N, R> {
    /// Brings the outputs of `job.key` up to date and announces the outcome.
    ///
    /// # Errors
    /// When a store, the topic or the renderer failed, or the original kept changing. Retry the message.
    pub async fn reconcile(&self, job: &Job) -> Result<Report, Fault> {
        let Routed::Wanted(wanted) = self.routes.of(&job.key) else {
            return self.leave(&job.key).await;
        };
        for pass in 1..=MAX_PASSES {
            let started = (self.clock)();
            let original = self.fetch(job).await?;
            let (manifest, rendered) = match &original {
                None => {
                    self.purge(&job.key).await?;
                    (None, false)
                }
                Some(original) => {
                    let (manifest, rendered) =
                        self.develop(wanted, job, pass, original, started).await?;
                    (Some(manifest), rendered)
                }
            };
            // No second HEAD if the outputs were already up to date: nothing was written that could be stale.
            let skipped = manifest.is_some() && !rendered;
            if skipped || self.is_settled(&job.key, original.as_ref()).await? {
                return self.announce(job, manifest, pass, rendered).await;
            }
        }
        Err(Fault::new(
            "finish",
            &job.key,
            format!("the original changed {MAX_PASSES} times during rendering"),
        ))
    }

    /// Step 1: reads the current original. If the event says it is too long, a HEAD checks that first, without reading a byte.
    async fn fetch(&self, job: &Job) -> Result<Option<Original>, Fault> {
        if job.bytes.is_some_and(|bytes| bytes > self.max_bytes)
            && let Some(original) = self.store.head(&job.key).await?
            && original.bytes > self.max_bytes
        {
            return Ok(Some(original));
        }
        self.store.get(&job.key, self.max_bytes).await
    }

    /// Step 1 for a missing original: deletes all of its outputs, the manifest last.
    async fn purge(&self, key: &Key) -> Result<(), Fault> {
        let folder = key.folder();
        let manifest_key = key::manifest(&folder);
        let outputs = self.store.list(&folder).await?;
        self.delete(outputs.iter().filter(|output| **output != manifest_key))
            .await?;
        self.store.delete(&manifest_key).await
    }

    /// An original that a route ignores: removes what was made of it before the route was there. Events of ignored keys do not
    /// come here ([`batch`](crate::batch) drops them); requests do, as after a change of routes.
    async fn leave(&self, key: &Key) -> Result<Report, Fault> {
        let notice = Notice::removed(key);
        if !self.store.list(&key.folder()).await?.is_empty() {
            self.purge(key).await?;
            self.notices.publish(&notice).await?;
        }
        Ok(Report {
            outcome: notice.outcome,
            manifest: None,
            passes: 1,
            rendered: false,
        })
    }

    /// Steps 2 to 4 for an existing original. Returns its manifest, and whether it had to be made.
    async fn develop(
        &self,
        wanted: &Wanted,
        job: &Job,
        pass: u32,
        original: &Original,
        started: Timestamp,
    ) -> Result<(Manifest, bool), Fault> {
        let folder = job.key.folder();
        let stored = self.store.read(&key::manifest(&folder)).await?;
        let fetched = (self.clock)();
        let old = stored.as_deref().map(Manifest::read);
        if let Some(Some(old)) = &old
            && old.is_current(&original.etag, &wanted.fingerprint)
            && may_skip(job, pass, old)
        {
            return Ok((old.clone(), false));
        }

        let fetch_ms = ms_between(started, fetched);
        let (manifest, outputs) = self.render(wanted, job, original, fetch_ms).await?;
        let produced: Vec<String> = outputs.iter().map(|output| output.key.clone()).collect();
        let manifest = self.write(manifest, outputs, &folder).await?;
        let stale = match old {
            None if job.first_receive && pass == 1 => Vec::new(),
            _ => self.store.list(&folder).await?,
        };
        self.clear(&folder, &stale, &produced).await?;
        Ok((manifest, true))
    }

    /// Step 2: the manifest of the original, still without the ETag of each variant and the time of storing; and the variants.
    async fn render(
        &self,
        wanted: &Wanted,
        job: &Job,
        original: &Original,
        fetch_ms: u64,
    ) -> Result<(Manifest, Vec<Output>), Fault> {
        let made = Made {
            original: manifest::Original::new(&job.key, &original.etag, original.bytes, None),
            presets: wanted.fingerprint.to_string(),
            event: job.event.clone(),
            fetch_ms,
        };
        let (presets, notes) = wanted.asked(&original.asked);
        let result = match &original.body {
            Body::Bytes(body) => {
                let rendered = self.renderer.render(body.clone(), presets).await?;
                rendered.map_err(Rejection::from)
            }
            Body::LeftOut => Err(too_long(original.bytes, self.max_bytes).into()),
            Body::Refused(rejection) => Err(rejection.clone()),
        };
        Ok(match result {
            Ok(mut rendering) => {
                rendering.notes.extend(notes);
                rendering.into_outputs(made, &job.key.folder(), &self.public_url)
            }
            Err(rejection) => (Manifest::rejected(made, rejection), Vec::new()),
        })
    }

    /// Step 3: writes the variants, then the manifest.
    async fn write(
        &self,
        mut manifest: Manifest,
        variants: Vec<Output>,
        folder: &str,
    ) -> Result<Manifest, Fault> {
        let started = (self.clock)();
        let etags =
            try_join_all(variants.into_iter().map(|variant| self.store.put(variant))).await?;
        let now = (self.clock)();
        for (variant, etag) in manifest.variants.iter_mut().zip(etags) {
            variant.etag = Some(etag);
        }
        manifest.timings_ms.store = ms_between(started, now);
        manifest.created_at = now;
        let output = Output {
            key: key::manifest(folder),
            media_type: key::MANIFEST_MEDIA_TYPE,
            cache_control: key::MANIFEST_CACHE_CONTROL,
            bytes: Bytes::from(manifest.to_json()),
        };
        self.store.put(output).await?;
        Ok(manifest)
    }

    /// Step 4: deletes what earlier jobs left in the folder: all of `stale` but the manifest and what was just `produced`.
    async fn clear(
        &self,
        folder: &str,
        stale: &[String],
        produced: &[String],
    ) -> Result<(), Fault> {
        let manifest_key = key::manifest(folder);
        let is_stale = |output: &&String| {
            // Only children of this folder, even if an old manifest names something else.
            key::split(output).is_some_and(|(parent, _)| parent == folder)
                && **output != manifest_key
                && !produced.contains(output)
        };
        self.delete(stale.iter().filter(is_stale)).await
    }

    /// Step 5: whether the outputs were made from the current original.
    async fn is_settled(&self, key: &Key, original: Option<&Original>) -> Result<bool, Fault> {
        let now = self.store.head(key).await?;
        Ok(now.map(|now| now.etag).as_ref() == original.map(|original| &original.etag))
    }

    /// Step 6: publishes the outcome.
    async fn announce(
        &self,
        job: &Job,
        manifest: Option<Manifest>,
        passes: u32,
        rendered: bool,
    ) -> Result<Report, Fault> {
        let notice = manifest
            .as_ref()
            .map_or_else(|| Notice::removed(&job.key), |m| Notice::of(&job.key, m));
        self.notices.publish(&notice).await?;
        Ok(Report {
            outcome: notice.outcome,
            manifest,
            passes,
            rendered,
        })
    }

    async fn delete<'a>(&self, outputs: impl Iterator<Item = &'a String>) -> Result<(), Fault> {
        try_join_all(outputs.map(|output| self.store.delete(output))).await?;
        Ok(())
    }
}

/// Redelivery, or a change of the original during the job, may have left outputs that the manifest does not list; then the
/// job must not trust it. The same holds for a manifest made for an earlier change: the bytes may have been replaced or
/// removed and restored since, and jobs for those changes may have touched the outputs.
fn may_skip(job: &Job, pass: u32, old: &Manifest) -> bool {
    job.first_receive && pass == 1 && (job.event.is_none() || job.event == old.event)
}

/// The rejection of an original that was not read.
fn too_long(bytes: u64, max_bytes: u64) -> Error {
    Error::TooLarge(format!("{bytes} bytes, the limit is {max_bytes}"))
}

fn ms_between(start: Timestamp, end: Timestamp) -> u64 {
    u64::try_from(end.as_millisecond() - start.as_millisecond()).unwrap_or(0) // negative if the clock was set back
}
