//! Straight colours of those that were multiplied by alpha.

use crate::picture::samples::Samples;

/// Colours that were multiplied by alpha, the last of `channels`, divided by it.
pub(super) fn unmultiply(samples: &mut Samples, channels: usize) {
    fn divide<T: Copy + Into<u64> + TryFrom<u64>>(samples: &mut [T], channels: usize, most: u64) {
        for pixel in samples.chunks_exact_mut(channels) {
            let alpha: u64 = pixel[channels - 1].into();
            for colour in &mut pixel[..channels - 1] {
                let value: u64 = (*colour).into();
                let straight = (value * most + alpha / 2)
                    .checked_div(alpha)
                    .unwrap_or(0)
                    .min(most);
                *colour = T::try_from(straight).unwrap_or(*colour);
            }
        }
    }
    match samples {
        Samples::Eight(samples) => divide(samples, channels, 255),
        Samples::Sixteen(samples) => divide(samples, channels, 65535),
    }
}
