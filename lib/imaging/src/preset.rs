//! `presets.toml`: the variants every original gets, validated when parsed.

mod check;
mod file;
pub mod route;
mod sizes;
#[cfg(test)]
mod tests;

use route::Route;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Format,
    geometry::{Bounds, Fit, Focus, Share},
};

/// The presets, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presets {
    /// At least one; names are unique.
    pub presets: Vec<Preset>,
    /// Which originals get which of them; without a route that matches, all of them.
    pub routes: Vec<Route>,
    /// What manifests say of how an original was taken.
    pub facts: Vec<Fact>,
    /// The point that crops by `focus` and `smart` are to show, if it is known.
    pub focus: Option<Focus>,
}

/// One preset: a named wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// Lowercase letters, digits, `-` and `_`; part of the variant's key.
    pub name: String,
    /// The table with `widths` that this preset is one width of.
    pub family: Option<String>,
    /// How the picture fits the box.
    pub fit: Fit,
    /// The box, for the upright picture.
    pub bounds: Bounds,
    /// Which part a `cover` crop keeps.
    pub position: Position,
    /// One variant per format.
    pub formats: Vec<Wish>,
    /// 1 to 100, for JPEG, lossy WebP and AVIF.
    pub quality: u8,
    /// Whether a WebP keeps every pixel exactly.
    pub lossless: bool,
    /// How much colour detail a JPEG or an AVIF keeps.
    pub chroma: Chroma,
    /// The colour behind a transparent picture in a format without transparency.
    pub background: Rgb,
    /// The metadata to keep.
    pub metadata: Metadata,
    /// The treatment of animations.
    pub animated: Animated,
    /// How much CPU may be spent to make a JPEG smaller.
    pub effort: Effort,
}

/// A wanted output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    /// JPEG if the original is opaque, WebP if it is transparent or the variant is animated.
    Auto,
    /// JPEG.
    Jpeg,
    /// WebP, animated if the original is.
    Webp,
    /// PNG.
    Png,
    /// AVIF.
    Avif,
    /// GIF, animated if the original is.
    Gif,
}

impl Wish {
    /// As in `formats`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Png => "png",
            Self::Avif => "avif",
            Self::Gif => "gif",
        }
    }
}

/// How many colour samples a JPEG or an AVIF has.
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

/// Which part a `cover` crop keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// The middle.
    #[default]
    #[serde(alias = "center")]
    Centre,
    /// The middle of the upper edge.
    Top,
    /// The upper right corner.
    TopRight,
    /// The middle of the right edge.
    Right,
    /// The lower right corner.
    BottomRight,
    /// The middle of the lower edge.
    Bottom,
    /// The lower left corner.
    BottomLeft,
    /// The middle of the left edge.
    Left,
    /// The upper left corner.
    TopLeft,
    /// The focus that the object's metadata or a route gives, else the regions that the file describes, else the middle.
    Focus,
    /// As `Focus`, but before the middle comes what stands out in the picture.
    Smart,
}

impl Position {
    /// The point that it names: `None` if it depends on the original.
    #[must_use]
    pub(crate) fn point(self) -> Option<Focus> {
        let (x, y) = match self {
            Self::TopLeft => (0.0, 0.0),
            Self::Top => (0.5, 0.0),
            Self::TopRight => (1.0, 0.0),
            Self::Left => (0.0, 0.5),
            Self::Centre => (0.5, 0.5),
            Self::Right => (1.0, 0.5),
            Self::BottomLeft => (0.0, 1.0),
            Self::Bottom => (0.5, 1.0),
            Self::BottomRight => (1.0, 1.0),
            Self::Focus | Self::Smart => return None,
        };
        Some(Focus {
            x: Share::of(x),
            y: Share::of(y),
        })
    }
}

/// The part of an original's metadata to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metadata {
    /// Nothing.
    #[default]
    None,
    /// Creator and copyright, nothing else.
    Copyright,
}

/// What a manifest can say of how an original was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fact {
    /// The camera's date and time.
    Taken,
    /// The camera's maker and model.
    Camera,
    /// The lens's model.
    Lens,
    /// Copyright notice and creator.
    Copyright,
    /// Latitude and longitude.
    Gps,
}

impl Fact {
    /// As in `facts`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Camera => "camera",
            Self::Lens => "lens",
            Self::Copyright => "copyright",
            Self::Gps => "gps",
        }
    }
}

/// The treatment of an animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Animated {
    /// Keep it animated in WebP and GIF.
    #[default]
    Keep,
    /// Render its first frame only.
    First,
}

/// How much CPU may be spent to make a file smaller at the same quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// What more traffic would cost.
    #[default]
    Small,
    /// Little.
    Fast,
}

/// An sRGB colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    pub(crate) const WHITE: Self = Self([255; 3]);
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

/// A fault in a presets file, with its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PresetError {
    /// Counted from 1.
    pub line: usize,
    /// The fault, and the allowed values.
    pub message: String,
}

impl Presets {
    /// Reads and validates the text of a presets file.
    ///
    /// # Errors
    /// The first fault, with its line and the allowed values. Print the file's name before it.
    pub fn parse(text: &str) -> Result<Self, PresetError> {
        check::parse(text)
    }

    /// The presets of a route, whose `presets` and `metadata` these are; `None`: all, in both cases.
    #[must_use]
    pub fn chosen(&self, names: Option<&[String]>, metadata: Option<Metadata>) -> Self {
        let is_chosen = |preset: &&Preset| names.is_none_or(|names| names.contains(&preset.name));
        let with_metadata = |preset: &Preset| Preset {
            metadata: metadata.unwrap_or(preset.metadata),
            ..preset.clone()
        };
        let presets = self.presets.iter().filter(is_chosen);
        Self {
            presets: presets.map(with_metadata).collect(),
            routes: Vec::new(),
            facts: self.facts.clone(),
            focus: self.focus,
        }
    }

    /// The names of the preset or of the members of the family.
    #[must_use]
    pub fn group(&self, name: &str) -> Vec<String> {
        let members = route::group(&self.presets, name);
        members.map(|preset| preset.name.clone()).collect()
    }

    /// `sha256:` and 64 hex digits of the presets' meaning: the same for files that differ in comments and layout only.
    /// Routes are not in it: they choose presets, and the chosen ones have their own fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for preset in &self.presets {
            hash.update(preset.meaning());
        }
        if !self.facts.is_empty() {
            hash.update(format!("facts {:?}\n", self.facts));
        }
        if let Some(focus) = self.focus {
            hash.update(format!("focus {focus:?}\n"));
        }
        format!("sha256:{:x}", hash.finalize())
    }
}

impl Preset {
    /// One line with every field. Two presets with different meanings must never give the same line.
    fn meaning(&self) -> String {
        let Self {
            name,
            family: _, // the variant is the same, whether its preset was written alone or as one of several widths
            fit,
            bounds,
            position,
            formats,
            quality,
            lossless,
            chroma,
            background,
            metadata,
            animated,
            effort,
        } = self;
        // added later: what it was before must still give the same line
        let effort = match effort {
            Effort::Small => "",
            Effort::Fast => " fast",
        };
        let position = match position {
            Position::Centre => String::new(),
            other => format!(" {other:?}"),
        };
        format!(
            "{name} {fit:?} {bounds} {formats:?} {quality} {lossless} {chroma:?} {background} {metadata:?} {animated:?}{effort}{position}\n"
        )
    }
}

/// The concrete format of a wish, given whether the original has transparency (`alpha`) and whether the variant `moves`.
#[must_use]
pub fn resolve(wish: Wish, alpha: bool, moves: bool) -> Format {
    match wish {
        Wish::Auto if alpha || moves => Format::Webp,
        Wish::Auto | Wish::Jpeg => Format::Jpeg,
        Wish::Webp => Format::Webp,
        Wish::Png => Format::Png,
        Wish::Avif => Format::Avif,
        Wish::Gif => Format::Gif,
    }
}
