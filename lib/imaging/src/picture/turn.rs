//! Turns pictures upright after they have been reduced.

use std::borrow::Cow;

use crate::{
    Orientation,
    geometry::{reverses_columns, reverses_rows, turn},
    picture::planes::{Picture, Plane},
};

/// Rows and columns that are transposed at once, each row a word.
const BLOCK: usize = 8;
/// Rows of the result that are written side by side: as many as samples in a line of the first cache.
const BAND: usize = 64;

/// The upright picture.
#[must_use]
pub(crate) fn upright(picture: &Picture, orientation: Orientation) -> Cow<'_, Picture> {
    if orientation == Orientation::Upright {
        return Cow::Borrowed(picture);
    }
    Cow::Owned(Picture {
        size: turn(picture.size, orientation),
        layout: picture.layout,
        planes: picture
            .planes
            .iter()
            .map(|plane| turn_plane(plane, orientation))
            .collect(),
    })
}

fn turn_plane(plane: &Plane, orientation: Orientation) -> Plane {
    let columns = |x: usize| {
        if reverses_columns(orientation) {
            plane.width - 1 - x
        } else {
            x
        }
    };
    let rows = |y: usize| {
        if reverses_rows(orientation) {
            plane.height - 1 - y
        } else {
            y
        }
    };
    if orientation.swaps_sides() {
        return transpose(plane, columns, rows);
    }
    let mut turned = Plane::new(plane.width, plane.height);
    for (y, to) in turned.data.chunks_exact_mut(plane.width).enumerate() {
        let from = plane.row(rows(y));
        if reverses_columns(orientation) {
            to.iter_mut()
                .zip(from.iter().rev())
                .for_each(|(to, from)| *to = *from);
        } else {
            to.copy_from_slice(from);
        }
    }
    turned
}

/// Upright `(x, y)` is stored `(columns(y), rows(x))`.
fn transpose(
    plane: &Plane,
    columns: impl Fn(usize) -> usize,
    rows: impl Fn(usize) -> usize,
) -> Plane {
    let (width, height) = (plane.height, plane.width);
    let (whole_width, whole_height) = (width / BLOCK * BLOCK, height / BLOCK * BLOCK);
    let mut turned = Plane::new(width, height);
    let is_reversed = whole_height > 0 && columns(0) > columns(1);
    for band in (0..whole_height).step_by(BAND) {
        for left in (0..whole_width).step_by(BLOCK) {
            let sources: [&[u8]; BLOCK] = std::array::from_fn(|x| plane.row(rows(left + x)));
            for top in (band..(band + BAND).min(whole_height)).step_by(BLOCK) {
                let first = columns(if is_reversed { top + BLOCK - 1 } else { top });
                let mut block = [0; BLOCK];
                for (word, row) in block.iter_mut().zip(&sources) {
                    *word = first_word(&row[first..]);
                }
                transpose_block(&mut block);
                if is_reversed {
                    block.reverse();
                }
                let places = turned.data[top * width..].chunks_exact_mut(width);
                for (row, word) in places.zip(block) {
                    row[left..][..BLOCK].copy_from_slice(&word.to_le_bytes());
                }
            }
        }
    }
    let mut copy = |x: usize, y: usize| {
        turned.data[y * width + x] = plane.data[rows(x) * plane.width + columns(y)];
    };
    for y in 0..height {
        let done = if y < whole_height { whole_width } else { 0 };
        (done..width).for_each(|x| copy(x, y));
    }
    turned
}

/// The first samples, the first of them lowest.
fn first_word(samples: &[u8]) -> u64 {
    samples
        .first_chunk()
        .map_or(0, |word| u64::from_le_bytes(*word))
}

/// Byte `y` of word `x` becomes byte `x` of word `y`: quarters of the block change places, then quarters of those, and of those
/// (H. S. Warren, Hacker's Delight, 7-3, with bytes for bits).
fn transpose_block(block: &mut [u64; BLOCK]) {
    const STEPS: [(usize, u32, u64); 3] = [
        (4, 32, 0x0000_0000_FFFF_FFFF),
        (2, 16, 0x0000_FFFF_0000_FFFF),
        (1, 8, 0x00FF_00FF_00FF_00FF),
    ];
    for (distance, bits, low) in STEPS {
        for i in 0..BLOCK {
            if i & distance != 0 {
                continue;
            }
            let (a, b) = (block[i], block[i + distance]);
            block[i] = (a & low) | ((b & low) << bits);
            block[i + distance] = ((a >> bits) & low) | (b & !low);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::turn_plane;
    use crate::{Orientation, picture::planes::Plane};

    /// 3 x 2 letters, stored so that each orientation brings out the same upright picture.
    #[test]
    fn all_eight() {
        let stored = [
            "abc def", "cba fed", "fed cba", "def abc", "ad be cf", "cf be ad", "fc eb da",
            "da eb fc",
        ];
        for (orientation, rows) in Orientation::ALL.into_iter().zip(stored) {
            let rows: Vec<&str> = rows.split(' ').collect();
            let plane = Plane {
                width: rows[0].len(),
                height: rows.len(),
                data: rows.concat().into_bytes(),
                clipped: None,
            };
            let turned = turn_plane(&plane, orientation);
            assert_eq!((turned.width, turned.height), (3, 2), "{orientation:?}");
            assert_eq!(
                String::from_utf8_lossy(&turned.data),
                "abcdef",
                "{orientation:?}"
            );
        }
    }

    /// Blocks and what is left beside them: each sample says where it was stored.
    #[test]
    fn every_sample_of_a_larger_plane_finds_its_place() {
        let (width, height) = (83_usize, 141_usize);
        let sample = |x: usize, y: usize| u8::try_from((x * 7 + y * 31) % 251).unwrap_or(0);
        let plane = Plane {
            width,
            height,
            data: (0..width * height)
                .map(|i| sample(i % width, i / width))
                .collect(),
            clipped: None,
        };
        let turned = |orientation| turn_plane(&plane, orientation).data;
        let (last_x, last_y) = (width - 1, height - 1);
        let expected = |at: &dyn Fn(usize, usize) -> u8| -> Vec<u8> {
            (0..width * height)
                .map(|i| at(i % height, i / height))
                .collect()
        };
        let by_tag = |tag: usize| Orientation::ALL[tag - 1];
        assert_eq!(turned(by_tag(5)), expected(&|x, y| sample(y, x)));
        assert_eq!(turned(by_tag(6)), expected(&|x, y| sample(y, last_y - x)));
        assert_eq!(
            turned(by_tag(7)),
            expected(&|x, y| sample(last_x - y, last_y - x))
        );
        assert_eq!(turned(by_tag(8)), expected(&|x, y| sample(last_x - y, x)));
    }

    #[test]
    fn one_turn_and_a_mirror_are_one_orientation() {
        let plane = Plane {
            width: 3,
            height: 2,
            data: b"abcdef".to_vec(),
            clipped: None,
        };
        for orientation in Orientation::ALL {
            let turned = turn_plane(&plane, orientation);
            assert_eq!(
                turn_plane(&turned, Orientation::FlipHorizontal),
                turn_plane(&plane, orientation.then_flip_horizontal()),
                "{orientation:?}"
            );
            assert_eq!(
                turn_plane(&turned, Orientation::FlipVertical),
                turn_plane(&plane, orientation.then_flip_vertical()),
                "{orientation:?}"
            );
        }
    }
}
