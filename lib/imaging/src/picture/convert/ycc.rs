//! Between Y'CbCr and RGB, in exact integer arithmetic: plain loops over rows, which the compiler makes vectors of. They are compiled
//! for AVX2 as well, where vectors take less than half the time.

use multiversion::multiversion;

/// Fraction of the BT.601 factors, as in libjpeg.
const BITS: u32 = 16;
const HALF: i32 = 1 << (BITS - 1);

/// A factor with `BITS` of fraction.
const fn fixed(factor: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "factors are below 2")]
    let value = (factor * 65536.0 + 0.5) as i32;
    value
}

/// Full-range BT.601 (JFIF 1.02) to RGB.
#[must_use]
#[inline]
fn ycc_to_rgb([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    const RED: i32 = fixed(1.402);
    const GREEN_RED: i32 = fixed(0.714_136_286);
    const GREEN_BLUE: i32 = fixed(0.344_136_286);
    const BLUE: i32 = fixed(1.772);
    let (luma, blue, red) = (
        i32::from(luma) << BITS,
        i32::from(blue) - 128,
        i32::from(red) - 128,
    );
    [
        clamp((luma + RED * red + HALF) >> BITS),
        clamp((luma - GREEN_RED * red - GREEN_BLUE * blue + HALF) >> BITS),
        clamp((luma + BLUE * blue + HALF) >> BITS),
    ]
}

/// From RGB to Y', Cb and Cr: rows of factors that sum to exactly 1 and 0, so that grey stays grey.
pub(super) const FACTORS: [[i32; 3]; 3] = [
    [19_595, 38_470, 7_471],
    [-11_059, -21_709, 32_768],
    [32_768, -27_439, -5_329],
];

/// RGB to full-range BT.601.
#[must_use]
#[inline]
pub(super) fn rgb_to_ycc([red, green, blue]: [u8; 3]) -> [u8; 3] {
    const CENTRE: i32 = (128 << BITS) + HALF;
    let [red, green, blue] = [i32::from(red), i32::from(green), i32::from(blue)];
    // written out: as a map over FACTORS it is not vectorised
    let [luma, cb, cr] = [
        FACTORS[0][0] * red + FACTORS[0][1] * green + FACTORS[0][2] * blue,
        FACTORS[1][0] * red + FACTORS[1][1] * green + FACTORS[1][2] * blue,
        FACTORS[2][0] * red + FACTORS[2][1] * green + FACTORS[2][2] * blue,
    ];
    [
        clamp((luma + HALF) >> BITS),
        clamp((cb + CENTRE - 1) >> BITS),
        clamp((cr + CENTRE - 1) >> BITS),
    ]
}

#[inline]
fn clamp(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX)
}

/// Planes of Y'CbCr to pixels of RGB.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn planes_to_rgb(luma: &[u8], blue: &[u8], red: &[u8], pixels: &mut [u8]) {
    let planes = luma.iter().zip(blue.iter().zip(red));
    for (pixel, (luma, (blue, red))) in pixels.chunks_exact_mut(3).zip(planes) {
        pixel.copy_from_slice(&ycc_to_rgb([*luma, *blue, *red]));
    }
}

/// Pixels of RGB to planes of Y'CbCr.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn rgb_to_planes(pixels: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    let planes = luma.iter_mut().zip(blue.iter_mut().zip(red));
    for (pixel, (luma, (blue, red))) in pixels.chunks_exact(3).zip(planes) {
        [*luma, *blue, *red] = rgb_to_ycc([pixel[0], pixel[1], pixel[2]]);
    }
}

/// Pixels of any three samples to planes of them.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn take_apart(pixels: &[u8], first: &mut [u8], second: &mut [u8], third: &mut [u8]) {
    let planes = first.iter_mut().zip(second.iter_mut().zip(third));
    for (pixel, (first, (second, third))) in pixels.chunks_exact(3).zip(planes) {
        (*first, *second, *third) = (pixel[0], pixel[1], pixel[2]);
    }
}

/// Planes of red, green and blue to Y', Cb and Cr, where they lie.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn recolour(first: &mut [u8], second: &mut [u8], third: &mut [u8]) {
    let planes = first.iter_mut().zip(second.iter_mut().zip(third));
    for (first, (second, third)) in planes {
        [*first, *second, *third] = rgb_to_ycc([*first, *second, *third]);
    }
}

#[cfg(test)]
mod tests {
    use super::{planes_to_rgb, recolour, rgb_to_planes, rgb_to_ycc, take_apart, ycc_to_rgb};

    /// Lengths beside whole vectors, all levels.
    #[test]
    fn rows_are_their_pixels() {
        for length in [0, 1, 15, 64, 1000] {
            let level = |i: usize| u8::try_from(i * 89 % 256).unwrap_or(u8::MAX);
            let pixels: Vec<u8> = (0..3 * length).map(level).collect();
            let expected = |change: fn([u8; 3]) -> [u8; 3]| -> Vec<[u8; 3]> {
                let pixels = pixels.chunks_exact(3);
                pixels.map(|p| change([p[0], p[1], p[2]])).collect()
            };
            let together = |planes: [&[u8]; 3]| -> Vec<[u8; 3]> {
                (0..length).map(|i| planes.map(|plane| plane[i])).collect()
            };
            let [mut a, mut b, mut c] = [vec![0; length], vec![0; length], vec![0; length]];
            rgb_to_planes(&pixels, &mut a, &mut b, &mut c);
            assert_eq!(together([&a, &b, &c]), expected(rgb_to_ycc));
            take_apart(&pixels, &mut a, &mut b, &mut c);
            assert_eq!(together([&a, &b, &c]), expected(|pixel| pixel));
            let mut rgb = vec![0; 3 * length];
            planes_to_rgb(&a, &b, &c, &mut rgb);
            assert_eq!(rgb, expected(ycc_to_rgb).concat());
            recolour(&mut a, &mut b, &mut c);
            assert_eq!(together([&a, &b, &c]), expected(rgb_to_ycc));
        }
    }
}
