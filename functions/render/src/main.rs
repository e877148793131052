//! The Lambda that turns SQS messages into variants.

mod release;

use std::time::{Duration, Instant};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use darkroom_aws::{Buckets, Queue, Topic};
use darkroom_imaging::{Limits, Presets};
use darkroom_pipeline::batch::{self, Done, Message, Terms, Unknown};
use darkroom_pipeline::config;
use darkroom_pipeline::reconcile::Reconciler;
use darkroom_pipeline::render::Engine;
use darkroom_pipeline::route::Routes;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};

/// The presets are part of the program: to change them, deploy, then run `darkroom reprocess`.
const PRESETS: &str = include_str!("../../../presets.toml");

/// The time between giving up a job and the end of the function: enough to return messages and answer.
const MARGIN: Duration = Duration::from_secs(3);

// One thread talks to AWS; rendering has rayon's threads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    darkroom_heap::keep_buffers();
    darkroom_aws::log_as_json();
    let config = config::render(|name| std::env::var(name).ok())?;
    let sdk = darkroom_aws::sdk_config().await;
    let queue = Queue::new(&sdk, &config.queue_url);
    let dead = Queue::new(&sdk, &config.dlq_url);
    let limits = Limits {
        // The rest is for the program, the AWS clients, and originals that wait to be rendered.
        max_memory_bytes: config.memory_bytes / 4 * 3,
        decoders: config.decoders,
        ..Limits::default()
    };
    let engine = Engine::new(limits);
    let reconciler = Reconciler {
        store: Buckets::new(&sdk, &config.input_bucket, &config.output_bucket),
        notices: Topic::new(&sdk, &config.topic_arn),
        routes: Routes::new(&Presets::parse(PRESETS)?),
        max_bytes: engine.limits.max_bytes,
        public_url: config.public_url,
        renderer: move |body, presets| engine.clone().render(body, presets),
        clock: Timestamp::now,
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let terms = Terms {
            input_bucket: config.input_bucket.clone(),
            memory_bytes: config.memory_bytes,
            deadline: deadline(event.context.deadline),
        };
        let messages: Vec<Message> = event
            .payload
            .records
            .iter()
            .map(message)
            .collect::<Result<_, _>>()?;
        let records = &event.payload.records;
        let done = tokio::select! {
            done = batch::run(&reconciler, &terms, &messages) => done,
            never = release::hold(&queue, records) => match never {},
        };
        let failed = bury(&dead, done).await;
        release::all(&queue, records, &messages, &failed).await;
        Ok::<_, Error>(answer(failed))
    }))
    .await
}

/// The deadline of jobs, from Lambda's deadline in milliseconds since 1970.
fn deadline(epoch_ms: u64) -> Instant {
    let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    Instant::now() + Duration::from_millis(epoch_ms.saturating_sub(now_ms)).saturating_sub(MARGIN)
}

/// A message without an id cannot be named in the answer, so its whole batch fails.
fn message(record: &SqsMessage) -> Result<Message, Error> {
    let receives = record
        .attributes
        .get("ApproximateReceiveCount")
        .and_then(|count| count.parse().ok());
    Ok(Message {
        id: record
            .message_id
            .clone()
            .ok_or("failed to read the batch: a message has no messageId")?,
        body: record.body.clone().unwrap_or_default(),
        // If the count is unknown, do not assume a first delivery.
        receives: receives.unwrap_or(u32::MAX),
    })
}

/// Moves unknown records to the dead-letter queue. Returns the ids of the messages that have failed: a record that cannot
/// be moved comes back with its message.
async fn bury(dead: &Queue, done: Done) -> Vec<String> {
    let mut failed = done.failed;
    for Unknown { id, body, reason } in done.unknown {
        if failed.contains(&id) {
            continue;
        }
        if let Err(fault) = dead.bury(&body, &reason).await {
            tracing::error!(
                message_id = id,
                fault = format!("{fault:#}"),
                "the record stays in the queue"
            );
            failed.push(id);
        }
    }
    failed
}

fn answer(failed: Vec<String>) -> SqsBatchResponse {
    let failure = |id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}
