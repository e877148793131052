//! `darkroom watch` prints notices and leaves no queue behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use darkroom_tests::originals::jpeg;
use darkroom_tests::schema::{self, Document};
use darkroom_tests::stack::{Stack, s3, stack};
use serde_json::Value;

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn notices_are_followed_until_interrupted() -> Result<()> {
    let stack = stack();
    let mut watch = stack
        .darkroom(&["watch", "--json", "--topic", &stack.topic_arn])?
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let told = BufReader::new(watch.stderr.take().context("stderr")?);
    let first = told.lines().next().context("it ended")??;
    assert_eq!(first, "watching");
    assert!(has_queue(&stack)?, "it watches by a queue");

    let client = s3(&stack.admin());
    let request = client.put_object().bucket(&stack.input_bucket);
    let request = request.key("watched/cat.jpg").body(jpeg(64, 64, 1)?.into());
    request.send().await?;
    let notices = BufReader::new(watch.stdout.take().context("stdout")?);
    for line in notices.lines() {
        let notice: Value = serde_json::from_str(&line?)?;
        schema::check(Document::Notice, &notice)?;
        if notice["original"]["key"] == "watched/cat.jpg" {
            assert_eq!(notice["outcome"], "ready");
            let id = watch.id().to_string();
            ensure!(Command::new("kill").args(["-INT", &id]).status()?.success());
        }
    }
    assert_eq!(watch.wait()?.code(), Some(0));
    assert!(!has_queue(&stack)?, "it left its queue behind");
    Ok(())
}

fn has_queue(stack: &Stack) -> Result<bool> {
    let queues = stack.aws(&[
        "sqs",
        "list-queues",
        "--queue-name-prefix",
        "darkroom-watch-",
    ])?;
    let urls = queues["QueueUrls"].as_array();
    Ok(urls.is_some_and(|urls| !urls.is_empty()))
}
