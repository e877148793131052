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
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// Something to show while a variant loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// A thumbhash, base64.
    pub thumbhash: String,
    /// The average colour, `#rrggbb`.
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

/// A `<picture>` of the variants that show the whole picture: modern formats as sources, the rest in the `<img>`.
/// `None` when no variant does. Sizes are for a picture as wide as the window; edit `sizes` where the layout knows better.
#[must_use]
pub fn html(picture: &Picture, variants: &[Variant]) -> Option<String> {
    let whole: Vec<&Variant> = variants
        .iter()
        .filter(|variant| is_whole(picture, variant))
        .collect();
    let fallback = whole
        .iter()
        .map(|variant| variant.format)
        .min_by_key(|format| modernity(*format))?;
    let mut formats: Vec<Format> = whole
        .iter()
        .map(|variant| variant.format)
        .filter(|format| *format != fallback)
        .collect();
    formats.sort_by_key(|format| std::cmp::Reverse(modernity(*format)));
    formats.dedup();

    let source = |format: Format| {
        let (media_type, srcset) = (format.media_type(), srcset(&whole, format));
        format!(r#"<source type="{media_type}" srcset="{srcset}" sizes="100vw">"#)
    };
    let sources = formats.into_iter().map(source).collect::<Vec<_>>().concat();
    let largest = whole
        .iter()
        .filter(|variant| variant.format == fallback)
        .max_by_key(|variant| variant.width)?;
    Some(format!(
        r#"<picture>{sources}<img src="{}" srcset="{}" sizes="100vw" width="{}" height="{}" alt="" loading="lazy" decoding="async"></picture>"#,
        largest.url,
        srcset(&whole, fallback),
        largest.width,
        largest.height,
    ))
}

/// Same shape as the original, to within the rounding of one pixel: not cropped.
fn is_whole(picture: &Picture, variant: &Variant) -> bool {
    let [w, h, width, height] =
        [variant.width, variant.height, picture.width, picture.height].map(u64::from);
    (w * height).abs_diff(h * width) <= width.max(height)
}

/// Browsers take the first source they know: the better the compression, the earlier. The lowest is what all know.
fn modernity(format: Format) -> u8 {
    match format {
        Format::Avif => 3,
        Format::Webp => 2,
        Format::Png => 1,
        _ => 0,
    }
}

fn srcset(variants: &[&Variant], format: Format) -> String {
    let mut entries: Vec<&&Variant> = variants
        .iter()
        .filter(|variant| variant.format == format)
        .collect();
    entries.sort_by_key(|variant| variant.width);
    entries.dedup_by_key(|variant| variant.width);
    entries
        .iter()
        .map(|variant| format!("{} {}w", variant.url, variant.width))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(preset: &str, format: Format, width: u32, height: u32) -> Variant {
        let key = crate::key::variant("a", preset, format);
        let url = crate::key::url("https://x", &key, "etag");
        Variant {
            preset: preset.into(),
            format,
            media_type: format.media_type().into(),
            key,
            url,
            width,
            height,
            bytes: 1,
            sha256: String::new(),
        }
    }

    fn picture(width: u32, height: u32) -> Picture {
        Picture {
            format: Format::Jpeg,
            width,
            height,
            orientation: 1,
            colour: "srgb".into(),
            alpha: false,
            frames: 1,
        }
    }

    #[test]
    fn html_offers_modern_formats_first_and_no_crops() {
        let variants = [
            variant("large", Format::Jpeg, 1920, 1440),
            variant("large", Format::Webp, 1920, 1440),
            variant("large", Format::Avif, 1920, 1440),
            variant("small", Format::Jpeg, 640, 480),
            variant("square", Format::Jpeg, 200, 200),
        ];
        let html = html(&picture(4032, 3024), &variants).expect("whole variants");
        let places: Vec<_> = [
            "image/avif",
            "image/webp",
            "<img src=\"https://x/a/large.jpg?v=etag\"",
            "width=\"1920\" height=\"1440\"",
        ]
        .map(|part| html.find(part))
        .into();
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{html}"
        );
        assert!(
            html.contains("small.jpg?v=etag 640w, https://x/a/large.jpg?v=etag 1920w"),
            "{html}"
        );
        assert!(!html.contains("square"), "{html}");
    }

    #[test]
    fn rounding_is_not_cropping() {
        assert!(is_whole(
            &picture(4031, 3023),
            &variant("thumb", Format::Jpeg, 320, 240)
        ));
        assert!(is_whole(
            &picture(10_000, 1),
            &variant("thumb", Format::Jpeg, 320, 1)
        ));
        assert!(!is_whole(
            &picture(4000, 3000),
            &variant("square", Format::Jpeg, 200, 200)
        ));
        assert!(is_whole(
            &picture(500, 500),
            &variant("square", Format::Jpeg, 200, 200)
        ));
        assert_eq!(html(&picture(4000, 3000), &[]), None);
    }

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
