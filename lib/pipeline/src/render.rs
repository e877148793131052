//! The renderer of the functions and the command line: runs imaging on separate threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use darkroom_imaging::{
    Error, Format, Limits, Plan, Presets, Probe, Rendered, Stage, Watch, plan, probe,
};

use crate::admission::Admission;
use crate::batch::panic_text;
use crate::key;
use crate::manifest::{Credentials, Crop, Picture, Placeholder};
use crate::rendering::{RenderedVariant, Rendering};
use crate::store::Fault;

/// The longest time an original may take. The slowest honest originals within the limits need a few seconds on one core;
/// one that takes longer was crafted to be slow.
const BUDGET: Duration = Duration::from_mins(1);

/// Limits and memory for all originals of a program. Clones share the memory.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Caps on originals. `max_memory_bytes` also bounds the sum over all originals rendered at once.
    pub limits: Limits,
    memory: Arc<Admission>,
}

impl Engine {
    /// Within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            memory: Arc::new(Admission::new(limits.max_memory_bytes)),
        }
    }

    /// Renders an original on a separate thread, so that the async threads stay free. Waits until the memory that its plan
    /// needs is available. Dropping the future cancels the rendering.
    ///
    /// # Errors
    /// A fault when it panicked; the inner error is the picture's.
    pub async fn render(
        self,
        body: Bytes,
        presets: Arc<Presets>,
    ) -> Result<Result<Rendering, Error>, Fault> {
        let (engine, header) = (self.clone(), body.clone());
        let planned = on_a_thread(move || engine.plan(&header, &presets)).await?;
        let (probe, plan) = match planned {
            Ok(planned) => planned,
            Err(error) => return Ok(Err(error)),
        };
        let share = self.memory.admit(plan.peak_bytes).await;
        let wanted = Wanted::default();
        let is_wanted = Arc::clone(&wanted.0);
        on_a_thread(move || {
            let _share = share; // held until this thread ends, even after cancellation
            develop(&body, &probe, &plan, &is_wanted)
        })
        .await
    }

    fn plan(&self, body: &[u8], presets: &Presets) -> Result<(Probe, Plan), Error> {
        let probe = probe(body)?;
        let plan = plan(&probe, presets, &self.limits)?;
        Ok((probe, plan))
    }
}

/// Becomes false when dropped: a thread cannot be stopped from outside, but it can check a flag.
struct Wanted(Arc<AtomicBool>);

impl Default for Wanted {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let work = tokio::task::spawn_blocking(work);
    work.await.map_err(|e| match e.try_into_panic() {
        Ok(panic) => Fault::new("render", "an original", panic_text(panic.as_ref())),
        Err(e) => Fault::new("render", "an original", e),
    })
}

fn develop(
    body: &[u8],
    probe: &Probe,
    plan: &Plan,
    is_wanted: &AtomicBool,
) -> Result<Rendering, Error> {
    let (begun, decoded) = (OnceLock::new(), OnceLock::new());
    let watch = Watch {
        on_stage: &|stage| {
            let reached = match stage {
                Stage::Begun => &begun,
                Stage::Decoded => &decoded,
            };
            reached.get_or_init(Instant::now);
        },
        expired: &|| {
            let late = begun.get().is_some_and(|begun| begun.elapsed() > BUDGET);
            late || !is_wanted.load(Ordering::Relaxed)
        },
    };
    let rendered = darkroom_imaging::render(body, plan, &watch)?;
    let now = Instant::now();
    let begun = begun.into_inner().unwrap_or(now);
    let decode = decoded.into_inner().unwrap_or(now) - begun;
    Ok(describe(
        probe,
        rendered,
        milliseconds(decode),
        milliseconds(now - begun),
    ))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
            crop: variant.crop.map(|choice| Crop {
                by: choice.by.name().to_owned(),
                focus: choice.focus,
                score: choice.score,
            }),
            frames: variant.frames,
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
            data_uri: Some(data_uri(&rendered.placeholder.preview)),
        },
        phash: rendered.phash,
        facts: rendered.facts,
        credentials: probe.credentials.then_some(Credentials::DROPPED),
        notes: rendered.notes,
        decode_ms,
        render_ms: total_ms.saturating_sub(decode_ms),
    }
}

fn data_uri(webp: &[u8]) -> String {
    let media_type = Format::Webp.media_type();
    format!("data:{media_type};base64,{}", STANDARD.encode(webp))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    /// A bitmap of 24 bits, 64 x 64, all grey.
    fn bitmap() -> Bytes {
        let mut bytes = b"BM".to_vec();
        let fields = [
            12_342,
            0,
            54,
            40,
            64,
            64,
            1 | 24 << 16,
            0,
            0,
            2835,
            2835,
            0,
            0,
        ];
        bytes.extend(fields.iter().flat_map(|field: &u32| field.to_le_bytes()));
        bytes.resize(12_342, 128);
        Bytes::from(bytes)
    }

    fn presets() -> Arc<Presets> {
        let text = "[presets.small]\nwidth = 8\nformats = [\"jpeg\"]";
        Arc::new(Presets::parse(text).expect("presets"))
    }

    fn engine(max_memory_bytes: u64) -> Engine {
        let limits = Limits {
            max_memory_bytes,
            ..Limits::default()
        };
        Engine::new(limits)
    }

    #[tokio::test]
    async fn rendering_waits_for_the_memory_its_plan_takes() {
        let engine = engine(64 << 20);
        let others = engine.memory.admit(64 << 20).await;
        let mut rendering = Box::pin(engine.clone().render(bitmap(), presets()));
        let early = tokio::time::timeout(Duration::from_millis(200), &mut rendering).await;
        assert!(early.is_err(), "it rendered without memory");
        drop(others);
        let rendering = rendering.await.expect("no fault").expect("a picture");
        assert_eq!(rendering.variants[0].width, 8);
        let uri = rendering.placeholder.data_uri.expect("a preview");
        let webp = uri.strip_prefix("data:image/webp;base64,").expect(&uri);
        let webp = STANDARD.decode(webp).expect("base64");
        assert_eq!((&webp[..4], &webp[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        assert!(
            engine.memory.admit(64 << 20).now_or_never().is_some(),
            "the memory is given back"
        );
    }

    #[tokio::test]
    async fn what_cannot_fit_alone_is_rejected_and_what_is_no_picture_waits_for_nothing() {
        let result = engine(1000).render(bitmap(), presets()).await;
        let result = result.expect("no fault");
        assert_eq!(result.expect_err("no memory").code(), "too_large");
        let engine = engine(64 << 20);
        let _others = engine.memory.admit(64 << 20).await;
        let result = engine
            .clone()
            .render(Bytes::from_static(b"words"), presets())
            .await;
        assert_eq!(
            result.expect("no fault").expect_err("words").code(),
            "not_an_image"
        );
    }
}
