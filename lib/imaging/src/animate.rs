//! Renders animations frame by frame. Only a few pictures are in memory, for any number of frames.

use std::borrow::Cow;

use crate::{
    Choice, Error, Variant, Watch,
    crop::cut,
    decode::{self, Animation, Moment},
    encode::{self, Encoding},
    geometry::Rect,
    metadata::copyright::Copyright,
    picture::{planes::Picture, samples::without_alpha, turn::upright},
    plan::{Plan, Step},
    reduce::{of_frame, reduce_picture},
    threads::{both, each},
    variant::variants,
};

/// One animated file in progress.
struct Film {
    /// The step that makes its pictures.
    step: usize,
    encoding: Encoding,
    file: encode::Animation,
}

/// One frame: the pictures of the animated steps, and its duration.
struct Shot {
    pictures: Vec<Option<Picture>>,
    duration_ms: u32,
}

/// The animated variants of `plan`, with their places among all variants. Decodes the next frame while it encodes one.
pub(crate) fn animate(
    bytes: &[u8],
    plan: &Plan,
    copyright: &Copyright,
    crops: &[Option<(Rect, Choice)>],
    watch: &Watch,
) -> Result<Vec<(usize, Variant)>, Error> {
    let moving = moving(&plan.steps);
    if !moving.contains(&true) {
        return Ok(Vec::new());
    }
    let mut animation = decode::animation(bytes, &plan.probe, plan.decode.decoders, watch)?;
    let mut films = films(plan, animation.plays, copyright)?;
    let mut shot = shoot(&mut animation, plan, &moving, watch)?;
    while let Some(now) = shot {
        watch.check()?;
        let (added, next) = both(
            || each(&mut films, |film| film.add(&now, plan, crops)),
            || shoot(&mut animation, plan, &moving, watch),
        );
        added?;
        shot = next?;
    }
    let mut made = Vec::new();
    for film in films {
        let (file, frames) = film.file.finish()?;
        made.extend(variants(
            plan,
            &plan.steps[film.step],
            film.encoding,
            crops[film.step].map(|(_, choice)| choice),
            (&file, frames),
        ));
    }
    Ok(made)
}

/// The steps that need a picture of every frame: those with an animated variant, and their parents.
fn moving(steps: &[Step]) -> Vec<bool> {
    let mut moving = vec![false; steps.len()];
    for (index, step) in steps.iter().enumerate().rev() {
        moving[index] |= step.outputs.iter().any(|output| output.encoding.moves);
        if let Some(parent) = step.parent.filter(|_| moving[index]) {
            moving[parent] = true;
        }
    }
    moving
}

fn films(plan: &Plan, plays: u32, copyright: &Copyright) -> Result<Vec<Film>, Error> {
    let mut films = Vec::new();
    for (step, of) in plan.steps.iter().enumerate() {
        let size = of.shown(plan.probe.orientation);
        for encoding in of.encodings().into_iter().filter(|encoding| encoding.moves) {
            let file = encode::Animation::new(size, encoding, plays, copyright)?;
            films.push(Film {
                step,
                encoding,
                file,
            });
        }
    }
    Ok(films)
}

impl Film {
    /// Crops are those of the first frame, so that the picture does not jump.
    fn add(
        &mut self,
        shot: &Shot,
        plan: &Plan,
        crops: &[Option<(Rect, Choice)>],
    ) -> Result<(), Error> {
        let picture = shot.pictures[self.step]
            .as_ref()
            .ok_or_else(|| Error::Encode("an animation: a frame has no picture".to_owned()))?;
        let mut picture = upright(picture, plan.probe.orientation);
        if let Some((part, _)) = crops[self.step] {
            picture = Cow::Owned(cut(&picture, part));
        }
        self.file.add(&picture, shot.duration_ms)
    }
}

/// The next frame's pictures; `None` after the last.
fn shoot(
    animation: &mut Animation,
    plan: &Plan,
    moving: &[bool],
    watch: &Watch,
) -> Result<Option<Shot>, Error> {
    let Some(moment) = animation.next() else {
        return Ok(None);
    };
    // the error of a stopped decoder says nothing about the bytes
    watch.check()?;
    let Moment { frame, duration_ms } = moment?;
    let frame = if plan.probe.alpha {
        frame
    } else {
        without_alpha(frame)
    };
    let wanted = |index: &usize| moving[*index];
    let is_root = |index: &usize| plan.steps[*index].parent.is_none();
    let roots: Vec<usize> = (0..moving.len()).filter(wanted).filter(is_root).collect();
    let steps: Vec<&Step> = roots.iter().map(|index| &plan.steps[*index]).collect();
    let mut pictures: Vec<Option<Picture>> = moving.iter().map(|_| None).collect();
    for (index, picture) in roots
        .into_iter()
        .zip(of_frame(&frame, plan, &steps, watch)?)
    {
        pictures[index] = Some(picture);
    }
    for index in (0..moving.len()).filter(wanted) {
        let step = &plan.steps[index];
        if let Some(parent) = step.parent {
            pictures[index] = pictures[parent].as_ref().map(|picture| {
                reduce_picture(picture, &plan.steps[parent], step, plan.probe.orientation)
            });
        }
    }
    Ok(Some(Shot {
        pictures,
        duration_ms,
    }))
}
