//! The Lambda that carries notices to browsers over WebSockets.

mod deliver;
mod request;

use darkroom_aws::{Connections, Originals, WatchTable};
use darkroom_pipeline::config;
use darkroom_pipeline::store::with_causes;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::request::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    darkroom_aws::log_as_json();
    let config = config::push(|name| std::env::var(name).ok())?;
    let sdk = darkroom_aws::sdk_config().await;
    let table = WatchTable::new(&sdk, &config.watch_table);
    let connections = Connections::new(&sdk, &config.websocket_endpoint);
    let originals = Originals::new(&sdk, &config.input_bucket);
    let handle = async |event: LambdaEvent<Value>| {
        let answer = handle(&table, &connections, &originals, event.payload).await;
        answer.map_err(|e| Error::from(with_causes(&*e)))
    };
    lambda_runtime::run(service_fn(handle)).await
}

/// A WebSocket route gets a status as its answer, a batch of notices gets none.
async fn handle(
    table: &WatchTable,
    connections: &Connections,
    originals: &Originals,
    event: Value,
) -> Result<Value, Error> {
    match Request::read(event)? {
        Request::Connect => {}
        Request::Disconnect { connection } => table.forget(&connection).await?,
        Request::Message { connection, body } => {
            deliver::answer(table, connections, originals, &connection, &body).await?;
        }
        Request::Notices(notices) => {
            for notice in notices {
                deliver::notice(table, connections, &notice).await?;
            }
        }
    }
    Ok(json!({ "statusCode": 200 }))
}
