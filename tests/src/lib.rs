//! Tests of the whole system on a local stack, through its public interfaces: code shared by the tests in `tests/`, and the
//! loads of `cargo xtask chaos`, `bulk` and `soak`.

pub mod bucket;
pub mod bulk;
pub mod guest;
pub mod originals;
pub mod processes;
pub mod schema;
pub mod soak;
pub mod socket;
pub mod stack;
pub mod storm;
pub mod ticker;
pub mod verdict;
pub mod wire;
