//! Reads log lines of functions from CloudWatch Logs.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use darkroom_pipeline::store::Fault;

use crate::cause;

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
