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
