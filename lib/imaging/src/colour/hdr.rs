//! Maps PQ and HLG pictures to SDR.
//!
//! HDR reference white (203 cd/m2, ITU-R BT.2408) becomes a little less than SDR white. Brighter light is rolled off
//! up to a peak of 1000 cd/m2, by the brightest channel, to preserve hues.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "samples are rounded within their range before they are cast"
)]

use moxcms::{ColorProfile, ToneReprCurve};

use super::linear_to_srgb;
use crate::picture::samples::{Channels, Samples, to_eight};

/// cd/m2 of HDR reference white (ITU-R BT.2408).
const REFERENCE_WHITE: f32 = 203.0;
/// cd/m2 that become SDR white: the peak of a nominal HLG display (ITU-R BT.2100).
const PEAK: f32 = 1000.0;
/// Up to here, in units of reference white, brightness is kept.
const KNEE: f32 = 0.6;
/// Steps of the table from linear light to 8-bit sRGB: fine enough for the steep dark end (1/20 of a level a step).
const STEPS: u16 = u16::MAX;

/// The two HDR transfer functions of ITU-R BT.2100.
#[derive(Clone, Copy)]
pub(super) enum Transfer {
    Pq,
    Hlg,
}

impl Transfer {
    /// By the code point of H.273.
    pub(super) fn of(code: u8) -> Option<Self> {
        match code {
            16 => Some(Self::Pq),
            18 => Some(Self::Hlg),
            _ => None,
        }
    }

    /// Signal 0 to 1 -> light in units of reference white; for HLG before its system gamma.
    fn to_linear(self, signal: f32) -> f32 {
        match self {
            Self::Pq => {
                // SMPTE ST 2084.
                let (m1, m2) = (2610.0 / 16384.0, 2523.0 / 4096.0 * 128.0);
                let (c1, c2, c3) = (
                    3424.0 / 4096.0,
                    2413.0 / 4096.0 * 32.0,
                    2392.0 / 4096.0 * 32.0,
                );
                let power = signal.powf(1.0 / m2);
                ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1) * 10000.0
                    / REFERENCE_WHITE
            }
            Self::Hlg => {
                // ARIB STD-B67, scene light 0 to 1.
                let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_7);
                if signal <= 0.5 {
                    signal * signal / 3.0
                } else {
                    (((signal - c) / a).exp() + b) / 12.0
                }
            }
        }
    }

    /// What to multiply light by, given its luminance: HLG's system gamma of 1.2 for a display of [`PEAK`].
    fn display_gain(self, luminance: f32) -> f32 {
        match self {
            Self::Pq => 1.0,
            Self::Hlg => PEAK / REFERENCE_WHITE * luminance.max(1e-6).powf(0.2),
        }
    }
}

/// RGB or RGBA samples of `transfer` and of the primaries of `profile` -> 8-bit sRGB.
pub(super) fn to_srgb(
    samples: &Samples,
    channels: Channels,
    transfer: Transfer,
    profile: &ColorProfile,
) -> Vec<u8> {
    let mut linear = profile.clone();
    linear.cicp = None;
    let curve = Some(ToneReprCurve::Parametric(vec![1.0]));
    (linear.red_trc, linear.green_trc, linear.blue_trc) = (curve.clone(), curve.clone(), curve);
    let converter = Converter {
        decode: (0..=u16::MAX)
            .map(|i| transfer.to_linear(f32::from(i) / 65535.0))
            .collect(),
        encode: (0..=STEPS)
            .map(|i| (linear_to_srgb(f32::from(i) / f32::from(STEPS)) * 255.0 + 0.5) as u8)
            .collect(),
        matrix: linear
            .transform_matrix(&ColorProfile::new_srgb())
            .to_f32()
            .v,
        // Y of the primaries.
        luminance: linear.rgb_to_xyz_matrix().to_f32().v[1],
        transfer,
    };
    let channels = channels.count();
    let mut srgb;
    match samples {
        Samples::Eight(samples) => {
            srgb = Vec::with_capacity(samples.len());
            for pixel in samples.chunks_exact(channels) {
                let wide = [pixel[0], pixel[1], pixel[2]].map(|sample| u16::from(sample) * 257);
                srgb.extend(converter.pixel(wide));
                srgb.extend(pixel.get(3));
            }
        }
        Samples::Sixteen(samples) => {
            srgb = Vec::with_capacity(samples.len());
            for pixel in samples.chunks_exact(channels) {
                srgb.extend(converter.pixel([pixel[0], pixel[1], pixel[2]]));
                srgb.extend(pixel.get(3).map(|&alpha| to_eight(alpha)));
            }
        }
    }
    srgb
}

struct Converter {
    decode: Vec<f32>,
    encode: Vec<u8>,
    matrix: [[f32; 3]; 3],
    luminance: [f32; 3],
    transfer: Transfer,
}

impl Converter {
    fn pixel(&self, signal: [u16; 3]) -> [u8; 3] {
        let light = signal.map(|s| self.decode[usize::from(s)]);
        let gain = self.transfer.display_gain(dot(self.luminance, light));
        let rgb = self.matrix.map(|row| (dot(row, light) * gain).max(0.0));
        let brightest = rgb.into_iter().fold(1e-6, f32::max);
        let scale = roll_off(brightest) / brightest * f32::from(STEPS);
        rgb.map(|value| self.encode[(value * scale + 0.5) as usize])
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Light in units of reference white -> 0 to 1: as it is up to the knee, then Reinhard's extended curve, 1 at the peak.
fn roll_off(light: f32) -> f32 {
    if light <= KNEE {
        return light;
    }
    let over = (light - KNEE) / (1.0 - KNEE);
    let peak = (PEAK / REFERENCE_WHITE - KNEE) / (1.0 - KNEE);
    (KNEE + (1.0 - KNEE) * over * (1.0 + over / (peak * peak)) / (1.0 + over)).min(1.0)
}

#[cfg(test)]
mod tests {
    use moxcms::ColorProfile;

    use super::{Transfer, to_srgb};
    use crate::picture::samples::{Channels, Samples};

    /// The grey levels that `signals` (0 to 1) become.
    fn greys(transfer: Transfer, signals: &[f32]) -> Vec<u8> {
        let samples = signals
            .iter()
            .flat_map(|signal| [(signal * 65535.0) as u16; 3])
            .collect();
        let profile = ColorProfile::new_bt2020();
        let rgb = to_srgb(
            &Samples::Sixteen(samples),
            Channels::Rgb,
            transfer,
            &profile,
        );
        for pixel in rgb.chunks_exact(3) {
            assert!(
                pixel[0].abs_diff(pixel[1]) <= 1 && pixel[0].abs_diff(pixel[2]) <= 1,
                "grey stays grey: {pixel:?}"
            );
        }
        rgb.into_iter().step_by(3).collect()
    }

    #[test]
    fn reference_white_is_almost_white_and_what_is_brighter_keeps_its_order() {
        // black, about 30 cd/m2, 203, 600, 1000 (SMPTE ST 2084)
        let pq = greys(Transfer::Pq, &[0.0, 0.392, 0.581, 0.697, 0.7518]);
        assert_eq!((pq[0], pq[4]), (0, 255), "{pq:?}");
        assert!((100..125).contains(&pq[1]), "{pq:?}");
        assert!((210..250).contains(&pq[2]), "{pq:?}");
        assert!(pq.is_sorted(), "{pq:?}");
        // BT.2408: reference white of HLG is at 75 %
        let hlg = greys(Transfer::Hlg, &[0.0, 0.38, 0.75, 0.9, 1.0]);
        assert_eq!((hlg[0], hlg[4]), (0, 255), "{hlg:?}");
        assert!((210..250).contains(&hlg[2]), "{hlg:?}");
        assert!(hlg.is_sorted(), "{hlg:?}");
    }
}
