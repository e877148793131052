//! Sends messages to browsers.

use darkroom_aws::{Connections, Delivery, Originals, WatchTable};
use darkroom_pipeline::key::Key;
use darkroom_pipeline::store::Fault;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde_json::json;

use crate::request::{Ask, MAX_WATCHED, Notice, ask};

/// API Gateway closes a connection after two hours; a row outlives it by a few minutes at most.
const ROW_SECONDS: i64 = 2 * 60 * 60 + 10 * 60;

/// Messages in flight at once.
const AT_A_TIME: usize = 32;

/// Handles a browser's message and answers it, or answers with the error.
pub(crate) async fn answer(
    table: &WatchTable,
    connections: &Connections,
    originals: &Originals,
    connection: &str,
    body: &str,
) -> Result<(), Fault> {
    let reply = match ask(body) {
        Ok(Ask::Watch(ids)) => {
            let expires_at = Timestamp::now().as_second() + ROW_SECONDS;
            table
                .watch(connection, &ids, expires_at, MAX_WATCHED)
                .await?;
            json!({ "type": "watching", "ids": ids })
        }
        Ok(Ask::Remove(keys)) => {
            for key in &keys {
                originals.remove(key).await?;
            }
            let ids: Vec<_> = keys.iter().map(Key::public_id).collect();
            tracing::info!(public_ids = ?ids, "removed by its guest");
            json!({ "type": "removing", "ids": ids })
        }
        Err(message) => json!({ "type": "error", "message": message }),
    };
    send(table, connections, connection, &reply.to_string()).await
}

/// Sends the notice to all watchers of its id. If one connection fails, the others still get the notice; the fault makes
/// Lambda retry, and clients drop the repeat by its id.
pub(crate) async fn notice(
    table: &WatchTable,
    connections: &Connections,
    notice: &Notice,
) -> Result<(), Fault> {
    let text = json!({ "type": "notice", "notice": notice.json }).to_string();
    let watchers = table.watchers(&notice.public_id).await?;
    let sent = stream::iter(&watchers)
        .map(|connection| send(table, connections, connection, &text))
        .buffer_unordered(AT_A_TIME)
        .collect::<Vec<_>>()
        .await;
    let failed = sent.iter().filter(|result| result.is_err()).count();
    tracing::info!(
        public_id = notice.public_id.as_str(),
        watchers = watchers.len(),
        failed,
        "notice"
    );
    sent.into_iter().collect()
}

/// Sends to a connection, and deletes the rows of a closed one.
async fn send(
    table: &WatchTable,
    connections: &Connections,
    connection: &str,
    text: &str,
) -> Result<(), Fault> {
    match connections.send(connection, text).await? {
        Delivery::Sent => Ok(()),
        Delivery::Gone => table.forget(connection).await,
    }
}
