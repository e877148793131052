//! `darkroom reprocess` repairs what was lost and touches nothing else; a deletion takes exactly its own outputs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use aws_sdk_s3::Client;
use darkroom_tests::bucket::{contents, keys};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::{Stack, drained, eventually, manifest, s3, stack};

/// Number of originals, with six outputs each.
const ORIGINALS: u16 = 40;
/// Number of outputs to lose.
const LOST: usize = 50;

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn fifty_lost_outputs_come_back_and_nothing_else_is_rendered() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    for number in 0..ORIGINALS {
        let key = format!("reprocess/{number}.jpg");
        put(&stack, &client, &key, jpeg(64 + number, 48, 1)?).await?;
    }
    for number in 0..ORIGINALS {
        manifest(&stack, &format!("reprocess/{number}.jpg")).await?;
    }
    drained(&stack).await?;
    ensure!(reprocess(&stack, &["--dry-run"])?.contains("40 up to date, 0 to render"));

    let before = contents(&client, &stack.output_bucket, "reprocess/").await?;
    assert_eq!(before.len(), usize::from(ORIGINALS) * 6);
    let lost = at_random(before.keys().cloned().collect(), LOST);
    for key in &lost {
        delete(&client, &stack.output_bucket, key).await?;
    }
    // One more problem: outputs whose original is gone without an event.
    let ghost = &before["reprocess/0.jpg/manifest.json"];
    put_output(&stack, &client, "reprocess/gone.jpg/manifest.json", ghost).await?;
    put_output(&stack, &client, "reprocess/gone.jpg/large.jpg", b"x").await?;

    let hurt: BTreeSet<&str> = lost.iter().filter_map(|key| folder(key)).collect();
    let said = reprocess(&stack, &["--dry-run"])?;
    ensure!(
        said.contains(&format!("{} to render", hurt.len())),
        "{said}"
    );
    ensure!(
        said.contains("1 deleted, with outputs left behind"),
        "{said}"
    );
    reprocess(&stack, &[])?;

    eventually("all outputs and no others", async || {
        let there = keys(&client, &stack.output_bucket, "reprocess/").await?;
        Ok(there.iter().eq(before.keys()).then_some(()))
    })
    .await?;
    assert_eq!(drained(&stack).await?, 0, "messages in the DLQ");
    let after = contents(&client, &stack.output_bucket, "reprocess/").await?;
    for (key, bytes) in &before {
        let of_hurt = hurt.contains(folder(key).context("a folder")?);
        let is_manifest = key.ends_with("manifest.json");
        // A manifest contains its time of writing: it changes if and only if the original was rendered again.
        assert_eq!(after[key] != *bytes, of_hurt && is_manifest, "{key}");
    }
    ensure!(reprocess(&stack, &[])?.contains("enqueued 0"));
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_deletion_takes_exactly_its_own_outputs() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    let originals = [
        "nested/a",
        "nested/a/b",
        "nested/a/large.jpg",
        "nested/ab",
        "nested/a.jpg",
    ];
    for key in originals {
        put(&stack, &client, key, jpeg(80, 60, 1)?).await?;
    }
    for key in originals {
        manifest(&stack, key).await?;
    }
    drained(&stack).await?;
    let mut left: BTreeMap<_, _> = contents(&client, &stack.output_bucket, "nested/").await?;
    assert_eq!(left.len(), originals.len() * 6);
    for key in ["nested/a", "nested/a/large.jpg"] {
        delete(&client, &stack.input_bucket, key).await?;
        left.retain(|output, _| folder(output) != Some(key));
        eventually("its manifest to go", async || {
            let there = keys(
                &client,
                &stack.output_bucket,
                &format!("{key}/manifest.json"),
            )
            .await?;
            Ok(there.is_empty().then_some(()))
        })
        .await?;
        let there = contents(&client, &stack.output_bucket, "nested/").await?;
        assert_eq!(there, left, "after the deletion of {key}");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn wrong_use_is_told_before_anything_is_done() -> Result<()> {
    let stack = stack();
    for (arguments, said) in [
        (
            ["reprocess", "photos", "--queue", "q"],
            "expected s3://BUCKET",
        ),
        (
            ["reprocess", "s3://photos", "--queue", "q"],
            "--output BUCKET",
        ),
    ] {
        let output = stack.darkroom(&arguments)?.output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(said), "{text}");
    }
    Ok(())
}

/// Runs the command on the originals of this file; returns its output.
fn reprocess(stack: &Stack, options: &[&str]) -> Result<String> {
    let input = format!("s3://{}/reprocess/", stack.input_bucket);
    let mut command = stack.darkroom(&["reprocess", &input, "--queue", &stack.queue_url])?;
    let output = command.args(options).output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// A pseudo-random choice of `count` keys, the same each time.
fn at_random(mut keys: Vec<String>, count: usize) -> Vec<String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    keys.sort_by_cached_key(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    });
    keys.truncate(count);
    keys
}

fn folder(output_key: &str) -> Option<&str> {
    output_key.rsplit_once('/').map(|(folder, _)| folder)
}

async fn put(stack: &Stack, client: &Client, key: &str, body: Vec<u8>) -> Result<()> {
    let request = client.put_object().bucket(&stack.input_bucket).key(key);
    request.body(body.into()).send().await?;
    Ok(())
}

async fn put_output(stack: &Stack, client: &Client, key: &str, body: &[u8]) -> Result<()> {
    let request = client.put_object().bucket(&stack.output_bucket).key(key);
    request.body(body.to_vec().into()).send().await?;
    Ok(())
}

async fn delete(client: &Client, bucket: &str, key: &str) -> Result<()> {
    client
        .delete_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await?;
    Ok(())
}
