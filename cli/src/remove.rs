//! `darkroom remove`: takes originals and all that was made of them off the stack, and records it.

mod record;
mod targets;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use darkroom_aws::Buckets;
use darkroom_pipeline::key;
use darkroom_pipeline::store::{Fault, Store, with_causes};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep};

use crate::args::{self, WrongUse};
use crate::buckets::{bucket_and_prefix, output_of};
use crate::confirm;
use crate::output;
use crate::remove::record::{Erased, Place, Remover, invalidations};
use crate::remove::targets::{AT_ONCE, Target, targets};

/// The time the stack gets to delete the outputs of all originals: its queue may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at the outputs.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs the verb. A line of JSON on standard output records each removal. 0 when all is removed, 1 when something was not there,
/// could not be removed, or was not confirmed.
///
/// # Errors
/// Wrong use, and faults of AWS before the first deletion.
pub(crate) async fn run(args: &args::Remove) -> Result<ExitCode> {
    let (input, prefix) = bucket_and_prefix(&args.input)?;
    ensure!(
        prefix.is_empty(),
        WrongUse(format!(
            "expected s3://{input} and then keys, but received a prefix"
        ))
    );
    let sdk = darkroom_aws::sdk_config().await;
    let output = output_of(input, args.output.as_deref())?;
    let buckets = Buckets::new(&sdk, input, &output);
    let place = Place {
        input,
        output: &output,
        distribution: args.distribution.as_deref(),
    };
    let (there, missing): (Vec<_>, Vec<_>) = targets(&buckets, &args.keys)
        .await?
        .into_iter()
        .partition(Target::exists);
    for target in &missing {
        output::note(format_args!("nothing to remove: {}", target.folder));
    }
    let mut complete = missing.is_empty();
    if args.dry_run {
        for target in &there {
            output::line(record::line(place, target, None))?;
        }
    } else if !there.is_empty() {
        if !args.yes && !agreed(&there)? {
            output::note("removed nothing");
            return Ok(ExitCode::from(1));
        }
        complete &= remove(&buckets, &there, place).await?;
        tell_of_caches(&there, place.distribution);
    }
    Ok(ExitCode::from(u8::from(!complete)))
}

fn agreed(targets: &[Target]) -> Result<bool> {
    for target in targets {
        output::note(format_args!(
            "{}: {} of the original, {}",
            target.folder,
            counted(target.versions, "version"),
            counted(target.outputs.len(), "output"),
        ));
    }
    confirm::confirmed(
        format_args!(
            "delete {} with all outputs for good?",
            counted(targets.len(), "original")
        ),
        "pass --yes or --dry-run",
    )
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Erases the originals, waits until the stack has deleted their outputs, and deletes those that are left. Each removal is recorded,
/// also when another fails. Returns whether all succeeded.
async fn remove(buckets: &Buckets, targets: &[Target], place: Place<'_>) -> Result<bool> {
    let erased: Vec<(&Target, Result<usize, Fault>)> = stream::iter(targets)
        .map(|target| async move { (target, erase(buckets, target).await) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut waiting, mut complete) = (Vec::new(), true);
    for (target, result) in erased {
        match result {
            Ok(versions) => waiting.push((target, versions)),
            Err(fault) => complete &= failed(&fault),
        }
    }
    let left = settle(buckets, waiting.iter().map(|(target, _)| *target).collect()).await;
    for (target, versions) in waiting {
        let mut by = Remover::Render;
        if left.iter().any(|it| it.folder == target.folder) {
            by = Remover::Command;
            if let Err(fault) = clear(buckets, &target.folder).await {
                complete &= failed(&fault);
                continue;
            }
        }
        let erased = Erased { versions, by };
        output::line(record::line(place, target, Some(erased)))
            .context("the removal is done, but its record is lost")?;
    }
    Ok(complete)
}

/// The folder of a guest whose original is gone has no key.
async fn erase(buckets: &Buckets, target: &Target) -> Result<usize, Fault> {
    match &target.key {
        Some(key) => buckets.erase(key).await,
        None => Ok(0),
    }
}

/// Notes a fault; a removal that failed is not complete.
fn failed(fault: &Fault) -> bool {
    output::note(format_args!(
        "{}; run the command again",
        with_causes(fault)
    ));
    false
}

/// Waits until the outputs of all these are gone: the event of a deletion makes render delete them. Returns those whose outputs are
/// left, or could not be listed, when the time is over. Without an original there was no event.
async fn settle<'a>(buckets: &Buckets, targets: Vec<&'a Target>) -> Vec<&'a Target> {
    let deadline = Instant::now() + PATIENCE;
    let (mut waiting, orphans): (Vec<_>, Vec<_>) = targets
        .into_iter()
        .partition(|target| target.original.is_some());
    loop {
        waiting = stream::iter(waiting)
            .map(|target| async move {
                let outputs = buckets.list(&target.folder).await;
                (!outputs.is_ok_and(|outputs| outputs.is_empty())).then_some(target)
            })
            .buffered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        if waiting.is_empty() || Instant::now() >= deadline {
            return waiting.into_iter().chain(orphans).collect();
        }
        sleep(PAUSE).await;
    }
}

/// Deletes the outputs, the manifest last, as a job does. A job that is still writing sees afterwards that the original is gone, and
/// deletes its own outputs.
async fn clear(buckets: &Buckets, folder: &str) -> Result<(), Fault> {
    let manifest = key::manifest(folder);
    let outputs = buckets.list(folder).await?;
    let variants = outputs.iter().filter(|output| **output != manifest);
    stream::iter(variants)
        .map(|output| buckets.delete(output))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    buckets.delete(&manifest).await
}

fn tell_of_caches(targets: &[Target], distribution: Option<&str>) {
    const STALE: &str = "CloudFront may serve cached variants for up to a day";
    let Some(id) = distribution else {
        return output::note(format_args!(
            "{STALE}; --distribution ID (OutputDistribution of the stack) gives the command that ends it"
        ));
    };
    output::note(format_args!("{STALE}; this ends it:"));
    let folders = targets.iter().map(|target| target.folder.as_str());
    for command in invalidations(id, folders) {
        output::note(command);
    }
}
