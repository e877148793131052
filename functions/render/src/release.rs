//! Returns failed messages to the queue early, because the visibility timeout is meant for functions that died. While a
//! batch runs, extends the timeout of its messages, so that no other function gets them.

use std::convert::Infallible;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use darkroom_aws::{Queue, Release};
use darkroom_pipeline::batch::Message;

/// How often a running batch extends the timeout. Most batches end before the first time.
const RENEWAL: Duration = Duration::from_mins(1);

/// The new timeout: the queue's `VisibilityTimeout` in template.yaml, in seconds.
const HOLD: u16 = 720;

/// Keeps the messages hidden until the future is dropped.
pub(crate) async fn hold(queue: &Queue, records: &[SqsMessage]) -> Infallible {
    renew(records, async |release| {
        if let Err(fault) = queue.release(&release).await {
            tracing::warn!(
                fault = format!("{fault:#}"),
                "failed to extend the visibility timeout"
            );
        }
    })
    .await
}

async fn renew(records: &[SqsMessage], extend: impl AsyncFn(Release)) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        for receipt in records
            .iter()
            .filter_map(|record| record.receipt_handle.clone())
        {
            extend(Release {
                receipt,
                seconds: HOLD,
            })
            .await;
        }
    }
}

/// Releases every message named in `failed`. A message that SQS rejects here returns after its visibility timeout.
pub(crate) async fn all(
    queue: &Queue,
    records: &[SqsMessage],
    messages: &[Message],
    failed: &[String],
) {
    for (record, message) in records
        .iter()
        .zip(messages)
        .filter(|(_, message)| failed.contains(&message.id))
    {
        let (Some(receipt), Some(seconds)) = (&record.receipt_handle, pause(message.receives))
        else {
            continue;
        };
        let release = Release {
            receipt: receipt.clone(),
            seconds,
        };
        if let Err(fault) = queue.release(&release).await {
            tracing::warn!(
                message_id = message.id,
                fault = format!("{fault:#}"),
                "failed to change the visibility timeout"
            );
        }
    }
}

/// Seconds until the next attempt, by the number of attempts so far. Most faults pass quickly, so the first attempts come
/// soon. The last waits for the visibility timeout (`None`), so that an outage of minutes does not fill the dead-letter queue.
fn pause(receives: u32) -> Option<u16> {
    match receives {
        0 | 1 => Some(2),
        2 => Some(20),
        3 => Some(120),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_messages_of_a_long_batch_stay_its_own() {
        let record = |receipt: &str| {
            let mut record = SqsMessage::default();
            record.receipt_handle = Some(receipt.to_owned());
            record
        };
        let records = [record("a"), record("b")];
        let extended = Mutex::new(Vec::new());
        let batch = tokio::time::sleep(Duration::from_secs(150));
        let renewals = renew(&records, async |release| {
            extended
                .lock()
                .expect("no panic")
                .push((release.receipt, release.seconds));
        });
        tokio::select! {
            () = batch => {}
            never = renewals => match never {},
        }
        let twice = ["a", "b", "a", "b"].map(|receipt| (receipt.to_owned(), HOLD));
        assert_eq!(*extended.lock().expect("no panic"), twice);
        assert!(Duration::from_secs(HOLD.into()) > 2 * RENEWAL);
    }

    #[test]
    fn pauses_grow() {
        assert_eq!([1, 2, 3].map(pause), [Some(2), Some(20), Some(120)]);
        assert_eq!(pause(u32::MAX), None);
    }
}
