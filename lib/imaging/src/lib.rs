//! Bytes of an original in, bytes of its variants out: no network, files, clock or environment.
