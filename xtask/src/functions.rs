//! The Lambda functions as programs of this machine, and template.yaml pointing at them, as `sam build` would leave both.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::{progress, run, tools};

/// Line of template.yaml that says where a function's code is.
const CODE: &str = "CodeUri: .";

/// A small test. A build with a test among its targets gives dependencies the features that tests need, and `--workspace` the
/// features that any package needs: so what `local` compiles is what `test` uses.
const ANY_TEST: &str = "hostile";

/// How the functions are compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// As for AWS.
    Release,
    /// As for tests, so that nothing is compiled twice: quickly, with overflow checks.
    Dev,
}

/// Compiles every function that template.yaml names and lays them and the template in `folder`; returns the template's path.
pub(crate) fn build(folder: &Path, profile: Profile) -> Result<PathBuf> {
    let source = run::root().join("template.yaml");
    let text = fs::read_to_string(&source)
        .with_context(|| format!("failed to read {}", source.display()))?;
    for (name, program) in compile(&binaries(&text), profile)? {
        let artifact = folder.join(&name);
        fs::create_dir_all(&artifact)?;
        fs::copy(&program, artifact.join("bootstrap"))
            .with_context(|| format!("failed to copy {}", program.display()))?;
    }
    let built = folder.join("template.yaml");
    fs::write(&built, with_code(&text, folder)?)
        .with_context(|| format!("failed to write {}", built.display()))?;
    Ok(built)
}

/// Compiles a package and returns its program.
pub(crate) fn program(package: &str, profile: Profile) -> Result<PathBuf> {
    let mut programs = compile(&[package.to_owned()], profile)?;
    let (_, program) = programs
        .pop()
        .with_context(|| format!("failed to build {package}"))?;
    Ok(program)
}

/// The packages that the template's functions are built from.
fn binaries(template: &str) -> Vec<String> {
    let mut names: Vec<String> = template
        .lines()
        .filter_map(binary)
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The package a line names, if it is a function's `Metadata`.
fn binary(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Binary: ")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .next()
}

/// The template with a `CodeUri` of its own for every function, instead of the one in `Globals` that `sam build` starts from.
fn with_code(template: &str, folder: &Path) -> Result<String> {
    if template.matches(CODE).count() != 1 {
        bail!("template.yaml must contain `{CODE}` exactly once");
    }
    let mut built = String::new();
    let mut package = None;
    for line in template.lines().filter(|line| line.trim() != CODE) {
        built.push_str(line);
        built.push('\n');
        package = binary(line).or(package);
        if line.trim() == "Properties:"
            && let Some(package) = package.take()
        {
            writeln!(built, "      CodeUri: {}", folder.join(package).display())?;
        }
    }
    Ok(built)
}

/// Compiles packages and returns the path of each one's program.
pub(crate) fn compile(packages: &[String], profile: Profile) -> Result<Vec<(String, PathBuf)>> {
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
pub(crate) fn programs(cargo: &mut Command, packages: &[String]) -> Result<Vec<(String, PathBuf)>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "\
Globals:
  Function:
    CodeUri: .
Resources:
  PushFunction:
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: darkroom-push } }
    Properties:
      Timeout: 30
  Topic:
    Properties:
      Name: x
";

    #[test]
    fn every_function_gets_its_own_code() {
        let built = with_code(TEMPLATE, Path::new("/f")).expect("a template");
        assert_eq!(built.matches("CodeUri").count(), 1);
        assert!(
            built.contains("    Properties:\n      CodeUri: /f/darkroom-push\n      Timeout: 30\n"),
            "{built}"
        );
    }

    #[test]
    fn every_function_of_the_real_template_gets_its_code() {
        let path = run::root().join("template.yaml");
        let template = fs::read_to_string(path).expect("template.yaml");
        let built = with_code(&template, Path::new("/f")).expect("one line of code in Globals");
        assert_eq!(
            built.matches("CodeUri: /f/darkroom-").count(),
            built.matches("Type: AWS::Serverless::Function").count()
        );
    }

    #[test]
    fn the_template_names_the_packages() {
        assert_eq!(binaries(TEMPLATE), ["darkroom-push"]);
    }
}
