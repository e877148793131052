//! Sizes and parts of a picture before and after its orientation is applied.

use super::{Rect, Size};
use crate::Orientation;

/// Whether stored columns run against the upright axis they become.
#[must_use]
pub fn reverses_columns(orientation: Orientation) -> bool {
    use Orientation::{FlipHorizontal, Rotate180, Rotate270, Transverse};
    matches!(
        orientation,
        FlipHorizontal | Rotate180 | Transverse | Rotate270
    )
}

/// Whether stored rows run against the upright axis they become.
#[must_use]
pub fn reverses_rows(orientation: Orientation) -> bool {
    use Orientation::{FlipVertical, Rotate90, Rotate180, Transverse};
    matches!(
        orientation,
        Rotate180 | FlipVertical | Rotate90 | Transverse
    )
}

/// The upright size of a stored size; also the reverse.
#[must_use]
pub fn turn(size: Size, orientation: Orientation) -> Size {
    if orientation.swaps_sides() {
        size.transposed()
    } else {
        size
    }
}

/// The part of a picture of size `stored` that is `upright` once it is turned.
#[must_use]
pub fn stored_rect(upright: Rect, stored: Size, orientation: Orientation) -> Rect {
    let (mut x, mut y) = if orientation.swaps_sides() {
        (upright.y, upright.x)
    } else {
        (upright.x, upright.y)
    };
    let size = turn(upright.size, orientation);
    if reverses_columns(orientation) {
        x = stored.width - x - size.width;
    }
    if reverses_rows(orientation) {
        y = stored.height - y - size.height;
    }
    Rect { x, y, size }
}
