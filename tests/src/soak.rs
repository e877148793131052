//! A long run of mixed load, to see whether anything grows.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use crate::guest::{guest, put};
use crate::originals::{jpeg, png};
use crate::processes::functions;
use crate::stack::{Stack, depth, s3};

/// How often the processes are sampled.
const LOOK: Duration = Duration::from_secs(30);

/// The least duration of one round: only a few originals, so that the machine is not always busy.
const ROUND: Duration = Duration::from_secs(4);

/// The functions and queues at one moment.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Since the start.
    pub at: Duration,
    /// Originals put and deleted so far.
    pub deeds: u32,
    /// Function processes.
    pub processes: usize,
    /// MB of memory of all of them.
    pub resident_mb: f64,
    /// Open files and sockets of all of them.
    pub files: usize,
    /// Messages in the queue.
    pub waiting: u32,
    /// Messages in the DLQ.
    pub dead: u32,
}

/// Puts, overwrites and deletes originals of all kinds for a given time, and reports each sample of the processes.
///
/// # Errors
/// AWS's complaints.
pub async fn run(
    stack: &Stack,
    server: u32,
    length: Duration,
    mut tell: impl FnMut(&Sample),
) -> Result<Vec<Sample>> {
    let client = s3(&stack.admin());
    let guest = guest(stack).await?;
    let (start, mut samples, mut deeds, mut looked) = (Instant::now(), Vec::new(), 0, None);
    for round in 0_u16.. {
        let began = Instant::now();
        let photo = jpeg(400 + round * 13 % 1600, 300 + round * 7 % 1200, 1)?;
        let bodies = [
            ("photo.jpg", photo.clone()),
            (
                "large.jpg",
                if round % 10 == 0 {
                    jpeg(4000, 3000, 6)?
                } else {
                    photo.clone()
                },
            ),
            ("drawing.png", png(300, 200, round % 2 == 0)?),
            ("text.jpg", format!("no picture: {round}").into_bytes()),
        ];
        for (name, body) in bodies {
            let key = format!("soak/{}/{name}", round % 50); // overwritten again and again
            let request = client.put_object().bucket(&stack.input_bucket).key(&key);
            request.body(body.into()).send().await?;
            deeds += 1;
        }
        let gone = format!("soak/{}/photo.jpg", (round + 25) % 50);
        let request = client.delete_object().bucket(&stack.input_bucket);
        request.key(gone).send().await?;
        put(stack, &guest, &round.to_string(), "photo.jpg", photo).await?;
        deeds += 2;
        if looked.is_none_or(|at: Instant| at.elapsed() > LOOK) {
            looked = Some(Instant::now());
            let functions = functions(server)?;
            let sample = Sample {
                at: start.elapsed(),
                deeds,
                processes: functions.len(),
                resident_mb: functions.iter().map(|f| f.resident_mb).sum(),
                files: functions.iter().map(|f| f.files).sum(),
                waiting: depth(stack, &stack.queue_url).await?,
                dead: depth(stack, &stack.dlq_url).await?,
            };
            tell(&sample);
            samples.push(sample);
        }
        if start.elapsed() > length {
            break;
        }
        sleep(ROUND.saturating_sub(began.elapsed())).await;
    }
    Ok(samples)
}
