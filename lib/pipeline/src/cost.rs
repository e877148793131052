//! Estimates the cost on AWS, by the formulas of docs/cost.md. Not yet compared with a bill.

/// List prices of us-east-1, without free tiers, of November 2026; docs/cost.md has their sources. No other code has prices.
mod price {
    /// Dollars per GB-second of Lambda on arm64.
    pub(super) const GB_SECOND: f64 = 13.333_4e-6;
    /// Dollars per invocation of Lambda.
    pub(super) const INVOCATION: f64 = 0.20e-6;
    /// Dollars per PUT, COPY or LIST of S3.
    pub(super) const WRITE: f64 = 5.00e-6;
    /// Dollars per GET or HEAD of S3.
    pub(super) const READ: f64 = 0.40e-6;
    /// Dollars per GB that S3 stores for a month.
    pub(super) const STORED: f64 = 0.023;
    /// Dollars per request to SQS.
    pub(super) const MESSAGE: f64 = 0.40e-6;
    /// Dollars per message published to SNS.
    pub(super) const PUBLISHED: f64 = 0.50e-6;
    /// Dollars per GB of message bodies that a filter of SNS reads.
    pub(super) const FILTERED: f64 = 0.09;
    /// Dollars per GB of logs taken in.
    pub(super) const LOGGED: f64 = 0.50;
    /// Dollars per WebSocket message.
    pub(super) const SOCKET: f64 = 1.00e-6;
    /// Dollars per unit that `DynamoDB` writes on demand.
    pub(super) const ROW_WRITTEN: f64 = 0.625e-6;
    /// Dollars per unit that `DynamoDB` reads on demand.
    pub(super) const ROW_READ: f64 = 0.125e-6;
    /// Dollars per GB from `CloudFront` to Europe and North America.
    pub(super) const TRAFFIC: f64 = 0.085;
    /// Dollars per HTTPS request to `CloudFront`.
    pub(super) const VIEW: f64 = 1.00e-6;
}

/// Memory of the function: `MemorySize` of template.yaml in GB, as Lambda bills it.
pub const MEMORY_GB: f64 = 1769.0 / 1024.0;

/// Seconds to assume for an original when no similar one has been rendered yet.
pub const USUAL_SECONDS: f64 = 0.15;

/// Memory of push in GB, and the seconds of an invocation.
const PUSH_GB: f64 = 0.25;
const PUSH_SECONDS: f64 = 0.02;

/// GB of an event, and of a job's line in the log: 1 KB each.
const EVENT_GB: f64 = 1e-6;
const LINE_GB: f64 = 1e-6;

/// Dollars a month for a stack that does nothing: docs/cost.md.
const IDLE: f64 = 3.25;

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
    // A request to Lambda, two reads of S3 (original and manifest), a message sent, received and deleted, and a notice.
    let each = price::INVOCATION + 2.0 * price::READ + 3.0 * price::MESSAGE + price::PUBLISHED;
    Estimate {
        gb_seconds,
        dollars: price::GB_SECOND * gb_seconds + each * originals as f64 + price::WRITE * writes,
    }
}

/// What a stack is used for in a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// New originals.
    pub originals: f64,
    /// The share of them that guests upload, 0 to 1.
    pub guests: f64,
    /// The size of an original in MB.
    pub original_mb: f64,
    /// Variants of an original.
    pub variants: f64,
    /// The size of all variants of an original together in MB.
    pub variants_mb: f64,
    /// How often each variant is viewed.
    pub views: f64,
}

/// A part of the cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// As docs/cost.md calls it.
    pub name: &'static str,
    /// Dollars.
    pub dollars: f64,
}

/// The cost of rendering the originals.
#[must_use]
pub fn rendering(usage: &Usage) -> Vec<Part> {
    let compute = price::GB_SECOND * MEMORY_GB * USUAL_SECONDS;
    let events = price::PUBLISHED + price::FILTERED * EVENT_GB * 2.0;
    // A notice goes in alone; ten come out, and are deleted, at a time.
    let digest = price::MESSAGE * (1.0 + 2.0 * 0.1);
    parts(
        usage.originals,
        &[
            (
                "S3 writes: original, variants, manifest",
                price::WRITE * (usage.variants + 2.0),
            ),
            (
                "S3 reads: original, old manifest, the closing HEAD",
                price::READ * 3.0,
            ),
            ("Lambda compute", compute),
            ("Lambda requests", price::INVOCATION),
            (
                "S3's events: SNS, and filtering 1 KB for two queues",
                events,
            ),
            ("SQS: sent, received, deleted", price::MESSAGE * 3.0),
            ("SNS: the notice", price::PUBLISHED),
            (
                "SQS of the digest: a notice in; out and deleted by tens",
                digest,
            ),
            ("Logs", price::LOGGED * LINE_GB),
        ],
    )
}

/// The further cost of the originals that guests upload.
#[must_use]
pub fn guests(usage: &Usage) -> Vec<Part> {
    let push = 3.0 * (price::INVOCATION + price::GB_SECOND * PUSH_GB * PUSH_SECONDS);
    let event = price::PUBLISHED + price::FILTERED * EVENT_GB * 2.0;
    let job = 3.0 * price::MESSAGE + price::INVOCATION + 2.0 * price::READ;
    let expiry = event + job + price::WRITE + price::PUBLISHED; // a listing costs as a write
    parts(
        usage.originals * usage.guests,
        &[
            (
                "WebSocket messages: watch, its answer, the notice",
                price::SOCKET * 3.0,
            ),
            (
                "Watch table and index: written, deleted",
                price::ROW_WRITTEN * 4.0,
            ),
            ("Watch table and index: read", price::ROW_READ * 0.5 * 2.0),
            ("push: three invocations of 20 ms on 0.25 GB", push),
            (
                "Expiry: event, queue, invocation, two reads, a listing, notice",
                expiry,
            ),
        ],
    )
}

/// The cost of a month in which the originals of one month are kept and seen.
#[must_use]
pub fn keeping(usage: &Usage) -> Vec<Part> {
    let stored = usage.originals * (usage.original_mb + usage.variants_mb) / 1000.0;
    let seen = usage.originals * usage.views;
    let traffic = price::TRAFFIC * usage.variants_mb / 1000.0;
    let requests = (price::VIEW + price::READ) * usage.variants; // nothing is cached
    vec![
        Part {
            name: "S3 storage",
            dollars: price::STORED * stored,
        },
        Part {
            name: "CloudFront",
            dollars: seen * (traffic + requests),
        },
        Part {
            name: "An idle stack",
            dollars: IDLE,
        },
    ]
}

fn parts(count: f64, each: &[(&'static str, f64)]) -> Vec<Part> {
    let part = |&(name, dollars): &(&'static str, f64)| Part {
        name,
        dollars: dollars * count,
    };
    each.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/cost.md");

    /// A million photos as docs/cost.md assumes them.
    const PHOTOS: Usage = Usage {
        originals: 1e6,
        guests: 1.0,
        original_mb: 4.0,
        variants: 5.0,
        variants_mb: 0.7,
        views: 1.0,
    };

    /// The name and the dollars of each row of the page that has dollars, up to a heading.
    fn rows(until: &str) -> Vec<(&'static str, &'static str)> {
        let part = PAGE.split(until).next().unwrap_or_default();
        let cells = part.lines().map(|line| line.split(" | ").collect());
        let row = |cells: Vec<&'static str>| match cells[..] {
            [name, _, dollars] => Some((
                name.strip_prefix("| ")?,
                dollars
                    .strip_suffix(" |")
                    .filter(|it| it.parse::<f64>().is_ok())?,
            )),
            _ => None,
        };
        cells.filter_map(row).collect()
    }

    #[test]
    fn the_page_has_the_same_parts_and_dollars() {
        let ours = [rendering(&PHOTOS), guests(&PHOTOS)].concat();
        let ours: Vec<(&str, String)> = ours
            .iter()
            .map(|part| (part.name, format!("{:.2}", part.dollars)))
            .collect();
        let page = rows("Every month, for what is stored");
        assert_eq!(page.len(), 14, "{page:?}");
        for (row, (name, dollars)) in page.iter().zip(&ours) {
            assert_eq!(row.0, *name);
            let (page, ours): (f64, f64) = (
                row.1.parse().expect("a number"),
                dollars.parse().expect("a number"),
            );
            assert!((page - ours).abs() < 0.011, "{name}: {page} and {ours}");
        }
        assert_eq!(page.len(), ours.len());
    }

    #[test]
    fn the_sums_of_the_page_are_these() {
        let sum = |parts: &[Part]| parts.iter().map(|part| part.dollars).sum::<f64>();
        let keeping = keeping(&PHOTOS);
        let said = format!(
            "cost about ${:.0} to render and then ${:.0} a month to keep",
            sum(&rendering(&PHOTOS)),
            keeping[0].dollars
        );
        assert!(PAGE.replace('\n', " ").contains(&said), "{said}");
        // 85.00 x 0.7 MB, and 5 requests: 1.00 + 0.40 each
        assert!((keeping[1].dollars - 66.5).abs() < 0.01, "{keeping:?}");
        assert!(PAGE.contains(&format!("about {IDLE:.2} |")));
    }

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
