//! SQS message bodies to jobs. Two kinds come: S3's events, and our own request to look at keys again.

use serde::{Deserialize, Serialize};

use crate::key::Key;

/// The event schema's major version we know; S3 keeps it while fields are only added.
const EVENT_MAJOR: u32 = 2;

/// The version of [`Reprocess`].
const REPROCESS_VERSION: u32 = 1;

/// One original to bring up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose outputs may be out of date.
    pub key: Key,
    /// Its length when the event was made, where the event tells. Only a hint: it may be another by now.
    pub bytes: Option<u64>,
    /// Which change of the original asks for it: S3's `sequencer`, another for every change of a key. `None` when it is
    /// asked for without a change, as by [`Reprocess`].
    pub event: Option<String>,
    /// Nothing of this message was tried before, so whatever the manifest says is done is done.
    pub first_receive: bool,
}

/// What one record of a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// To bring an original up to date.
    Job(Job),
    /// Nothing, for this reason.
    Ignored(String),
}

/// A message that is none of those we know. It goes to the dead-letter queue, for somebody to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to read the message: {0}")]
pub struct BadMessage(String);

/// The message that asks to look at keys again, whatever events came for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reprocess {
    /// 1.
    pub version: u32,
    /// The originals' keys, not encoded.
    pub reprocess: Vec<String>,
    /// Render also what the manifest says is up to date.
    #[serde(default)]
    pub force: bool,
}

/// The body of a [`Reprocess`] message.
///
/// # Panics
/// Never: the type is plain data.
#[must_use]
pub fn reprocess(keys: &[Key], force: bool) -> String {
    let reprocess = keys.iter().map(|key| key.as_str().to_owned()).collect();
    let message = Reprocess {
        version: REPROCESS_VERSION,
        reprocess,
        force,
    };
    serde_json::to_string(&message).expect("a message is plain data")
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Events {
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
    Reprocess(Reprocess),
    Test {
        #[serde(rename = "Event")]
        event: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_version: String,
    event_name: String,
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    size: Option<u64>,
    sequencer: Option<String>,
}

/// The entries of a message that was received `receives` times, this one included.
/// Events of other buckets than `input_bucket` are ignored.
///
/// # Errors
/// When the body is not JSON of a kind and a version we know.
pub fn parse(body: &str, input_bucket: &str, receives: u32) -> Result<Vec<Entry>, BadMessage> {
    let body: Body = serde_json::from_str(body).map_err(|e| {
        BadMessage(format!(
            "it is neither an S3 event nor a reprocess request ({e})"
        ))
    })?;
    let first = receives <= 1;
    match body {
        Body::Events { records } => records
            .iter()
            .map(|record| of_record(record, input_bucket, first))
            .collect(),
        Body::Reprocess(Reprocess {
            version: REPROCESS_VERSION,
            reprocess,
            force,
        }) => Ok(reprocess
            .iter()
            .map(|key| entry(Key::parse(key), None, None, first && !force))
            .collect()),
        Body::Reprocess(Reprocess { version, .. }) => Err(BadMessage(format!(
            "its version is {version}, but this program reads version {REPROCESS_VERSION}"
        ))),
        Body::Test { event } if event == "s3:TestEvent" => {
            Ok(vec![Entry::Ignored("S3's test event".to_owned())])
        }
        Body::Test { event } => Err(BadMessage(format!("unknown event {event:?}"))),
    }
}

fn of_record(record: &Record, input_bucket: &str, first: bool) -> Result<Entry, BadMessage> {
    let version = &record.event_version;
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major != Some(EVENT_MAJOR) {
        return Err(BadMessage(format!(
            "its event version is {version:?}, but this program reads {EVENT_MAJOR}.x"
        )));
    }
    // S3 leaves "s3:" out in events, though not in the configuration.
    let name = record.event_name.trim_start_matches("s3:");
    let kinds = ["ObjectCreated:", "ObjectRemoved:", "LifecycleExpiration:"];
    let bucket = &record.s3.bucket.name;
    Ok(if !kinds.iter().any(|kind| name.starts_with(kind)) {
        Entry::Ignored(format!("the event {name:?} changes no original"))
    } else if bucket != input_bucket {
        Entry::Ignored(format!("the bucket {bucket:?} is not the input bucket"))
    } else {
        let object = &record.s3.object;
        let (size, event) = (object.size, object.sequencer.clone());
        // A change that has no name cannot be told from an earlier one: nothing that was done for that is trusted.
        let first = first && event.is_some();
        entry(Key::decode(&object.key), size, event, first)
    })
}

fn entry<E: std::fmt::Display>(
    key: Result<Key, E>,
    bytes: Option<u64>,
    event: Option<String>,
    first_receive: bool,
) -> Entry {
    match key {
        Ok(key) => Entry::Job(Job {
            key,
            bytes,
            event,
            first_receive,
        }),
        Err(e) => Entry::Ignored(e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(version: &str, name: &str, bucket: &str, object: &str) -> String {
        format!(
            r#"{{"eventVersion":"{version}","eventSource":"aws:s3","eventName":"{name}","extra":1,
            "s3":{{"bucket":{{"name":"{bucket}"}},"object":{object}}}}}"#
        )
    }

    fn records(records: &[String]) -> String {
        format!(r#"{{"Records":[{}]}}"#, records.join(","))
    }

    fn job(key: &str, bytes: Option<u64>, event: Option<&str>, first_receive: bool) -> Entry {
        Entry::Job(Job {
            key: Key::parse(key).expect("a key"),
            bytes,
            event: event.map(str::to_owned),
            first_receive,
        })
    }

    #[test]
    fn events_become_jobs() {
        let body = records(&[
            record(
                "2.1",
                "ObjectCreated:Put",
                "in",
                r#"{"key":"a+b%2B.jpg","size":12,"eTag":"e","sequencer":"1"}"#,
            ),
            record(
                "2.6",
                "ObjectRemoved:Delete",
                "in",
                r#"{"key":"c","sequencer":"2"}"#,
            ),
            record("2.9", "LifecycleExpiration:Delete", "in", r#"{"key":"d"}"#),
        ]);
        let want = |first| {
            vec![
                job("a b+.jpg", Some(12), Some("1"), first),
                job("c", None, Some("2"), first),
                job("d", None, None, false),
            ]
        };
        assert_eq!(parse(&body, "in", 1), Ok(want(true)));
        assert_eq!(parse(&body, "in", 2), Ok(want(false)));
    }

    #[test]
    fn what_is_not_ours_is_ignored_with_a_reason() {
        let test =
            r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"t","Bucket":"in"}"#.to_owned();
        for (body, part) in [
            (test, "test event"),
            (
                records(&[record("2.1", "ObjectCreated:Put", "out", r#"{"key":"a"}"#)]),
                "not the input bucket",
            ),
            (
                records(&[record("2.1", "ObjectTagging:Put", "in", r#"{"key":"a"}"#)]),
                "changes no original",
            ),
            (
                records(&[record(
                    "2.1",
                    "ObjectCreated:Put",
                    "in",
                    r#"{"key":"a/","size":0}"#,
                )]),
                "names a folder",
            ),
        ] {
            let entries = parse(&body, "in", 1).expect("a known message");
            assert!(
                matches!(&entries[..], [Entry::Ignored(reason)] if reason.contains(part)),
                "{entries:?}"
            );
        }
        assert_eq!(parse(&records(&[]), "in", 1), Ok(vec![]));
    }

    #[test]
    fn what_is_not_understood_is_kept() {
        for (body, part) in [
            ("hello".to_owned(), "neither"),
            ("{}".to_owned(), "neither"),
            (r#"{"Event":"s3:Other"}"#.to_owned(), "s3:Other"),
            (
                records(&[record("3.0", "ObjectCreated:Put", "in", r#"{"key":"a"}"#)]),
                "3.0",
            ),
            (r#"{"version":2,"reprocess":[]}"#.to_owned(), "version is 2"),
        ] {
            let error = parse(&body, "in", 1).expect_err(&body).to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn reprocess_requests_are_read_back() {
        let keys = ["a b+.jpg", "ü"].map(|key| Key::parse(key).expect("a key"));
        for (force, receives, first) in [(false, 1, true), (true, 1, false), (false, 3, false)] {
            let want = ["a b+.jpg", "ü"]
                .map(|key| job(key, None, None, first))
                .into();
            assert_eq!(parse(&reprocess(&keys, force), "in", receives), Ok(want));
        }
    }
}
