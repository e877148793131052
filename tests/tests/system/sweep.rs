//! sweep finds an original whose outputs are not whole, although no event came and nothing failed.

use anyhow::{Context, Result};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::{Stack, eventually, manifest, public_id, s3, stack};
use serde_json::json;

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_lost_variant_is_found_until_it_is_back() -> Result<()> {
    let (stack, client) = (stack(), s3(&stack().admin()));
    let key = "sweep/lost.jpg";
    let request = client.put_object().bucket(&stack.input_bucket).key(key);
    request.body(jpeg(80, 60, 1)?.into()).send().await?;
    manifest(&stack, key).await?;
    eventually("the original to be whole", async || {
        Ok(found(&stack, key)?.is_none().then_some(()))
    })
    .await?;

    let variant = format!("{key}/small.jpg");
    let (bucket, output) = (&stack.output_bucket, &variant);
    let object = client
        .get_object()
        .bucket(bucket)
        .key(output)
        .send()
        .await?;
    let bytes = object.body.collect().await?.into_bytes();
    client
        .delete_object()
        .bucket(bucket)
        .key(output)
        .send()
        .await?;
    let difference = eventually("the lost variant", async || found(&stack, key)).await?;
    assert_eq!(difference, "with missing variants");

    let request = client.put_object().bucket(bucket).key(output);
    request.body(bytes.into()).send().await?;
    assert_eq!(found(&stack, key)?, None);
    Ok(())
}

/// What sweep says of an original, if it is among its examples: the first five, and those of other tests come and go.
fn found(stack: &Stack, key: &str) -> Result<Option<String>> {
    let window = json!({ "since_seconds": 600, "until_seconds": 0 });
    let swept = stack.invoke("SweepFunction", &window)?;
    assert_eq!(swept["complete"], true, "{swept}");
    let examples = swept["examples"].as_array().context("no examples")?;
    let id = public_id(key);
    let example = examples.iter().find(|example| example[0] == id.as_str());
    Ok(example
        .and_then(|example| example[1].as_str())
        .map(str::to_owned))
}
