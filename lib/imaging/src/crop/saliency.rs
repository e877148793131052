//! What stands out in a picture: edges, skin and saturated colours, weighted as by smartcrop.js. In integers, so that every
//! machine crops the same way.

use super::{By, Choice, Slide};
use crate::{
    geometry::{Focus, Share},
    picture::samples::{Frame, Pixels},
};

/// The weights of edges, skin and saturation.
const EDGE: u64 = 4;
const SKIN: u64 = 12;
const SATURATION: u64 = 1;
/// The direction of skin colours in RGB, times 1000, and how near a colour must be (smartcrop.js: 0.78, 0.57, 0.44; 0.8).
const SKIN_COLOUR: [i64; 3] = [780, 570, 440];
/// A window must have this much more than the middle one, in hundredths: else the middle is kept.
const LEAST_GAIN: u64 = 105;
/// What lies this near to the window's ends, in hundredths of it, counts half.
const EDGE_OF_WINDOW: usize = 12;

/// The offset of the best window and what it keeps. `None` if nothing stands out, or hardly more than in the middle.
pub(super) fn best(look: &Frame, slide: Slide, across: bool) -> Option<(u32, Choice)> {
    let (width, height) = (look.width as usize, look.height as usize);
    let map = map(&rgb(look)?, width, height);
    let columns: Vec<u64> = (0..width)
        .map(|x| map.iter().skip(x).step_by(width).sum())
        .collect();
    let rows: Vec<u64> = map
        .chunks_exact(width)
        .map(|row| row.iter().sum())
        .collect();
    let profile = if across { &columns } else { &rows };
    let sums = prefix_sums(profile);
    let (length, total) = (profile.len(), *sums.last()?);
    let window = length * slide.window as usize / slide.length as usize;
    if total == 0 || window == 0 || window >= length {
        return None;
    }
    let inset = window * EDGE_OF_WINDOW / 100;
    let score =
        |at: usize| (sums[at + window] - sums[at]) + (sums[at + window - inset] - sums[at + inset]);
    let middle = (length - window) / 2;
    // among equals the one nearest to the middle
    let at = (0..=length - window)
        .max_by_key(|at| (score(*at), std::cmp::Reverse(at.abs_diff(middle))))?;
    if score(at) * 100 < score(middle) * LEAST_GAIN {
        return None;
    }
    let offset = at as u64 * u64::from(slide.length) / length as u64;
    let choice = Choice {
        by: By::Saliency,
        focus: Focus {
            x: middle_of(&columns, across.then_some(at..at + window)),
            y: middle_of(&rows, (!across).then_some(at..at + window)),
        },
        score: Some(Share::of_parts(sums[at + window] - sums[at], total)),
    };
    Some((u32::try_from(offset).ok()?, choice))
}

/// The centre of mass, in shares of the profile's length.
fn middle_of(profile: &[u64], part: Option<std::ops::Range<usize>>) -> Share {
    let part = part.unwrap_or(0..profile.len());
    let mass: u64 = profile[part.clone()].iter().sum();
    let moment: u64 = part.map(|at| profile[at] * (2 * at as u64 + 1)).sum();
    Share::of_parts(moment, mass.max(1) * 2 * profile.len() as u64)
}

fn prefix_sums(profile: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    let mut sums = vec![0];
    for value in profile {
        sum += value;
        sums.push(sum);
    }
    sums
}

/// Three bytes a pixel, alpha multiplied in; `None` for what is not in sRGB.
fn rgb(frame: &Frame) -> Option<Vec<[u8; 3]>> {
    let pixels = match &frame.pixels {
        Pixels::Grey(data) => data.iter().map(|y| [*y; 3]).collect(),
        Pixels::Rgb(data) => data.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(),
        Pixels::Rgba(data) => {
            let seen = |p: &[u8]| [0, 1, 2].map(|i: usize| over_grey(p[i], p[3]));
            data.chunks_exact(4).map(seen).collect()
        }
        Pixels::Cmyk(_) | Pixels::Ycc(_) => return None,
    };
    Some(pixels)
}

fn over_grey(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u16::from(value), u16::from(alpha));
    ((value * alpha + 128 * (255 - alpha) + 127) / 255).to_le_bytes()[0]
}

/// How much each pixel stands out.
fn map(pixels: &[[u8; 3]], width: usize, height: usize) -> Vec<u64> {
    let luma: Vec<i32> = pixels.iter().map(|p| luma(*p)).collect();
    let edge = |x: usize, y: usize| {
        let at = |x: usize, y: usize| luma[y.min(height - 1) * width + x.min(width - 1)];
        let beside =
            at(x.saturating_sub(1), y) + at(x + 1, y) + at(x, y.saturating_sub(1)) + at(x, y + 1);
        u64::from((4 * at(x, y) - beside).unsigned_abs().min(255))
    };
    let pixel = |(i, p): (usize, &[u8; 3])| {
        EDGE * edge(i % width, i / width) + SKIN * skin(*p) + SATURATION * saturation(*p)
    };
    pixels.iter().enumerate().map(pixel).collect()
}

/// BT.601, 0 to 255.
fn luma([red, green, blue]: [u8; 3]) -> i32 {
    (299 * i32::from(red) + 587 * i32::from(green) + 114 * i32::from(blue)) / 1000
}

/// 0 to 255: how near a colour's direction is to that of skin, for colours neither dark nor pale.
fn skin(pixel: [u8; 3]) -> u64 {
    let brightness = luma(pixel);
    if !(51..=242).contains(&brightness) {
        return 0;
    }
    let colour = pixel.map(i64::from);
    let dot: i64 = colour.iter().zip(SKIN_COLOUR).map(|(a, b)| a * b).sum();
    let square: i64 = colour.iter().map(|c| c * c).sum();
    let skin: i64 = SKIN_COLOUR.iter().map(|c| c * c).sum();
    // cos² of the angle between them, in 1/4096: 3900 is an angle of 13 degrees
    let cosine = dot * dot / (square * skin / 4096).max(1);
    u64::try_from((cosine - 3900).clamp(0, 196)).unwrap_or(0) * 255 / 196
}

/// 0 to 255, for colours neither dark nor pale.
fn saturation(pixel: [u8; 3]) -> u64 {
    let (most, least) = (pixel.iter().max(), pixel.iter().min());
    let (Some(most), Some(least)) = (most, least) else {
        return 0;
    };
    if !(13..=230).contains(&luma(pixel)) {
        return 0;
    }
    u64::from((most - least).saturating_sub(100)) * 255 / 155
}

#[cfg(test)]
mod tests {
    use super::{By, Slide, best, skin};
    use crate::picture::samples::{Frame, Pixels};
    use proptest::prelude::{prop_assert, proptest};

    const WIDTH: u32 = 300;
    const HEIGHT: u32 = 200;

    /// A dull gradient with a disc of skin with two eyes, whose centre and radius are given.
    fn scene(x: u32, y: u32, radius: u32) -> Frame {
        let pixel = |i: u32| {
            let (px, py) = (i % WIDTH, i / WIDTH);
            let far = |cx: u32, cy: u32| {
                let (dx, dy) = (px.abs_diff(cx), py.abs_diff(cy));
                dx * dx + dy * dy
            };
            let eye = far(x - radius / 3, y).min(far(x + radius / 3, y));
            if eye < radius * radius / 36 {
                [30, 20, 20]
            } else if far(x, y) < radius * radius {
                [200, 146, 113]
            } else {
                [
                    100 + (px / 8).to_le_bytes()[0],
                    120,
                    130 + (py / 8).to_le_bytes()[0],
                ]
            }
        };
        Frame {
            width: WIDTH,
            height: HEIGHT,
            pixels: Pixels::Rgb((0..WIDTH * HEIGHT).flat_map(pixel).collect()),
        }
    }

    #[test]
    fn skin_of_every_tone_is_skin_and_other_colours_are_not() {
        for tone in [
            [255, 219, 172],
            [224, 172, 105],
            [200, 146, 113],
            [120, 80, 60],
            [90, 60, 45],
        ] {
            assert!(skin(tone) > 150, "{tone:?}: {}", skin(tone));
        }
        for other in [[90, 140, 60], [60, 90, 200], [128; 3], [0; 3], [255; 3]] {
            assert_eq!(skin(other), 0, "{other:?}");
        }
    }

    #[test]
    fn nothing_in_particular_keeps_the_middle() {
        let slide = Slide {
            length: WIDTH,
            window: HEIGHT,
        };
        let flat = Frame {
            width: WIDTH,
            height: HEIGHT,
            pixels: Pixels::Grey(vec![90; (WIDTH * HEIGHT) as usize]),
        };
        assert_eq!(best(&flat, slide, true), None);
    }

    proptest! {
        #[test]
        fn a_planted_face_is_in_the_crop(x in 30..270_u32, y in 30..170_u32, radius in 14..28_u32, across in proptest::bool::ANY, times in 1..5_u32) {
            let frame = scene(x, y, radius);
            let (side, at, window) = if across { (WIDTH, x, 120) } else { (HEIGHT, y, 80) };
            let slide = Slide { length: side * times, window: window * times };
            let offset = match best(&frame, slide, across) {
                Some((offset, choice)) => {
                    prop_assert!(choice.by == By::Saliency);
                    offset / times
                }
                None => (side - window) / 2,
            };
            prop_assert!(offset <= at - radius + 1 && at + radius <= offset + window + 1, "{} in {} of {}", at, offset, side);
        }
    }
}
