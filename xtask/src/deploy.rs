//! `cargo xtask deploy`: compiles the functions for AWS, deploys the stack and publishes the page, with the user's credentials.

mod concurrency;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use xtask::run;
use xtask::template::Template;
use xtask::tools::{self, Tools};

use crate::{site, stack};

/// The Rust target of the functions' processors.
const TARGET: &str = "aarch64-unknown-linux-gnu";

/// What the command line asked for.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change AWS without asking.
    #[arg(long)]
    yes: bool,
    /// Parameters of template.yaml, for example NoticeEmail=you@example.com.
    #[arg(value_name = "PARAMETER=VALUE", value_parser = parameter)]
    parameters: Vec<String>,
}

fn parameter(word: &str) -> Result<String, &'static str> {
    if word.contains('=') {
        Ok(word.to_owned())
    } else {
        Err("write it as Name=value")
    }
}

/// The stack as defined in samconfig.toml.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    stack: String,
    region: String,
}

/// Runs the verb.
pub(crate) fn run(options: &Options) -> Result<()> {
    let target = target(&read("samconfig.toml")?)?;
    let tools = tools::python_programs()?;
    tools::node_packages()?;
    let account = account(&tools, &target)?;
    println!(
        "deploying stack {} to account {account}, {}",
        target.stack, target.region
    );
    concurrency::check(
        &mut aws(&tools, &target),
        &options.parameters,
        &Template::read()?,
    )?;
    run::step("compiling the functions for AWS", || compile(&tools))?;
    site::build()?;
    deploy(&tools, options)?;
    publish_page(&tools, &target)
}

/// `cargo xtask publish`: the page alone, to a stack that SAM has deployed.
pub(crate) fn publish() -> Result<()> {
    let target = target(&read("samconfig.toml")?)?;
    let tools = tools::python_programs()?;
    tools::node_packages()?;
    account(&tools, &target)?;
    site::build()?;
    publish_page(&tools, &target)
}

fn publish_page(tools: &Tools, target: &Target) -> Result<()> {
    let aws = || aws(tools, target);
    let mut stack = stack::outputs(aws(), &target.stack)?;
    stack.insert("region".to_owned(), target.region.clone().into());
    let stack = stack.into();
    let folder = run::root().join("target/deploy");
    run::step("publishing the page", || {
        site::publish(&aws, &stack, &folder)
    })?;
    println!("\n{}", stack["site_url"].as_str().unwrap_or_default());
    Ok(())
}

fn read(file: &str) -> Result<String> {
    let path = run::root().join(file);
    fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
}

/// The stack's name and region, from SAM's own configuration.
fn target(samconfig: &str) -> Result<Target> {
    let config: toml::Table = samconfig.parse().context("failed to read samconfig.toml")?;
    let value = |name: &str| {
        let value = config.get("default").and_then(|default| {
            default
                .get("deploy")?
                .get("parameters")?
                .get(name)?
                .as_str()
        });
        value
            .map(str::to_owned)
            .with_context(|| format!("samconfig.toml has no {name} in [default.deploy.parameters]"))
    };
    Ok(Target {
        stack: value("stack_name")?,
        region: value("region")?,
    })
}

/// The account of the user's credentials, shown so that the user notices a wrong one in time.
fn account(tools: &Tools, target: &Target) -> Result<String> {
    let mut ask = aws(tools, target);
    ask.args([
        "sts",
        "get-caller-identity",
        "--query",
        "Account",
        "--output",
        "text",
    ]);
    let account = run::output(&mut ask).context(
        "no AWS credentials: run `aws configure`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    )?;
    Ok(account.trim().to_owned())
}

/// Installs Rust's standard library for the functions' target.
pub(crate) fn rust_target(log: &Path) -> Result<()> {
    let mut rust = Command::new("rustup");
    rust.args(["target", "add", TARGET])
        .current_dir(run::root());
    run::logged(&mut rust, log).with_context(|| {
        format!(
            "failed to add the Rust target {TARGET}: install Rust with rustup (https://rustup.rs)"
        )
    })
}

fn compile(tools: &Tools) -> Result<()> {
    let log = run::root().join("target/deploy/build.log");
    rust_target(&log)?;
    let mut sam = with_compilers(&tools.sam)?;
    sam.args(["build", "--template-file", "template.yaml"]);
    run::logged(&mut sam, &log)
}

/// A command whose PATH starts with cargo-lambda and zig.
pub(crate) fn with_compilers(program: &Path) -> Result<Command> {
    let mut command = tools::compiling("sh")?;
    command
        .args(["-c", "PATH=\"$0:$PATH\" exec \"$@\""])
        .arg(tools::cross_compilers()?)
        .arg(program)
        .env("SAM_CLI_TELEMETRY", "0");
    Ok(command)
}

/// Runs `sam deploy` on the compiled functions. It asks the user, so it gets the terminal.
fn deploy(tools: &Tools, options: &Options) -> Result<()> {
    let mut sam = Command::new(&tools.sam);
    sam.args(["deploy", "--no-fail-on-empty-changeset"])
        .env("SAM_CLI_TELEMETRY", "0")
        .current_dir(run::root());
    if options.yes {
        sam.arg("--no-confirm-changeset");
    }
    if !options.parameters.is_empty() {
        sam.arg("--parameter-overrides").args(&options.parameters);
    }
    let status = sam.status().context("failed to start `sam deploy`")?;
    if !status.success() {
        bail!("failed to deploy the stack: see the output of sam above");
    }
    Ok(())
}

/// AWS's command line, with the user's credentials.
fn aws(tools: &Tools, target: &Target) -> Command {
    let mut aws = Command::new(&tools.aws);
    aws.args(["--region", &target.region]);
    aws
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_a_value() {
        assert_eq!(
            parameter("MaxConcurrency=9"),
            Ok("MaxConcurrency=9".to_owned())
        );
        assert!(parameter("NoticeEmail").is_err());
    }

    #[test]
    fn samconfig_says_which_stack() {
        let samconfig = read("samconfig.toml").expect("samconfig.toml");
        let target = target(&samconfig).expect("a stack and a region");
        assert_eq!(target.stack, "darkroom");
        assert!(!target.region.is_empty() && !target.region.contains('"'));
    }
}
