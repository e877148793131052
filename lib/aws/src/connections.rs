//! Browsers' WebSocket connections.

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use darkroom_pipeline::store::Fault;

use crate::{cause, has_status};

/// The connections of one WebSocket API.
#[derive(Debug, Clone)]
pub struct Connections {
    /// Shared by all calls.
    pub client: Client,
}

/// The result of sending a message to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The gateway accepted it.
    Sent,
    /// The connection is closed.
    Gone,
}

impl Connections {
    /// The connections under this URL (the stage's, without `/@connections`).
    #[must_use]
    pub fn new(config: &SdkConfig, endpoint: &str) -> Self {
        let endpoint = endpoint
            .trim_end_matches('/')
            .trim_end_matches("/@connections");
        Self {
            client: Client::from_conf(Builder::from(config).endpoint_url(endpoint).build()),
        }
    }

    /// Sends a text to a connection.
    ///
    /// # Errors
    /// When the gateway fails. A closed connection is not an error.
    pub async fn send(&self, connection: &str, text: &str) -> Result<Delivery, Fault> {
        let request = self
            .client
            .post_to_connection()
            .connection_id(connection)
            .data(Blob::new(text));
        match request.send().await {
            Ok(_) => Ok(Delivery::Sent),
            Err(e) if has_status(&e, 410) => Ok(Delivery::Gone),
            Err(e) => Err(Fault::new("send to", connection, cause(e))),
        }
    }
}
