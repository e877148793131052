//! The topic that carries notices and digests.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use darkroom_pipeline::notice::Notice;
use darkroom_pipeline::store::{Fault, Notices};

use crate::cause;

/// One SNS topic.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Shared by all calls.
    pub client: Client,
    /// Which topic.
    pub arn: String,
}

impl Topic {
    /// The topic of this ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, arn: &str) -> Self {
        Self {
            client: Client::new(config),
            arn: arn.to_owned(),
        }
    }
}

impl Notices for Topic {
    async fn publish(&self, notice: &Notice) -> Result<(), Fault> {
        let attribute = |value: &str| {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value);
            value
                .build()
                .map_err(|e| Fault::new("publish", &notice.manifest, e))
        };
        let request = self
            .client
            .publish()
            .topic_arn(&self.arn)
            .subject(notice.subject())
            .message_structure("json")
            .message(notice.message())
            .message_attributes("kind", attribute("image")?)
            .message_attributes("outcome", attribute(notice.outcome.name())?)
            .message_attributes("origin", attribute(notice.origin().name())?);
        request
            .send()
            .await
            .map_err(|e| Fault::new("publish", &notice.manifest, cause(&e)))?;
        Ok(())
    }
}
