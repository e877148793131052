//! Resizing of single planes of 8-bit samples, row by row, so that a picture never has to be whole in memory.
//!
//! An axis is a map from output samples to input samples with a fraction, so that crops, subsampled chroma, mirrored
//! pictures and sizes that are not multiples of a block are all the same case. Rows are weighed together first
//! (into 16 bits with [`axis::LINE_BITS`] of fraction), then columns. Shrinking by 4 or more begins with halvings.
//! All arithmetic is in integers, so that every processor gives the same bytes.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod axis;
mod clip;
mod funnel;
mod kernels;
#[cfg(target_arch = "aarch64")]
mod neon;
mod plain;
mod stream;
mod window;

pub(crate) use axis::Grid;
pub(crate) use funnel::{Funnel, resize};
pub(crate) use kernels::halve;
use stream::Stream;
pub(crate) use window::Window;
