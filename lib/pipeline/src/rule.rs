//! The rules reconcile's correctness rests on, by name, so that the exploration can switch each off and see it missed.
//! In the program itself all of them always hold: [`is_off`] is the constant `false`.

/// A rule of reconcile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The manifest is written after all variants.
    ManifestLast,
    /// After writing or purging, the original is looked at again.
    LookAgain,
    /// Leftovers of a crashed or disturbed job are listed, not guessed.
    ListLeftovers,
    /// A message that comes again renders, whatever the manifest says.
    RenderOnRedelivery,
    /// A job that starts anew renders, whatever the manifest says.
    RenderOnSecondPass,
}

#[cfg(not(test))]
pub(crate) const fn is_off(_: Rule) -> bool {
    false
}

#[cfg(test)]
pub(crate) use switch::is_off;

#[cfg(test)]
mod switch {
    use super::Rule;
    use std::cell::Cell;

    thread_local! {
        static OFF: Cell<Option<Rule>> = const { Cell::new(None) };
    }

    pub(crate) fn is_off(rule: Rule) -> bool {
        OFF.get() == Some(rule)
    }
}
