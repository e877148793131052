//! The result of rendering an original, and what it becomes: a manifest, and the outputs to store.

use std::sync::Arc;

use bytes::Bytes;
use darkroom_imaging::{Error, Facts, Format, Presets};
use sha2::{Digest, Sha256};

use crate::key;
use crate::manifest::{Credentials, Crop, Made, Manifest, Picture, Placeholder, Variant};
use crate::markup;
use crate::store::{Fault, Output};

/// Makes the variants of presets from the bytes of an original.
pub trait Renderer: Sync {
    /// A picture that cannot be rendered is a result; a fault means that trying again may help.
    fn render(
        &self,
        body: Bytes,
        presets: Arc<Presets>,
    ) -> impl Future<Output = Result<Result<Rendering, Error>, Fault>> + Send;
}

/// Functions render, too.
impl<R, F> Renderer for R
where
    R: Fn(Bytes, Arc<Presets>) -> F + Sync,
    F: Future<Output = Result<Result<Rendering, Error>, Fault>> + Send,
{
    fn render(
        &self,
        body: Bytes,
        presets: Arc<Presets>,
    ) -> impl Future<Output = Result<Result<Rendering, Error>, Fault>> + Send {
        self(body, presets)
    }
}

/// The result of rendering an original.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// Its header.
    pub picture: Picture,
    /// In the presets' order.
    pub variants: Vec<RenderedVariant>,
    /// A preview to show while a variant loads.
    pub placeholder: Placeholder,
    /// Its perceptual hash; `None` for a picture of one colour.
    pub phash: Option<u64>,
    /// What it says of how it was taken.
    pub facts: Facts,
    /// Its Content Credentials, if it carries some.
    pub credentials: Option<Credentials>,
    /// Notes for the owner, e.g. that only the first frame is shown.
    pub notes: Vec<String>,
    /// Milliseconds of decoding.
    pub decode_ms: u64,
    /// Milliseconds of resizing and encoding.
    pub render_ms: u64,
}

/// A variant that is not stored yet.
#[derive(Debug, Clone)]
pub struct RenderedVariant {
    /// The preset's name.
    pub preset: String,
    /// Its format.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What it was cropped to show, and why.
    pub crop: Option<Crop>,
    /// 1 for a still.
    pub frames: u32,
    /// The whole file.
    pub bytes: Bytes,
}

impl Rendering {
    /// The manifest of variants in `folder`, still without the ETag of each and the time of storing; and the variants to store.
    pub(crate) fn into_outputs(
        self,
        made: Made,
        folder: &str,
        public_url: &str,
    ) -> (Manifest, Vec<Output>) {
        let describe = |variant: &RenderedVariant| {
            variant.describe(folder, |key| key::url(public_url, key, &made.original.etag))
        };
        let mut variants: Vec<Variant> = self.variants.iter().map(describe).collect();
        name_repeats(&mut variants);
        let store = |(variant, described): (RenderedVariant, &Variant)| Output {
            key: described.key.clone(),
            media_type: variant.format.media_type(),
            cache_control: key::VARIANT_CACHE_CONTROL,
            bytes: variant.bytes,
        };
        let outputs = self
            .variants
            .into_iter()
            .zip(&variants)
            .map(store)
            .collect();
        let html = markup::picture(&self.picture, &variants, &self.placeholder);
        let mut manifest = Manifest::ready(made, self.picture, variants);
        manifest.html = html;
        manifest.placeholder = Some(self.placeholder);
        manifest.phash = self.phash.map(|hash| format!("{hash:016x}"));
        manifest.facts = self.facts;
        manifest.credentials = self.credentials;
        manifest.notes = self.notes;
        manifest.timings_ms.decode = self.decode_ms;
        manifest.timings_ms.render = self.render_ms;
        (manifest, outputs)
    }
}

/// Says of each variant which earlier one of its format has the same bytes.
fn name_repeats(variants: &mut [Variant]) {
    for index in 1..variants.len() {
        let (earlier, rest) = variants.split_at_mut(index);
        let same =
            |other: &&Variant| (other.format, &other.sha256) == (rest[0].format, &rest[0].sha256);
        rest[0].same_as = earlier.iter().find(same).map(|other| other.preset.clone());
    }
}

impl RenderedVariant {
    /// As the manifest lists it, once it is stored in `folder`; `url` gives the URL of a key.
    fn describe(&self, folder: &str, url: impl Fn(&str) -> String) -> Variant {
        let key = key::variant(folder, &self.preset, self.format);
        Variant {
            preset: self.preset.clone(),
            format: self.format,
            media_type: self.format.media_type().to_owned(),
            url: url(&key),
            key,
            width: self.width,
            height: self.height,
            crop: self.crop.clone(),
            frames: self.frames,
            bytes: self.bytes.len() as u64,
            sha256: key::hex(&Sha256::digest(&self.bytes)),
            same_as: None,
            etag: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use darkroom_imaging::Format;

    use super::{RenderedVariant, name_repeats};

    #[test]
    fn a_variant_names_the_first_with_its_bytes() {
        let variant = |preset: &str, format, bytes: &'static [u8]| {
            let rendered = RenderedVariant {
                preset: preset.to_owned(),
                format,
                width: 1,
                height: 1,
                crop: None,
                frames: 1,
                bytes: Bytes::from_static(bytes),
            };
            rendered.describe("folder", str::to_owned)
        };
        let mut variants = [
            variant("large", Format::Jpeg, b"one"),
            variant("large", Format::Webp, b"one"),
            variant("medium", Format::Jpeg, b"two"),
            variant("small", Format::Jpeg, b"one"),
            variant("thumb", Format::Jpeg, b"one"),
        ];
        name_repeats(&mut variants);
        let named = variants.map(|variant| variant.same_as);
        let large = Some("large".to_owned());
        assert_eq!(named, [None, None, None, large.clone(), large]);
    }
}
