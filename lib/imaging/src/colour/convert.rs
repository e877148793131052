//! Colour management: converts samples of any colour space to sRGB.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "samples are rounded within their range before they are cast"
)]

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile,
    Layout as CmsLayout, MatrixCoefficients, ToneCurveEvaluator, ToneReprCurve,
    TransferCharacteristics, TransformOptions,
};

use super::profile::{ToSrgb, broken};
use super::{Colour, Space, hdr, linear_to_srgb};
use crate::Error;
use crate::picture::samples::{Channels, Frame, Pixels, Raster, Samples};

/// A decoder's samples as an 8-bit sRGB frame. Samples of 16 bits are converted before they are cut to 8.
pub(crate) fn to_srgb(raster: Raster, colour: &Colour) -> Result<Frame, Error> {
    let channels = raster.channels;
    if channels == Channels::Cmyk {
        let Raster {
            width,
            height,
            samples,
            ..
        } = raster;
        let pixels = Pixels::Rgb(cmyk_to_rgb(&samples.into_eight(), colour)?);
        return Ok(Frame {
            width,
            height,
            pixels,
        });
    }
    if colour.is_srgb() {
        return Ok(raster.into_frame());
    }
    let samples = match channels {
        Channels::Grey | Channels::GreyAlpha => grey_to_srgb(raster.samples, channels, colour)?,
        _ => rgb_to_srgb(raster.samples, channels, colour)?,
    };
    Ok(Raster { samples, ..raster }.into_frame())
}

/// The same for a frame of 8 bits.
///
/// # Errors
/// `Corrupt` where the profile cannot be used, and for `Pixels::Ycc` that is not sRGB's: it must have become RGB before.
pub fn frame_to_srgb(frame: Frame, colour: &Colour) -> Result<Frame, Error> {
    let (channels, samples) = match frame.pixels {
        Pixels::Cmyk(samples) => (Channels::Cmyk, samples),
        _ if colour.is_srgb() => return Ok(frame),
        Pixels::Grey(samples) => (Channels::Grey, samples),
        Pixels::Rgb(samples) => (Channels::Rgb, samples),
        Pixels::Rgba(samples) => (Channels::Rgba, samples),
        Pixels::Ycc(_) => {
            return Err(Error::Corrupt(
                "a colour profile on planes that were not made RGB".into(),
            ));
        }
    };
    to_srgb(
        Raster {
            width: frame.width,
            height: frame.height,
            channels,
            samples: Samples::Eight(samples),
        },
        colour,
    )
}

/// Converts grey: each sample goes through the profile's curve and sRGB's; alpha stays.
fn grey_to_srgb(samples: Samples, channels: Channels, colour: &Colour) -> Result<Samples, Error> {
    let Some(curve) = grey_curve(&colour.space)? else {
        return Ok(samples);
    };
    let table = |steps: u16| -> Vec<f32> {
        (0..=steps)
            .map(|i| linear_to_srgb(curve.evaluate_value(f32::from(i) / f32::from(steps))))
            .collect()
    };
    let step = channels.count();
    Ok(match samples {
        Samples::Eight(mut samples) => {
            let table: Vec<u8> = table(255)
                .into_iter()
                .map(|y| (y * 255.0 + 0.5) as u8)
                .collect();
            samples
                .iter_mut()
                .step_by(step)
                .for_each(|sample| *sample = table[usize::from(*sample)]);
            Samples::Eight(samples)
        }
        Samples::Sixteen(mut samples) => {
            let table: Vec<u16> = table(u16::MAX)
                .into_iter()
                .map(|y| (y * 65535.0 + 0.5) as u16)
                .collect();
            samples
                .iter_mut()
                .step_by(step)
                .for_each(|sample| *sample = table[usize::from(*sample)]);
            Samples::Sixteen(samples)
        }
    })
}

/// Grey samples' curve to linear light; `None` where there is nothing to convert.
fn grey_curve(space: &Space) -> Result<Option<Box<dyn ToneCurveEvaluator + Send + Sync>>, Error> {
    let curve = match space {
        Space::Srgb | Space::Cicp { .. } => return Ok(None),
        Space::Icc(profile) => profile.parse()?.gray_trc,
        Space::Gamma { gamma, .. } => Some(gamma_curve(*gamma)),
    };
    curve
        .map(|curve| curve.make_linear_evaluator().map_err(broken))
        .transpose()
}

fn rgb_to_srgb(samples: Samples, channels: Channels, colour: &Colour) -> Result<Samples, Error> {
    if let (Samples::Eight(source), Channels::Rgb, Some(transform)) =
        (&samples, channels, colour.transform())
    {
        let mut target = vec![0; source.len()];
        transform.apply(source, &mut target)?;
        return Ok(Samples::Eight(target));
    }
    let profile = match &colour.space {
        Space::Srgb => return Ok(samples),
        Space::Icc(profile) => profile.parse()?,
        Space::Gamma {
            gamma,
            chromaticities,
        } => gamma_profile(*gamma, *chromaticities),
        &Space::Cicp {
            primaries,
            transfer,
        } => {
            let profile = cicp_profile(primaries, transfer)?;
            match hdr::Transfer::of(transfer) {
                Some(transfer) => {
                    return Ok(Samples::Eight(hdr::to_srgb(
                        &samples, channels, transfer, &profile,
                    )));
                }
                None => profile,
            }
        }
    };
    let cms = if channels.has_alpha() {
        CmsLayout::Rgba
    } else {
        CmsLayout::Rgb
    };
    Ok(match samples {
        Samples::Eight(source) => {
            let mut target = vec![0; source.len()];
            ToSrgb::new(&profile, cms, cms)?.apply(&source, &mut target)?;
            Samples::Eight(target)
        }
        Samples::Sixteen(source) => {
            let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
            let transform = profile
                .create_transform_16bit(cms, &srgb, cms, options)
                .map_err(broken)?;
            let mut target = vec![0; source.len()];
            transform.transform(&source, &mut target).map_err(broken)?;
            Samples::Sixteen(target)
        }
    })
}

/// Converts CMYK by its profile. Without a profile, as browsers do: R = (1 - C)(1 - K), and so on.
fn cmyk_to_rgb(inks: &[u8], colour: &Colour) -> Result<Vec<u8>, Error> {
    let Some(transform) = colour.transform() else {
        let light = |ink: u8, black: u8| {
            let product = u32::from(255 - ink) * u32::from(255 - black);
            ((product + 127) / 255) as u8
        };
        return Ok(inks
            .chunks_exact(4)
            .flat_map(|p| [light(p[0], p[3]), light(p[1], p[3]), light(p[2], p[3])])
            .collect());
    };
    let mut target = vec![0; inks.len() / 4 * 3];
    transform.apply(inks, &mut target)?;
    Ok(target)
}

/// PNG's `gAMA` is the exponent of encoding times 100000; the curve is that of decoding.
fn gamma_curve(gamma: u32) -> ToneReprCurve {
    ToneReprCurve::Parametric(vec![(100_000.0 / f64::from(gamma)) as f32])
}

fn gamma_profile(gamma: u32, chromaticities: Option<[u32; 8]>) -> ColorProfile {
    let mut profile = ColorProfile::new_srgb();
    // Without this moxcms would follow the code points and not the curves.
    profile.cicp = None;
    let curve = Some(gamma_curve(gamma));
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve.clone(), curve.clone(), curve);
    if let Some(values) = chromaticities.filter(|values| values.chunks_exact(2).all(|xy| xy[1] > 0))
    {
        let xy = |i: usize| {
            Chromaticity::new(values[2 * i] as f32 / 1e5, values[2 * i + 1] as f32 / 1e5)
        };
        profile.update_rgb_colorimetry(
            xy(0).to_xyyb(),
            ColorPrimaries {
                red: xy(1),
                green: xy(2),
                blue: xy(3),
            },
        );
    }
    profile
}

/// A profile of H.273's primaries and transfer function; unknown ones are taken for BT.709's and sRGB's.
fn cicp_profile(primaries: u8, transfer: u8) -> Result<ColorProfile, Error> {
    let color_primaries = match primaries {
        4..=12 | 22 => CicpColorPrimaries::try_from(primaries).map_err(broken)?,
        _ => CicpColorPrimaries::Bt709,
    };
    let transfer_characteristics = match transfer {
        // BT.709's camera curve (1) and its kin are shown with sRGB's, HDR curves are not for profiles.
        4 | 5 | 7..=12 | 17 => TransferCharacteristics::try_from(transfer).map_err(broken)?,
        _ => TransferCharacteristics::Srgb,
    };
    Ok(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}
