//! The perceptual hash: 64 bits that are nearly the same for pictures that look nearly the same.
//!
//! The one of Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions* (2010), 3.2, with the order of bits that
//! Python's `imagehash.phash` has: the 8 x 8 lowest waves of a cosine transform of the brightness, row by row, the highest bit
//! first; a bit is 1 where the wave is above the median of all 64. Sums and products only, so every machine gets the same bits.

use std::f64::consts::PI;

use crate::{
    picture::{convert::to_frame, planes::Picture},
    placeholder::rgba,
};

/// Waves along each side.
const WAVES: u32 = 8;
/// The grey levels that the strongest wave must span: below, the bits would be noise.
const LEAST: f64 = 2.0;

/// The hash of a small upright picture; `None` if it shows one colour.
pub(crate) fn phash(picture: &Picture) -> Option<u64> {
    let frame = to_frame(picture);
    let grey: Vec<f64> = rgba(&frame).chunks_exact(4).map(brightness).collect();
    hash(&grey, frame.width, frame.height)
}

/// Of sRGB over white, by Rec. 601.
fn brightness(rgba: &[u8]) -> f64 {
    let [red, green, blue, alpha] = [0, 1, 2, 3].map(|at| f64::from(rgba[at]));
    let grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    (grey * alpha + 255.0 * (255.0 - alpha)) / 255.0
}

fn hash(grey: &[f64], width: u32, height: u32) -> Option<u64> {
    let along = waves(width);
    let down = waves(height);
    // Each row as its waves, then the waves of those.
    let rows: Vec<Vec<f64>> = grey
        .chunks_exact(width as usize)
        .map(|row| along.iter().map(|wave| product(wave, row)).collect())
        .collect();
    let mut all = Vec::with_capacity(64);
    for wave in &down {
        for column in 0..along.len() {
            let column: Vec<f64> = rows.iter().map(|row| row[column]).collect();
            all.push(product(wave, &column));
        }
    }
    // A wave of amplitude a, which spans 2 a, sums to a quarter of a for each pixel where it runs along both sides.
    let pixels = f64::from(width) * f64::from(height);
    let strongest = all[1..].iter().map(|wave| wave.abs()).fold(0.0, f64::max);
    if strongest < LEAST / 8.0 * pixels {
        return None;
    }
    let mut sorted = all.clone();
    sorted.sort_by(f64::total_cmp);
    let median = f64::midpoint(sorted[31], sorted[32]);
    let bit = |hash, wave: &f64| hash << 1 | u64::from(*wave > median);
    Some(all.iter().fold(0, bit))
}

/// The lowest waves of a side: cos(pi u (2 x + 1) / 2 n) for each place x of n.
fn waves(side: u32) -> Vec<Vec<f64>> {
    let wave = |u: u32| (0..side).map(move |x| cosine(u * (2 * x + 1), 2 * side));
    (0..WAVES).map(|u| wave(u).collect()).collect()
}

fn product(wave: &[f64], samples: &[f64]) -> f64 {
    wave.iter().zip(samples).map(|(a, b)| a * b).sum()
}

/// cos(pi n / d) by its series, which is exact to 12 digits in the first quarter. That of the system's library differs by machine.
fn cosine(n: u32, d: u32) -> f64 {
    let n = n % (2 * d);
    let n = if n > d { 2 * d - n } else { n };
    let (n, sign) = if 2 * n > d { (d - n, -1.0) } else { (n, 1.0) };
    let angle = PI * f64::from(n) / f64::from(d);
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..=9 {
        term *= -angle * angle / f64::from((2 * k - 1) * (2 * k));
        sum += term;
    }
    sign * sum
}

#[cfg(test)]
mod tests {
    use super::{cosine, hash};

    fn picture(width: u32, height: u32, at: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let place = |index: u32, side: u32| (f64::from(index) + 0.5) / f64::from(side);
        (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| at(place(x, width), place(y, height)))
            .collect()
    }

    fn of(width: u32, height: u32, at: impl Fn(f64, f64) -> f64) -> u64 {
        hash(&picture(width, height, at), width, height).expect("not of one colour")
    }

    /// A bright disc on a slope.
    fn scene(x: f64, y: f64) -> f64 {
        let disc = if (x - 0.3).hypot(y - 0.6) < 0.2 {
            90.0
        } else {
            0.0
        };
        40.0 + 60.0 * x + 30.0 * y * y + disc
    }

    #[test]
    fn cosines_are_the_librarys() {
        for n in 0..500 {
            let want = (std::f64::consts::PI * f64::from(n) / 62.0).cos();
            assert!((cosine(n, 62) - want).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn one_wave_sets_its_bit() {
        // Half a wave from white to black along the side, then from black to white down.
        let across = of(32, 32, |x, _| {
            128.0 + 100.0 * (std::f64::consts::PI * x).cos()
        });
        let down = of(32, 32, |_, y| {
            128.0 - 100.0 * (std::f64::consts::PI * y).cos()
        });
        assert_eq!(across & 1 << 62, 1 << 62, "{across:016x}");
        assert_eq!(down & 1 << 55, 0, "{down:016x}");
    }

    #[test]
    fn size_shape_brightness_and_contrast_change_few_bits_and_another_picture_half() {
        let first = of(32, 32, scene);
        let far = |other: u64| (first ^ other).count_ones();
        assert!(far(of(32, 21, scene)) <= 4);
        assert!(far(of(17, 32, scene)) <= 6);
        assert!(far(of(32, 32, |x, y| 30.0 + 0.6 * scene(x, y))) <= 2);
        let other = of(32, 32, |x, y| {
            255.0 - scene(1.0 - x, y * y) + 60.0 * (9.0 * x).sin()
        });
        assert!(far(other) >= 16, "{}", far(other));
    }

    #[test]
    fn one_colour_has_no_hash_and_the_smallest_pictures_do_no_harm() {
        assert_eq!(hash(&picture(32, 20, |_, _| 255.0), 32, 20), None);
        assert_eq!(hash(&picture(32, 20, |x, _| 127.0 + 0.4 * x), 32, 20), None);
        for (width, height) in [(1, 1), (1, 32), (2, 1), (3, 5)] {
            hash(&picture(width, height, |x, y| 255.0 * x * y), width, height);
        }
    }
}
