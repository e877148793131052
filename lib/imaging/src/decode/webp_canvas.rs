//! The canvas of an animated WebP, composed as libwebp's own animation decoder does it (`anim_decode.c`), to the last bit.

use super::buffer;
use crate::Error;
use crate::geometry::Area;
use crate::probe::WebpFrame;

/// A canvas of straight RGBA, transparent at first. The file's background colour is a hint that browsers and libwebp ignore.
pub(super) struct Canvas {
    width: u32,
    /// Row after row.
    pub(super) pixels: Vec<u8>,
    last: Option<Last>,
}

/// What the next frame must know of the last one.
struct Last {
    area: Area,
    clears: bool,
    /// It depended on no frame before it.
    key: bool,
    covered: bool,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Result<Self, Error> {
        Ok(Self {
            width,
            pixels: buffer(width, height, 4)?,
            last: None,
        })
    }

    /// Clears what the last frame leaves to be cleared, then draws `frame`, whose pixels are `rgba`. It lies on the canvas.
    pub(super) fn draw(&mut self, frame: &WebpFrame, rgba: &[u8]) {
        let area = frame.area;
        let covers = self.covered_by(area);
        let replaces = covers && !(frame.alpha && frame.blends);
        let last = self.last.take();
        let cleared = last.as_ref().filter(|last| last.clears);
        let key = last.is_none()
            || replaces
            || cleared.is_some_and(|cleared| cleared.covered || cleared.key);
        if key {
            self.pixels.fill(0);
        } else if let Some(cleared) = cleared {
            let area = cleared.area;
            for y in 0..area.height {
                self.row(area, y).fill(0);
            }
        }
        let hole = cleared.map(|cleared| cleared.area);
        let stride = area.width as usize * 4;
        for (y, from) in (0..area.height).zip(rgba.chunks_exact(stride)) {
            let row = self.row(area, y);
            if key || !frame.blends {
                row.copy_from_slice(from);
                continue;
            }
            let pixels = row.chunks_exact_mut(4).zip(from.chunks_exact(4));
            for (x, (to, from)) in (0..area.width).zip(pixels) {
                // What was cleared has nothing to blend with.
                if hole.is_some_and(|hole| holds(hole, area.left + x, area.top + y)) {
                    to.copy_from_slice(from);
                } else {
                    blend(to, from);
                }
            }
        }
        self.last = Some(Last {
            area,
            clears: frame.clears,
            key,
            covered: covers,
        });
    }

    fn covered_by(&self, area: Area) -> bool {
        u64::from(area.width) * u64::from(area.height) * 4 == self.pixels.len() as u64
    }

    /// Row `y` of the area.
    fn row(&mut self, area: Area, y: u32) -> &mut [u8] {
        let start = (area.top + y) as usize * self.width as usize + area.left as usize;
        &mut self.pixels[4 * start..][..4 * area.width as usize]
    }
}

fn holds(area: Area, x: u32, y: u32) -> bool {
    (area.left..area.left + area.width).contains(&x)
        && (area.top..area.top + area.height).contains(&y)
}

/// libwebp's "over" of straight alpha, with its integers (`BlendPixelNonPremult`).
fn blend(to: &mut [u8], from: &[u8]) {
    let above = u32::from(from[3]);
    match above {
        255 => to.copy_from_slice(from),
        0 => {}
        _ => {
            let below = (u32::from(to[3]) * (256 - above)) >> 8;
            let alpha = above + below;
            let scale = (1 << 24) / alpha;
            for (to, from) in to.iter_mut().zip(&from[..3]) {
                let sum = u32::from(*from) * above + u32::from(*to) * below;
                *to = (sum * scale).to_be_bytes()[0];
            }
            to[3] = alpha.to_le_bytes()[0];
        }
    }
}
