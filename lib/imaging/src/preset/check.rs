//! Reads a presets file. Each error names the line and the values allowed there.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Animated, Chroma, Effort, Metadata, Preset, PresetError, Presets, Rgb, Wish};
use crate::geometry::{Fit, Size};

/// The largest side of a box: the limit of JPEG.
const MAX_SIDE: u32 = 65_500;
/// The largest AVIF: its encoder takes far more time and memory than JPEG's.
pub(super) const MAX_AVIF_PIXELS: u64 = 2048 * 2048;
/// The largest side `libwebp` encodes (`WEBP_MAX_DIMENSION`).
const MAX_WEBP_SIDE: u32 = 16_383;
const DEFAULT_QUALITY: u8 = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    presets: BTreeMap<Spanned<String>, Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fit: Fit,
    width: Spanned<u32>,
    height: Spanned<u32>,
    formats: Spanned<Vec<Wish>>,
    quality: Option<Spanned<i64>>,
    lossless: Option<Spanned<bool>>,
    chroma: Option<Spanned<Chroma>>,
    background: Option<Spanned<Rgb>>,
    metadata: Option<Metadata>,
    animated: Option<Spanned<Animated>>,
    effort: Option<Spanned<Effort>>,
}

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
    let presets = entries
        .into_iter()
        .map(|(name, entry)| {
            preset(name, entry.into_inner()).map_err(|(at, message)| fault(at, message))
        })
        .collect::<Result<_, _>>()?;
    Ok(Presets { presets })
}

/// The byte offset of a fault in the file, and its text.
type Fault = (usize, String);

fn preset(name: Spanned<String>, entry: Entry) -> Result<Preset, Fault> {
    let name_at = name.span().start;
    let name = name.into_inner();
    let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(ok) {
        let message =
            format!("preset name {name:?}: use 1 to 64 lowercase letters, digits, - and _");
        return Err((name_at, message));
    }
    let size = Size {
        width: side(&name, "width", &entry.width)?,
        height: side(&name, "height", &entry.height)?,
    };
    check_formats(&name, &entry)?;
    check_sizes(&name, size, &entry)?;
    check_options(&name, &entry)?;
    Ok(Preset {
        fit: entry.fit,
        size,
        quality: entry
            .quality
            .as_ref()
            .map_or(Ok(DEFAULT_QUALITY), |quality| check_quality(&name, quality))?,
        lossless: entry.lossless.is_some_and(Spanned::into_inner),
        chroma: entry.chroma.map(Spanned::into_inner).unwrap_or_default(),
        background: entry.background.map_or(Rgb::WHITE, Spanned::into_inner),
        metadata: entry.metadata.unwrap_or_default(),
        animated: entry.animated.map(Spanned::into_inner).unwrap_or_default(),
        effort: entry.effort.map(Spanned::into_inner).unwrap_or_default(),
        formats: entry.formats.into_inner(),
        name,
    })
}

fn side(name: &str, what: &str, value: &Spanned<u32>) -> Result<u32, Fault> {
    let side = *value.get_ref();
    if (1..=MAX_SIDE).contains(&side) {
        return Ok(side);
    }
    Err((
        value.span().start,
        format!("preset {name}: {what} must be 1 to {MAX_SIDE}, not {side}"),
    ))
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
    let formats = entry.formats.get_ref();
    let fault = |message: &str| {
        Err((
            entry.formats.span().start,
            format!("preset {name}: {message}"),
        ))
    };
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

/// Refuses boxes that are too large for a format, or too expensive.
fn check_sizes(name: &str, size: Size, entry: &Entry) -> Result<(), Fault> {
    let at = entry.formats.span().start;
    if has(entry, &[Wish::Webp, Wish::Auto]) && size.width.max(size.height) > MAX_WEBP_SIDE {
        return Err((
            at,
            format!("preset {name}: webp allows at most {MAX_WEBP_SIDE} pixels a side, not {size}"),
        ));
    }
    if has(entry, &[Wish::Avif]) && size.area() > MAX_AVIF_PIXELS {
        return Err((
            at,
            format!(
                "preset {name}: avif allows at most {MAX_AVIF_PIXELS} pixels (2048x2048), not {size}"
            ),
        ));
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
    entry
        .formats
        .get_ref()
        .iter()
        .any(|wish| wanted.contains(wish))
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

#[cfg(test)]
mod tests {
    use super::super::Presets;

    const SHIPPED: &str = include_str!("../../../../presets.toml");

    fn check(text: &str, line: usize, says: &str) {
        let error = Presets::parse(text).expect_err(text);
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.message.contains(says), "{text}\n{error}");
    }

    fn one(fields: &str) -> String {
        format!("[presets.a]\nfit = \"inside\"\nwidth = 10\nheight = 10\n{fields}\n")
    }

    #[test]
    fn shipped_presets_are_in_the_order_of_the_file() {
        let presets = Presets::parse(SHIPPED).expect("presets.toml");
        let names: Vec<_> = presets
            .presets
            .iter()
            .map(|preset| preset.name.as_str())
            .collect();
        assert_eq!(names, ["large", "medium", "small", "thumb", "square"]);
    }

    #[test]
    fn faults_name_the_line_and_what_is_allowed() {
        check("", 1, "presets");
        check("[presets]", 1, "no presets");
        check(
            "[presets.a]\nfit = \"inside\"\nwidth = 0\nheight = 10\nformats = [\"auto\"]",
            3,
            "1 to 65500, not 0",
        );
        check(
            "[presets.a]\nfit = \"stretch\"\nwidth = 1\nheight = 1\nformats = [\"auto\"]",
            2,
            "inside",
        );
        check(
            "[presets.A]\nfit = \"inside\"\nwidth = 1\nheight = 1\nformats = [\"auto\"]",
            1,
            "lowercase",
        );
        check(&one("formats = [\"jpeg\"]\nsize = 3"), 6, "size");
        check(&one("formats = []"), 5, "formats is empty");
        check(&one("formats = [\"tiff\"]"), 5, "jpeg");
        check(&one("formats = [\"jpeg\", \"jpeg\"]"), 5, "twice");
        check(&one("formats = [\"auto\", \"jpeg\"]"), 5, "not both");
        check(
            &one("formats = [\"jpeg\"]\nquality = 101"),
            6,
            "1 to 100, not 101",
        );
        check(
            &one("formats = [\"png\"]\nquality = 80"),
            6,
            "quality has no effect",
        );
        check(
            &one("formats = [\"webp\"]\nchroma = \"4:4:4\""),
            6,
            "chroma has no effect",
        );
        check(
            &one("formats = [\"webp\"]\neffort = \"fast\""),
            6,
            "effort has no effect on its formats, only on auto and jpeg",
        );
        check(
            &one("formats = [\"jpeg\"]\neffort = \"slow\""),
            6,
            "expected `small` or `fast`",
        );
        check(
            &one("formats = [\"webp\"]\nlossless = true\nquality = 80"),
            7,
            "quality has no effect on its formats, only on auto, jpeg and avif",
        );
        check(
            &one("formats = [\"jpeg\"]\nlossless = true"),
            6,
            "only on auto and webp",
        );
        check(&one("formats = [\"webp\"]\nlossless = 1"), 6, "boolean");
        check(
            &one("formats = [\"jpeg\", \"png\"]\nanimated = \"first\""),
            6,
            "only on auto, webp and gif",
        );
        check(
            &one("formats = [\"webp\"]\nanimated = \"last\""),
            6,
            "expected `keep` or `first`",
        );
        check(
            &one("formats = [\"webp\"]\nmetadata = \"all\""),
            6,
            "expected `none` or `copyright`",
        );
        check(
            "[presets.a]\nfit = \"inside\"\nwidth = 4000\nheight = 4000\nformats = [\"avif\"]",
            5,
            "at most 4194304 pixels",
        );
        check(
            &one("formats = [\"jpeg\"]\nbackground = \"white\""),
            6,
            "#rrggbb",
        );
        check("[presets.a", 1, "");
    }

    #[test]
    fn fingerprint_is_of_the_meaning() {
        let print = |text: &str| Presets::parse(text).expect(text).fingerprint();
        let plain = print(&one("formats = [\"jpeg\"]"));
        assert_eq!(
            plain,
            print(&one("formats = [\n \"jpeg\" ] # a comment\nquality = 80"))
        );
        assert_ne!(plain, print(&one("formats = [\"jpeg\"]\nquality = 81")));
        let effort = |effort| {
            print(&one(&format!(
                "formats = [\"jpeg\"]\neffort = \"{effort}\""
            )))
        };
        assert_eq!(plain, effort("small"));
        assert_ne!(plain, effort("fast"));
        assert_ne!(plain, print(&one("formats = [\"webp\"]")));
        let webp = print(&one("formats = [\"webp\"]"));
        for option in [
            "lossless = true",
            "metadata = \"copyright\"",
            "animated = \"first\"",
        ] {
            assert_ne!(
                webp,
                print(&one(&format!("formats = [\"webp\"]\n{option}")))
            );
        }
        assert_eq!(plain.len(), "sha256:".len() + 64);
    }
}
