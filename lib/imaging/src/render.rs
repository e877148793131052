//! Walks a plan: decode once, then resize, turn and encode on all threads. The only file that names rayon.

use rayon::prelude::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use crate::{
    Colour, Error, Format,
    animate::animate,
    colour,
    convert::{change_colours, from_frame, quarter_chroma, to_frame, to_ycc},
    copyright::{self, Copyright},
    encode::{Encoding, encode},
    geometry::turn,
    placeholder::{Placeholder, placeholder},
    plan::{Output, Plan, Step},
    planes::{Layout, Picture},
    preset::{Chroma, Metadata},
    reduce::{reduce, reduce_picture},
    turn::upright,
};

/// What a caller sees and decides while a picture is rendered. The caller has the clock; this crate has none.
pub struct Watch<'a> {
    /// Is told when a stage is reached.
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
                "rendering it takes longer than the time limit".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Where the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A thread has begun: before that, all may have been busy with other originals.
    Begun,
    /// The original was decoded and reduced to the first pictures.
    Decoded,
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
    /// Frames of the file: 1 for a still. Frames that are alike in a row are one.
    pub frames: u32,
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
    // On one of the pool's threads from the start: each `join` of a thread that is not would wait for one to wake up.
    rayon::scope(|_| render_all(bytes, plan, watch))
}

fn render_all(bytes: &[u8], plan: &Plan, watch: &Watch) -> Result<Rendered, Error> {
    (watch.on_stage)(Stage::Begun);
    let roots: Vec<usize> = (0..plan.steps.len())
        .filter(|index| plan.steps[*index].parent.is_none())
        .collect();
    let steps: Vec<&Step> = roots.iter().map(|index| &plan.steps[*index]).collect();
    let (pictures, note) = reduce(bytes, plan, &steps, watch)?;
    (watch.on_stage)(Stage::Decoded);
    let work = Work {
        plan,
        copyright: &wanted_copyright(bytes, plan),
        watch,
    };
    let mut made = roots
        .into_par_iter()
        .zip(pictures)
        .map(|(index, picture)| {
            let picture = converted(picture, plan, plan.steps[index].chroma)?;
            work.follow(index, &picture)
        })
        .collect::<Result<Vec<_>, _>>()?;
    made.push(Made {
        variants: animate(bytes, plan, work.copyright, watch)?,
        placeholder: None,
    });
    gather(made, plan, note)
}

/// What the original says of its maker, if any variant is to have it.
fn wanted_copyright(bytes: &[u8], plan: &Plan) -> Copyright {
    let mut outputs = plan.steps.iter().flat_map(|step| &step.outputs);
    if outputs.any(|output| output.encoding.metadata == Metadata::Copyright) {
        copyright::read(bytes, plan.probe.format)
    } else {
        Copyright::default()
    }
}

/// Two things at once.
pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    rayon::join(one, other)
}

/// The same to each, all at once.
pub(crate) fn each<T: Send>(
    items: &mut [T],
    change: impl Fn(&mut T) -> Result<(), Error> + Sync + Send,
) -> Result<(), Error> {
    items
        .par_iter_mut()
        .map(change)
        .collect::<Result<Vec<()>, Error>>()
        .map(|_| ())
}

/// A decoded picture in sRGB; with quarter chroma already where nothing of its own needs more, as what is made of it is then half
/// the work.
fn converted(mut picture: Picture, plan: &Plan, chroma: Chroma) -> Result<Picture, Error> {
    if plan.decode.convert {
        picture = in_srgb(picture, &plan.probe.colour, chroma)?;
    }
    Ok(match (picture.layout, chroma) {
        (Layout::Rgb, Chroma::Quarter) => quarter_chroma(to_ycc(picture)),
        (Layout::Ycc, Chroma::Quarter) => quarter_chroma(picture),
        _ => picture,
    })
}

/// In place where it can be, so that no second picture is needed.
fn in_srgb(mut picture: Picture, colour: &Colour, chroma: Chroma) -> Result<Picture, Error> {
    if picture.layout == Layout::Ycc
        && let Some(to_srgb) = colour::ToSrgb::from(colour)?
    {
        let layout = match chroma {
            Chroma::Quarter => Layout::Ycc,
            Chroma::Full => Layout::Rgb,
        };
        change_colours(&mut picture, layout, |from, to| to_srgb.apply(from, to))?;
        return Ok(picture);
    }
    let frame = to_frame(&picture);
    drop(picture); // converting takes the memory of another
    let frame = colour::frame_to_srgb(frame, colour)?;
    from_frame(&frame)
        .ok_or_else(|| Error::Corrupt("the colour conversion returned no pixels".to_owned()))
}

/// What all steps are done with.
struct Work<'a> {
    plan: &'a Plan,
    copyright: &'a Copyright,
    watch: &'a Watch<'a>,
}

impl Work<'_> {
    /// The still variants of step `index`, whose picture is here, and of all that is made of it.
    fn follow(&self, index: usize, picture: &Picture) -> Result<Made, Error> {
        self.watch.check()?;
        let steps = &self.plan.steps;
        let orientation = self.plan.probe.orientation;
        let children: Vec<usize> = (0..steps.len())
            .filter(|child| steps[*child].parent == Some(index))
            .collect();
        let (made, below) = rayon::join(
            || self.finish(&steps[index], picture),
            || {
                children
                    .into_par_iter()
                    .map(|child| {
                        let small =
                            reduce_picture(picture, &steps[index], &steps[child], orientation);
                        self.follow(child, &small)
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
    fn finish(&self, step: &Step, picture: &Picture) -> Result<Made, Error> {
        let picture = upright(picture, self.plan.probe.orientation);
        if step.outputs.is_empty() {
            return Ok(Made {
                variants: Vec::new(),
                placeholder: Some(placeholder(&picture)),
            });
        }
        let encoded = step
            .encodings()
            .into_par_iter()
            .filter(|encoding| !encoding.moves)
            .map(|encoding| {
                self.watch.check()?;
                Ok((encoding, encode(&picture, encoding, self.copyright)?))
            })
            .collect::<Result<Vec<(Encoding, Vec<u8>)>, Error>>()?;
        let variants = encoded
            .iter()
            .flat_map(|(encoding, bytes)| variants(self.plan, step, *encoding, bytes, 1));
        Ok(Made {
            variants: variants.collect(),
            placeholder: None,
        })
    }
}

/// The variants of a step that are this file, with their places among all.
pub(crate) fn variants(
    plan: &Plan,
    step: &Step,
    encoding: Encoding,
    bytes: &[u8],
    frames: u32,
) -> Vec<(usize, Variant)> {
    let size = turn(step.size, plan.probe.orientation);
    let variant = |output: &Output| {
        let variant = Variant {
            preset: output.preset.clone(),
            format: encoding.format,
            width: size.width,
            height: size.height,
            frames,
            bytes: bytes.to_vec(),
        };
        (output.order, variant)
    };
    let alike = |output: &&Output| output.encoding == encoding;
    step.outputs.iter().filter(alike).map(variant).collect()
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
