//! Decides which part a `cover` crop keeps, from what the file says and what a small picture of it shows. Never an error:
//! at worst the middle is kept.

mod boxes;
mod regions;
mod saliency;

use serde::Serialize;

use crate::{
    geometry::{Focus, Rect, Share, Size, turn},
    picture::{
        convert::to_frame,
        planes::{Layout, Picture},
        samples::Frame,
    },
    plan::{Plan, Step},
    preset::Position,
};

/// Why a crop keeps what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A point that the object's metadata or a route gives.
    Focus,
    /// Faces and other regions that the file's metadata describes.
    Regions,
    /// Edges, skin and saturated colours.
    Saliency,
    /// Nothing stands out.
    Centre,
}

impl By {
    /// The name in manifests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Regions => "regions",
            Self::Saliency => "saliency",
            Self::Centre => "centre",
        }
    }
}

/// The choice of a crop's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Why.
    pub by: By,
    /// The point of the upright original that the crop is meant to show.
    pub focus: Focus,
    /// The share of what stands out, or of the regions, that the crop keeps; `None` for a point.
    pub score: Option<Share>,
}

impl Choice {
    /// By a point that the user gave.
    #[must_use]
    pub(crate) fn of(focus: Focus) -> Self {
        Self {
            by: By::Focus,
            focus,
            score: None,
        }
    }
}

/// A window that slides along one side of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slide {
    /// The picture's length along the side.
    length: u32,
    /// The window's.
    window: u32,
}

/// The part of the upright picture of step `index`, and why, for every step that is cropped by what the original shows.
/// `look` is a small upright picture of the whole.
pub(crate) fn choose(plan: &Plan, bytes: &[u8], look: &Picture) -> Vec<Option<(Rect, Choice)>> {
    let regions = regions::read(bytes, &plan.probe);
    let frame = to_frame(look);
    let choose = |step: &Step| {
        let crop = step.crop?;
        let whole = turn(step.size, plan.probe.orientation);
        Some(part(whole, crop.size, crop.position, &regions, &frame))
    };
    plan.steps.iter().map(choose).collect()
}

fn part(
    whole: Size,
    size: Size,
    position: Position,
    regions: &[boxes::Region],
    look: &Frame,
) -> (Rect, Choice) {
    let across = whole.width > size.width;
    let slide = if across {
        Slide {
            length: whole.width,
            window: size.width,
        }
    } else {
        Slide {
            length: whole.height,
            window: size.height,
        }
    };
    let (offset, choice) = if !regions.is_empty() {
        boxes::keep(regions, slide, across)
    } else if position == Position::Focus {
        centre(slide)
    } else {
        saliency::best(look, slide, across).unwrap_or_else(|| centre(slide))
    };
    // Quarter chroma has one sample for two pixels, counted from the left and the top.
    let offset = offset.min(slide.length - slide.window) & !1;
    let (x, y) = if across { (offset, 0) } else { (0, offset) };
    (Rect { x, y, size }, choice)
}

fn centre(slide: Slide) -> (u32, Choice) {
    let choice = Choice {
        by: By::Centre,
        focus: Focus::CENTRE,
        score: None,
    };
    ((slide.length - slide.window) / 2, choice)
}

/// A part of an upright picture that begins at an even column and row.
#[must_use]
pub(crate) fn cut(picture: &Picture, part: Rect) -> Picture {
    let mut cut = Picture::new(part.size, picture.layout);
    for (index, (to, from)) in cut.planes.iter_mut().zip(&picture.planes).enumerate() {
        let quarter = picture.layout == Layout::YccQuarter && index > 0;
        let samples = if quarter { 2 } else { 1 };
        let (x, y) = (part.x as usize / samples, part.y as usize / samples);
        let width = to.width;
        for (row, to) in to.data.chunks_exact_mut(width).enumerate() {
            to.copy_from_slice(&from.row(y + row)[x..x + width]);
        }
    }
    cut
}
