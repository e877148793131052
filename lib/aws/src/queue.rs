//! SQS: the queue of the messages, its dead-letter queue, and the temporary queues of `darkroom watch`.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName, SendMessageBatchRequestEntry,
};
use darkroom_pipeline::store::Fault;
use serde_json::{Value, json};

use crate::{Cause, cause, retries};

/// The most messages that SQS sends or receives at a time.
pub const BATCH: usize = 10;

/// Attempts to send messages that SQS rejected.
const BATCH_ATTEMPTS: u32 = 5;

/// How long a receive waits for a message, in seconds; SQS's maximum.
const LONG_POLL: i32 = 20;

/// One SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Shared by all calls.
    pub client: Client,
    /// Which queue.
    pub url: String,
}

/// A message to deliver again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The receipt of this delivery.
    pub receipt: String,
    /// The delay in seconds.
    pub seconds: u16,
}

/// A received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id in the queue.
    pub id: String,
    /// The receipt of this delivery.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// When it was first sent, in milliseconds since 1970.
    pub sent_ms: i64,
}

/// Whether to wait for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Only the messages there now.
    No,
    /// Up to 20 seconds.
    Long,
}

impl Queue {
    /// The queue of this URL.
    #[must_use]
    pub fn new(config: &SdkConfig, url: &str) -> Self {
        Self {
            client: Client::from_conf(Builder::from(config).retry_partition(retries()).build()),
            url: url.to_owned(),
        }
    }

    /// Changes the time until a message is delivered again: sooner than its visibility timeout, which is meant for functions
    /// that died, or later, while its batch is still running.
    ///
    /// # Errors
    /// When SQS fails; then the visibility timeout stays as it was.
    pub async fn release(&self, release: &Release) -> Result<(), Fault> {
        let request = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(&release.receipt)
            .visibility_timeout(i32::from(release.seconds));
        request
            .send()
            .await
            .map_err(|e| Fault::new("release", "a message", cause(e)))?;
        Ok(())
    }

    /// Sends a message that nobody could read, with the reason as an attribute.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn bury(&self, body: &str, reason: &str) -> Result<(), Fault> {
        let fault = |cause: Cause| Fault::new("bury", "a message", cause);
        // SQS takes neither an empty attribute nor control characters in one.
        let is_refused = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
        let reason = reason.chars().fold(String::new(), |mut plain, c| {
            if is_refused(c) {
                plain.extend(c.escape_default());
            } else {
                plain.push(c);
            }
            plain
        });
        let reason = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(reason)
            .build()
            .map_err(|e| fault(e.into()))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes("reason", reason)
            .send()
            .await
            .map_err(|e| fault(cause(e)))?;
        Ok(())
    }

    /// Sends up to [`BATCH`] messages. SQS may accept only some of them; the others are sent again.
    ///
    /// # Errors
    /// When SQS fails, or still rejects some after retries; the others were sent.
    pub async fn send(&self, bodies: &[String]) -> Result<(), Fault> {
        let mut left: Vec<usize> = (0..bodies.len()).collect();
        for _ in 0..BATCH_ATTEMPTS {
            let entries = left.iter().map(|place| {
                SendMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .message_body(&bodies[*place])
                    .build()
            });
            let entries: Result<Vec<_>, _> = entries.collect();
            let request = self
                .client
                .send_message_batch()
                .queue_url(&self.url)
                .set_entries(Some(
                    entries.map_err(|e| Fault::new("send", "messages", e))?,
                ));
            let answer = request
                .send()
                .await
                .map_err(|e| Fault::new("send", "messages", cause(e)))?;
            left = answer
                .failed
                .iter()
                .filter_map(|failed| failed.id.parse().ok())
                .collect();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(Fault::new(
            "send",
            "messages",
            "SQS still rejects some after retries",
        ))
    }

    /// Receives up to [`BATCH`] messages and hides them from others for `hidden_seconds`.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn receive(&self, hidden_seconds: u16, wait: Wait) -> Result<Vec<Received>, Fault> {
        let request = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .visibility_timeout(i32::from(hidden_seconds))
            .wait_time_seconds(if wait == Wait::Long { LONG_POLL } else { 0 })
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
        let answer = request
            .send()
            .await
            .map_err(|e| Fault::new("receive", "messages", cause(e)))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        let messages = messages.map(|message| {
            let sent = message.attributes.as_ref().and_then(|all| {
                all.get(&MessageSystemAttributeName::SentTimestamp)?
                    .parse()
                    .ok()
            });
            Some(Received {
                id: message.message_id?,
                receipt: message.receipt_handle?,
                body: message.body.unwrap_or_default(),
                sent_ms: sent.unwrap_or_default(),
            })
        });
        let messages: Option<Vec<_>> = messages.collect();
        messages
            .ok_or_else(|| Fault::new("receive", "messages", "a message has no id or no receipt"))
    }

    /// Removes a message that was received.
    ///
    /// # Errors
    /// When SQS fails; then the message is delivered again.
    pub async fn delete(&self, receipt: &str) -> Result<(), Fault> {
        let request = self
            .client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(receipt);
        request
            .send()
            .await
            .map_err(|e| Fault::new("delete", "a message", cause(e)))?;
        Ok(())
    }

    /// Removes up to [`BATCH`] messages that were received.
    ///
    /// # Errors
    /// When SQS fails, or keeps some; these are delivered again.
    pub async fn delete_all(&self, receipts: &[String]) -> Result<(), Fault> {
        let fault = |cause: Cause| Fault::new("delete", "messages", cause);
        let entries = receipts.iter().enumerate().map(|(place, receipt)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(place.to_string())
                .receipt_handle(receipt)
                .build()
        });
        let entries: Result<Vec<_>, _> = entries.collect();
        let answer = self
            .client
            .delete_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.map_err(|e| fault(e.into()))?))
            .send()
            .await
            .map_err(|e| fault(cause(e)))?;
        match answer.failed.first() {
            None => Ok(()),
            Some(failed) => {
                let count = answer.failed.len();
                Err(fault(format!("SQS keeps {count}: {}", failed.code).into()))
            }
        }
    }

    /// The dead-letter queue of this queue; `None` if it has none.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn dead_letters(&self) -> Result<Option<Self>, Fault> {
        let Some(policy) = self.attribute(QueueAttributeName::RedrivePolicy).await? else {
            return Ok(None);
        };
        let policy: Value = serde_json::from_str(&policy).unwrap_or_default();
        let arn = policy["deadLetterTargetArn"].as_str().unwrap_or_default();
        let Some((_, name)) = arn.rsplit_once(':') else {
            return Ok(None);
        };
        let request = self.client.get_queue_url().queue_name(name);
        let answer = request
            .send()
            .await
            .map_err(|e| Fault::new("find", name, cause(e)))?;
        Ok(answer.queue_url.map(|url| Self {
            client: self.client.clone(),
            url,
        }))
    }

    /// Creates a queue that accepts messages from a topic and keeps them for an hour.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn create(config: &SdkConfig, name: &str, topic_arn: &str) -> Result<Self, Fault> {
        let client = Client::new(config);
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
            "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
        }]});
        let attributes = HashMap::from([
            (QueueAttributeName::Policy, policy.to_string()),
            (
                QueueAttributeName::MessageRetentionPeriod,
                "3600".to_owned(),
            ),
        ]);
        let request = client
            .create_queue()
            .queue_name(name)
            .set_attributes(Some(attributes));
        let answer = request
            .send()
            .await
            .map_err(|e| Fault::new("create", name, cause(e)))?;
        let url = answer
            .queue_url
            .ok_or_else(|| Fault::new("create", name, "the response has no URL"))?;
        Ok(Self { client, url })
    }

    /// Removes the queue itself.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn remove(&self) -> Result<(), Fault> {
        let request = self.client.delete_queue().queue_url(&self.url);
        request
            .send()
            .await
            .map_err(|e| Fault::new("delete", &self.url, cause(e)))?;
        Ok(())
    }

    /// Its ARN.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn arn(&self) -> Result<String, Fault> {
        let arn = self.attribute(QueueAttributeName::QueueArn).await?;
        arn.ok_or_else(|| Fault::new("find the ARN of", &self.url, "the response has none"))
    }

    async fn attribute(&self, name: QueueAttributeName) -> Result<Option<String>, Fault> {
        let request = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(name.clone());
        let answer = request
            .send()
            .await
            .map_err(|e| Fault::new("ask", &self.url, cause(e)))?;
        Ok(answer.attributes.unwrap_or_default().remove(&name))
    }
}
