//! `cargo xtask local`: the whole system on a local AWS, for as long as the user likes.

use anyhow::{Context, Result, bail};

use crate::functions::Profile;
use crate::stack::{self, Place};
use crate::{run, server};

/// MiniStack's and LocalStack's own default.
const PORT: u16 = 4566;

/// What the command line asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    detach: bool,
    fresh: bool,
    stop: bool,
}

/// Runs the verb with the words after it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
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

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        port: PORT,
        detach: false,
        fresh: false,
        stop: false,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--port" => {
                let port = words
                    .next()
                    .context("--port needs a number, for example --port 4566")?;
                options.port = port
                    .parse()
                    .with_context(|| format!("failed to read the port: {port}"))?;
            }
            "--detach" => options.detach = true,
            "--fresh" => options.fresh = true,
            "--stop" => options.stop = true,
            other => {
                bail!("unknown option: {other} (allowed: --port N, --detach, --stop, --fresh)")
            }
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_read() {
        let options = parse(&words("--port 5000 --detach --fresh")).expect("good options");
        assert_eq!(
            options,
            Options {
                port: 5000,
                detach: true,
                fresh: true,
                stop: false
            }
        );
        assert_eq!(parse(&[]).expect("no options").port, PORT);
    }

    #[test]
    fn wrong_options_are_named() {
        for (line, said) in [
            ("--port", "needs a number"),
            ("--port 70000", "70000"),
            ("--prot 1", "--prot"),
        ] {
            let error = format!("{:#}", parse(&words(line)).expect_err(line));
            assert!(error.contains(said), "{error}");
        }
    }
}
