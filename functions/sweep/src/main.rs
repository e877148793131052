//! The Lambda that looks, once a day, whether recent originals have the outputs they should have. It changes nothing.
//!
//! No other alarm finds an event that never came, outputs that somebody deleted, or presets that nobody reprocessed.

use std::time::{Duration, SystemTime};

use darkroom_aws::{Buckets, Listed};
use darkroom_imaging::Presets;
use darkroom_pipeline::compare::{Difference, compare};
use darkroom_pipeline::config;
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::route::{Routed, Routes};
use darkroom_pipeline::store::Fault;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};

/// The presets of render: both functions are deployed together.
const PRESETS: &str = include_str!("../../../presets.toml");

/// Originals looked at in a run, at most: a listing and a read each, $0.05 together.
const MOST: usize = 10_000;

/// Originals looked at at once.
const AT_ONCE: usize = 16;

/// Examples named in the log.
const NAMED: usize = 5;

/// The time between giving up and the end of the function: enough to write the line.
const MARGIN: Duration = Duration::from_secs(10);

/// The input of a run: which originals, by the time of their last change.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Window {
    /// The oldest change: seconds before the run.
    since_seconds: i64,
    /// The newest change: seconds before the run. Later originals may still wait in the queue.
    until_seconds: i64,
}

/// The result of a run.
#[derive(Debug, Default, Serialize)]
struct Swept {
    /// Originals looked at.
    originals: usize,
    /// How many of them differ.
    differing: usize,
    /// The public ids of the first ones, each with what differs.
    examples: Vec<(String, &'static str)>,
    /// Whether it looked at all originals of the window.
    complete: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    darkroom_aws::log_as_json();
    let config = config::sweep(|name| std::env::var(name).ok())?;
    let sdk = darkroom_aws::sdk_config().await;
    let buckets = Buckets::new(&sdk, &config.input_bucket, &config.output_bucket);
    let routes = Routes::new(&Presets::parse(PRESETS)?);
    let run = async |event: LambdaEvent<Window>| {
        let deadline = event.context.deadline() - MARGIN;
        let swept = sweep(&buckets, &routes, event.payload, deadline).await;
        let swept = swept.map_err(|fault| format!("{fault:#}"))?;
        tracing::info!(
            originals = swept.originals,
            differing = swept.differing,
            complete = swept.complete,
            examples = ?swept.examples,
            "swept"
        );
        Ok::<_, Error>(swept)
    };
    lambda_runtime::run(service_fn(run)).await
}

/// Looks at the originals of the window, page by page, until all are seen or the time or [`MOST`] is used up.
async fn sweep(
    buckets: &Buckets,
    routes: &Routes,
    window: Window,
    deadline: SystemTime,
) -> Result<Swept, Fault> {
    let now = Timestamp::now().as_second();
    let is_recent = |object: &Listed| {
        let age = now - object.modified_s;
        (window.until_seconds..window.since_seconds).contains(&age)
    };
    let (mut swept, mut from) = (Swept::default(), None);
    while swept.originals < MOST && SystemTime::now() < deadline {
        let page = buckets.page(&buckets.input, "", from).await?;
        let recent: Vec<Listed> = page.objects.into_iter().filter(is_recent).collect();
        let looked: Vec<_> = stream::iter(&recent)
            .map(|object| look(buckets, routes, object))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        for (key, difference) in looked.into_iter().flatten() {
            swept.originals += 1;
            let Some(difference) = difference else {
                continue;
            };
            swept.differing += 1;
            if swept.examples.len() < NAMED {
                let id = key.public_id().to_string();
                swept.examples.push((id, difference.name()));
            }
        }
        from = page.next;
        if from.is_none() {
            swept.complete = true;
            break;
        }
    }
    Ok(swept)
}

/// Compares one original with its outputs; `None` if it is not one that gets any.
async fn look(
    buckets: &Buckets,
    routes: &Routes,
    object: &Listed,
) -> Result<Option<(Key, Option<Difference>)>, Fault> {
    let Ok(key) = Key::parse(&object.key) else {
        return Ok(None); // `darkroom reprocess` lists these
    };
    let Routed::Wanted(wanted) = routes.of(&key) else {
        return Ok(None);
    };
    if key.no_picture().is_some() {
        return Ok(None);
    }
    let folder = key.folder();
    let under = key::children(&folder);
    let mut outputs = buckets.outputs(&under, &folder, |_| {}).await?;
    let children = outputs.folders.remove(&folder).unwrap_or_default();
    let manifest = buckets.manifest(&folder, &children).await?;
    let mut difference = compare(
        &object.etag,
        &wanted.fingerprint,
        &children,
        manifest.as_ref(),
    );
    if difference.is_some() && !is_still_there(buckets, object).await? {
        difference = None; // its event is on the way
    }
    Ok(Some((key, difference)))
}

/// Whether the original is the one that was listed before its outputs were.
async fn is_still_there(buckets: &Buckets, object: &Listed) -> Result<bool, Fault> {
    let page = buckets.page(&buckets.input, &object.key, None).await?;
    Ok(page.objects.first() == Some(object)) // a key comes before all that begin with it
}
