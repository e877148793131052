//! The queue that messages come from.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use darkroom_pipeline::store::Fault;

use crate::cause;

/// One SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Shared by all calls.
    pub client: Client,
    /// Which queue.
    pub url: String,
}

/// A message to be handed out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The receipt of this delivery.
    pub receipt: String,
    /// Not before so many seconds.
    pub seconds: u16,
}

impl Queue {
    /// The queue of this URL.
    #[must_use]
    pub fn new(config: &SdkConfig, url: &str) -> Self {
        Self {
            client: Client::new(config),
            url: url.to_owned(),
        }
    }

    /// Says anew when a message may be handed out again: sooner than its visibility timeout, which is made for functions
    /// that died, or later, while its batch still runs.
    ///
    /// # Errors
    /// When SQS refuses; then the visibility timeout holds.
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
            .map_err(|e| Fault::new("release", "a message", cause(&e)))?;
        Ok(())
    }
}
