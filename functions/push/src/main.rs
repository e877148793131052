//! The Lambda that carries notices to browsers over WebSockets.

fn main() {}
