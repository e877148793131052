//! The colour space of a picture's samples.

mod convert;
mod hdr;
mod profile;

use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};
use serde::{Serialize, Serializer};

pub use convert::frame_to_srgb;
pub(crate) use convert::to_srgb;
pub use profile::Profile;
use profile::ToSrgb;

/// The samples of a pixel, without alpha.
/// JPEG's Y'CbCr and palettes count as `Rgb`, YCCK as `Cmyk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// One sample.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Four inks.
    Cmyk,
}

/// The colour space of an original's samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Colour {
    /// What the samples are.
    pub model: Model,
    /// The colours that the samples stand for.
    pub space: Space,
    /// Whether the file has a profile that cannot be used, so that its samples count as sRGB.
    pub profile_ignored: bool,
}

/// The colours that samples stand for.
#[derive(Debug, Clone, PartialEq)]
pub enum Space {
    /// sRGB: declared by the file, recognised from its profile, or assumed because the file declares nothing.
    Srgb,
    /// An embedded ICC profile that is not sRGB, fits the model, and can be used.
    Icc(Profile),
    /// ITU-T H.273 code points (PNG `cICP`, HEIC and AVIF `nclx`).
    Cicp {
        /// Colour primaries: 1 = BT.709, 9 = BT.2020, 12 = Display P3.
        primaries: u8,
        /// Transfer function: 13 = sRGB, 16 = PQ, 18 = HLG.
        transfer: u8,
    },
    /// PNG's `gAMA`, with `cHRM` if present.
    Gamma {
        /// The exponent times 100000, as PNG stores it: 45455 for 1/2.2.
        gamma: u32,
        /// x and y of white, red, green and blue times 100000.
        chromaticities: Option<[u32; 8]>,
    },
}

impl Colour {
    /// sRGB, or grey with sRGB's transfer curve.
    #[must_use]
    pub fn srgb(model: Model) -> Self {
        Self::of(model, Space::Srgb)
    }

    fn of(model: Model, space: Space) -> Self {
        Self {
            model,
            space,
            profile_ignored: false,
        }
    }

    /// The colour of an embedded profile. Recognises sRGB's profile. Ignores a profile that cannot be used or is made for another
    /// model, as browsers do.
    #[must_use]
    pub fn from_icc(model: Model, profile: &[u8]) -> Self {
        let parsed = ColorProfile::new_from_slice(profile);
        let usable = match &parsed {
            Ok(parsed) if is_srgb(parsed) && model != Model::Cmyk => return Self::srgb(model),
            Ok(parsed) if fits(parsed, model) => Profile::new(profile, parsed, model),
            _ => None,
        };
        match usable {
            Some(profile) => Self::of(model, Space::Icc(profile)),
            None => Self {
                profile_ignored: true,
                ..Self::srgb(model)
            },
        }
    }

    /// The colour of H.273 code points. The curves of BT.709 and sRGB both count as sRGB, as in browsers; so do
    /// unspecified ones (2).
    #[must_use]
    pub fn from_cicp(model: Model, primaries: u8, transfer: u8) -> Self {
        let space = match (primaries, transfer) {
            (1 | 2, 1 | 2 | 6 | 13 | 14 | 15) => Space::Srgb,
            _ => Space::Cicp {
                primaries,
                transfer,
            },
        };
        Self::of(model, space)
    }

    /// Encoders write sRGB as a PNG gamma of 1/2.2, with sRGB's chromaticities or none.
    #[must_use]
    pub fn from_gamma(model: Model, gamma: u32, chromaticities: Option<[u32; 8]>) -> Self {
        let is_srgb = gamma.abs_diff(45455) <= 500
            && chromaticities.is_none_or(|found| {
                found
                    .iter()
                    .zip(SRGB_CHROMATICITIES)
                    .all(|(a, b)| a.abs_diff(b) <= 500)
            });
        let space = if is_srgb {
            Space::Srgb
        } else {
            Space::Gamma {
                gamma,
                chromaticities,
            }
        };
        Self::of(model, space)
    }

    /// What converts samples of 8 bits, RGB or CMYK; `None` where no profile gives the colour space.
    pub(crate) fn transform(&self) -> Option<&ToSrgb> {
        match &self.space {
            Space::Icc(profile) => profile.transform(),
            _ => None,
        }
    }

    /// Whether the samples are already sRGB and need no conversion.
    #[must_use]
    pub fn is_srgb(&self) -> bool {
        self.space == Space::Srgb && self.model != Model::Cmyk
    }

    /// The name in manifests: `srgb`, `display-p3`, `adobe-rgb`, `prophoto-rgb`, `rec2020`, `grey`, `cmyk`;
    /// `icc` for any other profile, `gamma` for PNG's own numbers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.model, &self.space) {
            (Model::Grey, _) => "grey",
            (Model::Cmyk, _) => "cmyk",
            (Model::Rgb, Space::Srgb) => "srgb",
            (Model::Rgb, Space::Gamma { .. }) => "gamma",
            (
                Model::Rgb,
                Space::Cicp {
                    primaries,
                    transfer,
                },
            ) => cicp_name(*primaries, *transfer),
            (Model::Rgb, Space::Icc(profile)) => {
                profile.parse().map_or("icc", |parsed| icc_name(&parsed))
            }
        }
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

fn fits(profile: &ColorProfile, model: Model) -> bool {
    match profile.color_space {
        DataColorSpace::Gray => model == Model::Grey,
        DataColorSpace::Rgb => model == Model::Rgb,
        DataColorSpace::Cmyk => model == Model::Cmyk,
        _ => false,
    }
}

fn cicp_name(primaries: u8, transfer: u8) -> &'static str {
    match (primaries, transfer) {
        (_, 16) => "pq",
        (_, 18) => "hlg",
        (9, _) => "rec2020",
        (12, _) => "display-p3",
        _ => "cicp",
    }
}

/// x and y of sRGB's white, red, green and blue, times 100000 (IEC 61966-2-1).
const SRGB_CHROMATICITIES: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];

/// The known RGB spaces by their colorants: X and Y of red, green and blue, adapted to D50 (ICC.1).
const COLORANTS: [(&str, [[f64; 2]; 3]); 5] = [
    (
        "srgb",
        [[0.4361, 0.2225], [0.3851, 0.7169], [0.1431, 0.0606]],
    ),
    (
        "display-p3",
        [[0.5151, 0.2412], [0.2920, 0.6922], [0.1571, 0.0666]],
    ),
    (
        "adobe-rgb",
        [[0.6097, 0.3111], [0.2053, 0.6257], [0.1492, 0.0632]],
    ),
    (
        "prophoto-rgb",
        [[0.7977, 0.2880], [0.1352, 0.7119], [0.0313, 0.0001]],
    ),
    (
        "rec2020",
        [[0.6734, 0.2790], [0.1656, 0.6753], [0.1251, 0.0456]],
    ),
];

/// The tolerance for colorants: profiles round to 16 bits, and adapt white in slightly different ways.
const COLORANT_TOLERANCE: f64 = 0.003;

fn icc_name(profile: &ColorProfile) -> &'static str {
    let found = profile.colorant_matrix().v;
    if has_lookup_tables(profile) {
        return "icc";
    }
    COLORANTS
        .iter()
        .find(|(_, colorants)| {
            (0..3).all(|i| {
                (0..2).all(|xyz| (found[xyz][i] - colorants[i][xyz]).abs() < COLORANT_TOLERANCE)
            })
        })
        .map_or("icc", |(name, _)| name)
}

fn has_lookup_tables(profile: &ColorProfile) -> bool {
    profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some()
}

/// sRGB's colorants and, within 1/500, its curve in all three channels.
fn is_srgb(profile: &ColorProfile) -> bool {
    let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc];
    profile.color_space == DataColorSpace::Rgb
        && icc_name(profile) == "srgb"
        && curves
            .into_iter()
            .all(|curve| curve.as_ref().is_some_and(is_srgb_curve))
}

fn is_srgb_curve(curve: &ToneReprCurve) -> bool {
    curve.make_linear_evaluator().is_ok_and(|curve| {
        (0..=16u8)
            .map(|step| f32::from(step) / 16.0)
            .all(|x| (curve.evaluate_value(x) - srgb_to_linear(x)).abs() < 0.002)
    })
}

/// The sRGB transfer function of IEC 61966-2-1: encoded 0 to 1 -> linear 0 to 1.
pub(crate) fn srgb_to_linear(encoded: f32) -> f32 {
    if encoded <= 0.04045 {
        encoded / 12.92
    } else {
        ((encoded + 0.055) / 1.055).powf(2.4)
    }
}

/// Its inverse; values outside 0 to 1 are clipped.
pub(crate) fn linear_to_srgb(linear: f32) -> f32 {
    let linear = linear.clamp(0.0, 1.0);
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}
