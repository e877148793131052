//! The Store and Notices of AWS: the only crate that names aws-sdk-*.
//!
//! Clients are made once, in a `main`, from one [`sdk_config`].

mod connections;
mod logs;
mod queue;
mod store;
mod topic;
mod watch_table;

use std::error::Error;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

pub use connections::{Connections, Delivery};
pub use logs::log_as_json;
pub use queue::{Queue, Release};
pub use store::Buckets;
pub use topic::Topic;
pub use watch_table::WatchTable;

/// How often a call is tried. With adaptive retries the later ones are seconds apart, and all calls slow down together
/// when S3 says `SlowDown`.
const MAX_ATTEMPTS: u32 = 6;

/// Connecting takes milliseconds within a region; past this it is lost.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Until the answer's first byte, the body sent: enough for the largest variant on a slow link.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Region, credentials and endpoint as the environment has them; retries and timeouts as all our clients want them.
pub async fn sdk_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(timeouts)
        .load()
        .await
}

/// Why a call failed, without AWS's own message: that may name the object, and a guest's key is a secret.
fn cause<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            format!(
                "AWS answered {status} {}",
                context.err().code().unwrap_or("without a code")
            )
        }
        other => {
            let sources = std::iter::successors(Error::source(other), |error| (*error).source());
            std::iter::once(other.to_string())
                .chain(sources.map(ToString::to_string))
                .collect::<Vec<_>>()
                .join(": ")
        }
    }
}

/// Whether AWS answered this status.
fn has_status<E>(error: &SdkError<E, HttpResponse>, status: u16) -> bool {
    error
        .raw_response()
        .is_some_and(|response| response.status().as_u16() == status)
}
