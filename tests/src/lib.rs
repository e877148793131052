//! The whole system, tested on a local stack as programs and people meet it: what the tests in `tests/` share.

pub mod guest;
pub mod originals;
pub mod socket;
pub mod stack;
