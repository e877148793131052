//! Turns events into jobs and jobs into outcomes, through a [`store::Store`] and a [`store::Notices`], without AWS.
//!
//! The command line and the function build the same [`reconcile::Reconciler`]; only their stores differ. Here both buckets are in memory:
//!
//! ```
//! use darkroom_imaging::{Limits, Presets};
//! use darkroom_pipeline::event::Job;
//! use darkroom_pipeline::key::Key;
//! use darkroom_pipeline::reconcile::Reconciler;
//! use darkroom_pipeline::render::Engine;
//! use darkroom_pipeline::route::Routes;
//! use darkroom_pipeline::store::Memory;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = Key::parse("photos/cat.jpg")?;
//! let store = Memory::default();
//! store.upload(&key, "not a picture");
//! let engine = Engine::new(Limits::default());
//! let reconciler = Reconciler {
//!     store,
//!     notices: Memory::default(),
//!     routes: Routes::new(&Presets::parse("[presets.small]")?),
//!     max_bytes: engine.limits.max_bytes,
//!     public_url: "https://example.com".to_owned(),
//!     renderer: move |body, presets| engine.clone().render(body, presets),
//!     clock: jiff::Timestamp::now,
//! };
//! let job = Job {
//!     key,
//!     bytes: None,
//!     event: None,
//!     first_receive: true,
//! };
//! let report = reconciler.reconcile(&job).await?;
//! assert_eq!(report.outcome.name(), "rejected");
//! assert!(reconciler.store.outputs().contains_key("photos/cat.jpg/manifest.json"));
//! # Ok(())
//! # }
//! ```

mod admission;
pub mod batch;
pub mod compare;
pub mod config;
pub mod cost;
pub mod digest;
pub mod encoding;
pub mod event;
#[cfg(test)]
mod explore;
pub mod key;
pub mod manifest;
pub mod markup;
pub mod notice;
pub mod reconcile;
pub mod render;
pub mod rendering;
pub mod route;
pub mod store;
