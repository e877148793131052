//! `cargo xtask local`: the whole system on a local AWS, for as long as the user likes.

use anyhow::{Result, bail};
use xtask::functions::Profile;
use xtask::run;

use crate::server;
use crate::stack::{self, Place};

/// MiniStack's and LocalStack's own default.
const PORT: u16 = 4566;

/// What the command line asked for.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The port of the local AWS.
    #[arg(long, value_name = "N", default_value_t = PORT)]
    port: u16,
    /// Return once the stack is ready, and leave it running.
    #[arg(long)]
    detach: bool,
    /// Start from an empty stack.
    #[arg(long)]
    fresh: bool,
    /// Stop the local AWS.
    #[arg(long, exclusive = true)]
    stop: bool,
}

/// Runs the verb.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = run::root().join("target/local");
    if options.stop {
        println!(
            "{}",
            if server::stop(&folder)? {
                "stopped"
            } else {
                "the local stack is not running"
            }
        );
        return Ok(());
    }
    if server::running(&folder).is_some() {
        bail!(
            "the local stack is already running (see {}); stop it with: cargo xtask local --stop",
            folder.join("stack.json").display()
        );
    }
    if options.fresh {
        stack::wipe(&folder)?;
    }
    run::catch_signals()?;
    let (mut server, stack) = stack::start(&Place {
        folder,
        port: options.port,
        profile: Profile::Dev,
    })?;
    println!("\n{}", stack["site_url"].as_str().unwrap_or_default());
    println!("ready");
    if options.detach {
        server.detach();
        return Ok(());
    }
    server.run()?;
    println!("\nstopping");
    Ok(())
}
