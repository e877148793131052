//! What a load says of itself while it runs.

use std::time::Duration;

use tokio::time::Instant;

/// Between two lines at least.
const PAUSE: Duration = Duration::from_secs(10);

/// Says how far it is, a line now and then.
#[derive(Debug)]
pub struct Ticker {
    start: Instant,
    said: Instant,
}

impl Ticker {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            said: now,
        }
    }

    /// Says this, unless something was said just now.
    #[allow(clippy::print_stderr, reason = "people wait for it")]
    pub fn say(&mut self, what: impl FnOnce() -> String) {
        if self.said.elapsed() >= PAUSE {
            self.said = Instant::now();
            eprintln!("{:6.0} s: {}", self.start.elapsed().as_secs_f64(), what());
        }
    }
}
