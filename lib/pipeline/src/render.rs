//! The renderer of a function: imaging on its own threads, admitted by memory.

use bytes::Bytes;
use darkroom_imaging::{Error, probe};

use crate::batch::panic_text;
use crate::reconcile::Rendering;
use crate::store::Fault;

/// Renders an original on a thread of its own, so that the async threads go on.
///
/// # Errors
/// A fault when it panicked; the inner error is the picture's.
pub async fn render(body: Bytes) -> Result<Result<Rendering, Error>, Fault> {
    let work = tokio::task::spawn_blocking(move || develop(&body));
    work.await.map_err(|e| match e.try_into_panic() {
        Ok(panic) => Fault::new("render", "an original", panic_text(panic.as_ref())),
        Err(e) => Fault::new("render", "an original", e),
    })
}

fn develop(body: &[u8]) -> Result<Rendering, Error> {
    let probe = probe(body)?;
    Err(Error::Unsupported(format!(
        "{} in this build",
        probe.format.name()
    )))
}
