//! What is in a bucket.

use std::collections::BTreeMap;

use anyhow::Result;
use aws_sdk_s3::Client;

/// The keys that start with `prefix`, each with its object's bytes.
///
/// # Errors
/// S3's complaints.
pub async fn contents(
    client: &Client,
    bucket: &str,
    prefix: &str,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut contents = BTreeMap::new();
    for key in keys(client, bucket, prefix).await? {
        let object = client.get_object().bucket(bucket).key(&key).send().await?;
        contents.insert(key, object.body.collect().await?.to_vec());
    }
    Ok(contents)
}

/// The keys that start with `prefix`, in order.
///
/// # Errors
/// S3's complaints.
pub async fn keys(client: &Client, bucket: &str, prefix: &str) -> Result<Vec<String>> {
    let request = client.list_objects_v2().bucket(bucket).prefix(prefix);
    let mut pages = request.into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let objects = page?.contents.unwrap_or_default();
        keys.extend(objects.into_iter().filter_map(|object| object.key));
    }
    Ok(keys)
}
