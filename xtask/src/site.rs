//! The upload page: built, and published to the site bucket.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::{fingerprint, run};

/// The engine's formats and limits, which a test of `darkroom-imaging` keeps up to date.
const ACCEPTS: &str = include_str!("../../lib/imaging/accepts.json");

/// The operator's wishes for the page, which config.json has as `page`.
const PAGE: &str = "frontend/page.json";

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
    let page = fs::read_to_string(run::root().join(PAGE))
        .with_context(|| format!("failed to read {PAGE}"))?;
    fs::write(&file, serde_json::to_string_pretty(&config(stack, &page)?)?)?;
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

/// What config.json says; `docs/schema/config.schema.json` describes it, and `frontend/client/config.ts` reads it.
/// `page` is the text of page.json.
fn config(stack: &Value, page: &str) -> Result<Value> {
    let page: Value =
        serde_json::from_str(page).with_context(|| format!("failed to read {PAGE}"))?;
    let accepts: Value = serde_json::from_str(ACCEPTS).context("failed to read accepts.json")?;
    let guest_days = stack["guest_days"]
        .as_str()
        .context("failed to find how long guests' pictures are kept")?;
    Ok(json!({
        "region": stack["region"],
        "identityPoolId": stack["identity_pool_id"],
        "inputBucket": stack["input_bucket"],
        "websocketUrl": stack["websocket_url"],
        "publicUrl": stack["public_url"],
        "endpoint": stack["endpoint"], // only a local stack has one
        "guestDays": guest_days.parse::<u32>().context("failed to read GuestDays")?,
        "accepts": accepts,
        "page": page,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn the_page_hears_the_limits_and_how_long_pictures_are_kept() {
        let config = super::config(&json!({ "guest_days": "30" }), r#"{"title":"Ours"}"#)
            .expect("a whole configuration");
        assert_eq!(config["guestDays"], 30);
        assert_eq!(config["accepts"]["formats"][0]["name"], "jpeg");
        assert!(config["accepts"]["maxBytes"].is_u64());
        assert_eq!(config["page"]["title"], "Ours");
        let error = super::config(&json!({}), "{}").expect_err("a stack without its outputs");
        assert!(error.to_string().contains("how long"), "{error}");
        let error = super::config(&json!({ "guest_days": "30" }), "{,}").expect_err("no JSON");
        assert!(error.to_string().contains("page.json"), "{error}");
    }
}
