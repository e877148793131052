//! A storm: originals put, overwritten and deleted while the wire fails and functions are killed. At the end every outcome
//! must equal that of a fresh run over the remaining originals.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use aws_sdk_s3::Client;
use tokio::time::{Instant, sleep};

use crate::originals::{jpeg, png};
use crate::processes;
use crate::stack::{Stack, depth, s3, tap, tapped};
use crate::ticker::Ticker;
use crate::verdict::{Told, Verdict, judge, listen, render_afresh};
use crate::wire::Wire;

/// The most waiting jobs. With few, overwrites and deletions often hit a job that is running.
const BACKLOG: u32 = 12;

/// Visibility timeout of the storm in seconds, instead of the 12 minutes of template.yaml: the time after which the message of a
/// killed function is delivered again. A job whose calls stall must end earlier; otherwise its message is delivered again while it
/// runs, and ends in the DLQ.
const VISIBILITY: &str = "60";

/// One function is killed per this many outcomes: rarely enough that no message fails five times.
const KILL_EVERY: usize = 10;

/// The time without progress after which the rest counts as lost: a message whose fourth attempt failed is hidden for the queue's
/// visibility timeout.
const PATIENCE: Duration = Duration::from_mins(13);

/// The parameters of a storm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// Originals.
    pub jobs: u16,
    /// The percentage of calls that fail.
    pub percent: u32,
    /// The process of the local AWS whose functions are killed; `None` to kill none.
    pub victim: Option<u32>,
}

/// The result of a storm.
#[derive(Debug)]
pub struct Aftermath {
    /// The outcomes.
    pub verdict: Verdict,
    /// Messages that came into the DLQ.
    pub dead: u32,
    /// Functions that were killed.
    pub killed: usize,
    /// How long it took.
    pub took: Duration,
}

/// The changes of one original, in order: bytes are put, `None` deletes.
type Deeds = Vec<Option<Vec<u8>>>;

/// Runs a storm on a stack that has no other users.
///
/// # Errors
/// AWS's complaints: the storm's own calls meet no faults.
pub async fn rage(stack: &Stack, wire: &Wire, storm: Storm) -> Result<Aftermath> {
    let start = Instant::now();
    let prefix = format!("storm-{}", std::process::id());
    let folder = tempfile::tempdir()?;
    let (last, made) = (folder.path().join("last"), folder.path().join("made"));
    let queue = tap(stack, &format!("tap-{prefix}"), "image").await?;
    let dead = depth(stack, &stack.dlq_url).await?;
    if storm.victim.is_some() {
        set_visibility(stack, VISIBILITY)?;
    }
    wire.percent.store(storm.percent, Ordering::Relaxed);

    let mut run = Run {
        stack,
        tap: queue,
        storm,
        put: 0,
        told: Told::new(),
        killed: 0,
        ticker: Ticker::start(),
    };
    let originals = run.act(&prefix, &last).await?;
    run.wait().await?;
    wire.percent.store(0, Ordering::Relaxed);
    set_visibility(stack, "720")?;
    run.listen().await?;

    render_afresh(stack, &last, &made)?;
    let verdict = judge(stack, &originals, &made, &run.told).await?;
    Ok(Aftermath {
        verdict,
        dead: depth(stack, &stack.dlq_url).await? - dead,
        killed: run.killed,
        took: start.elapsed(),
    })
}

struct Run<'a> {
    stack: &'a Stack,
    tap: String,
    storm: Storm,
    /// Originals.
    put: usize,
    told: Told,
    killed: usize,
    ticker: Ticker,
}

impl Run<'_> {
    /// Applies all changes, keeps the final originals in `last`, and returns all keys.
    async fn act(&mut self, prefix: &str, last: &Path) -> Result<BTreeSet<String>> {
        let client = s3(&self.stack.admin());
        let mut originals = BTreeSet::new();
        let mut later = Vec::new();
        for number in 0..self.storm.jobs {
            let key = format!("{prefix}/{number}");
            let mut deeds = deeds(number)?.into_iter();
            let first = deeds.next().context("no deed")?;
            self.act_on(&client, &key, first, last).await?;
            later.extend(deeds.map(|deed| (key.clone(), deed)));
            originals.insert(key);
            self.put = originals.len();
            // The second change follows a little later, often while the job of the first is running.
            if later.len() > 4 {
                let (key, deed) = later.remove(0);
                self.act_on(&client, &key, deed, last).await?;
            }
            while depth(self.stack, &self.stack.queue_url).await? > BACKLOG {
                self.listen().await?;
                sleep(Duration::from_millis(200)).await;
            }
        }
        for (key, deed) in later {
            self.act_on(&client, &key, deed, last).await?;
        }
        Ok(originals)
    }

    async fn act_on(
        &self,
        client: &Client,
        key: &str,
        deed: Option<Vec<u8>>,
        last: &Path,
    ) -> Result<()> {
        let bucket = &self.stack.input_bucket;
        let file = last.join(key);
        fs::create_dir_all(file.parent().context("a folder")?)?;
        if let Some(body) = deed {
            fs::write(file, &body)?;
            let request = client.put_object().bucket(bucket).key(key);
            request.body(body.into()).send().await?;
        } else {
            fs::remove_file(file)?;
            let request = client.delete_object().bucket(bucket).key(key);
            request.send().await?;
        }
        Ok(())
    }

    /// Reads new notices, kills a function for every few outcomes, and reports progress.
    async fn listen(&mut self) -> Result<()> {
        let envelopes = tapped(self.stack, &self.tap).await?;
        listen(&mut self.told, &envelopes)?;
        if let Some(server) = self.storm.victim
            && self.told.len() / KILL_EVERY > self.killed
        {
            self.killed += usize::from(processes::kill_function(server, self.killed)?);
        }
        let (put, told, killed) = (self.put, self.told.len(), self.killed);
        self.ticker.say(|| {
            let jobs = self.storm.jobs;
            format!("{put} of {jobs} originals, {told} outcomes told, {killed} functions killed")
        });
        Ok(())
    }

    /// Waits until the queue is empty or nothing happens any more.
    async fn wait(&mut self) -> Result<()> {
        let (mut before, mut since) = ((0, 0), Instant::now());
        loop {
            self.listen().await?;
            let now = (
                depth(self.stack, &self.stack.queue_url).await?,
                self.told.len(),
            );
            if now.0 == 0 || since.elapsed() > PATIENCE {
                return Ok(());
            }
            if now != before {
                (before, since) = (now, Instant::now());
            }
            sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The changes of the original with this number: most are put once, some change, some are not pictures.
fn deeds(number: u16) -> Result<Deeds> {
    let (width, height) = (96 + number * 7 % 400, 64 + number * 11 % 300);
    let mut photo = jpeg(width, height, u8::try_from(number % 8)? + 1)?;
    photo.extend(number.to_be_bytes()); // bytes after the end are no part of the picture, but of its ETag
    let other = jpeg(height, width, 1)?;
    let half = photo[..photo.len() / 2].to_vec();
    Ok(match number % 20 {
        12 => vec![Some(format!("no picture: {number}").into_bytes())],
        13 => vec![Some(half)],
        14 => vec![Some(png(width, height, true)?)],
        15 | 16 => vec![Some(photo), Some(other)],
        17 => vec![Some(photo), Some(b"no picture any more".to_vec())],
        18 => vec![Some(photo), None],
        19 => vec![Some(photo), None, Some(other)],
        _ => vec![Some(photo)],
    })
}

fn set_visibility(stack: &Stack, seconds: &str) -> Result<()> {
    set_queue(stack, &format!("VisibilityTimeout={seconds}"))
}

fn set_queue(stack: &Stack, attributes: &str) -> Result<()> {
    let words = [
        "sqs",
        "set-queue-attributes",
        "--queue-url",
        &stack.queue_url,
        "--attributes",
        attributes,
    ];
    stack.aws(&words).map(drop)
}

/// A job that keeps failing becomes a dead letter. `darkroom redrive` must show the reason and, once the wire works again, get the
/// work done.
///
/// # Errors
/// When a check fails.
pub async fn die_and_be_redriven(stack: &Stack, wire: &Wire) -> Result<()> {
    let policy = |receives: u32| -> Result<String> {
        let arn = stack.aws(&[
            "sqs",
            "get-queue-attributes",
            "--queue-url",
            &stack.dlq_url,
            "--attribute-names",
            "QueueArn",
        ])?;
        let arn = arn["Attributes"]["QueueArn"].as_str().context("no ARN")?;
        let policy = serde_json::json!({"deadLetterTargetArn": arn, "maxReceiveCount": receives});
        Ok(serde_json::json!({"RedrivePolicy": policy.to_string()}).to_string())
    };
    let key = format!("redriven-{}/photo.jpg", std::process::id());
    let client = s3(&stack.admin());
    set_queue(stack, &policy(1)?)?;
    set_visibility(stack, "5")?;
    wire.percent.store(100, Ordering::Relaxed);
    let request = client.put_object().bucket(&stack.input_bucket).key(&key);
    request.body(jpeg(320, 240, 1)?.into()).send().await?;
    let before = depth(stack, &stack.dlq_url).await?;
    wait_for("the dead letter", async || {
        Ok(depth(stack, &stack.dlq_url).await? > before)
    })
    .await?;
    // A message moves to the DLQ when its timeout expires; the job may still be running, and logs when it gives up.
    let reason = format!("{key}: failed to ");
    wait_for("the reason", async || {
        Ok(redrive(stack, &["--dry-run"])?.contains(&reason))
    })
    .await?;
    wire.percent.store(0, Ordering::Relaxed);
    set_queue(stack, &policy(5)?)?;
    set_visibility(stack, "720")?;
    let told = redrive(stack, &[])?;
    ensure!(told.contains("went back to the queue"), "{told}");
    crate::stack::manifest(stack, &key).await?;
    ensure!(
        depth(stack, &stack.dlq_url).await? == before,
        "letters are left"
    );
    Ok(())
}

/// A job that takes 90 seconds keeps its message although the visibility timeout is 65: the function extends it.
///
/// # Errors
/// When the message is delivered again.
pub async fn outlast(stack: &Stack, wire: &Wire) -> Result<()> {
    let key = format!("outlasting-{}/photo.jpg", std::process::id());
    let client = s3(&stack.admin());
    let before = wire.dripped.load(Ordering::Relaxed);
    set_visibility(stack, "65")?;
    wire.drip.store(90, Ordering::Relaxed);
    let request = client.put_object().bucket(&stack.input_bucket).key(&key);
    request.body(jpeg(320, 240, 1)?.into()).send().await?;
    wait_for("the event", async || {
        Ok(depth(stack, &stack.queue_url).await? > 0)
    })
    .await?;
    wait_for("the outcome", async || {
        Ok(depth(stack, &stack.queue_url).await? == 0)
    })
    .await?;
    wire.drip.store(0, Ordering::Relaxed);
    set_visibility(stack, "720")?;
    crate::stack::manifest(stack, &key).await?;
    let jobs = wire.dripped.load(Ordering::Relaxed) - before;
    ensure!(jobs == 1, "{jobs} jobs were at it");
    Ok(())
}

fn redrive(stack: &Stack, options: &[&str]) -> Result<String> {
    let words = [
        "redrive",
        "--queue",
        &stack.queue_url,
        "--logs",
        &stack.render_logs,
    ];
    let output = stack.darkroom(&words)?.args(options).output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

async fn wait_for(what: &str, mut is_so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !is_so().await? {
        if start.elapsed() > PATIENCE {
            bail!("{what} does not come");
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
