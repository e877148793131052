//! What a caller sees and decides while a picture is rendered.

use crate::Error;

/// What a caller sees and decides while a picture is rendered. The caller has the clock; this crate has none.
pub struct Watch<'a> {
    /// Is told when a stage is reached.
    pub on_stage: &'a (dyn Fn(Stage) + Sync),
    /// Is asked often; once it says `true` the picture is refused.
    pub expired: &'a (dyn Fn() -> bool + Sync),
}

impl Watch<'static> {
    /// No observer, no deadline.
    #[must_use]
    pub fn none() -> Self {
        Self {
            on_stage: &|_| (),
            expired: &|| false,
        }
    }
}

impl Watch<'_> {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if (self.expired)() {
            return Err(Error::TooLarge(
                "rendering it takes longer than the time limit".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Where the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A thread has begun: before that, all may have been busy with other originals.
    Begun,
    /// The original was decoded and reduced to the first pictures.
    Decoded,
}
