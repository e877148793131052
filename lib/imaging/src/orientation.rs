//! The turn that makes a stored picture upright.

use serde::{Deserialize, Serialize};

/// The eight orientations of EXIF (tag 0x0112), named by the turn that makes the stored picture upright.
/// HEIC's and AVIF's `irot` and `imir` are expressed the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Orientation {
    /// 1: nothing to do.
    #[default]
    Upright,
    /// 2: mirror left and right.
    FlipHorizontal,
    /// 3: half a turn.
    Rotate180,
    /// 4: mirror top and bottom.
    FlipVertical,
    /// 5: mirror about the main diagonal.
    Transpose,
    /// 6: a quarter turn clockwise.
    Rotate90,
    /// 7: mirror about the other diagonal.
    Transverse,
    /// 8: a quarter turn anticlockwise.
    Rotate270,
}

impl Orientation {
    /// All eight, in the order of their tags.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::FlipHorizontal,
        Self::Rotate180,
        Self::FlipVertical,
        Self::Transpose,
        Self::Rotate90,
        Self::Transverse,
        Self::Rotate270,
    ];

    /// The orientation of an EXIF tag's value; `None` outside 1 to 8.
    #[must_use]
    pub fn from_tag(tag: u16) -> Option<Self> {
        Self::ALL.get(usize::from(tag).checked_sub(1)?).copied()
    }

    /// The EXIF tag's value, 1 to 8.
    #[must_use]
    pub fn tag(self) -> u8 {
        self as u8 + 1
    }

    /// This, and then a mirroring of left and right.
    #[must_use]
    pub fn then_flip_horizontal(self) -> Self {
        match self {
            Self::Upright => Self::FlipHorizontal,
            Self::FlipHorizontal => Self::Upright,
            Self::Rotate180 => Self::FlipVertical,
            Self::FlipVertical => Self::Rotate180,
            Self::Transpose => Self::Rotate90,
            Self::Rotate90 => Self::Transpose,
            Self::Transverse => Self::Rotate270,
            Self::Rotate270 => Self::Transverse,
        }
    }

    /// This, and then a mirroring of top and bottom.
    #[must_use]
    pub fn then_flip_vertical(self) -> Self {
        match self {
            Self::Upright => Self::FlipVertical,
            Self::FlipHorizontal => Self::Rotate180,
            Self::Rotate180 => Self::FlipHorizontal,
            Self::FlipVertical => Self::Upright,
            Self::Transpose => Self::Rotate270,
            Self::Rotate90 => Self::Transverse,
            Self::Transverse => Self::Rotate90,
            Self::Rotate270 => Self::Transpose,
        }
    }

    /// Whether columns become rows.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        self.tag() >= 5
    }
}

impl From<Orientation> for u8 {
    fn from(orientation: Orientation) -> Self {
        orientation.tag()
    }
}

impl TryFrom<u8> for Orientation {
    type Error = String;

    fn try_from(tag: u8) -> Result<Self, String> {
        Self::from_tag(u16::from(tag))
            .ok_or_else(|| format!("orientation must be 1 to 8, not {tag}"))
    }
}
