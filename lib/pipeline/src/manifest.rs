//! The manifest, version 1: the JSON from which other programs learn an original's outcome. Notices are only hints of it.

use darkroom_imaging::geometry::{Focus, Share};
use darkroom_imaging::{Error, Facts, Format};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::{Key, Origin};

/// The version that this code writes, and the only one that it accepts.
pub const VERSION: u32 = 1;

/// An original's outcome and where its variants are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Ready or rejected; a removed original has no manifest.
    pub outcome: Outcome,
    /// The original that was rendered or rejected.
    pub original: Original,
    /// In the presets' order; empty when rejected.
    pub variants: Vec<Variant>,
    /// A preview to show while a variant loads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<Placeholder>,
    /// 16 hex digits that are nearly the same for originals that look nearly the same: compare them by the number of bits that differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phash: Option<String>,
    /// What the original says of how it was taken, as far as the presets ask for it.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// Whether the original carries Content Credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// A `<picture>` element of the uncropped variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Why there are no variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
    /// Notes for the owner, e.g. that only the first frame is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The fingerprint of the presets that were applied.
    pub presets: String,
    /// The change of the original that it was made for: S3's `sequencer`. `None` if it was not made for an S3 event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Name and version of the program.
    pub engine: String,
    /// Duration of each part of the job.
    pub timings_ms: Timings,
    /// When it was written.
    pub created_at: Timestamp,
}

/// The name and version that manifests give.
const ENGINE: &str = concat!("darkroom ", env!("CARGO_PKG_VERSION"));

/// What a manifest was made of, whatever its outcome.
#[derive(Debug, Clone)]
pub struct Made {
    /// The original, without its header.
    pub original: Original,
    /// The fingerprint of the presets.
    pub presets: String,
    /// The change that the job is for.
    pub event: Option<String>,
    /// Milliseconds of reading the original.
    pub fetch_ms: u64,
}

/// How a job ended, as recorded in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every variant is stored.
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
    /// The header; unknown for some rejected files.
    #[serde(flatten)]
    pub picture: Option<Picture>,
}

/// An original's header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The format detected from the bytes.
    pub format: Format,
    /// Upright (orientation applied), pixels.
    pub width: u32,
    /// Upright (orientation applied), pixels.
    pub height: u32,
    /// The EXIF orientation tag, 1 to 8; 1 if there is none.
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
    /// What it was cropped to show, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// Number of frames: 1 for a still. Consecutive identical frames count once.
    #[serde(default = "one")]
    pub frames: u32,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// The first preset whose variant of this format has the same bytes, if this is not it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// Its ETag, without quotes. Comparing it with a listing of the bucket shows whether the variant was overwritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// The choice of a crop's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crop {
    /// focus, regions, saliency or centre.
    pub by: String,
    /// The point of the upright original that it is meant to show, `[x, y]` in shares of its sides.
    pub focus: Focus,
    /// The share that the crop keeps of the regions, or of what stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Share>,
}

/// The value of a missing `frames`.
fn one() -> u32 {
    1
}

/// A preview to show while a variant loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// A thumbhash, base64.
    pub thumbhash: String,
    /// The dominant colour, `#rrggbb`.
    pub colour: String,
    /// A picture of at most 32 x 32 pixels that needs no script: `data:image/webp;base64,...`. Old manifests lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_uri: Option<String>,
}

/// The Content Credentials (C2PA) of an original. They are looked for, not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The original carries them.
    pub present: bool,
    /// The variants do not.
    pub dropped: bool,
}

impl Credentials {
    /// Those of an original that carries them.
    pub const DROPPED: Self = Self {
        present: true,
        dropped: true,
    };
}

/// Why an original has no variants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Stable: corrupt, truncated, unsupported, `too_large`, empty, `not_an_image`, encode or [`UNREADABLE`].
    pub code: String,
    /// For the person who uploaded it.
    pub reason: String,
}

/// The code of an original that the store does not hand out.
pub const UNREADABLE: &str = "unreadable";

impl Rejection {
    /// Of an original that the store does not hand out: what keeps it, and what to do.
    #[must_use]
    pub fn unreadable(reason: &str) -> Self {
        Self {
            code: UNREADABLE.to_owned(),
            reason: format!("the file cannot be read: {reason}"),
        }
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().to_owned(),
            reason: error.to_string(),
        }
    }
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
    /// The original under `key`. A guest's is named by its file name only.
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
    /// Of an original that cannot be rendered.
    #[must_use]
    pub fn rejected(made: Made, rejection: Rejection) -> Self {
        Self {
            rejection: Some(rejection),
            ..Self::new(Outcome::Rejected, made)
        }
    }

    /// Of an original with this header, and its variants.
    #[must_use]
    pub fn ready(made: Made, picture: Picture, variants: Vec<Variant>) -> Self {
        let mut manifest = Self::new(Outcome::Ready, made);
        manifest.original.picture = Some(picture);
        manifest.variants = variants;
        manifest
    }

    /// Still without the times of rendering and storing.
    fn new(outcome: Outcome, made: Made) -> Self {
        Self {
            version: VERSION,
            outcome,
            original: made.original,
            variants: Vec::new(),
            placeholder: None,
            phash: None,
            facts: Facts::default(),
            credentials: None,
            html: None,
            rejection: None,
            notes: Vec::new(),
            presets: made.presets,
            event: made.event,
            engine: ENGINE.to_owned(),
            timings_ms: Timings {
                fetch: made.fetch_ms,
                ..Timings::default()
            },
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// Reads a stored manifest. `None` if it is not ours or has another version; then none of it is trusted.
    #[must_use]
    pub fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json)
            .ok()
            .filter(|manifest: &Self| manifest.version == VERSION)
    }

    /// The stored JSON.
    ///
    /// # Panics
    /// Never: the type has neither maps with odd keys nor failing serializers.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a manifest is plain data")
    }

    /// Whether it was made from the original with this ETag and the presets with this fingerprint. An original that could not be read
    /// may be readable by now, so its manifest never counts.
    #[must_use]
    pub fn is_current(&self, etag: &str, presets: &str) -> bool {
        self.original.etag == etag && self.presets == presets && !self.is_unreadable()
    }

    /// Whether the store did not hand the original out.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.rejection
            .as_ref()
            .is_some_and(|rejection| rejection.code == UNREADABLE)
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
