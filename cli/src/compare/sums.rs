//! Bytes and scores by variant.

use std::collections::BTreeMap;

use super::Compared;

/// Bytes and scores of one variant over all originals.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) pairs: u32,
    pub(super) bytes: [u64; 2],
    scored: u32,
    scores: [f64; 2],
    /// The most that a score falls.
    pub(super) worst: f64,
}

/// By the variant's name; of pairs that both presets make.
pub(super) fn of(compared: &Compared) -> BTreeMap<&str, Sum> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for pair in &compared.pairs {
        let [Some(old), Some(new)] = &pair.sides else {
            continue;
        };
        let sum = sums.entry(&pair.variant).or_default();
        sum.pairs += 1;
        sum.bytes[0] += old.bytes as u64;
        sum.bytes[1] += new.bytes as u64;
        if let (Some(before), Some(after)) = (old.score, new.score) {
            sum.scored += 1;
            sum.scores[0] += before;
            sum.scores[1] += after;
            sum.worst = sum.worst.min(after - before);
        }
    }
    sums
}

impl Sum {
    /// How many percent more bytes the new ones take.
    #[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
    pub(super) fn more_percent(&self) -> f64 {
        100.0 * (self.bytes[1] as f64 / self.bytes[0].max(1) as f64 - 1.0)
    }

    /// The mean scores; none where nothing was scored.
    pub(super) fn mean_scores(&self) -> Option<[f64; 2]> {
        (self.scored > 0).then(|| self.scores.map(|sum| sum / f64::from(self.scored)))
    }
}
