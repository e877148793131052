//! A presets file as it is written: tables and their options, each with its place in the text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Animated, Chroma, Effort, Fact, Metadata, Position, Rgb, Wish};
use crate::geometry::{Fit, Focus};

/// The byte offset of a fault in the file, and its text.
pub(super) type Fault = (usize, String);

/// All of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) facts: Vec<Spanned<Fact>>,
    pub(super) presets: BTreeMap<Spanned<String>, Spanned<Entry>>,
    #[serde(default)]
    pub(super) route: Vec<Spanned<RouteEntry>>,
}

/// A table `[[route]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteEntry {
    #[serde(rename = "match")]
    pub(super) matches: Spanned<String>,
    pub(super) ignore: Option<Spanned<bool>>,
    pub(super) presets: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) allow: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) metadata: Option<Spanned<Metadata>>,
    pub(super) focus: Option<Spanned<Focus>>,
}

/// A table `[presets.NAME]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) fit: Option<Spanned<Fit>>,
    pub(super) width: Option<Spanned<u32>>,
    pub(super) height: Option<Spanned<u32>>,
    pub(super) position: Option<Spanned<Position>>,
    pub(super) widths: Option<Spanned<Vec<Spanned<u32>>>>,
    pub(super) formats: Option<Spanned<Vec<Wish>>>,
    pub(super) quality: Option<Spanned<i64>>,
    pub(super) lossless: Option<Spanned<bool>>,
    pub(super) chroma: Option<Spanned<Chroma>>,
    pub(super) background: Option<Spanned<Rgb>>,
    pub(super) metadata: Option<Metadata>,
    pub(super) animated: Option<Spanned<Animated>>,
    pub(super) effort: Option<Spanned<Effort>>,
}

impl Entry {
    /// `auto` if the table lists none.
    pub(super) fn formats(&self) -> &[Wish] {
        let formats = self.formats.as_ref();
        formats.map_or(&[Wish::Auto], |formats| formats.get_ref().as_slice())
    }
}
