//! The last rows of a plane.

/// Keeps the newest `capacity` rows of a plane; row `y` takes the place of row `y - capacity`.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// Samples in a row that mean something; rows may be longer, see `stride`.
    pub width: usize,
    /// Rows the plane has in all.
    pub height: usize,
    /// Rows that have been written, from the top.
    pub filled: usize,
    stride: usize,
    capacity: usize,
    data: Vec<u8>,
}

impl Window {
    pub(crate) fn new(width: usize, height: usize, stride: usize, capacity: usize) -> Self {
        let stride = stride.max(width);
        Self {
            width,
            height,
            filled: 0,
            stride,
            capacity,
            data: vec![0; stride * capacity],
        }
    }

    /// Room for row `y`.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.data[y % self.capacity * self.stride..][..self.stride]
    }

    /// Row `y`, which must be filled and not yet replaced.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        debug_assert!(
            y < self.filled && y + self.capacity >= self.filled,
            "row {y} of {} is not here",
            self.filled
        );
        &self.data[y % self.capacity * self.stride..][..self.width]
    }
}
