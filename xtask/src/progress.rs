//! What Cargo compiles, as one line that changes, in place of a line for each crate.

use std::io::{IsTerminal, Read, Write, stderr, stdout};
use std::time::{Duration, Instant};

use anyhow::Result;

/// How often a line is printed where it cannot be written over.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many of the crates that are being compiled are named: more would not fit into a terminal's line.
const NAMED: usize = 2;
/// Lines of Cargo's about single crates. Whatever else it writes, warnings and errors, is passed on.
const CHATTER: [&str; 10] = [
    "Adding ",
    "Building ",
    "Compiling ",
    "Downloaded ",
    "Downloading ",
    "Dirty ",
    "Finished ",
    "Fresh ",
    "Locking ",
    "Updating ",
];

/// Makes a Cargo whose standard error is piped draw its progress bar, which [`show`] reads.
pub(crate) fn ask(cargo: &mut std::process::Command) {
    cargo
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "200")
        .env("CARGO_TERM_COLOR", "never");
}

/// Reads Cargo's standard error to its end: shows what is being compiled and passes warnings and errors on.
pub(crate) fn show(cargo: impl Read) -> Result<()> {
    let in_place = stdout().is_terminal();
    let mut told = Instant::now();
    lines(cargo, |line| {
        if let Some(now) = building(line) {
            if in_place {
                print!("\r  {now}\x1b[K");
                stdout().flush()?;
            } else if told.elapsed() >= HEARTBEAT {
                told = Instant::now();
                println!("  {now}");
            }
        } else if !is_chatter(line) {
            writeln!(stderr(), "{line}")?;
        }
        Ok(())
    })?;
    if in_place {
        print!("\r\x1b[K");
    }
    Ok(())
}

/// Calls `each` with every piece of text that ends in a line feed, or in a carriage return, as a progress bar does.
fn lines(mut from: impl Read, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let (mut line, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let count = from.read(&mut some)?;
        for byte in &some[..count] {
            if !matches!(byte, b'\n' | b'\r') {
                line.push(*byte);
                continue;
            }
            each(String::from_utf8_lossy(&line).trim_end())?;
            line.clear();
        }
        if count == 0 {
            return if line.is_empty() {
                Ok(())
            } else {
                each(String::from_utf8_lossy(&line).trim_end())
            };
        }
    }
}

/// `Building [==>  ] 17/362: syn, tokio(build)` in words; none for other lines.
fn building(line: &str) -> Option<String> {
    let bar = line.trim_start().strip_prefix("Building [")?;
    let (_, state) = bar.split_once("] ")?;
    let (count, units) = state.split_once(": ")?;
    let (done, all) = count.split_once('/')?;
    let mut crates: Vec<&str> = units
        .split(", ")
        .map(|unit| unit.split('(').next().unwrap_or(unit))
        .collect();
    crates.dedup();
    crates.truncate(NAMED);
    Some(format!("compiling {}, {done} of {all}", crates.join(", ")))
}

fn is_chatter(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || CHATTER.iter().any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_put_into_words() {
        for (line, said) in [
            (
                "    Building [=====>      ] 17/362: libaom-sys(build), syn, toml",
                Some("compiling libaom-sys, syn, 17 of 362"),
            ),
            (
                "    Building [==>         ] 2/5: darkroom, darkroom(bin)",
                Some("compiling darkroom, 2 of 5"),
            ),
            ("   Compiling syn v2.0.119", None),
            ("error: Building [x", None),
        ] {
            assert_eq!(building(line).as_deref(), said, "{line}");
        }
    }

    #[test]
    fn only_crates_names_are_left_out() {
        let text = "   Compiling syn v2.0.119\n    Building [=> ] 1/9: syn   \rerror[E0277]: cannot add\n  |  x\n    Finished `dev`\nend";
        let mut passed = Vec::new();
        let kept = |line: &str| {
            if building(line).is_none() && !is_chatter(line) {
                passed.push(line.to_owned());
            }
            Ok(())
        };
        lines(text.as_bytes(), kept).expect("text is readable");
        assert_eq!(passed, ["error[E0277]: cannot add", "  |  x", "end"]);
    }
}
