//! What the user reads: lines on standard output, notes on standard error. No name can move the cursor or colour the
//! terminal, and a reader that goes away is no reason to panic.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};

/// The reader of standard output is gone, as after `| head`. The program ends as SIGPIPE would end it.
#[derive(Debug, thiserror::Error)]
#[error("standard output was closed")]
pub(crate) struct Closed;

/// The exit code that a shell shows for a program that SIGPIPE ended: 128 + 13.
pub(crate) const CLOSED_EXIT: u8 = 141;

/// Writes a line to standard output.
///
/// # Errors
/// [`Closed`], or the reason why the line could not be written, such as a full disk.
pub(crate) fn line(text: impl Display) -> Result<()> {
    write_line(std::io::stdout().lock(), text)
}

fn write_line(mut out: impl Write, text: impl Display) -> Result<()> {
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Err(Closed.into()),
        written => written.context("failed to write to standard output"),
    }
}

/// Writes a note to standard error. There is nowhere to report that it could not be written.
pub(crate) fn note(text: impl Display) {
    let text = escaped(&text.to_string(), &['\n', '\t']);
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A name as one line of text can show it: control characters are escaped, and so are those that reverse its direction.
pub(crate) fn shown(name: &str) -> String {
    escaped(name, &[])
}

fn escaped(text: &str, kept: &[char]) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let reverses = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if (c.is_control() || reverses) && !kept.contains(&c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A standard output that fails in one way.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_left_is_told_from_a_full_disk() {
        let left = write_line(Failing(ErrorKind::BrokenPipe), "x").expect_err("nobody reads");
        assert!(left.is::<Closed>());
        let full = write_line(Failing(ErrorKind::StorageFull), "x").expect_err("no room");
        assert!(!full.is::<Closed>());
        assert!(full.to_string().contains("standard output"), "{full}");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(
            shown("x\u{1b}[31m\n\u{202e}ü.png"),
            "x\\u{1b}[31m\\n\\u{202e}ü.png"
        );
        assert_eq!(escaped("a\nb\u{9b}", &['\n']), "a\nb\\u{9b}");
    }
}
