//! What the JPEG decoders have in common: how their rows come, and what becomes of damaged files.

use crate::Error;

/// More scans than any encoder makes; each costs a pass over all coefficients, so a small file of thousands would take minutes.
pub(super) const MAX_SCANS: u16 = 100;
/// A picture that lacks at most this many rows, or this part of its rows, is shown with a note; otherwise it is refused.
const TOLERATED_ROWS: u32 = 8;
const TOLERATED_PART: u32 = 100;

/// What the rows are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The stored planes: grey, or Y'CbCr with the stored subsampling.
    Planes,
    /// R, G, B in turn.
    Rgb,
    /// C, M, Y, K in turn, as stored: Adobe's are inverted.
    Cmyk,
}

/// Where the samples of a plane lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlaneLayout {
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples for one column of the original.
    pub per_x: f64,
    /// Rows for one row of the original.
    pub per_y: f64,
}

/// The next rows of each plane, some groups of them.
pub(crate) struct Strip {
    /// A buffer for each row; all of a plane are of one length.
    pub(super) planes: Vec<Vec<Vec<u8>>>,
    /// Groups there is room for.
    pub(super) groups: usize,
    /// Groups that have been written.
    pub(super) filled: usize,
}

impl Strip {
    /// Room for `groups` groups of each of `planes`: bytes of a row, and rows of a group.
    pub(super) fn new(planes: impl Iterator<Item = (usize, usize)>, groups: usize) -> Self {
        Self {
            planes: planes
                .map(|(stride, rows)| vec![vec![0; stride]; rows * groups])
                .collect(),
            groups,
            filled: 0,
        }
    }

    /// What has been written of each plane; past the picture's end there may be rows that mean nothing.
    pub(crate) fn rows(&mut self) -> impl Iterator<Item = &mut [Vec<u8>]> {
        let (groups, filled) = (self.groups, self.filled);
        self.planes.iter_mut().map(move |rows| {
            let written = rows.len() / groups * filled;
            &mut rows[..written]
        })
    }
}

/// How the first damage of a picture was met.
pub(super) struct Damage {
    /// The data ended; else it was wrong.
    pub(super) ended: bool,
    /// The decoder's words.
    pub(super) message: String,
}

impl Damage {
    /// Why the picture is refused.
    pub(super) fn error(&self, reason: String) -> Error {
        if self.ended {
            Error::Truncated(reason)
        } else {
            Error::Corrupt(reason)
        }
    }
}

/// Refuses a picture with too many of its rows missing.
pub(super) fn tolerate(
    missing: u32,
    height: u32,
    damage: impl FnOnce() -> Damage,
) -> Result<u32, Error> {
    if missing <= TOLERATED_ROWS.max(height / TOLERATED_PART).min(height / 2) {
        return Ok(missing);
    }
    let damage = damage();
    let reason = format!(
        "{missing} of {height} rows are missing or damaged ({})",
        damage.message
    );
    Err(damage.error(reason))
}
