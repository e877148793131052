//! `cargo xtask chaos | bulk | soak`: puts a load on a separate local stack. The loads themselves are in `tests/src`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use xtask::functions::{self, Profile};
use xtask::{run, tools};

use crate::server;
use crate::stack::{self, Place};

/// The package with the loads.
const LOADS: &str = "darkroom-tests";

/// A load and its options; those left out are at their defaults in `tests/src/main.rs`.
#[derive(clap::Subcommand)]
pub(crate) enum Load {
    /// Run jobs through a local stack while requests fail and functions are killed.
    Chaos {
        /// Jobs to run.
        #[arg(long, value_name = "N")]
        jobs: Option<u16>,
        /// Requests that fail, in percent.
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
        faults: Option<u8>,
        /// Kill functions too.
        #[arg(long)]
        kill: bool,
    },
    /// Run a folder of photos through a local stack; report throughput and overhead.
    Bulk {
        /// Originals to copy.
        #[arg(long, value_name = "N")]
        count: Option<usize>,
        /// The photos (default: generated ones).
        #[arg(long, value_name = "DIR")]
        photos: Option<PathBuf>,
        /// The side of generated photos.
        #[arg(long, value_name = "PIXELS")]
        side: Option<u16>,
    },
    /// Run a mixed load on a local stack and check that nothing grows.
    Soak {
        /// Minutes to run.
        #[arg(long, value_name = "N")]
        minutes: Option<u64>,
    },
}

impl Load {
    /// The words that the package with the loads reads.
    pub(crate) fn words(&self) -> Vec<String> {
        let option = |name: &str, value: Option<String>| {
            value.map_or_else(Vec::new, |value| vec![name.to_owned(), value])
        };
        match self {
            Self::Chaos { jobs, faults, kill } => [
                vec!["chaos".to_owned()],
                option("--jobs", jobs.map(|jobs| jobs.to_string())),
                option("--faults", faults.map(|faults| faults.to_string())),
                Vec::from_iter(kill.then(|| "--kill".to_owned())),
            ],
            Self::Bulk {
                count,
                photos,
                side,
            } => [
                vec!["bulk".to_owned()],
                option("--count", count.map(|count| count.to_string())),
                option(
                    "--photos",
                    photos.as_ref().map(|path| path.display().to_string()),
                ),
                option("--side", side.map(|side| side.to_string())),
            ],
            Self::Soak { minutes } => [
                vec!["soak".to_owned()],
                option("--minutes", minutes.map(|minutes| minutes.to_string())),
                Vec::new(),
                Vec::new(),
            ],
        }
        .concat()
    }
}

/// Runs a load on a stack of its own.
pub(crate) fn run(load: &Load) -> Result<()> {
    run::catch_signals()?;
    let words = load.words();
    let folder = run::root().join("target").join(&words[0]);
    server::stop(&folder)?; // left by a run that was killed
    stack::wipe(&folder)?;
    let place = Place {
        folder,
        port: server::free_port()?,
        profile: Profile::Dev, // as the tests': what is measured is held against the same build
    };
    let (_server, _) = stack::start(&place)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_passed_on() {
        let load = Load::Chaos {
            jobs: Some(5),
            faults: None,
            kill: true,
        };
        assert_eq!(load.words(), ["chaos", "--jobs", "5", "--kill"]);
    }
}
