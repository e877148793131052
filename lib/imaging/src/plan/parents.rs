//! Which picture each step is made from: the original, or a larger picture that another step made.

use super::Step;
use crate::geometry::{Rect, Size};

/// Four times the least ratio, in columns and rows, between a parent and a step made from it without visible loss: see
/// docs/performance.md.
const FOURFOLD_PARENT_RATIO: u64 = 7;

/// Assigns each step the smallest parent that shows the whole original and is large enough. The picture to look at is there
/// before all others, so it has none.
pub(super) fn link(mut steps: Vec<Step>, look: Option<usize>) -> Vec<Step> {
    for child in (1..steps.len()).filter(|child| Some(*child) != look) {
        let parent = (0..child)
            .filter(|parent| serves(&steps[*parent], &steps[child]))
            .min_by_key(|parent| steps[*parent].size.area());
        steps[child].parent = parent;
    }
    steps
}

/// Whether `child` can be made of `parent`, which is at least 7/4 as large where they overlap.
fn serves(parent: &Step, child: &Step) -> bool {
    let whole = (parent.part.x, parent.part.y) == (0, 0) && covers(parent.part.size, child.part);
    // parent.size / parent.part is the parent's scale, child.size / child.part the child's
    let enough = |parent_size: u32, parent_part: u32, child_size: u32, child_part: u32| {
        4 * u64::from(parent_size) * u64::from(child_part)
            >= FOURFOLD_PARENT_RATIO * u64::from(child_size) * u64::from(parent_part)
    };
    whole
        && enough(
            parent.size.width,
            parent.part.size.width,
            child.size.width,
            child.part.size.width,
        )
        && enough(
            parent.size.height,
            parent.part.size.height,
            child.size.height,
            child.part.size.height,
        )
}

fn covers(parent: Size, part: Rect) -> bool {
    part.x + part.size.width <= parent.width && part.y + part.size.height <= parent.height
}
