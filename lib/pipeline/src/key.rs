//! All object keys, URLs, media types and cache rules; no other module forms one.
//!
//! The outputs of an original are the *direct children* of its folder: `{folder}/{preset}.{ext}` and
//! `{folder}/manifest.json`. A child's name holds no `/`, so cutting an output key at its last `/` gives the folder
//! back, and no two originals share an output key, also when one key is a prefix of another or is itself called
//! `manifest.json`. Guests' folders cannot meet bulk folders: every key under `guest/` is a guest's.
//!
//! A key is refused, and its event ignored with the reason, when its outputs could not be stored or fetched:
//! - it ends in `/`: it names a folder (the S3 console's folder markers are such keys);
//! - a segment is `.` or `..`: browsers rewrite such URLs, and on disk they would leave the folder;
//! - it has control characters: S3's listings cannot carry them;
//! - it is longer than [`MAX_KEY_BYTES`]: its outputs' keys would be over S3's limit.

use std::fmt;

use darkroom_imaging::Format;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest key of an original: S3's limit of 1,024 bytes less room for `/{preset}.{ext}`.
pub const MAX_KEY_BYTES: usize = 1024 - 80;

/// The media type of a manifest.
pub const MANIFEST_MEDIA_TYPE: &str = "application/json";

/// Caches must revalidate a manifest each time: it is the truth, and it changes in place.
pub const MANIFEST_CACHE_CONTROL: &str = "no-cache";

/// A variant's URL changes with its original (`?v=`), so caches may keep it. Only a day, though: a change of presets or a
/// deletion changes the bytes without changing the URL.
pub const VARIANT_CACHE_CONTROL: &str = "public, max-age=86400";

/// What the keys of all guests' originals, and the folders of their outputs, start with.
pub const GUEST_PREFIX: &str = "guest/";
const MANIFEST_NAME: &str = "manifest.json";

/// Characters that stay unencoded in the path of a URL: the unreserved ones (RFC 3986) and the `/` between segments.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same, and what RFC 1738 calls safe or reserved: CloudFront asks for such paths in an invalidation.
const LOOSE_PATH: &AsciiSet = &PATH
    .remove(b'$')
    .remove(b'+')
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b';')
    .remove(b':')
    .remove(b'@')
    .remove(b'=')
    .remove(b'&');

/// The key of an original in the input bucket.
///
/// `Display` and `Debug` show the folder, never a guest's key: that holds the identity id, a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// The reason why a key cannot have outputs. The text omits the key: it may be a guest's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(&'static str);

/// Who uploaded an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The upload page, with a guest's credentials.
    Guest,
    /// Anyone else who may write to the input bucket.
    Bulk,
}

impl Origin {
    /// The name in notices: `guest` or `bulk`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Bulk => "bulk",
        }
    }
}

impl Key {
    /// Parses a key as S3 stores it (not encoded).
    ///
    /// # Errors
    /// The module's documentation lists the keys that are refused.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        if text.is_empty() {
            return Err(BadKey("the key is empty"));
        }
        if text.len() > MAX_KEY_BYTES {
            return Err(BadKey(
                "the key is longer than 944 bytes, so the keys of its variants would exceed S3's limit",
            ));
        }
        if text.ends_with('/') {
            return Err(BadKey("the key ends in \"/\", so it names a folder"));
        }
        if text
            .split('/')
            .any(|segment| segment == "." || segment == "..")
        {
            return Err(BadKey(
                "the key has a segment \".\" or \"..\", so its variants could not have URLs",
            ));
        }
        if text.chars().any(char::is_control) {
            return Err(BadKey("the key contains control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Parses a key from an S3 event: form-url-encoded, so `+` is a space, then `%XX`.
    ///
    /// # Errors
    /// As [`Key::parse`], and when the bytes are not UTF-8.
    pub fn decode(encoded: &str) -> Result<Self, BadKey> {
        let text = decoded(encoded).ok_or(BadKey("the key is not UTF-8"))?;
        Self::parse(&text)
    }

    /// The key itself. Never log it, never write it to an output: see the type's documentation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Who uploaded the original.
    #[must_use]
    pub fn origin(&self) -> Origin {
        if self.0.starts_with(GUEST_PREFIX) {
            Origin::Guest
        } else {
            Origin::Bulk
        }
    }

    /// The name under which clients watch the outcome; for a guest's original also the name of its folder.
    #[must_use]
    pub fn public_id(&self) -> PublicId {
        public_id(&self.0)
    }

    /// The folder of its outputs, without a `/` at the end.
    #[must_use]
    pub fn folder(&self) -> String {
        match self.origin() {
            Origin::Guest => format!("{GUEST_PREFIX}{}", self.public_id()),
            Origin::Bulk => self.0.clone(),
        }
    }

    /// Why it is not meant to be a picture, by its name: see [`no_picture`]. A guest's original is always looked at, as
    /// the guest's page waits for its outcome.
    #[must_use]
    pub fn no_picture(&self) -> Option<&'static str> {
        match self.origin() {
            Origin::Guest => None,
            Origin::Bulk => no_picture(&self.0),
        }
    }

    /// The last segment: the file name. Safe to publish, even a guest's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.folder())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.folder())
    }
}

/// The first 32 hex digits of SHA-256 of an original's key. Knowing it is the permission to watch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PublicId(String);

impl PublicId {
    const DIGITS: usize = 32;

    /// Parses a public id from outside.
    ///
    /// # Errors
    /// When it is not 32 lower-case hex digits.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == Self::DIGITS && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadKey("a public id must be 32 lower-case hex digits"))
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PublicId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Whether an object is a folder marker, as the S3 console makes them: a key that ends in `/`, and no body.
#[must_use]
pub fn is_folder_marker(key: &str, bytes: u64) -> bool {
    key.ends_with('/') && bytes == 0
}

/// A key that is refused, as a person may read it: without control characters, at most 200 characters, and without a
/// guest's identity id.
#[must_use]
pub fn public_name(key: &str) -> String {
    const MOST: usize = 200;
    if key.starts_with(GUEST_PREFIX) {
        return format!("{GUEST_PREFIX}{} (its public id)", public_id(key));
    }
    let mut name: String = key.escape_debug().take(MOST).collect();
    if key.escape_debug().nth(MOST).is_some() {
        name.push('…');
    }
    name
}

fn public_id(key: &str) -> PublicId {
    PublicId(hex(&Sha256::digest(key))[..PublicId::DIGITS].to_owned())
}

/// Why a file of this path is not meant to be a picture, by its name alone: what systems and programs leave beside
/// pictures. docs/reliability.md has the list.
#[must_use]
pub fn no_picture(path: &str) -> Option<&'static str> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name.starts_with("._") || folders.split('/').any(|folder| folder == "__MACOSX") {
        return Some("macOS keeps a file's attributes in it");
    }
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if is_one_of(&[".DS_Store", "Thumbs.db", "desktop.ini"], name) {
        return Some("a file manager keeps its view of the folder in it");
    }
    let (_, extension) = name.rsplit_once('.')?;
    is_one_of(&["xmp", "aae"], extension).then_some("a photo program keeps its edits in it")
}

/// Any object's key as S3 sends it where XML or JSON cannot carry it raw: form-url-encoded. `None` when it is not UTF-8.
#[must_use]
pub fn decoded(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The key of a variant: `{folder}/{preset}.{ext}`.
#[must_use]
pub fn variant(folder: &str, preset: &str, format: Format) -> String {
    format!("{folder}/{preset}.{}", format.extension())
}

/// The key of the manifest: `{folder}/manifest.json`.
#[must_use]
pub fn manifest(folder: &str) -> String {
    format!("{folder}/{MANIFEST_NAME}")
}

/// Whether this file name in a folder is the manifest's.
#[must_use]
pub fn is_manifest(name: &str) -> bool {
    name == MANIFEST_NAME
}

/// The prefix of the outputs of all originals whose keys start with `prefix`; others' may start with it too.
#[must_use]
pub fn outputs_of(prefix: &str) -> &str {
    if prefix.starts_with(GUEST_PREFIX) {
        GUEST_PREFIX
    } else {
        prefix
    }
}

/// The prefix that, listed with the delimiter `/`, gives a folder's direct children and nothing else.
#[must_use]
pub fn children(folder: &str) -> String {
    format!("{folder}/")
}

/// The paths that cover a folder's outputs in an invalidation of CloudFront's caches. They end in `*`, because the cache tells
/// URLs apart by `?v=`. CloudFront asks for paths in which only unsafe characters are encoded; our URLs encode more. A folder
/// whose two spellings differ has both.
#[must_use]
pub fn cached(folder: &str) -> Vec<String> {
    let mut paths: Vec<String> = [PATH, LOOSE_PATH]
        .map(|set| format!("/{}/*", utf8_percent_encode(folder, set)))
        .into();
    paths.dedup();
    paths
}

/// Whether this is the folder of a guest's outputs, `guest/{public id}`, rather than the key of an original.
#[must_use]
pub fn is_guest_folder(text: &str) -> bool {
    let id = text.strip_prefix(GUEST_PREFIX);
    id.is_some_and(|id| PublicId::parse(id).is_ok())
}

/// The reverse: the folder and the file name of an output key.
#[must_use]
pub fn split(output_key: &str) -> Option<(&str, &str)> {
    output_key.rsplit_once('/')
}

/// The URL of an output: `{public_url}/{key}?v={first 8 of the original's ETag}`.
#[must_use]
pub fn url(public_url: &str, output_key: &str, etag: &str) -> String {
    let path = utf8_percent_encode(output_key, PATH);
    let version: String = etag.chars().take(8).collect();
    format!(
        "{}/{path}?v={}",
        public_url.trim_end_matches('/'),
        utf8_percent_encode(&version, NON_ALPHANUMERIC)
    )
}

/// Lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_or_refused() {
        for (encoded, want) in [
            ("photos/cat.jpg", Ok("photos/cat.jpg")),
            ("a+b%2Bc%20d.jpg", Ok("a b+c d.jpg")),
            ("100%25.jpg", Ok("100%.jpg")),
            ("%E6%97%A5%E6%9C%AC.jpg", Ok("日本.jpg")),
            ("a%2Fb//c", Ok("a/b//c")),
            ("a/manifest.json", Ok("a/manifest.json")),
            ("...jpg", Ok("...jpg")),
            ("", Err("empty")),
            ("folder/", Err("ends in \"/\"")),
            ("a/../b.jpg", Err("segment")),
            ("%2e%2e/b.jpg", Err("segment")),
            ("a%00b", Err("control")),
            ("%FF.jpg", Err("UTF-8")),
        ] {
            match (Key::decode(encoded), want) {
                (Ok(key), Ok(want)) => assert_eq!(key.as_str(), want),
                (Err(BadKey(reason)), Err(part)) => {
                    assert!(reason.contains(part), "{encoded}: {reason}");
                }
                (got, want) => panic!("{encoded}: got {got:?}, want {want:?}"),
            }
        }
        assert!(Key::parse(&"k".repeat(MAX_KEY_BYTES)).is_ok());
        assert!(Key::parse(&"k".repeat(MAX_KEY_BYTES + 1)).is_err());
    }

    #[test]
    fn what_lies_beside_pictures_is_known_by_its_name() {
        for path in [
            "._x.jpg",
            "a/._x.jpg",
            ".DS_Store",
            "a/thumbs.db",
            "Desktop.ini",
            "a/x.XMP",
            "x.jpg.aae",
            "__MACOSX/x.jpg",
            "a/__MACOSX/b/x.jpg",
        ] {
            assert!(no_picture(path).is_some(), "{path}");
        }
        for path in [
            "x.jpg",
            "_x.jpg",
            "xmp",
            "a.xmp/x.jpg",
            "x.xmp.jpg",
            "a/__MACOSX",
            "._a/x.jpg",
        ] {
            assert_eq!(no_picture(path), None, "{path}");
        }
    }

    #[test]
    fn refused_keys_are_named_safely() {
        assert_eq!(public_name("x/new\nline.jpg"), "x/new\\nline.jpg");
        assert_eq!(public_name(&"k".repeat(1000)).chars().count(), 201);
        let guest = public_name("guest/us-east-1:secret/a\u{1b}b");
        assert!(
            guest.starts_with("guest/") && !guest.contains("secret"),
            "{guest}"
        );
        assert!(
            is_folder_marker("a/", 0) && !is_folder_marker("a/", 1) && !is_folder_marker("a", 0)
        );
    }

    #[test]
    fn bulk_keys_alone_are_ignored_by_name() {
        let no_picture = |key| Key::parse(key).expect("a key").no_picture();
        assert!(no_picture("a/._x.jpg").is_some());
        assert_eq!(no_picture("guest/id/uuid/._x.jpg"), None);
    }

    #[test]
    fn a_guests_key_shows_nowhere() {
        let key = Key::parse("guest/us-east-1:secret/uuid/cat.jpg").expect("a key");
        let id = key.public_id();
        assert_eq!(key.folder(), format!("guest/{id}"));
        assert_eq!(key.name(), "cat.jpg");
        for shown in [
            format!("{key}"),
            format!("{key:?}"),
            manifest(&key.folder()),
        ] {
            assert!(!shown.contains("secret"), "{shown}");
        }
        assert_eq!(PublicId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn the_caches_are_told_of_a_folder_in_each_spelling() {
        assert_eq!(cached("photos/cat.jpg"), ["/photos/cat.jpg/*"]);
        assert_eq!(cached("a b/ü?.jpg"), ["/a%20b/%C3%BC%3F.jpg/*"]);
        assert_eq!(
            cached("a (1)*.jpg"),
            ["/a%20%281%29%2A.jpg/*", "/a%20(1)*.jpg/*"]
        );
    }

    #[test]
    fn a_guests_folder_is_told_from_keys() {
        let digits = "0123456789abcdef0123456789abcdef";
        assert!(is_guest_folder(&format!("guest/{digits}")));
        for other in [
            digits,
            "guest/",
            "guest/us-east-1:id/uuid/cat.jpg",
            &format!("guest/{digits}/large.jpg"),
            &format!("photos/{digits}"),
        ] {
            assert!(!is_guest_folder(other), "{other}");
        }
    }

    #[test]
    fn public_ids_are_32_hex_digits() {
        assert_eq!(hex(&Sha256::digest("abc"))[..8], *"ba7816bf");
        for bad in [
            "",
            "ba78",
            &"g".repeat(32),
            &"A".repeat(32),
            &"a".repeat(33),
        ] {
            assert!(PublicId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn outputs_of_nested_keys_never_meet() {
        let keys = [
            "a",
            "a/b",
            "a/manifest.json",
            "a/large.jpg",
            "a//b",
            "/a",
            "guest",
            "guest/x",
        ];
        let mut seen = std::collections::BTreeSet::new();
        for key in keys {
            let folder = Key::parse(key).expect("a key").folder();
            for output in [manifest(&folder), variant(&folder, "large", Format::Jpeg)] {
                assert_eq!(split(&output).expect("a folder").0, folder);
                assert!(
                    seen.insert(output.clone()),
                    "{output} belongs to two originals"
                );
            }
        }
    }

    #[test]
    fn outputs_are_under_the_prefix_of_their_originals() {
        let all = ["photos/cat.jpg", "photos", "guest/us-east-1:x/1/cat.jpg"];
        for (prefix, key) in ["", "photos/c", "g", "guest/", "guest/us-east-1:x/"]
            .iter()
            .flat_map(|prefix| all.iter().map(move |key| (prefix, key)))
            .filter(|(prefix, key)| key.starts_with(**prefix))
        {
            let folder = Key::parse(key).expect("a key").folder();
            assert!(folder.starts_with(outputs_of(prefix)), "{prefix}: {key}");
        }
    }

    #[test]
    fn urls_are_encoded() {
        assert_eq!(
            url("https://x/", "a b/ü+%?.jpg/small.jpg", "0123456789-2"),
            "https://x/a%20b/%C3%BC%2B%25%3F.jpg/small.jpg?v=01234567"
        );
    }
}
