//! Turning pictures upright, once they are small.

use std::borrow::Cow;

use crate::{
    Orientation,
    geometry::{reverses_columns, reverses_rows, turn},
    planes::{Picture, Plane},
};

/// Rows and columns of a transposed block: both sides of it stay in the first cache.
const BLOCK: usize = 32;

/// The picture the right way up.
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
    let mut turned = Plane::new(plane.height, plane.width);
    for top in (0..turned.height).step_by(BLOCK) {
        for left in (0..turned.width).step_by(BLOCK) {
            for y in top..(top + BLOCK).min(turned.height) {
                for x in left..(left + BLOCK).min(turned.width) {
                    turned.data[y * turned.width + x] =
                        plane.data[rows(x) * plane.width + columns(y)];
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::turn_plane;
    use crate::{Orientation, planes::Plane};

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
    #[test]
    fn one_turn_and_a_mirror_are_one_orientation() {
        let plane = Plane {
            width: 3,
            height: 2,
            data: b"abcdef".to_vec(),
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
