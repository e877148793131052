//! Converts between planes and interleaved pixels, Y'CbCr and RGB, premultiplied and straight alpha, in exact integer arithmetic.

mod ycc;

use crate::{
    Error,
    geometry::Size,
    picture::{
        clipped::Clipped,
        planes::{Layout, Picture, Plane},
        samples::{Frame, Pixels},
    },
    preset::Rgb,
};

/// `value * alpha / 255`, rounded to nearest.
fn multiply(value: u8, alpha: u8) -> u8 {
    let product = u32::from(value) * u32::from(alpha) + 128;
    u8::try_from((product + (product >> 8)) >> 8).unwrap_or(u8::MAX)
}

/// Pixel `i` of each plane; callers know the number of planes of the layout.
fn three(planes: &[Plane], i: usize) -> [u8; 3] {
    [planes[0].data[i], planes[1].data[i], planes[2].data[i]]
}

/// The pixels of the first three planes.
fn triples(planes: &[Plane]) -> impl Iterator<Item = [u8; 3]> + '_ {
    let rest = planes[1].data.iter().zip(&planes[2].data);
    let all = planes[0].data.iter().zip(rest);
    all.map(|(first, (second, third))| [*first, *second, *third])
}

/// Pixels one after the other. Written into slices, which takes a third of the time of collecting an iterator of samples.
fn interleave<const N: usize>(count: usize, pixels: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    let mut data = vec![0; count * N];
    for (to, pixel) in data.chunks_exact_mut(N).zip(pixels) {
        to.copy_from_slice(&pixel);
    }
    data
}

/// One row of interleaved pixels as a row of each plane of `layout`, alpha premultiplied.
pub(crate) fn split(layout: Layout, pixels: &[u8], rows: &mut [&mut [u8]]) {
    let samples = layout.planes();
    debug_assert_eq!(rows.len(), samples, "one row a plane of {layout:?}");
    if layout == Layout::Rgba {
        for (x, pixel) in pixels.chunks_exact(samples).enumerate() {
            for (row, value) in rows.iter_mut().zip(&pixel[..3]) {
                row[x] = multiply(*value, pixel[3]);
            }
            rows[3][x] = pixel[3];
        }
        return;
    }
    if let [red, green, blue] = rows {
        return ycc::take_apart(pixels, red, green, blue);
    }
    for (plane, row) in rows.iter_mut().enumerate() {
        for (value, pixel) in row.iter_mut().zip(pixels.chunks_exact(samples)) {
            *value = pixel[plane];
        }
    }
}

/// A picture as interleaved pixels: straight alpha, RGB for Y'CbCr with full chroma.
#[must_use]
pub(crate) fn to_frame(picture: &Picture) -> Frame {
    let planes = &picture.planes;
    let count = planes[0].data.len();
    let pixels = match picture.layout {
        Layout::Grey => Pixels::Grey(planes[0].data.clone()),
        Layout::Rgb => Pixels::Rgb(interleave(count, triples(planes))),
        Layout::Ycc => {
            let mut pixels = vec![0; 3 * count];
            let [luma, blue, red] = [0, 1, 2].map(|plane| planes[plane].data.as_slice());
            ycc::planes_to_rgb(luma, blue, red, &mut pixels);
            Pixels::Rgb(pixels)
        }
        Layout::YccQuarter => return to_frame(&full_chroma(picture)),
        Layout::Rgba => {
            let pixels = triples(planes).zip(&planes[3].data);
            let straight = pixels.map(|(colours, alpha)| straight(colours, *alpha));
            Pixels::Rgba(interleave(count, straight))
        }
        Layout::Cmyk => {
            let inks = triples(planes).zip(&planes[3].data);
            let pixels =
                inks.map(|([cyan, magenta, yellow], black)| [cyan, magenta, yellow, *black]);
            Pixels::Cmyk(interleave(count, pixels))
        }
    };
    Frame {
        width: picture.size.width,
        height: picture.size.height,
        pixels,
    }
}

/// Alpha taken out of premultiplied colours.
fn straight(colours: [u8; 3], alpha: u8) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let half = u32::from(alpha) / 2;
    let [red, green, blue] = colours.map(|value| {
        u8::try_from((u32::from(value) * 255 + half) / u32::from(alpha)).unwrap_or(u8::MAX)
    });
    [red, green, blue, alpha]
}

/// The interleaved samples of a frame and the planes they are; stored planes have none.
pub(crate) fn interleaved(pixels: &Pixels) -> Option<(Layout, &[u8])> {
    match pixels {
        Pixels::Grey(data) => Some((Layout::Grey, data)),
        Pixels::Rgb(data) => Some((Layout::Rgb, data)),
        Pixels::Rgba(data) => Some((Layout::Rgba, data)),
        Pixels::Cmyk(data) => Some((Layout::Cmyk, data)),
        Pixels::Ycc(_) => None,
    }
}

/// A frame of interleaved samples as planes, alpha premultiplied.
#[must_use]
pub(crate) fn from_frame(frame: &Frame) -> Option<Picture> {
    let (layout, data) = interleaved(&frame.pixels)?;
    let size = Size {
        width: frame.width,
        height: frame.height,
    };
    let mut picture = Picture::new(size, layout);
    let mut rows: Vec<&mut [u8]> = picture
        .planes
        .iter_mut()
        .map(|plane| plane.data.as_mut_slice())
        .collect();
    split(layout, data, &mut rows);
    Some(picture)
}

/// Premultiplied RGBA over an opaque colour.
#[must_use]
pub(crate) fn flatten(picture: &Picture, background: Rgb) -> Picture {
    let alpha = &picture.planes[3].data;
    let over = |plane: &Plane, behind: u8| Plane {
        data: plane
            .data
            .iter()
            .zip(alpha)
            .map(|(value, alpha)| value.saturating_add(multiply(behind, 255 - alpha)))
            .collect(),
        clipped: None,
        ..*plane
    };
    let planes = picture
        .planes
        .iter()
        .zip(background.0)
        .map(|(plane, behind)| over(plane, behind))
        .collect();
    Picture {
        size: picture.size,
        layout: Layout::Rgb,
        planes,
    }
}

/// RGB planes as Y'CbCr with full chroma, where they lie.
#[must_use]
pub(crate) fn to_ycc(mut picture: Picture) -> Picture {
    picture.planes.truncate(3);
    if let [red, green, blue] = picture.planes.as_mut_slice() {
        ycc::recolour(&mut red.data, &mut green.data, &mut blue.data);
        recolour_clipped([red, green, blue]);
    }
    picture.layout = Layout::Ycc;
    picture
}

/// What red, green and blue lack becomes what Y', Cb and Cr lack.
fn recolour_clipped(planes: [&mut Plane; 3]) {
    let [red, green, blue] = &planes;
    let rgb = [&red.clipped, &green.clipped, &blue.clipped];
    let ycc = ycc::FACTORS.map(|factors| {
        Clipped::sum([0, 1, 2].map(|colour| (rgb[colour].as_ref(), factors[colour])))
    });
    for (plane, clipped) in planes.into_iter().zip(ycc) {
        plane.clipped = clipped;
    }
}

/// Changes the colours of Y'CbCr with full chroma where they lie, piece by piece, to planes of `layout`: RGB, or Y'CbCr again.
/// `change` is from pixels of RGB to pixels of RGB.
///
/// # Errors
/// Those of `change`.
pub(crate) fn change_colours(
    picture: &mut Picture,
    layout: Layout,
    change: impl Fn(&[u8], &mut [u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    /// Pixels per piece, so that a piece stays in the first cache.
    const PIECE: usize = 2048;
    let put = if layout == Layout::Rgb {
        ycc::take_apart
    } else {
        ycc::rgb_to_planes
    };
    let [luma, blue, red] = picture.planes.as_mut_slice() else {
        return Err(Error::Corrupt(format!(
            "a colour profile of Y'CbCr on a picture of {} planes",
            picture.planes.len()
        )));
    };
    let (mut from, mut to) = (vec![0; 3 * PIECE], vec![0; 3 * PIECE]);
    let chroma = blue.data.chunks_mut(PIECE).zip(red.data.chunks_mut(PIECE));
    for (luma, (blue, red)) in luma.data.chunks_mut(PIECE).zip(chroma) {
        let (from, to) = (&mut from[..3 * luma.len()], &mut to[..3 * luma.len()]);
        ycc::planes_to_rgb(luma, blue, red, from);
        change(from, to)?;
        put(to, luma, blue, red);
    }
    if layout == Layout::Rgb {
        let clipped = picture.planes[0].clipped.take();
        for plane in &mut picture.planes {
            plane.clipped.clone_from(&clipped); // what grey lacks; colours need not be exact
        }
    }
    picture.layout = layout;
    Ok(())
}

/// Y'CbCr with each chroma sample the mean of two by two; the last of an odd row or column stands for itself.
#[must_use]
pub(crate) fn quarter_chroma(mut picture: Picture) -> Picture {
    for plane in &mut picture.planes[1..] {
        let clipped = plane.clipped.as_ref().map(|clipped| clipped.halved(1));
        *plane = halved(plane);
        plane.clipped = clipped;
    }
    picture.layout = Layout::YccQuarter;
    picture
}

/// Quarter chroma brought to every pixel.
fn full_chroma(picture: &Picture) -> Picture {
    use crate::resize::{Funnel, Grid, resize};
    let grids = |layout: Layout, index| {
        let (width, height) = layout.plane_size(index, picture.size);
        let per_pixel = if layout == Layout::YccQuarter {
            0.5
        } else {
            1.0
        };
        let grid = |samples| Grid {
            per_pixel,
            offset: 0.0,
            samples,
        };
        (grid(width), grid(height))
    };
    let funnel = Funnel::of_plane(grids(Layout::YccQuarter, 1), grids(Layout::Ycc, 1));
    let chroma = |index: usize| resize(&picture.planes[index], funnel.clone());
    Picture {
        size: picture.size,
        layout: Layout::Ycc,
        planes: vec![picture.planes[0].clone(), chroma(1), chroma(2)],
    }
}

/// Premultiplied RGBA as straight Y'CbCr. Chroma is the mean of premultiplied samples, so that what cannot be seen
/// colours nothing.
#[must_use]
pub(crate) fn straight_quarter(picture: &Picture) -> Picture {
    let halves: Vec<Plane> = picture.planes.iter().map(halved).collect();
    let mut result = Picture::new(picture.size, Layout::YccQuarter);
    let colour = |planes: &[Plane], i: usize| {
        let [red, green, blue, _] = straight(three(planes, i), planes[3].data[i]);
        ycc::rgb_to_ycc([red, green, blue])
    };
    for (i, luma) in result.planes[0].data.iter_mut().enumerate() {
        [*luma, ..] = colour(&picture.planes, i);
    }
    for i in 0..halves[0].data.len() {
        let [_, blue, red] = colour(&halves, i);
        result.planes[1].data[i] = blue;
        result.planes[2].data[i] = red;
    }
    result
}

/// A plane of the means of two by two samples; the last of an odd row or column stands for itself.
fn halved(plane: &Plane) -> Plane {
    let mut half = Plane::new(plane.width.div_ceil(2), plane.height.div_ceil(2));
    for (y, row) in half.data.chunks_exact_mut(half.width).enumerate() {
        crate::resize::halve(
            plane.row(2 * y),
            plane.row((2 * y + 1).min(plane.height - 1)),
            row,
        );
    }
    half
}
