//! Decodes animations frame by frame, so that only one canvas is in memory.

use super::guarded;
use crate::Error;
use crate::picture::samples::Frame;

/// An animation that is decoded during iteration.
pub struct Animation<'a> {
    /// Number of plays; 0 means forever.
    pub plays: u32,
    next: Box<dyn FnMut() -> Result<Option<Moment>, Error> + Send + 'a>,
    left: u32,
}

/// One frame of an animation.
pub struct Moment {
    /// The whole canvas, in sRGB.
    pub frame: Frame,
    /// Its duration in milliseconds.
    pub duration_ms: u32,
}

impl<'a> Animation<'a> {
    /// `next` gives the moments in turn, then `None`. It is asked for at most `frames`, as many as the limits have let
    /// through; what lacks an end after the last of them is whole.
    pub(super) fn new(
        plays: u32,
        frames: u32,
        next: impl FnMut() -> Result<Option<Moment>, Error> + Send + 'a,
    ) -> Self {
        Self {
            plays,
            next: Box::new(next),
            left: frames,
        }
    }
}

impl Iterator for Animation<'_> {
    type Item = Result<Moment, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let moment = guarded(&mut self.next).transpose();
        if !matches!(moment, Some(Ok(_))) {
            self.left = 0;
        }
        moment
    }
}
