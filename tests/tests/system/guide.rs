//! The commands of docs/guide/README.md, run in order against the local AWS: from the first bucket to variants, and back to nothing.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::{Stack, stack};

/// The whole guide takes 15 seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(150);

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn the_guides_commands_build_a_stack_that_renders() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let stack = stack();
    let mut aws = start_aws(folder, &stack)?;
    fs::write(folder.join("photo.jpg"), jpeg(800, 600, 1)?)?;
    let ended = follow(folder);
    aws.kill()?;
    aws.wait()?;
    let ended = ended?;
    let said = fs::read_to_string(folder.join("said"))?;
    let did = fs::read_to_string(folder.join("did"))?;
    ensure!(ended.success(), "{said}\n{did}");
    for made in ["manifest.json", "large.jpg", "square.jpg"] {
        ensure!(
            said.contains(made),
            "the guide's stack made no {made}: {said}\n{did}"
        );
    }
    Ok(())
}

/// Puts a program `aws` into the folder. The guide runs it forty times, and its start takes two seconds; `aws.py` starts once.
fn start_aws(folder: &Path, stack: &Stack) -> Result<Child> {
    let python = PathBuf::from(from_xtask("DARKROOM_AWS")?).with_file_name("python");
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/system/aws.py");
    let socket = folder.join("aws.socket");
    let shim = folder.join("aws");
    fs::write(
        &shim,
        format!(
            "#!/bin/sh\nexec {} -S {program} call {} --endpoint-url {} \"$@\"\n",
            python.display(),
            socket.display(),
            stack.endpoint
        ),
    )?;
    fs::set_permissions(&shim, Permissions::from_mode(0o755))?;
    let mut server = Command::new(python)
        .args([program, "serve"])
        .arg(&socket)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = server.stdout.take().context("stdout")?;
    let first = BufReader::new(output).lines().next();
    ensure!(first.context("aws.py ended")?? == "ready");
    Ok(server)
}

/// Runs the guide in the folder. Its output goes to the file `said`, every command and complaint to the file `did`.
fn follow(folder: &Path) -> Result<ExitStatus> {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/README.md");
    let guide = fs::read_to_string(guide)?;
    let blocks = blocks(&guide);
    let down = blocks.last().context("the guide has no commands")?;
    let all = blocks.concat();
    let script = format!("down() {{ set +e\n{down}}}\ntrap down ERR\n{all}");
    let path = std::env::var("PATH")?;
    let mut shell = Command::new("bash")
        .args(["-e", "-x", "-c", &script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("BOOTSTRAP", render()?)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .stdout(File::create(folder.join("said"))?)
        .stderr(File::create(folder.join("did"))?)
        .spawn()?;
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = shell.try_wait()? {
            return Ok(status);
        }
        sleep(Duration::from_millis(100));
    }
    shell.kill()?;
    Ok(shell.wait()?)
}

/// The guide's shell blocks.
fn blocks(guide: &str) -> Vec<&str> {
    let starts = guide.split("```sh\n").skip(1);
    starts
        .filter_map(|block| block.split("```").next())
        .collect()
}

/// The render function's program, which is beside the command line's.
fn render() -> Result<PathBuf> {
    Ok(PathBuf::from(from_xtask("DARKROOM_CLI")?).with_file_name("darkroom-render"))
}

fn from_xtask(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: run `cargo xtask test`"))
}
