//! What will be done, decided before any pixel is decoded: a pure value to print, to test and to admit or refuse.

use serde::Serialize;

use crate::{
    Error, Format, JpegComponents, Limits, Probe,
    decode::jpeg,
    emphasis::Emphasis,
    encode::Encoding,
    geometry::{Fit, Rect, Size, fit, stored_rect, turn},
    limits,
    memory::peak_bytes,
    preset::{Animated, Chroma, Preset, Presets, Wish, resolve},
};

/// Four times the ratio between a step's parent and itself, in columns and rows, from which being made of it costs no visible
/// quality: see docs/performance.md.
const FOURFOLD_PARENT_RATIO: u64 = 7;
/// Twice the ratio that must remain between the decoded picture and the largest variant after scaled decoding:
/// below 1.5 it costs 1 to 2 points of SSIMULACRA2.
const DOUBLE_DECODE_RATIO: u64 = 3;
/// The placeholder is made of a picture that fits into a square of this side: `ThumbHash` keeps 7 waves a side, and its time
/// grows with the pixels (0.7 ms at its limit of 100).
pub(crate) const PLACEHOLDER_SIDE: u32 = 32;

/// The steps from one original to all of its variants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// What the original said of itself.
    pub probe: Probe,
    /// The original's size the right way up.
    pub upright: Size,
    /// How it is decoded.
    pub decode: Decode,
    /// Parents before children; the last is the placeholder's.
    pub steps: Vec<Step>,
    /// Bytes that decoding and rendering hold at their peak on all threads, the file itself included.
    pub peak_bytes: u64,
    /// What the user should know, e.g. that only the first frame is shown.
    pub notes: Vec<String>,
}

/// How the original is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Decode {
    /// Both sides are divided by this while decoding: 1, 2, 4 or 8.
    pub denominator: u8,
    /// What is decoded.
    pub route: Route,
    /// Whether the first pictures made of it are converted to sRGB.
    pub convert: bool,
}

/// What comes out of the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Rows of the planes that the JPEG stores: grey or Y'CbCr.
    Planes,
    /// Rows of R, G, B.
    Rgb,
    /// Rows of C, M, Y, K.
    Cmyk,
    /// A whole frame.
    Frame,
}

/// One picture that is made: a part of the original at a size, and its outputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The first preset it is for, or `placeholder`.
    pub name: String,
    /// The step it is made of; none: of the decoded original.
    pub parent: Option<usize>,
    /// The part it shows, in pixels of the original as stored.
    pub part: Rect,
    /// Its size before it is turned upright.
    pub size: Size,
    /// Whether all its outputs have one chroma sample for four pixels.
    pub chroma: Chroma,
    /// Its variants.
    pub outputs: Vec<Output>,
}

impl Step {
    /// The different encodings of its outputs: variants that are encoded alike are one file.
    pub(crate) fn encodings(&self) -> Vec<Encoding> {
        let mut encodings: Vec<Encoding> = Vec::new();
        for output in &self.outputs {
            if !encodings.contains(&output.encoding) {
                encodings.push(output.encoding);
            }
        }
        encodings
    }
}

/// One variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Its place among all variants: presets in their order, formats in theirs.
    pub order: usize,
    /// The preset's name.
    pub preset: String,
    /// How it is encoded.
    pub encoding: Encoding,
}

/// Decides everything about rendering `presets` from the original that `probe` describes.
///
/// # Errors
/// [`Error::TooLarge`] when the original or what it takes to render it is over `limits`.
pub fn plan(probe: &Probe, presets: &Presets, limits: &Limits) -> Result<Plan, Error> {
    limits::check(probe, limits)?;
    let stored = Size {
        width: probe.width,
        height: probe.height,
    };
    let steps = link(steps(probe, stored, presets));
    let mut outputs = steps.iter().flat_map(|step| &step.outputs);
    if outputs.any(|output| output.encoding.moves) {
        limits::check_frames(probe, limits)?;
    }
    let decode = Decode {
        denominator: if probe.format == Format::Jpeg && jpeg::SCALES {
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
        notes: notes(probe, &steps),
        steps,
        peak_bytes: 0,
    };
    plan.peak_bytes = peak_bytes(&plan);
    limits::cap(
        "bytes of memory needed",
        plan.peak_bytes,
        limits.max_memory_bytes,
    )?;
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

/// Says of which variants only the first frame is shown.
fn notes(probe: &Probe, steps: &[Step]) -> Vec<String> {
    if probe.sequence {
        return vec!["the original is animated, but only its still image is shown".to_owned()];
    }
    if probe.frames <= 1 {
        return Vec::new();
    }
    let mut stills: Vec<&Output> = steps
        .iter()
        .flat_map(|step| &step.outputs)
        .filter(|output| !output.encoding.moves)
        .collect();
    if stills.is_empty() {
        return Vec::new();
    }
    stills.sort_by_key(|output| output.order);
    let name =
        |output: &&Output| format!("{}.{}", output.preset, output.encoding.format.extension());
    let names: Vec<String> = stills.iter().map(name).collect();
    vec![format!(
        "only the first of {} frames is shown in {}",
        probe.frames,
        names.join(", ")
    )]
}

/// One step for each different picture, largest first, the placeholder's last; without parents as yet.
fn steps(probe: &Probe, stored: Size, presets: &Presets) -> Vec<Step> {
    let upright = turn(stored, probe.orientation);
    let mut steps: Vec<Step> = Vec::new();
    let mut order = 0;
    for preset in &presets.presets {
        let (part, size) = fit(upright, preset.size, preset.fit);
        let (part, size) = (
            stored_rect(part, stored, probe.orientation),
            turn(size, probe.orientation),
        );
        let outputs: Vec<Output> = preset
            .formats
            .iter()
            .map(|wish| {
                order += 1;
                Output {
                    order: order - 1,
                    preset: preset.name.clone(),
                    encoding: encoding(probe, preset, *wish, (part, size)),
                }
            })
            .collect();
        match steps
            .iter_mut()
            .find(|step| step.part == part && step.size == size)
        {
            Some(step) => step.outputs.extend(outputs),
            None => steps.push(Step {
                name: preset.name.clone(),
                parent: None,
                part,
                size,
                chroma: Chroma::Full,
                outputs,
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

/// `part` becomes `size`, both as stored.
fn encoding(probe: &Probe, preset: &Preset, wish: Wish, (part, size): (Rect, Size)) -> Encoding {
    let moves = probe.frames > 1 && preset.animated == Animated::Keep;
    let format = resolve(wish, probe.alpha, moves);
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
        chroma: Chroma::Full,
        outputs: Vec::new(),
    }
}

/// Gives each step the smallest parent that shows the whole original and is large enough.
fn link(mut steps: Vec<Step>) -> Vec<Step> {
    for child in 1..steps.len() {
        let parent = (0..child)
            .filter(|parent| serves(&steps[*parent], &steps[child]))
            .min_by_key(|parent| steps[*parent].size.area());
        steps[child].parent = parent;
    }
    steps
}

/// Whether `child` can be made of `parent`, which is at least 7/4 as large where they overlap.
fn serves(parent: &Step, child: &Step) -> bool {
    let whole = (parent.part.x, parent.part.y) == (0, 0) && covers(parent.part.size, child.part);
    // parent.size / parent.part is the parent's scale, child.size / child.part the child's
    let enough = |parent_size: u32, parent_part: u32, child_size: u32, child_part: u32| {
        4 * u64::from(parent_size) * u64::from(child_part)
            >= FOURFOLD_PARENT_RATIO * u64::from(child_size) * u64::from(parent_part)
    };
    whole
        && enough(
            parent.size.width,
            parent.part.size.width,
            child.size.width,
            child.part.size.width,
        )
        && enough(
            parent.size.height,
            parent.part.size.height,
            child.size.height,
            child.part.size.height,
        )
}

fn covers(parent: Size, part: Rect) -> bool {
    part.x + part.size.width <= parent.width && part.y + part.size.height <= parent.height
}

/// The largest divisor that leaves every picture made of the decoded original enough to be made of.
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

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { probe, decode, .. } = self;
        let stored = Size {
            width: probe.width,
            height: probe.height,
        };
        writeln!(
            f,
            "original     {} {stored}, orientation {}, {}",
            probe.format.name(),
            probe.orientation.tag(),
            probe.colour.name()
        )?;
        let route = match decode.route {
            Route::Planes => "rows of stored planes",
            Route::Rgb => "rows of RGB",
            Route::Cmyk => "rows of CMYK",
            Route::Frame => "one whole frame",
        };
        let convert = if decode.convert {
            ", then converted to sRGB"
        } else {
            ""
        };
        writeln!(
            f,
            "decode       at 1/{}, {route}{convert}",
            decode.denominator
        )?;
        for step in &self.steps {
            let size = turn(step.size, probe.orientation);
            let parent = step
                .parent
                .map_or("the original", |parent| &self.steps[parent].name);
            write!(f, "{:12} {size} from {parent}", step.name)?;
            for output in &step.outputs {
                write!(f, ", {} {}", output.preset, output.encoding)?;
            }
            writeln!(f)?;
        }
        for note in &self.notes {
            writeln!(f, "note         {note}")?;
        }
        #[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let megabytes = self.peak_bytes as f64 / 1e6;
        write!(f, "peak memory  {megabytes:.1} MB")
    }
}
