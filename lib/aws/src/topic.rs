//! The topic that carries notices and digests.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::config::Builder;
use aws_sdk_sns::types::MessageAttributeValue;
use darkroom_pipeline::digest::Digest;
use darkroom_pipeline::notice::Notice;
use darkroom_pipeline::store::{Fault, Notices};

use crate::{cause, retries};

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
            client: Client::from_conf(Builder::from(config).retry_partition(retries()).build()),
            arn: arn.to_owned(),
        }
    }
}

/// A message to publish. SNS uses the subject for mails and filters by attributes.
struct Publication {
    what: String,
    subject: String,
    message: String,
    attributes: Vec<(&'static str, &'static str)>,
}

impl Topic {
    /// Publishes the digest to the e-mail subscribers.
    ///
    /// # Errors
    /// When SNS fails.
    pub async fn mail(&self, digest: &Digest, site_url: &str) -> Result<(), Fault> {
        self.send(Publication {
            what: "a digest".to_owned(),
            subject: digest.subject(),
            message: digest.message(site_url),
            attributes: vec![("kind", "digest")],
        })
        .await
    }

    /// Subscribes a queue to the notices of images; returns the subscription's ARN.
    ///
    /// # Errors
    /// When SNS refuses.
    pub async fn subscribe(&self, queue_arn: &str) -> Result<String, Fault> {
        let request = self
            .client
            .subscribe()
            .topic_arn(&self.arn)
            .protocol("sqs")
            .endpoint(queue_arn)
            .attributes("FilterPolicy", r#"{"kind":["image"]}"#)
            .attributes("RawMessageDelivery", "true")
            .return_subscription_arn(true);
        let answer = request
            .send()
            .await
            .map_err(|e| Fault::new("subscribe to", &self.arn, cause(e)))?;
        answer
            .subscription_arn
            .ok_or_else(|| Fault::new("subscribe to", &self.arn, "the response has no ARN"))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// When SNS refuses.
    pub async fn unsubscribe(&self, subscription_arn: &str) -> Result<(), Fault> {
        let request = self.client.unsubscribe().subscription_arn(subscription_arn);
        request
            .send()
            .await
            .map_err(|e| Fault::new("unsubscribe from", &self.arn, cause(e)))?;
        Ok(())
    }

    async fn send(&self, publication: Publication) -> Result<(), Fault> {
        let Publication {
            what,
            subject,
            message,
            attributes,
        } = publication;
        let mut request = self
            .client
            .publish()
            .topic_arn(&self.arn)
            .subject(subject)
            .message_structure("json")
            .message(message);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|e| Fault::new("publish", &what, e))?;
            request = request.message_attributes(name, value);
        }
        request
            .send()
            .await
            .map_err(|e| Fault::new("publish", &what, cause(e)))?;
        Ok(())
    }
}

impl Notices for Topic {
    async fn publish(&self, notice: &Notice) -> Result<(), Fault> {
        self.send(Publication {
            what: notice.manifest.clone(),
            subject: notice.subject(),
            message: notice.message(),
            attributes: vec![
                ("kind", "image"),
                ("outcome", notice.outcome.name()),
                ("origin", notice.origin().name()),
            ],
        })
        .await
    }
}
