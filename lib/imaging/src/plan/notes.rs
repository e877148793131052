//! What a person should know about a plan: each variant that is not as its preset asks for.

use super::{Output, Step};
use crate::{
    Probe,
    geometry::{Size, fit},
    preset::Presets,
};

/// The notes on the original, then those on the variants.
pub(super) fn notes(probe: &Probe, presets: &Presets, steps: &[Step]) -> Vec<String> {
    let mut notes = probe.notes.clone();
    if probe.sequence {
        notes.push("the original is animated, but only its still image is shown".to_owned());
    }
    if probe.credentials {
        notes.push(
            "its Content Credentials are in no variant: they vouch for the original's bytes alone"
                .to_owned(),
        );
    }
    notes.extend(stills_note(probe, steps));
    notes.extend(reduced_notes(probe, presets, steps));
    notes
}

/// A note for each variant that its format made smaller than its preset asks for.
fn reduced_notes(probe: &Probe, presets: &Presets, steps: &[Step]) -> Vec<String> {
    let (width, height) = probe.upright();
    let upright = Size { width, height };
    let mut outputs: Vec<(&Step, &Output)> = steps
        .iter()
        .flat_map(|step| step.outputs.iter().map(move |output| (step, output)))
        .collect();
    outputs.sort_by_key(|(_, output)| output.order);
    let note = |(step, output): (&Step, &Output)| {
        let preset = presets.presets.iter().find(|p| p.name == output.preset)?;
        let (_, wanted) = fit(upright, preset.bounds.around(upright), preset.fit);
        let size = step.shown(probe.orientation);
        let format = output.encoding.format;
        (size != wanted).then(|| {
            format!(
                "{} is {size}, not {wanted}: the limit of {}",
                file_name(output),
                format.name()
            )
        })
    };
    outputs.into_iter().filter_map(note).collect()
}

/// `small.jpg`
fn file_name(output: &Output) -> String {
    format!("{}.{}", output.preset, output.encoding.format.extension())
}

/// The note about variants that show only the first frame.
fn stills_note(probe: &Probe, steps: &[Step]) -> Option<String> {
    if probe.frames <= 1 {
        return None;
    }
    let mut stills: Vec<&Output> = steps
        .iter()
        .flat_map(|step| &step.outputs)
        .filter(|output| !output.encoding.moves)
        .collect();
    if stills.is_empty() {
        return None;
    }
    stills.sort_by_key(|output| output.order);
    let names: Vec<String> = stills.iter().map(|output| file_name(output)).collect();
    Some(format!(
        "only the first of {} frames is shown in {}",
        probe.frames,
        names.join(", ")
    ))
}
