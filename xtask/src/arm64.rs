//! `cargo xtask arm64`: checks that the arm64 build of cargo-lambda renders the same bytes as this machine's build.
//! qemu runs it, emulating the processor of Lambda's machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use xtask::functions::{self, Profile};
use xtask::{run, tools};

use crate::{deploy, stack};

/// The package whose program renders folders.
const CLI: &str = "darkroom";
/// qemu's name for the processor of Lambda's arm64 machines.
const PROCESSOR: &str = "neoverse-n1";
/// Presets that use every encoder, odd sides, and the decoder's scaling.
const PRESETS: &str = r#"
[presets.large]
fit = "inside"
width = 430
height = 430
formats = ["jpeg", "webp"]
chroma = "4:4:4"

[presets.small]
fit = "inside"
width = 161
height = 161
formats = ["jpeg", "webp", "png", "gif", "avif"]

[presets.square]
fit = "cover"
width = 63
height = 63
formats = ["auto", "png"]
"#;

/// Runs the verb.
pub(crate) fn run() -> Result<()> {
    run::catch_signals()?;
    if !check()? {
        bail!("{MISSING}");
    }
    Ok(())
}

/// What to install if the check cannot run.
pub(crate) const MISSING: &str = "running programs for arm64 needs qemu and a C library: apt-get install qemu-user libc6-arm64-cross";

/// Renders on both processors and compares; `false` if this machine cannot run arm64 programs.
pub(crate) fn check() -> Result<bool> {
    let Some(qemu) = tools::emulator()? else {
        return Ok(false);
    };
    let folder = run::root().join("target/arm64");
    stack::wipe(&folder)?;
    run::step("compiling for arm64", || {
        let log = folder.join("build.log");
        deploy::rust_target(&log)?;
        let mut cargo = deploy::with_compilers(Path::new("cargo"))?;
        cargo
            .args(["lambda", "build", "--arm64"])
            .arg("--lambda-dir")
            .arg(&folder);
        run::logged(&mut cargo, &log)
    })?;
    write_originals(&folder)?;
    let mut here = Command::new(functions::program(CLI, Profile::Dev)?);
    let mut there = Command::new(qemu);
    there
        .args(["-cpu", PROCESSOR, "-L", tools::ARM64_LIBRARIES])
        .arg(folder.join(CLI).join("bootstrap"));
    run::step("rendering on this processor", || {
        render(&mut here, &folder, "here")
    })?;
    run::step("rendering on arm64", || {
        render(&mut there, &folder, "arm64")
    })?;
    compare(&folder.join("here"), &folder.join("arm64"))?;
    Ok(true)
}

/// By the test that has them at hand.
fn write_originals(folder: &Path) -> Result<()> {
    let mut cargo = tools::cargo()?;
    cargo.args(["test", "--workspace", "--test", "render"]);
    cargo
        .args([
            "--",
            "--ignored",
            "--exact",
            "processors::originals_are_written",
        ])
        .env("DARKROOM_ORIGINALS", folder.join("originals"));
    run::logged(&mut cargo, &folder.join("originals.log"))
}

fn render(program: &mut Command, folder: &Path, out: &str) -> Result<()> {
    let presets = folder.join("presets.toml");
    fs::write(&presets, PRESETS)?;
    program.arg("render").arg(folder.join("originals"));
    program.arg("--out").arg(folder.join(out));
    program.arg("--presets").arg(presets);
    run::logged(program, &folder.join(format!("{out}.log")))
}

/// Checks that both sides have the same variants, byte for byte.
fn compare(one: &Path, other: &Path) -> Result<()> {
    let (here, there) = (variants(one)?, variants(other)?);
    let names: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    let differ = names
        .iter()
        .filter(|name| here.get(**name) != there.get(**name));
    let differ: Vec<String> = differ.map(|name| name.display().to_string()).collect();
    if !differ.is_empty() {
        bail!(
            "{} of {} variants differ on arm64: {}",
            differ.len(),
            names.len(),
            differ.join(", ")
        );
    }
    println!("  {} variants, all byte-identical", names.len());
    Ok(())
}

/// The variants below an output folder, by relative path.
fn variants(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut variants = BTreeMap::new();
    for original in
        fs::read_dir(folder).with_context(|| format!("failed to read {}", folder.display()))?
    {
        for file in fs::read_dir(original?.path())? {
            let path = file?.path();
            if path
                .extension()
                .is_some_and(|extension| extension != "json")
            {
                variants.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
            }
        }
    }
    Ok(variants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_or_is_missing_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, bytes: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("room");
        };
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        for side in ["here", "there"] {
            write(&format!("{side}/a/large.jpg"), "same");
            write(&format!("{side}/a/manifest.json"), side);
        }
        compare(&here, &there).expect("only the manifests differ, by their times");
        write("here/a/small.jpg", "one");
        write("there/a/small.jpg", "other");
        write("here/b/large.jpg", "only here");
        let error = compare(&here, &there).expect_err("two differ").to_string();
        assert!(error.ends_with("a/small.jpg, b/large.jpg"), "{error}");
        assert!(error.starts_with("2 of 3"), "{error}");
    }
}
