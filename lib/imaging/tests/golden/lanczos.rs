//! Lanczos with three lobes in floating point, plainly: what the engine's integer arithmetic and shortcuts are held against.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "columns and rows of small pictures made here"
)]

use std::f64::consts::PI;

use crate::synthetic::{Pixels, to_byte};

pub(super) fn resized(original: &Pixels, width: u32, height: u32) -> Pixels {
    let columns = taps(original.width, width);
    let rows = taps(original.height, height);
    // columns first; samples one after the other as in `original`
    let wide = width as usize * 3;
    let mut narrow = vec![0.0; wide * original.height as usize];
    for (y, row) in original
        .data
        .chunks_exact(original.width as usize * 3)
        .enumerate()
    {
        for (x, taps) in columns.iter().enumerate() {
            for sample in 0..3 {
                narrow[y * wide + x * 3 + sample] = taps
                    .iter()
                    .map(|(at, weight)| f64::from(row[at * 3 + sample]) * weight)
                    .sum();
            }
        }
    }
    Pixels::from_fn(width, height, |x, y| {
        [0, 1, 2].map(|sample| {
            let at = |row: &usize| narrow[row * wide + x as usize * 3 + sample];
            let sum: f64 = rows[y as usize]
                .iter()
                .map(|(row, weight)| at(row) * weight)
                .sum();
            to_byte((sum + 0.5).clamp(0.0, 255.0))
        })
    })
}

/// For each output the inputs that it is made of, and their weights, which sum to 1.
fn taps(input: u32, output: u32) -> Vec<Vec<(usize, f64)>> {
    let scale = f64::from(input) / f64::from(output);
    let tap = |k: u32| {
        let centre = (f64::from(k) + 0.5) * scale;
        let weight = |i: u32| lanczos((f64::from(i) + 0.5 - centre) / scale);
        // three lobes on each side, whole inputs
        let first = (centre - 3.0 * scale).max(0.0) as u32;
        let end = (centre + 3.0 * scale).ceil() as u32;
        let weights: Vec<(usize, f64)> = (first..end.min(input))
            .map(|i| (i as usize, weight(i)))
            .collect();
        let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
        weights
            .into_iter()
            .map(|(i, weight)| (i, weight / sum))
            .collect()
    };
    (0..output).map(tap).collect()
}

fn lanczos(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else if x.abs() >= 3.0 {
        0.0
    } else {
        (PI * x).sin() / (PI * x) * ((PI * x / 3.0).sin() / (PI * x / 3.0))
    }
}
