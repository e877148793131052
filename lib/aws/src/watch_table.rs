//! The watch table: one row for each public id that a connection watches.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use darkroom_pipeline::key::PublicId;
use darkroom_pipeline::store::Fault;

use crate::cause;

const PUBLIC_ID: &str = "public_id";
const CONNECTION_ID: &str = "connection_id";
const EXPIRES_AT: &str = "expires_at";
const BY_CONNECTION: &str = "by_connection";

/// The most writes that DynamoDB accepts in one batch.
const BATCH: usize = 25;

/// Attempts to write rows that DynamoDB left unprocessed.
const BATCH_ATTEMPTS: u32 = 8;

/// The watch table: partition key `public_id`, sort key `connection_id`, TTL `expires_at`, index `by_connection`.
#[derive(Debug, Clone)]
pub struct WatchTable {
    /// Shared by all calls.
    pub client: Client,
    /// Which table.
    pub name: String,
}

impl WatchTable {
    /// The table of this name.
    #[must_use]
    pub fn new(config: &SdkConfig, name: &str) -> Self {
        Self {
            client: Client::new(config),
            name: name.to_owned(),
        }
    }

    /// Records that the connection watches these ids, until `expires_at` (seconds since 1970).
    ///
    /// # Errors
    /// When DynamoDB fails.
    pub async fn watch(
        &self,
        connection: &str,
        ids: &[PublicId],
        expires_at: i64,
    ) -> Result<(), Fault> {
        let rows = ids.iter().map(|id| {
            let put = PutRequest::builder()
                .item(PUBLIC_ID, text(id.as_str()))
                .item(CONNECTION_ID, text(connection))
                .item(EXPIRES_AT, AttributeValue::N(expires_at.to_string()));
            put.build()
                .map(|put| WriteRequest::builder().put_request(put).build())
        });
        let rows: Result<Vec<_>, _> = rows.collect();
        self.write(rows.map_err(|e| Fault::new("write", &self.name, e))?)
            .await
    }

    /// The connections that watch the id.
    ///
    /// # Errors
    /// When DynamoDB fails.
    pub async fn watchers(&self, id: &PublicId) -> Result<Vec<String>, Fault> {
        let rows = self.query(None, PUBLIC_ID, id.as_str()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|mut row| string(row.remove(CONNECTION_ID)))
            .collect())
    }

    /// Deletes all rows of the connection.
    ///
    /// # Errors
    /// When DynamoDB fails.
    pub async fn forget(&self, connection: &str) -> Result<(), Fault> {
        let rows = self
            .query(Some(BY_CONNECTION), CONNECTION_ID, connection)
            .await?;
        let deletes = rows.into_iter().filter_map(|mut row| {
            let delete = DeleteRequest::builder()
                .key(PUBLIC_ID, row.remove(PUBLIC_ID)?)
                .key(CONNECTION_ID, text(connection))
                .build();
            delete
                .ok()
                .map(|delete| WriteRequest::builder().delete_request(delete).build())
        });
        self.write(deletes.collect()).await
    }

    async fn query(
        &self,
        index: Option<&str>,
        key: &str,
        value: &str,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, Fault> {
        let request = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression("#key = :value")
            .expression_attribute_names("#key", key)
            .expression_attribute_values(":value", text(value));
        let mut pages = request.into_paginator().send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| Fault::new("query", &self.name, cause(e)))?;
            rows.extend(page.items.unwrap_or_default());
        }
        Ok(rows)
    }

    /// Writes all rows, sending again those that DynamoDB left unprocessed.
    async fn write(&self, mut rows: Vec<WriteRequest>) -> Result<(), Fault> {
        let mut attempts = 0;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(BATCH));
            let request = self
                .client
                .batch_write_item()
                .request_items(&self.name, rows);
            let response = request
                .send()
                .await
                .map_err(|e| Fault::new("write", &self.name, cause(e)))?;
            let unprocessed = response
                .unprocessed_items
                .and_then(|mut items| items.remove(&self.name));
            rows = unprocessed.unwrap_or_default();
            if !rows.is_empty() {
                attempts += 1;
                if attempts == BATCH_ATTEMPTS {
                    return Err(Fault::new(
                        "write",
                        &self.name,
                        "DynamoDB still leaves rows unprocessed after retries",
                    ));
                }
                tokio::time::sleep(std::time::Duration::from_millis(20 << attempts)).await;
            }
            rows.extend(rest);
        }
        Ok(())
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn string(value: Option<AttributeValue>) -> Option<String> {
    match value {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}
