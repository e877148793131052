//! Keeps boxes whole: the offset at which the window shows most of them.

use super::{By, Choice, Slide};
use crate::geometry::{Focus, Share};

/// A part of the upright original, each side in shares of the original's: `0.0 <= left < right <= 1.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Region {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Region {
    /// `None` unless all four are finite and something of it lies within the picture.
    pub(super) fn new(left: f64, top: f64, right: f64, bottom: f64) -> Option<Self> {
        let inside = |value: f64| value.is_finite().then_some(value.clamp(0.0, 1.0));
        let (left, top) = (inside(left)?, inside(top)?);
        let (right, bottom) = (inside(right)?, inside(bottom)?);
        (left < right && top < bottom).then_some(Self {
            left,
            top,
            right,
            bottom,
        })
    }

    fn area(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    /// First and last place along the side that the window slides on.
    fn along(&self, across: bool) -> (f64, f64) {
        if across {
            (self.left, self.right)
        } else {
            (self.top, self.bottom)
        }
    }
}

/// The best of all offsets. A box that is cut counts by the square of its visible share, so one whole face is better than
/// two halves; among equals the one that centres all boxes.
pub(super) fn keep(boxes: &[Region], slide: Slide, across: bool) -> (u32, Choice) {
    let all: f64 = boxes.iter().map(Region::area).sum();
    let middle = |from: fn(f64, f64) -> f64, start: f64, ends: &dyn Fn(&Region) -> f64| {
        boxes.iter().map(ends).fold(start, from)
    };
    let first = middle(f64::min, 1.0, &|b| b.along(across).0);
    let last = middle(f64::max, 0.0, &|b| b.along(across).1);
    let (length, window) = (f64::from(slide.length), f64::from(slide.window));
    let centred = f64::midpoint(first, last) * length - window / 2.0;
    let kept = |offset: u32| {
        let (from, to) = (
            f64::from(offset) / length,
            (f64::from(offset) + window) / length,
        );
        let share = |b: &Region| {
            let (first, last) = b.along(across);
            ((last.min(to) - first.max(from)) / (last - first)).clamp(0.0, 1.0)
        };
        boxes
            .iter()
            .map(|b| share(b) * share(b) * b.area())
            .sum::<f64>()
            / all
    };
    let mut best = (0, kept(0));
    for offset in (2..=slide.length - slide.window).step_by(2) {
        let score = kept(offset);
        let nearer = (f64::from(offset) - centred).abs() < (f64::from(best.0) - centred).abs();
        // shares of a box differ in the last bits where it is whole
        if score > best.1 + 1e-9 || (score > best.1 - 1e-9 && nearer) {
            best = (offset, score);
        }
    }
    let mean =
        |part: &dyn Fn(&Region) -> f64| boxes.iter().map(|b| part(b) * b.area()).sum::<f64>() / all;
    let focus = Focus {
        x: Share::of(mean(&|b| f64::midpoint(b.left, b.right))),
        y: Share::of(mean(&|b| f64::midpoint(b.top, b.bottom))),
    };
    let choice = Choice {
        by: By::Regions,
        focus,
        score: Some(Share::of(best.1)),
    };
    (best.0, choice)
}

#[cfg(test)]
mod tests {
    use super::{Region, Slide, keep};
    use proptest::prelude::{prop_assert, proptest};

    fn face(x: f64, y: f64, side: f64) -> Region {
        Region::new(x, y, x + side, y + side).expect("a box in the picture")
    }

    #[test]
    fn whole_faces_are_better_than_halves() {
        let slide = Slide {
            length: 1000,
            window: 300,
        };
        // a large face left, two small ones right; the window cannot hold both sides
        let faces = [
            face(0.05, 0.2, 0.25),
            face(0.7, 0.3, 0.1),
            face(0.85, 0.3, 0.1),
        ];
        let (offset, choice) = keep(&faces, slide, true);
        assert!(offset <= 50 && offset + 300 >= 300, "{offset}");
        assert_eq!(choice.by.name(), "regions");
        let (offset, _) = keep(&faces[1..], slide, true);
        assert!(offset <= 700 && offset + 300 >= 950, "{offset}");
    }

    #[test]
    fn boxes_that_make_no_sense_are_none() {
        for [left, top, right, bottom] in [
            [f64::NAN, 0.0, 1.0, 1.0],
            [0.0, 0.0, f64::INFINITY, 1.0],
            [0.5, 0.0, 0.5, 1.0],
            [0.9, 0.0, 0.1, 1.0],
            [1.5, 0.0, 2.0, 1.0],
        ] {
            assert_eq!(Region::new(left, top, right, bottom), None);
        }
    }

    proptest! {
        #[test]
        fn a_face_that_fits_is_never_cut(x in 0.0..0.8_f64, y in 0.0..0.8_f64, side in 0.01..0.19_f64, across in proptest::bool::ANY) {
            let slide = Slide { length: 900, window: 300 };
            let (offset, choice) = keep(&[face(x, y, side)], slide, across);
            let first = if across { x } else { y } * 900.0;
            let (from, to) = (f64::from(offset), f64::from(offset + 300));
            // offsets are even
            prop_assert!(from <= first + 2.0 && to >= first + side * 900.0 - 2.0, "{} {}", offset, first);
            prop_assert!(choice.score.expect("a score").value() > 0.97);
        }
    }
}
