//! Integer geometry: the size of a variant, the part of the original that it shows, and its orientation.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Orientation;

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

/// A share of a whole, 0 to 1, in ten-thousandths. In JSON it is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

impl Share {
    const WHOLE: u16 = 10_000;

    /// The nearest share; 0 for what is no number.
    #[must_use]
    pub fn of(value: f64) -> Self {
        let parts = (value.clamp(0.0, 1.0) * f64::from(Self::WHOLE)).round();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 10,000, or NaN, which becomes 0"
        )]
        let parts = parts as u16;
        Self(parts)
    }

    /// `part / whole`, at most 1.
    #[must_use]
    pub(crate) fn of_parts(part: u64, whole: u64) -> Self {
        let parts = part.min(whole) * u64::from(Self::WHOLE) / whole.max(1);
        Self(u16::try_from(parts).unwrap_or(Self::WHOLE))
    }

    /// 0.0 to 1.0
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&value) {
            return Ok(Self::of(value));
        }
        Err(D::Error::custom(format_args!(
            "a share is 0 to 1, not {value}"
        )))
    }
}

/// A point of an upright picture, in shares of its sides from the left and the top. In JSON it is `[x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Share, Share)", into = "(Share, Share)")]
pub struct Focus {
    /// From the left.
    pub x: Share,
    /// From the top.
    pub y: Share,
}

impl Focus {
    /// The middle.
    pub const CENTRE: Self = Self {
        x: Share(Share::WHOLE / 2),
        y: Share(Share::WHOLE / 2),
    };

    /// Parses `0.31,0.62`. `None` unless both are numbers from 0 to 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(',')?;
        let share = |text: &str| {
            let value: f64 = text.trim().parse().ok()?;
            (0.0..=1.0).contains(&value).then(|| Share::of(value))
        };
        Some(Self {
            x: share(x)?,
            y: share(y)?,
        })
    }
}

impl From<(Share, Share)> for Focus {
    fn from((x, y): (Share, Share)) -> Self {
        Self { x, y }
    }
}

impl From<Focus> for (Share, Share) {
    fn from(focus: Focus) -> Self {
        (focus.x, focus.y)
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

#[cfg(test)]
mod tests {
    use super::{
        Bounds, Fit, Focus, Rect, Share, Size, fit, moved, reduced, stored_rect, turn, whole_of,
    };
    use crate::Orientation;
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    fn check(
        original: (u32, u32),
        wanted: (u32, u32),
        how: Fit,
        part: (u32, u32, u32, u32),
        result: (u32, u32),
    ) {
        let (rect, got) = fit(size(original.0, original.1), size(wanted.0, wanted.1), how);
        assert_eq!(
            (rect.x, rect.y, rect.size.width, rect.size.height),
            part,
            "part of {original:?} in {wanted:?} {how:?}"
        );
        assert_eq!(
            (got.width, got.height),
            result,
            "size of {original:?} in {wanted:?} {how:?}"
        );
    }

    #[test]
    fn sizes_and_parts() {
        use Fit::{Cover, Inside};
        check(
            (4032, 3024),
            (1920, 1920),
            Inside,
            (0, 0, 4032, 3024),
            (1920, 1440),
        );
        check(
            (3024, 4032),
            (1920, 1920),
            Inside,
            (0, 0, 3024, 4032),
            (1440, 1920),
        );
        check(
            (4032, 3024),
            (200, 200),
            Cover,
            (504, 0, 3024, 3024),
            (200, 200),
        );
        check(
            (100, 300),
            (200, 200),
            Cover,
            (0, 100, 100, 100),
            (100, 100),
        );
        check((150, 80), (200, 100), Cover, (0, 2, 150, 75), (150, 75));
        check((100, 50), (1920, 1920), Inside, (0, 0, 100, 50), (100, 50));
        check((1, 1), (200, 200), Cover, (0, 0, 1, 1), (1, 1));
        check((1, 20000), (320, 320), Inside, (0, 0, 1, 20000), (1, 320));
        check((65535, 3), (320, 320), Inside, (0, 0, 65535, 3), (320, 1));
        check((3, 65535), (200, 100), Cover, (0, 32766, 3, 2), (3, 2));
    }

    #[test]
    fn a_side_without_a_bound_is_as_long_as_the_shape_wants() {
        for (original, bounds, want) in [
            ((4000, 3000), (Some(640), None), (640, 480)),
            ((3000, 4000), (Some(640), None), (640, 853)),
            ((4000, 3000), (None, Some(480)), (640, 480)),
            ((500, 9000), (Some(640), None), (500, 9000)),
            ((4000, 3000), (None, None), (4000, 3000)),
        ] {
            let (width, height) = bounds;
            let original = size(original.0, original.1);
            let wanted = Bounds { width, height }.around(original);
            let (part, got) = fit(original, wanted, Fit::Inside);
            assert_eq!(part, Rect::whole(original));
            assert_eq!((got.width, got.height), want, "{original} in {bounds:?}");
        }
    }

    #[test]
    fn a_focus_is_two_numbers_from_0_to_1() {
        let focus = Focus::parse("0.31, 0.62").expect("a focus");
        assert_eq!([focus.x, focus.y], [0.31, 0.62].map(Share::of));
        for bad in [
            "", "0.3", "0.3;0.6", "NaN,0.5", "0.5,inf", "-0.1,0.5", "0.5,1.01", "a,b", "0,0,0",
        ] {
            assert_eq!(Focus::parse(bad), None, "{bad}");
        }
        assert_eq!(Share::of(f64::NAN), Share::of(0.0));
    }

    #[test]
    fn a_focus_moves_the_crop() {
        let original = size(4000, 3000);
        let (part, _) = fit(original, size(200, 200), Fit::Cover);
        let at = |x: f64| {
            let focus = Focus {
                x: Share::of(x),
                y: Share::of(0.9),
            };
            moved(part, original, focus).x
        };
        assert_eq!([at(0.0), at(0.5), at(0.6), at(1.0)], [0, 500, 900, 1000]);
        assert_eq!(moved(part, original, Focus::CENTRE), part);
    }

    fn any_size() -> impl Strategy<Value = Size> {
        (1..=65535_u32, 1..=65535_u32).prop_map(|(width, height)| Size { width, height })
    }

    proptest! {
        #[test]
        fn never_enlarges_never_leaves_the_picture(original in any_size(), wanted in any_size(), cover in proptest::bool::ANY) {
            let how = if cover { Fit::Cover } else { Fit::Inside };
            let (part, result) = fit(original, wanted, how);
            prop_assert!(result.width >= 1 && result.height >= 1);
            prop_assert!(result.width <= wanted.width.min(part.size.width) || result.width == 1);
            prop_assert!(result.height <= wanted.height.min(part.size.height) || result.height == 1);
            prop_assert!(part.x + part.size.width <= original.width && part.y + part.size.height <= original.height);
        }

        #[test]
        fn inside_touches_the_box_or_keeps_the_size(original in any_size(), wanted in any_size()) {
            let (_, result) = fit(original, wanted, Fit::Inside);
            prop_assert!(result == original || result.width == wanted.width || result.height == wanted.height);
        }

        #[test]
        fn what_a_format_cannot_hold_is_reduced_in_its_shape(original in any_size(), side in 1..=65535_u32, area in 1_u64 << 16..1 << 32) {
            let got = reduced(original, side, area);
            prop_assert!(got.width <= side.min(original.width) && got.height <= side.min(original.height) && got.area() <= area);
            let fits = original.width.max(original.height) <= side && original.area() <= area;
            prop_assert_eq!(fits, got == original);
            // the shape is kept to within the rounding of two steps
            let (w, h) = (u64::from(original.width), u64::from(original.height));
            let difference = (u64::from(got.width) * h).abs_diff(u64::from(got.height) * w);
            prop_assert!(difference <= 2 * w.max(h) || got.width.min(got.height) == 1);
        }

        #[test]
        fn a_moved_part_stays_in_the_picture_and_holds_its_focus(original in any_size(), wanted in any_size(), x in 0.0..1.0_f64, y in 0.0..1.0_f64) {
            let (part, size) = fit(original, wanted, Fit::Cover);
            let focus = Focus { x: Share::of(x), y: Share::of(y) };
            let moved = moved(part, original, focus);
            prop_assert_eq!(moved.size, part.size);
            prop_assert!(moved.x + moved.size.width <= original.width && moved.y + moved.size.height <= original.height);
            let at = focus.x.value() * f64::from(original.width);
            prop_assert!(at + 2.0 >= f64::from(moved.x) && at <= f64::from(moved.x + moved.size.width) + 2.0);
            let whole = whole_of(original, part, size);
            prop_assert!(whole.width >= size.width && whole.height >= size.height);
            prop_assert!(whole.width <= original.width && whole.height <= original.height);
        }

        #[test]
        fn turning_keeps_the_area(original in any_size(), wanted in any_size(), tag in 1..=8_u16) {
            let orientation = Orientation::from_tag(tag).unwrap_or_default();
            let upright = turn(original, orientation);
            let (part, _) = fit(upright, wanted, Fit::Cover);
            let stored = stored_rect(part, original, orientation);
            prop_assert_eq!(stored.size.area(), part.size.area());
            prop_assert!(stored.x + stored.size.width <= original.width && stored.y + stored.size.height <= original.height);
            prop_assert_eq!(stored_rect(Rect::whole(upright), original, orientation), Rect::whole(original));
        }
    }
}
