//! Reads a presets file. Each error names the line and the values allowed there.

use toml::Spanned;

use super::{
    Fact, Position, Preset, PresetError, Presets, Rgb, Wish,
    file::{Entry, Fault, File},
    route, sizes,
};
use crate::geometry::Fit;

const DEFAULT_QUALITY: u8 = 80;

/// The presets of a file's text.
pub(super) fn parse(text: &str) -> Result<Presets, PresetError> {
    let fault = |at: usize, message: String| PresetError {
        line: line_of(text, at),
        message,
    };
    let file: File = toml::from_str(text).map_err(|error| {
        fault(
            error.span().map_or(0, |span| span.start),
            error.message().replace('\n', ", "),
        )
    })?;
    let mut entries: Vec<_> = file.presets.into_iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    if entries.is_empty() {
        return Err(fault(
            0,
            "no presets; add a table such as [presets.large]".to_owned(),
        ));
    }
    let mut presets: Vec<Preset> = Vec::new();
    for (name, entry) in entries {
        let at = name.span().start;
        let read = read(name, entry.get_ref()).map_err(|(at, message)| fault(at, message))?;
        for preset in read {
            if presets.iter().any(|other| other.name == preset.name) {
                let message = format!("two presets are called {}; rename one", preset.name);
                return Err(fault(at, message));
            }
            presets.push(preset);
        }
    }
    let routes = route::read(&file.route, &presets).map_err(|(at, message)| fault(at, message))?;
    Ok(Presets {
        presets,
        routes,
        facts: facts(&file.facts).map_err(|(at, message)| fault(at, message))?,
        focus: None,
    })
}

/// In the order of the file, each once.
fn facts(listed: &[Spanned<Fact>]) -> Result<Vec<Fact>, Fault> {
    let mut facts = Vec::new();
    for fact in listed {
        let (at, fact) = (fact.span().start, *fact.get_ref());
        if facts.contains(&fact) {
            return Err((at, format!("facts lists {} twice", fact.name())));
        }
        facts.push(fact);
    }
    Ok(facts)
}

/// The presets of a table: one, or one for each of its `widths`.
fn read(name: Spanned<String>, entry: &Entry) -> Result<Vec<Preset>, Fault> {
    let at = name.span().start;
    let name = name.into_inner();
    check_name(&name, at)?;
    check_formats(&name, entry)?;
    check_options(&name, entry)?;
    let (fit, boxes) = sizes::read(&name, at, entry)?;
    for bounds in &boxes {
        let at = entry.formats.as_ref().map_or(at, |f| f.span().start);
        sizes::check(&name, at, *bounds, entry.formats())?;
    }
    let family = entry.widths.is_some().then(|| name.clone());
    let preset = Preset {
        family: None,
        fit,
        bounds: boxes[0],
        position: position(&name, fit, entry)?,
        quality: entry
            .quality
            .as_ref()
            .map_or(Ok(DEFAULT_QUALITY), |quality| check_quality(&name, quality))?,
        lossless: entry.lossless.as_ref().is_some_and(|on| *on.get_ref()),
        chroma: inner(entry.chroma.as_ref()).unwrap_or_default(),
        background: inner(entry.background.as_ref()).unwrap_or(Rgb::WHITE),
        metadata: entry.metadata.unwrap_or_default(),
        animated: inner(entry.animated.as_ref()).unwrap_or_default(),
        effort: inner(entry.effort.as_ref()).unwrap_or_default(),
        formats: entry.formats().to_vec(),
        name,
    };
    let Some(family) = family else {
        return Ok(vec![preset]);
    };
    let one = |bounds| sizes::member(&preset, &family, bounds);
    let members: Vec<Preset> = boxes.into_iter().map(one).collect();
    members
        .iter()
        .try_for_each(|member| check_name(&member.name, at))?;
    Ok(members)
}

fn position(name: &str, fit: Fit, entry: &Entry) -> Result<Position, Fault> {
    match &entry.position {
        Some(position) if fit != Fit::Cover => Err((
            position.span().start,
            format!("preset {name}: position has no effect without fit = \"cover\"; remove it"),
        )),
        position => Ok(inner(position.as_ref()).unwrap_or_default()),
    }
}

fn inner<T: Copy>(option: Option<&Spanned<T>>) -> Option<T> {
    option.map(|value| *value.get_ref())
}

fn check_name(name: &str, at: usize) -> Result<(), Fault> {
    let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(ok) {
        return Ok(());
    }
    let message = format!("preset name {name:?}: use 1 to 64 lowercase letters, digits, - and _");
    Err((at, message))
}

fn check_quality(name: &str, value: &Spanned<i64>) -> Result<u8, Fault> {
    let quality = *value.get_ref();
    u8::try_from(quality)
        .ok()
        .filter(|quality| (1..=100).contains(quality))
        .ok_or_else(|| {
            (
                value.span().start,
                format!("preset {name}: quality must be 1 to 100, not {quality}"),
            )
        })
}

/// Refuses an empty list of formats, and duplicates.
fn check_formats(name: &str, entry: &Entry) -> Result<(), Fault> {
    let Some(formats) = &entry.formats else {
        return Ok(());
    };
    let fault = |message: &str| Err((formats.span().start, format!("preset {name}: {message}")));
    let formats = formats.get_ref();
    let concrete = |wish: &Wish| matches!(wish, Wish::Jpeg | Wish::Webp);
    if formats.is_empty() {
        return fault(
            "formats is empty; list \"auto\", \"jpeg\", \"webp\", \"png\", \"avif\" or \"gif\"",
        );
    }
    if formats.contains(&Wish::Auto) && formats.iter().any(concrete) {
        return fault("\"auto\" already chooses jpeg or webp; list \"auto\" or those, not both");
    }
    if (1..formats.len()).any(|i| formats[..i].contains(&formats[i])) {
        return fault("formats lists the same format twice");
    }
    Ok(())
}

/// Refuses options that have no effect on any format of the preset.
fn check_options(name: &str, entry: &Entry) -> Result<(), Fault> {
    fn at<T>(option: Option<&Spanned<T>>) -> Option<usize> {
        option.map(|value| value.span().start)
    }
    use Wish::{Auto, Avif, Gif, Jpeg, Webp};
    let lossless = entry.lossless.as_ref().is_some_and(|on| *on.get_ref());
    let lossy: &[Wish] = if lossless {
        &[Auto, Jpeg, Avif]
    } else {
        &[Auto, Jpeg, Webp, Avif]
    };
    let options = [
        (at(entry.quality.as_ref()), "quality", lossy),
        (at(entry.lossless.as_ref()), "lossless", &[Auto, Webp]),
        (at(entry.chroma.as_ref()), "chroma", &[Auto, Jpeg, Avif]),
        (at(entry.background.as_ref()), "background", &[Auto, Jpeg]),
        (at(entry.animated.as_ref()), "animated", &[Auto, Webp, Gif]),
        (at(entry.effort.as_ref()), "effort", &[Auto, Jpeg]),
    ];
    for (at, option, needs) in options {
        if let Some(at) = at.filter(|_| !has(entry, needs)) {
            return Err((
                at,
                format!(
                    "preset {name}: {option} has no effect on its formats, only on {}; remove it",
                    names(needs)
                ),
            ));
        }
    }
    Ok(())
}

fn has(entry: &Entry, wanted: &[Wish]) -> bool {
    entry.formats().iter().any(|wish| wanted.contains(wish))
}

/// `auto, jpeg and webp`
fn names(wishes: &[Wish]) -> String {
    let names: Vec<&str> = wishes.iter().map(|wish| wish.name()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
