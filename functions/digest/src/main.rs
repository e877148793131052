//! The Lambda that sums up, every few minutes, all notices in one e-mail.
//!
//! It runs by the clock and reads its queue itself. Lambda's own polling would invoke it for every 6 MB of notices: 800 mails for a
//! million originals, which come within an hour. By the clock they are about twenty.

use std::time::{Duration, SystemTime};

use darkroom_aws::{BATCH, Queue, Topic, Wait};
use darkroom_pipeline::config;
use darkroom_pipeline::digest::Sum;
use darkroom_pipeline::store::Fault;
use futures_util::future::try_join_all;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

/// Visibility timeout of the notices while a run sums them up, in seconds: longer than a run.
const HIDDEN: u16 = 600;

/// Requests to SQS at a time. A short poll asks only some of SQS's servers, but this many find every message.
const AT_ONCE: usize = 8;

/// Notices that a run sums up at most. SQS has at most 120,000 messages in flight, and refuses to hand out more; those of a run that
/// failed are still in flight during the next.
const MOST: usize = 50_000;

/// The share of a run's time that goes into receiving; deleting takes about as long.
const RECEIVING: f64 = 0.45;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    darkroom_aws::log_as_json();
    let config = config::digest(|name| std::env::var(name).ok())?;
    let sdk = darkroom_aws::sdk_config().await;
    let queue = Queue::new(&sdk, &config.queue_url);
    let topic = Topic::new(&sdk, &config.topic_arn);
    let tick = async |event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let receiving = left.unwrap_or_default().mul_f64(RECEIVING);
        let run = run(&queue, &topic, &config.site_url, receiving);
        run.await.map_err(|fault| format!("{fault:#}"))?;
        Ok::<_, Error>(())
    };
    lambda_runtime::run(service_fn(tick)).await
}

/// Mails the sum of the notices in the queue, then deletes them. If the mail fails, the next run but one has the notices again; if a
/// deletion fails, they are counted twice.
async fn run(
    queue: &Queue,
    topic: &Topic,
    site_url: &str,
    receiving: Duration,
) -> Result<(), Fault> {
    let (sum, receipts) = receive(queue, receiving).await?;
    let digest = sum.done();
    if digest.is_news() {
        topic.mail(&digest, site_url).await?;
        tracing::info!(
            notices = receipts.len(),
            ready = digest.ready,
            rejected = digest.rejected,
            removed = digest.removed,
            unreadable = digest.unreadable,
            "mailed"
        );
    }
    for batches in receipts.chunks(BATCH * AT_ONCE) {
        try_join_all(batches.chunks(BATCH).map(|batch| queue.delete_all(batch))).await?;
    }
    Ok(())
}

/// Receives until the queue is empty, the time is over, or [`MOST`] have come. Returns the sum and the receipts.
async fn receive(queue: &Queue, time: Duration) -> Result<(Sum, Vec<String>), Fault> {
    let start = SystemTime::now();
    let (mut sum, mut receipts) = (Sum::default(), Vec::new());
    while receipts.len() < MOST && start.elapsed().is_ok_and(|elapsed| elapsed < time) {
        let polls = (0..AT_ONCE).map(|_| queue.receive(HIDDEN, Wait::No));
        let before = receipts.len();
        for message in try_join_all(polls).await?.into_iter().flatten() {
            sum.add(&message.body);
            receipts.push(message.receipt);
        }
        if receipts.len() == before {
            break;
        }
    }
    Ok((sum, receipts))
}
