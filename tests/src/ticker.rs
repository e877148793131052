//! The progress lines of a load.

use std::time::Duration;

use tokio::time::Instant;

/// The least time between two lines.
const PAUSE: Duration = Duration::from_secs(10);

/// Prints progress, one line now and then.
#[derive(Debug)]
pub struct Ticker {
    start: Instant,
    said: Instant,
}

impl Ticker {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            said: now,
        }
    }

    /// Prints this, unless a line was printed just before.
    #[allow(clippy::print_stderr, reason = "people wait for it")]
    pub fn say(&mut self, what: impl FnOnce() -> String) {
        if self.said.elapsed() >= PAUSE {
            self.said = Instant::now();
            eprintln!("{:6.0} s: {}", self.start.elapsed().as_secs_f64(), what());
        }
    }
}
