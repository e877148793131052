//! The order in which a JPEG stores the coefficients of a block (T.81, figure A.6), for its decoder and its encoder.

/// The index of each coefficient in a block of 8 by 8, row by row, in the order of storage.
pub(crate) const ZIGZAG: [u8; 64] = {
    let mut order = [0; 64];
    let (mut x, mut y, mut k) = (0_u8, 0_u8, 0);
    while k < 64 {
        order[k] = 8 * y + x;
        k += 1;
        let upwards = (x + y) % 2 == 0;
        match (upwards, x, y) {
            (true, 7, _) | (false, 0, 0..7) => y += 1,
            (true, _, 0) | (false, _, 7) => x += 1,
            (true, ..) => (x, y) = (x + 1, y - 1),
            (false, ..) => (x, y) = (x - 1, y + 1),
        }
    }
    order
};
