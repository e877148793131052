//! The steps to which coefficients are rounded.

use super::dct::{AREA, SIDE};

/// Steps of brightness and of colour for a scale of 1, at frequency 0, and what each more wave in a block adds. Frequencies that run
/// diagonally count by their length. Fitted to seven photos: see docs/performance.md.
const LUMA: (f32, f32) = (5.0, 3.0);
const CHROMA: (f32, f32) = (4.5, 3.25);

/// Qualities and scales. With them photos score as they do when libjpeg-turbo encodes them at that quality. Those between are
/// interpolated.
const SCALES: [(u8, f32); 13] = [
    (1, 30.0),
    (10, 11.0),
    (20, 5.0),
    (30, 3.2),
    (50, 1.95),
    (60, 1.6),
    (70, 1.18),
    (80, 0.72),
    (85, 0.61),
    (90, 0.47),
    (95, 0.26),
    (98, 0.11),
    (100, 0.01),
];

/// Chroma with as many samples as luma needs fewer bits for each.
const FULL_CHROMA: f32 = 2.2;

/// The steps for a quality from 1 to 100, row by row: of brightness and of colour, which has half the sides or not.
pub(super) fn steps(quality: u8, halved: bool) -> [[u8; AREA]; 2] {
    let scale = scale(quality);
    let chroma = scale * if halved { 1.0 } else { FULL_CHROMA };
    [(scale, LUMA), (chroma, CHROMA)].map(|(scale, (mean, more))| {
        std::array::from_fn(|index| {
            let (x, y) = (index % SIDE, index / SIDE);
            let waves = u8::try_from(x * x + y * y).map_or(0.0, f32::from).sqrt();
            step(scale * (mean + more * waves))
        })
    })
}

/// To a whole number that a baseline table can hold.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped"
)]
fn step(value: f32) -> u8 {
    (value + 0.5).clamp(1.0, 255.0) as u8
}

fn scale(quality: u8) -> f32 {
    let between = |pair: &[(u8, f32)]| {
        let [(low, coarse), (high, fine)] = *pair else {
            return None;
        };
        let part = f32::from(quality.saturating_sub(low)) / f32::from(high - low);
        (quality <= high).then_some(coarse + (fine - coarse) * part)
    };
    SCALES
        .windows(2)
        .find_map(between)
        .unwrap_or(SCALES[SCALES.len() - 1].1)
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn better_quality_has_finer_steps() {
        let sum = |quality: u8| -> u32 {
            steps(quality, true)
                .concat()
                .iter()
                .map(|step| u32::from(*step))
                .sum()
        };
        let all: Vec<u32> = (1..=100).map(sum).collect();
        assert!(all.is_sorted_by(|one, next| one >= next), "{all:?}");
        for halved in [false, true] {
            assert_eq!(steps(100, halved), [[1; 64]; 2], "as exact as JPEG is");
        }
    }
}
