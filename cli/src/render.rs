//! `darkroom render`: the pipeline over two folders instead of two buckets.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use darkroom_imaging::Limits;
use darkroom_pipeline::event::Job;
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::manifest::{Manifest, Rejection};
use darkroom_pipeline::reconcile::Reconciler;
use darkroom_pipeline::render::Engine;
use darkroom_pipeline::route::Routes;
use darkroom_pipeline::store::{Files, Memory, Store};
use futures_util::{StreamExt, stream};
use indicatif::{HumanBytes, ProgressBar};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args;
use crate::originals::{self, Found, Original};
use crate::output;
use crate::progress;

/// The totals so far.
#[derive(Default)]
struct Sum {
    ready: usize,
    rejected: usize,
    failed: usize,
    ignored: usize,
    variants: usize,
    bytes_in: u64,
    bytes_out: u64,
}

/// Runs the verb: 0 when all are ready, 1 when any was rejected or failed.
///
/// # Errors
/// Wrong use: unusable presets or paths.
pub(crate) fn run(args: &args::Render) -> Result<ExitCode> {
    darkroom_heap::keep_buffers();
    let routes = Routes::new(&crate::presets(args.presets.as_deref())?);
    let engine = Engine::new(Limits {
        decoders: args.decoders,
        ..Limits::default()
    });
    let mut found = originals::find(&args.originals, &args.out, engine.limits.max_bytes)?;
    found.route(&routes);
    let engine = (engine, routes);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let sum = runtime.block_on(render_all(args, &engine, &found))?;
    Ok(if sum.rejected + sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

async fn render_all(args: &args::Render, engine: &(Engine, Routes), found: &Found) -> Result<Sum> {
    let start = Instant::now();
    let at_once = args.jobs.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let bar = progress::bar(found.originals.len());
    let mut sum = Sum::default();
    for skipped in &found.failed {
        sum.failed += 1;
        failed(args, &bar, &skipped.name, &skipped.reason)?;
    }
    for skipped in &found.ignored {
        sum.ignored += 1;
        if args.json {
            output::line(without_manifest("ignored", &skipped.name, &skipped.reason))?;
        }
    }
    let mut done = stream::iter(&found.originals)
        .map(|original| async move { (render_one(args, engine, original).await, original) })
        .buffered(at_once);
    while let Some((result, original)) = done.next().await {
        match result {
            Ok(manifest) => {
                sum.add(&manifest);
                tell(args, &bar, &original.key, &manifest)?;
            }
            Err(error) => {
                sum.failed += 1;
                failed(args, &bar, &original.key, &format!("{error:#}"))?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let took = start.elapsed().as_secs_f64();
    output::note(format_args!("{} in {took:.1} s", sum.describe()));
    Ok(sum)
}

/// An original that has its manifest.
fn tell(args: &args::Render, bar: &ProgressBar, key: &str, manifest: &Manifest) -> Result<()> {
    if let Some(Rejection { code, reason }) = &manifest.rejection {
        let text = output::shown(&format!("rejected {key}: {reason} ({code})"));
        bar.suspend(|| output::note(text));
    }
    if args.json {
        bar.suspend(|| output::line(String::from_utf8_lossy(&manifest.to_json())))?;
    }
    Ok(())
}

/// A file that no manifest could be made for.
fn failed(args: &args::Render, bar: &ProgressBar, name: &str, reason: &str) -> Result<()> {
    let text = output::shown(&format!("failed {name}: {reason}"));
    bar.suspend(|| output::note(text));
    if args.json {
        bar.suspend(|| output::line(without_manifest("failed", name, reason)))?;
    }
    Ok(())
}

/// What `--json` says of a file that has no manifest. It names the file where a manifest does.
fn without_manifest(outcome: &str, name: &str, reason: &str) -> Value {
    json!({"version": 1, "outcome": outcome, "original": {"key": name}, "reason": reason})
}

/// Brings the outputs of one original up to date; renders nothing if they already are.
async fn render_one(
    args: &args::Render,
    (engine, routes): &(Engine, Routes),
    original: &Original,
) -> Result<Manifest> {
    let reconciler = Reconciler {
        store: Files {
            originals: original.root.clone(),
            outputs: args.out.clone(),
        },
        notices: Memory::default(), // no subscribers
        renderer: |body, presets| engine.clone().render(body, presets),
        routes: routes.clone(),
        max_bytes: engine.limits.max_bytes,
        public_url: args.public_url.clone(),
        clock: Timestamp::now,
    };
    let key = Key::parse(&original.key)?;
    let stored = reconciler.store.read(&key::manifest(&key.folder())).await?;
    let is_whole = match stored.as_deref().and_then(Manifest::read) {
        Some(manifest) => reconciler.store.holds(&manifest).await?,
        None => true, // there is nothing to compare
    };
    let job = Job {
        key,
        bytes: None,
        event: None,
        // An output that was deleted or changed is made again, so the manifest is not trusted.
        first_receive: is_whole,
    };
    let report = reconciler.reconcile(&job).await?;
    report
        .manifest
        .ok_or_else(|| anyhow::anyhow!("the file was removed during rendering"))
}

impl Sum {
    fn add(&mut self, manifest: &Manifest) {
        if manifest.rejection.is_some() {
            self.rejected += 1;
            return;
        }
        self.ready += 1;
        self.variants += manifest.variants.len();
        self.bytes_in += manifest.original.bytes;
        self.bytes_out += manifest
            .variants
            .iter()
            .map(|variant| variant.bytes)
            .sum::<u64>();
    }

    fn describe(&self) -> String {
        let count = self.ready + self.rejected + self.failed;
        let plural = if count == 1 { "" } else { "s" };
        let mut text = format!(
            "{count} original{plural}: {} ready ({} variants, {} of {})",
            self.ready,
            self.variants,
            HumanBytes(self.bytes_out),
            HumanBytes(self.bytes_in)
        );
        for (number, what) in [
            (self.rejected, "rejected"),
            (self.failed, "failed"),
            (self.ignored, "ignored"),
        ] {
            if number > 0 {
                let _ = write!(text, ", {number} {what}"); // writing to a String cannot fail
            }
        }
        text
    }
}
