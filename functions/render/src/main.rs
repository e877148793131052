//! The Lambda that turns SQS messages into variants.

fn main() {}
