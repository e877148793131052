//! The upload page: built, and published to the site bucket.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{fingerprint, run};

/// Builds the page into `frontend/dist`, unless nothing of it has changed.
pub(crate) fn build() -> Result<()> {
    let frontend = run::root().join("frontend");
    let mut sources = Vec::new();
    for entry in fs::read_dir(&frontend).context("failed to read frontend/")? {
        let path = entry?.path();
        let made = ["node_modules", "dist", "test-results"]
            .iter()
            .any(|name| path.ends_with(name));
        if !made {
            sources.push(path);
        }
    }
    sources.sort();
    let sources: Vec<&Path> = sources.iter().map(AsRef::as_ref).collect();
    let mark = frontend.join("dist/.made-from"); // gone together with dist
    fingerprint::unless_done(&mark, &fingerprint::of(&sources)?, || {
        run::step("building the page", || {
            let log = run::root().join("target/tools/log/page.log");
            run::logged(
                Command::new("npm")
                    .args(["run", "build"])
                    .current_dir(&frontend),
                &log,
            )
        })
    })?;
    Ok(())
}

/// Copies the page to the site bucket of `stack`, and beside it the config.json that tells the page where it is.
/// `aws` is AWS's command line with the right credentials; `stack` is what stack.json says, `folder` takes logs.
pub(crate) fn publish(aws: &dyn Fn() -> Command, stack: &Value, folder: &Path) -> Result<()> {
    let bucket = stack["site_bucket"]
        .as_str()
        .context("failed to find the site bucket")?;
    let dist = run::root().join("frontend/dist");
    let target = format!("s3://{bucket}");
    let log = folder.join("log/publish.log");
    // Names under assets/ have a hash of their content, so they may be kept for ever; nothing else may.
    let for_ever = [
        "--exclude",
        "*",
        "--include",
        "assets/*",
        "--cache-control",
        "public, max-age=31536000, immutable",
    ];
    let never = [
        "--exclude",
        "assets/*",
        "--exclude",
        "config.json",
        "--exclude",
        ".made-from",
        "--cache-control",
        "no-cache",
    ];
    for caching in [&for_ever[..], &never[..]] {
        let mut sync = aws();
        sync.args(["s3", "sync", "--delete"])
            .arg(&dist)
            .arg(&target)
            .args(caching);
        run::logged(&mut sync, &log)?;
    }
    let file = folder.join("config.json");
    fs::create_dir_all(folder)?;
    fs::write(&file, serde_json::to_string_pretty(&config(stack))?)?;
    let mut copy = aws();
    copy.args(["s3", "cp"])
        .arg(&file)
        .arg(format!("{target}/config.json"));
    copy.args([
        "--cache-control",
        "no-cache",
        "--content-type",
        "application/json",
    ]);
    run::logged(&mut copy, &log)
}

/// What config.json says; `frontend/src/config.ts` reads it.
fn config(stack: &Value) -> Value {
    json!({
        "region": stack["region"],
        "identityPoolId": stack["identity_pool_id"],
        "inputBucket": stack["input_bucket"],
        "websocketUrl": stack["websocket_url"],
        "publicUrl": stack["public_url"],
        "endpoint": stack["endpoint"], // only a local stack has one
    })
}
