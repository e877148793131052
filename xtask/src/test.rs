//! `cargo xtask test`: every test there is, the small ones first, then the whole system on a local stack of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow};
use xtask::functions::{self, Profile};
use xtask::run;
use xtask::tools::{self, Tools};

use crate::stack::{self, Place};
use crate::{arm64, load, server};

/// The tests that need a running stack.
const SYSTEM: [&str; 4] = ["--test", "system", "--test", "contract"];

/// Runs the verb with the words after it.
pub(crate) fn run() -> Result<()> {
    run::catch_signals()?;
    let (tools, checkov) = programs()?;
    tools::node_packages()?;
    let browser = tools::browser()?;
    run::step("checking template.yaml", || check_template(&tools))?;
    run::step("checking the template's security", || {
        check_security(&tools, &checkov)
    })?;
    run::step("asking a policy evaluator who may do what", || {
        policies(&tools)
    })?;
    run::step("unit, property and integration tests", units)?;
    run::step("the page's unit tests", || run::shown(&mut npm(&["test"])))?;
    if !arm64::check()? {
        println!("NOT CHECKED: the arm64 build; {}", arm64::MISSING);
    }
    whole_system(&tools, browser.as_deref())
}

/// The Python programs, and checkov beside them: the first installation takes a minute for each of the two.
fn programs() -> Result<(Tools, PathBuf)> {
    thread::scope(|scope| {
        let checkov = scope.spawn(tools::checkov);
        let tools = tools::python_programs()?;
        let checkov = checkov
            .join()
            .map_err(|_| anyhow!("failed to install checkov"))?;
        Ok((tools, checkov?))
    })
}

fn check_template(tools: &Tools) -> Result<()> {
    let folder = run::root();
    let log = folder.join("target/test-stack/log/template.log");
    let mut sam = Command::new(&tools.sam);
    sam.args(["validate", "--lint", "--region", server::REGION])
        .env("SAM_CLI_TELEMETRY", "0")
        .current_dir(&folder);
    run::logged(&mut sam, &log)?;
    run::logged(
        Command::new(&tools.cfn_lint)
            .arg("template.yaml")
            .current_dir(&folder),
        &log,
    )
}

/// The translated template against checkov's rules. The exceptions and their reasons are in tests/policies/checkov.yaml.
fn check_security(tools: &Tools, checkov: &Path) -> Result<()> {
    let root = run::root();
    let folder = root.join("target/test-stack");
    let mut translate = Command::new(&tools.python);
    translate
        .args(["tests/policies/translate.py", "template.yaml"])
        .current_dir(&root);
    let translated = folder.join("template.json");
    fs::create_dir_all(&folder)?;
    fs::write(&translated, run::output(&mut translate)?)
        .with_context(|| format!("failed to write {}", translated.display()))?;
    let mut check = Command::new(checkov);
    check
        .arg("--file")
        .arg(&translated)
        .args(["--config-file", "tests/policies/checkov.yaml"])
        .current_dir(&root);
    run::logged(&mut check, &folder.join("log/checkov.log"))
}

/// Every role and resource policy of the template against tests/policies/cases.yaml.
fn policies(tools: &Tools) -> Result<()> {
    let folder = tools::policy_tests()?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter", "dot"])
        .env("DARKROOM_PYTHON", &tools.python)
        .current_dir(folder);
    run::shown(&mut node)
}

/// The tests that need nothing but the code.
fn units() -> Result<()> {
    run::shown(&mut tests(Which::Units)?)?;
    run::shown(&mut tests(Which::SafeDecoders)?)?;
    let mut examples = tools::cargo()?;
    examples.args(["test", "--quiet", "--doc", "--workspace"]);
    run::shown(&mut examples)
}

/// The tests that need a running stack: one of their own, which ends with them, however they end.
fn whole_system(tools: &Tools, browser: Option<&Path>) -> Result<()> {
    let folder = run::root().join("target/test-stack");
    server::stop(&folder)?; // left by a run that was killed
    stack::wipe(&folder)?;
    let file = folder.join("stack.json");
    let place = Place {
        folder,
        port: server::free_port()?,
        profile: Profile::Dev,
    };
    let (_server, stack) = stack::start(&place)?;
    let cli = functions::program("darkroom", Profile::Dev)?;
    run::step("the page in a browser", || {
        let mut page = npm(&["run", "test:browser"]);
        page.env("DARKROOM_STACK", &file).env(
            "DARKROOM_SITE_URL",
            stack["site_url"].as_str().unwrap_or_default(),
        );
        if let Some(browser) = browser {
            page.env("DARKROOM_BROWSER", browser);
        }
        run::shown(&mut page)
    })?;
    run::step("the whole system", || {
        let mut system = tests(Which::System)?;
        run::shown(
            system
                .env("DARKROOM_STACK", &file)
                .env("DARKROOM_CLI", &cli)
                .env("DARKROOM_AWS", &tools.aws),
        )
    })?;
    run::step("a storm of faults", || {
        let words = ["chaos", "--jobs", "40"].map(str::to_owned);
        run::shown(&mut load::command(&place, &words)?)
    })
}

/// A choice among the workspace's tests.
#[derive(Clone, Copy)]
enum Which {
    /// Those that need no stack.
    Units,
    /// The engine's own, with the memory-safe decoders.
    SafeDecoders,
    /// Those that need a stack, and so are ignored otherwise.
    System,
}

/// The command that runs Rust tests: nextest where it is installed, else Cargo's own.
fn tests(which: Which) -> Result<Command> {
    let mut cargo = tools::cargo()?;
    let nextest = run::output(Command::new("cargo").args(["nextest", "--version"])).is_ok();
    cargo.args(if nextest {
        ["nextest", "run"].as_slice()
    } else {
        &["test"]
    });
    // Always the whole workspace, whose dependencies then have the same features, and so are compiled once.
    cargo.args(["--workspace", "--no-fail-fast"]);
    match which {
        Which::Units => {}
        Which::SafeDecoders => {
            cargo
                .env("DARKROOM_TEST_DECODERS", "safe")
                .args(["--test", "render"]);
        }
        Which::System => {
            cargo.args(SYSTEM).args(if nextest {
                ["--run-ignored", "only"]
            } else {
                ["--", "--ignored"]
            });
        }
    }
    Ok(cargo)
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(arguments)
        .current_dir(run::root().join("frontend"));
    npm
}
