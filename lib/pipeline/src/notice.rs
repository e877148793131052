//! The notice: the message that says an original has a new outcome. Version 1; delivered at least once, in any order.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::key::{self, Key, Origin, PublicId};
use crate::manifest::{self, Manifest, Original, Rejection, Variant};

/// The version this code writes.
pub const VERSION: u32 = 1;

/// The longest notice in bytes. Gateways cut WebSocket messages at 128 KiB and SNS messages at 256 KiB (with the mail's
/// text); a longer notice leaves out its variants, which are in the manifest anyway.
pub const MAX_BYTES: usize = 96 * 1024;

/// An outcome to announce.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// [`VERSION`].
    pub version: u32,
    /// Equal for the same outcome of the same original, so that subscribers can drop repeats.
    pub id: String,
    /// How the job ended.
    pub outcome: Outcome,
    /// The id that clients watch.
    pub public_id: PublicId,
    /// The manifest's key in the output bucket (gone when removed).
    pub manifest: String,
    /// Left out when removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Empty unless ready.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every variant is stored.
    Ready,
    /// The original cannot be rendered.
    Rejected,
    /// The original is gone, and its outputs with it.
    Removed,
}

impl Outcome {
    /// The name in message attributes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Rejected => "rejected",
            Self::Removed => "removed",
        }
    }
}

impl From<manifest::Outcome> for Outcome {
    fn from(outcome: manifest::Outcome) -> Self {
        match outcome {
            manifest::Outcome::Ready => Self::Ready,
            manifest::Outcome::Rejected => Self::Rejected,
        }
    }
}

impl Notice {
    /// The notice of an original that was rendered or rejected.
    #[must_use]
    pub fn of(key: &Key, manifest: &Manifest) -> Self {
        let outcome = manifest.outcome.into();
        let mut notice = Self {
            version: VERSION,
            id: id(key, outcome, &manifest.original.etag, &manifest.presets),
            outcome,
            public_id: key.public_id(),
            manifest: key::manifest(&key.folder()),
            original: Some(manifest.original.clone()),
            variants: manifest.variants.clone(),
            rejection: manifest.rejection.clone(),
        };
        if notice.to_json().len() > MAX_BYTES {
            notice.variants.clear();
        }
        notice
    }

    /// The notice of an original that is gone.
    #[must_use]
    pub fn removed(key: &Key) -> Self {
        Self {
            version: VERSION,
            id: id(key, Outcome::Removed, "", ""),
            outcome: Outcome::Removed,
            public_id: key.public_id(),
            manifest: key::manifest(&key.folder()),
            original: None,
            variants: Vec::new(),
            rejection: None,
        }
    }

    /// The origin of the original, derived from the manifest's key.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Key::parse(&self.manifest).map_or(Origin::Bulk, |key| key.origin())
    }

    /// The JSON that is published.
    ///
    /// # Panics
    /// Never: the type has neither maps with odd keys nor failing serializers.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a notice is plain data")
    }

    /// The subject of a mail: under 100 characters and without control characters, as SNS requires.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("Darkroom: an image is {}", self.outcome.name())
    }

    /// The SNS message of structure `json`: the notice for programs, a text for people.
    #[must_use]
    pub fn message(&self) -> String {
        serde_json::json!({ "default": self.to_json(), "email": self.text() }).to_string()
    }

    /// A name of the original for people: its key, a guest's file name, or the folder of its manifest.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self
            .original
            .as_ref()
            .and_then(|original| original.key.as_deref().or(original.name.as_deref()));
        name.unwrap_or(&self.manifest)
    }

    /// The text of the mail.
    fn text(&self) -> String {
        let name = self.name();
        match &self.rejection {
            Some(rejection) => format!("{name} was rejected: {}\n", rejection.reason),
            None => format!(
                "{name} is {}: {} variants\n",
                self.outcome.name(),
                self.variants.len()
            ),
        }
    }
}

/// A name for this outcome: 32 hex digits.
fn id(key: &Key, outcome: Outcome, etag: &str, presets: &str) -> String {
    let text = [key.public_id().as_str(), outcome.name(), etag, presets].join("\n");
    key::hex(&Sha256::digest(text))[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_outcome_has_the_same_id() {
        let key = Key::parse("a.jpg").expect("a key");
        let other = Key::parse("b.jpg").expect("a key");
        let first = id(&key, Outcome::Ready, "e1", "p1");
        assert_eq!(first, id(&key, Outcome::Ready, "e1", "p1"));
        for different in [
            id(&other, Outcome::Ready, "e1", "p1"),
            id(&key, Outcome::Rejected, "e1", "p1"),
            id(&key, Outcome::Ready, "e2", "p1"),
            id(&key, Outcome::Ready, "e1", "p2"),
        ] {
            assert_ne!(first, different);
        }
    }

    #[test]
    fn a_removed_notice_names_the_manifest_and_no_secret() {
        let key = Key::parse("guest/us-east-1:secret/uuid/cat.jpg").expect("a key");
        let notice = Notice::removed(&key);
        let json = notice.to_json();
        assert!(!json.contains("secret"), "{json}");
        assert_eq!(notice.origin(), Origin::Guest);
        assert_eq!(
            serde_json::from_str::<Notice>(&json).expect("our own JSON"),
            notice
        );
    }
}
