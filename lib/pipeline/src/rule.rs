//! The rules reconcile's correctness rests on, by name, so that the exploration can switch each off and see it missed.
//! In the program itself all of them always hold: [`is_off`] is the constant `false`.

/// A rule of reconcile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The manifest is written after all variants.
    ManifestLast,
    /// After writing or purging, a HEAD checks the original again.
    LookAgain,
    /// Leftovers are found by listing, not from the manifest: a crashed or disturbed job may have left outputs that no
    /// manifest lists.
    ListLeftovers,
    /// A redelivered message renders, even if the manifest looks up to date.
    RenderOnRedelivery,
    /// A job that starts over renders, even if the manifest looks up to date.
    RenderOnSecondPass,
    /// A new change of the original renders, even if the manifest says that these bytes were rendered before.
    RenderOnChange,
    /// The manifest records the ETag of each variant, so that reprocessing detects when another job overwrote one.
    RememberEtags,
}

#[cfg(not(test))]
pub(crate) const fn is_off(_: Rule) -> bool {
    false
}

#[cfg(test)]
pub(crate) use switch::{is_off, without};

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

    /// Does it with the rule switched off, on this thread.
    pub(crate) fn without<T>(rule: Rule, work: impl FnOnce() -> T) -> T {
        OFF.set(Some(rule));
        let result = work();
        OFF.set(None);
        result
    }
}
