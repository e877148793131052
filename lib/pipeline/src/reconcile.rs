//! One job: brings the outputs of one original up to date with the current original.
//!
//! An event is only a hint that a key may have changed, so lost, repeated and reordered events cannot leave wrong
//! outputs, and reprocessing, changes of presets and deletions are this same code. `explore.rs` runs it through every
//! interleaving of several workers, overwrites, deletions, duplicates and crashes.

use std::sync::Arc;

use bytes::Bytes;
use darkroom_imaging::{Error, Format, Presets};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::event::Job;
use crate::key::{self, Key};
use crate::manifest::{self, Crop, Manifest, Picture, Placeholder, Rejection, Timings, Variant};
use crate::markup;
use crate::notice::{Notice, Outcome};
use crate::route::{Routed, Routes, Wanted};
use crate::rule::{Rule, is_off};
use crate::store::{Body, Fault, Notices, Original, Output, Store};

/// How often a job starts over because its original changed, before it leaves the message for a later delivery.
const MAX_PASSES: u32 = 4;

const ENGINE: &str = concat!("darkroom ", env!("CARGO_PKG_VERSION"));

/// What jobs work with.
#[derive(Debug)]
pub struct Room<S, N, R> {
    /// The buckets.
    pub store: S,
    /// The topic.
    pub notices: N,
    /// Bytes to the variants of presets, `Fn(Bytes, Arc<Presets>) -> impl Future<Output = Result<Result<Rendering, Error>,
    /// Fault>>`: a picture that cannot be rendered is a result; a fault means that trying again may help.
    pub render: R,
    /// The presets that `render` applies, by key.
    pub routes: Routes,
    /// Longer originals are rejected unread.
    pub max_bytes: u64,
    /// `{public_url}/{key}` serves an output to a browser.
    pub public_url: String,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

/// The result of rendering an original.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// Its header.
    pub picture: Picture,
    /// In the presets' order.
    pub variants: Vec<RenderedVariant>,
    /// A preview to show while a variant loads.
    pub placeholder: Placeholder,
    /// Notes for the owner, e.g. that only the first frame is shown.
    pub notes: Vec<String>,
    /// Milliseconds of decoding.
    pub decode_ms: u64,
    /// Milliseconds of resizing and encoding.
    pub render_ms: u64,
}

/// A variant that is not stored yet.
#[derive(Debug, Clone)]
pub struct RenderedVariant {
    /// The preset's name.
    pub preset: String,
    /// Its format.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What it was cropped to show, and why.
    pub crop: Option<Crop>,
    /// 1 for a still.
    pub frames: u32,
    /// The whole file.
    pub bytes: Bytes,
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

/// Brings the outputs of `job.key` up to date and announces the outcome.
///
/// # Errors
/// When a store, the topic or the renderer failed, or the original kept changing. Retry the message.
pub async fn reconcile<S, N, R, F>(room: &Room<S, N, R>, job: &Job) -> Result<Report, Fault>
where
    S: Store,
    N: Notices,
    R: Fn(Bytes, Arc<Presets>) -> F + Sync,
    F: Future<Output = Result<Result<Rendering, Error>, Fault>> + Send,
{
    let Routed::Wanted(wanted) = room.routes.of(&job.key) else {
        return leave(room, &job.key).await;
    };
    for pass in 1..=MAX_PASSES {
        let started = (room.clock)();
        let original = fetch(room, job).await?;
        let (manifest, rendered) = match &original {
            None => {
                purge(room, &job.key).await?;
                (None, false)
            }
            Some(original) => {
                let (manifest, rendered) =
                    develop(room, wanted, job, pass, original, started).await?;
                (Some(manifest), rendered)
            }
        };
        // No second HEAD if the outputs were already up to date: nothing was written that could be stale.
        let skipped = manifest.is_some() && !rendered;
        if skipped || is_settled(room, &job.key, original.as_ref()).await? {
            let notice = manifest
                .as_ref()
                .map_or_else(|| Notice::removed(&job.key), |m| Notice::of(&job.key, m));
            room.notices.publish(&notice).await?;
            return Ok(Report {
                outcome: notice.outcome,
                manifest,
                passes: pass,
                rendered,
            });
        }
    }
    Err(Fault::new(
        "finish",
        &job.key,
        format_args!("the original changed {MAX_PASSES} times during rendering"),
    ))
}

/// Step 1: reads the current original. If the event says it is too long, a HEAD checks that first, without reading a byte.
async fn fetch<S: Store, N, R>(room: &Room<S, N, R>, job: &Job) -> Result<Option<Original>, Fault> {
    if job.bytes.is_some_and(|bytes| bytes > room.max_bytes)
        && let Some(original) = room.store.head(&job.key).await?
        && original.bytes > room.max_bytes
    {
        return Ok(Some(original));
    }
    room.store.get(&job.key, room.max_bytes).await
}

/// Step 1 for a missing original: deletes all of its outputs, the manifest last.
async fn purge<S: Store, N, R>(room: &Room<S, N, R>, key: &Key) -> Result<(), Fault> {
    let folder = key.folder();
    let manifest_key = key::manifest(&folder);
    let outputs = room.store.list(&folder).await?;
    delete(
        room,
        outputs.iter().filter(|output| **output != manifest_key),
    )
    .await?;
    room.store.delete(&manifest_key).await
}

/// An original that a route ignores: removes what was made of it before the route was there. Events of ignored keys do not
/// come here ([`batch`](crate::batch) drops them); requests do, as after a change of routes.
async fn leave<S: Store, N: Notices, R>(room: &Room<S, N, R>, key: &Key) -> Result<Report, Fault> {
    let notice = Notice::removed(key);
    if !room.store.list(&key.folder()).await?.is_empty() {
        purge(room, key).await?;
        room.notices.publish(&notice).await?;
    }
    Ok(Report {
        outcome: notice.outcome,
        manifest: None,
        passes: 1,
        rendered: false,
    })
}

/// Steps 2 to 4 for an existing original. Returns its manifest, and whether it had to be made.
async fn develop<S, N, R, F>(
    room: &Room<S, N, R>,
    wanted: &Wanted,
    job: &Job,
    pass: u32,
    original: &Original,
    started: Timestamp,
) -> Result<(Manifest, bool), Fault>
where
    S: Store,
    R: Fn(Bytes, Arc<Presets>) -> F,
    F: Future<Output = Result<Result<Rendering, Error>, Fault>>,
{
    let folder = job.key.folder();
    let stored = room.store.read(&key::manifest(&folder)).await?;
    let fetched = (room.clock)();
    let old = stored.as_deref().map(Manifest::read);
    if let Some(Some(old)) = &old
        && old.is_current(&original.etag, &wanted.fingerprint)
        && may_skip(job, pass, old)
    {
        return Ok((old.clone(), false));
    }

    let (presets, notes) = wanted.asked(&original.asked);
    let mut result = match &original.body {
        Body::Bytes(body) => {
            let rendered = (room.render)(body.clone(), presets).await?;
            rendered.map_err(Rejection::from)
        }
        Body::LeftOut => Err(too_long(original.bytes, room.max_bytes).into()),
        Body::Refused(rejection) => Err(rejection.clone()),
    };
    if let Ok(rendering) = &mut result {
        rendering.notes.extend(notes);
    }
    let (mut manifest, outputs) =
        describe(room, job, original, result, ms_between(started, fetched));
    manifest.presets = wanted.fingerprint.to_string();
    let produced: Vec<String> = outputs.iter().map(|output| output.key.clone()).collect();
    let manifest = write(room, manifest, outputs, &folder).await?;

    let stale = match old {
        None if job.first_receive && pass == 1 => Vec::new(),
        Some(Some(old)) if is_off(Rule::ListLeftovers) => keys(old.variants),
        _ => room.store.list(&folder).await?,
    };
    let manifest_key = key::manifest(&folder);
    let is_stale = |output: &&String| {
        // Only children of this folder, even if an old manifest names something else.
        key::split(output).is_some_and(|(parent, _)| parent == folder)
            && **output != manifest_key
            && !produced.contains(output)
    };
    delete(room, stale.iter().filter(is_stale)).await?;
    Ok((manifest, true))
}

/// Redelivery, or a change of the original during the job, may have left outputs that the manifest does not list; then the
/// job must not trust it. The same holds for a manifest made for an earlier change: the bytes may have been replaced or
/// removed and restored since, and jobs for those changes may have touched the outputs.
fn may_skip(job: &Job, pass: u32, old: &Manifest) -> bool {
    (job.first_receive || is_off(Rule::RenderOnRedelivery))
        && (pass == 1 || is_off(Rule::RenderOnSecondPass))
        && (job.event.is_none() || job.event == old.event || is_off(Rule::RenderOnChange))
}

fn keys(variants: Vec<Variant>) -> Vec<String> {
    variants.into_iter().map(|variant| variant.key).collect()
}

/// Step 3: writes the variants, then the manifest.
async fn write<S: Store, N, R>(
    room: &Room<S, N, R>,
    mut manifest: Manifest,
    variants: Vec<Output>,
    folder: &str,
) -> Result<Manifest, Fault> {
    let manifest_output = |manifest: &Manifest| Output {
        key: key::manifest(folder),
        media_type: key::MANIFEST_MEDIA_TYPE,
        cache_control: key::MANIFEST_CACHE_CONTROL,
        bytes: Bytes::from(manifest.to_json()),
    };
    if is_off(Rule::ManifestLast) {
        room.store.put(manifest_output(&manifest)).await?;
    }
    let started = (room.clock)();
    let etags = try_join_all(variants.into_iter().map(|variant| room.store.put(variant))).await?;
    let now = (room.clock)();
    if !is_off(Rule::RememberEtags) {
        for (variant, etag) in manifest.variants.iter_mut().zip(etags) {
            variant.etag = Some(etag);
        }
    }
    manifest.timings_ms.store = ms_between(started, now);
    manifest.created_at = now;
    if !is_off(Rule::ManifestLast) {
        room.store.put(manifest_output(&manifest)).await?;
    }
    Ok(manifest)
}

/// Step 5: whether the outputs were made from the current original.
async fn is_settled<S: Store, N, R>(
    room: &Room<S, N, R>,
    key: &Key,
    original: Option<&Original>,
) -> Result<bool, Fault> {
    if is_off(Rule::LookAgain) {
        return Ok(true);
    }
    let now = room.store.head(key).await?;
    Ok(now.map(|now| now.etag).as_ref() == original.map(|original| &original.etag))
}

async fn delete<'a, S: Store, N, R>(
    room: &Room<S, N, R>,
    outputs: impl Iterator<Item = &'a String>,
) -> Result<(), Fault> {
    try_join_all(outputs.map(|output| room.store.delete(output))).await?;
    Ok(())
}

/// The manifest of a result, still without the presets, the ETag of each variant and the time of storing, and the variants
/// to store.
fn describe<S, N, R>(
    room: &Room<S, N, R>,
    job: &Job,
    original: &Original,
    result: Result<Rendering, Rejection>,
    fetch_ms: u64,
) -> (Manifest, Vec<Output>) {
    let mut manifest = Manifest {
        version: manifest::VERSION,
        outcome: manifest::Outcome::Ready,
        original: manifest::Original::new(&job.key, &original.etag, original.bytes, None),
        variants: Vec::new(),
        placeholder: None,
        html: None,
        rejection: None,
        notes: Vec::new(),
        presets: String::new(),
        event: job.event.clone(),
        engine: ENGINE.to_owned(),
        timings_ms: Timings {
            fetch: fetch_ms,
            ..Timings::default()
        },
        created_at: Timestamp::UNIX_EPOCH,
    };
    let rendering = match result {
        Ok(rendering) => rendering,
        Err(rejection) => {
            manifest.outcome = manifest::Outcome::Rejected;
            manifest.rejection = Some(rejection);
            return (manifest, Vec::new());
        }
    };
    let folder = job.key.folder();
    let described = rendering.variants.iter().map(|variant| {
        let key = key::variant(&folder, &variant.preset, variant.format);
        let url = key::url(&room.public_url, &key, &original.etag);
        Variant {
            preset: variant.preset.clone(),
            format: variant.format,
            media_type: variant.format.media_type().to_owned(),
            key,
            url,
            width: variant.width,
            height: variant.height,
            crop: variant.crop.clone(),
            frames: variant.frames,
            bytes: variant.bytes.len() as u64,
            sha256: key::hex(&Sha256::digest(&variant.bytes)),
            etag: None,
        }
    });
    manifest.variants = described.collect();
    manifest.html = markup::picture(
        &rendering.picture,
        &manifest.variants,
        &rendering.placeholder,
    );
    manifest.placeholder = Some(rendering.placeholder);
    manifest.notes = rendering.notes;
    manifest.original.picture = Some(rendering.picture);
    manifest.timings_ms.decode = rendering.decode_ms;
    manifest.timings_ms.render = rendering.render_ms;
    let outputs =
        rendering
            .variants
            .into_iter()
            .zip(&manifest.variants)
            .map(|(variant, described)| Output {
                key: described.key.clone(),
                media_type: variant.format.media_type(),
                cache_control: key::VARIANT_CACHE_CONTROL,
                bytes: variant.bytes,
            });
    let outputs = outputs.collect();
    (manifest, outputs)
}

/// The rejection of an original that was not read.
fn too_long(bytes: u64, max_bytes: u64) -> Error {
    Error::TooLarge(format!("{bytes} bytes, the limit is {max_bytes}"))
}

fn ms_between(start: Timestamp, end: Timestamp) -> u64 {
    u64::try_from(end.as_millisecond() - start.as_millisecond()).unwrap_or(0) // negative if the clock was set back
}
