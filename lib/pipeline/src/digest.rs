//! The digest: one mail for many notices. Mail servers and SNS accept a few mails a minute, not one per image.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::notice::{Notice, Outcome, VERSION};

/// The most rejections listed with their reasons; the rest are only counted.
const MOST_REJECTIONS: usize = 20;

/// The most characters of a name, and of a reason, in a line of the mail.
const MOST_CHARS: usize = 200;

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
    /// Its key, or a guest's file name.
    pub name: String,
    /// The reason, in words for the uploader.
    pub reason: String,
}

impl Digest {
    /// Sums up notices as JSON. A repeat of a notice counts once.
    pub fn of<'a>(notices: impl IntoIterator<Item = &'a str>) -> Self {
        let mut digest = Self {
            version: VERSION,
            ..Self::default()
        };
        let mut seen = BTreeSet::new();
        for json in notices {
            match serde_json::from_str::<Notice>(json) {
                Ok(notice) if notice.version == VERSION => {
                    if seen.insert(notice.id.clone()) {
                        digest.add(&notice);
                    }
                }
                _ => digest.unreadable += 1,
            }
        }
        digest
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
                    self.rejections.push(Rejected {
                        name: line(notice.name()),
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

/// Makes a user-supplied text fit for one line of a mail.
fn line(text: &str) -> String {
    let mut chars = text.chars();
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = chars.by_ref().take(MOST_CHARS).map(clean).collect();
    if chars.next().is_some() {
        line.push('…');
    }
    line
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

    fn mail(notices: &[String]) -> (String, String) {
        let digest = Digest::of(notices.iter().map(String::as_str));
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
        let secret = "guest/us-east-1:secret/uuid/cat.jpg";
        let (subject, text) = mail(&[
            notice("a.jpg", None),
            notice("a.jpg", None),
            notice(secret, Some("the file is corrupt:\r\nBcc: everybody")),
            removed,
            "{}".to_owned(),
        ]);
        assert_eq!(
            subject,
            "Darkroom: 1 ready, 1 rejected, 1 removed, 1 unreadable notices"
        );
        assert!(
            text.contains("\n- cat.jpg: the file is corrupt:  Bcc: everybody\n"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }

    /// Lambda delivers at most 10,000 messages at once, and at most 6 MB, with an envelope of a kilobyte around each.
    #[test]
    fn ten_thousand_notices_are_a_handful_of_mails() {
        let notices: Vec<String> = (0..10_000)
            .map(|n| {
                let broken = n % 10 == 0;
                notice(
                    &format!("photos/2026/holidays/{n}.jpg"),
                    broken.then_some("the file is corrupt"),
                )
            })
            .collect();
        let escaped = |notice: &String| serde_json::json!(notice).to_string().len() + 1000;
        let (mut batches, mut room) = (vec![Vec::new()], 6_000_000);
        for notice in notices {
            if room < escaped(&notice) {
                batches.push(Vec::new());
                room = 6_000_000;
            }
            room -= escaped(&notice);
            batches.last_mut().expect("one").push(notice);
        }
        assert!(batches.len() <= 8, "{} mails", batches.len());
        for batch in &batches {
            let (subject, text) = mail(batch);
            assert!(
                subject.len() < 100 && !subject.contains(char::is_control),
                "{subject}"
            );
            assert!(text.len() < 10_000, "{} bytes", text.len());
            assert!(text.matches("\n- ").count() == MOST_REJECTIONS && text.contains(" more\n"));
        }
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
