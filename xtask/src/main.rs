//! The one task runner: cargo xtask local, test, bench, deploy.

fn main() {}
