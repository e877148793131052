//! The arguments of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use darkroom_imaging::Decoders;

/// Render photos to every size the web needs, in a local folder or with a Darkroom stack on AWS.
#[derive(Parser)]
#[command(name = "darkroom", version)]
pub(crate) struct Args {
    /// The verb.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// All verbs.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Render originals into a folder laid out like the output bucket.
    Render(Render),
    /// Print the variants an original would get, with memory and cost; decode no pixels.
    Plan(Plan),
    /// Check a presets file and list its presets.
    Presets(Presets),
    /// Render originals with two presets files, and show bytes, scores and pictures side by side.
    #[cfg(feature = "compare")]
    Compare(Compare),
    /// List originals that look nearly the same, from their manifests alone.
    Duplicates(Duplicates),
    /// Find originals with missing, outdated or leftover outputs, and enqueue them.
    #[cfg(feature = "aws")]
    Reprocess(Reprocess),
    /// Show why each message in the dead-letter queue failed, and send it back to the queue.
    #[cfg(feature = "aws")]
    Redrive(Redrive),
    /// Delete originals and all that was made of them, and print a record of each removal.
    #[cfg(feature = "aws")]
    Remove(Remove),
    /// Print notices as they arrive, until Ctrl-C.
    #[cfg(feature = "aws")]
    Watch(Watch),
}

/// `darkroom render`.
#[derive(clap::Args)]
pub(crate) struct Render {
    /// Files or folders to render; folders are walked recursively and relative paths kept.
    #[arg(required = true, value_name = "FILE_OR_DIR")]
    pub(crate) originals: Vec<PathBuf>,
    /// The folder to write variants and manifests to.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Presets to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// The URL that DIR will be served from; manifests link to variants below it.
    #[arg(long, value_name = "URL", default_value = "")]
    pub(crate) public_url: String,
    /// Print each original's manifest as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The decoders of JPEG and WebP: "fast" (C) or "safe" (memory-safe Rust, two to three times slower).
    #[arg(long, value_name = "KIND", default_value = "fast")]
    pub(crate) decoders: Decoders,
    /// Number of originals to render at once (default: one per core).
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

/// `darkroom plan`.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// The original; with --cost, a usual one (default: a JPEG of 12 MP and 4 MB).
    #[arg(required_unless_present = "cost")]
    pub(crate) file: Option<PathBuf>,
    /// The key it has in the input bucket, to apply the routes of the presets.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Presets to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// Print the plan, or its cost, as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print what originals like this one cost on AWS.
    #[arg(long)]
    pub(crate) cost: bool,
    /// What --cost assumes.
    #[command(flatten)]
    pub(crate) usage: Usage,
}

/// What `darkroom plan --cost` assumes.
#[derive(clap::Args)]
pub(crate) struct Usage {
    /// With --cost: new originals a month.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, requires = "cost")]
    pub(crate) originals: u64,
    /// With --cost: how many percent of them guests upload.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, requires = "cost", value_parser = clap::value_parser!(u8).range(..=100))]
    pub(crate) guests: u8,
    /// With --cost: the size of an original (default: FILE's, or 4).
    #[arg(long, value_name = "MB", requires = "cost", value_parser = amount)]
    pub(crate) megabytes: Option<f64>,
    /// With --cost: how often each variant is viewed.
    #[arg(long, value_name = "N", default_value_t = 1.0, requires = "cost", value_parser = amount)]
    pub(crate) views: f64,
}

/// A number of which there can be none, but not less.
fn amount(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(amount) if f64::is_finite(amount) && amount >= 0.0 => Ok(amount),
        _ => Err("expected a number from 0 on".to_owned()),
    }
}

/// `darkroom presets`.
#[derive(clap::Args)]
pub(crate) struct Presets {
    /// Presets to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// Print them as an ES module, for a front end that forms URLs of variants.
    #[arg(long)]
    pub(crate) js: bool,
}

/// `darkroom compare`.
#[cfg(feature = "compare")]
#[derive(clap::Args)]
pub(crate) struct Compare {
    /// The presets in use.
    #[arg(value_name = "OLD.toml")]
    pub(crate) old: PathBuf,
    /// The presets to judge.
    #[arg(value_name = "NEW.toml")]
    pub(crate) new: PathBuf,
    /// Files or folders to render with both.
    #[arg(required = true, value_name = "FILE_OR_DIR")]
    pub(crate) originals: Vec<PathBuf>,
    /// The page to write.
    #[arg(long, value_name = "FILE", default_value = "compare.html")]
    pub(crate) out: PathBuf,
    /// Show the pictures of at most N variants, those first whose score falls most.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) pictures: usize,
}

/// `darkroom duplicates`.
#[derive(clap::Args)]
pub(crate) struct Duplicates {
    /// The output bucket, a part of it, or the folder that `render --out` wrote.
    #[arg(value_name = "s3://OUTPUT[/PREFIX]|DIR")]
    pub(crate) outputs: String,
    /// The most bits of 64 by which two perceptual hashes may differ.
    #[arg(long, value_name = "BITS", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=16))]
    pub(crate) distance: u8,
    /// Print each group as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `darkroom reprocess`.
#[cfg(feature = "aws")]
#[derive(clap::Args)]
pub(crate) struct Reprocess {
    /// The input bucket, or a part of it.
    #[arg(value_name = "s3://INPUT[/PREFIX]")]
    pub(crate) input: String,
    /// The queue that render reads (`QueueUrl` of the stack).
    #[arg(long, value_name = "URL")]
    pub(crate) queue: String,
    /// The output bucket (default: the input bucket's name with "-output-" for "-input-").
    #[arg(long, value_name = "BUCKET")]
    pub(crate) output: Option<String>,
    /// The presets that the deployed render function uses, if not the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// List what differs and estimate the cost; enqueue nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also render originals whose outputs are up to date.
    #[arg(long)]
    pub(crate) force: bool,
    /// With --force: skip originals rendered since this time, to resume an interrupted --force.
    #[arg(long, value_name = "TIME", requires = "force")]
    pub(crate) before: Option<jiff::Timestamp>,
    /// Enqueue at most N originals; run again for the rest.
    #[arg(long, value_name = "N")]
    pub(crate) max: Option<usize>,
    /// Enqueue more than 1,000 originals without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `darkroom redrive`.
#[cfg(feature = "aws")]
#[derive(clap::Args)]
pub(crate) struct Redrive {
    /// The queue that render reads (`QueueUrl` of the stack); its dead-letter queue is looked up.
    #[arg(long, value_name = "URL")]
    pub(crate) queue: String,
    /// The log group of render (`RenderLogs` of the stack), to look up why each message failed.
    #[arg(long, value_name = "LOG_GROUP")]
    pub(crate) logs: Option<String>,
    /// Report only; change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take at most N messages.
    #[arg(long, value_name = "N")]
    pub(crate) max: Option<usize>,
}

/// `darkroom remove`.
#[cfg(feature = "aws")]
#[derive(clap::Args)]
pub(crate) struct Remove {
    /// The input bucket.
    #[arg(value_name = "s3://INPUT")]
    pub(crate) input: String,
    /// Keys of originals. A guest's picture may be named by the folder in its URL, `guest/PUBLIC_ID`.
    #[arg(required = true, value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// The output bucket (default: the input bucket's name with "-output-" for "-input-").
    #[arg(long, value_name = "BUCKET")]
    pub(crate) output: Option<String>,
    /// Print the command that makes this distribution drop its copies (`OutputDistribution` of the stack).
    #[arg(long, value_name = "ID")]
    pub(crate) distribution: Option<String>,
    /// Print the record of each removal; delete nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Delete without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `darkroom watch`.
#[cfg(feature = "aws")]
#[derive(clap::Args)]
pub(crate) struct Watch {
    /// The topic that notices are published to (`TopicArn` of the stack).
    #[arg(long, value_name = "ARN")]
    pub(crate) topic: String,
    /// Print each notice as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A mistake in the arguments; the text says what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUse(pub(crate) String);
