//! Integer geometry: the size of a variant, and the part of the original that it shows.

mod focus;
mod turned;

use serde::{Deserialize, Serialize};

pub use focus::{Focus, Share};
pub use turned::{reverses_columns, reverses_rows, stored_rect, turn};

/// A size in pixels; both sides are at least 1 wherever a picture exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// Number of pixels.
    #[must_use]
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The size after exchanging rows and columns.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            width: self.height,
            height: self.width,
        }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// The box that a preset asks for. A side of `None` sets no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Columns.
    pub width: Option<u32>,
    /// Rows.
    pub height: Option<u32>,
}

impl Bounds {
    /// The box for an original: a side without a bound is the original's.
    #[must_use]
    pub fn around(self, original: Size) -> Size {
        Size {
            width: self.width.unwrap_or(original.width),
            height: self.height.unwrap_or(original.height),
        }
    }
}

impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.width, self.height) {
            (Some(width), Some(height)) => write!(f, "{}", Size { width, height }),
            (Some(width), None) => write!(f, "{width}x*"),
            (None, Some(height)) => write!(f, "*x{height}"),
            (None, None) => write!(f, "full size"),
        }
    }
}

/// A part of a picture, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns and rows.
    #[serde(flatten)]
    pub size: Size,
}

/// A frame's part of an animation's canvas, in whole pixels. It may reach beyond the canvas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Rect {
    /// All of a picture.
    #[must_use]
    pub fn whole(size: Size) -> Self {
        Self { x: 0, y: 0, size }
    }
}

/// How a variant fits its box. Neither way enlarges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Fits into the box; nothing is cropped.
    Inside,
    /// Fills the box; the excess is cropped.
    Cover,
}

/// `part`, moved so that `focus` is as near to its middle as the borders of `original` allow.
#[must_use]
pub fn moved(part: Rect, original: Size, focus: Focus) -> Rect {
    let place = |side: u32, window: u32, share: Share| {
        let at = u64::from(side) * u64::from(share.0) / u64::from(Share::WHOLE);
        let first = at.saturating_sub(u64::from(window) / 2);
        u32::try_from(first).map_or(side - window, |first| first.min(side - window))
    };
    Rect {
        x: place(original.width, part.size.width, focus.x),
        y: place(original.height, part.size.height, focus.y),
        size: part.size,
    }
}

/// The size at which all of `original` has the scale of a `part` that became `size`: one side is the size's own, the other
/// at least as long.
#[must_use]
pub(crate) fn whole_of(original: Size, part: Rect, size: Size) -> Size {
    let scaled = |side: u32, part: u32, size: u32| {
        if side == part {
            return size;
        }
        divide(u64::from(side) * u64::from(size), u64::from(part)).max(size)
    };
    Size {
        width: scaled(original.width, part.size.width, size.width),
        height: scaled(original.height, part.size.height, size.height),
    }
}

/// The part of `original` that a variant shows, and the variant's size, both upright. What is cropped is centred.
#[must_use]
pub fn fit(original: Size, wanted: Size, fit: Fit) -> (Rect, Size) {
    match fit {
        Fit::Inside => (Rect::whole(original), inside(original, wanted)),
        Fit::Cover => cover(original, wanted),
    }
}

fn inside(original: Size, wanted: Size) -> Size {
    if original.width <= wanted.width && original.height <= wanted.height {
        return original;
    }
    let (w, h) = (u64::from(original.width), u64::from(original.height));
    let (box_w, box_h) = (u64::from(wanted.width), u64::from(wanted.height));
    if w * box_h >= h * box_w {
        Size {
            width: wanted.width,
            height: divide(h * box_w, w),
        }
    } else {
        Size {
            width: divide(w * box_h, h),
            height: wanted.height,
        }
    }
}

/// `size` in its shape, reduced to at most `longest` pixels a side and `area` pixels in all.
#[must_use]
pub(crate) fn reduced(size: Size, longest: u32, area: u64) -> Size {
    let square = Size {
        width: longest,
        height: longest,
    };
    let size = inside(size, square);
    if size.area() <= area {
        return size;
    }
    let (w, h) = (u64::from(size.width), u64::from(size.height));
    // Rounded down, so that the product stays below `area`.
    let root = |square: u64| u32::try_from(square.isqrt()).unwrap_or(longest).max(1);
    Size {
        width: root(w * area / h),
        height: root(h * area / w),
    }
}

/// The largest centred part of `original` with the box's shape, at the box's size or, where that would enlarge, at its own.
fn cover(original: Size, wanted: Size) -> (Rect, Size) {
    let (w, h) = (u64::from(original.width), u64::from(original.height));
    let (box_w, box_h) = (u64::from(wanted.width), u64::from(wanted.height));
    let crop = if w * box_h >= h * box_w {
        Size {
            width: divide(h * box_w, box_h).min(original.width),
            height: original.height,
        }
    } else {
        Size {
            width: original.width,
            height: divide(w * box_h, box_w).min(original.height),
        }
    };
    let part = Rect {
        x: (original.width - crop.width) / 2,
        y: (original.height - crop.height) / 2,
        size: crop,
    };
    let enlarges = crop.width < wanted.width || crop.height < wanted.height;
    (part, if enlarges { crop } else { wanted })
}

/// `dividend / divisor` rounded to nearest, at least 1. Callers ensure that the quotient is at most a side of a picture.
fn divide(dividend: u64, divisor: u64) -> u32 {
    u32::try_from((2 * dividend + divisor) / (2 * divisor))
        .unwrap_or(u32::MAX)
        .max(1)
}

#[cfg(test)]
mod tests;
