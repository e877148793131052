//! Logs as CloudWatch likes them: a JSON object a line, on standard output.

use tracing_subscriber::filter::LevelFilter;

/// From now on every event of level info and above is one line.
pub fn log_as_json() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(LevelFilter::INFO)
        .init();
}
