//! `presets.toml`: the variants every original gets, validated when parsed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::{
    Format,
    geometry::{Fit, Size},
};

/// The presets, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Presets {
    /// At least one; names are unique.
    pub presets: Vec<Preset>,
}

/// One named wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// Lowercase letters, digits, `-` and `_`; part of the variant's key.
    pub name: String,
    /// How the picture meets the box.
    pub fit: Fit,
    /// The box; the right way up.
    pub size: Size,
    /// One variant for each.
    pub formats: Vec<Wish>,
    /// 1 to 100, for JPEG and lossy WebP.
    pub quality: u8,
    /// How much colour detail a JPEG keeps.
    pub chroma: Chroma,
    /// What shows through a transparent picture in a format without transparency.
    pub background: Rgb,
}

/// A wanted output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    /// JPEG when the original is opaque, WebP when it has transparency or moves.
    Auto,
    /// JPEG.
    Jpeg,
    /// Lossy WebP.
    Webp,
    /// PNG.
    Png,
}

/// How many colour samples a JPEG has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Chroma {
    /// One for two by two pixels.
    #[default]
    #[serde(rename = "4:2:0")]
    Quarter,
    /// One for every pixel.
    #[serde(rename = "4:4:4")]
    Full,
}

/// An sRGB colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    const WHITE: Self = Self([255; 3]);
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Rgb> for String {
    fn from(colour: Rgb) -> Self {
        colour.to_string()
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.is_ascii());
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = value
            .ok_or_else(|| format!("a colour is written \"#rrggbb\", not \"{text}\""))?
            .to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

/// What is wrong with a presets file, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PresetError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// The largest box a preset may ask for: a JPEG has no more columns.
const MAX_SIDE: u32 = 65_500;
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
    chroma: Option<Spanned<Chroma>>,
    background: Option<Spanned<Rgb>>,
}

impl Presets {
    /// Reads and validates the text of a presets file.
    ///
    /// # Errors
    /// The first fault, with its line and what is allowed there. Say the file's name before it.
    pub fn parse(text: &str) -> Result<Self, PresetError> {
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
                "no preset; add one such as [presets.large]".to_owned(),
            ));
        }
        let presets = entries
            .into_iter()
            .map(|(name, entry)| {
                preset(name, entry.into_inner()).map_err(|(at, message)| fault(at, message))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { presets })
    }

    /// `sha256:` and 64 hex digits of the presets' meaning: the same for files that differ in comments and layout only.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for preset in &self.presets {
            hash.update(preset.meaning());
        }
        format!("sha256:{:x}", hash.finalize())
    }
}

impl Preset {
    /// One line that names every field; what it says may never be said of another meaning.
    fn meaning(&self) -> String {
        let Self {
            name,
            fit,
            size,
            formats,
            quality,
            chroma,
            background,
        } = self;
        format!("{name} {fit:?} {size} {formats:?} {quality} {chroma:?} {background}\n")
    }
}

/// Where in the file a fault is (a byte offset), and what it is.
type Fault = (usize, String);

fn preset(name: Spanned<String>, entry: Entry) -> Result<Preset, Fault> {
    let name_at = name.span().start;
    let name = name.into_inner();
    let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(ok) {
        let message =
            format!("preset name {name:?}: 1 to 64 lowercase letters, digits, - and _ are allowed");
        return Err((name_at, message));
    }
    let size = Size {
        width: side(&name, "width", &entry.width)?,
        height: side(&name, "height", &entry.height)?,
    };
    formats(&name, size, &entry)?;
    Ok(Preset {
        fit: entry.fit,
        size,
        quality: entry
            .quality
            .as_ref()
            .map_or(Ok(DEFAULT_QUALITY), |quality| check_quality(&name, quality))?,
        chroma: entry.chroma.map(Spanned::into_inner).unwrap_or_default(),
        background: entry.background.map_or(Rgb::WHITE, Spanned::into_inner),
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
        format!("preset {name}: {what} is 1 to {MAX_SIDE}, not {side}"),
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
                format!("preset {name}: quality is 1 to 100, not {quality}"),
            )
        })
}

/// Refuses no formats, the same twice, and options that no format of the preset has.
fn formats(name: &str, size: Size, entry: &Entry) -> Result<(), Fault> {
    let formats = entry.formats.get_ref();
    let at = entry.formats.span().start;
    let has = |wanted: &[Wish]| formats.iter().any(|format| wanted.contains(format));
    if formats.is_empty() {
        return Err((
            at,
            format!("preset {name}: formats is empty; say \"auto\", \"jpeg\", \"webp\" or \"png\""),
        ));
    }
    let concrete = |wish: &Wish| matches!(wish, Wish::Jpeg | Wish::Webp);
    if has(&[Wish::Auto]) && formats.iter().any(concrete) {
        return Err((
            at,
            format!(
                "preset {name}: \"auto\" is jpeg or webp already; name these or \"auto\", not both"
            ),
        ));
    }
    if (1..formats.len()).any(|i| formats[..i].contains(&formats[i])) {
        return Err((at, format!("preset {name}: the same format twice")));
    }
    if has(&[Wish::Webp, Wish::Auto]) && size.width.max(size.height) > MAX_WEBP_SIDE {
        return Err((
            at,
            format!(
                "preset {name}: webp is at most {MAX_WEBP_SIDE} pixels wide and high, not {size}"
            ),
        ));
    }
    let meaningless = [
        (
            entry.quality.as_ref().map(Spanned::span),
            "quality",
            &[Wish::Auto, Wish::Jpeg, Wish::Webp][..],
        ),
        (
            entry.chroma.as_ref().map(Spanned::span),
            "chroma",
            &[Wish::Auto, Wish::Jpeg],
        ),
        (
            entry.background.as_ref().map(Spanned::span),
            "background",
            &[Wish::Auto, Wish::Jpeg],
        ),
    ];
    for (span, option, needs) in meaningless {
        if let Some(span) = span.filter(|_| !has(needs)) {
            return Err((
                span.start,
                format!("preset {name}: {option} means nothing to its formats; leave it out"),
            ));
        }
    }
    Ok(())
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The concrete format of a wish for an original.
#[must_use]
pub fn resolve(wish: Wish, alpha: bool, moves: bool) -> Format {
    match wish {
        Wish::Auto if alpha || moves => Format::Webp,
        Wish::Auto | Wish::Jpeg => Format::Jpeg,
        Wish::Webp => Format::Webp,
        Wish::Png => Format::Png,
    }
}

#[cfg(test)]
mod tests {
    use super::Presets;

    const SHIPPED: &str = include_str!("../../../presets.toml");

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
        check("[presets]", 1, "no preset");
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
            "quality means nothing",
        );
        check(
            &one("formats = [\"webp\"]\nchroma = \"4:4:4\""),
            6,
            "chroma means nothing",
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
        assert_ne!(plain, print(&one("formats = [\"webp\"]")));
        assert_eq!(plain.len(), "sha256:".len() + 64);
    }
}
