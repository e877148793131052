//! The manifest: the JSON other programs read to learn an original's outcome. Version 1; it is the truth, notices are hints.

use darkroom_imaging::Format;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::{Key, Origin};

/// The version this code writes, and the only one it believes when it reads.
pub const VERSION: u32 = 1;

/// An original's outcome and where its variants are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Ready or rejected; a removed original has no manifest.
    pub outcome: Outcome,
    /// What was rendered, or rejected.
    pub original: Original,
    /// In the presets' order; empty when rejected.
    pub variants: Vec<Variant>,
    /// Something to show while a variant loads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<Placeholder>,
    /// A `<picture>` element of the uncropped variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Why there are no variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
    /// What its owner should know, e.g. that only the first frame is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The fingerprint of the presets that were applied.
    pub presets: String,
    /// The change of the original that it was made for, if it was made for one: S3's `sequencer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Name and version of the program.
    pub engine: String,
    /// How long it took.
    pub timings_ms: Timings,
    /// When it was written.
    pub created_at: Timestamp,
}

/// How a job ended, as recorded in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every variant is there.
    Ready,
    /// The original cannot be rendered; `rejection` says why.
    Rejected,
}

/// The original as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its key; left out for a guest's, which holds a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// A guest's file name, without the secret path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Its length.
    pub bytes: u64,
    /// What the header says; not known of every rejected file.
    #[serde(flatten)]
    pub picture: Option<Picture>,
}

/// An original's header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// As sniffed from the bytes.
    pub format: Format,
    /// Upright (orientation applied), pixels.
    pub width: u32,
    /// Upright (orientation applied), pixels.
    pub height: u32,
    /// The orientation tag that was found: 1 to 8 as EXIF counts, 1 when there was none.
    pub orientation: u8,
    /// The colour space's name.
    pub colour: String,
    /// Whether it can be transparent.
    pub alpha: bool,
    /// 1 for a still image.
    pub frames: u32,
}

/// One stored variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The preset's name.
    pub preset: String,
    /// The variant's format.
    pub format: Format,
    /// The variant's media type.
    pub media_type: String,
    /// Its key in the output bucket.
    pub key: String,
    /// Where a browser fetches it.
    pub url: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames it has: 1 for a still. Of frames that are alike in a row, one.
    #[serde(default = "one")]
    pub frames: u32,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// The ETag it got, without quotes: by this a listing of the bucket tells whether it is still the one meant here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// What a manifest without `frames` means.
fn one() -> u32 {
    1
}

/// Something to show while a variant loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// A thumbhash, base64.
    pub thumbhash: String,
    /// The dominant colour, `#rrggbb`.
    pub colour: String,
}

/// Why an original has no variants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Stable: corrupt, truncated, unsupported, `too_large`, empty, `not_an_image` or encode.
    pub code: String,
    /// For the person who uploaded it.
    pub reason: String,
}

/// Milliseconds each part of the job took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Reading the original.
    pub fetch: u64,
    /// Decoding it.
    pub decode: u64,
    /// Resizing and encoding, all variants.
    pub render: u64,
    /// Writing the variants.
    pub store: u64,
}

impl Original {
    /// The original under `key`, named as far as its origin allows.
    #[must_use]
    pub fn new(key: &Key, etag: &str, bytes: u64, picture: Option<Picture>) -> Self {
        let (full, name) = match key.origin() {
            Origin::Bulk => (Some(key.as_str().to_owned()), None),
            Origin::Guest => (None, Some(key.name().to_owned())),
        };
        Self {
            key: full,
            name,
            etag: etag.to_owned(),
            bytes,
            picture,
        }
    }
}

impl Manifest {
    /// Reads a stored manifest. `None` when it is not one of ours or of another version: then nothing in it is believed.
    #[must_use]
    pub fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json)
            .ok()
            .filter(|manifest: &Self| manifest.version == VERSION)
    }

    /// The JSON as it is stored.
    ///
    /// # Panics
    /// Never: the type has neither maps with odd keys nor failing serializers.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a manifest is plain data")
    }

    /// Whether rendering the original of this ETag by the presets of this fingerprint would give this manifest again.
    #[must_use]
    pub fn is_current(&self, etag: &str, presets: &str) -> bool {
        self.original.etag == etag && self.presets == presets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_example_reads_and_unknown_versions_do_not() {
        let json = r##"{"version":1,"outcome":"ready","original":{"key":"photos/cat.jpg","etag":"e","bytes":3753621,"format":"jpeg","width":4032,"height":3024,
            "orientation":6,"colour":"display-p3","alpha":false,"frames":1},
            "variants":[{"preset":"small","format":"jpeg","media_type":"image/jpeg","key":"k","url":"u","width":480,"height":640,"bytes":41235,"sha256":"s"}],
            "placeholder":{"thumbhash":"b","colour":"#7a5c3e"},"html":"<picture></picture>","presets":"sha256:p","engine":"darkroom 0.1.0",
            "timings_ms":{"fetch":1,"decode":1,"render":1,"store":1},"created_at":"2026-01-02T03:04:05Z"}"##;
        let manifest = Manifest::read(json.as_bytes()).expect("the contract's example");
        assert!(
            manifest.is_current("e", "sha256:p")
                && !manifest.is_current("e", "sha256:q")
                && !manifest.is_current("f", "sha256:p")
        );
        assert_eq!(
            manifest
                .original
                .picture
                .as_ref()
                .expect("a header")
                .orientation,
            6
        );
        assert_eq!(Manifest::read(&manifest.to_json()), Some(manifest));
        assert_eq!(
            Manifest::read(json.replace("\"version\":1", "\"version\":2").as_bytes()),
            None
        );
        assert_eq!(Manifest::read(b"{}"), None);
    }

    #[test]
    fn a_guests_original_is_named_without_its_path() {
        let guest = Key::parse("guest/us-east-1:secret/uuid/cat.jpg").expect("a key");
        let json = serde_json::to_string(&Original::new(&guest, "e", 1, None)).expect("plain data");
        assert_eq!(json, r#"{"name":"cat.jpg","etag":"e","bytes":1}"#);
    }
}
