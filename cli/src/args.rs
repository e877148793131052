//! The words of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Every size the web needs of your photos: with a local folder, or with a Darkroom on AWS.
#[derive(Parser)]
#[command(name = "darkroom", version)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Render originals into a folder laid out like the output bucket.
    Render(Render),
    /// Print what would be made of an original, and the memory and cost it takes; no pixels are touched.
    Plan(Plan),
    /// Find the originals whose outputs are not what they should be, and enqueue them.
    Reprocess(Reprocess),
    /// Tell why each dead letter failed, and have its work done again.
    Redrive(Redrive),
    /// Follow the notices of what is rendered, until Ctrl-C.
    Watch(Watch),
}

/// `darkroom render`.
#[derive(clap::Args)]
pub(crate) struct Render {
    /// Originals, or folders of them (taken whole, relative paths kept).
    #[arg(required = true, value_name = "FILE_OR_DIR")]
    pub(crate) originals: Vec<PathBuf>,
    /// Where the variants and manifests go.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Presets to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// Where the folder will be served, for the URLs in the manifests.
    #[arg(long, value_name = "URL", default_value = "")]
    pub(crate) public_url: String,
    /// Print each original's manifest as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Originals at work at once (default: one for each core).
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

/// `darkroom plan`.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// The original.
    pub(crate) file: PathBuf,
    /// Presets to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// Print the plan as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `darkroom reprocess`.
#[derive(clap::Args)]
pub(crate) struct Reprocess {
    /// The input bucket, or a part of it.
    #[arg(value_name = "s3://INPUT[/PREFIX]")]
    pub(crate) input: String,
    /// The queue that render reads (`QueueUrl` of the stack).
    #[arg(long, value_name = "URL")]
    pub(crate) queue: String,
    /// The output bucket, where it is not called like the input bucket with "-output-" for "-input-".
    #[arg(long, value_name = "BUCKET")]
    pub(crate) output: Option<String>,
    /// The presets that render was built with, instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) presets: Option<PathBuf>,
    /// Say what differs, and what it would cost; enqueue nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Render also what is as it should be.
    #[arg(long)]
    pub(crate) force: bool,
    /// With --force: only what was made before this time, so that an interrupted --force goes on where it was.
    #[arg(long, value_name = "TIME", requires = "force")]
    pub(crate) before: Option<jiff::Timestamp>,
    /// Enqueue at most so many; the next run finds the others.
    #[arg(long, value_name = "N")]
    pub(crate) max: Option<usize>,
    /// Enqueue more than 1,000 without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `darkroom redrive`.
#[derive(clap::Args)]
pub(crate) struct Redrive {
    /// The queue that render reads (`QueueUrl` of the stack); its dead letters are found by it.
    #[arg(long, value_name = "URL")]
    pub(crate) queue: String,
    /// Where render logs (`RenderLogs` of the stack): there the reasons are.
    #[arg(long, value_name = "LOG_GROUP")]
    pub(crate) logs: Option<String>,
    /// Only tell.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take at most so many letters.
    #[arg(long, value_name = "N")]
    pub(crate) max: Option<usize>,
}

/// `darkroom watch`.
#[derive(clap::Args)]
pub(crate) struct Watch {
    /// The topic of the notices (`TopicArn` of the stack).
    #[arg(long, value_name = "ARN")]
    pub(crate) topic: String,
    /// Print each notice as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What was asked for cannot be meant; the text says what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUse(pub(crate) String);
