//! The watch table: one row for each public id that a connection watches.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
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

    /// Records that the connection watches these ids, until `expires_at` (seconds since 1970). Beyond `most` ids in all it
    /// forgets the connection's oldest. The index, which counts them, lags behind the table by a moment, so messages that
    /// come at the same time may exceed `most`; the next message drops their surplus, too.
    ///
    /// # Errors
    /// When DynamoDB fails.
    pub async fn watch(
        &self,
        connection: &str,
        ids: &[PublicId],
        expires_at: i64,
        most: usize,
    ) -> Result<(), Fault> {
        let held = self
            .query(Some(BY_CONNECTION), CONNECTION_ID, connection)
            .await?;
        let held = held.into_iter().filter_map(|mut row| {
            let expires_at = number(row.get(EXPIRES_AT))?;
            Some((string(row.remove(PUBLIC_ID))?, expires_at))
        });
        let dropped = surplus(held.collect(), ids, most);
        let deletes = dropped.iter().map(|id| delete(text(id), connection));
        let puts = ids.iter().map(|id| {
            let put = PutRequest::builder()
                .item(PUBLIC_ID, text(id.as_str()))
                .item(CONNECTION_ID, text(connection))
                .item(EXPIRES_AT, AttributeValue::N(expires_at.to_string()));
            put.build()
                .map(|put| WriteRequest::builder().put_request(put).build())
        });
        let rows: Result<Vec<_>, _> = deletes.chain(puts).collect();
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
        let deletes = rows
            .into_iter()
            .filter_map(|mut row| delete(row.remove(PUBLIC_ID)?, connection).ok());
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

/// The ids to forget, so that those of `held` (id, and when it expires) and the `new` ones are at most `most`: the oldest,
/// which expire first.
fn surplus(mut held: Vec<(String, i64)>, new: &[PublicId], most: usize) -> Vec<String> {
    held.retain(|(id, _)| new.iter().all(|new| new.as_str() != id));
    held.sort_by_key(|(_, expires_at)| *expires_at);
    let count = (held.len() + new.len()).saturating_sub(most);
    held.into_iter().take(count).map(|(id, _)| id).collect()
}

fn delete(public_id: AttributeValue, connection: &str) -> Result<WriteRequest, BuildError> {
    let delete = DeleteRequest::builder()
        .key(PUBLIC_ID, public_id)
        .key(CONNECTION_ID, text(connection))
        .build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
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

fn number(value: Option<&AttributeValue>) -> Option<i64> {
    match value {
        Some(AttributeValue::N(digits)) => digits.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> PublicId {
        PublicId::parse(&format!("{number:032x}")).expect("an id")
    }

    #[test]
    fn a_connection_that_watches_too_many_ids_forgets_its_oldest() {
        let held = |numbers: &[usize]| -> Vec<(String, i64)> {
            let row = |&number: &usize| {
                (
                    id(number).as_str().to_owned(),
                    1000 + i64::try_from(number).unwrap_or(0),
                )
            };
            numbers.iter().map(row).collect()
        };
        let new = |numbers: &[usize]| numbers.iter().copied().map(id).collect::<Vec<_>>();
        let numbers = |ids: Vec<String>| -> Vec<usize> {
            ids.iter()
                .map(|id| usize::from_str_radix(id, 16).unwrap_or(0))
                .collect()
        };
        // held, new, forgotten; of at most 4
        for (before, said, forgotten) in [
            (&[][..], &[1, 2, 3, 4][..], &[][..]),
            (&[3, 1, 2], &[4], &[]),
            (&[3, 1, 4, 2], &[5], &[1]),
            (&[3, 1, 4, 2], &[1, 5], &[2]), // 1 is watched again, so it is not the oldest
            (&[3, 1, 4, 2, 6, 5], &[7], &[1, 2, 3]), // two messages at once had exceeded it
            (&[1, 2, 3, 4], &[1, 2, 3, 4], &[]),
        ] {
            assert_eq!(
                numbers(surplus(held(before), &new(said), 4)),
                forgotten,
                "{before:?} {said:?}"
            );
        }
    }
}
