//! The bits of a scan.

/// Appends bits to a file, highest first. After each byte of ones it puts one of zeros, which says that no marker begins (T.81,
/// F.1.2.3).
pub(super) struct Bits<'a> {
    file: &'a mut Vec<u8>,
    /// Bits that are not in the file yet: the lowest `count`, fewer than 32 between two calls.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(file: &'a mut Vec<u8>) -> Self {
        Self {
            file,
            held: 0,
            count: 0,
        }
    }

    /// The lowest `count`, at most 32, of `bits`; the others are 0.
    #[inline(always)]
    #[allow(
        clippy::inline_always,
        reason = "called apart it takes a tenth of an encoder's time"
    )]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.held = self.held << count | u64::from(bits);
        self.count += count;
        if self.count >= u32::BITS {
            self.count -= u32::BITS;
            let bytes = self.held.wrapping_shl(u32::BITS - self.count).to_be_bytes();
            self.bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }

    #[inline]
    fn bytes(&mut self, bytes: [u8; 4]) {
        if bytes.contains(&u8::MAX) {
            for byte in bytes {
                self.byte(byte);
            }
        } else {
            self.file.extend_from_slice(&bytes);
        }
    }

    fn byte(&mut self, byte: u8) {
        self.file.push(byte);
        if byte == u8::MAX {
            self.file.push(0);
        }
    }

    /// Fills the last byte with ones.
    pub(super) fn end(mut self) {
        let ones = (u8::BITS - self.count % u8::BITS) % u8::BITS;
        self.put((1 << ones) - 1, ones);
        let bytes = (self.held << (u64::BITS - self.count).min(63)).to_be_bytes();
        let count = (self.count / u8::BITS) as usize;
        for byte in bytes.into_iter().take(count) {
            self.byte(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    fn written(parts: &[(u32, u32)]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut bits = Bits::new(&mut file);
        for (value, count) in parts {
            bits.put(*value, *count);
        }
        bits.end();
        file
    }

    #[test]
    fn the_last_byte_is_filled_and_bytes_of_ones_are_marked() {
        assert_eq!(written(&[]), []);
        assert_eq!(written(&[(0b101, 3)]), [0b1011_1111]);
        assert_eq!(written(&[(0xff, 8)]), [0xff, 0]);
        assert_eq!(written(&[(1, 1), (0, 7)]), [0x80]);
        assert_eq!(
            written(&[(0xdead_beef, 32), (0x12ff, 16), (0x0034_5678, 32), (1, 1)]),
            [
                0xde, 0xad, 0xbe, 0xef, 0x12, 0xff, 0, 0, 0x34, 0x56, 0x78, 0xff, 0
            ]
        );
    }
}
