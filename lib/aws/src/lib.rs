//! The Store and Notices of AWS: the only crate that names aws-sdk-*.
//!
//! Clients are made once, in a `main`, from one [`sdk_config`].

mod connections;
mod listing;
mod log_group;
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
use aws_sdk_s3::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

pub use connections::{Connections, Delivery};
pub use listing::{Listed, Page};
pub use log_group::logged;
pub use logs::log_as_json;
pub use queue::{BATCH, Queue, Received, Release, Wait};
pub use store::Buckets;
pub use topic::Topic;
pub use watch_table::WatchTable;

/// How often a call is tried, ever longer apart. Not by the SDK's adaptive mode: once S3 has said `SlowDown`, that lets a
/// client that was idle make no more than a call in two seconds at first, and jobs are bursts of a dozen calls. With 3 % of
/// such answers (`cargo xtask chaos`) jobs ran into the function's two minutes. Whoever fails here goes back to the queue.
const MAX_ATTEMPTS: u32 = 6;

/// The mean wait before the second try is half of it; then it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What a client may spend on trying again at once, and gets back each second: a call tried again costs 5 tokens, 10 after no
/// answer. Twenty a second are more than a function's jobs ask for, and no storm of their own. The SDK's bucket is not
/// refilled by time: with 30 % of the calls failing (`cargo xtask chaos`) it was empty after some hundred jobs, from then on
/// calls were given up at their first fault, and one message of fifty died of it.
const RETRY_TOKENS: usize = 500;
const RETRY_TOKENS_A_SECOND: f32 = 100.0;

/// Connecting takes milliseconds within a region; past this it is lost.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Until the answer's first byte, the body sent: enough for the largest variant on a slow link. S3 answers within tenths of
/// a second; whoever waits longer is better off asking again.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// All of a try, until the answer's first byte; a body that then stalls is given up by the SDK itself.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Region, credentials and endpoint as the environment has them; retries and timeouts as all our clients want them.
pub async fn sdk_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(MAX_ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE),
        )
        .timeout_config(timeouts)
        .load()
        .await
}

/// What a job's client may spend on trying again.
fn retries() -> RetryPartition {
    let bucket = TokenBucket::builder()
        .capacity(RETRY_TOKENS)
        .refill_rate(RETRY_TOKENS_A_SECOND)
        .build();
    RetryPartition::custom("darkroom")
        .token_bucket(bucket)
        .build()
}

/// Why a call failed, without AWS's own message: that may name the object, and a guest's key is a secret.
fn cause<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            format!(
                "AWS answered {status} {}",
                context.err().code().unwrap_or("(no error code)")
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
