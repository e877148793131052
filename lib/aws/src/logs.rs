//! Logs for CloudWatch: one JSON object per line, on standard output.

use tracing_subscriber::filter::LevelFilter;

/// Starts logging: every event of level info and above becomes one line.
pub fn log_as_json() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(LevelFilter::INFO)
        .init();
}
