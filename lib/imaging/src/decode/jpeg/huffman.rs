//! The entropy decoder of sequential JPEG (ITU-T T.81, F.2.2), in safe Rust. It replaces libjpeg-turbo's.
//!
//! Decoding a JPEG spends nearly half its time here. libjpeg-turbo looks up a code, then reads the bits of its coefficient. This
//! decoder finds one or two whole coefficients with one lookup if they fit into [`LOOK`] bits, which they usually do. It reads eight
//! bytes at a time, once for every three lookups, as long as none of them is 0xFF.
#![allow(
    clippy::inline_always,
    reason = "what is called apart keeps the reader in memory, which costs a tenth of the time"
)]

use std::sync::Arc;

use crate::zigzag::ZIGZAG;

/// Bits of one lookup: tables of 8 KiB, two of which are in use at a time.
const LOOK: u32 = 10;
/// Lookups between two refills. The rest suffices for the longest code and the longest coefficient (31 bits).
const LOOKS: u32 = 3;
const _: () = assert!(Bits::FILLED - (LOOKS - 1) * LOOK >= 31, "enough bits");
/// The most blocks of an MCU (B.2.3).
pub(super) const MAX_BLOCKS: usize = 10;

/// The place of each coefficient in a block (T.81, figure A.6). Places beyond the end map to the first one, which is DC's and
/// is written last. A lookup reaches at most 81 places beyond the last.
const NATURAL_ORDER: [u8; 256] = {
    let mut order = [0; 256];
    let mut k = 0;
    while k < ZIGZAG.len() {
        order[k] = ZIGZAG[k];
        k += 1;
    }
    order
};

/// The result of a lookup: one or two coefficients with the zeros before them. If `end` is 0, only a code was found: `first` is its
/// symbol, and its coefficient has yet to be read. If `bits` is 0 too, the bits start a longer code, or no code at all.
#[derive(Clone, Copy, Default)]
#[repr(align(8))]
struct Entry {
    /// Bits of everything found, and of the first coefficient alone.
    bits: u8,
    first_bits: u8,
    /// The places of the coefficients, and the place after them, relative to the current one.
    first: u8,
    second: u8,
    end: u8,
    /// 0 if there is no second: its place still holds 0, and a later write puts the right value there.
    second_value: i8,
    value: i16,
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a look has 10 bits, and a block 64 places"
)]
impl Entry {
    const fn coefficient(zeros: u32, value: i16, bits: u32) -> Self {
        Self {
            bits: bits as u8,
            first_bits: bits as u8,
            first: zeros as u8,
            second: zeros as u8 + 1,
            end: zeros as u8 + 1,
            second_value: 0,
            value,
        }
    }

    const fn symbol(symbol: u8, bits: u32) -> Self {
        Self {
            bits: bits as u8,
            first_bits: 0,
            first: symbol,
            second: 0,
            end: 0,
            second_value: 0,
            value: 0,
        }
    }

    /// Adds the first coefficient found behind this one, if the lookup covers all of its bits.
    fn followed_by(self, next: Self) -> Option<Self> {
        let fits = self.end > 0
            && self.first < 64
            && next.end > 0
            && u32::from(self.first_bits + next.first_bits) <= LOOK;
        let second_value = i8::try_from(next.value).ok().filter(|_| fits)?;
        Some(Self {
            bits: self.first_bits + next.first_bits,
            second: self.first + 1 + next.first,
            end: self.first + 1 + next.first + 1,
            second_value,
            ..self
        })
    }
}

/// One Huffman table (T.81, annex C).
pub(super) struct Table {
    looks: [Entry; 1 << LOOK],
    /// For each code length: the first 16-bit value above all codes of this length and shorter.
    beyond: [u32; 17],
    /// For each length: the place of its first symbol, less its first code, modulo 2^32.
    places: [u32; 17],
    symbols: [u8; 256],
}

impl Table {
    /// From the number of codes of each length, 1 to 16, and their symbols. `None` if they do not form a code.
    pub(super) fn new(counts: &[u8; 16], symbols: [u8; 256]) -> Option<Self> {
        let mut table = Self {
            looks: [Entry::default(); 1 << LOOK],
            beyond: [0; 17],
            places: [0; 17],
            symbols,
        };
        let (mut code, mut place) = (0_u32, 0_u32);
        for (length, count) in (1..).zip(counts) {
            table.places[length as usize] = place.wrapping_sub(code);
            for _ in 0..*count {
                let symbol = *symbols.get(place as usize)?;
                if code >> length != 0 {
                    return None;
                }
                table.look(code, length, symbol);
                (code, place) = (code + 1, place + 1);
            }
            table.beyond[length as usize] = code << (16 - length);
            code <<= 1;
        }
        table.pair();
        Some(table)
    }

    /// Fills the entries of all lookups that start with this code.
    fn look(&mut self, code: u32, length: u32, symbol: u8) {
        if length > LOOK {
            return;
        }
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let rest = LOOK - length;
        let first = (code << rest) as usize;
        for (behind, look) in (0..).zip(&mut self.looks[first..first + (1 << rest)]) {
            *look = match size {
                0 => Entry::coefficient(zeros(run), 0, length),
                _ if size <= rest => {
                    Entry::coefficient(run, extend(behind >> (rest - size), size), length + size)
                }
                _ => Entry::symbol(symbol, length),
            };
        }
    }

    /// Adds the second coefficient to the lookups that cover one.
    fn pair(&mut self) {
        for bits in 0..self.looks.len() {
            let behind = bits << self.looks[bits].first_bits & (self.looks.len() - 1);
            if let Some(both) = self.looks[bits].followed_by(self.looks[behind]) {
                self.looks[bits] = both;
            }
        }
    }
}

/// The zeros that a symbol without bits stands for: 15 (and another 0 after them), or all up to the end of the block
/// (T.81, F.1.2.2.1).
const fn zeros(run: u32) -> u32 {
    if run == 15 { run } else { 64 }
}

/// `size` bits, 1 to 15, as a number with its sign (T.81, F.2.2.1: EXTEND).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "15 bits and a sign")]
fn extend(bits: u32, size: u32) -> i16 {
    let value = bits.cast_signed();
    let negative = if value >> (size - 1) == 0 {
        (-1 << size) + 1
    } else {
        0
    };
    (value + negative) as i16
}

/// The result of decoding an MCU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Bytes consumed.
    pub(super) used: usize,
    /// The data ended, or a marker came, too early; missing bits count as zeros.
    pub(super) short: bool,
    /// A code was not in the table; it counts as 0.
    pub(super) bad_code: bool,
}

/// The decoder of one scan.
pub(super) struct Scan {
    /// DC and AC table of each component. Components with equal tables share them, to save cache.
    tables: Vec<Arc<(Table, Table)>>,
    /// The component of each block of an MCU.
    components: Vec<usize>,
    /// The last DC coefficient of each component.
    last: Vec<i32>,
    bits: Bits,
}

/// Bits read but not yet consumed.
#[derive(Clone, Copy, Default)]
struct Bits {
    /// The next bit is the highest. Below `count` of them there may be more of the same data.
    word: u64,
    count: u32,
    /// The number of bits at the end that were made up because the bytes ran out.
    zeros: u32,
}

impl Bits {
    /// The least number of bits after a refill.
    const FILLED: u32 = 56;
}

impl Scan {
    /// For MCUs whose blocks belong to these components; `None` if a component has no table.
    pub(super) fn new(tables: Vec<Arc<(Table, Table)>>, components: &[u8]) -> Option<Self> {
        let components: Vec<usize> = components.iter().copied().map(usize::from).collect();
        let known = components.iter().all(|component| *component < tables.len());
        known.then(|| Self {
            last: vec![0; tables.len()],
            tables,
            components,
            bits: Bits::default(),
        })
    }

    /// Blocks of an MCU.
    pub(super) fn blocks(&self) -> usize {
        self.components.len()
    }

    /// Restarts after a restart marker.
    pub(super) fn restart(&mut self) {
        self.last.fill(0);
        self.bits = Bits::default();
    }

    /// Decodes the next MCU from `bytes` into blocks that are all zeros, one for each of the MCU's.
    pub(super) fn decode<'a>(
        &mut self,
        bytes: &[u8],
        blocks: impl Iterator<Item = &'a mut [i16; 64]>,
    ) -> Outcome {
        let mut reader = Reader {
            bytes,
            at: 0,
            bits: self.bits,
            bad_code: false,
        };
        for (component, block) in self.components.iter().zip(blocks) {
            let (dc, ac) = &*self.tables[*component];
            let last = &mut self.last[*component];
            *last = last.wrapping_add(reader.difference(dc).into());
            reader.coefficients(ac, block);
            block[0] = low(*last);
        }
        self.bits = reader.bits;
        Outcome {
            used: reader.at,
            short: reader.bits.count < reader.bits.zeros,
            bad_code: reader.bad_code,
        }
    }
}

/// A DC coefficient outside 16 bits, which only broken files have, wraps as it does in libjpeg.
#[allow(clippy::cast_possible_truncation, reason = "said above")]
fn low(value: i32) -> i16 {
    value as i16
}

/// The state of decoding. Rarely called functions get a copy, so that it stays in registers: see docs/performance.md.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    bits: Bits,
    bad_code: bool,
}

impl Reader<'_> {
    /// All coefficients but the first.
    #[inline(always)]
    fn coefficients(&mut self, table: &Table, block: &mut [i16; 64]) {
        let mut k = 1;
        let mut put = |k: usize, value: i16| {
            block[usize::from(NATURAL_ORDER[k & 255] & 63)] = value;
        };
        'filled: loop {
            self.fill();
            for _ in 0..LOOKS {
                let found = self.look(table);
                if found.end == 0 {
                    let (zeros, value) = self.after(found, table);
                    put(k + zeros, value);
                    k += zeros + 1;
                    if k >= 64 {
                        return;
                    }
                    continue 'filled;
                }
                let first = k + usize::from(found.first);
                put(first, found.value);
                put(k + usize::from(found.second), found.second_value.into());
                k += usize::from(found.end);
                if k >= 64 {
                    // behind the last place comes another block
                    let alone = first >= 63;
                    self.take(if alone { found.first_bits } else { found.bits }.into());
                    return;
                }
                self.take(found.bits.into());
            }
        }
    }

    /// The difference of a DC coefficient from the last one.
    #[inline(always)]
    fn difference(&mut self, table: &Table) -> i16 {
        self.fill();
        let found = self.look(table);
        if found.end == 0 {
            return self.after(found, table).1;
        }
        self.take(found.first_bits.into());
        found.value
    }

    #[inline(always)]
    fn look(&self, table: &Table) -> Entry {
        table.looks[self.peek(LOOK) as usize]
    }

    /// The zeros and the coefficient behind a code that was found without them; 0 where it has none.
    #[inline(always)]
    fn after(&mut self, found: Entry, table: &Table) -> (usize, i16) {
        let mut symbol = found.first;
        self.take(found.bits.into());
        if found.bits == 0 {
            (*self, symbol) = self.long_symbol(table);
        }
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            return (zeros(run) as usize, 0);
        }
        let value = extend(self.peek(size), size);
        self.take(size);
        (run as usize, value)
    }

    /// The symbol of a code that no look can see. One that the table does not have is taken for 0.
    #[cold]
    #[inline(never)]
    fn long_symbol(mut self, table: &Table) -> (Self, u8) {
        let code = self.peek(16);
        let fits = |length: &u32| code < table.beyond[*length as usize];
        let Some(length) = (LOOK + 1..=16).find(fits) else {
            self.bad_code = true;
            self.take(16);
            return (self, 0);
        };
        self.take(length);
        let place = table.places[length as usize].wrapping_add(code >> (16 - length));
        (self, table.symbols[place as usize & 255])
    }

    /// The next bits, 1 to 16.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "16 bits")]
    fn peek(&self, bits: u32) -> u32 {
        (self.bits.word >> (64 - bits)) as u32
    }

    #[inline(always)]
    fn take(&mut self, bits: u32) {
        self.bits.word <<= bits;
        self.bits.count -= bits;
    }

    /// Sees to it that there are [`Bits::FILLED`] bits.
    #[inline(always)]
    fn fill(&mut self) {
        let next = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk);
        let word = next.map_or(u64::MAX, |next| u64::from_be_bytes(*next));
        if has_marker(word) {
            *self = self.filled_bytewise();
            return;
        }
        // As many whole bytes as there is room for; what else of the word comes in is ored in once more by the next filling.
        self.bits.word |= word >> self.bits.count;
        let bytes = (63 - self.bits.count) / 8;
        self.at += bytes as usize;
        self.bits.count += 8 * bytes;
    }

    /// The same where there are 0xFF among the next bytes, or fewer than eight.
    #[cold]
    #[inline(never)]
    fn filled_bytewise(mut self) -> Self {
        while self.bits.count < Bits::FILLED {
            let byte = match self.bytes[self.at.min(self.bytes.len())..] {
                [0xFF, 0, ..] => {
                    self.at += 1;
                    0xFF
                }
                [0xFF, ..] | [] => {
                    self.bits.zeros += Bits::FILLED - self.bits.count;
                    self.bits.count = Bits::FILLED;
                    return self;
                }
                [byte, ..] => byte,
            };
            self.at += 1;
            self.bits.word |= u64::from(byte) << (56 - self.bits.count);
            self.bits.count += 8;
        }
        self
    }
}

/// Whether a byte of the word is 0xFF (Warren, Hacker's Delight, 6-1, on the complement).
#[inline]
fn has_marker(word: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    (!word).wrapping_sub(LOW) & word & (LOW << 7) != 0
}
