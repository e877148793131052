//! The Lambda that sums up many notices in one e-mail.

use aws_lambda_events::sqs::SqsEvent;
use darkroom_aws::Topic;
use darkroom_pipeline::config;
use darkroom_pipeline::digest::Digest;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    darkroom_aws::log_as_json();
    let config = config::digest(|name| std::env::var(name).ok())?;
    let sdk = darkroom_aws::sdk_config().await;
    let topic = Topic::new(&sdk, &config.topic_arn);
    // A batch has one mail, so it succeeds or fails as a whole.
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let records = &event.payload.records;
        let notices = records
            .iter()
            .map(|record| record.body.as_deref().unwrap_or_default());
        let digest = Digest::of(notices);
        let mailed = topic.mail(&digest, &config.site_url).await;
        mailed.map_err(|e| format!("{e:#}"))?;
        tracing::info!(
            notices = records.len(),
            ready = digest.ready,
            rejected = digest.rejected,
            removed = digest.removed,
            unreadable = digest.unreadable,
            "mailed"
        );
        Ok::<_, Error>(())
    }))
    .await
}
