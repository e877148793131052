//! A produced file, and which of a step's outputs it is.

use crate::{
    Choice, Format,
    encode::Encoding,
    plan::{Output, Plan, Step},
};

/// One produced file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The preset's name.
    pub preset: String,
    /// The file's format.
    pub format: Format,
    /// Columns, the right way up.
    pub width: u32,
    /// Rows, the right way up.
    pub height: u32,
    /// What it was cropped to show, and why; `None` if nothing was cropped, or the preset names the place.
    pub crop: Option<Choice>,
    /// Frames of the file: 1 for a still. Consecutive identical frames count once.
    pub frames: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The variants of a step that are this file, with their places among all.
pub(crate) fn variants(
    plan: &Plan,
    step: &Step,
    encoding: Encoding,
    choice: Option<Choice>,
    (bytes, frames): (&[u8], u32),
) -> Vec<(usize, Variant)> {
    let size = step.shown(plan.probe.orientation);
    let variant = |output: &Output| {
        let variant = Variant {
            preset: output.preset.clone(),
            format: encoding.format,
            width: size.width,
            height: size.height,
            crop: choice.or(output.focus.map(Choice::of)),
            frames,
            bytes: bytes.to_vec(),
        };
        (output.order, variant)
    };
    let alike = |output: &&Output| output.encoding == encoding;
    step.outputs.iter().filter(alike).map(variant).collect()
}
