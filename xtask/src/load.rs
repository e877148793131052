//! `cargo xtask chaos | bulk | soak`: puts a load on a separate local stack. The loads themselves are in `tests/src`.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::functions::{self, Profile};
use crate::stack::{self, Place};
use crate::{run, server, tools};

/// The package with the loads.
const LOADS: &str = "darkroom-tests";

/// A load and its options.
pub(crate) struct Load {
    /// Its verb.
    pub(crate) verb: &'static str,
    /// Options with a value.
    valued: &'static [&'static str],
    /// Options without a value.
    flags: &'static [&'static str],
}

/// All of them.
pub(crate) const ALL: [Load; 3] = [
    Load {
        verb: "chaos",
        valued: &["--jobs", "--faults"],
        flags: &["--kill"],
    },
    Load {
        verb: "bulk",
        valued: &["--count", "--photos", "--side"],
        flags: &[],
    },
    Load {
        verb: "soak",
        valued: &["--minutes"],
        flags: &[],
    },
];

/// Runs a load with the words after its verb.
pub(crate) fn run(load: &Load, options: &[String]) -> Result<()> {
    check(load, options)?;
    run::catch_signals()?;
    let folder = run::root().join("target").join(load.verb);
    server::stop(&folder)?; // left by a run that was killed
    stack::wipe(&folder)?;
    let place = Place {
        folder,
        port: server::free_port()?,
        profile: Profile::Dev, // as the tests': what is measured is held against the same build
    };
    let (_server, _) = stack::start(&place)?;
    let mut words = vec![load.verb.to_owned()];
    words.extend(options.iter().cloned());
    run::shown(&mut command(&place, &words)?)
}

/// The command that puts a load on a running stack.
pub(crate) fn command(place: &Place, words: &[String]) -> Result<Command> {
    let server = server::running(&place.folder).context("the local AWS is not running")?;
    let mut command = Command::new(functions::program(LOADS, Profile::Dev)?);
    command
        .args(words)
        .env("DARKROOM_STACK", place.folder.join("stack.json"))
        .env("DARKROOM_SERVER", server.to_string())
        .env(
            "DARKROOM_CLI",
            functions::program("darkroom", Profile::Dev)?,
        )
        .env("DARKROOM_AWS", tools::python_programs()?.aws);
    Ok(command)
}

fn check(load: &Load, options: &[String]) -> Result<()> {
    let mut words = options.iter();
    while let Some(word) = words.next() {
        if load.valued.contains(&word.as_str()) {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
        } else if !load.flags.contains(&word.as_str()) {
            let known = [load.valued, load.flags].concat().join(", ");
            bail!("unknown option: {word} (allowed: {known})");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_before_anything_is_built() {
        let words = |line: &str| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let chaos = &ALL[0];
        assert!(check(chaos, &words("--jobs 5 --kill")).is_ok());
        for (line, said) in [("--jobs", "needs a value"), ("--minutes 5", "--faults")] {
            let error = format!("{:#}", check(chaos, &words(line)).expect_err(line));
            assert!(error.contains(said), "{error}");
        }
    }
}
