//! SQS message bodies to jobs. Two kinds come: events of S3 and of what speaks its language, straight or by way of SNS or
//! `EventBridge`; and our own request to look at keys again.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::key::{self, BadKey, Key};

/// The known major version of the event schema; S3 keeps it while it only adds fields.
const EVENT_MAJOR: u32 = 2;

/// Kinds of S3's events after which an original's outputs may be out of date, by their beginnings. An original that was
/// restored from an archive can be read only from then on.
const CHANGES: [&str; 4] = [
    "ObjectCreated:",
    "ObjectRemoved:",
    "LifecycleExpiration:",
    "ObjectRestore:Completed",
];

/// The same as `EventBridge` calls them.
const BRIDGED_CHANGES: [&str; 3] = [
    "Object Created",
    "Object Deleted",
    "Object Restore Completed",
];

/// The same as R2 calls them.
const R2_CHANGES: [&str; 5] = [
    "PutObject",
    "CopyObject",
    "CompleteMultipartUpload",
    "DeleteObject",
    "LifecycleDeletion",
];

/// The version of [`Reprocess`].
const REPROCESS_VERSION: u32 = 1;

/// One original to bring up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The original whose outputs may be out of date.
    pub key: Key,
    /// Its length at the time of the event, if the event contains it. Only a hint: it may have changed since.
    pub bytes: Option<u64>,
    /// The change of the original that asks for it: S3's `sequencer`, different for every change of a key. `None` if it is
    /// requested without a change, as by [`Reprocess`].
    pub event: Option<String>,
    /// This is the first delivery: no job for it ran before, so the manifest can be trusted.
    pub first_receive: bool,
}

/// The request in one record of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Bring an original up to date.
    Job(Job),
    /// Do nothing, for this reason.
    Ignored(String),
    /// An original that can have no outputs, by its key.
    Refused {
        /// The key as a person may read it.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is not understood: this record alone goes to the dead-letter queue.
    Unknown {
        /// The record's JSON.
        record: String,
        /// What is not understood about it.
        reason: String,
    },
}

/// A message of an unknown kind. It ends in the dead-letter queue, for a person to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to read the message: {0}")]
pub struct BadMessage(String);

impl BadMessage {
    /// For this reason.
    #[must_use]
    pub(crate) fn new(reason: String) -> Self {
        Self(reason)
    }
}

/// The message that requests another look at keys, independent of their events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reprocess {
    /// 1.
    pub version: u32,
    /// The originals' keys, not encoded.
    pub reprocess: Vec<String>,
    /// Also render originals whose manifest looks up to date.
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

/// What S3 and the stores that speak its language put into a queue.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
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

/// The same by way of `EventBridge`: one object, its key not encoded.
#[derive(Deserialize)]
struct Bridged {
    #[serde(rename = "detail-type")]
    kind: String,
    detail: Entity,
}

/// What Cloudflare R2 puts into a queue: the key is not encoded, and no change has a name.
#[derive(Deserialize)]
struct R2 {
    action: String,
    bucket: String,
    object: Object,
}

/// The entries of a message that was received `receives` times, this one included.
/// Events of other buckets than `input_bucket` are ignored. A record that is not understood is an entry of its own.
///
/// # Errors
/// When the body is not JSON of a known kind and version.
pub fn parse(body: &str, input_bucket: &str, receives: u32) -> Result<Vec<Entry>, BadMessage> {
    entries(&unwrapped(body)?, Some(input_bucket), receives <= 1)
}

/// The entries of a dead letter, whatever the bucket: events of others never die.
pub(crate) fn of_any_bucket(body: &str) -> Result<Vec<Entry>, BadMessage> {
    entries(&unwrapped(body)?, None, false)
}

fn entries(
    body: &Value,
    input_bucket: Option<&str>,
    first: bool,
) -> Result<Vec<Entry>, BadMessage> {
    if let Some(records) = body["Records"].as_array() {
        let entry =
            |record| of_record(record, input_bucket, first).unwrap_or_else(|e| unknown(record, e));
        return Ok(records.iter().map(entry).collect());
    }
    if body.get("s3").is_some() {
        return Ok(vec![of_record(body, input_bucket, first)?]);
    }
    if body.get("reprocess").is_some() {
        return of_request(body.clone(), first);
    }
    if body["source"] == "aws.s3" && body.get("detail").is_some() {
        return Ok(vec![of_bridge(body, input_bucket, first)?]);
    }
    if body.get("action").is_some() && body.get("object").is_some() {
        return Ok(vec![of_r2(body, input_bucket)?]);
    }
    match body["Event"].as_str() {
        Some("s3:TestEvent") => Ok(vec![Entry::Ignored("S3's test event".to_owned())]),
        Some(event) => Err(BadMessage(format!("unknown event {event:?}"))),
        None => Err(BadMessage(
            "it is neither an event of S3, EventBridge or R2 nor a reprocess request".to_owned(),
        )),
    }
}

/// The message as its first sender wrote it: SNS puts it as a text into one of its own.
fn unwrapped(body: &str) -> Result<Value, BadMessage> {
    let json = |text: &str| {
        let value: Option<Value> = serde_json::from_str(text).ok();
        value.ok_or_else(|| BadMessage("it is not JSON".to_owned()))
    };
    let body = json(body)?;
    match (body["Type"].as_str(), body["Message"].as_str()) {
        (Some("Notification"), Some(message)) => json(message),
        _ => Ok(body),
    }
}

fn of_request(body: Value, first: bool) -> Result<Vec<Entry>, BadMessage> {
    let version = body["version"].clone();
    if version != REPROCESS_VERSION {
        return Err(BadMessage(format!(
            "its version is {version}, but this program reads version {REPROCESS_VERSION}"
        )));
    }
    let request: Reprocess = read(
        body,
        "a request to reprocess has `version`, `reprocess` and `force`",
    )?;
    let first = first && !request.force;
    // A key that is named in a request is rendered, also when it does not look like a picture.
    let keys = request.reprocess.iter();
    Ok(keys
        .map(|key| match Key::parse(key) {
            Ok(key) => Entry::Job(Job {
                key,
                bytes: None,
                event: None,
                first_receive: first,
            }),
            Err(e) => refused(key, None, &e),
        })
        .collect())
}

fn of_record(record: &Value, input_bucket: Option<&str>, first: bool) -> Result<Entry, BadMessage> {
    let version = record["eventVersion"].as_str().unwrap_or_default();
    if record.get("s3").is_none() {
        let source = &record["eventSource"];
        return Err(BadMessage(format!(
            "it has no `s3`, and its source is {source}"
        )));
    }
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major != Some(EVENT_MAJOR) {
        return Err(BadMessage(format!(
            "its event version is {version:?}, but this program reads {EVENT_MAJOR}.x"
        )));
    }
    let record: Record = read(
        record.clone(),
        "it lacks its event's name, its bucket or its object's key",
    )?;
    // S3 leaves "s3:" out in events, though not in the configuration.
    let name = record.event_name.trim_start_matches("s3:");
    let changes = CHANGES.iter().any(|kind| name.starts_with(kind));
    let Entity { bucket, object } = record.s3;
    if let Some(ignored) = not_ours(name, changes, &bucket.name, input_bucket) {
        return Ok(ignored);
    }
    Ok(match key::decoded(&object.key) {
        Some(key) => entry(&key, object.size, object.sequencer, first),
        None => Entry::Refused {
            name: key::public_name(&object.key),
            reason: "the key is not UTF-8".to_owned(),
        },
    })
}

fn of_bridge(body: &Value, input_bucket: Option<&str>, first: bool) -> Result<Entry, BadMessage> {
    let event: Bridged = read(
        body.clone(),
        "an event of EventBridge lacks its bucket or its object's key",
    )?;
    let changes = BRIDGED_CHANGES.contains(&event.kind.as_str());
    let Entity { bucket, object } = event.detail;
    if let Some(ignored) = not_ours(&event.kind, changes, &bucket.name, input_bucket) {
        return Ok(ignored);
    }
    Ok(entry(&object.key, object.size, object.sequencer, first))
}

fn of_r2(body: &Value, input_bucket: Option<&str>) -> Result<Entry, BadMessage> {
    let event: R2 = read(
        body.clone(),
        "an event of R2 lacks its bucket or its object's key",
    )?;
    let changes = R2_CHANGES.contains(&event.action.as_str());
    if let Some(ignored) = not_ours(&event.action, changes, &event.bucket, input_bucket) {
        return Ok(ignored);
    }
    Ok(entry(&event.object.key, event.object.size, None, false))
}

/// Serde's own words name types of this program, so a person gets ours.
fn read<T: DeserializeOwned>(value: Value, otherwise: &str) -> Result<T, BadMessage> {
    serde_json::from_value(value).map_err(|_| BadMessage(otherwise.to_owned()))
}

fn not_ours(name: &str, changes: bool, bucket: &str, input_bucket: Option<&str>) -> Option<Entry> {
    let reason = if !changes {
        format!("the event {name:?} changes no original")
    } else if input_bucket.is_some_and(|input_bucket| input_bucket != bucket) {
        format!("the bucket {bucket:?} is not the input bucket")
    } else {
        return None;
    };
    Some(Entry::Ignored(reason))
}

fn unknown(record: &Value, reason: BadMessage) -> Entry {
    Entry::Unknown {
        record: record.to_string(),
        reason: reason.0,
    }
}

fn refused(key: &str, bytes: Option<u64>, reason: &BadKey) -> Entry {
    if key::is_folder_marker(key, bytes.unwrap_or_default()) {
        return Entry::Ignored(reason.to_string());
    }
    Entry::Refused {
        name: key::public_name(key),
        reason: reason.to_string(),
    }
}

/// What an event of S3 asks for. A change that has no name cannot be told from an earlier one: nothing that was done for
/// that is trusted.
fn entry(key: &str, bytes: Option<u64>, event: Option<String>, first: bool) -> Entry {
    match Key::parse(key) {
        Ok(key) => match key.no_picture() {
            Some(reason) => Entry::Ignored(format!("not a picture by its name: {reason}")),
            None => Entry::Job(Job {
                key,
                bytes,
                first_receive: first && event.is_some(),
                event,
            }),
        },
        Err(e) => refused(key, bytes, &e),
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
            ("hello".to_owned(), "not JSON"),
            ("{}".to_owned(), "neither"),
            (r#"{"Event":"s3:Other"}"#.to_owned(), "s3:Other"),
            (r#"{"version":2,"reprocess":[]}"#.to_owned(), "version is 2"),
        ] {
            let error = parse(&body, "in", 1).expect_err(&body).to_string();
            assert!(error.contains(part), "{error}");
            assert!(
                !error.contains("untagged") && !error.contains("enum"),
                "{error}"
            );
        }
    }

    /// As the S3 notification of SNS, with or without the body's own quoting.
    fn by_sns(message: &str) -> String {
        serde_json::json!({"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:0:t", "Message": message}).to_string()
    }

    #[test]
    fn events_come_in_many_shapes() {
        let put = record(
            "2.1",
            "ObjectCreated:Put",
            "in",
            r#"{"key":"a+b.jpg","size":9,"sequencer":"0A"}"#,
        );
        let restored = put.replace("ObjectCreated:Put", "ObjectRestore:Completed");
        let minio = put
            .replace("ObjectCreated", "s3:ObjectCreated")
            .replace("aws:s3", "minio:s3");
        let minio = format!(
            r#"{{"EventName":"s3:ObjectCreated:Put","Key":"in/a+b.jpg","Records":[{minio}]}}"#
        );
        let bridged = |kind: &str, key: &str| {
            format!(
                r#"{{"version":"0","detail-type":"{kind}","source":"aws.s3",
                "detail":{{"bucket":{{"name":"in"}},"object":{{"key":"{key}","size":9,"sequencer":"0A"}}}}}}"#
            )
        };
        let r2 = r#"{"account":"x","action":"PutObject","bucket":"in","object":{"key":"a b.jpg","size":9,"eTag":"e"}}"#;
        let named = job("a b.jpg", Some(9), Some("0A"), true);
        for (body, want) in [
            (by_sns(&records(std::slice::from_ref(&put))), named.clone()),
            (records(&[restored]), named.clone()),
            (minio, named.clone()),
            (put, named.clone()),
            (bridged("Object Created", "a b.jpg"), named.clone()),
            (
                by_sns(&bridged("Object Restore Completed", "a b.jpg")),
                named,
            ),
            (
                bridged("Object Created", "100%41+.jpg"),
                job("100%41+.jpg", Some(9), Some("0A"), true),
            ),
            (r2.to_owned(), job("a b.jpg", Some(9), None, false)),
        ] {
            assert_eq!(parse(&body, "in", 1), Ok(vec![want]), "{body}");
        }
        for body in [
            by_sns(r#"{"Event":"s3:TestEvent"}"#),
            bridged("Object Tags Added", "a.jpg"),
            r2.replace("PutObject", "GetObject"),
            r2.replace(r#""in""#, r#""other""#),
        ] {
            let entries = parse(&body, "in", 1).expect("a known message");
            assert!(matches!(&entries[..], [Entry::Ignored(_)]), "{entries:?}");
        }
    }

    #[test]
    fn an_unknown_record_takes_no_good_one_with_it() {
        let good = record(
            "2.1",
            "ObjectCreated:Put",
            "in",
            r#"{"key":"a","sequencer":"1"}"#,
        );
        let mail = r#"{"eventSource":"aws:ses","ses":{}}"#.to_owned();
        let keyless = record("2.1", "ObjectCreated:Put", "in", "{}");
        for (bad, part) in [
            (
                record("3.0", "ObjectCreated:Put", "in", r#"{"key":"b"}"#),
                "3.0",
            ),
            (mail, "aws:ses"),
            (keyless, "key"),
        ] {
            let entries = parse(&records(&[bad.clone(), good.clone()]), "in", 1).expect("records");
            let [Entry::Unknown { record, reason }, known] = &entries[..] else {
                panic!("{entries:?}")
            };
            assert_eq!(*known, job("a", None, Some("1"), true));
            assert!(reason.contains(part), "{reason}");
            let same = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            assert_eq!(same(record), same(&bad));
        }
    }

    #[test]
    fn refused_keys_are_named_and_files_beside_pictures_are_not() {
        let put = |key: &str, size: u64| {
            records(&[record(
                "2.1",
                "ObjectCreated:Put",
                "in",
                &format!(r#"{{"key":"{key}","size":{size}}}"#),
            )])
        };
        for (key, name) in [
            ("x/new%0Aline.jpg", "x/new\\nline.jpg"),
            ("x/../y.jpg", "x/../y.jpg"),
            ("x/picture/", "x/picture/"),
        ] {
            let entries = parse(&put(key, 9), "in", 1).expect("records");
            assert!(
                matches!(&entries[..], [Entry::Refused { name: got, .. }] if got == name),
                "{entries:?}"
            );
        }
        for (key, size) in [("x/", 0), ("x/._y.jpg", 9), (".DS_Store", 9)] {
            let entries = parse(&put(key, size), "in", 1).expect("records");
            assert!(matches!(&entries[..], [Entry::Ignored(_)]), "{entries:?}");
        }
        let asked = reprocess(&[Key::parse("._y.jpg").expect("a key")], false);
        assert_eq!(
            parse(&asked, "in", 1),
            Ok(vec![job("._y.jpg", None, None, true)])
        );
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
