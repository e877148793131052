//! A folder of all sorts, copied with AWS's own command line: every file has its outcome.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use darkroom_tests::originals::{bmp, gif, jpeg, png, tiff, webp};
use darkroom_tests::stack::{drained, eventually, notice, s3, stack, sync, tap, tapped};
use serde_json::Value;

const PREFIX: &str = "sync";

/// 50 files: their names, their bytes, and `ready` or the code they are rejected with.
fn files() -> Result<Vec<(String, Vec<u8>, &'static str)>> {
    let photo = jpeg(1600, 1200, 1)?;
    let odd = [
        "with space.jpg",
        "two  spaces/in a folder.jpg",
        "plus+plus.jpg",
        "a+b c+d.jpg",
        "100%.jpg",
        "50%25 off.jpg",
        "%2F.jpg",
        "grüße.jpg",
        "写真/東京 2024.jpg",
        "emoji 📷.jpg",
        "no-extension",
        "UPPER.JPG",
        "dots.in.the.name.jpeg",
        "quote'quote.jpg",
        "(brackets) [and] {more}.jpg",
        "a&b=c;d,e.jpg",
        "hash#question?.jpg",
        "at@colon:dollar$.jpg",
        "deep/er/and/deep/er/still.jpg",
        "tilde~and!bang.jpg",
    ];
    let mut files: Vec<_> = odd
        .map(|name| (name.to_owned(), photo.clone(), "ready"))
        .into();
    for number in 1..=8 {
        files.push((
            format!("turned {number}.jpg"),
            jpeg(640, 480, number)?,
            "ready",
        ));
    }
    for number in 1..=6_u16 {
        files.push((
            format!("drawing {number}.png"),
            png(100 * number, 80 * number, number % 2 == 0)?,
            "ready",
        ));
        files.push((
            format!("lossless {number}.webp"),
            webp(90 * number, 60 * number)?,
            "ready",
        ));
    }
    for number in 1..=3_u16 {
        files.push((format!("old {number}.gif"), gif(120 * number, 90)?, "ready"));
        files.push((
            format!("scan {number}.tiff"),
            tiff(200, 150 * number)?,
            "ready",
        ));
    }
    files.push(("windows.bmp".to_owned(), bmp(320, 200), "ready"));
    files.push(("really a png.jpg".to_owned(), png(64, 64, false)?, "ready"));
    files.push((
        "notes.jpg".to_owned(),
        b"just words".to_vec(),
        "not_an_image",
    ));
    files.push(("empty.jpg".to_owned(), Vec::new(), "empty"));
    Ok(files)
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn fifty_mixed_files_have_fifty_outcomes() -> Result<()> {
    let stack = stack();
    let queue = tap(&stack, "tap-sync", "image").await?;
    let files = files()?;
    assert_eq!(files.len(), 50);
    let folder = tempfile::tempdir()?;
    for (name, bytes, _) in &files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        fs::write(path, bytes)?;
    }
    sync(&stack, folder.path(), PREFIX)?;

    let expected: BTreeMap<String, &str> = files
        .iter()
        .map(|(name, _, outcome)| (format!("{PREFIX}/{name}/manifest.json"), *outcome))
        .collect();
    let mut told = BTreeMap::new();
    eventually("a notice for each file", async || {
        for envelope in tapped(&stack, &queue).await? {
            let notice = notice(&envelope)?;
            let key = notice["manifest"]
                .as_str()
                .context("a notice without a manifest")?
                .to_owned();
            if key.starts_with(PREFIX) {
                told.insert(key, outcome(&notice));
            }
        }
        Ok((told.len() >= expected.len()).then_some(()))
    })
    .await?;
    let client = s3(&stack.admin());
    let mut recorded = BTreeMap::new();
    for key in expected.keys() {
        let object = client
            .get_object()
            .bucket(&stack.output_bucket)
            .key(key)
            .send()
            .await
            .with_context(|| key.clone())?;
        let manifest: Value = serde_json::from_slice(&object.body.collect().await?.into_bytes())?;
        assert_eq!(
            format!(
                "{}/manifest.json",
                manifest["original"]["key"].as_str().unwrap_or_default()
            ),
            *key
        );
        recorded.insert(key.clone(), outcome(&manifest));
    }
    let expected: BTreeMap<String, String> = expected
        .into_iter()
        .map(|(key, outcome)| (key, outcome.to_owned()))
        .collect();
    assert_eq!(told, expected, "notices");
    assert_eq!(recorded, expected, "manifests");
    assert_eq!(drained(&stack).await?, 0, "messages in the DLQ");
    Ok(())
}

/// `ready`, or the code of the rejection.
fn outcome(document: &Value) -> String {
    let code = document["rejection"]["code"].as_str();
    code.or(document["outcome"].as_str())
        .unwrap_or_default()
        .to_owned()
}
