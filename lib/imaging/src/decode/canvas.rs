//! The canvas that GIF's and APNG's frames are drawn onto.

use super::buffer;
use crate::Error;
use crate::geometry::Area;

/// A canvas of straight RGBA, transparent at first.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    /// Row after row.
    pub(super) pixels: Vec<u8>,
    /// What the last frame leaves to be done before the next.
    pending: Option<(Area, Undo)>,
}

/// What becomes of a frame's area once it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposal {
    Keep,
    Clear,
    Restore,
}

/// How a frame's pixels meet those below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blend {
    Replace,
    Over,
}

enum Undo {
    Clear,
    Restore(Vec<u8>),
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Result<Self, Error> {
        Ok(Self {
            width,
            height,
            pixels: buffer(width, height, 4)?,
            pending: None,
        })
    }

    /// Disposes of the last frame, then draws `rgba`, the `area`'s rows without padding.
    pub(super) fn draw(&mut self, rgba: &[u8], area: Area, blend: Blend, disposal: Disposal) {
        match self.pending.take() {
            Some((area, Undo::Clear)) => self.rows(area, |row, _| row.fill(0)),
            Some((_, Undo::Restore(before))) => self.pixels = before,
            None => {}
        }
        self.pending = match disposal {
            Disposal::Keep => None,
            Disposal::Clear => Some((area, Undo::Clear)),
            Disposal::Restore => Some((area, Undo::Restore(self.pixels.clone()))),
        };
        let stride = area.width as usize * 4;
        self.rows(area, |row, y| {
            let from = &rgba[y * stride..][..row.len()];
            match blend {
                Blend::Replace => row.copy_from_slice(from),
                Blend::Over => row
                    .chunks_exact_mut(4)
                    .zip(from.chunks_exact(4))
                    .for_each(|(to, from)| over(to, from)),
            }
        });
    }

    /// Calls `change` with each row of the part of the area that lies on the canvas, and its number within the area.
    fn rows(&mut self, area: Area, change: impl Fn(&mut [u8], usize)) {
        let width = area.width.min(self.width.saturating_sub(area.left)) as usize;
        let height = area.height.min(self.height.saturating_sub(area.top)) as usize;
        let stride = self.width as usize * 4;
        if width == 0 {
            return;
        }
        let rows = self
            .pixels
            .chunks_exact_mut(stride)
            .skip(area.top as usize)
            .take(height);
        for (y, row) in rows.enumerate() {
            change(&mut row[area.left as usize * 4..][..width * 4], y);
        }
    }
}

/// Straight alpha "over" of one pixel, rounded.
fn over(to: &mut [u8], from: &[u8]) {
    let (above, below) = (u32::from(from[3]), u32::from(to[3]));
    if above == 255 || below == 0 {
        return to.copy_from_slice(from);
    }
    if above == 0 {
        return;
    }
    // Alpha times 255.
    let alpha = above * 255 + below * (255 - above);
    for i in 0..3 {
        let colour = u32::from(from[i]) * above * 255 + u32::from(to[i]) * below * (255 - above);
        to[i] = u8::try_from((colour + alpha / 2) / alpha).unwrap_or(255);
    }
    to[3] = u8::try_from((alpha + 127) / 255).unwrap_or(255);
}
