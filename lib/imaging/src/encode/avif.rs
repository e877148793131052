//! AVIF: AV1 by libaom, from planes, in the container of `avif-serialize`.

use std::borrow::Cow;

use avif_serialize::{Aviffy, constants::MatrixCoefficients};

use super::{Encoding, opaque_ycc};
use crate::{
    Error,
    metadata::copyright::Copyright,
    picture::{
        convert::{from_frame, straight_quarter, to_frame, to_ycc},
        planes::{Layout, Picture, Plane},
        samples::without_alpha,
    },
    preset::Chroma,
};

/// Qualities and libaom's quantisers (0 to 63) that look as good as a JPEG of that quality does by SSIMULACRA2; those
/// between are interpolated.
const QUANTISERS: [(u32, u32); 4] = [(1, 63), (50, 30), (80, 17), (100, 0)];
/// The quantiser of alpha, for any quality: edges of transparency are more visible than its grain.
const ALPHA_QUANTISER: u32 = 8;

/// An AVIF; with transparency where the picture has it.
pub(super) fn encode(
    picture: &Picture,
    encoding: Encoding,
    copyright: &Copyright,
) -> Result<Vec<u8>, Error> {
    let failed = |reason: String| Error::Encode(format!("avif of {}: {reason}", picture.size));
    let colour = match picture.layout {
        Layout::Rgba => Cow::Owned(straight(picture, encoding.chroma)?),
        _ => opaque_ycc(picture, encoding),
    };
    let pixels = aom::write(&colour, quantiser(encoding.quality)).map_err(failed)?;
    let alpha = match picture.layout {
        Layout::Rgba => Some(aom::write(&alpha(picture), ALPHA_QUANTISER).map_err(failed)?),
        _ => None,
    };
    let full = colour.layout == Layout::Ycc;
    let mut container = Aviffy::new();
    container
        .set_matrix_coefficients(MatrixCoefficients::Bt601)
        .set_full_color_range(true)
        .set_monochrome(colour.layout == Layout::Grey)
        .set_chroma_subsampling((!full, !full))
        .set_seq_profile(u8::from(full))
        .set_bit_depth(8)
        .set_width(picture.size.width)
        .set_height(picture.size.height);
    if let Some(exif) = copyright.exif() {
        container.set_exif(exif);
    }
    let mut bytes = Vec::new();
    container
        .write_slice(&mut bytes, &pixels, alpha.as_deref())
        .map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}

fn quantiser(quality: u8) -> u32 {
    let quality = u32::from(quality).clamp(1, 100);
    let between = |pair: &[(u32, u32)]| {
        let [(low, most), (high, least)] = *pair else {
            return None;
        };
        (quality <= high).then(|| {
            let span = high - low;
            most - ((most - least) * (quality - low) + span / 2) / span
        })
    };
    QUANTISERS.windows(2).find_map(between).unwrap_or(0)
}

/// Premultiplied RGBA as Y'CbCr that is not, without the alpha.
fn straight(picture: &Picture, chroma: Chroma) -> Result<Picture, Error> {
    if chroma == Chroma::Quarter {
        return Ok(straight_quarter(picture));
    }
    from_frame(&without_alpha(to_frame(picture)))
        .map(to_ycc)
        .ok_or_else(|| Error::Encode("avif: the picture is not RGB".to_owned()))
}

/// The alpha as a grey picture.
fn alpha(picture: &Picture) -> Picture {
    Picture {
        size: picture.size,
        layout: Layout::Grey,
        planes: picture.planes[3..].to_vec(),
    }
}

/// libaom's encoder, safe to call: the only place that names its functions.
#[allow(
    unsafe_code,
    reason = "libaom is C; every call is argued where it is made"
)]
mod aom {
    use std::ffi::{CStr, c_int, c_uint};

    use libaom_sys as aom;

    use super::{Layout, Picture, Plane};

    /// libaom's effort for stills, 0 to 9: 9 is five times as fast as 8 at the same size and score.
    const SPEED: c_int = 9;
    const FULL_RANGE: c_int = aom::AOM_CR_FULL_RANGE.cast_signed();

    /// An encoder that has begun.
    struct Encoder(aom::aom_codec_ctx_t);

    impl Drop for Encoder {
        fn drop(&mut self) {
            // SAFETY: aom_codec_enc_init_ver has begun it, and it is used by nobody after its owner.
            unsafe { aom::aom_codec_destroy(&raw mut self.0) };
        }
    }

    /// AV1 of one frame: grey, or Y'CbCr.
    pub(super) fn write(picture: &Picture, quantiser: u32) -> Result<Vec<u8>, String> {
        let halved = |side: usize| side.div_ceil(2);
        let planes = match (picture.layout, &picture.planes[..]) {
            (Layout::Grey, [luma]) => {
                // Grey has no chroma, but libaom looks for some.
                let (width, height) = (halved(luma.width), halved(luma.height));
                let none = Plane {
                    width,
                    height,
                    data: vec![128; width * height],
                    clipped: None,
                };
                vec![luma.clone(), none.clone(), none]
            }
            (Layout::YccQuarter | Layout::Ycc, planes) if planes.len() == 3 => planes.to_vec(),
            (other, _) => return Err(format!("planes of {other:?}")),
        };
        let image = describe(&planes, picture.layout)?;
        let mut encoder = begin(&image, quantiser)?;
        let mut bytes = Vec::new();
        // Null ends the stream.
        for frame in [&raw const image, std::ptr::null()] {
            // SAFETY: the image describes planes that outlive the call, which only reads them.
            let status = unsafe { aom::aom_codec_encode(&raw mut encoder.0, frame, 0, 1, 0) };
            check(&encoder.0, status)?;
            take(&mut encoder, &mut bytes);
        }
        Ok(bytes)
    }

    /// Appends what the encoder has ready.
    fn take(encoder: &mut Encoder, bytes: &mut Vec<u8>) {
        let mut at = std::ptr::null();
        loop {
            // SAFETY: `at` begins as null and is otherwise libaom's own.
            let packet = unsafe { aom::aom_codec_get_cx_data(&raw mut encoder.0, &raw mut at) };
            // SAFETY: a packet that is not null is whole until the encoder is called again.
            let Some(packet) = (unsafe { packet.as_ref() }) else {
                return;
            };
            if packet.kind == aom::AOM_CODEC_CX_FRAME_PKT {
                // SAFETY: of this kind the union is a frame, with `sz` bytes at `buf`.
                bytes.extend_from_slice(unsafe {
                    let frame = packet.data.frame;
                    std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz)
                });
            }
        }
    }

    fn begin(image: &aom::aom_image_t, quantiser: u32) -> Result<Encoder, String> {
        // SAFETY: gives a table that is always there.
        let interface = unsafe { aom::aom_codec_av1_cx() };
        // SAFETY: a plain struct of numbers and null pointers, which the next call fills.
        let mut config: aom::aom_codec_enc_cfg_t = unsafe { std::mem::zeroed() };
        // SAFETY: `config` is ours.
        let status = unsafe {
            aom::aom_codec_enc_config_default(interface, &raw mut config, aom::AOM_USAGE_ALL_INTRA)
        };
        if status != aom::AOM_CODEC_OK {
            return Err("libaom has no encoder for stills".to_owned());
        }
        (config.g_w, config.g_h) = (image.d_w, image.d_h);
        config.g_profile = c_uint::from(image.fmt == aom::AOM_IMG_FMT_I444);
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_threads = 1;
        config.rc_end_usage = aom::AOM_Q;
        config.monochrome = c_uint::from(image.monochrome != 0);
        // SAFETY: a plain struct of numbers and null pointers, which the next call fills.
        let mut context: aom::aom_codec_ctx_t = unsafe { std::mem::zeroed() };
        let version = aom::AOM_ENCODER_ABI_VERSION.cast_signed();
        // SAFETY: libaom copies the configuration.
        let status = unsafe {
            aom::aom_codec_enc_init_ver(&raw mut context, interface, &raw const config, 0, version)
        };
        check(&context, status)?;
        let mut encoder = Encoder(context);
        let quantiser = quantiser.cast_signed();
        for (control, value) in [
            (aom::AOME_SET_CPUUSED, SPEED),
            (aom::AOME_SET_CQ_LEVEL, quantiser),
            (aom::AV1E_SET_COLOR_PRIMARIES, image.cp.cast_signed()),
            (
                aom::AV1E_SET_TRANSFER_CHARACTERISTICS,
                image.tc.cast_signed(),
            ),
            (aom::AV1E_SET_MATRIX_COEFFICIENTS, image.mc.cast_signed()),
            (aom::AV1E_SET_COLOR_RANGE, FULL_RANGE),
        ] {
            // SAFETY: each of these controls takes one int.
            let status =
                unsafe { aom::aom_codec_control(&raw mut encoder.0, control.cast_signed(), value) };
            check(&encoder.0, status)?;
        }
        Ok(encoder)
    }

    fn check(context: &aom::aom_codec_ctx_t, status: aom::aom_codec_err_t) -> Result<(), String> {
        if status == aom::AOM_CODEC_OK {
            return Ok(());
        }
        // SAFETY: gives a text that is always there, with a zero at its end.
        let reason = unsafe { CStr::from_ptr(aom::aom_codec_err_to_string(status)) };
        let mut text = reason.to_string_lossy().into_owned();
        if !context.err_detail.is_null() {
            // SAFETY: as above; it is the context's, which is still there.
            let detail = unsafe { CStr::from_ptr(context.err_detail) };
            text = format!("{text}: {}", detail.to_string_lossy());
        }
        Err(text)
    }

    /// libaom's view of three planes: sRGB as full-range BT.601.
    fn describe(planes: &[Plane], layout: Layout) -> Result<aom::aom_image_t, String> {
        let full = layout == Layout::Ycc;
        let size = |value: usize| c_uint::try_from(value).map_err(|_| "a side is over 2^32");
        let stride = |plane: &Plane| c_int::try_from(plane.width).map_err(|_| "a row is over 2^31");
        // SAFETY: a plain struct of numbers and null pointers.
        let mut image: aom::aom_image_t = unsafe { std::mem::zeroed() };
        image.fmt = if full {
            aom::AOM_IMG_FMT_I444
        } else {
            aom::AOM_IMG_FMT_I420
        };
        image.cp = aom::AOM_CICP_CP_BT_709;
        image.tc = aom::AOM_CICP_TC_SRGB;
        image.mc = aom::AOM_CICP_MC_BT_601;
        image.range = aom::AOM_CR_FULL_RANGE;
        image.monochrome = c_int::from(layout == Layout::Grey);
        (image.w, image.h) = (size(planes[0].width)?, size(planes[0].height)?);
        (image.d_w, image.d_h) = (image.w, image.h);
        image.bit_depth = 8;
        image.bps = if full { 24 } else { 12 };
        (image.x_chroma_shift, image.y_chroma_shift) = (u32::from(!full), u32::from(!full));
        for (index, plane) in planes.iter().enumerate().take(3) {
            image.planes[index] = plane.data.as_ptr().cast_mut();
            image.stride[index] = stride(plane)?;
        }
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use super::quantiser;

    #[test]
    fn better_quality_is_finer_quantisation() {
        let all: Vec<u32> = (1..=100).map(quantiser).collect();
        assert!(all.is_sorted_by(|one, next| one >= next), "{all:?}");
        assert_eq!((all[0], all[49], all[79], all[99]), (63, 30, 17, 0));
    }
}
