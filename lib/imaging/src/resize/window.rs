//! The last rows of a plane.

use crate::picture::clipped::Clipped;

/// Keeps the newest `capacity` rows of a plane; row `y` replaces row `y - capacity`. Each row is a separate buffer, so that a row
/// written elsewhere can be swapped in without copying.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// Used samples of a row; the buffers may be longer.
    pub width: usize,
    /// Total rows of the plane.
    pub height: usize,
    /// Rows that have been written, from the top.
    pub filled: usize,
    /// What the rows lost when they were made.
    pub clipped: Option<Clipped>,
    rows: Vec<Vec<u8>>,
}

impl Window {
    pub(crate) fn new(width: usize, height: usize, stride: usize, capacity: usize) -> Self {
        Self {
            width,
            height,
            filled: 0,
            clipped: None,
            rows: vec![vec![0; stride.max(width)]; capacity],
        }
    }

    /// Room for row `y`.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let capacity = self.rows.len();
        &mut self.rows[y % capacity]
    }

    /// Swaps in the next rows, at most as many as are missing, for the rows they replace. All have this window's stride.
    pub(crate) fn exchange(&mut self, rows: &mut [Vec<u8>]) {
        for row in rows.iter_mut().take(self.height - self.filled) {
            let place = self.filled % self.rows.len();
            std::mem::swap(&mut self.rows[place], row);
            self.filled += 1;
        }
    }

    /// Row `y`, which must be filled and not yet replaced.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        debug_assert!(
            y < self.filled && y + self.rows.len() >= self.filled,
            "row {y} of {} is not here",
            self.filled
        );
        &self.rows[y % self.rows.len()][..self.width]
    }
}
