//! The digest: one mail for many notices. Mail servers and SNS accept a few mails a minute, not one per image.
//!
//! The uploader chooses the names. So no guest's file name is mailed, and the others can neither hide nor reverse text nor become a link.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::key::Origin;
use crate::notice::{Notice, Outcome, VERSION};

/// The most rejections listed with their reasons; the rest are only counted.
const MOST_REJECTIONS: usize = 20;

/// The most characters of a name, and of a reason, in a line of the mail.
const MOST_CHARS: usize = 200;

/// Extensions that no mail program takes for the end of an address. The dot before any other word might begin one.
const EXTENSIONS: [&str; 16] = [
    "jpg", "jpeg", "jpe", "png", "apng", "gif", "webp", "avif", "heic", "heif", "tif", "tiff",
    "bmp", "ico", "jxl", "pdf",
];

/// The sum of many notices; programs get it as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The notices' version.
    pub version: u32,
    /// How many originals are ready.
    pub ready: usize,
    /// How many cannot be rendered.
    pub rejected: usize,
    /// How many are gone.
    pub removed: usize,
    /// How many messages were not notices of a known version.
    pub unreadable: usize,
    /// The first of those that cannot be rendered.
    pub rejections: Vec<Rejected>,
}

/// An original that cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its key; for a guest's original only that it is one.
    pub name: String,
    /// The reason, in words for the uploader.
    pub reason: String,
}

/// A digest in the making: it keeps sums and the ids of notices, not the notices.
#[derive(Debug, Default)]
pub struct Sum {
    digest: Digest,
    seen: BTreeSet<String>,
}

impl Sum {
    /// Counts a notice, given as JSON. A repeat counts once.
    pub fn add(&mut self, json: &str) {
        match serde_json::from_str::<Notice>(json) {
            Ok(notice) if notice.version == VERSION => {
                if self.seen.insert(notice.id.clone()) {
                    self.digest.add(&notice);
                }
            }
            _ => self.digest.unreadable += 1,
        }
    }

    /// The digest of all that was counted.
    #[must_use]
    pub fn done(self) -> Digest {
        Digest {
            version: VERSION,
            ..self.digest
        }
    }
}

impl Digest {
    /// Whether anybody wants a mail about it. Removals alone are no news: guests' pictures expire every day.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.ready + self.rejected + self.unreadable > 0
    }

    fn add(&mut self, notice: &Notice) {
        match notice.outcome {
            Outcome::Ready => self.ready += 1,
            Outcome::Removed => self.removed += 1,
            Outcome::Rejected => {
                self.rejected += 1;
                if self.rejections.len() < MOST_REJECTIONS {
                    let reason = notice
                        .rejection
                        .as_ref()
                        .map(|rejection| &*rejection.reason);
                    let name = match notice.origin() {
                        Origin::Guest => "a guest's picture".to_owned(),
                        Origin::Bulk => line(notice.name()),
                    };
                    self.rejections.push(Rejected {
                        name,
                        reason: line(reason.unwrap_or("no reason given")),
                    });
                }
            }
        }
    }

    /// The subject of the mail: under 100 characters and without control characters, as SNS requires.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("Darkroom: {}", self.counts())
    }

    /// The SNS message of structure `json`: the sums for programs, the mail for people.
    ///
    /// # Panics
    /// Never: the type is plain data.
    #[must_use]
    pub fn message(&self, site_url: &str) -> String {
        let json = serde_json::to_string(self).expect("a digest is plain data");
        serde_json::json!({ "default": json, "email": self.text(site_url) }).to_string()
    }

    fn counts(&self) -> String {
        let counts = [
            (self.ready, "ready"),
            (self.rejected, "rejected"),
            (self.removed, "removed"),
            (self.unreadable, "unreadable notices"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        told.map(|(count, what)| format!("{count} {what}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The text of the mail.
    fn text(&self, site_url: &str) -> String {
        let mut lines = vec![format!("Images since the last mail: {}.", self.counts())];
        if self.rejected > 0 {
            lines.extend([String::new(), "Rejected:".to_owned()]);
        }
        let rejections = self.rejections.iter();
        lines
            .extend(rejections.map(|rejected| format!("- {}: {}", rejected.name, rejected.reason)));
        if self.rejected > self.rejections.len() {
            lines.push(format!(
                "and {} more",
                self.rejected - self.rejections.len()
            ));
        }
        lines.extend([
            String::new(),
            format!("The upload page: {site_url}"),
            String::new(),
        ]);
        lines.join("\n")
    }
}

/// Makes a text that others wrote fit for one line of a mail.
fn line(text: &str) -> String {
    let clean = |c: char| match c {
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some(' '),
        c if is_invisible(c) => None,
        c => Some(c),
    };
    let mut chars = text.chars().filter_map(clean);
    let mut line: String = chars.by_ref().take(MOST_CHARS).collect();
    let is_cut = chars.next().is_some();
    line = defanged(&line);
    if is_cut {
        line.push('…');
    }
    line
}

/// Characters that have no width or turn the direction of text: Unicode's format characters (category Cf) without those of Arabic
/// and Syriac numbers, variation selectors, and fillers that look like nothing.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Writes what a mail program may turn into a link so that it does not: `https[:]//host[.]example`.
fn defanged(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let is_fang = match c {
            '@' => true,
            ':' => rest.starts_with(|c: char| !c.is_whitespace()),
            '.' => starts_a_label(rest),
            _ => false,
        };
        if is_fang {
            safe.extend(['[', c, ']']);
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Whether the text after a dot can be a part of a host's name: not the end of a sentence, a number, or a picture's extension.
fn starts_a_label(rest: &str) -> bool {
    let ends = |c: char| !c.is_alphanumeric() && c != '-';
    let label = rest.split(ends).next().unwrap_or_default();
    let is_extension = EXTENSIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(label));
    !is_extension && !label.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{self, Key};
    use crate::manifest::{self, Manifest, Original, Rejection, Timings, Variant};
    use darkroom_imaging::Format;
    use jiff::Timestamp;

    /// A notice as `render` publishes it: five variants, or a rejection.
    fn notice(key: &str, rejection: Option<&str>) -> String {
        let key = Key::parse(key).expect("a key");
        let variant = |preset: &str| {
            let output_key = key::variant(&key.folder(), preset, Format::Jpeg);
            Variant {
                preset: preset.to_owned(),
                format: Format::Jpeg,
                media_type: "image/jpeg".to_owned(),
                url: key::url(
                    "https://d111111abcdef8.cloudfront.net",
                    &output_key,
                    "0123456789",
                ),
                key: output_key,
                width: 1920,
                height: 1440,
                crop: None,
                frames: 1,
                bytes: 412_350,
                sha256: "0".repeat(64),
                same_as: None,
                etag: None,
            }
        };
        let presets = ["large", "medium", "small", "thumb", "square"];
        let manifest = Manifest {
            version: manifest::VERSION,
            outcome: if rejection.is_some() {
                manifest::Outcome::Rejected
            } else {
                manifest::Outcome::Ready
            },
            original: Original::new(&key, "0123456789abcdef0123456789abcdef", 3_753_621, None),
            variants: if rejection.is_some() {
                Vec::new()
            } else {
                presets.map(variant).into()
            },
            placeholder: None,
            phash: None,
            facts: darkroom_imaging::Facts::default(),
            credentials: None,
            html: None,
            rejection: rejection.map(|reason| Rejection {
                code: "corrupt".to_owned(),
                reason: reason.to_owned(),
            }),
            notes: Vec::new(),
            presets: "sha256:0".to_owned(),
            event: None,
            engine: "darkroom".to_owned(),
            timings_ms: Timings::default(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        Notice::of(&key, &manifest).to_json()
    }

    fn sum(notices: &[String]) -> Digest {
        let mut sum = Sum::default();
        for notice in notices {
            sum.add(notice);
        }
        sum.done()
    }

    fn mail(notices: &[String]) -> (String, String) {
        let digest = sum(notices);
        let message: serde_json::Value =
            serde_json::from_str(&digest.message("https://page")).expect("JSON");
        assert!(message["default"].is_string(), "SNS asks for it");
        (
            digest.subject(),
            message["email"].as_str().expect("a text").to_owned(),
        )
    }

    #[test]
    fn a_lone_upload_is_a_mail() {
        let (subject, text) = mail(&[notice("a.jpg", None)]);
        assert_eq!(subject, "Darkroom: 1 ready");
        assert_eq!(
            text,
            "Images since the last mail: 1 ready.\n\nThe upload page: https://page\n"
        );
    }

    #[test]
    fn failures_are_told_with_their_reasons_and_repeats_once() {
        let removed = Notice::removed(&Key::parse("b.jpg").expect("a key")).to_json();
        let (subject, text) = mail(&[
            notice("a.jpg", None),
            notice("a.jpg", None),
            notice(
                "photos/cat.jpg",
                Some("the file is corrupt:\r\nBcc: everybody"),
            ),
            removed,
            "{}".to_owned(),
        ]);
        assert_eq!(
            subject,
            "Darkroom: 1 ready, 1 rejected, 1 removed, 1 unreadable notices"
        );
        assert!(
            text.contains("\n- photos/cat.jpg: the file is corrupt:  Bcc: everybody\n"),
            "{text}"
        );
    }

    #[test]
    fn a_guests_file_name_is_not_mailed() {
        let secret = "guest/us-east-1:secret/uuid/buy-at-evil.example.jpg";
        let rejected = [notice(secret, Some("the file is corrupt"))];
        let (_, text) = mail(&rejected);
        assert!(
            text.contains("\n- a guest's picture: the file is corrupt\n"),
            "{text}"
        );
        let json = serde_json::to_string(&sum(&rejected)).expect("plain data");
        for place in [text, json] {
            assert!(
                !place.contains("evil") && !place.contains("secret"),
                "{place}"
            );
        }
    }

    #[test]
    fn removals_alone_are_no_mail() {
        let removed = Notice::removed(&Key::parse("b.jpg").expect("a key")).to_json();
        assert!(!sum(std::slice::from_ref(&removed)).is_news());
        assert!(!sum(&[]).is_news());
        assert!(sum(&[removed, notice("a.jpg", None)]).is_news());
        assert!(sum(&["{}".to_owned()]).is_news());
    }

    #[test]
    fn names_neither_hide_nor_turn_text_nor_link() {
        for (name, want) in [
            ("photos/2026.07/cat 1.5.JPG", "photos/2026.07/cat 1.5.JPG"),
            ("photos/café.jpeg", "photos/café.jpeg"),
            ("cat\u{202e}gpj.exe", "catgpj[.]exe"),
            ("c\u{200b}a\u{feff}t\u{ad}\u{e0041}.png", "cat.png"),
            ("a\u{2028}b\nc", "a b c"),
            (
                "https://evil.example/login.html",
                "https[:]//evil[.]example/login[.]html",
            ),
            ("www.evil.com", "www[.]evil[.]com"),
            ("evil.com/cat.jpg", "evil[.]com/cat.jpg"),
            ("evil.jpg.com", "evil.jpg[.]com"),
            ("mail me@evil.example", "mail me[@]evil[.]example"),
            ("mailto:x", "mailto[:]x"),
            ("javascript:alert(1)", "javascript[:]alert(1)"),
            // our own reasons stay readable
            (
                "it has 3.2 MB. The limit is 1: ask.",
                "it has 3.2 MB. The limit is 1: ask.",
            ),
        ] {
            assert_eq!(line(name), want, "{name:?}");
        }
    }

    /// However many notices a mail sums up, it is short.
    #[test]
    fn the_mail_of_ten_thousand_notices_is_short() {
        let notices: Vec<String> = (0..10_000)
            .map(|n| {
                let broken = n % 10 == 0;
                notice(
                    &format!("photos/2026/holidays/{n}.jpg"),
                    broken.then_some("the file is corrupt"),
                )
            })
            .collect();
        let (subject, text) = mail(&notices);
        assert_eq!(subject, "Darkroom: 9000 ready, 1000 rejected");
        assert!(text.len() < 2_000, "{} bytes", text.len());
        assert_eq!(text.matches("\n- ").count(), MOST_REJECTIONS);
        assert!(text.contains("\nand 980 more\n"), "{text}");
    }

    #[test]
    fn the_longest_subject_of_a_batch_and_the_longest_line_are_short() {
        let batch = Digest {
            ready: 10_000,
            rejected: 10_000,
            removed: 10_000,
            unreadable: 10_000,
            ..Digest::default()
        };
        assert!(batch.subject().len() < 100, "{}", batch.subject());
        assert_eq!(line(&"x".repeat(500)).chars().count(), MOST_CHARS + 1);
    }
}
