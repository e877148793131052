//! Animated WebP by libwebp, frame by frame. Each frame contains only the changes.

use std::ffi::{CStr, c_int};

use libwebp_sys as webp;

use super::{Encoding, webp::argb};
use crate::{Error, geometry::Size, picture::planes::Picture};

/// libwebp's effort, 0 to 6: less than for a still, since there are many frames.
const METHOD: c_int = 2;
/// The longest a frame can be shown: 24 bits of milliseconds (RFC 9649, 2.7.1.1).
const LONGEST_MS: u32 = (1 << 24) - 1;

/// An animated WebP that is written frame by frame.
pub(crate) struct Animation {
    size: Size,
    encoder: ffi::Encoder,
    config: webp::WebPConfig,
    /// When the next frame begins.
    now_ms: c_int,
}

impl Animation {
    /// `plays`: how often it is played, 0 for ever.
    pub(super) fn new(size: Size, encoding: Encoding, plays: u32) -> Result<Self, Error> {
        let mut config = super::webp::config(encoding).map_err(|reason| failed(size, &reason))?;
        config.method = METHOD;
        // Of a lossy animation, frames of few colours are smaller without loss.
        let mixed = !encoding.lossless;
        // RFC 9649, 2.7.1.1: the loop count has 16 bits, 0 is for ever.
        let plays = c_int::from(u16::try_from(plays).unwrap_or(u16::MAX));
        let encoder =
            ffi::Encoder::new(size, plays, mixed).map_err(|reason| failed(size, &reason))?;
        Ok(Self {
            size,
            encoder,
            config,
            now_ms: 0,
        })
    }

    /// Appends a frame. A frame identical to the last one extends it.
    pub(super) fn add(&mut self, picture: &Picture, duration_ms: u32) -> Result<(), Error> {
        let mut pixels = argb(picture)?;
        self.encoder
            .add(self.size, &mut pixels, self.now_ms, &self.config)
            .map_err(|reason| failed(self.size, &reason))?;
        self.now_ms = c_int::try_from(duration_ms.min(LONGEST_MS))
            .ok()
            .and_then(|duration| self.now_ms.checked_add(duration))
            .ok_or_else(|| failed(self.size, "the animation is longer than 24 days"))?;
        Ok(())
    }

    /// The file, and the number of its frames.
    pub(super) fn finish(self) -> Result<(Vec<u8>, u32), Error> {
        let bytes = self
            .encoder
            .finish(self.now_ms)
            .map_err(|reason| failed(self.size, &reason))?;
        let frames = frames(&bytes);
        Ok((bytes, frames))
    }
}

/// Frames of a WebP: its ANMF chunks, or 1.
fn frames(bytes: &[u8]) -> u32 {
    let mut rest = bytes.get(12..).unwrap_or_default();
    let mut frames = 0;
    while let Some((name, length)) = rest
        .get(..4)
        .zip(rest.get(4..).and_then(<[u8]>::first_chunk))
    {
        frames += u32::from(name == b"ANMF");
        let length = u32::from_le_bytes(*length).next_multiple_of(2) as usize;
        rest = rest.get(8 + length..).unwrap_or_default();
    }
    frames.max(1)
}

fn failed(size: Size, reason: &str) -> Error {
    Error::Encode(format!("animated webp of {size}: {reason}"))
}

/// `WebPAnimEncoder`, safe to call.
#[allow(
    unsafe_code,
    reason = "libwebp is C; every call is argued where it is made"
)]
mod ffi {
    use super::{CStr, Size, c_int, webp};

    /// Owns libwebp's encoder.
    pub(super) struct Encoder(std::ptr::NonNull<webp::WebPAnimEncoder>);

    // SAFETY: libwebp's encoder has no thread of its own and no thread-local state; it is used by its owner alone.
    unsafe impl Send for Encoder {}

    impl Encoder {
        pub(super) fn new(size: Size, plays: c_int, mixed: bool) -> Result<Self, String> {
            let version = webp::WebPGetMuxABIVersion();
            // SAFETY: a plain struct of integers, which the next call fills.
            let mut options: webp::WebPAnimEncoderOptions = unsafe { std::mem::zeroed() };
            // SAFETY: `options` is ours.
            if unsafe { webp::WebPAnimEncoderOptionsInitInternal(&raw mut options, version) } == 0 {
                return Err("libwebp has an incompatible version".to_owned());
            }
            options.anim_params.loop_count = plays;
            options.anim_params.bgcolor = 0;
            options.allow_mixed = c_int::from(mixed);
            let length = |value: u32| c_int::try_from(value).map_err(|_| "a side is over 2^31");
            let (width, height) = (length(size.width)?, length(size.height)?);
            // SAFETY: libwebp copies the options.
            let encoder = unsafe {
                webp::WebPAnimEncoderNewInternal(width, height, &raw const options, version)
            };
            std::ptr::NonNull::new(encoder)
                .map(Self)
                .ok_or_else(|| "libwebp rejected the size".to_owned())
        }

        /// `pixels`: rows of 0xAARRGGBB, as many as `size` has, which is the size the encoder was made for.
        pub(super) fn add(
            &mut self,
            size: Size,
            pixels: &mut [u32],
            at_ms: c_int,
            config: &webp::WebPConfig,
        ) -> Result<(), String> {
            let mut picture = super::super::webp::describe_argb(size, pixels)?;
            // SAFETY: the picture describes `pixels`, which outlive the call; libwebp copies what it keeps.
            let added = unsafe {
                webp::WebPAnimEncoderAdd(self.0.as_ptr(), &raw mut picture, at_ms, config)
            } != 0;
            // SAFETY: frees what libwebp added to the picture; `pixels` are not its own.
            unsafe { webp::WebPPictureFree(&raw mut picture) };
            if added { Ok(()) } else { Err(self.reason()) }
        }

        /// `end_ms`: when the last frame ends.
        pub(super) fn finish(self, end_ms: c_int) -> Result<Vec<u8>, String> {
            let mut data = webp::WebPData {
                bytes: std::ptr::null(),
                size: 0,
            };
            // SAFETY: a null frame ends the animation, by libwebp's documentation; `data` is ours to be filled.
            let assembled = unsafe {
                let encoder = self.0.as_ptr();
                webp::WebPAnimEncoderAdd(encoder, std::ptr::null_mut(), end_ms, std::ptr::null())
                    != 0
                    && webp::WebPAnimEncoderAssemble(encoder, &raw mut data) != 0
            };
            if !assembled {
                return Err(self.reason());
            }
            // The encoder's own copy of all frames goes before another is made.
            drop(self);
            // SAFETY: libwebp has put `size` bytes at `bytes`.
            let bytes = unsafe { std::slice::from_raw_parts(data.bytes, data.size) }.to_vec();
            // SAFETY: from WebPAnimEncoderAssemble, not used again.
            unsafe { webp::WebPDataClear(&mut data) };
            Ok(bytes)
        }

        fn reason(&self) -> String {
            // SAFETY: libwebp gives a text with a zero at its end, or null.
            let reason = unsafe { webp::WebPAnimEncoderGetError(self.0.as_ptr()) };
            if reason.is_null() {
                return "libwebp gave no reason".to_owned();
            }
            // SAFETY: as above; it is the encoder's, which is still there.
            unsafe { CStr::from_ptr(reason) }
                .to_string_lossy()
                .into_owned()
        }
    }

    impl Drop for Encoder {
        fn drop(&mut self) {
            // SAFETY: from WebPAnimEncoderNewInternal, and used by nobody after its owner.
            unsafe { webp::WebPAnimEncoderDelete(self.0.as_ptr()) }
        }
    }
}
