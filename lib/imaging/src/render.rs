//! Carries out a plan: decodes once, then resizes, turns and encodes on all threads. No other file imports it.

use std::borrow::Cow;

use crate::{
    Choice, Colour, Error, Variant, Watch,
    animate::animate,
    colour, crop,
    encode::beside::encode_beside,
    geometry::Rect,
    metadata::{
        copyright::{self, Copyright},
        facts::{self, Facts},
    },
    phash::phash,
    picture::{
        clipped::Clipped,
        convert::{change_colours, from_frame, quarter_chroma, to_frame, to_ycc},
        planes::{Layout, Picture},
        samples::drop_opaque_alpha,
        turn::upright,
    },
    placeholder::{Placeholder, placeholder},
    plan::{Plan, Step},
    preset::{Chroma, Metadata},
    reduce::{self, Source, reduce_picture},
    threads,
    variant::variants,
    watch::Stage,
};

/// The result of rendering an original.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// In the order of the presets and of their formats.
    pub variants: Vec<Variant>,
    /// The placeholder to show while they load.
    pub placeholder: Placeholder,
    /// 64 bits that are nearly the same for originals that look nearly the same; `None` for one of a single colour.
    pub phash: Option<u64>,
    /// What the original says of how it was taken, as far as the presets ask for it.
    pub facts: Facts,
    /// Notes for the user: those of the plan, and those from decoding.
    pub notes: Vec<String>,
}

/// The variants from the steps below one picture.
#[derive(Default)]
struct Made {
    variants: Vec<(usize, Variant)>,
    placeholder: Option<(Placeholder, Option<u64>)>,
}

/// Renders every variant of `plan`, which was made from the same `bytes`. The result does not depend on the number of threads.
///
/// # Errors
/// The original is at fault (`Corrupt`, `Truncated`, `Unsupported`), took too long (`TooLarge`) or cannot be encoded (`Encode`).
pub fn render(bytes: &[u8], plan: &Plan, watch: &Watch) -> Result<Rendered, Error> {
    threads::inside(|| render_all(bytes, plan, watch))
}

fn render_all(bytes: &[u8], plan: &Plan, watch: &Watch) -> Result<Rendered, Error> {
    (watch.on_stage)(Stage::Begun);
    let mut source = reduce::open(bytes, plan, watch)?;
    let mut plan = plan;
    if let (Source::Frame(frame), Some(opaque)) = (&mut source, &plan.opaque)
        && drop_opaque_alpha(frame)
    {
        plan = opaque;
    }
    let roots: Vec<usize> = (0..plan.steps.len())
        .filter(|index| plan.steps[*index].parent.is_none())
        .collect();
    let steps: Vec<&Step> = roots.iter().map(|index| &plan.steps[*index]).collect();
    let (pictures, note) = reduce::reduce(source, plan, &steps, watch)?;
    (watch.on_stage)(Stage::Decoded);
    let mut first: Vec<(usize, Picture)> = roots.into_iter().zip(pictures).collect();
    let look = look(&mut first, plan)?;
    let crops = match &look {
        Some((_, picture)) => crop::choose(plan, bytes, &upright(picture, plan.probe.orientation)),
        None => vec![None; plan.steps.len()],
    };
    let work = Work {
        bytes,
        plan,
        copyright: &wanted_copyright(bytes, plan),
        crops: &crops,
        watch,
    };
    let mut made = threads::map(first, |(index, picture)| {
        let picture = converted(picture, plan, plan.steps[index].chroma)?;
        work.follow(index, &picture)
    })?;
    if let Some((index, picture)) = &look {
        made.push(work.follow(*index, picture)?);
    }
    made.push(Made {
        variants: animate(bytes, plan, work.copyright, &crops, watch)?,
        placeholder: None,
    });
    let facts = facts::read(bytes, plan.probe.format, &plan.facts);
    gather(made, plan, facts, note)
}

/// The picture to look at and its step, taken out of the first pictures.
fn look(first: &mut Vec<(usize, Picture)>, plan: &Plan) -> Result<Option<(usize, Picture)>, Error> {
    let Some(at) = first
        .iter()
        .position(|(index, _)| Some(*index) == plan.look)
    else {
        return Ok(None);
    };
    let (index, picture) = first.remove(at);
    Ok(Some((index, converted(picture, plan, Chroma::Full)?)))
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
        && let Some(to_srgb) = colour.transform()
    {
        let layout = match chroma {
            Chroma::Quarter => Layout::Ycc,
            Chroma::Full => Layout::Rgb,
        };
        change_colours(&mut picture, layout, |from, to| to_srgb.apply(from, to))?;
        return Ok(picture);
    }
    let frame = to_frame(&picture);
    let layout = picture.layout;
    let clipped = picture.planes.into_iter().map(|plane| plane.clipped); // converting takes the memory of another
    let clipped: Vec<Option<Clipped>> = clipped.collect();
    let frame = colour::frame_to_srgb(frame, colour)?;
    let mut picture = from_frame(&frame)
        .ok_or_else(|| Error::Corrupt("the colour conversion returned no pixels".to_owned()))?;
    if picture.layout == layout {
        for (plane, clipped) in picture.planes.iter_mut().zip(clipped) {
            plane.clipped = clipped;
        }
    }
    Ok(picture)
}

/// What all steps are done with.
struct Work<'a> {
    bytes: &'a [u8],
    plan: &'a Plan,
    copyright: &'a Copyright,
    crops: &'a [Option<(Rect, Choice)>],
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
        let (made, below) = threads::both(
            || self.finish(index, picture),
            || {
                threads::map(children, |child| {
                    let small = reduce_picture(picture, &steps[index], &steps[child], orientation);
                    self.follow(child, &small)
                })
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
    fn finish(&self, index: usize, picture: &Picture) -> Result<Made, Error> {
        let step = &self.plan.steps[index];
        if self.plan.look == Some(index) {
            return Ok(Made::default());
        }
        let mut picture = upright(picture, self.plan.probe.orientation);
        if let Some((part, _)) = self.crops[index] {
            picture = Cow::Owned(crop::cut(&picture, part));
        }
        let choice = self.crops[index].map(|(_, choice)| choice);
        if step.outputs.is_empty() {
            return Ok(Made {
                variants: Vec::new(),
                placeholder: Some((placeholder(&picture)?, phash(&picture))),
            });
        }
        let mut stills = step.encodings();
        stills.retain(|encoding| !encoding.moves);
        let encoded = threads::map(stills, |encoding| {
            self.watch.check()?;
            let file = encode_beside(self.bytes, &picture, encoding, self.copyright)?;
            Ok((encoding, file))
        })?;
        let variants = encoded
            .iter()
            .flat_map(|(encoding, bytes)| variants(self.plan, step, *encoding, choice, (bytes, 1)));
        Ok(Made {
            variants: variants.collect(),
            placeholder: None,
        })
    }
}

fn gather(
    made: Vec<Made>,
    plan: &Plan,
    facts: Facts,
    note: Option<String>,
) -> Result<Rendered, Error> {
    let mut all = Made::default();
    for made in made {
        all.variants.extend(made.variants);
        all.placeholder = all.placeholder.or(made.placeholder);
    }
    all.variants.sort_by_key(|(order, _)| *order);
    let (placeholder, phash) = all
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
        phash,
        facts,
        notes: plan.notes.iter().cloned().chain(note).collect(),
    })
}
