//! Quantised coefficients, packed. Few of a photo's are not zero: a tenth of the memory holds them, and a scan visits only them.

use super::dct::AREA;
use crate::zigzag::ZIGZAG;

/// The place in a scan of the coefficient of each index, row by row.
pub(super) const PLACES: [u8; AREA] = {
    let mut places = [0; AREA];
    let mut place = 0;
    while place < 64 {
        places[ZIGZAG[place as usize] as usize] = place;
        place += 1;
    }
    places
};

/// The blocks of one plane, row by row.
pub(super) struct Blocks {
    /// The first coefficient of each: eight times its mean, quantised.
    pub dc: Vec<i16>,
    /// Bit by bit, the places of the others that are not zero.
    masks: Vec<u64>,
    /// How many those are, as the least x86-64 counts bits slowly.
    counts: Vec<u8>,
    /// Those coefficients, block after block, each block's by place.
    values: Vec<i16>,
}

/// The coefficients of a block at some places that are not zero.
#[derive(Clone, Copy)]
pub(super) struct Band<'a> {
    /// Of all places from the band's first on.
    mask: u64,
    values: &'a [i16],
    last: u32,
}

impl Blocks {
    /// Room for `count` blocks.
    pub(super) fn new(count: usize) -> Self {
        Self {
            dc: Vec::with_capacity(count),
            masks: Vec::with_capacity(count),
            counts: Vec::with_capacity(count),
            values: Vec::with_capacity(4 * count),
        }
    }

    /// Appends a block. `mask` has a bit for each of its `coefficients`, by place, that is not zero; the first one's does not matter.
    pub(super) fn push(&mut self, coefficients: &[i16; AREA], mask: u64) {
        self.dc.push(coefficients[0]);
        let mut rest = mask & !1;
        self.masks.push(rest);
        let mut count = 0;
        while rest != 0 {
            self.values
                .push(coefficients[rest.trailing_zeros() as usize]);
            rest &= rest - 1;
            count += 1;
        }
        self.counts.push(count);
    }

    /// Each block's coefficients at the places from `first`, at least 1, to `last`.
    pub(super) fn bands(&self, first: u32, last: u32) -> impl Iterator<Item = Band<'_>> {
        let before = (1 << first) - 1;
        let mut values = self.values.as_slice();
        self.masks
            .iter()
            .zip(&self.counts)
            .map(move |(mask, count)| {
                let (mut own, rest) = values.split_at(usize::from(*count));
                values = rest;
                let mut skipped = mask & before;
                while skipped != 0 {
                    skipped &= skipped - 1;
                    own = &own[1..];
                }
                Band {
                    mask: mask & !before,
                    values: own,
                    last,
                }
            })
    }
}

impl<'a> Band<'a> {
    /// Each coefficient with its place.
    pub(super) fn each(self) -> impl Iterator<Item = (u32, i16)> + 'a {
        let (mut rest, last) = (self.mask, self.last);
        self.values
            .iter()
            .map(move |value| {
                let place = rest.trailing_zeros();
                rest &= rest - 1;
                (place, *value)
            })
            .take_while(move |(place, _)| *place <= last)
    }
}
