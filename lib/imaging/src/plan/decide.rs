//! Makes a plan from a header, presets and limits: all geometry, formats and memory, in integers.

use super::{
    Crop, Decode, Output, Plan, Route, Step,
    memory::{opaque_peak_bytes, peak_bytes},
    notes::notes,
    own::beside,
    parents::link,
};
use crate::{
    Error, Format, JpegComponents, Limits, Probe,
    decode::jpeg,
    emphasis::Emphasis,
    encode::Encoding,
    geometry::{Fit, Focus, Rect, Size, fit, moved, reduced, stored_rect, turn, whole_of},
    limits::{self, Decoders},
    preset::{Animated, Chroma, Effort, Preset, Presets, Wish, resolve},
};

/// The longest side of the picture that is looked at to place crops, in pixels.
const LOOK_SIDE: u32 = 320;
/// Twice the ratio that must remain between the decoded picture and the largest variant after scaled decoding:
/// below 1.5 it costs 1 to 2 points of SSIMULACRA2.
const DOUBLE_DECODE_RATIO: u64 = 3;
/// The placeholder is made from a picture that fits into a square of this side: `ThumbHash` keeps 7 waves per side, and its time
/// grows with the pixels (0.7 ms at its limit of 100).
pub(crate) const PLACEHOLDER_SIDE: u32 = 32;

/// Decides everything about rendering `presets` from the original that `probe` describes.
///
/// # Errors
/// [`Error::TooLarge`] when the original, or the memory to render it, exceeds `limits`.
pub fn plan(probe: &Probe, presets: &Presets, limits: &Limits) -> Result<Plan, Error> {
    limits::check(probe, limits)?;
    let mut plan = plan_of(probe, presets, limits)?;
    if probe.alpha && probe.frames == 1 && plan.decode.route == Route::Frame {
        let opaque = Probe {
            alpha: false,
            planes: false,
            ..probe.clone()
        };
        let opaque = plan_of(&opaque, presets, limits)?;
        plan.peak_bytes = plan.peak_bytes.max(opaque_peak_bytes(&plan, &opaque));
        plan.opaque = Some(Box::new(opaque));
    }
    limits::cap(
        "bytes of memory needed",
        plan.peak_bytes,
        limits.max_memory_bytes,
    )?;
    Ok(plan)
}

/// The plan as the header has it; its memory is not checked.
fn plan_of(probe: &Probe, presets: &Presets, limits: &Limits) -> Result<Plan, Error> {
    let stored = Size {
        width: probe.width,
        height: probe.height,
    };
    let mut steps = steps(probe, stored, presets, limits.decoders);
    let look = look(probe, stored, &mut steps);
    let steps = link(steps, look);
    let mut outputs = steps.iter().flat_map(|step| &step.outputs);
    if outputs.any(|output| output.encoding.moves) {
        limits::check_frames(probe, limits)?;
    }
    let decode = Decode {
        decoders: limits.decoders,
        denominator: if probe.format == Format::Jpeg && jpeg::scales(limits.decoders) {
            denominator(&steps)
        } else {
            1
        },
        route: route(probe),
        // the other decoders give sRGB: they convert samples of 16 bits before they cut them
        convert: probe.jpeg.is_some() && !probe.colour.is_srgb(),
    };
    let mut plan = Plan {
        probe: probe.clone(),
        upright: turn(stored, probe.orientation),
        decode,
        notes: notes(probe, presets, &steps),
        steps,
        facts: presets.facts.clone(),
        look,
        opaque: None,
        peak_bytes: 0,
    };
    plan.peak_bytes = peak_bytes(&plan);
    Ok(plan)
}

fn route(probe: &Probe) -> Route {
    match probe.jpeg.as_ref().map(|jpeg| jpeg.components) {
        None => Route::Frame,
        Some(JpegComponents::Grey | JpegComponents::Ycc) => Route::Planes,
        Some(JpegComponents::Rgb) => Route::Rgb,
        Some(JpegComponents::Cmyk | JpegComponents::Ycck) => Route::Cmyk,
    }
}

/// One step for each different picture, largest first, the placeholder's last; without parents as yet.
fn steps(probe: &Probe, stored: Size, presets: &Presets, decoders: Decoders) -> Vec<Step> {
    let upright = turn(stored, probe.orientation);
    let mut steps: Vec<Step> = Vec::new();
    let wishes = presets.presets.iter().flat_map(|preset| {
        let wish = move |wish: &Wish| (preset, *wish);
        preset.formats.iter().map(wish)
    });
    for (order, (preset, wish)) in wishes.enumerate() {
        let (part, size) = fit(upright, preset.bounds.around(upright), preset.fit);
        let format = resolve(wish, probe.alpha, moves(probe, preset));
        let size = reduced(size, format.most_side(), format.most_pixels());
        let (part, size, crop, focus) = place(presets, preset, upright, (part, size));
        let (part, size) = (
            stored_rect(part, stored, probe.orientation),
            turn(size, probe.orientation),
        );
        let mut encoding = encoding(probe, preset, format, (part, size));
        if crop.is_none() && (part, size) == (Rect::whole(stored), stored) {
            encoding = beside(probe, encoding, decoders);
        }
        let output = Output {
            order,
            preset: preset.name.clone(),
            encoding,
            focus,
        };
        match steps
            .iter_mut()
            .find(|step| step.part == part && step.size == size && step.crop == crop)
        {
            Some(step) => step.outputs.push(output),
            None => steps.push(Step {
                name: preset.name.clone(),
                parent: None,
                part,
                size,
                crop,
                chroma: Chroma::Full,
                outputs: vec![output],
            }),
        }
    }
    for step in &mut steps {
        step.chroma = chroma(&step.outputs);
    }
    steps.sort_by_key(|step| std::cmp::Reverse(step.size.area()));
    steps.push(placeholder(probe, stored));
    steps
}

fn moves(probe: &Probe, preset: &Preset) -> bool {
    probe.frames > 1 && preset.animated == Animated::Keep
}

/// `part` becomes `size`, both as stored.
fn encoding(
    probe: &Probe,
    preset: &Preset,
    format: Format,
    (part, size): (Rect, Size),
) -> Encoding {
    let moves = moves(probe, preset);
    let mut emphasis = Emphasis::of(probe, part.size, size);
    if probe.orientation.swaps_sides() {
        emphasis = emphasis.swapped();
    }
    Encoding {
        format,
        quality: preset.quality,
        lossless: preset.lossless,
        chroma: preset.chroma,
        background: preset.background,
        metadata: preset.metadata,
        moves: moves && matches!(format, Format::Webp | Format::Gif),
        emphasis: match format {
            Format::Jpeg if preset.chroma == Chroma::Quarter => emphasis,
            Format::Webp if !preset.lossless && !moves => emphasis,
            _ => Emphasis::default(),
        },
        effort: match format {
            Format::Jpeg => preset.effort,
            _ => Effort::default(),
        },
        own: None,
    }
}

/// Of what moves, every frame comes with full chroma.
fn chroma(outputs: &[Output]) -> Chroma {
    let quarter = |output: &Output| match output.encoding.format {
        Format::Jpeg | Format::Avif => output.encoding.chroma == Chroma::Quarter,
        Format::Webp => !output.encoding.lossless,
        _ => false,
    };
    let mut stills = outputs.iter().filter(|output| !output.encoding.moves);
    if stills.all(quarter) {
        Chroma::Quarter
    } else {
        Chroma::Full
    }
}

fn placeholder(probe: &Probe, stored: Size) -> Step {
    let wanted = Size {
        width: PLACEHOLDER_SIDE,
        height: PLACEHOLDER_SIDE,
    };
    let (_, size) = fit(turn(stored, probe.orientation), wanted, Fit::Inside);
    Step {
        name: "placeholder".to_owned(),
        parent: None,
        part: Rect::whole(stored),
        size: turn(size, probe.orientation),
        crop: None,
        chroma: Chroma::Full,
        outputs: Vec::new(),
    }
}

/// Adds the step whose picture is looked at, before the placeholder's, if a crop needs one. Returns its index.
fn look(probe: &Probe, stored: Size, steps: &mut Vec<Step>) -> Option<usize> {
    if steps.iter().all(|step| step.crop.is_none()) {
        return None;
    }
    let at = steps.len() - 1;
    let look = Step {
        name: "look".to_owned(),
        size: reduced(stored, LOOK_SIDE, u64::MAX),
        ..placeholder(probe, stored)
    };
    steps.insert(at, look);
    Some(at)
}

/// What a step shows of the upright original, at which size, and how it is cropped: here if the place of the crop is known,
/// else once the original is decoded. Last the point that it is to show, if the user gave one.
fn place(
    presets: &Presets,
    preset: &Preset,
    upright: Size,
    (part, size): (Rect, Size),
) -> (Rect, Size, Option<Crop>, Option<Focus>) {
    if part == Rect::whole(upright) {
        return (part, size, None, None);
    }
    match (preset.position.point(), presets.focus) {
        (Some(Focus::CENTRE), _) => (part, size, None, None),
        (Some(point), _) => (moved(part, upright, point), size, None, None),
        (None, Some(focus)) => (moved(part, upright, focus), size, None, Some(focus)),
        (None, None) => {
            let crop = Crop {
                size,
                position: preset.position,
            };
            let whole = whole_of(upright, part, size);
            (Rect::whole(upright), whole, Some(crop), None)
        }
    }
}

/// The largest divisor at which the decoded original is still large enough for every picture made from it.
fn denominator(steps: &[Step]) -> u8 {
    let leaves_enough = |denominator: u8, step: &Step| {
        let enough = |part: u32, size: u32| {
            2 * u64::from(part) >= DOUBLE_DECODE_RATIO * u64::from(denominator) * u64::from(size)
        };
        enough(step.part.size.width, step.size.width)
            && enough(step.part.size.height, step.size.height)
    };
    let roots = || steps.iter().filter(|step| step.parent.is_none());
    [8, 4, 2]
        .into_iter()
        .find(|denominator| roots().all(|step| leaves_enough(*denominator, step)))
        .unwrap_or(1)
}
