//! The events of the function. Only the used fields are read; the two services send many more.

use darkroom_pipeline::key::{Key, Origin, PublicId};
use serde::Deserialize;
use serde_json::Value;

/// The most ids or keys of one message. Each id is a write to the table and its index, and each key a call of S3, so this
/// bounds what a flood of messages costs.
const MAX_IDS: usize = 10;

/// The most ids that the table holds of one connection; a further one takes the place of the oldest. The page watches no more
/// at once (`MOST_WATCHED` in frontend/client/notices.ts).
pub(crate) const MAX_WATCHED: usize = 50;

/// What clients may send, for those who sent something else.
const MESSAGES: &str =
    r#"{"action":"watch","ids":["public id"]} or {"action":"remove","keys":["key"]}"#;

/// A call.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    /// A browser connects; nothing to store yet.
    Connect,
    /// A browser disconnected.
    Disconnect { connection: String },
    /// A browser sent a message.
    Message { connection: String, body: String },
    /// SNS has notices.
    Notices(Vec<Notice>),
}

/// A notice: its public id, and the JSON to forward unchanged.
#[derive(Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) public_id: PublicId,
    pub(crate) json: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Call {
    #[serde(rename_all = "camelCase")]
    WebSocket {
        request_context: Context,
        body: Option<String>,
    },
    #[serde(rename_all = "PascalCase")]
    Sns { records: Vec<Record> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    route_key: String,
    connection_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    sns: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message: String,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
enum Said {
    Watch { ids: Vec<String> },
    Remove { keys: Vec<String> },
}

/// What a browser asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Ask {
    /// The notices of these ids.
    Watch(Vec<PublicId>),
    /// That these guests' originals be deleted. A key is the permission: it holds the guest's identity id and a random
    /// number, which only the browser that uploaded it knows, and no output shows it.
    Remove(Vec<Key>),
}

impl Request {
    /// Reads an event.
    ///
    /// # Errors
    /// When it is neither a WebSocket request nor a batch of notices.
    pub(crate) fn read(event: Value) -> Result<Self, String> {
        let call = serde_json::from_value(event);
        match call.map_err(|e| {
            format!("failed to read the event: neither a WebSocket request nor an SNS event ({e})")
        })? {
            Call::WebSocket {
                request_context:
                    Context {
                        route_key,
                        connection_id,
                    },
                body,
            } => Ok(match route_key.as_str() {
                "$connect" => Self::Connect,
                "$disconnect" => Self::Disconnect {
                    connection: connection_id,
                },
                _ => Self::Message {
                    connection: connection_id,
                    body: body.unwrap_or_default(),
                },
            }),
            Call::Sns { records } => {
                let notices = records
                    .iter()
                    .map(|record| Notice::read(&record.sns.message));
                notices.collect::<Result<_, _>>().map(Self::Notices)
            }
        }
    }
}

impl Notice {
    fn read(message: &str) -> Result<Self, String> {
        let json: Value =
            serde_json::from_str(message).map_err(|e| format!("failed to read a notice: {e}"))?;
        let id = json["public_id"].as_str().unwrap_or_default();
        let public_id = PublicId::parse(id).map_err(|e| format!("failed to read a notice: {e}"))?;
        Ok(Self { public_id, json })
    }
}

/// Reads a browser's message.
///
/// # Errors
/// The fault, described for the author of the client. It never repeats a key.
pub(crate) fn ask(body: &str) -> Result<Ask, String> {
    let said = serde_json::from_str(body).map_err(|e| {
        // Where, not what: serde's own words may repeat a value.
        let (line, column) = (e.line(), e.column());
        format!("failed to read the message at {line}:{column}; send {MESSAGES}")
    })?;
    match said {
        Said::Watch { ids } => watched(&ids).map(Ask::Watch),
        Said::Remove { keys } => removed(&keys).map(Ask::Remove),
    }
}

fn watched(ids: &[String]) -> Result<Vec<PublicId>, String> {
    if ids.len() > MAX_IDS {
        return Err(format!(
            "failed to watch {} ids: send at most {MAX_IDS} per message",
            ids.len()
        ));
    }
    // Its place, not its text: an answer is no longer for a long id.
    let count = ids.len();
    let parse = |(place, id): (usize, &String)| {
        PublicId::parse(id).map_err(|e| format!("failed to watch id {place} of {count}: {e}"))
    };
    let mut ids = (1..).zip(ids).map(parse).collect::<Result<Vec<_>, _>>()?;
    // A batch may contain each row only once.
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn removed(keys: &[String]) -> Result<Vec<Key>, String> {
    if keys.len() > MAX_IDS {
        return Err(format!(
            "failed to remove {} originals: send at most {MAX_IDS} per message",
            keys.len()
        ));
    }
    let parse = |text: &String| {
        let key = Key::parse(text).map_err(|e| format!("failed to remove an original: {e}"))?;
        match key.origin() {
            Origin::Guest => Ok(key),
            Origin::Bulk => {
                Err("failed to remove an original: only guests' originals can be".to_owned())
            }
        }
    };
    keys.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn calls_are_told_apart() {
        let route = |key: &str| json!({"requestContext": {"routeKey": key, "connectionId": "c", "x": 1}, "body": "b"});
        let connection = || "c".to_owned();
        assert_eq!(Request::read(route("$connect")), Ok(Request::Connect));
        assert_eq!(
            Request::read(route("$disconnect")),
            Ok(Request::Disconnect {
                connection: connection()
            })
        );
        let message = Request::Message {
            connection: connection(),
            body: "b".to_owned(),
        };
        assert_eq!(Request::read(route("watch")), Ok(message));

        let notice = json!({"public_id": ID, "outcome": "ready"});
        let sns = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": notice.to_string()}}]});
        let public_id = PublicId::parse(ID).expect("an id");
        assert_eq!(
            Request::read(sns),
            Ok(Request::Notices(vec![Notice {
                public_id,
                json: notice
            }]))
        );

        for bad in [
            json!({}),
            json!({"Records": [{"Sns": {"Message": "{}"}}]}),
            json!({"Records": [{"s3": {}}]}),
        ] {
            assert!(Request::read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn watch_messages_are_checked() {
        let ids = |ids: &[&str]| ask(&json!({"action": "watch", "ids": ids}).to_string());
        let id = || PublicId::parse(ID).expect("an id");
        assert_eq!(ids(&[ID, ID]), Ok(Ask::Watch(vec![id()])));
        assert_eq!(ids(&[]), Ok(Ask::Watch(vec![])));
        for (got, part) in [
            (ask("nonsense"), "send {\"action\":\"watch\""),
            (ask(r#"{"action":"watch"}"#), "failed to read the message"),
            (
                ask(r#"{"action":"delete","ids":[]}"#),
                "failed to read the message",
            ),
            (
                ids(&["../x"]),
                "failed to watch id 1 of 1: a public id must be 32",
            ),
            (ids(&[ID; 11]), "at most 10"),
        ] {
            let error = got.expect_err(part);
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn only_guests_originals_are_removed_and_no_answer_repeats_a_key() {
        let keys = |keys: &[&str]| ask(&json!({"action": "remove", "keys": keys}).to_string());
        let mine = "guest/secret/upload/cat.jpg";
        let key = Key::parse(mine).expect("a key");
        assert_eq!(keys(&[mine]), Ok(Ask::Remove(vec![key])));
        for (got, part) in [
            (keys(&["photos/secret.jpg"]), "only guests'"),
            (keys(&["guest/secret/../../x"]), "a segment"),
            (keys(&[""]), "empty"),
            (keys(&[mine; 11]), "at most 10"),
            (
                ask(r#"{"action":"remove","keys":"guest/secret/upload/cat.jpg"}"#),
                "failed to read the message",
            ),
        ] {
            let error = got.expect_err(part);
            assert!(error.contains(part), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
