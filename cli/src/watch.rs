//! `darkroom watch`: prints notices as they arrive, through a temporary queue that it removes at the end.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use darkroom_aws::{Queue, Topic, Wait};
use darkroom_pipeline::key;
use darkroom_pipeline::notice::Notice;
use indicatif::HumanBytes;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::args;
use crate::output;

/// Visibility timeout of a message while it is printed, in seconds.
const HIDDEN: u16 = 30;

/// Runs the verb until Ctrl-C.
///
/// # Errors
/// Faults of AWS.
pub(crate) async fn run(args: &args::Watch) -> Result<ExitCode> {
    let stop = Arc::new(Notify::new());
    let stopper = stop.clone();
    ctrlc::set_handler(move || stopper.notify_one())?;
    let sdk = darkroom_aws::sdk_config().await;
    let topic = Topic::new(&sdk, &args.topic);
    let name = format!(
        "darkroom-watch-{}-{}",
        Timestamp::now().as_millisecond(),
        std::process::id()
    );
    let queue = Queue::create(&sdk, &name, &args.topic).await?;
    let watched = async {
        let subscription = topic.subscribe(&queue.arn().await?).await?;
        output::note("watching");
        let result = tokio::select! {
            result = follow(&queue, args) => result,
            () = stop.notified() => Ok(()),
        };
        topic.unsubscribe(&subscription).await?;
        result
    }
    .await;
    queue
        .remove()
        .await
        .with_context(|| format!("failed to remove the queue {name}; delete it by hand (its messages expire after an hour)"))?;
    watched.map(|()| ExitCode::SUCCESS)
}

async fn follow(queue: &Queue, args: &args::Watch) -> Result<()> {
    loop {
        for message in queue.receive(HIDDEN, Wait::Long).await? {
            if args.json {
                output::line(&message.body)?;
            } else {
                output::line(output::shown(&line(&message.body)))?;
            }
            queue.delete(&message.receipt).await?;
        }
    }
}

/// A notice as one line; any other text unchanged.
fn line(body: &str) -> String {
    let Ok(notice) = serde_json::from_str::<Notice>(body) else {
        return body.to_owned();
    };
    let original = notice.original.as_ref();
    let folder = key::split(&notice.manifest).map_or("", |(folder, _)| folder);
    let name = original
        .and_then(|original| original.key.as_deref().or(original.name.as_deref()))
        .unwrap_or(folder);
    let bytes: u64 = notice.variants.iter().map(|variant| variant.bytes).sum();
    let what = match &notice.rejection {
        Some(rejection) => format!("{} ({})", rejection.reason, rejection.code),
        None if notice.variants.is_empty() => String::new(),
        None => format!("{} variants, {}", notice.variants.len(), HumanBytes(bytes)),
    };
    format!("{:8} {name}  {what}", notice.outcome.name())
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_pipeline::key::Key;

    #[test]
    fn a_notice_is_a_line() {
        let removed = Notice::removed(&Key::parse("a/b.jpg").expect("a key"));
        assert_eq!(line(&removed.to_json()), "removed  a/b.jpg");
        assert_eq!(line("else"), "else");
    }
}
