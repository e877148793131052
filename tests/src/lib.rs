//! The whole system, tested on a local stack.
