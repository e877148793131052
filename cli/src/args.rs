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

/// What was asked for cannot be meant; the text says what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongUse(pub(crate) String);
