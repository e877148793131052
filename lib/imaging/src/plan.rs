//! The plan: every decision, made before any pixel is decoded. A pure value to print, to test, and to admit or refuse.

pub(crate) mod decide;
pub(crate) mod memory;
mod notes;
mod own;
mod parents;

use serde::Serialize;

use crate::{
    Orientation, Probe,
    encode::Encoding,
    geometry::{Focus, Rect, Size, turn},
    limits::Decoders,
    preset::{Chroma, Fact, Position},
};

/// The steps from one original to all of its variants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The original's header.
    pub probe: Probe,
    /// The original's upright size.
    pub upright: Size,
    /// How to decode it.
    pub decode: Decode,
    /// Parents before children; the last is the placeholder's.
    pub steps: Vec<Step>,
    /// What to say of how the original was taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// The step whose picture is looked at to place crops: its index among the steps.
    pub look: Option<usize>,
    /// What to do instead if every pixel turns out opaque, which only decoding shows; for a still whose header promises alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opaque: Option<Box<Plan>>,
    /// Peak bytes of decoding and rendering on all threads, including the file.
    pub peak_bytes: u64,
    /// Notes for the user, e.g. that only the first frame is shown.
    pub notes: Vec<String>,
}

/// How to decode the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Decode {
    /// The decoders of JPEG and WebP.
    pub decoders: Decoders,
    /// Both sides are divided by this while decoding: 1, 2, 4 or 8.
    pub denominator: u8,
    /// The output of the decoder.
    pub route: Route,
    /// Whether the first pictures made of it are converted to sRGB.
    pub convert: bool,
}

/// The output of the decoder.
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

/// One picture to make: a part of the original at a size, with its outputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The first preset it is for, or `placeholder`.
    pub name: String,
    /// The step that it is made from; `None` for the decoded original.
    pub parent: Option<usize>,
    /// The part that it shows, in pixels of the original as stored.
    pub part: Rect,
    /// Its size before it is turned upright.
    pub size: Size,
    /// The crop of its outputs, if its place depends on what the original shows. Then `part` and `size` are of the whole.
    pub crop: Option<Crop>,
    /// Whether all its outputs have one chroma sample for four pixels.
    pub chroma: Chroma,
    /// Its variants.
    pub outputs: Vec<Output>,
}

/// A crop that slides along one side of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Crop {
    /// Its upright size.
    pub size: Size,
    /// What it is to show.
    pub position: Position,
}

impl Step {
    /// The upright size of its outputs.
    pub(crate) fn shown(&self, orientation: Orientation) -> Size {
        self.crop
            .map_or_else(|| turn(self.size, orientation), |crop| crop.size)
    }

    /// The distinct encodings of its outputs: variants with the same encoding share one file.
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
    /// How to encode it.
    pub encoding: Encoding,
    /// The point that its crop is to show, if the user gave one.
    pub focus: Option<Focus>,
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
            let size = step.shown(probe.orientation);
            let parent = step
                .parent
                .map_or("the original", |parent| &self.steps[parent].name);
            write!(f, "{:12} {size} from {parent}", step.name)?;
            for output in &step.outputs {
                write!(f, ", {} {}", output.preset, output.encoding)?;
            }
            if let Some(crop) = step.crop {
                let whole = turn(step.size, probe.orientation);
                write!(f, ", cropped from {whole} by {:?}", crop.position)?;
            }
            writeln!(f)?;
        }
        if let Some(opaque) = &self.opaque {
            let outputs = opaque.steps.iter().flat_map(|step| &step.outputs);
            let name =
                |output: &Output| format!("{} {}", output.preset, output.encoding.format.name());
            let names: Vec<String> = outputs.map(name).collect();
            writeln!(f, "if opaque    {}", names.join(", "))?;
        }
        if !self.facts.is_empty() {
            let names: Vec<&str> = self.facts.iter().map(|fact| fact.name()).collect();
            writeln!(f, "facts        {}", names.join(", "))?;
        }
        for note in &self.notes {
            writeln!(f, "note         {note}")?;
        }
        #[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let megabytes = self.peak_bytes as f64 / 1e6;
        write!(f, "peak memory  {megabytes:.1} MB")
    }
}
