//! Walks a plan: decode once, then resize, turn and encode on all threads. The only file that names rayon.

use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::{
    Error, Format, colour,
    convert::{from_frame, to_frame},
    encode::{Encoding, encode},
    geometry::turn,
    placeholder::{Placeholder, placeholder},
    plan::{Output, Plan, Step},
    planes::Picture,
    reduce::{reduce, reduce_picture},
    turn::upright,
};

/// What a caller sees and decides while a picture is rendered. The caller has the clock; this crate has none.
pub struct Watch<'a> {
    /// Is told when a stage is over.
    pub on_stage: &'a (dyn Fn(Stage) + Sync),
    /// Is asked often; once it says `true` the picture is refused.
    pub expired: &'a (dyn Fn() -> bool + Sync),
}

impl Watch<'static> {
    /// Nobody looks and there is no hurry.
    #[must_use]
    pub fn none() -> Self {
        Self {
            on_stage: &|_| (),
            expired: &|| false,
        }
    }
}

impl Watch<'_> {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if (self.expired)() {
            return Err(Error::TooLarge(
                "it takes longer to render than is allowed".to_owned(),
            ));
        }
        Ok(())
    }
}

/// A part of the work that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The original was decoded and reduced to the first pictures.
    Decoded,
    /// All variants are encoded.
    Rendered,
}

/// Everything that was made of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// In the order of the presets and of their formats.
    pub variants: Vec<Variant>,
    /// What a page shows while they load.
    pub placeholder: Placeholder,
    /// What the user should know: the plan's notes and what decoding found.
    pub notes: Vec<String>,
}

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
    /// The file.
    pub bytes: Vec<u8>,
}

/// What the steps below one picture made.
#[derive(Default)]
struct Made {
    variants: Vec<(usize, Variant)>,
    placeholder: Option<Placeholder>,
}

/// Renders every variant of `plan`, which was made from the same `bytes`. The result does not depend on the number of threads.
///
/// # Errors
/// The original is at fault (`Corrupt`, `Truncated`, `Unsupported`), took too long (`TooLarge`) or cannot be encoded (`Encode`).
pub fn render(bytes: &[u8], plan: &Plan, watch: &Watch) -> Result<Rendered, Error> {
    let roots: Vec<usize> = (0..plan.steps.len())
        .filter(|index| plan.steps[*index].parent.is_none())
        .collect();
    let steps: Vec<&Step> = roots.iter().map(|index| &plan.steps[*index]).collect();
    let (pictures, note) = reduce(bytes, plan, &steps, watch)?;
    (watch.on_stage)(Stage::Decoded);
    let made = roots
        .into_par_iter()
        .zip(pictures)
        .map(|(index, picture)| follow(plan, index, &converted(picture, plan)?, watch))
        .collect::<Result<Vec<_>, _>>()?;
    (watch.on_stage)(Stage::Rendered);
    gather(made, plan, note)
}

/// A decoded picture in sRGB.
fn converted(picture: Picture, plan: &Plan) -> Result<Picture, Error> {
    if !plan.decode.convert {
        return Ok(picture);
    }
    let frame = colour::frame_to_srgb(to_frame(&picture), &plan.probe.colour)?;
    from_frame(&frame).ok_or_else(|| Error::Corrupt("colour conversion gave no pixels".to_owned()))
}

/// The variants of step `index`, whose picture is here, and of all that is made of it.
fn follow(plan: &Plan, index: usize, picture: &Picture, watch: &Watch) -> Result<Made, Error> {
    watch.check()?;
    let step = &plan.steps[index];
    let orientation = plan.probe.orientation;
    let children: Vec<usize> = (0..plan.steps.len())
        .filter(|child| plan.steps[*child].parent == Some(index))
        .collect();
    let (made, below) = rayon::join(
        || finish(plan, step, picture, watch),
        || {
            children
                .into_par_iter()
                .map(|child| {
                    follow(
                        plan,
                        child,
                        &reduce_picture(picture, step, &plan.steps[child], orientation),
                        watch,
                    )
                })
                .collect::<Result<Vec<_>, _>>()
        },
    );
    let mut made = made?;
    for below in below? {
        made.variants.extend(below.variants);
        made.placeholder = made.placeholder.or(below.placeholder);
    }
    Ok(made)
}

/// What one picture itself becomes. Outputs that are encoded alike are encoded once.
fn finish(plan: &Plan, step: &Step, picture: &Picture, watch: &Watch) -> Result<Made, Error> {
    let picture = upright(picture, plan.probe.orientation);
    if step.outputs.is_empty() {
        return Ok(Made {
            variants: Vec::new(),
            placeholder: Some(placeholder(&picture)),
        });
    }
    let mut encodings: Vec<Encoding> = Vec::new();
    for output in &step.outputs {
        if !encodings.contains(&output.encoding) {
            encodings.push(output.encoding);
        }
    }
    let encoded = encodings
        .into_par_iter()
        .map(|encoding| {
            watch.check()?;
            Ok((encoding, encode(&picture, encoding)?))
        })
        .collect::<Result<Vec<(Encoding, Vec<u8>)>, Error>>()?;
    let size = turn(step.size, plan.probe.orientation);
    let variant = |output: &Output| {
        let (_, bytes) = encoded
            .iter()
            .find(|(encoding, _)| *encoding == output.encoding)?;
        let Output {
            preset, encoding, ..
        } = output;
        let (width, height) = (size.width, size.height);
        Some((
            output.order,
            Variant {
                preset: preset.clone(),
                format: encoding.format,
                width,
                height,
                bytes: bytes.clone(),
            },
        ))
    };
    Ok(Made {
        variants: step.outputs.iter().filter_map(variant).collect(),
        placeholder: None,
    })
}

fn gather(made: Vec<Made>, plan: &Plan, note: Option<String>) -> Result<Rendered, Error> {
    let mut all = Made::default();
    for made in made {
        all.variants.extend(made.variants);
        all.placeholder = all.placeholder.or(made.placeholder);
    }
    all.variants.sort_by_key(|(order, _)| *order);
    let placeholder = all
        .placeholder
        .ok_or_else(|| Error::Encode("the placeholder: the plan has no step for it".to_owned()))?;
    let variants = all
        .variants
        .into_iter()
        .map(|(_, variant)| variant)
        .collect();
    Ok(Rendered {
        variants,
        placeholder,
        notes: plan.notes.iter().cloned().chain(note).collect(),
    })
}
