//! ICC profiles that can be used, with what converts by them: building that takes up to tens of milliseconds, so it is built once.

use std::fmt;
use std::sync::Arc;

use moxcms::{CmsError, ColorProfile, Layout, Transform8BitExecutor, TransformOptions};

use super::Model;
use crate::Error;

/// An embedded profile.
#[derive(Clone)]
pub struct Profile {
    bytes: Arc<[u8]>,
    /// From samples of 8 bits without alpha; `None` for grey, which has a curve only.
    transform: Option<ToSrgb>,
}

impl Profile {
    /// `None` if it lacks the curves or tables that its class must have.
    pub(super) fn new(bytes: &[u8], parsed: &ColorProfile, model: Model) -> Option<Self> {
        let transform = match model {
            Model::Grey => {
                let curve = parsed.gray_trc.as_ref()?;
                curve.make_linear_evaluator().ok()?;
                None
            }
            Model::Rgb => Some(ToSrgb::new(parsed, Layout::Rgb, Layout::Rgb).ok()?),
            // moxcms has CMYK's four samples in the place of RGBA's.
            Model::Cmyk => Some(ToSrgb::new(parsed, Layout::Rgba, Layout::Rgb).ok()?),
        };
        Some(Self {
            bytes: bytes.into(),
            transform,
        })
    }

    pub(super) fn parse(&self) -> Result<ColorProfile, Error> {
        ColorProfile::new_from_slice(&self.bytes).map_err(broken)
    }

    /// For RGB, or for CMYK as RGB; `None` for grey.
    pub(super) fn transform(&self) -> Option<&ToSrgb> {
        self.transform.as_ref()
    }
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a profile of {} bytes", self.bytes.len())
    }
}

/// From interleaved samples of 8 bits to as many pixels in sRGB, a piece of a picture at a time.
#[derive(Clone)]
pub(crate) struct ToSrgb(Arc<Transform8BitExecutor>);

impl ToSrgb {
    /// # Errors
    /// `Corrupt` where the profile cannot be used.
    pub(super) fn new(profile: &ColorProfile, from: Layout, to: Layout) -> Result<Self, Error> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let transform = profile.create_transform_8bit(from, &srgb, to, options);
        transform.map(Self).map_err(broken)
    }

    /// # Errors
    /// `Corrupt` where the transform fails.
    pub(crate) fn apply(&self, from: &[u8], to: &mut [u8]) -> Result<(), Error> {
        self.0.transform(from, to).map_err(broken)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn broken(error: CmsError) -> Error {
    Error::Corrupt(format!("its colour profile cannot be used: {error}"))
}
