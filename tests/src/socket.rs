//! A WebSocket client, as the page is one.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::schema::{self, Document};
use crate::stack::Stack;

/// How long the next message may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection that watches.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects and watches these public ids; returns once the server has said that it does.
///
/// # Errors
/// When it does not.
pub async fn watch(stack: &Stack, ids: &[&str]) -> Result<Socket> {
    let (mut socket, _) = connect_async(&stack.websocket_url).await?;
    say(&mut socket, &json!({ "action": "watch", "ids": ids })).await?;
    let answer = next(&mut socket).await?;
    if answer != json!({ "type": "watching", "ids": ids }) {
        bail!("the server answered {answer}");
    }
    Ok(socket)
}

/// Sends a message.
///
/// # Errors
/// When the connection is gone.
pub async fn say(socket: &mut Socket, message: &Value) -> Result<()> {
    Ok(socket.send(Message::text(message.to_string())).await?)
}

/// The next message of the server.
///
/// # Errors
/// When none comes.
pub async fn next(socket: &mut Socket) -> Result<Value> {
    loop {
        let message = timeout(PATIENCE, socket.next())
            .await
            .context("the server says nothing")?
            .context("the server hung up")??;
        if let Message::Text(text) = message {
            let message = serde_json::from_str(&text)?;
            schema::check(Document::WebSocket, &message)?;
            return Ok(message);
        }
    }
}
