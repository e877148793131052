//! The commands of docs/guide/README.md, run in order against the local AWS: from the first bucket to variants, and back to nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::stack;

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn the_guides_commands_build_a_stack_that_renders() -> Result<()> {
    let stack = stack();
    let folder = tempfile::tempdir()?;
    let aws = std::env::var("DARKROOM_AWS").context("run `cargo xtask test`")?;
    // The guide says `aws`, as its reader does; the local AWS needs its address in every call.
    let shim = folder.path().join("aws");
    fs::write(
        &shim,
        format!(
            "#!/bin/sh\nexec {aws} --endpoint-url {} \"$@\"\n",
            stack.endpoint
        ),
    )?;
    fs::set_permissions(&shim, fs::Permissions::from_mode(0o755))?;
    fs::write(folder.path().join("photo.jpg"), jpeg(800, 600, 1)?)?;

    let guide = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/guide/README.md"
    ))?;
    let path = std::env::var("PATH")?;
    let output = Command::new("bash")
        .args(["-e", "-c", &commands(&guide)])
        .current_dir(&folder)
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .env("BOOTSTRAP", render()?)
        .envs([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_CONFIG_FILE", "/dev/null"),
        ])
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}\n{complained}");
    for made in ["manifest.json", "large.jpg", "square.jpg"] {
        ensure!(
            said.contains(made),
            "the guide's stack made no {made}: {said}"
        );
    }
    Ok(())
}

/// The guide's shell blocks, one after the other.
fn commands(guide: &str) -> String {
    let blocks = guide.split("```sh\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

/// The render function's program, which is beside the command line's.
fn render() -> Result<PathBuf> {
    let cli = std::env::var("DARKROOM_CLI").context("run `cargo xtask test`")?;
    Ok(PathBuf::from(cli).with_file_name("darkroom-render"))
}
