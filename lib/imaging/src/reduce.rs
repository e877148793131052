//! Decodes an original and reduces it to the first pictures of its plan, a few rows at a time.

use crate::{
    Error, Orientation, Probe, Watch,
    decode::{self, jpeg},
    geometry::{Size, reverses_columns, reverses_rows},
    picture::{
        convert::{interleaved, split},
        planes::{Layout, Picture, Plane},
        samples::{Frame, Pixels, Planes},
    },
    plan::{Decode, Plan, Route, Step},
    preset::Chroma,
    resize::{Funnel, Grid},
    threads::both,
};

/// Rows of a whole frame passed on at a time.
const GROUP: usize = 16;
/// Groups of JPEG rows (one line of MCUs each) to decode while the previous ones are resized.
pub(crate) const STRIP_GROUPS: usize = 4;

/// An original that is ready to be reduced.
pub(crate) enum Source<'a> {
    /// A JPEG, whose rows come while they are reduced.
    Rows(&'a [u8], jpeg::Rows),
    /// Any other file, decoded.
    Frame(Frame),
}

/// Decodes what must be decoded as a whole.
pub(crate) fn open<'a>(bytes: &'a [u8], plan: &Plan, watch: &Watch) -> Result<Source<'a>, Error> {
    Ok(match plan.decode.route {
        Route::Planes => Source::Rows(bytes, jpeg::Rows::Planes),
        Route::Rgb => Source::Rows(bytes, jpeg::Rows::Rgb),
        Route::Cmyk => Source::Rows(bytes, jpeg::Rows::Cmyk),
        Route::Frame => Source::Frame(decode::decode(
            bytes,
            &plan.probe,
            plan.decode.decoders,
            watch,
        )?),
    })
}

/// The pictures of `steps`, as stored and not yet colour-converted, and what should be noted.
pub(crate) fn reduce(
    source: Source,
    plan: &Plan,
    steps: &[&Step],
    watch: &Watch,
) -> Result<(Vec<Picture>, Option<String>), Error> {
    let (bytes, kind) = match source {
        Source::Rows(bytes, kind) => (bytes, kind),
        Source::Frame(frame) => return Ok((of_frame(&frame, plan, steps, watch)?, None)),
    };
    let Decode {
        decoders,
        denominator,
        ..
    } = plan.decode;
    let mut decoder = jpeg::open(bytes, decoders, denominator, kind)?;
    while !decoder.absorb()? {
        watch.check()?;
    }
    decoder.begin()?;
    let pictures = match kind {
        jpeg::Rows::Planes => of_planes(decoder.as_mut(), plan, steps, watch)?,
        jpeg::Rows::Rgb => of_pixels(decoder.as_mut(), Layout::Rgb, plan, steps, watch)?,
        jpeg::Rows::Cmyk => of_pixels(decoder.as_mut(), Layout::Cmyk, plan, steps, watch)?,
    };
    let height = plan.probe.height;
    Ok((pictures, decoder.harm(height)?.note(height)))
}

fn of_planes(
    decoder: &mut dyn jpeg::Decoder,
    plan: &Plan,
    steps: &[&Step],
    watch: &Watch,
) -> Result<Vec<Picture>, Error> {
    let inputs = decoder.planes();
    let layout = |step: &Step| match (inputs.len(), step.chroma) {
        (1, _) => Layout::Grey,
        (_, Chroma::Quarter) if !plan.decode.convert => Layout::YccQuarter,
        _ => Layout::Ycc,
    };
    let outputs = outputs(steps, layout);
    let mut funnels: Vec<Funnel> = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let group = decoder.group(index);
        // Cr lies as Cb does
        let funnel = if index == 2 && *input == inputs[1] && group == decoder.group(1) {
            funnels[1].clone()
        } else {
            let (stride, rows) = group;
            Funnel::new(
                input_grids(input),
                &grids_of(&outputs, plan, index),
                stride,
                rows * STRIP_GROUPS,
            )
        };
        funnels.push(funnel);
    }
    let mut strip = decoder.strip(STRIP_GROUPS);
    let mut more = decoder.fill(&mut strip)?;
    loop {
        watch.check()?;
        for (funnel, rows) in funnels.iter_mut().zip(strip.rows()) {
            funnel.input().exchange(rows);
        }
        let mut resize = || funnels.iter_mut().for_each(Funnel::advance);
        if !more {
            resize();
            return Ok(assemble(&outputs, funnels));
        }
        let (read, ()) = both(|| decoder.fill(&mut strip), resize);
        more = read?;
    }
}

fn of_pixels(
    decoder: &mut dyn jpeg::Decoder,
    layout: Layout,
    plan: &Plan,
    steps: &[&Step],
    watch: &Watch,
) -> Result<Vec<Picture>, Error> {
    let input = decoder.planes();
    let mut strip = decoder.strip(1);
    let outputs = outputs(steps, |_| layout);
    let mut funnels = interleaved_funnels(input_grids(&input[0]), layout, &outputs, plan);
    let inverted =
        layout == Layout::Cmyk && plan.probe.jpeg.as_ref().is_some_and(|jpeg| jpeg.adobe);
    for y in 0.. {
        let more = decoder.fill(&mut strip)?;
        for row in strip.rows().flatten() {
            if inverted {
                for ink in row.iter_mut() {
                    *ink = 255 - *ink;
                }
            }
            push_pixels(&mut funnels, layout, y, row);
        }
        if y % GROUP == GROUP - 1 || !more {
            watch.check()?;
            funnels.iter_mut().for_each(Funnel::advance);
        }
        if !more {
            break;
        }
    }
    Ok(assemble(&outputs, funnels))
}

/// The pictures of `steps`, made of a frame.
pub(crate) fn of_frame(
    frame: &Frame,
    plan: &Plan,
    steps: &[&Step],
    watch: &Watch,
) -> Result<Vec<Picture>, Error> {
    check_size(frame, &plan.probe)?;
    if let Pixels::Ycc(planes) = &frame.pixels {
        return of_frame_planes(planes, plan, steps, watch);
    }
    let Some((layout, data)) = interleaved(&frame.pixels) else {
        return Err(Error::Corrupt("the decoder returned no pixels".to_owned()));
    };
    let (width, height) = (frame.width as usize, frame.height as usize);
    let grid = |samples| Grid {
        per_pixel: 1.0,
        offset: 0.0,
        samples,
    };
    let outputs = outputs(steps, |_| layout);
    let mut funnels = interleaved_funnels((grid(width), grid(height)), layout, &outputs, plan);
    for (y, row) in data.chunks_exact(width * layout.planes()).enumerate() {
        push_pixels(&mut funnels, layout, y, row);
        if y % GROUP == GROUP - 1 || y == height - 1 {
            watch.check()?;
            funnels.iter_mut().for_each(Funnel::advance);
        }
    }
    Ok(assemble(&outputs, funnels))
}

fn of_frame_planes(
    planes: &Planes,
    plan: &Plan,
    steps: &[&Step],
    watch: &Watch,
) -> Result<Vec<Picture>, Error> {
    let convert = plan.decode.convert;
    let outputs = outputs(steps, |step| {
        if step.chroma == Chroma::Quarter && !convert {
            Layout::YccQuarter
        } else {
            Layout::Ycc
        }
    });
    let factor = |full: u32, own: u32| f64::from(full.div_ceil(own));
    let mut funnels = Vec::new();
    for (index, data) in planes.data.iter().enumerate() {
        let (width, height) = (planes.widths[index], planes.heights[index]);
        let columns = Grid {
            per_pixel: 1.0 / factor(planes.widths[0], width),
            offset: 0.0,
            samples: width as usize,
        };
        let rows = Grid {
            per_pixel: 1.0 / factor(planes.heights[0], height),
            offset: 0.0,
            samples: height as usize,
        };
        let mut funnel = Funnel::new(
            (columns, rows),
            &grids_of(&outputs, plan, index),
            width as usize,
            GROUP,
        );
        for (y, row) in data.chunks_exact(width as usize).enumerate() {
            funnel.input().row_mut(y).copy_from_slice(row);
            funnel.input().filled = y + 1;
            if y % GROUP == GROUP - 1 || y + 1 == height as usize {
                watch.check()?;
                funnel.advance();
            }
        }
        funnels.push(funnel);
    }
    Ok(assemble(&outputs, funnels))
}

/// Refuses a picture whose size differs from the header's, because the limits were checked with the header's.
fn check_size(frame: &Frame, probe: &Probe) -> Result<(), Error> {
    if (frame.width, frame.height) == (probe.width, probe.height) {
        return Ok(());
    }
    let (said, found) = ((probe.width, probe.height), (frame.width, frame.height));
    Err(Error::Corrupt(format!(
        "the header says {}x{}, but the picture is {}x{}",
        said.0, said.1, found.0, found.1
    )))
}

/// The steps and the planes each gets.
fn outputs<'a>(steps: &[&'a Step], layout: impl Fn(&Step) -> Layout) -> Vec<(&'a Step, Layout)> {
    steps.iter().map(|step| (*step, layout(step))).collect()
}

fn interleaved_funnels(
    input: (Grid, Grid),
    layout: Layout,
    outputs: &[(&Step, Layout)],
    plan: &Plan,
) -> Vec<Funnel> {
    // interleaved samples have no separate chroma: all planes have the same layout
    vec![Funnel::new(input, &grids_of(outputs, plan, 0), 0, GROUP); layout.planes()]
}

fn push_pixels(funnels: &mut [Funnel], layout: Layout, y: usize, pixels: &[u8]) {
    let mut rows: Vec<&mut [u8]> = Vec::with_capacity(layout.planes());
    for funnel in funnels {
        let window = funnel.input();
        window.filled = y + 1;
        rows.push(window.row_mut(y));
    }
    split(layout, pixels, &mut rows);
}

fn assemble(outputs: &[(&Step, Layout)], funnels: Vec<Funnel>) -> Vec<Picture> {
    let mut pictures: Vec<Picture> = outputs
        .iter()
        .map(|(step, layout)| Picture {
            size: step.size,
            layout: *layout,
            planes: Vec::new(),
        })
        .collect();
    for funnel in funnels {
        for (picture, plane) in pictures.iter_mut().zip(funnel.finish()) {
            picture.planes.push(plane);
        }
    }
    pictures
}

fn input_grids(plane: &jpeg::PlaneLayout) -> (Grid, Grid) {
    (
        Grid {
            per_pixel: plane.per_x,
            offset: 0.0,
            samples: plane.width,
        },
        Grid {
            per_pixel: plane.per_y,
            offset: 0.0,
            samples: plane.height,
        },
    )
}

fn grids_of(outputs: &[(&Step, Layout)], plan: &Plan, index: usize) -> Vec<(Grid, Grid)> {
    outputs
        .iter()
        .map(|(step, layout)| grids(step, plan.probe.orientation, *layout, index))
        .collect()
}

/// Where the samples of plane `index` of a step's picture lie on the original.
///
/// The chroma samples of a picture with quarter chroma lie between pairs that are counted from the upright left and top.
/// If the stored picture runs the other way and has an odd side, its first chroma sample is the half one.
pub(crate) fn grids(
    step: &Step,
    orientation: Orientation,
    layout: Layout,
    index: usize,
) -> (Grid, Grid) {
    let (width, height) = layout.plane_size(index, step.size);
    let quarter = layout == Layout::YccQuarter && index > 0;
    let grid = |first: u32, part: u32, side: u32, samples: usize, reversed: bool| {
        let per_pixel = f64::from(side) / f64::from(part);
        let offset = -f64::from(first) * per_pixel;
        if !quarter {
            return Grid {
                per_pixel,
                offset,
                samples,
            };
        }
        let half = if reversed && side % 2 == 1 { 1.0 } else { 0.0 };
        Grid {
            per_pixel: per_pixel / 2.0,
            offset: f64::midpoint(offset, half),
            samples,
        }
    };
    let Size {
        width: columns,
        height: rows,
    } = step.size;
    (
        grid(
            step.part.x,
            step.part.size.width,
            columns,
            width,
            reverses_columns(orientation),
        ),
        grid(
            step.part.y,
            step.part.size.height,
            rows,
            height,
            reverses_rows(orientation),
        ),
    )
}

/// A step's picture, made of its parent's.
pub(crate) fn reduce_picture(
    parent: &Picture,
    from: &Step,
    step: &Step,
    orientation: Orientation,
) -> Picture {
    let layout = match (parent.layout, step.chroma) {
        (Layout::Ycc | Layout::YccQuarter, Chroma::Quarter) => Layout::YccQuarter,
        (Layout::Ycc | Layout::YccQuarter, Chroma::Full) => Layout::Ycc,
        (other, _) => other,
    };
    let grids = |index| {
        let input = grids(from, orientation, parent.layout, index);
        (input, grids(step, orientation, layout, index))
    };
    let funnel = |index| {
        let (input, output) = grids(index);
        Funnel::of_plane(input, output)
    };
    let first = funnel(0);
    let chroma = (parent.planes.len() > 1 && grids(1) != grids(0)).then(|| funnel(1));
    let plane = |(index, plane): (usize, &Plane)| {
        let own = chroma.as_ref().filter(|_| index > 0).unwrap_or(&first);
        crate::resize::resize(plane, own.clone())
    };
    Picture {
        size: step.size,
        layout,
        planes: parent.planes.iter().enumerate().map(plane).collect(),
    }
}
