//! Turns the bytes of an original into the bytes of its variants, without network, files, clock or environment.
//!
//! [`probe`] reads the header, [`plan`] decides everything from it, and [`render`] carries out the plan.
//!
//! ```
//! use darkroom_imaging::{Limits, Presets, Watch, plan, probe, render};
//!
//! let presets = Presets::parse("[presets.small]\nfit = \"inside\"\nwidth = 64\nheight = 64\nformats = [\"jpeg\"]").unwrap();
//! // a PNG of one red pixel
//! # let original = {
//! #     let mut bytes = Vec::new();
//! #     let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
//! #     encoder.set_color(png::ColorType::Rgb);
//! #     encoder.write_header().unwrap().write_image_data(&[255, 0, 0]).unwrap();
//! #     bytes
//! # };
//! let probe = probe(&original)?;
//! let plan = plan(&probe, &presets, &Limits::default())?;
//! println!("{plan}");
//! let rendered = render(&original, &plan, &Watch::none())?;
//! assert_eq!((rendered.variants[0].width, rendered.variants[0].height), (1, 1));
//! # Ok::<(), darkroom_imaging::Error>(())
//! ```

// Linked for its libjpeg, which `c/` calls.
use turbojpeg_sys as _;

mod animate;
pub mod colour;
mod crop;
pub mod decode;
mod emphasis;
mod encode;
mod error;
mod format;
pub mod geometry;
mod heif;
pub mod limits;
mod metadata;
mod orientation;
mod phash;
pub mod picture;
mod placeholder;
pub mod plan;
pub mod preset;
mod probe;
mod reduce;
mod render;
mod resize;
mod threads;
mod tiff;
mod variant;
mod watch;
mod zigzag;

pub use colour::Colour;
pub use crop::{By, Choice};
pub use emphasis::Emphasis;
pub use encode::{Encoding, Own, Reuse};
pub use error::Error;
pub use format::Format;
pub use limits::{Decoders, Limits};
pub use metadata::facts::Facts;
pub use orientation::Orientation;
pub use placeholder::Placeholder;
pub use plan::{Plan, decide::plan};
pub use preset::{Preset, PresetError, Presets};
pub use probe::{JpegComponents, JpegLayout, Probe, probe};
pub use render::{Rendered, render};
pub use variant::Variant;
pub use watch::{Stage, Watch};
