//! The renderer of a function and of the command line: imaging, on its own threads.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use darkroom_imaging::{Error, Limits, Presets, Probe, Rendered, Stage, Watch, plan, probe};

use crate::batch::panic_text;
use crate::key;
use crate::manifest::{Picture, Placeholder};
use crate::reconcile::{RenderedVariant, Rendering};
use crate::store::Fault;

/// The longest an original may take. The slowest that the limits admit need a few seconds on one core; what is not done
/// by then is made to be slow.
const BUDGET: Duration = Duration::from_mins(1);

/// What every original of a program is rendered with.
#[derive(Debug, Clone)]
pub struct Engine {
    /// The variants that are wanted.
    pub presets: Arc<Presets>,
    /// What is refused unread.
    pub limits: Limits,
}

impl Engine {
    /// Renders an original on a thread of its own, so that the async threads go on.
    ///
    /// # Errors
    /// A fault when it panicked; the inner error is the picture's.
    pub async fn render(self, body: Bytes) -> Result<Result<Rendering, Error>, Fault> {
        let work = tokio::task::spawn_blocking(move || self.develop(&body));
        work.await.map_err(|e| match e.try_into_panic() {
            Ok(panic) => Fault::new("render", "an original", panic_text(panic.as_ref())),
            Err(e) => Fault::new("render", "an original", e),
        })
    }

    fn develop(&self, body: &[u8]) -> Result<Rendering, Error> {
        let start = Instant::now();
        let decoded_ms = OnceLock::new();
        let watch = Watch {
            on_stage: &|stage| {
                if stage == Stage::Decoded {
                    decoded_ms.get_or_init(|| elapsed_ms(start));
                }
            },
            expired: &|| start.elapsed() > BUDGET,
        };
        let probe = probe(body)?;
        let plan = plan(&probe, &self.presets, &self.limits)?;
        let rendered = darkroom_imaging::render(body, &plan, &watch)?;
        let decode = decoded_ms.get().copied().unwrap_or_default();
        let total = elapsed_ms(start);
        Ok(describe(&probe, rendered, decode, total))
    }
}

fn elapsed_ms(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn describe(probe: &Probe, rendered: Rendered, decode_ms: u64, total_ms: u64) -> Rendering {
    let (width, height) = probe.upright();
    let variants = rendered
        .variants
        .into_iter()
        .map(|variant| RenderedVariant {
            preset: variant.preset,
            format: variant.format,
            width: variant.width,
            height: variant.height,
            bytes: Bytes::from(variant.bytes),
        });
    Rendering {
        picture: Picture {
            format: probe.format,
            width,
            height,
            orientation: probe.orientation.tag(),
            colour: probe.colour.name().to_owned(),
            alpha: probe.alpha,
            frames: probe.frames,
        },
        variants: variants.collect(),
        placeholder: Placeholder {
            thumbhash: STANDARD.encode(&rendered.placeholder.thumbhash),
            colour: format!("#{}", key::hex(&rendered.placeholder.colour)),
        },
        notes: rendered.notes,
        decode_ms,
        render_ms: total_ms.saturating_sub(decode_ms),
    }
}
