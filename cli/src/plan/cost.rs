//! `darkroom plan --cost`: what the presets cost a month on AWS.

use std::fmt::Write;

use darkroom_imaging::plan::{Output, Plan, Step};
use darkroom_imaging::{Format, Probe};
use darkroom_pipeline::cost::{Part, Usage, guests, keeping, rendering};
use serde_json::{Value, json};

use crate::args;

/// A photo of a phone: 4:3, 12 MP, a JPEG.
pub(crate) fn usual_photo() -> Probe {
    Probe {
        bytes: 4_000_000,
        ..Probe::still(Format::Jpeg, 4032, 3024)
    }
}

/// The use of a stack that gets originals like this one.
#[allow(
    clippy::cast_precision_loss,
    reason = "an estimate of counts far below 2^52"
)]
pub(crate) fn usage(plan: &Plan, args: &args::Usage) -> Usage {
    let outputs = || {
        plan.steps
            .iter()
            .flat_map(|step| step.outputs.iter().map(move |output| (step, output)))
    };
    Usage {
        originals: args.originals as f64,
        guests: f64::from(args.guests) / 100.0,
        original_mb: args.megabytes.unwrap_or(plan.probe.bytes as f64 / 1e6),
        variants: outputs().count() as f64,
        variants_mb: outputs()
            .map(|(step, output)| megabytes(plan, step, output))
            .sum(),
        views: args.views,
    }
}

/// About the size of a variant in MB, from means over photos: docs/cost.md.
#[allow(clippy::cast_precision_loss, reason = "pixels far below 2^52")]
fn megabytes(plan: &Plan, step: &Step, output: &Output) -> f64 {
    let size = step.crop.map_or(step.size, |crop| crop.size);
    let encoding = &output.encoding;
    let bytes_a_pixel = match encoding.format {
        Format::Webp if encoding.lossless => 1.2,
        Format::Png => 1.6,
        Format::Webp => 0.15,
        Format::Avif => 0.14,
        Format::Gif => 0.9,
        _ => 0.18,
    };
    let frames = if encoding.moves { plan.probe.frames } else { 1 };
    size.area() as f64 * f64::from(frames) * bytes_a_pixel / 1e6
}

/// The table that people read.
pub(crate) fn table(usage: &Usage) -> String {
    let mut text = format!(
        "{} originals of {:.1} MB a month, {} variants each ({:.2} MB together), {} views of each variant",
        usage.originals, usage.original_mb, usage.variants, usage.variants_mb, usage.views
    );
    let mut total = 0.0;
    for (title, parts) in sections(usage) {
        let sum = sum(&parts);
        if sum <= 0.0 {
            continue; // no guests
        }
        total += sum;
        let _ = write!(text, "\n\n{title:64} {sum:12.2}"); // a String takes everything
        for part in parts {
            let _ = write!(text, "\n  {:62} {:12.2}", part.name, part.dollars);
        }
    }
    let _ = write!(
        text,
        "\n\n{:64} {total:12.2}\n\nUS dollars, list prices of us-east-1 without free tiers; docs/cost.md has the formulas and what they leave out",
        "the first month together"
    );
    text
}

/// The same for programs.
pub(crate) fn json(usage: &Usage) -> Value {
    let sections = sections(usage).map(|(title, parts)| {
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| json!({ "name": part.name, "dollars": part.dollars }))
            .collect();
        json!({ "name": title, "parts": parts })
    });
    json!({
        "originals": usage.originals,
        "guests": usage.guests,
        "original_mb": usage.original_mb,
        "variants": usage.variants,
        "variants_mb": usage.variants_mb,
        "views": usage.views,
        "dollars": sections,
    })
}

fn sections(usage: &Usage) -> [(&'static str, Vec<Part>); 3] {
    [
        ("to render them, once", rendering(usage)),
        ("for those that guests upload, once", guests(usage)),
        ("to keep and show them, every month", keeping(usage)),
    ]
}

fn sum(parts: &[Part]) -> f64 {
    parts.iter().map(|part| part.dollars).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_imaging::{Limits, Presets, plan};

    fn usage_of(presets: &Presets, args: &args::Usage) -> Usage {
        let plan = plan(&usual_photo(), presets, &Limits::default()).expect("a plan");
        usage(&plan, args)
    }

    const ARGS: args::Usage = args::Usage {
        originals: 1_000_000,
        guests: 0,
        megabytes: None,
        views: 1.0,
    };

    #[test]
    fn the_usual_photo_is_that_of_the_page() {
        let usage = usage_of(&crate::presets(None).expect("built in"), &ARGS);
        assert_eq!((usage.original_mb, usage.variants), (4.0, 5.0));
        assert!((usage.variants_mb - 0.7).abs() < 0.05, "{usage:?}");
        let table = table(&usage);
        for part in [
            "4.0 MB a month, 5 variants",
            " 35.00\n",
            " 43.22\n",
            "docs/cost.md",
        ] {
            assert!(table.contains(part), "no {part:?} in {table}");
        }
    }

    #[test]
    fn every_parameter_has_its_price() {
        let built_in = crate::presets(None).expect("built in");
        let dollars = |presets: &Presets, args: args::Usage| {
            let usage = usage_of(presets, &args);
            sections(&usage).map(|(_, parts)| sum(&parts))
        };
        let [rendering, guests, keeping] = dollars(&built_in, ARGS);
        assert!(guests.abs() < 1e-9);

        let half = args::Usage {
            originals: 500_000,
            ..ARGS
        };
        assert!((dollars(&built_in, half)[0] - rendering / 2.0).abs() < 1e-6);
        let larger = args::Usage {
            megabytes: Some(5.0),
            ..ARGS
        };
        assert!((dollars(&built_in, larger)[2] - keeping - 23.0).abs() < 1e-6);
        let all_guests = args::Usage {
            guests: 100,
            ..ARGS
        };
        assert!((dollars(&built_in, all_guests)[1] - 14.8).abs() < 0.05);
        let unseen = args::Usage { views: 0.0, ..ARGS };
        assert!(dollars(&built_in, unseen)[2] < keeping - 60.0);

        let one = "[presets.one]\nfit = \"inside\"\nwidth = 640\nheight = 640\n";
        let one = Presets::parse(one).expect("presets");
        assert!((dollars(&one, ARGS)[0] - (rendering - 4.0 * 5.0)).abs() < 1e-6);
    }
}
