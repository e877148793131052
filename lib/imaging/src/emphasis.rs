//! Emphasises quarter chroma before encoding, to offset what decoders' interpolation removes.
//!
//! Decoders of JPEG (libjpeg's "fancy upsampling", as in browsers) and of WebP compute a pixel's chroma from 3/4 of the nearest sample
//! and 1/4 of the next, along rows and columns. That scales a wave of `w` radians per sample by `|3 + exp(iw)| / 4`. The filter
//! (-a, 1 + 2a, -a) scales it by `1 + 2a (1 - cos w)`. With a = 1/8 the product is 1 within 2 % for all waves of four
//! samples or more. It costs less than a hundredth of the bytes and gives half a point of SSIMULACRA2: see
//! docs/performance.md.

use multiversion::multiversion;
use serde::Serialize;

use crate::{Format, Probe, geometry::Size, picture::planes::Plane};

/// Bits of fraction of the filter's weights.
const BITS: u32 = 6;
/// a = 1/8.
const FULL: u128 = (1 << BITS) / 8;

/// The filter's a along rows and along columns of a variant, in 64ths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Emphasis {
    /// Between neighbours in a row.
    pub columns: u8,
    /// Between neighbours in a column.
    pub rows: u8,
}

impl Emphasis {
    /// For `part` of an original as stored, which becomes a picture of `size`.
    ///
    /// Where the original's own chroma is halved, its decoder has taken away as much already, of waves as long as they are there:
    /// reduced to 1/r, 1/r^2 of what is lost at the end (a loss grows with the square of `w`). That is not for us to give back.
    pub(crate) fn of(probe: &Probe, part: Size, size: Size) -> Self {
        let (columns, rows) = halved(probe);
        let one = |halved: bool, part: u32, size: u32| {
            let (part, size) = (u128::from(part).pow(2), u128::from(size).pow(2));
            let lost = if halved { size.min(part) } else { 0 };
            u8::try_from((FULL * (part - lost) + part / 2) / part).unwrap_or(0)
        };
        Self {
            columns: one(columns, part.width, size.width),
            rows: one(rows, part.height, size.height),
        }
    }

    /// The same for the picture turned by a quarter.
    pub(crate) fn swapped(self) -> Self {
        Self {
            columns: self.rows,
            rows: self.columns,
        }
    }

    /// Whether no emphasis is needed.
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Whether the original has one chroma sample for two columns, and for two rows.
fn halved(probe: &Probe) -> (bool, bool) {
    let Some(jpeg) = &probe.jpeg else {
        // of AVIF and HEIC it is not known before they are decoded, but nearly all photos are so
        let both = probe.planes || matches!(probe.format, Format::Avif | Format::Heic);
        return (both, both);
    };
    match jpeg.sampling.as_slice() {
        [luma, chroma, ..] => (luma.0 > chroma.0, luma.1 > chroma.1),
        _ => (false, false),
    }
}

/// A chroma plane after emphasis; samples beyond an edge equal the edge.
pub(crate) fn emphasise(plane: &Plane, emphasis: Emphasis) -> Plane {
    let mut result = Plane::new(plane.width, plane.height);
    let line = |y: usize| {
        let mut line = vec![0; plane.width];
        along(plane.row(y), emphasis.columns.into(), &mut line);
        line
    };
    let (mut here, mut below) = (line(0), line(0));
    let mut above = here.clone();
    for (y, row) in result.data.chunks_exact_mut(plane.width).enumerate() {
        if y > 0 {
            (above, here, below) = (here, below, above);
        }
        along(
            plane.row((y + 1).min(plane.height - 1)),
            emphasis.columns.into(),
            &mut below,
        );
        across([&above, &here, &below], emphasis.rows.into(), row);
    }
    result
}

/// A row filtered, with [`BITS`] of fraction.
#[multiversion(targets("x86_64+avx2"))]
fn along(row: &[u8], weight: i16, line: &mut [i16]) {
    let one = |before: u8, here: u8, behind: u8| {
        let (before, here, behind) = (i16::from(before), i16::from(here), i16::from(behind));
        ((1 << BITS) + 2 * weight) * here - weight * (before + behind)
    };
    let last = row.len() - 1;
    line[0] = one(row[0], row[0], row[1.min(last)]);
    line[last] = one(row[last.saturating_sub(1)], row[last], row[last]);
    for (sample, three) in line[1.min(last)..].iter_mut().zip(row.windows(3)) {
        *sample = one(three[0], three[1], three[2]);
    }
}

/// Three lines of [`along`] as the row of samples in their middle.
#[multiversion(targets("x86_64+avx2"))]
fn across(lines: [&[i16]; 3], weight: i32, row: &mut [u8]) {
    const HALF: i32 = 1 << (2 * BITS - 1);
    let [above, here, below] = lines;
    let lines = above.iter().zip(here.iter().zip(below));
    for (sample, (above, (here, below))) in row.iter_mut().zip(lines) {
        let (above, here, below) = (i32::from(*above), i32::from(*here), i32::from(*below));
        let value = ((1 << BITS) + 2 * weight) * here - weight * (above + below);
        *sample = u8::try_from(((value + HALF) >> (2 * BITS)).clamp(0, 255)).unwrap_or(u8::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::{Emphasis, emphasise};
    use crate::{Probe, geometry::Size, picture::planes::Plane};

    const FULL: Emphasis = Emphasis {
        columns: 8,
        rows: 8,
    };

    /// What a decoder makes of a row of chroma.
    fn interpolated(row: &[u8]) -> Vec<f64> {
        let at = |x: usize| f64::from(row[x.min(row.len() - 1)]);
        let pair = |x: usize| {
            let near = 0.75 * at(x);
            [
                near + 0.25 * at(x.saturating_sub(1)),
                near + 0.25 * at(x + 1),
            ]
        };
        (0..row.len()).flat_map(pair).collect()
    }

    #[test]
    fn waves_come_out_of_the_decoder_as_high_as_they_were() {
        for length in [4.0, 6.0, 12.0_f64] {
            let wave = |x: f64| 128.0 + 60.0 * (x / length * std::f64::consts::TAU).cos();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "68 to 188"
            )]
            let sample = |x: i32| wave(f64::from(x) + 0.5).round() as u8;
            let plane = Plane {
                width: 48,
                height: 1,
                data: (0..48).map(sample).collect(),
                clipped: None,
            };
            let error = |plane: &Plane| {
                let places = (0..96).map(|x| wave(f64::from(x) / 2.0 + 0.25));
                let pixels = interpolated(plane.row(0)).into_iter().zip(places);
                // the edges apart, beyond which there is no wave
                let inside = pixels.skip(4).take(88);
                inside.map(|(is, was)| (is - was).abs()).fold(0.0, f64::max)
            };
            let raised = emphasise(&plane, FULL);
            // a fifteenth of the height: of the shortest wave, its place is not quite right either
            assert!(error(&raised) < 4.0, "{length}: {}", error(&raised));
            assert!(
                error(&raised) < error(&plane) / 2.0,
                "{length}: {}",
                error(&plane)
            );
        }
    }

    #[test]
    fn flat_chroma_stays_as_it_is() {
        for (width, height) in [(1, 1), (2, 1), (1, 3), (33, 5)] {
            for level in [0, 128, 255] {
                let plane = Plane {
                    width,
                    height,
                    data: vec![level; width * height],
                    clipped: None,
                };
                assert_eq!(emphasise(&plane, FULL), plane);
            }
        }
    }

    #[test]
    fn rows_and_columns_are_treated_alike() {
        let plane = Plane {
            width: 3,
            height: 3,
            data: vec![100, 100, 100, 100, 160, 100, 100, 100, 100],
            clipped: None,
        };
        let raised = emphasise(&plane, FULL);
        assert_eq!(raised.data, [101, 91, 101, 91, 194, 91, 101, 91, 101]);
        let along = Emphasis { rows: 0, ..FULL };
        assert_eq!(emphasise(&plane, along).row(1), [93, 175, 93]);
    }

    #[test]
    fn what_the_originals_own_chroma_lacks_is_not_given_back() {
        let size = |width, height| Size { width, height };
        let probe = Probe::sample(4000, 3000);
        let of = |width, height| Emphasis::of(&probe, size(4000, 3000), size(width, height));
        assert_eq!(of(4000, 3000), Emphasis::default());
        assert_eq!(
            of(2000, 1500),
            Emphasis {
                columns: 6,
                rows: 6
            }
        );
        assert_eq!(of(400, 300), FULL);
        let mut full = probe.clone();
        if let Some(jpeg) = &mut full.jpeg {
            jpeg.sampling = vec![(2, 1), (1, 1), (1, 1)];
        }
        let half = Emphasis::of(&full, size(4000, 3000), size(4000, 3000));
        assert_eq!(
            half,
            Emphasis {
                columns: 0,
                rows: 8
            }
        );
    }
}
