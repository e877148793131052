//! Estimates the cost on AWS, by the prices and the formula of docs/cost.md. Not yet compared with a bill.

/// Memory of the function: `MemorySize` of template.yaml in GB, as Lambda bills it.
pub const MEMORY_GB: f64 = 1769.0 / 1024.0;

/// Seconds to assume for an original when no similar one has been rendered yet.
pub const USUAL_SECONDS: f64 = 0.15;

/// Dollars per GB-second of Lambda on arm64.
const GB_SECOND: f64 = 13.333_4e-6;

/// Dollars per original besides compute and writes: a request to Lambda, two reads of S3 (original and manifest), a message
/// sent, received and deleted, and a notice.
const EACH: f64 = 0.20e-6 + 2.0 * 0.40e-6 + 3.0 * 0.40e-6 + 0.50e-6;

/// Dollars per object written to S3.
const WRITE: f64 = 5.00e-6;

/// An amount of work and its price.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// Lambda's compute.
    pub gb_seconds: f64,
    /// Total price.
    pub dollars: f64,
}

/// The cost of rendering `originals` already in the bucket, which take `seconds` and give `variants` in total.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    reason = "an estimate of counts far below 2^52"
)]
pub fn estimate(originals: u64, seconds: f64, variants: u64) -> Estimate {
    let gb_seconds = MEMORY_GB * seconds;
    let writes = (variants + originals) as f64; // each original has a manifest
    Estimate {
        gb_seconds,
        dollars: GB_SECOND * gb_seconds + EACH * originals as f64 + WRITE * writes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_originals_cost_what_the_table_says() {
        // docs/cost.md with b = 1, less the write of the original: 3.46 + 0.20 + 5 x 6 + 0.80 + 1.20 + 0.50
        let estimate = estimate(1_000_000, 1e6 * USUAL_SECONDS, 5_000_000);
        assert!((estimate.dollars - 36.16).abs() < 0.02, "{estimate:?}");
        assert!(
            (estimate.gb_seconds - 259_130.0).abs() < 10.0,
            "{estimate:?}"
        );
    }
}
