//! Huffman tables made for one scan each.

use super::bits::Bits;

/// The longest code.
const LONGEST: usize = 16;
/// All symbols, and one more whose code nobody gets: the longest, of ones only (T.81, K.2).
const SYMBOLS: usize = 256;

/// Takes a scan symbol by symbol: first to count, then to write.
pub(super) trait Sink {
    /// A symbol, then the lowest `count` of `bits`; the others are 0.
    fn symbol(&mut self, symbol: u8, bits: u16, count: u8);
    /// Bits without a symbol.
    fn bits(&mut self, bits: u16, count: u8);
}

/// How often each symbol comes.
pub(super) struct Counts([u32; SYMBOLS]);

impl Counts {
    pub(super) fn new() -> Self {
        Self([0; SYMBOLS])
    }
}

impl Sink for Counts {
    #[inline]
    fn symbol(&mut self, symbol: u8, _: u16, _: u8) {
        self.0[usize::from(symbol)] += 1;
    }

    fn bits(&mut self, _: u16, _: u8) {}
}

/// Writes with a table.
pub(super) struct Writer<'a> {
    pub table: &'a Table,
    pub bits: Bits<'a>,
}

impl Sink for Writer<'_> {
    #[inline]
    fn symbol(&mut self, symbol: u8, bits: u16, count: u8) {
        let (code, length) = self.table.codes[usize::from(symbol)];
        let count = u32::from(count);
        self.bits.put(
            u32::from(code) << count | u32::from(bits),
            u32::from(length) + count,
        );
    }

    fn bits(&mut self, bits: u16, count: u8) {
        self.bits.put(bits.into(), count.into());
    }
}

/// The code of each symbol.
pub(super) struct Table {
    /// The number of codes of each length, from 1 on.
    pub lengths: [u8; LONGEST],
    /// The symbols in the order of their codes.
    pub symbols: Vec<u8>,
    /// Each symbol's code and the number of its bits.
    codes: [(u16, u8); SYMBOLS],
}

impl Table {
    /// The table that codes what was counted in the fewest bits, but for the limit of 16.
    pub(super) fn of(counts: &Counts) -> Self {
        let mut table = Self {
            lengths: [0; LONGEST],
            symbols: Vec::new(),
            codes: [(0, 0); SYMBOLS],
        };
        let mut code = 0;
        let mut sorted = lengths(counts);
        sorted.sort_unstable_by_key(|(symbol, length)| (*length, *symbol));
        let mut last = 0;
        for (symbol, length) in sorted {
            code <<= length - last;
            last = length;
            table.lengths[usize::from(length) - 1] += 1;
            table.symbols.push(symbol);
            table.codes[usize::from(symbol)] = (code, length);
            code += 1;
        }
        table
    }
}

/// The length of each symbol's code, if it has one.
fn lengths(counts: &Counts) -> Vec<(u8, u8)> {
    let mut leaves: Vec<(u64, u8)> = (0..=u8::MAX)
        .zip(counts.0)
        .filter(|(_, count)| *count > 0)
        .map(|(symbol, count)| (u64::from(count), symbol))
        .collect();
    leaves.sort_unstable();
    // before all, the one that nobody gets
    let weights: Vec<u64> = std::iter::once(0)
        .chain(leaves.iter().map(|(count, _)| *count))
        .collect();
    let depths = shortened(&depths(&weights));
    let own = depths.into_iter().skip(1);
    leaves
        .iter()
        .zip(own)
        .map(|((_, symbol), depth)| (*symbol, depth))
        .collect()
}

/// The depth of each leaf in Huffman's tree; the leaves come lightest first, and so do the inner nodes that are made of them.
fn depths(weights: &[u64]) -> Vec<usize> {
    let leaves = weights.len();
    let all = (2 * leaves).saturating_sub(1);
    let mut nodes = weights.to_vec();
    let mut parents = vec![0; all];
    let (mut leaf, mut inner) = (0, leaves);
    for node in leaves..all {
        for _ in 0..2 {
            let is_leaf = leaf < leaves && (inner == node || nodes[leaf] <= nodes[inner]);
            let lightest = if is_leaf { &mut leaf } else { &mut inner };
            parents[*lightest] = node;
            let weight = nodes[*lightest];
            *lightest += 1;
            match nodes.get_mut(node) {
                Some(sum) => *sum += weight,
                None => nodes.push(weight),
            }
        }
    }
    let mut depths = vec![0; all];
    for node in (0..all.saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    depths.truncate(leaves);
    depths
}

/// The same with no code longer than 16 bits (T.81, figure K.3), in the same order.
fn shortened(depths: &[usize]) -> Vec<u8> {
    let deepest = depths.iter().copied().max().unwrap_or(0);
    let mut counts = vec![0; deepest.max(LONGEST) + 1];
    for depth in depths {
        counts[*depth] += 1;
    }
    for length in (LONGEST + 1..=deepest).rev() {
        while counts[length] > 0 {
            // two leaves go: one becomes their parent, the other joins a shorter one under a new parent
            let shorter = (1..length - 1)
                .rev()
                .find(|at| counts[*at] > 0)
                .unwrap_or(1);
            counts[length] -= 2;
            counts[length - 1] += 1;
            counts[shorter] -= 1;
            counts[shorter + 1] += 2;
        }
    }
    let longest_first = (1_u8..)
        .zip(&counts[1..])
        .collect::<Vec<_>>()
        .into_iter()
        .rev();
    longest_first
        .flat_map(|(length, count)| std::iter::repeat_n(length, *count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Counts, Sink, Table};

    fn table(counts: &[(u8, u32)]) -> Table {
        let mut all = Counts::new();
        for (symbol, count) in counts {
            all.0[usize::from(*symbol)] = *count;
        }
        Table::of(&all)
    }

    #[test]
    fn one_symbol_has_one_bit() {
        let table = table(&[(7, 100)]);
        assert_eq!(table.symbols, [7]);
        assert_eq!(table.codes[7], (0, 1));
    }

    #[test]
    fn frequent_symbols_have_short_codes() {
        let table = table(&[(1, 50), (2, 20), (3, 15), (4, 8), (0xf0, 7)]);
        assert_eq!(table.symbols, [1, 2, 3, 4, 0xf0]);
        assert_eq!(&table.lengths[..5], [1, 1, 1, 1, 1]);
    }

    /// Weights of Fibonacci make the deepest tree.
    #[test]
    fn no_code_is_longer_than_16_bits_nor_all_ones() {
        let (mut one, mut two) = (1, 1);
        let mut counts = Vec::new();
        for symbol in 0..40 {
            counts.push((symbol, one));
            (one, two) = (two, one + two);
        }
        let table = table(&counts);
        let room: u32 = (1..)
            .zip(table.lengths)
            .map(|(length, count)| u32::from(count) << (16 - length))
            .sum();
        assert!(room < 1 << 16, "{room} of 65536 codes of 16 bits");
        assert_eq!(table.symbols.len(), 40);
        for (code, length) in counts
            .iter()
            .map(|(symbol, _)| table.codes[usize::from(*symbol)])
        {
            assert!((1..=16).contains(&length));
            assert_ne!(u32::from(code), (1 << length) - 1, "{length} bits");
        }
    }

    #[test]
    fn counting_adds_up() {
        let mut counts = Counts::new();
        counts.symbol(3, 0, 0);
        counts.symbol(3, 7, 3);
        counts.bits(1, 1);
        assert_eq!((counts.0[3], counts.0.iter().sum()), (2, 2));
    }
}
