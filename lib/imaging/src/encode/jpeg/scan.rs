//! The scans of a progressive JPEG as symbols and bits (T.81, G.1.2). Each scan has one component, so no block is padding.
#![allow(
    clippy::cast_possible_truncation,
    reason = "sizes are at most 16, runs at most 63"
)]

use super::{
    blocks::{Band, Blocks},
    huffman::Sink,
};

/// The symbol of sixteen zeros.
const SIXTEEN: u8 = 0xf0;
/// More blocks than this do not fit into one symbol.
const MOST_ENDED: u16 = 0x7fff;
/// Correction bits that wait at most, about as many as in libjpeg, which some decoders may have been tested with.
const MOST_WAITING: usize = 900;

/// One scan of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// The first coefficient of each block.
    Dc,
    /// The coefficients at a band of places, without their lowest bits.
    First {
        /// From and to.
        band: (u8, u8),
        /// How many bits are left out.
        low: u8,
    },
    /// One more bit of each, the lowest but `low`.
    More {
        /// From and to.
        band: (u8, u8),
        /// The place of the bit.
        low: u8,
    },
}

impl Scan {
    /// The places, and the bits before and after this scan, as its header has them (B.2.3).
    pub(super) fn header(self) -> [u8; 3] {
        match self {
            Self::Dc => [0, 0, 0],
            Self::First { band, low } => [band.0, band.1, low],
            Self::More { band, low } => [band.0, band.1, (low + 1) << 4 | low],
        }
    }

    /// Hands all of the scan to `sink`.
    pub(super) fn send(self, blocks: &Blocks, sink: &mut impl Sink) {
        let mut ended = Ended::default();
        match self {
            Self::Dc => send_dc(blocks, sink),
            Self::First { band, low } => {
                let (first, last) = (band.0.into(), band.1.into());
                for block in blocks.bands(first, last) {
                    send_first(block, (first, last), low, &mut ended, sink);
                }
            }
            Self::More { band, low } => {
                let (first, last) = (band.0.into(), band.1.into());
                for block in blocks.bands(first, last) {
                    send_more(block, (first, last), low, &mut ended, sink);
                }
            }
        }
        ended.send(sink);
    }
}

/// The number of bits of a magnitude.
fn size(magnitude: u16) -> u8 {
    (u16::BITS - magnitude.leading_zeros()) as u8
}

/// A value's size and its bits: those of a negative one are its magnitude's complement (F.1.2.1).
fn amplitude(magnitude: u16, negative: bool) -> (u8, u16) {
    let size = size(magnitude);
    let bits = if negative {
        !magnitude & ((1 << size) - 1)
    } else {
        magnitude
    };
    (size, bits)
}

fn send_dc(blocks: &Blocks, sink: &mut impl Sink) {
    let mut last = 0;
    for dc in &blocks.dc {
        let difference = dc - last;
        let (size, bits) = amplitude(difference.unsigned_abs(), difference < 0);
        sink.symbol(size, bits, size);
        last = *dc;
    }
}

#[inline]
fn send_first(
    block: Band,
    (first, last): (u32, u32),
    low: u8,
    ended: &mut Ended,
    sink: &mut impl Sink,
) {
    let mut next = first;
    for (place, value) in block.each() {
        let magnitude = value.unsigned_abs() >> low;
        if magnitude == 0 {
            continue;
        }
        ended.send(sink);
        let mut zeros = place - next;
        while zeros > 15 {
            sink.symbol(SIXTEEN, 0, 0);
            zeros -= 16;
        }
        let (size, bits) = amplitude(magnitude, value < 0);
        sink.symbol((zeros as u8) << 4 | size, bits, size);
        next = place + 1;
    }
    if next <= last {
        ended.add(sink);
    }
}

fn send_more(
    block: Band,
    (first, last): (u32, u32),
    low: u8,
    ended: &mut Ended,
    sink: &mut impl Sink,
) {
    // zeros behind the last coefficient that begins here need no symbol
    let begins = |(_, value): &(u32, i16)| value.unsigned_abs() >> low == 1;
    let last_begun = block.each().filter(begins).last();
    let last_begun = last_begun.map_or(0, |(place, _)| place);
    let (mut zeros, mut next) = (0, first);
    let mut waiting = Corrections::default();
    for (place, value) in block.each() {
        zeros += place - next;
        next = place + 1;
        let magnitude = value.unsigned_abs() >> low;
        if magnitude == 0 {
            zeros += 1;
            continue;
        }
        while zeros > 15 && place <= last_begun {
            ended.send(sink);
            sink.symbol(SIXTEEN, 0, 0);
            waiting.send(sink);
            zeros -= 16;
        }
        if magnitude > 1 {
            waiting.0.push(magnitude & 1);
            continue;
        }
        ended.send(sink);
        sink.symbol((zeros as u8) << 4 | 1, u16::from(value > 0), 1);
        waiting.send(sink);
        zeros = 0;
    }
    if next <= last || zeros > 0 || !waiting.0.is_empty() {
        ended.waiting.0.append(&mut waiting.0);
        ended.add(sink);
    }
}

/// Bits of coefficients that are not new, which come behind the next symbol.
#[derive(Default)]
struct Corrections(Vec<u16>);

impl Corrections {
    fn send(&mut self, sink: &mut impl Sink) {
        for bits in self.0.chunks(16) {
            let all = bits.iter().fold(0, |all, bit| all << 1 | bit);
            sink.bits(all, bits.len() as u8);
        }
        self.0.clear();
    }
}

/// Blocks in a row of which nothing more comes but corrections: one symbol for all.
#[derive(Default)]
struct Ended {
    blocks: u16,
    waiting: Corrections,
}

impl Ended {
    #[inline]
    fn add(&mut self, sink: &mut impl Sink) {
        self.blocks += 1;
        if self.blocks == MOST_ENDED || self.waiting.0.len() > MOST_WAITING {
            self.send(sink);
        }
    }

    #[inline]
    fn send(&mut self, sink: &mut impl Sink) {
        if self.blocks == 0 {
            return;
        }
        let size = size(self.blocks) - 1;
        sink.symbol(size << 4, self.blocks & ((1 << size) - 1), size);
        self.blocks = 0;
        self.waiting.send(sink);
    }
}
