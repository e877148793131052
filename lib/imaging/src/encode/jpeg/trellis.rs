//! Chooses among the ways to round a block that which costs the least: error and bits together.
//!
//! A coefficient may become 0, or, if that shortens its bits, the next smaller value. The cheapest way up to each coefficient
//! extends the cheapest way up to one of those before it (Viterbi's algorithm). Errors count in steps of the table, since the table
//! already says how visible each frequency is.
#![allow(
    clippy::cast_possible_truncation,
    reason = "places and counts of coefficients are at most 64"
)]

use super::dct::AREA;

/// Error that is as bad as one bit more, in squared steps. From 0.03 to 0.08 measured alike.
const PRICE: f32 = 0.05;
/// Coefficients before one that it may follow at most: the rest lie too far back to be cheap.
const REACH: usize = 6;
/// Magnitudes above this never become 0: the error is more than the price of 27 bits.
const CERTAIN: i16 = 1;
/// Bits of the end of a block, about.
const END: f32 = 3.0;
/// Bits of sixteen zeros in a row.
const SIXTEEN: f32 = 11.0;
/// Sizes of coefficients.
const SIZES: usize = 11;

/// Bits of the usual codes (T.81, table K.5) of each size behind each number of zeros.
const CODES: [[u8; SIZES]; 16] = [
    [4, 2, 2, 3, 4, 5, 7, 8, 10, 16, 16],
    [0, 4, 5, 7, 9, 11, 16, 16, 16, 16, 16],
    [0, 5, 8, 10, 12, 16, 16, 16, 16, 16, 16],
    [0, 6, 9, 12, 16, 16, 16, 16, 16, 16, 16],
    [0, 6, 10, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 7, 11, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 7, 12, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 8, 12, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 9, 15, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 9, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 9, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 10, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 10, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 11, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [0, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16],
    [11, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16],
];

/// The price of every coefficient's bits.
pub(super) struct Trellis {
    /// By the zeros before it, up to 62, and its size.
    prices: [[f32; SIZES]; AREA],
    /// Of a block's end.
    end: f32,
}

/// The cheapest way up to a coefficient that stays.
#[derive(Clone, Copy, Default)]
struct Way {
    place: u8,
    /// The one before it, by number from 1; 0 is the block's begin.
    before: u8,
    /// Whether it is too large to become 0, so that no cheaper way leads past it.
    certain: bool,
    value: i16,
    /// The cost up to here, and the error if all up to here became 0.
    cost: f32,
    zeroed: f32,
}

/// Room for the ways through one block.
pub(super) struct Ways([Way; AREA]);

impl Default for Ways {
    fn default() -> Self {
        Self([Way::default(); AREA])
    }
}

impl Trellis {
    /// `strength` is 1, or less to care less for bits.
    pub(super) fn new(strength: f32) -> Self {
        let bits = |zeros: usize, size: usize| {
            let sixteens = u8::try_from(zeros / 16).unwrap_or(0);
            let coefficient = CODES[zeros % 16][size] + u8::try_from(size).unwrap_or(0);
            SIXTEEN * f32::from(sixteens) + f32::from(coefficient)
        };
        let price = PRICE * strength;
        Self {
            prices: std::array::from_fn(|zeros| {
                std::array::from_fn(|size| price * bits(zeros, size))
            }),
            end: price * END,
        }
    }

    /// Given a block's coefficients by place, `exact` and `rounded`, and a `mask` of those that are not 0: changes `rounded` to the
    /// cheapest, and returns the mask of that.
    pub(super) fn choose(
        &self,
        exact: &[f32; AREA],
        mask: u64,
        rounded: &mut [i16; AREA],
        ways: &mut Ways,
    ) -> u64 {
        let Ways(ways) = ways;
        let (mut count, mut rest) = (0, mask);
        while rest != 0 {
            let place = rest.trailing_zeros() as u8;
            rest &= rest - 1;
            let (exact, rounded) = (exact[usize::from(place)], rounded[usize::from(place)]);
            let way = self.extend(&ways[..=count], place, exact.abs(), rounded.abs());
            count += 1;
            ways[count] = way;
        }
        let (mut at, mut mask) = (self.last(&ways[..=count]), 0);
        while at > 0 {
            let way = ways[at];
            let coefficient = &mut rounded[usize::from(way.place)];
            *coefficient = way.value * coefficient.signum();
            mask |= 1 << way.place;
            at = usize::from(way.before);
        }
        mask
    }

    /// The number of the last coefficient to keep.
    fn last(&self, ways: &[Way]) -> usize {
        let (mut best, mut least) = (0, f32::INFINITY);
        for (number, way) in ways.iter().enumerate().rev() {
            let end = if way.place == 63 { 0.0 } else { self.end };
            let cost = way.cost - way.zeroed + end;
            if cost < least {
                (best, least) = (number, cost);
            }
            if way.certain {
                break;
            }
        }
        best
    }

    /// The cheapest way to the next coefficient, at `place`, given by its magnitudes.
    fn extend(&self, ways: &[Way], place: u8, exact: f32, rounded: i16) -> Way {
        let size = |value: i16| (i16::BITS - value.leading_zeros()) as usize;
        let error = |value: i16| (exact - f32::from(value)) * (exact - f32::from(value));
        let zeroed = ways[ways.len() - 1].zeroed;
        let (before, cost) = self.before(ways, place, size(rounded));
        let mut best = Way {
            place,
            before,
            certain: rounded > CERTAIN,
            value: rounded,
            cost: cost + zeroed + error(rounded),
            zeroed: zeroed + exact * exact,
        };
        let smaller = rounded - 1;
        if smaller > 0 && size(smaller) < size(rounded) {
            let (before, cost) = self.before(ways, place, size(smaller));
            let cost = cost + zeroed + error(smaller);
            if cost < best.cost {
                (best.before, best.cost, best.value) = (before, cost, smaller);
            }
        }
        best
    }

    /// The best coefficient to come before one at `place` of this size, and the cost up to there, less the error of all before
    /// that become 0.
    fn before(&self, ways: &[Way], place: u8, size: usize) -> (u8, f32) {
        let (mut best, mut least) = (0, f32::INFINITY);
        for (number, way) in ways.iter().enumerate().rev().take(REACH) {
            let zeros = usize::from(place - way.place - 1);
            let cost = way.cost - way.zeroed + self.prices[zeros][size];
            if cost < least {
                (best, least) = (number as u8, cost);
            }
            if way.certain {
                break;
            }
        }
        (best, least)
    }
}

#[cfg(test)]
mod tests {
    use super::{AREA, Trellis, Ways};

    fn chosen(strength: f32, coefficients: &[(usize, f32)]) -> Vec<(usize, i16)> {
        let (mut exact, mut rounded, mut mask) = ([0.0; AREA], [0; AREA], 0);
        for (place, value) in coefficients {
            exact[*place] = *value;
            #[allow(clippy::cast_possible_truncation, reason = "small values of a test")]
            (rounded[*place] = value.round() as i16);
            mask |= 1 << place;
        }
        let mask = Trellis::new(strength).choose(&exact, mask, &mut rounded, &mut Ways::default());
        let kept = (0..AREA).filter(|place| mask >> place & 1 == 1);
        kept.map(|place| (place, rounded[place])).collect()
    }

    #[test]
    fn what_is_far_from_zero_stays() {
        let block = [(1, 5.1), (2, -3.0), (9, 2.2)];
        assert_eq!(chosen(1.0, &block), [(1, 5), (2, -3), (9, 2)]);
    }

    #[test]
    fn a_lone_small_coefficient_goes_where_its_bits_cost_most() {
        assert_eq!(chosen(1.0, &[(1, 3.0), (2, 0.7)]), [(1, 3), (2, 1)]);
        assert_eq!(chosen(1.0, &[(1, 3.0), (40, 0.7)]), [(1, 3)]);
        assert_eq!(chosen(0.0, &[(1, 3.0), (40, 0.7)]), [(1, 3), (40, 1)]);
    }

    #[test]
    fn a_coefficient_becomes_smaller_where_that_saves_a_bit() {
        assert_eq!(chosen(1.0, &[(1, -3.55)]), [(1, -3)]);
        assert_eq!(chosen(1.0, &[(1, -3.9)]), [(1, -4)]);
        assert_eq!(chosen(0.0, &[(1, -3.55)]), [(1, -4)]);
    }

    #[test]
    fn a_full_block_keeps_its_places() {
        let block: Vec<(usize, f32)> = (1..AREA).map(|place| (place, 9.0)).collect();
        assert_eq!(chosen(1.0, &block).len(), 63);
    }
}
