//! The events of the function. Only the used fields are read; the two services send many more.

use darkroom_pipeline::key::PublicId;
use serde::Deserialize;
use serde_json::Value;

/// The most ids of one `watch`. Each is a write to the table and its index, so this bounds what a flood of messages costs.
const MAX_IDS: usize = 10;

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
struct Watch {
    ids: Vec<String>,
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

/// The ids of a `watch` message.
///
/// # Errors
/// The fault, described for the author of the client.
pub(crate) fn watch_ids(body: &str) -> Result<Vec<PublicId>, String> {
    let watch: Watch = serde_json::from_str(body).map_err(|e| {
        format!(r#"failed to read the message: {e}; send {{"action":"watch","ids":["public id"]}}"#)
    })?;
    if watch.ids.len() > MAX_IDS {
        return Err(format!(
            "failed to watch {} ids: send at most {MAX_IDS} per message",
            watch.ids.len()
        ));
    }
    let mut ids = watch
        .ids
        .iter()
        .map(|id| PublicId::parse(id).map_err(|e| format!("failed to watch {id:?}: {e}")))
        .collect::<Result<Vec<_>, _>>()?;
    // A batch may contain each row only once.
    ids.sort();
    ids.dedup();
    Ok(ids)
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
        let ids = |ids: &[&str]| watch_ids(&json!({"action": "watch", "ids": ids}).to_string());
        assert_eq!(
            ids(&[ID, ID]),
            Ok(vec![PublicId::parse(ID).expect("an id")])
        );
        assert_eq!(ids(&[]), Ok(vec![]));
        for (got, part) in [
            (watch_ids("nonsense"), "send {\"action\":\"watch\""),
            (watch_ids(r#"{"action":"watch"}"#), "missing field `ids`"),
            (
                ids(&["../x"]),
                "failed to watch \"../x\": a public id must be 32",
            ),
            (ids(&[ID; 11]), "at most 10"),
        ] {
            let error = got.expect_err(part);
            assert!(error.contains(part), "{error}");
        }
    }
}
