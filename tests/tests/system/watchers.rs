//! A watcher whose connection broke silently is deleted when the next notice finds it gone.

use anyhow::{Context, Result};
use darkroom_tests::guest::{guest, put};
use darkroom_tests::originals::jpeg;
use darkroom_tests::socket::{next, watch};
use darkroom_tests::stack::{eventually, public_id, stack};
use serde_json::json;

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_connection_that_is_gone_is_forgotten_and_holds_up_nobody() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    let id = public_id(&format!("guest/{}/gone/photo.jpg", guest.identity));
    let resource = stack.aws(&[
        "cloudformation",
        "describe-stack-resource",
        "--stack-name",
        "darkroom",
        "--logical-resource-id",
        "WatchTable",
    ])?;
    let table = resource["StackResourceDetail"]["PhysicalResourceId"]
        .as_str()
        .context("no watch table")?;
    let row = json!({ "public_id": { "S": id }, "connection_id": { "S": "broken=" } }).to_string();
    let find = ["dynamodb", "get-item", "--table-name", table, "--key", &row];
    stack.aws(&[
        "dynamodb",
        "put-item",
        "--table-name",
        table,
        "--item",
        &row,
    ])?;
    assert_eq!(stack.aws(&find)?["Item"]["public_id"]["S"], id, "a watcher");

    let mut socket = watch(&stack, &[&id]).await?;
    put(&stack, &guest, "gone", "photo.jpg", jpeg(320, 240, 1)?).await?;
    assert_eq!(next(&mut socket).await?["notice"]["public_id"], id);
    eventually("the broken connection is forgotten", async || {
        Ok(stack.aws(&find)?["Item"].is_null().then_some(()))
    })
    .await
}
