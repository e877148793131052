//! Changes of files without a fuzzer: the same ones on each run.

/// Deterministic and good enough: George Marsaglia's xorshift64 (Journal of Statistical Software 8, 2003).
pub(crate) struct Random(u64);

impl Random {
    /// The same numbers for the same seed, which is not 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below `most`, or 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }
}

/// One change such as a fuzzer makes; `other` is what pieces are taken from.
pub(crate) fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    const EDGES: [u32; 8] = [0, 1, 0x7F, 0x80, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, u32::MAX];
    if bytes.is_empty() {
        return bytes.extend(other);
    }
    let at = random.below(bytes.len());
    let length = random.below(16).min(bytes.len() - at);
    match random.below(7) {
        0 => bytes[at] = random.below(256).to_le_bytes()[0],
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..at + length)),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            bytes.splice(at..at, piece);
        }
        5 => {
            let (edge, big) = (EDGES[random.below(EDGES.len())], random.below(2) == 0);
            let edge = if big {
                edge.to_be_bytes()
            } else {
                edge.to_le_bytes()
            };
            let width = 1 + random.below(4);
            for (byte, new) in bytes[at..].iter_mut().zip(&edge[..width]) {
                *byte = *new;
            }
        }
        _ => {
            let from = random.below(other.len());
            bytes.splice(at.., other[from..].iter().copied());
        }
    }
}
