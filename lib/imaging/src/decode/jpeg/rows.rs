//! Shared by the JPEG decoders: the form of their rows, and the treatment of damaged files.

use crate::Error;

/// More scans than any encoder makes. Each costs a pass over all coefficients, so a small file with thousands would take minutes.
pub(super) const MAX_SCANS: u16 = 100;
/// A picture that lacks at most this many rows, or this part of its rows, is rendered with a note; otherwise it is refused.
const TOLERATED_ROWS: u32 = 8;
const TOLERATED_PART: u32 = 100;

/// The contents of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The stored planes: grey, or Y'CbCr with the stored subsampling.
    Planes,
    /// R, G, B in turn.
    Rgb,
    /// C, M, Y, K in turn, as stored: Adobe's are inverted.
    Cmyk,
}

/// A JPEG being decoded: first [`Self::absorb`] until it says `true`, then [`Self::begin`], then [`Self::fill`] until it says
/// `false`, then [`Self::harm`].
pub(crate) trait Decoder: Send {
    /// Takes in the scans of a file that has several, some rows each call: `true` once all are in.
    fn absorb(&mut self) -> Result<bool, Error>;

    /// Begins to give rows.
    fn begin(&mut self) -> Result<(), Error>;

    /// Where the samples of the planes that are read lie. Pixels of interleaved samples count as one plane.
    fn planes(&self) -> Vec<PlaneLayout>;

    /// Bytes a row of plane `index` takes while it is written, and how many rows one group has.
    fn group(&self, index: usize) -> (usize, usize);

    /// Room for `groups` groups of rows.
    fn strip(&self, groups: usize) -> Strip {
        let planes = 0..self.planes().len();
        Strip::new(planes.map(|index| self.group(index)), groups)
    }

    /// Writes the next rows, as many as there are at most: `false` once there are no more.
    fn fill(&mut self, strip: &mut Strip) -> Result<bool, Error>;

    /// Refuses a picture with too much missing, and says what is missing otherwise.
    fn harm(&self, height: u32) -> Result<Harm, Error>;
}

/// The layout of a plane.
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

/// The first damage found in a picture.
pub(super) struct Damage {
    /// True if the data ended early, false if it was wrong.
    pub(super) ended: bool,
    /// The decoder's message.
    pub(super) message: String,
}

impl Damage {
    /// The error that refuses the picture.
    pub(super) fn error(&self, reason: String) -> Error {
        if self.ended {
            Error::Truncated(reason)
        } else {
            Error::Corrupt(reason)
        }
    }
}

/// The rows of a damaged picture that show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Harm {
    /// Rows without samples of their own, or with wrong ones.
    pub(super) missing: u32,
    /// Further rows with less detail than the file was made with.
    pub(super) coarse: u32,
}

impl Harm {
    /// Refuses a picture with too many of its rows missing.
    pub(super) fn tolerate(
        self,
        height: u32,
        damage: impl FnOnce() -> Damage,
    ) -> Result<Self, Error> {
        let Self { missing, .. } = self;
        if missing <= TOLERATED_ROWS.max(height / TOLERATED_PART).min(height / 2) {
            return Ok(self);
        }
        let damage = damage();
        let reason = format!(
            "{missing} of {height} rows are missing or damaged ({})",
            damage.message
        );
        Err(damage.error(reason))
    }

    /// What to say of it.
    pub(crate) fn note(self, height: u32) -> Option<String> {
        let missing = format!("{} of {height} rows are missing or damaged", self.missing);
        let coarse = format!("{} of {height} rows lack fine detail", self.coarse);
        match (self.missing, self.coarse) {
            (0, 0) => None,
            (_, 0) => Some(missing),
            (0, _) => Some(coarse),
            _ => Some(format!("{missing}, {coarse}")),
        }
    }
}
