//! `darkroom reprocess`: finds originals whose outputs differ from what they should be, and enqueues them.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use darkroom_aws::{BATCH, Buckets, Queue};
use darkroom_imaging::Presets;
use darkroom_pipeline::compare::Difference;
use darkroom_pipeline::cost::{self, Estimate};
use darkroom_pipeline::route::Routes;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::args;
use crate::buckets::{bucket_and_prefix, output_of};
use crate::confirm;
use crate::output;
use crate::progress;
use crate::survey::{Found, Refused, Survey, Wanted, survey};

/// Above this count, ask before enqueuing.
const ASK_ABOVE: usize = 1_000;

/// The number of refused keys to print; all of them are counted.
const REFUSED_SHOWN: usize = 20;

/// Batches of messages in flight at once.
const AT_ONCE: usize = 8;

/// Runs the verb.
///
/// # Errors
/// Wrong use, and faults of AWS. Originals already enqueued will be rendered; another run finds the rest.
pub(crate) async fn run(args: &args::Reprocess) -> Result<ExitCode> {
    let (input, prefix) = bucket_and_prefix(&args.input)?;
    let output = output_of(input, args.output.as_deref())?;
    let presets = crate::presets(args.presets.as_deref())?;
    let started = Timestamp::now();
    let wanted = Wanted {
        routes: Routes::new(&presets),
        force_before: args.force.then(|| args.before.unwrap_or(started)),
    };
    let sdk = darkroom_aws::sdk_config().await;
    let buckets = Buckets::new(&sdk, input, &output);
    let mut survey = survey(&buckets, prefix, &wanted).await?;
    describe(&survey)?;
    let differing = survey.found.len();
    survey.found.truncate(args.max.unwrap_or(usize::MAX));
    if differing > survey.found.len() {
        output::line(format_args!("of these, {}: --max", survey.found.len()))?;
    }
    let estimate = estimate(&survey.found, &presets);
    output::line(format_args!(
        "about {:.1} GB-seconds and ${:.4}",
        estimate.gb_seconds, estimate.dollars
    ))?;
    if args.dry_run {
        for found in &survey.found {
            output::line(format_args!("{}\t{}", found.difference.name(), found.key))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if survey.found.len() > ASK_ABOVE && !args.yes && !agreed(survey.found.len())? {
        output::line("enqueued nothing")?;
        return Ok(ExitCode::from(1));
    }
    if args.force && args.before.is_none() {
        output::note(format_args!(
            "to resume if interrupted: --force --before {started}"
        ));
    }
    enqueue(&Queue::new(&sdk, &args.queue), &survey.found).await?;
    output::line(format_args!("enqueued {}", survey.found.len()))?;
    Ok(ExitCode::SUCCESS)
}

fn describe(survey: &Survey) -> Result<()> {
    let mut counts: BTreeMap<Difference, usize> = BTreeMap::new();
    for found in &survey.found {
        *counts.entry(found.difference).or_default() += 1;
    }
    let count = |difference| counts.get(&difference).copied().unwrap_or_default();
    let gone = count(Difference::Gone) + count(Difference::Ignored);
    let differing = survey.found.len() - gone;
    output::line(format_args!(
        "{} originals: {} up to date, {differing} to render",
        survey.originals,
        survey.originals - differing
    ))?;
    for (difference, count) in counts {
        output::line(format_args!("  {count} {}", difference.name()))?;
    }
    for (count, what) in [
        (
            survey.ignored,
            "objects ignored: by a route, or not pictures by their names",
        ),
        (
            survey.left_alone,
            "output folders left alone: no original, and no manifest that shows they are Darkroom's",
        ),
    ] {
        if count > 0 {
            output::line(format_args!("  {count} {what}"))?;
        }
    }
    if !survey.refused.is_empty() {
        output::line(format_args!(
            "  {} refused: their keys cannot have outputs",
            survey.refused.len()
        ))?;
    }
    for Refused { key, reason } in survey.refused.iter().take(REFUSED_SHOWN) {
        output::line(format_args!("    {}: {reason}", output::shown(key)))?;
    }
    Ok(())
}

/// Estimates from each original's last render time; originals never rendered count with the mean of the others.
fn estimate(found: &[Found], presets: &Presets) -> Estimate {
    let to_render = || found.iter().filter(|f| f.difference.renders());
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let known: Vec<f64> = to_render()
        .filter_map(|found| Some(found.last?.0))
        .collect();
    let mean = if known.is_empty() {
        cost::USUAL_SECONDS
    } else {
        known.iter().sum::<f64>() / f64::from(count(known.len()))
    };
    let new = count(to_render().count() - known.len());
    let usual: usize = presets.presets.iter().map(|p| p.formats.len()).sum();
    let variants: usize = to_render()
        .map(|found| found.last.map_or(usual, |(_, variants)| variants))
        .sum();
    cost::estimate(
        to_render().count() as u64,
        known.iter().sum::<f64>() + mean * f64::from(new),
        variants as u64,
    )
}

fn agreed(count: usize) -> Result<bool> {
    confirm::confirmed(
        format_args!("enqueue {count} originals?"),
        &format!("{count} originals is more than {ASK_ABOVE}: pass --yes or --max N"),
    )
}

async fn enqueue(queue: &Queue, found: &[Found]) -> Result<()> {
    let bar = progress::bar(found.len());
    let mut enqueued = 0;
    let sent = stream::iter(found.chunks(BATCH))
        .map(|batch| async {
            let messages: Vec<String> = batch
                .iter()
                .map(|found| found.difference.message(&found.key))
                .collect();
            queue.send(&messages).await?;
            anyhow::Ok(batch.len())
        })
        .buffered(AT_ONCE)
        .try_for_each(|count| {
            enqueued += count;
            bar.inc(count as u64);
            std::future::ready(Ok(()))
        })
        .await;
    bar.finish_and_clear();
    sent.with_context(|| {
        format!(
            "enqueued {enqueued} of {}; wait until these are rendered, then run this command again for the rest",
            found.len()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_pipeline::key::Key;

    #[test]
    fn what_is_gone_costs_nothing_and_the_unknown_costs_the_mean() {
        let presets = crate::presets(None).expect("built in");
        let found = |difference, last| Found {
            key: Key::parse("a").expect("a key"),
            difference,
            last,
        };
        let all = [
            found(Difference::Lost, Some((0.2, 5))),
            found(Difference::Presets, Some((0.4, 3))),
            found(Difference::NoManifest, None),
            found(Difference::Gone, None),
        ];
        let got = estimate(&all, &presets);
        let want = cost::estimate(3, 0.9, 13);
        assert!((got.gb_seconds - want.gb_seconds).abs() < 1e-9, "{got:?}");
        assert!((got.dollars - want.dollars).abs() < 1e-9, "{got:?}");
    }
}
