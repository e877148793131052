//! WebP by libwebp: lossy from planes, lossless from pixels.

use std::ffi::c_int;

use libwebp_sys as webp;

use super::Encoding;
use crate::{
    Error,
    emphasis::emphasise,
    geometry::Size,
    picture::{
        convert::{quarter_chroma, straight_quarter, to_frame, to_ycc},
        planes::{Layout, Picture, Plane},
        samples::Pixels,
    },
};

/// libwebp's effort with loss, 0 to 6. Method 2 takes half the time for 3 % more bytes, but variants of some photos score a point
/// less: see docs/performance.md.
const METHOD: c_int = 4;

/// The same without loss.
const LOSSLESS_METHOD: c_int = 4;

/// libwebp's effort without loss, 0 to 100 where lossy WebP has its quality.
const LOSSLESS_EFFORT: f32 = 75.0;

/// A WebP; with transparency where the picture has it.
pub(super) fn encode(picture: &Picture, encoding: Encoding) -> Result<Vec<u8>, Error> {
    let config = config(encoding).map_err(|reason| failed(picture, &reason))?;
    let written = if encoding.lossless {
        write(&config, Samples::Pixels(picture.size, &mut argb(picture)?))
    } else {
        write(
            &config,
            Samples::Planes(&mut limited_planes(picture, encoding)),
        )
    };
    written.map_err(|reason| failed(picture, &reason))
}

fn failed(picture: &Picture, reason: &str) -> Error {
    Error::Encode(format!("webp of {}: {reason}", picture.size))
}

/// What libwebp is to do.
pub(super) fn config(encoding: Encoding) -> Result<webp::WebPConfig, String> {
    let quality = if encoding.lossless {
        LOSSLESS_EFFORT
    } else {
        f32::from(encoding.quality)
    };
    let mut config =
        webp::WebPConfig::new_with_preset(webp::WebPPreset::WEBP_PRESET_DEFAULT, quality)
            .map_err(|()| "libwebp rejected the quality".to_owned())?;
    config.method = if encoding.lossless {
        LOSSLESS_METHOD
    } else {
        METHOD
    };
    config.lossless = c_int::from(encoding.lossless);
    Ok(config)
}

/// Pixels as libwebp takes them where it has to keep or compare them: 0xAARRGGBB, straight alpha.
pub(super) fn argb(picture: &Picture) -> Result<Vec<u32>, Error> {
    let pixel = |[red, green, blue, alpha]: [u8; 4]| u32::from_be_bytes([alpha, red, green, blue]);
    match to_frame(picture).pixels {
        Pixels::Grey(data) => Ok(data.iter().map(|y| pixel([*y, *y, *y, 255])).collect()),
        Pixels::Rgb(data) => Ok(data
            .chunks_exact(3)
            .map(|p| pixel([p[0], p[1], p[2], 255]))
            .collect()),
        Pixels::Rgba(data) => Ok(data
            .chunks_exact(4)
            .map(|p| pixel([p[0], p[1], p[2], p[3]]))
            .collect()),
        Pixels::Cmyk(_) | Pixels::Ycc(_) => Err(failed(picture, "the picture is not RGB")),
    }
}

/// Y', Cb, Cr with quarter chroma in WebP's range (16 to 235 and 16 to 240, RFC 9649), and alpha if there is any.
fn limited_planes(picture: &Picture, encoding: Encoding) -> Vec<Plane> {
    let quarter = match picture.layout {
        Layout::YccQuarter => picture.clone(),
        Layout::Ycc => quarter_chroma(picture.clone()),
        Layout::Grey => grey_quarter(picture),
        Layout::Rgb | Layout::Cmyk => quarter_chroma(to_ycc(picture.clone())),
        Layout::Rgba => straight_quarter(picture),
    };
    let mut planes = quarter.planes;
    squeeze(&mut planes[0], limited_luma);
    for plane in &mut planes[1..] {
        if !encoding.emphasis.is_none() {
            *plane = emphasise(plane, encoding.emphasis);
        }
        squeeze(plane, limited_chroma);
    }
    planes.extend((picture.layout == Layout::Rgba).then(|| picture.planes[3].clone()));
    planes
}

/// 0 to 255 onto 16 to 235.
fn limited_luma(value: u8) -> f64 {
    16.0 + f64::from(value) * 219.0 / 255.0
}

/// 128 stays where it is, which is not the middle of 0 to 255.
fn limited_chroma(value: u8) -> f64 {
    128.0 + (f64::from(value) - 128.0) * 224.0 / 255.0
}

fn squeeze(plane: &mut Plane, limited: fn(u8) -> f64) {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are within 15 to 240"
    )]
    let table: [u8; 256] = std::array::from_fn(|value| limited(value as u8).round() as u8);
    plane
        .data
        .iter_mut()
        .for_each(|value| *value = table[usize::from(*value)]);
}

fn grey_quarter(picture: &Picture) -> Picture {
    let mut result = Picture::new(picture.size, Layout::YccQuarter);
    result.planes[0].clone_from(&picture.planes[0]);
    result.planes[1..]
        .iter_mut()
        .for_each(|plane| plane.data.fill(128));
    result
}

/// What libwebp encodes; it may write to them.
enum Samples<'a> {
    /// Y', Cb, Cr with quarter chroma, and alpha if there is any.
    Planes(&'a mut [Plane]),
    /// Rows of 0xAARRGGBB.
    Pixels(Size, &'a mut [u32]),
}

#[allow(
    unsafe_code,
    reason = "libwebp is C; every call is argued where it is made"
)]
fn write(config: &webp::WebPConfig, samples: Samples) -> Result<Vec<u8>, String> {
    let mut picture = match samples {
        Samples::Planes(planes) => describe(planes),
        Samples::Pixels(size, pixels) => describe_argb(size, pixels),
    }?;
    // SAFETY: a plain struct of integers and a pointer, for which zeros are its initial state (WebPMemoryWriterInit).
    let mut writer: webp::WebPMemoryWriter = unsafe { std::mem::zeroed() };
    picture.writer = Some(webp::WebPMemoryWrite);
    picture.custom_ptr = (&raw mut writer).cast();
    // SAFETY: the samples have the sizes and strides that `picture` says (chroma: halves, rounded up) and outlive the
    // call; libwebp may write to them. `writer` is what WebPMemoryWrite expects behind `custom_ptr`.
    let encoded = unsafe { webp::WebPEncode(config, &raw mut picture) } != 0;
    let bytes = if writer.mem.is_null() {
        Vec::new()
    } else {
        // SAFETY: the writer has `size` bytes at `mem`.
        unsafe { std::slice::from_raw_parts(writer.mem, writer.size) }.to_vec()
    };
    // SAFETY: libwebp allocated `mem`, which is not used again; of the picture, only what libwebp added is freed.
    unsafe {
        webp::WebPMemoryWriterClear(&raw mut writer);
        webp::WebPPictureFree(&raw mut picture);
    }
    if encoded {
        Ok(bytes)
    } else {
        Err(format!("{:?}", picture.error_code))
    }
}

/// libwebp's view of 0xAARRGGBB pixels, of which there are as many as `size` has.
pub(super) fn describe_argb(size: Size, pixels: &mut [u32]) -> Result<webp::WebPPicture, String> {
    if pixels.len() as u64 != size.area() {
        return Err(format!("{} pixels for {size}", pixels.len()));
    }
    let mut picture =
        webp::WebPPicture::new().map_err(|()| "libwebp has an incompatible version".to_owned())?;
    let length = |value: u32| c_int::try_from(value).map_err(|_| "a side is over 2^31".to_owned());
    (picture.width, picture.height) = (length(size.width)?, length(size.height)?);
    picture.use_argb = 1;
    picture.argb = pixels.as_mut_ptr();
    picture.argb_stride = picture.width;
    Ok(picture)
}

/// libwebp's view of three planes, or four with alpha.
fn describe(planes: &mut [Plane]) -> Result<webp::WebPPicture, String> {
    let side = |value: usize| c_int::try_from(value).map_err(|_| "a side is over 2^31".to_owned());
    let mut picture =
        webp::WebPPicture::new().map_err(|()| "libwebp has an incompatible version".to_owned())?;
    picture.use_argb = 0;
    picture.colorspace = webp::WebPEncCSP::WEBP_YUV420;
    (picture.width, picture.height) = (side(planes[0].width)?, side(planes[0].height)?);
    (picture.y_stride, picture.uv_stride) = (side(planes[0].width)?, side(planes[1].width)?);
    picture.y = planes[0].data.as_mut_ptr();
    picture.u = planes[1].data.as_mut_ptr();
    picture.v = planes[2].data.as_mut_ptr();
    if let Some(alpha) = planes.get_mut(3) {
        picture.colorspace = webp::WebPEncCSP::WEBP_YUV420A;
        picture.a_stride = side(alpha.width)?;
        picture.a = alpha.data.as_mut_ptr();
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::{limited_chroma, limited_luma, squeeze};
    use crate::picture::planes::Plane;

    #[test]
    fn ranges_are_squeezed_to_the_nearest_level_and_grey_stays_grey() {
        let all = Plane {
            width: 256,
            height: 1,
            data: (0..=255).collect(),
            clipped: None,
        };
        let (mut luma, mut chroma) = (all.clone(), all);
        squeeze(&mut luma, limited_luma);
        squeeze(&mut chroma, limited_chroma);
        assert_eq!([0, 128, 255].map(|i| luma.data[i]), [16, 126, 235]);
        assert_eq!([0, 1, 128, 255].map(|i| chroma.data[i]), [16, 16, 128, 240]);
        // no colour is pulled to either side of grey
        for i in 1..128 {
            let (below, above) = (chroma.data[128 - i], chroma.data[128 + i]);
            assert_eq!(128 - below, above - 128, "{i} from grey");
        }
    }
}
