//! Caps checked against the header, before any pixel is decoded.

use serde::Serialize;

use crate::{Error, Probe, geometry::Size};

/// What an original may cost, and which code may read it. Every cap but `max_memory_bytes` is on a property of the file;
/// `max_memory_bytes` caps the peak that the plan expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: u64,
    /// Columns times rows of one frame.
    pub max_pixels: u64,
    /// Columns, and rows.
    pub max_side: u32,
    /// Frames of an animation.
    pub max_frames: u32,
    /// Frames times pixels of one frame.
    pub max_frame_pixels: u64,
    /// Peak bytes of decoding and rendering, the file itself included.
    pub max_memory_bytes: u64,
    /// The decoders of JPEG and WebP.
    pub decoders: Decoders,
}

/// The code that reads JPEG and WebP, for which there is a choice. docs/formats.md has the arguments for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoders {
    /// libjpeg-turbo and libwebp, in C.
    #[default]
    Fast,
    /// zune-jpeg and image-webp, in memory-safe Rust: two to three times the time, up to six times the memory.
    Safe,
}

impl std::str::FromStr for Decoders {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "fast" => Ok(Self::Fast),
            "safe" => Ok(Self::Safe),
            other => Err(format!("unknown decoders {other:?}: use fast or safe")),
        }
    }
}

impl Default for Limits {
    /// Caps that a function with 1.75 GB and one minute handles safely: every camera passes, no decompression bomb does.
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_pixels: 200_000_000,
            max_side: 65_535,
            max_frames: 1_000,
            max_frame_pixels: 500_000_000,
            max_memory_bytes: 1 << 30,
            decoders: Decoders::Fast,
        }
    }
}

/// Refuses an original whose header exceeds a cap of `limits`. [`check_frames`] checks its frames.
///
/// # Errors
/// [`Error::TooLarge`], which gives the value and the cap.
pub fn check(probe: &Probe, limits: &Limits) -> Result<(), Error> {
    let size = Size {
        width: probe.width,
        height: probe.height,
    };
    let longest = u64::from(size.width.max(size.height));
    cap("bytes", probe.bytes, limits.max_bytes)?;
    cap("pixels on one side", longest, u64::from(limits.max_side))?;
    cap("pixels", size.area(), limits.max_pixels)
}

/// Refuses an animation whose frames together exceed a cap of `limits`. Call it only if a variant will be animated:
/// otherwise the frames cost nothing.
///
/// # Errors
/// [`Error::TooLarge`], which gives the value and the cap.
pub fn check_frames(probe: &Probe, limits: &Limits) -> Result<(), Error> {
    let frame = u64::from(probe.width) * u64::from(probe.height);
    let frame_pixels = frame.saturating_mul(u64::from(probe.frames));
    cap(
        "frames",
        u64::from(probe.frames),
        u64::from(limits.max_frames),
    )?;
    cap(
        "pixels in all frames",
        frame_pixels,
        limits.max_frame_pixels,
    )
}

/// Refuses `value` above `most`.
pub(crate) fn cap(what: &str, value: u64, most: u64) -> Result<(), Error> {
    if value > most {
        return Err(Error::TooLarge(format!(
            "{value} {what}, the limit is {most}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Limits, check, check_frames};
    use crate::{Error, Probe};

    fn refused(change: impl FnOnce(&mut Probe), says: &str) {
        let mut probe = Probe::sample(4032, 3024);
        let limits = Limits::default();
        let all = |probe: &Probe| -> Result<(), Error> {
            check(probe, &limits)?;
            check_frames(probe, &limits)
        };
        assert_eq!(all(&probe), Ok(()));
        change(&mut probe);
        let error = all(&probe).expect_err("over a cap");
        assert_eq!(error.code(), "too_large");
        assert!(error.to_string().contains(says), "{error}");
    }

    #[test]
    fn every_cap_is_checked() {
        refused(
            |probe| probe.bytes = 300 << 20,
            "314572800 bytes, the limit is 268435456",
        );
        refused(|probe| probe.width = 65_536, "65536 pixels on one side");
        refused(
            |probe| (probe.width, probe.height) = (20_000, 20_000),
            "400000000 pixels, the limit is 200000000",
        );
        refused(|probe| probe.frames = 1_001, "1001 frames");
        refused(|probe| probe.frames = 42, "512096256 pixels in all frames");
    }
}
