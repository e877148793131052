//! `[[route]]`: what originals get by their keys.

use globset::{GlobBuilder, GlobMatcher};
use toml::Spanned;

use super::{
    Metadata, Preset,
    file::{Fault, RouteEntry},
};
use crate::geometry::Focus;

/// What the originals get whose keys match a glob. The first route that matches decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which keys.
    pub keys: Glob,
    /// What becomes of them.
    pub makes: Makes,
}

/// What becomes of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Makes {
    /// Nothing: no outputs, no notice.
    Nothing,
    /// Variants.
    Variants {
        /// Names of presets, those of families member by member; `None`: all of them.
        presets: Option<Vec<String>>,
        /// Names of presets and families that the object's own metadata may choose instead.
        allow: Vec<String>,
        /// Replaces the presets' own.
        metadata: Option<Metadata>,
        /// What crops by `focus` and `smart` are to show. The object's own metadata goes before it.
        focus: Option<Focus>,
    },
}

/// A glob on a key: `*` stays within a folder, `**` does not.
#[derive(Debug, Clone)]
pub struct Glob {
    matcher: GlobMatcher,
}

impl Glob {
    /// # Errors
    /// What is wrong with it.
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("it is empty; \"**\" matches every key".to_owned());
        }
        let mut builder = GlobBuilder::new(text);
        builder.literal_separator(true).backslash_escape(true);
        let glob = builder.build().map_err(|error| error.kind().to_string())?;
        Ok(Self {
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether a key matches. The key is that of the bucket: not encoded, with `/` between folders.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        self.matcher.is_match(key)
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        self.matcher.glob().glob()
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.matcher.glob() == other.matcher.glob()
    }
}

impl Eq for Glob {}

/// The routes of a file with these presets.
pub(super) fn read(
    entries: &[Spanned<RouteEntry>],
    presets: &[Preset],
) -> Result<Vec<Route>, Fault> {
    let mut routes: Vec<Route> = Vec::new();
    for entry in entries {
        let at = entry.span().start;
        let takes_all = |route: &Route| route.keys.text() == "**" && route.makes != Makes::Nothing;
        if routes.iter().any(takes_all) {
            let message = "no key reaches this route: the route \"**\" before it matches them all";
            return Err((at, message.to_owned()));
        }
        routes.push(route(entry.get_ref(), presets)?);
    }
    Ok(routes)
}

fn route(entry: &RouteEntry, presets: &[Preset]) -> Result<Route, Fault> {
    let text = entry.matches.get_ref();
    let keys = Glob::parse(text).map_err(|reason| {
        let message = format!("match {text:?} is not a glob: {reason}");
        (entry.matches.span().start, message)
    })?;
    let ignores = entry.ignore.as_ref().is_some_and(|on| *on.get_ref());
    if ignores {
        let others = [
            (entry.presets.as_ref().map(Spanned::span), "presets"),
            (entry.allow.as_ref().map(Spanned::span), "allow"),
            (entry.metadata.as_ref().map(Spanned::span), "metadata"),
            (entry.focus.as_ref().map(Spanned::span), "focus"),
        ];
        for (span, option) in others {
            if let Some(span) = span {
                let message = format!("{option} has no effect beside ignore = true; remove one");
                return Err((span.start, message));
            }
        }
        return Ok(Route {
            keys,
            makes: Makes::Nothing,
        });
    }
    let chosen = entry.presets.as_ref();
    let chosen = chosen.map(|list| names(list, presets)).transpose()?;
    if let Some(allow) = &entry.allow {
        names(allow, presets)?;
    }
    let allow = entry
        .allow
        .as_ref()
        .map_or(&[][..], |list| list.get_ref().as_slice());
    Ok(Route {
        keys,
        makes: Makes::Variants {
            presets: chosen,
            allow: allow.iter().map(|name| name.get_ref().clone()).collect(),
            metadata: entry.metadata.as_ref().map(|metadata| *metadata.get_ref()),
            focus: entry.focus.as_ref().map(|focus| *focus.get_ref()),
        },
    })
}

/// The names of the presets in a list, those of families member by member.
fn names(list: &Spanned<Vec<Spanned<String>>>, presets: &[Preset]) -> Result<Vec<String>, Fault> {
    let mut names: Vec<String> = Vec::new();
    for name in list.get_ref() {
        let at = name.span().start;
        let members: Vec<&Preset> = group(presets, name.get_ref()).collect();
        if members.is_empty() {
            let all: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
            let message = format!(
                "no preset is called {name:?}; there are {}",
                all.join(", "),
                name = name.get_ref()
            );
            return Err((at, message));
        }
        for member in members {
            if names.contains(&member.name) {
                return Err((at, format!("the route lists {} twice", member.name)));
            }
            names.push(member.name.clone());
        }
    }
    if names.is_empty() {
        let message = "the list is empty; name presets, or use ignore = true to make nothing";
        return Err((list.span().start, message.to_owned()));
    }
    Ok(names)
}

/// The preset of this name, or the members of the family.
pub(super) fn group<'a>(presets: &'a [Preset], name: &'a str) -> impl Iterator<Item = &'a Preset> {
    let wanted =
        move |preset: &&Preset| preset.name == name || preset.family.as_deref() == Some(name);
    presets.iter().filter(wanted)
}
