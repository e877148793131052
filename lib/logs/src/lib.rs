//! Reads log lines of functions from CloudWatch Logs, for the command line.
//!
//! It is apart from lib/aws because its SDK crate is the slowest to compile, and no function needs it.
//!
//! ```no_run
//! # async fn example() -> Result<(), darkroom_pipeline::store::Fault> {
//! let config = darkroom_aws::sdk_config().await;
//! let lines = darkroom_logs::logged(&config, "/aws/lambda/render", 0, "failed").await?;
//! # Ok(())
//! # }
//! ```

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use darkroom_aws::cause;
use darkroom_pipeline::store::Fault;

/// The lines of a log group since a time (milliseconds since 1970) that match `pattern`, oldest first.
/// The newest lines may reach `CloudWatch` with a delay.
///
/// # Errors
/// When `CloudWatch` fails.
pub async fn logged(
    config: &SdkConfig,
    group: &str,
    since_ms: i64,
    pattern: &str,
) -> Result<Vec<String>, Fault> {
    let request = Client::new(config)
        .filter_log_events()
        .log_group_name(group)
        .start_time(since_ms)
        .filter_pattern(pattern);
    let mut pages = request.into_paginator().send();
    let mut events = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| Fault::new("read", group, cause(e)))?;
        events.extend(page.events.unwrap_or_default());
    }
    // Each stream is sorted; several streams together may not be.
    events.sort_by_key(|event| event.timestamp);
    Ok(events
        .into_iter()
        .filter_map(|event| event.message)
        .collect())
}
