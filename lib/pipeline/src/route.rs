//! Which presets an original gets: by its key, and by what its object's metadata asks for.

use std::sync::Arc;

use darkroom_imaging::Presets;
use darkroom_imaging::geometry::Focus;
use darkroom_imaging::preset::route::{Glob, Makes, Route};
use sha2::{Digest, Sha256};

use crate::key::{self, Key, Origin};
use crate::store::Asked;

/// The presets of every original.
#[derive(Debug, Clone)]
pub struct Routes {
    /// What originals get that no route matches: all presets.
    pub others: Wanted,
    routes: Vec<(Glob, Option<Wanted>)>,
}

/// What an original gets.
#[derive(Debug, Clone)]
pub enum Routed<'a> {
    /// These variants.
    Wanted(&'a Wanted),
    /// Nothing: the route with this glob ignores it.
    Ignored(&'a str),
}

/// The presets of a route.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is made unless the object's metadata asks for other presets.
    pub presets: Arc<Presets>,
    /// Changes with everything that this route may make, and with nothing else: a change of another route leaves the
    /// outputs of this one current.
    pub fingerprint: Arc<str>,
    /// What the object's metadata may ask for, by name.
    groups: Vec<(String, Arc<Presets>)>,
}

impl Routes {
    /// Of a presets file.
    #[must_use]
    pub fn new(presets: &Presets) -> Self {
        let route = |route: &Route| (route.keys.clone(), wanted(presets, &route.makes));
        Self {
            others: Wanted::all(presets.chosen(None, None)),
            routes: presets.routes.iter().map(route).collect(),
        }
    }

    /// What the original of this key gets. The first route that matches decides. A guest's original is never ignored, as
    /// the guest's page waits for its outcome.
    #[must_use]
    pub fn of(&self, key: &Key) -> Routed<'_> {
        for (glob, wanted) in &self.routes {
            match wanted {
                _ if !glob.matches(key.as_str()) => {}
                Some(wanted) => return Routed::Wanted(wanted),
                None if key.origin() == Origin::Guest => {}
                None => return Routed::Ignored(glob.text()),
            }
        }
        Routed::Wanted(&self.others)
    }
}

fn wanted(all: &Presets, makes: &Makes) -> Option<Wanted> {
    let Makes::Variants {
        presets,
        allow,
        metadata,
        focus,
    } = makes
    else {
        return None;
    };
    let chosen = |names: Option<&[String]>| Presets {
        focus: *focus,
        ..all.chosen(names, *metadata)
    };
    let group = |name: &String| {
        let members = chosen(Some(&all.group(name)));
        (name.clone(), Arc::new(members))
    };
    Some(
        Wanted {
            groups: allow.iter().map(group).collect(),
            ..Wanted::all(chosen(presets.as_deref()))
        }
        .with_fingerprint(),
    )
}

impl Wanted {
    fn all(presets: Presets) -> Self {
        Self {
            fingerprint: presets.fingerprint().into(),
            presets: Arc::new(presets),
            groups: Vec::new(),
        }
    }

    /// A listing of the bucket does not show metadata, so the fingerprint covers all that it may ask for.
    fn with_fingerprint(mut self) -> Self {
        if self.groups.is_empty() {
            return self;
        }
        let mut hash = Sha256::new_with_prefix(self.fingerprint.as_bytes());
        for (name, presets) in &self.groups {
            hash.update(format!("\nallow {name} {}", presets.fingerprint()));
        }
        self.fingerprint = format!("sha256:{}", key::hex(&hash.finalize())).into();
        self
    }

    /// The presets to apply, and notes for the owner on metadata that cannot be followed.
    #[must_use]
    pub fn asked(&self, asked: &Asked) -> (Arc<Presets>, Vec<String>) {
        let (mut presets, mut notes) = (&self.presets, Vec::new());
        if let Some(name) = asked.presets.as_deref() {
            match self.groups.iter().find(|(allowed, _)| allowed == name) {
                Some((_, group)) => presets = group,
                None => notes.push(self.refusal(name)),
            }
        }
        let Some(text) = asked.focus.as_deref() else {
            return (Arc::clone(presets), notes);
        };
        let focus = Focus::parse(text);
        if focus.is_none() {
            let text = key::public_name(text);
            notes.push(format!(
                "x-amz-meta-focus is {text:?}; it is x,y from 0 to 1, such as 0.31,0.62"
            ));
            return (Arc::clone(presets), notes);
        }
        let presets = Presets {
            focus,
            ..Presets::clone(presets)
        };
        (Arc::new(presets), notes)
    }

    fn refusal(&self, name: &str) -> String {
        let allowed: Vec<&str> = self.groups.iter().map(|(name, _)| name.as_str()).collect();
        let allowed = if allowed.is_empty() {
            "no choice".to_owned()
        } else {
            allowed.join(", ")
        };
        let name = key::public_name(name);
        format!("x-amz-meta-presets asks for {name:?}; the route of this key allows {allowed}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[presets.large]
width = 9
[presets.avatar]
width = 5
[presets.web]
widths = [3, 4]
[[route]]
match = "drafts/**"
ignore = true
[[route]]
match = "avatars/**"
presets = ["avatar"]
[[route]]
match = "posts/**"
presets = ["large"]
allow = ["web", "avatar"]
[[route]]
match = "guest/**"
ignore = true
"#;

    fn routes(text: &str) -> Routes {
        Routes::new(&Presets::parse(text).expect(text))
    }

    fn key(text: &str) -> Key {
        Key::parse(text).expect("a key")
    }

    /// The names of what a key gets, and its fingerprint.
    fn of(routes: &Routes, text: &str, asks: Option<&str>) -> (Vec<String>, String, Vec<String>) {
        let asked = Asked {
            presets: asks.map(str::to_owned),
            focus: None,
        };
        match routes.of(&key(text)) {
            Routed::Ignored(glob) => panic!("{text} is ignored by {glob}"),
            Routed::Wanted(wanted) => {
                let (presets, notes) = wanted.asked(&asked);
                let names = presets.presets.iter().map(|preset| preset.name.clone());
                (names.collect(), wanted.fingerprint.to_string(), notes)
            }
        }
    }

    #[test]
    fn the_first_route_that_matches_decides() {
        let routes = routes(TEXT);
        assert!(matches!(
            routes.of(&key("drafts/a/b.jpg")),
            Routed::Ignored("drafts/**")
        ));
        assert_eq!(of(&routes, "avatars/a.jpg", None).0, ["avatar"]);
        assert_eq!(
            of(&routes, "a.jpg", None).0,
            ["large", "avatar", "web-3", "web-4"]
        );
        assert_eq!(of(&routes, "guest/us-east-1:x/1/a.jpg", None).0.len(), 4);
    }

    #[test]
    fn metadata_chooses_only_what_its_route_allows() {
        let routes = routes(TEXT);
        let plain = of(&routes, "posts/a", None);
        assert_eq!(plain.0, ["large"]);
        let web = of(&routes, "posts/a", Some("web"));
        assert_eq!((web.0.len(), &web.0[0][..], web.2.len()), (2, "web-3", 0));
        // a listing does not show metadata: both are current under one fingerprint
        assert_eq!(plain.1, web.1);
        for (at, asks) in [
            ("posts/a", "large"),
            ("posts/a", "web,avatar"),
            ("a", "web"),
            ("a", ""),
        ] {
            let (names, _, notes) = of(&routes, at, Some(asks));
            assert_eq!(names, of(&routes, at, None).0);
            assert!(notes[0].contains("x-amz-meta-presets"));
        }
    }

    #[test]
    fn the_objects_focus_goes_before_the_routes() {
        let text = TEXT.replace("presets = [\"avatar\"]", "focus = [0.1, 0.2]");
        let routes = routes(&text);
        let Routed::Wanted(wanted) = routes.of(&key("avatars/a")) else {
            panic!("it is wanted")
        };
        let with = |focus: Option<&str>| {
            let asked = Asked {
                focus: focus.map(str::to_owned),
                ..Asked::default()
            };
            let (presets, notes) = wanted.asked(&asked);
            (presets.focus, notes.len())
        };
        assert_eq!(with(None), (Focus::parse("0.1,0.2"), 0));
        assert_eq!(with(Some("0.31,0.62")), (Focus::parse("0.31,0.62"), 0));
        assert_eq!(with(Some("NaN,0.5")), (Focus::parse("0.1,0.2"), 1));
    }

    #[test]
    fn a_fingerprint_changes_with_its_own_route_only() {
        let before = routes(TEXT);
        let unrouted = routes(TEXT.split("[[route]]").next().expect("presets"));
        assert_eq!(of(&before, "a", None).1, of(&unrouted, "a", None).1);
        let keys = ["a", "avatars/a", "posts/a"];
        for (from, to, changed) in [
            (
                "presets = [\"avatar\"]",
                "presets = [\"large\"]",
                "avatars/a",
            ),
            (
                "presets = [\"avatar\"]",
                "metadata = \"copyright\"",
                "avatars/a",
            ),
            ("allow = [\"web\", ", "allow = [", "posts/a"),
        ] {
            let after = routes(&TEXT.replace(from, to));
            for key in keys {
                let same = of(&before, key, None).1 == of(&after, key, None).1;
                assert_eq!(same, key != changed, "{key}: {from} becomes {to}");
            }
        }
        // what the metadata may choose is rendered again when it changes
        let after = routes(&TEXT.replace("widths = [3, 4]", "widths = [3, 6]"));
        assert_ne!(
            of(&before, "posts/a", None).1,
            of(&after, "posts/a", None).1
        );
        assert_eq!(
            of(&before, "avatars/a", None).1,
            of(&after, "avatars/a", None).1
        );
    }
}
