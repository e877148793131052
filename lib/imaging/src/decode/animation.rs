//! Animations, frame by frame, so that only one canvas is in memory.

use super::guarded;
use crate::Error;
use crate::pixels::Frame;

/// An animation that is decoded as it is walked.
pub struct Animation<'a> {
    /// How often it is played; 0 is for ever.
    pub plays: u32,
    next: Box<dyn FnMut() -> Result<Option<Moment>, Error> + Send + 'a>,
    done: bool,
}

/// One frame of an animation.
pub struct Moment {
    /// The whole canvas, in sRGB.
    pub frame: Frame,
    /// How long it is shown, in milliseconds.
    pub duration_ms: u32,
}

impl<'a> Animation<'a> {
    /// `next` gives the moments in turn, then `None`.
    pub(super) fn new(
        plays: u32,
        next: impl FnMut() -> Result<Option<Moment>, Error> + Send + 'a,
    ) -> Self {
        Self {
            plays,
            next: Box::new(next),
            done: false,
        }
    }
}

impl Iterator for Animation<'_> {
    type Item = Result<Moment, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let moment = guarded(&mut self.next).transpose();
        self.done = !matches!(moment, Some(Ok(_)));
        moment
    }
}
