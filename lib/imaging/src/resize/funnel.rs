//! One decoded plane on its way into all the planes that are made of it.

use super::{Grid, Stream, Window, stream};
use crate::picture::planes::Plane;

/// Rows that a whole plane is handed on in.
const GROUP: usize = 32;

/// The rows of one plane, halved as often as its outputs want, and the outputs. A clone of an unused one is for a plane of the
/// same grids, without computing the weights again.
#[derive(Debug, Clone)]
pub(crate) struct Funnel {
    /// The plane as decoded, then halved once, twice, ...
    levels: Vec<Window>,
    /// The outputs and the level each is made of.
    streams: Vec<(usize, Stream)>,
}

impl Funnel {
    /// `input` and each of `outputs` are grids of columns and rows. A group of `group` rows of up to `stride` bytes
    /// comes at a time.
    pub(crate) fn new(
        input: (Grid, Grid),
        outputs: &[(Grid, Grid)],
        stride: usize,
        group: usize,
    ) -> Self {
        let mut grids = vec![input];
        let streams: Vec<(usize, Stream)> = outputs
            .iter()
            .map(|output| {
                let level = stream::halvings(input, *output);
                while grids.len() <= level {
                    let (columns, rows) = grids[grids.len() - 1];
                    grids.push((columns.halved(), rows.halved()));
                }
                (level, Stream::new(grids[level], *output))
            })
            .collect();
        let level = |(index, (columns, rows)): (usize, &(Grid, Grid))| {
            let kept = streams
                .iter()
                .filter(|(level, _)| *level == index)
                .map(|(_, stream)| stream.taps())
                .max();
            // a group, what the outputs still need, and one row that waits for its pair
            let capacity = (group >> index) + 1 + kept.unwrap_or(0) + 1;
            Window::new(
                columns.samples,
                rows.samples,
                if index == 0 { stride } else { 0 },
                capacity,
            )
        };
        let levels = grids.iter().enumerate().map(level).collect();
        Self { levels, streams }
    }

    /// For [`resize`]: from a whole plane on the grids `input` to one on the grids `output`.
    pub(crate) fn of_plane(input: (Grid, Grid), output: (Grid, Grid)) -> Self {
        Self::new(input, &[output], 0, GROUP)
    }

    /// Where the next rows come in.
    pub(crate) fn input(&mut self) -> &mut Window {
        &mut self.levels[0]
    }

    /// Carries on with the rows that have come.
    pub(crate) fn advance(&mut self) {
        for level in 1..self.levels.len() {
            let (from, to) = self.levels.split_at_mut(level);
            stream::halve_into(&from[level - 1], &mut to[0]);
        }
        for (level, stream) in &mut self.streams {
            stream.advance(&self.levels[*level]);
        }
    }

    /// The outputs, once all rows have come.
    pub(crate) fn finish(self) -> Vec<Plane> {
        self.streams
            .into_iter()
            .map(|(_, stream)| stream.finish())
            .collect()
    }
}

/// A plane made of a plane that is whole, by a funnel that is unused.
pub(crate) fn resize(plane: &Plane, mut funnel: Funnel) -> Plane {
    // its one output is made of the last level
    let times = funnel.levels.len() - 1;
    funnel.levels[times].clipped = plane.clipped.as_ref().map(|clipped| clipped.halved(times));
    for first in (0..plane.height).step_by(GROUP) {
        let window = funnel.input();
        for y in first..(first + GROUP).min(plane.height) {
            window.row_mut(y)[..plane.width].copy_from_slice(plane.row(y));
            window.filled = y + 1;
        }
        funnel.advance();
    }
    funnel.finish().swap_remove(0)
}
