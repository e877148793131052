//! Runs the jobs of one batch of messages and reports which messages failed. Messages do not affect each other.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};
use tokio::time::timeout_at;

use crate::admission::Admission;
use crate::event::{self, Entry, Job};
use crate::key::Key;
use crate::reconcile::{Reconciler, Report};
use crate::rendering::Renderer;
use crate::route::{Routed, Routes};
use crate::store::{Notices, Store};

/// A message as delivered by the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id in the queue.
    pub id: String,
    /// Its text.
    pub body: String,
    /// Number of deliveries, including this one.
    pub receives: u32,
}

/// A job that has not started this long before the deadline returns to the queue at once: another function can finish it
/// before this one would have to give up halfway. Most originals take a second.
const LAST_START: Duration = Duration::from_secs(10);

/// The terms on which a batch runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Events of other buckets are ignored.
    pub input_bucket: String,
    /// The function's memory. Originals that wait to be rendered may hold a quarter of it.
    pub memory_bytes: u64,
    /// The deadline: unfinished jobs return to the queue.
    pub deadline: Instant,
}

/// A job, and the places in the batch of the messages that ask for it.
struct Wanted {
    job: Job,
    messages: BTreeSet<usize>,
}

/// How a batch ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// The ids of the messages to try again, in the batch's order.
    pub failed: Vec<String>,
    /// Records for the dead-letter queue; all else in their messages is done.
    pub unknown: Vec<Unknown>,
}

/// A part of a message that is not understood. A retry cannot help; a person has to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The message that it came in. If it cannot be moved to the dead-letter queue, the message has failed.
    pub id: String,
    /// The message with this record alone.
    pub body: String,
    /// What is not understood about it.
    pub reason: String,
}

/// Runs the jobs of all messages.
pub async fn run<S, N, R>(
    reconciler: &Reconciler<S, N, R>,
    terms: &Terms,
    messages: &[Message],
) -> Done
where
    S: Store,
    N: Notices,
    R: Renderer,
{
    let (wanted, mut unknown) = sort(messages, &terms.input_bucket, &reconciler.routes);
    let mut failed = BTreeSet::new();
    let waiting_room = &Admission::new(terms.memory_bytes / 4);
    let mut done = stream::iter(wanted)
        .map(|wanted| async move {
            let failure = !attempt(reconciler, &wanted.job, waiting_room, terms.deadline).await;
            (wanted.messages, failure)
        })
        .buffer_unordered(messages.len().max(1));
    while let Some((places, failure)) = done.next().await {
        if failure {
            failed.extend(places);
        }
    }
    // What fails comes back as a whole, unknown records included.
    unknown.retain(|(place, _)| !failed.contains(place));
    let unknown = unknown.into_iter().map(|(_, unknown)| unknown);
    for Unknown { id, reason, .. } in unknown.clone() {
        tracing::error!(message_id = id, reason, "not understood");
    }
    Done {
        failed: failed
            .into_iter()
            .map(|place| messages[place].id.clone())
            .collect(),
        unknown: unknown.collect(),
    }
}

/// The jobs of all messages, each key once: a job looks at the original as it is now, so one serves all who ask.
/// With them the records that are not understood, and the place of the message of each.
fn sort(
    messages: &[Message],
    input_bucket: &str,
    routes: &Routes,
) -> (Vec<Wanted>, Vec<(usize, Unknown)>) {
    let mut wanted: BTreeMap<Key, Wanted> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        let not_understood = |body, reason| {
            let id = message.id.clone();
            (place, Unknown { id, body, reason })
        };
        let entries =
            event::parse(&message.body, input_bucket, message.receives).unwrap_or_else(|e| {
                unknown.push(not_understood(message.body.clone(), e.to_string()));
                Vec::new()
            });
        for entry in entries {
            match entry {
                Entry::Ignored(reason) => {
                    tracing::info!(message_id = message.id, reason, "ignored");
                }
                Entry::Refused { name, reason } => {
                    tracing::warn!(message_id = message.id, key = name, reason, "key refused");
                }
                Entry::Unknown { record, reason } => {
                    let body = format!("{{\"Records\":[{record}]}}");
                    unknown.push(not_understood(body, reason));
                }
                Entry::Job(job) => match routes.of(&job.key) {
                    // A request may be there to remove what was made before the route was; an event costs nothing.
                    Routed::Ignored(route) if job.event.is_some() => {
                        let key = job.key.to_string();
                        tracing::info!(message_id = message.id, key, route, "ignored");
                    }
                    _ => merge(&mut wanted, job, place),
                },
            }
        }
    }
    (wanted.into_values().collect(), unknown)
}

/// Merges two jobs of one key into one that is as careful as the more careful one.
fn merge(wanted: &mut BTreeMap<Key, Wanted>, job: Job, place: usize) {
    match wanted.get_mut(&job.key) {
        Some(known) => {
            // Two changes have no common name that a manifest could record.
            let same = known.job.event == job.event;
            known.job.first_receive &= job.first_receive && same;
            known.job.event = known.job.event.take().max(job.event);
            known.job.bytes = known.job.bytes.max(job.bytes);
            known.messages.insert(place);
        }
        None => {
            wanted.insert(
                job.key.clone(),
                Wanted {
                    job,
                    messages: BTreeSet::from([place]),
                },
            );
        }
    }
}

/// Runs one job; true once it is done. Catches its panic, ends it at the deadline, and logs one line in every case. A waiting job holds no
/// memory; an admitted one downloads while others render.
async fn attempt<S, N, R>(
    reconciler: &Reconciler<S, N, R>,
    job: &Job,
    waiting_room: &Admission,
    deadline: Instant,
) -> bool
where
    S: Store,
    N: Notices,
    R: Renderer,
{
    match within(reconciler, job, waiting_room, deadline).await {
        Ok(report) => {
            log(job, &report);
            true
        }
        Err(error) => {
            let (key, public_id) = (job.key.to_string(), job.key.public_id());
            tracing::error!(key, %public_id, first_receive = job.first_receive, error, "job failed");
            false
        }
    }
}

/// Runs the job; the error is the reason for its failure.
async fn within<S, N, R>(
    reconciler: &Reconciler<S, N, R>,
    job: &Job,
    waiting_room: &Admission,
    deadline: Instant,
) -> Result<Report, String>
where
    S: Store,
    N: Notices,
    R: Renderer,
{
    // The length comes from the event; the slack covers an original that was since overwritten with a longer one.
    let turn = waiting_room.admit(job.bytes.unwrap_or(reconciler.max_bytes));
    let last_start = deadline.checked_sub(LAST_START).unwrap_or(deadline);
    let _place = timeout_at(last_start.into(), turn)
        .await
        .map_err(|_| "not enough time is left to start this job".to_owned())?;
    let work = AssertUnwindSafe(reconciler.reconcile(job)).catch_unwind();
    match timeout_at(deadline.into(), work).await {
        Ok(Ok(result)) => result.map_err(|fault| format!("{fault:#}")),
        Ok(Err(panic)) => Err(format!("the job panicked: {}", panic_text(panic.as_ref()))),
        Err(_) => Err("the function ran out of time".to_owned()),
    }
}

/// The text of a panic.
#[must_use]
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The one line of a job. `key` is the folder: a guest's key is a secret.
fn log(job: &Job, report: &Report) {
    let manifest = report.manifest.as_ref();
    let picture = manifest.and_then(|manifest| manifest.original.picture.as_ref());
    let timings = manifest
        .map(|manifest| manifest.timings_ms)
        .unwrap_or_default();
    let rejection = manifest.and_then(|manifest| manifest.rejection.as_ref());
    tracing::info!(
        key = job.key.to_string(),
        public_id = job.key.public_id().as_str(),
        outcome = report.outcome.name(),
        rendered = report.rendered,
        passes = report.passes,
        format = picture.map(|picture| picture.format.name()),
        pixels = picture.map(|picture| u64::from(picture.width) * u64::from(picture.height)),
        bytes = manifest.map(|manifest| manifest.original.bytes),
        variants = manifest.map(|manifest| manifest.variants.len()),
        code = rejection.map(|rejection| rejection.code.as_str()),
        fetch_ms = timings.fetch,
        decode_ms = timings.decode,
        render_ms = timings.render,
        store_ms = timings.store,
        "done"
    );
}
