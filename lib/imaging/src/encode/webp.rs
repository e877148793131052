//! Lossy WebP by libwebp, from planes.

use std::ffi::c_int;

use libwebp_sys as webp;

use crate::{
    Error,
    convert::{quarter_chroma, straight_quarter, to_ycc},
    planes::{Layout, Picture, Plane},
};

/// libwebp's effort, 0 to 6.
const METHOD: c_int = 4;

/// A lossy WebP; with an alpha plane where the picture has one.
pub(super) fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    write(&mut limited_planes(picture), f32::from(quality))
        .map_err(|reason| Error::Encode(format!("webp of {}: {reason}", picture.size)))
}

/// Y', Cb, Cr with quarter chroma in WebP's range (16 to 235 and 16 to 240, RFC 9649), and alpha if there is any.
fn limited_planes(picture: &Picture) -> Vec<Plane> {
    let quarter = match picture.layout {
        Layout::YccQuarter => picture.clone(),
        Layout::Ycc => quarter_chroma(picture.clone()),
        Layout::Grey => grey_quarter(picture),
        Layout::Rgb | Layout::Cmyk => quarter_chroma(to_ycc(picture)),
        Layout::Rgba => straight_quarter(picture),
    };
    let mut planes = quarter.planes;
    squeeze(&mut planes[0], 219);
    planes[1..].iter_mut().for_each(|plane| squeeze(plane, 224));
    planes.extend((picture.layout == Layout::Rgba).then(|| picture.planes[3].clone()));
    planes
}

/// 0 to 255 onto `range` steps that begin at 16.
fn squeeze(plane: &mut Plane, range: u32) {
    let table: Vec<u8> = (0..=255)
        .map(|value| u8::try_from((value * range + 16 * 255 + 127) / 255).unwrap_or(u8::MAX))
        .collect();
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

#[allow(
    unsafe_code,
    reason = "libwebp is C; every call is argued where it is made"
)]
fn write(planes: &mut [Plane], quality: f32) -> Result<Vec<u8>, String> {
    let mut config =
        webp::WebPConfig::new_with_preset(webp::WebPPreset::WEBP_PRESET_DEFAULT, quality)
            .map_err(|()| "libwebp refuses the quality".to_owned())?;
    config.method = METHOD;
    let mut picture = describe(planes)?;
    // SAFETY: a plain struct of integers and a pointer, for which zeros are its initial state (WebPMemoryWriterInit).
    let mut writer: webp::WebPMemoryWriter = unsafe { std::mem::zeroed() };
    picture.writer = Some(webp::WebPMemoryWrite);
    picture.custom_ptr = (&raw mut writer).cast();
    // SAFETY: the planes have the sizes and strides that `describe` gave (chroma: halves, rounded up) and outlive the
    // call; libwebp may write to them. `writer` is what WebPMemoryWrite expects behind `custom_ptr`.
    let encoded = unsafe { webp::WebPEncode(&raw const config, &raw mut picture) } != 0;
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

/// libwebp's view of three planes, or four with alpha.
fn describe(planes: &mut [Plane]) -> Result<webp::WebPPicture, String> {
    let side = |value: usize| c_int::try_from(value).map_err(|_| "a side is over 2^31".to_owned());
    let mut picture =
        webp::WebPPicture::new().map_err(|()| "libwebp has another version".to_owned())?;
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
