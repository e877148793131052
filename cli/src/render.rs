//! `darkroom render`: the pipeline over two folders instead of two buckets.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use darkroom_imaging::Limits;
use darkroom_pipeline::event::Job;
use darkroom_pipeline::key::Key;
use darkroom_pipeline::manifest::Manifest;
use darkroom_pipeline::reconcile::{Room, reconcile};
use darkroom_pipeline::render::Engine;
use darkroom_pipeline::store::{Files, Memory};
use futures_util::{StreamExt, stream};
use indicatif::HumanBytes;
use jiff::Timestamp;

use crate::args;
use crate::originals::{self, Original};
use crate::progress;

/// The totals so far.
#[derive(Default)]
struct Sum {
    ready: usize,
    rejected: usize,
    failed: usize,
    variants: usize,
    bytes_in: u64,
    bytes_out: u64,
}

/// Runs the verb: 0 when all are ready, 1 when any was rejected or failed.
///
/// # Errors
/// Wrong use: unusable presets or paths.
pub(crate) fn run(args: &args::Render) -> Result<ExitCode> {
    darkroom_imaging::keep_buffers();
    let engine = Engine::new(crate::presets(args.presets.as_deref())?, Limits::default());
    let originals = originals::find(&args.originals, &args.out)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let sum = runtime.block_on(render_all(args, &engine, originals));
    Ok(if sum.rejected + sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

async fn render_all(args: &args::Render, engine: &Engine, originals: Vec<Original>) -> Sum {
    let (start, count) = (Instant::now(), originals.len());
    let at_once = args.jobs.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let bar = progress::bar(count);
    let mut sum = Sum::default();
    let mut done = stream::iter(originals)
        .map(|original| async { (render_one(args, engine, &original).await, original) })
        .buffered(at_once);
    while let Some((result, original)) = done.next().await {
        match result {
            Ok(manifest) => {
                if args.json {
                    println!("{}", String::from_utf8_lossy(&manifest.to_json()));
                }
                if let Some(rejection) = &manifest.rejection {
                    bar.suspend(|| {
                        eprintln!(
                            "rejected {}: {} ({})",
                            original.key, rejection.reason, rejection.code
                        );
                    });
                }
                sum.add(&manifest);
            }
            Err(error) => {
                bar.suspend(|| eprintln!("failed {}: {error:#}", original.key));
                sum.failed += 1;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    eprintln!(
        "{} in {:.1} s",
        sum.describe(count),
        start.elapsed().as_secs_f64()
    );
    sum
}

/// Brings the outputs of one original up to date; renders nothing if they already are.
async fn render_one(args: &args::Render, engine: &Engine, original: &Original) -> Result<Manifest> {
    let room = Room {
        store: Files {
            originals: original.root.clone(),
            outputs: args.out.clone(),
        },
        notices: Memory::default(), // no subscribers
        render: |body| engine.clone().render(body),
        presets: engine.presets.fingerprint(),
        max_bytes: engine.limits.max_bytes,
        public_url: args.public_url.clone(),
        clock: Timestamp::now,
    };
    let job = Job {
        key: Key::parse(&original.key)?,
        bytes: None,
        event: None,
        first_receive: true,
    };
    let report = reconcile(&room, &job).await?;
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

    fn describe(&self, count: usize) -> String {
        let plural = if count == 1 { "" } else { "s" };
        let mut text = format!(
            "{count} original{plural}: {} ready ({} variants, {} of {})",
            self.ready,
            self.variants,
            HumanBytes(self.bytes_out),
            HumanBytes(self.bytes_in)
        );
        for (number, what) in [(self.rejected, "rejected"), (self.failed, "failed")] {
            if number > 0 {
                let _ = write!(text, ", {number} {what}"); // writing to a String cannot fail
            }
        }
        text
    }
}
