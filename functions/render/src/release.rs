//! Failed messages go back to the queue soon, not after the visibility timeout: that is made for functions that died.

use aws_lambda_events::sqs::SqsMessage;
use darkroom_aws::{Queue, Release};
use darkroom_pipeline::batch::Message;

/// Releases every message named in `failed`. What SQS refuses comes back by the visibility timeout.
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
            tracing::warn!(message_id = message.id, %fault, "the visibility timeout holds");
        }
    }
}

/// Seconds until the next try, after so many. Most faults pass at once, so the first tries come soon; the last waits for
/// the visibility timeout (`None`), so that an outage of minutes does not fill the dead-letter queue.
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
    use super::pause;

    #[test]
    fn pauses_grow() {
        assert_eq!([1, 2, 3].map(pause), [Some(2), Some(20), Some(120)]);
        assert_eq!(pause(u32::MAX), None);
    }
}
