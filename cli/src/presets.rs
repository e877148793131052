//! `darkroom presets`: the presets of a file, for people and for front ends.

use std::process::ExitCode;

use anyhow::Result;
use darkroom_imaging::preset::{Preset, Presets, Wish, resolve};
use serde_json::{Value, json};

use crate::args;
use crate::output;

/// The version of the module that `--js` prints.
const VERSION: u32 = 1;

/// Runs the verb.
///
/// # Errors
/// Wrong use: unusable presets.
pub(crate) fn run(args: &args::Presets) -> Result<ExitCode> {
    let presets = crate::presets(args.presets.as_deref())?;
    if args.js {
        output::line(module(&presets)?)?;
    } else {
        for preset in &presets.presets {
            output::line(described(preset))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `large        inside 1920x1920: auto, quality 80`
fn described(preset: &Preset) -> String {
    let Preset {
        name, fit, bounds, ..
    } = preset;
    let formats: Vec<&str> = preset.formats.iter().map(|wish| wish.name()).collect();
    let fit = format!("{fit:?}").to_lowercase();
    format!(
        "{name:12} {fit} {bounds}: {}, quality {}",
        formats.join(", "),
        preset.quality
    )
}

/// What a loader must know to form the URL of a variant: `{public_url}/{folder}/{name}.{extension}`.
fn module(presets: &Presets) -> Result<String> {
    let list: Vec<Value> = presets.presets.iter().map(entry).collect();
    let module = json!({
        "version": VERSION,
        "fingerprint": presets.fingerprint(),
        "presets": list,
    });
    Ok(format!(
        "// Made by `darkroom presets --js`. Make it again after every change of the presets.\nexport default {};",
        serde_json::to_string_pretty(&module)?
    ))
}

/// `extensions` has two where the original decides: a jpg, or a webp if it is transparent or animated.
fn entry(preset: &Preset) -> Value {
    let of_wish = |wish: &Wish| {
        let mut extensions = [false, true]
            .map(|alpha| resolve(*wish, alpha, false).extension())
            .to_vec();
        extensions.dedup();
        extensions
    };
    let extensions: Vec<&str> = preset.formats.iter().flat_map(of_wish).collect();
    json!({
        "name": preset.name,
        "family": preset.family,
        "fit": preset.fit,
        "width": preset.bounds.width,
        "height": preset.bounds.height,
        "formats": preset.formats,
        "extensions": extensions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_json_after_its_first_words() {
        let text = "[presets.card]\nwidth = 640\nformats = [\"avif\", \"auto\"]\n[presets.web]\nwidths = [320, 640]";
        let presets = Presets::parse(text).expect(text);
        let module = module(&presets).expect("JSON");
        let (_, json) = module.split_once("export default ").expect(&module);
        let json: Value = serde_json::from_str(json.trim_end_matches(';')).expect(json);
        assert_eq!(json["version"], 1);
        assert_eq!(
            json["presets"][0],
            json!({"name": "card", "family": null, "fit": "inside", "width": 640, "height": null,
                "formats": ["avif", "auto"], "extensions": ["avif", "jpg", "webp"]})
        );
        assert_eq!(json["presets"][2]["name"], "web-640");
        assert_eq!(json["presets"][2]["family"], "web");
    }

    #[test]
    fn people_get_a_line_for_each_preset() {
        let presets = crate::presets(None).expect("built in").presets;
        assert_eq!(
            described(&presets[0]),
            "large        inside 1920x1920: auto, quality 80"
        );
    }
}
