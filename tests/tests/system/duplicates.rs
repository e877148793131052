//! `darkroom duplicates` finds, in the output bucket, originals that look nearly the same.

use anyhow::{Result, ensure};
use darkroom_tests::originals::{jpeg, png};
use darkroom_tests::stack::{manifest, s3, stack};
use serde_json::Value;

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn one_picture_in_two_formats_is_a_group_by_its_manifests() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    for (key, body) in [
        ("duplicates/a.jpg", jpeg(320, 240, 1)?),
        ("duplicates/b.png", png(320, 240, false)?),
    ] {
        let request = client.put_object().bucket(&stack.input_bucket).key(key);
        request.body(body.into()).send().await?;
        let hash = manifest(&stack, key).await?["phash"].clone();
        ensure!(hash.as_str().is_some_and(|hash| hash.len() == 16), "{hash}");
    }
    let outputs = format!("s3://{}/duplicates/", stack.output_bucket);
    let output = stack
        .darkroom(&["duplicates", &outputs, "--json"])?
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let group: Value = serde_json::from_slice(&output.stdout)?;
    let name = |at: usize| group["originals"][at]["original"].as_str();
    assert_eq!(
        [name(0), name(1), name(2)],
        [Some("duplicates/a.jpg"), Some("duplicates/b.png"), None]
    );
    Ok(())
}
