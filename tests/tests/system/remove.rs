//! `darkroom remove` takes an original, its versions and its outputs, and nothing else; its record names no guest.

use anyhow::{Context, Result, ensure};
use darkroom_tests::bucket::keys;
use darkroom_tests::originals::jpeg;
use darkroom_tests::schema::{self, Document};
use darkroom_tests::stack::{Stack, manifest, public_id, s3, stack};
use serde_json::{Value, json};

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_removal_takes_its_original_and_outputs_and_records_it() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    let guest = "guest/us-east-1:remove-secret/uuid/cat.jpg";
    let guests_folder = format!("guest/{}", public_id(guest));
    for key in ["remove/a b.jpg", "remove/a b.jpg/nested.jpg", guest] {
        let request = client.put_object().bucket(&stack.input_bucket).key(key);
        request.body(jpeg(80, 60, 1)?.into()).send().await?;
    }
    for folder in [
        "remove/a b.jpg",
        "remove/a b.jpg/nested.jpg",
        &guests_folder,
    ] {
        manifest(&stack, folder).await?;
    }
    let named = ["remove/a b.jpg", guests_folder.as_str()];

    let (code, dry) = remove(&stack, &named, &["--dry-run"])?;
    assert_eq!(code, Some(0));
    ensure!(
        dry.iter().all(|record| record["removed"] == false),
        "{dry:?}"
    );
    let there = keys(&client, &stack.input_bucket, "remove/").await?;
    assert_eq!(there.len(), 2, "a dry run deletes nothing");
    let refused = remove(&stack, &named, &[])?;
    assert_eq!(refused, (Some(2), vec![]), "there is no terminal to ask");

    let (code, records) = remove(&stack, &named, &["--yes", "--distribution", "E1"])?;
    assert_eq!(code, Some(0));
    assert_eq!(records.len(), 2);
    for record in &records {
        assert_eq!(record["removed"], true, "{record}");
        assert_eq!(record["outputs_removed_by"], "render", "{record}");
        assert_eq!(record["outputs"].as_array().map(Vec::len), Some(6));
        ensure!(record["original"]["bytes"].as_u64() > Some(0), "{record}");
        ensure!(!record.to_string().contains("secret"), "{record}");
    }
    let invalidation = records
        .iter()
        .find(|record| record["folder"] == "remove/a b.jpg")
        .context("the record of the bulk original")?["invalidation"]
        .clone();
    let command = "aws cloudfront create-invalidation --distribution-id 'E1' --paths";
    assert_eq!(
        invalidation,
        json!(format!("{command} '/remove/a%20b.jpg/*'"))
    );

    let left = keys(&client, &stack.input_bucket, "remove/").await?;
    assert_eq!(left, ["remove/a b.jpg/nested.jpg"]);
    let outputs = keys(&client, &stack.output_bucket, "remove/").await?;
    assert_eq!(outputs.len(), 6);
    ensure!(
        outputs.iter().all(|key| key.contains("/nested.jpg/")),
        "{outputs:?}"
    );
    let of_guest = keys(&client, &stack.output_bucket, &guests_folder).await?;
    ensure!(of_guest.is_empty(), "{of_guest:?}");
    let again = remove(&stack, &named, &["--yes"])?;
    assert_eq!(again, (Some(1), vec![]), "nothing is left to remove");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn outputs_without_an_original_go_and_objects_of_others_stay() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    let ghost = format!("guest/{}", public_id("guest/gone"));
    for key in [
        format!("{ghost}/large.jpg"),
        format!("{ghost}/manifest.json"),
        "removal-of-others/a/large.jpg".to_owned(),
    ] {
        let request = client.put_object().bucket(&stack.output_bucket).key(key);
        request.body(b"x".to_vec().into()).send().await?;
    }
    let named = [ghost.as_str(), "removal-of-others/a"];
    let (code, records) = remove(&stack, &named, &["--yes"])?;
    assert_eq!(
        code,
        Some(1),
        "nothing of Darkroom's is in the second folder"
    );
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["outputs_removed_by"], "remove");
    assert_eq!(records[0]["original"], Value::Null);
    let ghosts = keys(&client, &stack.output_bucket, &ghost).await?;
    ensure!(ghosts.is_empty(), "{ghosts:?}");
    let others = keys(&client, &stack.output_bucket, "removal-of-others/").await?;
    assert_eq!(others, ["removal-of-others/a/large.jpg"]);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn all_versions_go_also_those_under_a_delete_marker() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    let bucket = "versioned-input-of-a-test";
    client.create_bucket().bucket(bucket).send().await?;
    stack.aws(&[
        "s3api",
        "put-bucket-versioning",
        "--bucket",
        bucket,
        "--versioning-configuration",
        "Status=Enabled",
    ])?;
    for (key, bytes) in [("a.jpg", "1"), ("a.jpg", "2"), ("a.jpg2", "3")] {
        let request = client.put_object().bucket(bucket).key(key);
        request
            .body(bytes.as_bytes().to_vec().into())
            .send()
            .await?;
    }
    client
        .delete_object()
        .bucket(bucket)
        .key("a.jpg")
        .send()
        .await?;

    let input = format!("s3://{bucket}");
    let arguments = [
        "remove",
        &input,
        "a.jpg",
        "--yes",
        "--output",
        &stack.output_bucket,
    ];
    let done = stack.darkroom(&arguments)?.output()?;
    ensure!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let record: Value = serde_json::from_slice(&done.stdout)?;
    schema::check(Document::Removal, &record)?;
    assert_eq!(record["original"], Value::Null, "a marker hid it");
    assert_eq!(
        record["versions"], 4,
        "two versions, the marker, and the command's own"
    );
    let left = stack.aws(&["s3api", "list-object-versions", "--bucket", bucket])?;
    assert_eq!(left["DeleteMarkers"], Value::Null, "{left}");
    let others = left["Versions"].as_array().context("no versions")?;
    ensure!(
        !others.is_empty() && others.iter().all(|version| version["Key"] == "a.jpg2"),
        "{left}"
    );
    Ok(())
}

/// Runs the command; returns its exit code and its records.
fn remove(stack: &Stack, keys: &[&str], options: &[&str]) -> Result<(Option<i32>, Vec<Value>)> {
    let input = format!("s3://{}", stack.input_bucket);
    let mut command = stack.darkroom(&["remove", &input])?;
    let output = command.args(keys).args(options).output()?;
    let text = String::from_utf8(output.stdout)?;
    let records = text.lines().map(|line| {
        let record = serde_json::from_str(line)?;
        schema::check(Document::Removal, &record)?;
        Ok(record)
    });
    Ok((output.status.code(), records.collect::<Result<_>>()?))
}
