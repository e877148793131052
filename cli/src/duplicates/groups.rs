//! Groups of hashes that differ in few bits.

use std::collections::{BTreeMap, HashMap};

/// The hashes that have another within `distance` bits, in groups: whoever is near to one of a group belongs to it. Each group has
/// the indexes of its members in order, and the groups have the order of their first.
pub(crate) fn groups(hashes: &[u64], distance: u32) -> Vec<Vec<usize>> {
    let mut forest = Forest((0..hashes.len()).collect());
    // Equal ones first: a thousand copies of one picture are no million pairs.
    let mut firsts: HashMap<u64, usize> = HashMap::new();
    for (index, hash) in hashes.iter().enumerate() {
        forest.join(*firsts.entry(*hash).or_insert(index), index);
    }
    // Two hashes that differ in d bits agree in at least one of d + 1 bands of bits.
    let bands = distance + 1;
    for band in 0..bands {
        let mask = below(64 * (band + 1) / bands) & !below(64 * band / bands);
        let mut alike: HashMap<u64, Vec<usize>> = HashMap::new();
        for (hash, index) in &firsts {
            alike.entry(hash & mask).or_default().push(*index);
        }
        for members in alike.values() {
            for (place, one) in members.iter().enumerate() {
                for other in &members[place + 1..] {
                    if (hashes[*one] ^ hashes[*other]).count_ones() <= distance {
                        forest.join(*one, *other);
                    }
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..hashes.len() {
        groups.entry(forest.root(index)).or_default().push(index);
    }
    groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

/// The lowest `bits` bits.
fn below(bits: u32) -> u64 {
    u64::MAX
        .checked_shr(64 - bits)
        .filter(|_| bits > 0)
        .unwrap_or(0)
}

/// The parent of each index; a root is its own, and the least of its tree.
struct Forest(Vec<usize>);

impl Forest {
    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::{below, groups};

    #[test]
    fn masks_have_their_bits() {
        assert_eq!([0, 1, 9, 64].map(below), [0, 1, 511, u64::MAX]);
    }

    #[test]
    fn a_group_is_a_chain_of_near_ones() {
        let hashes = [0xFF00, 1, 0xFF01, 0xFF03, u64::MAX, 0xFF00];
        assert_eq!(groups(&hashes, 0), [[0, 5]]);
        assert_eq!(groups(&hashes, 1), [[0, 2, 3, 5]]);
        assert_eq!(groups(&hashes, 16).len(), 1);
        assert_eq!(groups(&[], 6), [[0; 0]; 0]);
    }

    #[test]
    fn bands_find_every_pair() {
        // xorshift: pairs at every distance to 16 from each of 200 hashes
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for distance in 0..=16 {
            for _ in 0..200 {
                let hash = next();
                let mut near = hash;
                while (near ^ hash).count_ones() < distance {
                    near ^= 1 << (next() % 64);
                }
                assert_eq!(groups(&[hash, near], distance), [[0, 1]]);
                if distance > 0 {
                    assert!(groups(&[hash, near], distance - 1).is_empty());
                }
            }
        }
    }
}
