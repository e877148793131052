//! The darkroom command line.

fn main() {}
