//! Which panics count.

use std::panic;

/// A decoder of others that panics is caught, and its file is corrupt: that is no find. A panic of our own code is one,
/// caught or not; so is one that is not caught, which libFuzzer sees by itself.
pub(crate) fn count_only_ours() {
    let abort = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let others = panic
            .location()
            .is_some_and(|place| place.file().contains("/registry/src/"));
        if !others {
            abort(panic);
        }
    }));
}
