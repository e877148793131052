//! The whole system, tested on a local stack as programs and people meet it: what the tests in `tests/` share, and the loads
//! that `cargo xtask chaos`, `bulk` and `soak` put on it.

pub mod bucket;
pub mod bulk;
pub mod guest;
pub mod originals;
pub mod processes;
pub mod soak;
pub mod socket;
pub mod stack;
pub mod storm;
pub mod ticker;
pub mod verdict;
pub mod wire;
