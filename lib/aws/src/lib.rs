//! The Store and Notices of AWS: the only crate that names aws-sdk-*, besides lib/logs.
//!
//! Clients are made once, in a `main`, from one [`sdk_config`]:
//!
//! ```no_run
//! # async fn example() {
//! use darkroom_aws::{Buckets, Queue, Topic, sdk_config};
//!
//! let config = sdk_config().await;
//! let store = Buckets::new(&config, "my-input", "my-output");
//! let notices = Topic::new(&config, "arn:aws:sns:us-east-1:123456789012:notices");
//! let queue = Queue::new(&config, "https://sqs.us-east-1.amazonaws.com/123456789012/originals");
//! # }
//! ```

#[cfg(feature = "push")]
mod connections;
#[cfg(feature = "operate")]
mod erase;
#[cfg(feature = "store")]
mod listing;
mod logs;
#[cfg(feature = "store")]
mod originals;
#[cfg(feature = "queue")]
mod queue;
#[cfg(feature = "store")]
mod store;
#[cfg(feature = "topic")]
mod topic;
#[cfg(feature = "store")]
mod unreadable;
#[cfg(feature = "push")]
mod watch_table;

use std::error::Error;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

#[cfg(feature = "push")]
pub use connections::{Connections, Delivery};
#[cfg(feature = "operate")]
pub use erase::{Version, Versions};
#[cfg(feature = "store")]
pub use listing::{Listed, Page};
pub use logs::log_as_json;
#[cfg(feature = "store")]
pub use originals::Originals;
#[cfg(feature = "queue")]
pub use queue::{BATCH, Queue, Received, Release, Wait};
#[cfg(feature = "store")]
pub use store::Buckets;
#[cfg(feature = "topic")]
pub use topic::Topic;
#[cfg(feature = "push")]
pub use watch_table::WatchTable;

/// Attempts per call, with growing pauses. We do not use the SDK's adaptive mode: after a `SlowDown` from S3 it limits a
/// formerly idle client to one call in two seconds at first, and jobs are bursts of a dozen calls. With 3 % of such answers
/// (`cargo xtask chaos`) jobs exceeded the function's two minutes. A job that fails here goes back to the queue.
const MAX_ATTEMPTS: u32 = 6;

/// The mean pause before the second attempt is half of this; then it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The token bucket for retries: its size, and its refill per second. A retry costs 5 tokens, 10 after a timeout. Twenty a
/// second are more than a function's jobs need, and too few to cause a storm. The SDK's own bucket does not refill with
/// time: with 30 % of the calls failing (`cargo xtask chaos`) it was empty after some hundred jobs. From then on calls
/// failed at their first fault, and one message in fifty ended in the DLQ.
const RETRY_TOKENS: usize = 500;
const RETRY_TOKENS_A_SECOND: f32 = 100.0;

/// Connecting within a region takes milliseconds; after this time the attempt is lost.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Time to send the body and get the first byte of the answer: enough for the largest variant on a slow link. S3 usually
/// answers within tenths of a second, so after a longer wait a retry is faster.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for a whole attempt, up to the first byte of the answer. The SDK itself gives up on a body that stalls later.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Region, credentials and endpoint from the environment; retries and timeouts for all our clients.
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

/// The retry budget of a job's client.
fn retries() -> RetryPartition {
    let bucket = TokenBucket::builder()
        .capacity(RETRY_TOKENS)
        .refill_rate(RETRY_TOKENS_A_SECOND)
        .build();
    RetryPartition::custom("darkroom")
        .token_bucket(bucket)
        .build()
}

/// Why a call failed.
pub type Cause = Box<dyn Error + Send + Sync>;

/// The cause of a failed call. AWS's own message is left out: it may name the object, and a guest's key is a secret.
pub fn cause<E>(error: SdkError<E, HttpResponse>) -> Cause
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            let code = context.err().code().unwrap_or("(no error code)");
            format!("AWS answered {status} {code}").into()
        }
        other => other.into(),
    }
}

/// Whether AWS answered with this status.
#[cfg(any(feature = "store", feature = "push"))]
fn has_status<E>(error: &SdkError<E, HttpResponse>, status: u16) -> bool {
    error
        .raw_response()
        .is_some_and(|response| response.status().as_u16() == status)
}
