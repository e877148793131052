//! The Lambda functions as programs of this machine, and template.yaml pointing at them, as `sam build` would leave both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::template::Template;
use crate::{progress, tools};

/// A small test. A build with a test among its targets gives dependencies the features that tests need, and `--workspace` the
/// features that any package needs: so what `local` compiles is what `test` uses.
const ANY_TEST: &str = "hostile";

/// How the functions are compiled.
#[derive(Clone, Copy)]
pub enum Profile {
    /// As for AWS.
    Release,
    /// As for tests, so that nothing is compiled twice: quickly, with overflow checks.
    Dev,
}

/// Compiles every function that template.yaml names and lays them and the template in `folder`; returns the template's path.
pub fn build(folder: &Path, profile: Profile) -> Result<PathBuf> {
    let template = Template::read()?;
    for (name, program) in compile(&template.packages(), profile)? {
        let artifact = folder.join(&name);
        fs::create_dir_all(&artifact)?;
        fs::copy(&program, artifact.join("bootstrap"))
            .with_context(|| format!("failed to copy {}", program.display()))?;
    }
    let built = folder.join("template.json");
    fs::write(&built, template.with_code(folder)?)
        .with_context(|| format!("failed to write {}", built.display()))?;
    Ok(built)
}

/// Compiles a package and returns its program.
pub fn program(package: &str, profile: Profile) -> Result<PathBuf> {
    let mut programs = compile(&[package.to_owned()], profile)?;
    let (_, program) = programs
        .pop()
        .with_context(|| format!("failed to build {package}"))?;
    Ok(program)
}

/// Compiles packages and returns the path of each one's program.
pub fn compile(packages: &[String], profile: Profile) -> Result<Vec<(String, PathBuf)>> {
    let mut cargo = tools::cargo()?;
    cargo.arg("build");
    match profile {
        Profile::Release => cargo
            .arg("--release")
            .args(packages.iter().flat_map(|name| ["--package", name])),
        Profile::Dev => cargo
            .args(["--workspace", "--test", ANY_TEST])
            .args(packages.iter().flat_map(|name| ["--bin", name])),
    };
    programs(&mut cargo, packages)
}

/// Runs a `cargo build` and returns the path of each package's program.
pub fn programs(cargo: &mut Command, packages: &[String]) -> Result<Vec<(String, PathBuf)>> {
    cargo.args(["--message-format", "json-render-diagnostics"]);
    progress::ask(cargo);
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("failed to start cargo")?;
    let told = child
        .stderr
        .take()
        .context("failed to read what cargo says")?;
    // Beside the output: Cargo waits when either pipe is full.
    let teller = thread::spawn(|| progress::show(told));
    let output = child.wait_with_output().context("failed to run cargo")?;
    teller
        .join()
        .map_err(|_| anyhow!("failed to show what cargo says"))??;
    if !output.status.success() {
        bail!("failed to compile: see the output of cargo above");
    }
    let messages: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let program = |name: &str| {
        let is_it = |message: &&Value| {
            message["target"]["name"] == name && message["profile"]["test"] == false
        };
        messages
            .iter()
            .filter(is_it)
            .find_map(|message| message["executable"].as_str())
    };
    packages
        .iter()
        .map(|name| {
            Ok((
                name.clone(),
                PathBuf::from(program(name).with_context(|| format!("failed to build {name}"))?),
            ))
        })
        .collect()
}
