//! A still WebP by libwebp: its planes where nothing needs its colours, else pixels.

use std::ffi::c_int;

use libwebp_sys as webp;

use super::{buffer, cut, gives_planes};
use crate::picture::samples::{Channels, Frame, Pixels, Planes, Raster, Samples};
use crate::{Error, Probe, colour, limits::Decoders};

/// The picture in sRGB.
pub(super) fn decode(bytes: &[u8], probe: &Probe) -> Result<Frame, Error> {
    if gives_planes(probe, Decoders::Fast) {
        return planes(bytes, probe);
    }
    let channels = Channels::rgb(probe.alpha);
    let mut data = buffer(probe.width, probe.height, channels.count())?;
    read(
        bytes,
        (probe.width, probe.height),
        Target::Pixels(channels, &mut data),
    )?;
    let raster = Raster {
        width: probe.width,
        height: probe.height,
        channels,
        samples: Samples::Eight(data),
    };
    colour::to_srgb(raster, &probe.colour)
}

/// RGBA of what is coded: a file, or the chunks of an animation's frame.
pub(super) fn rgba(coded: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, Error> {
    let mut data = buffer(width, height, 4)?;
    read(
        coded,
        (width, height),
        Target::Pixels(Channels::Rgba, &mut data),
    )?;
    Ok(data)
}

fn planes(bytes: &[u8], probe: &Probe) -> Result<Frame, Error> {
    let (width, height) = (probe.width, probe.height);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut data = [
        buffer(width, height, 1)?,
        buffer(half_width, half_height, 1)?,
        buffer(half_width, half_height, 1)?,
    ];
    read(bytes, (width, height), Target::Planes(&mut data))?;
    let [luma, blue, red] = &mut data;
    for sample in luma {
        *sample = full_luma(*sample);
    }
    for sample in blue.iter_mut().chain(red) {
        *sample = full_chroma(*sample);
    }
    let pixels = Pixels::Ycc(Box::new(Planes {
        data,
        widths: [width, half_width, half_width],
        heights: [height, half_height, half_height],
    }));
    Ok(Frame {
        width,
        height,
        pixels,
    })
}

/// Luma from 16 to 235 (RFC 9649) to the whole range: 298 / 256 is 255 / 219 to the last bit of every sample. In 16 bits, which
/// are twice as many samples a vector.
fn full_luma(sample: u8) -> u8 {
    let above = u16::from(sample.clamp(16, 235)) - 16;
    ((above * 298 + 128) >> 8).to_le_bytes()[0]
}

/// Chroma from 16 to 240 to the whole range, by 1166 / 1024 for 255 / 224.
fn full_chroma(sample: u8) -> u8 {
    let value = 128 + (((i32::from(sample) - 128) * 1166 + 512) >> 10);
    value.clamp(0, 255).to_le_bytes()[0]
}

/// Where libwebp writes: each buffer has room for the size that the header says.
enum Target<'a> {
    /// Three or four samples a pixel.
    Pixels(Channels, &'a mut [u8]),
    /// Y', Cb and Cr with quarter chroma.
    Planes(&'a mut [Vec<u8>; 3]),
}

#[allow(
    unsafe_code,
    reason = "libwebp is C; every call is argued where it is made"
)]
fn read(bytes: &[u8], (width, height): (u32, u32), target: Target) -> Result<(), Error> {
    let mut config = webp::WebPDecoderConfig::new()
        .map_err(|()| Error::Corrupt("libwebp has an incompatible version".into()))?;
    config.output.is_external_memory = 1;
    match target {
        Target::Pixels(channels, data) => {
            config.output.colorspace = if channels == Channels::Rgba {
                webp::WEBP_CSP_MODE::MODE_RGBA
            } else {
                webp::WEBP_CSP_MODE::MODE_RGB
            };
            config.output.u.RGBA = webp::WebPRGBABuffer {
                rgba: data.as_mut_ptr(),
                stride: stride(data.len() / height as usize)?,
                size: data.len(),
            };
        }
        Target::Planes([luma, blue, red]) => {
            let half = stride(width.div_ceil(2) as usize)?;
            config.output.colorspace = webp::WEBP_CSP_MODE::MODE_YUV;
            config.output.u.YUVA = webp::WebPYUVABuffer {
                y: luma.as_mut_ptr(),
                u: blue.as_mut_ptr(),
                v: red.as_mut_ptr(),
                a: std::ptr::null_mut(),
                y_stride: stride(width as usize)?,
                u_stride: half,
                v_stride: half,
                a_stride: 0,
                y_size: luma.len(),
                u_size: blue.len(),
                v_size: red.len(),
                a_size: 0,
            };
        }
    }
    // SAFETY: `bytes` is as long as is said. libwebp compares the sizes of the buffers, which outlive the call, with what the
    // file's header says before it writes (CheckDecBuffer in its src/dec/buffer_dec.c).
    let status = unsafe { webp::WebPDecode(bytes.as_ptr(), bytes.len(), &raw mut config) };
    verdict(status)
}

fn stride(bytes: usize) -> Result<c_int, Error> {
    c_int::try_from(bytes).map_err(|_| Error::TooLarge(format!("rows of {bytes} bytes")))
}

fn verdict(status: webp::VP8StatusCode) -> Result<(), Error> {
    use webp::VP8StatusCode as Status;
    match status {
        Status::VP8_STATUS_OK => Ok(()),
        Status::VP8_STATUS_SUSPENDED | Status::VP8_STATUS_NOT_ENOUGH_DATA => {
            Err(cut("the picture"))
        }
        Status::VP8_STATUS_OUT_OF_MEMORY => {
            Err(Error::TooLarge("not enough memory to decode it".into()))
        }
        Status::VP8_STATUS_UNSUPPORTED_FEATURE => Err(Error::Unsupported(
            "WebP with a feature unknown to libwebp".into(),
        )),
        _ => Err(Error::Corrupt("the WebP decoder could not read it".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::{full_chroma, full_luma};

    #[test]
    fn ranges_are_stretched_to_the_nearest_level() {
        for sample in 0..=255_u8 {
            let exact = |from: f64, span: f64| {
                let value = (f64::from(sample) - from) * 255.0 / span;
                value.clamp(0.0, 255.0)
            };
            let luma = f64::from(full_luma(sample)) - exact(16.0, 219.0);
            let chroma = f64::from(full_chroma(sample)) - (exact(16.0, 224.0) + 0.5).min(255.0);
            assert!(luma.abs() < 0.6, "{sample}: {luma}");
            assert!(chroma.abs() < 0.6, "{sample}: {chroma}");
        }
        assert_eq!(full_chroma(128), 128);
    }
}
