//! `darkroom redrive`: reads the dead-letter queue, prints why each message failed, and sends it back.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use darkroom_aws::{BATCH, Queue, Received, Release, Wait};
use darkroom_logs::logged;
use darkroom_pipeline::compare::revive;
use darkroom_pipeline::key::Key;
use serde_json::Value;

use crate::args::{self, WrongUse};
use crate::output;

/// Visibility timeout of a letter while it is read, in seconds.
const HIDDEN: u16 = 300;

/// The message that render logs for a failed job, as a CloudWatch Logs filter pattern.
const FAULT: &str = "\"job failed\"";

/// Runs the verb: 0 when every letter was sent back, 1 when some could not be read.
///
/// # Errors
/// Wrong use, and faults of AWS; letters not yet deleted stay in the dead-letter queue.
pub(crate) async fn run(args: &args::Redrive) -> Result<ExitCode> {
    let sdk = darkroom_aws::sdk_config().await;
    let queue = Queue::new(&sdk, &args.queue);
    let dead = queue
        .dead_letters()
        .await?
        .with_context(|| WrongUse(format!("the queue {} has no dead-letter queue", args.queue)))?;
    let letters = take(&dead, args.max.unwrap_or(usize::MAX)).await?;
    let faults = match (
        &args.logs,
        letters.iter().map(|letter| letter.sent_ms).min(),
    ) {
        (Some(group), Some(since)) => Some(faults(&logged(&sdk, group, since, FAULT).await?)),
        _ => None,
    };
    let (mut revived, mut ignored, mut kept) = (0, 0, 0);
    for batch in letters.chunks(BATCH) {
        let (mut messages, mut done) = (Vec::new(), Vec::new());
        for letter in batch {
            match revive(&letter.body) {
                Ok(Some((keys, message))) => {
                    for key in &keys {
                        output::line(format_args!("{key}: {}", reason(key, faults.as_ref())))?;
                    }
                    messages.push(message);
                    done.push(letter);
                }
                Ok(None) => {
                    output::line(format_args!("message {}: contains no work", letter.id))?;
                    ignored += 1;
                    done.push(letter);
                }
                Err(error) => {
                    output::line(format_args!(
                        "message {}: {error:#}; left in the dead-letter queue",
                        letter.id
                    ))?;
                    kept += 1;
                    release(&dead, letter).await?;
                }
            }
        }
        revived += messages.len();
        if args.dry_run {
            for letter in done {
                release(&dead, letter).await?;
            }
            continue;
        }
        // Send before deleting: a crash in between leaves a duplicate letter, which does no harm.
        if !messages.is_empty() {
            queue.send(&messages).await?;
        }
        for letter in done {
            dead.delete(&letter.receipt).await?;
        }
    }
    let done = if args.dry_run { "would go" } else { "went" };
    output::line(format_args!(
        "{revived} {done} back to the queue, {ignored} contained no work, {kept} could not be read"
    ))?;
    Ok(ExitCode::from(u8::from(kept > 0)))
}

async fn take(dead: &Queue, max: usize) -> Result<Vec<Received>> {
    let mut letters = Vec::new();
    while letters.len() < max {
        let received = dead.receive(HIDDEN, Wait::No).await?;
        if received.is_empty() {
            break;
        }
        letters.extend(received);
    }
    for letter in letters.drain(max.min(letters.len())..) {
        release(dead, &letter).await?;
    }
    Ok(letters)
}

async fn release(dead: &Queue, letter: &Received) -> Result<()> {
    let release = Release {
        receipt: letter.receipt.clone(),
        seconds: 0,
    };
    Ok(dead.release(&release).await?)
}

/// The last fault of each public id, from render's log lines (oldest first).
fn faults(lines: &[String]) -> HashMap<String, String> {
    let read = |line: &String| {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |field: &str| line[field].as_str().map(str::to_owned);
        Some((text("public_id")?, text("error")?))
    };
    lines.iter().filter_map(read).collect()
}

fn reason<'a>(key: &Key, faults: Option<&'a HashMap<String, String>>) -> &'a str {
    match faults {
        None => "pass --logs LOG_GROUP to see why it failed",
        Some(faults) => faults.get(key.public_id().as_str()).map_or(
            "no fault in the log: render ran out of memory or time, or the log has expired",
            String::as_str,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fault_is_the_reason() {
        let key = Key::parse("a.jpg").expect("a key");
        let line = |error: &str| {
            format!(
                r#"{{"level":"ERROR","message":"job failed","key":"a.jpg","public_id":"{}","error":"{error}"}}"#,
                key.public_id()
            )
        };
        let lines = [line("first"), "START RequestId: x".to_owned(), line("last")];
        let faults = faults(&lines);
        assert_eq!(reason(&key, Some(&faults)), "last");
        let other = Key::parse("b.jpg").expect("a key");
        assert!(reason(&other, Some(&faults)).contains("no fault"));
    }
}
