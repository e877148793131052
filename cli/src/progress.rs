//! Progress bars, shown only on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over a known number of originals.
pub(crate) fn bar(count: usize) -> ProgressBar {
    styled(
        Some(count as u64),
        "{bar:30} {pos}/{len} originals, {eta} left",
    )
}

/// A counter with no known end.
#[cfg(feature = "aws")]
pub(crate) fn counter(what: &str) -> ProgressBar {
    styled(None, &format!("{{spinner}} {{human_pos}} {what}"))
}

fn styled(count: Option<u64>, template: &str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(count, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
