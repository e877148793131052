//! The `<picture>` element of a manifest: every size of every format, for a page to paste.

use std::fmt::Write as _;

use darkroom_imaging::Format;

use crate::manifest::{Picture, Placeholder, Variant};

/// A `<picture>` of the uncropped variants; `None` if there are none. Formats that some browsers lack become sources, the
/// smaller first; the `<img>` gets a format that all browsers support, or the only one there is. A still variant is never
/// offered as an alternative to an animated one.
///
/// Browsers that know `sizes="auto"` choose by the width that the layout gives the picture; others take it to be as wide
/// as the window. Width and height reserve the space before anything is loaded, and an opaque picture's colour fills it.
#[must_use]
pub fn picture(
    original: &Picture,
    variants: &[Variant],
    placeholder: &Placeholder,
) -> Option<String> {
    let mut whole: Vec<&Variant> = variants
        .iter()
        .filter(|variant| is_whole(original, variant))
        .collect();
    let fallback = *whole.iter().min_by_key(|variant| fallback_rank(variant))?;
    let moves = whole.iter().any(|variant| variant.frames > 1);
    whole.retain(|variant| variant.format == fallback.format || !moves || variant.frames > 1);
    let mut html = "<picture>".to_owned();
    for format in [Format::Avif, Format::Webp] {
        let offered = whole.iter().any(|variant| variant.format == format);
        if offered && format != fallback.format {
            let (media_type, set) = (format.media_type(), srcset(&whole, format));
            // Writing to a String cannot fail.
            let _ = write!(html, r#"<source type="{media_type}" {set}>"#);
        }
    }
    let largest = largest(&whole, fallback.format)?;
    let _ = write!(
        html,
        r#"<img src="{}" {} width="{}" height="{}" alt="" loading="lazy" decoding="async"{}></picture>"#,
        attribute(&largest.url),
        srcset(&whole, fallback.format),
        largest.width,
        largest.height,
        background(original, placeholder),
    );
    Some(html)
}

/// The dominant colour. It would show through a transparent picture, also once that is loaded.
fn background(original: &Picture, placeholder: &Placeholder) -> String {
    if original.alpha {
        return String::new();
    }
    let colour = attribute(&placeholder.colour);
    format!(r#" style="background-color:{colour}""#)
}

/// Whether the variant is uncropped: it has the shape of the original, to within the rounding of one pixel.
fn is_whole(original: &Picture, variant: &Variant) -> bool {
    let [w, h, width, height] = [
        variant.width,
        variant.height,
        original.width,
        original.height,
    ]
    .map(u64::from);
    (w * height).abs_diff(h * width) <= width.max(height)
}

/// The rank for the `<img>`, lowest first: formats that every browser supports, animated before still, then smaller files.
fn fallback_rank(variant: &Variant) -> u8 {
    match variant.format {
        Format::Gif if variant.frames > 1 => 0,
        Format::Jpeg => 1,
        Format::Png => 2,
        Format::Gif => 3,
        Format::Webp => 4,
        _ => 5,
    }
}

fn largest<'a>(variants: &[&'a Variant], format: Format) -> Option<&'a Variant> {
    let of_format = variants.iter().filter(|variant| variant.format == format);
    of_format.max_by_key(|variant| variant.width).copied()
}

/// `srcset` and `sizes` of a format.
fn srcset(variants: &[&Variant], format: Format) -> String {
    let mut entries: Vec<&&Variant> = variants
        .iter()
        .filter(|variant| variant.format == format)
        .collect();
    entries.sort_by_key(|variant| variant.width);
    entries.dedup_by_key(|variant| variant.width);
    let set: Vec<String> = entries
        .iter()
        .map(|variant| format!("{} {}w", attribute(&variant.url), variant.width))
        .collect();
    format!(r#"srcset="{}" sizes="auto, 100vw""#, set.join(", "))
}

/// Escapes a URL for an attribute in double quotes.
fn attribute(url: &str) -> String {
    url.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use html5gum::{Token, Tokenizer};

    use super::{Format, Picture, Placeholder, Variant, is_whole, picture};

    fn variant(preset: &str, format: Format, width: u32, height: u32) -> Variant {
        let key = crate::key::variant("a b", preset, format);
        let url = crate::key::url("https://x/?a=1&b=\"2\"", &key, "etag");
        Variant {
            preset: preset.into(),
            format,
            media_type: format.media_type().into(),
            key,
            url,
            width,
            height,
            crop: None,
            frames: 1,
            bytes: 1,
            sha256: String::new(),
            same_as: None,
            etag: None,
        }
    }

    fn moving(preset: &str, format: Format, width: u32, height: u32) -> Variant {
        Variant {
            frames: 12,
            ..variant(preset, format, width, height)
        }
    }

    fn original(width: u32, height: u32) -> Picture {
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

    /// A tag's name and its attributes, as a browser's parser reads them.
    struct Tag {
        name: String,
        attributes: Vec<(String, String)>,
    }

    impl Tag {
        fn get(&self, name: &str) -> &str {
            let found = self.attributes.iter().find(|(key, _)| key == name);
            found.map_or("", |(_, value)| value.as_str())
        }

        /// Width and file name of every entry of `srcset`, which must be of the test's site and ETag.
        fn set(&self) -> Vec<(u32, String)> {
            let entry = |entry: &str| {
                let (url, width) = entry.split_once(' ').expect("a URL and a width");
                let name = url
                    .strip_prefix("https://x/?a=1&b=\"2\"/a%20b/")
                    .and_then(|rest| rest.strip_suffix("?v=etag"))
                    .expect("a URL of this site");
                let width = width.strip_suffix('w').expect("a width descriptor");
                (width.parse().expect("pixels"), name.to_owned())
            };
            self.get("srcset").split(", ").map(entry).collect()
        }
    }

    fn parse(html: &str) -> Vec<Tag> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let mut tags = Vec::new();
        let mut open = 0;
        for token in Tokenizer::new(html) {
            match token.expect("no reader that fails") {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter();
                    let attributes = attributes.map(|(key, value)| (text(key), text(value)));
                    tags.push(Tag {
                        name: text(&tag.name),
                        attributes: attributes.collect(),
                    });
                    open += i32::from(&**tag.name == b"picture");
                }
                Token::EndTag(tag) => {
                    assert_eq!(&**tag.name, b"picture");
                    open -= 1;
                }
                other => panic!("{other:?} in {html}"),
            }
        }
        assert_eq!(open, 0, "{html}");
        tags
    }

    fn brown() -> Placeholder {
        Placeholder {
            thumbhash: String::new(),
            colour: "#7a5c3e".to_owned(),
            data_uri: None,
        }
    }

    /// The offered formats, `<img>` last, and the tags.
    fn offered(original: &Picture, variants: &[Variant]) -> (Vec<String>, Vec<Tag>) {
        let tags = parse(&picture(original, variants, &brown()).expect("whole variants"));
        assert_eq!(tags[0].name, "picture");
        let (img, sources) = tags[1..].split_last().expect("an img");
        assert_eq!(img.name, "img");
        assert!(sources.iter().all(|tag| tag.name == "source"));
        let mut types: Vec<String> = sources.iter().map(|tag| tag.get("type").into()).collect();
        let (_, extension) = img.get("src").rsplit_once('.').expect("an extension");
        types.push(extension.trim_end_matches("?v=etag").to_owned());
        (types, tags)
    }

    #[test]
    fn several_formats_are_several_sources_and_crops_are_none() {
        let variants = [
            variant("large", Format::Jpeg, 1920, 1440),
            variant("large", Format::Webp, 1920, 1440),
            variant("large", Format::Avif, 1920, 1440),
            variant("large", Format::Png, 1920, 1440),
            variant("small", Format::Jpeg, 640, 480),
            variant("small", Format::Avif, 640, 480),
            variant("square", Format::Jpeg, 200, 200),
        ];
        let (types, tags) = offered(&original(4032, 3024), &variants);
        assert_eq!(types, ["image/avif", "image/webp", "jpg"]);
        let entry = |width, name: &str| (width, name.to_owned());
        assert_eq!(
            tags[1].set(),
            [entry(640, "small.avif"), entry(1920, "large.avif")]
        );
        assert_eq!(tags[2].set(), [entry(1920, "large.webp")]);
        let img = &tags[3];
        assert_eq!(
            img.set(),
            [entry(640, "small.jpg"), entry(1920, "large.jpg")]
        );
        assert_eq!((img.get("width"), img.get("height")), ("1920", "1440"));
        assert!(img.get("src").ends_with("/large.jpg?v=etag"));
        for tag in &tags[1..] {
            assert_eq!(tag.get("sizes"), "auto, 100vw");
        }
        // `sizes="auto"` is for lazy pictures only.
        assert_eq!(img.get("loading"), "lazy");
        assert_eq!(img.get("style"), "background-color:#7a5c3e");
    }

    #[test]
    fn nothing_shows_through_a_transparent_picture() {
        let cut_out = Picture {
            alpha: true,
            ..original(400, 300)
        };
        let (_, tags) = offered(&cut_out, &[variant("a", Format::Webp, 400, 300)]);
        assert_eq!(tags[1].get("style"), "");
    }

    #[test]
    fn descriptors_are_the_true_widths() {
        // two presets wider than the original, whose variants are both as wide as that
        let widths = [
            ("web-320", 320, 240),
            ("web-640", 500, 375),
            ("web-1024", 500, 375),
        ];
        let variants = widths.map(|(name, w, h)| variant(name, Format::Jpeg, w, h));
        let (_, tags) = offered(&original(500, 375), &variants);
        let set: Vec<u32> = tags[1].set().into_iter().map(|(width, _)| width).collect();
        assert_eq!(set, [320, 500]);
    }

    #[test]
    fn what_moves_is_not_replaced_by_a_still() {
        let (webp, gif) = (
            moving("a", Format::Webp, 400, 300),
            moving("a", Format::Gif, 400, 300),
        );
        let (avif, jpeg) = (
            variant("a", Format::Avif, 400, 300),
            variant("a", Format::Jpeg, 400, 300),
        );
        let types = |variants: &[Variant]| offered(&original(400, 300), variants).0;
        assert_eq!(types(std::slice::from_ref(&webp)), ["webp"]);
        assert_eq!(types(&[avif.clone(), webp.clone()]), ["webp"]);
        assert_eq!(
            types(&[webp.clone(), avif.clone(), jpeg.clone()]),
            ["image/webp", "jpg"]
        );
        assert_eq!(
            types(&[webp, avif.clone(), jpeg.clone(), gif]),
            ["image/webp", "gif"]
        );
        assert_eq!(types(&[avif, jpeg]), ["image/avif", "jpg"]);
    }

    #[test]
    fn rounding_is_not_cropping() {
        let whole = |(width, height): (u32, u32), variant: &Variant| {
            is_whole(&original(width, height), variant)
        };
        assert!(whole(
            (4031, 3023),
            &variant("thumb", Format::Jpeg, 320, 240)
        ));
        assert!(whole((10_000, 1), &variant("thumb", Format::Jpeg, 320, 1)));
        assert!(!whole(
            (4000, 3000),
            &variant("square", Format::Jpeg, 200, 200)
        ));
        assert!(whole(
            (500, 500),
            &variant("square", Format::Jpeg, 200, 200)
        ));
        assert_eq!(picture(&original(4000, 3000), &[], &brown()), None);
    }
}
