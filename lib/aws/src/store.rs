//! The two buckets.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, http::HttpResponse};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use darkroom_pipeline::encoding;
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::manifest::Rejection;
use darkroom_pipeline::store::{Asked, Body, Fault, Original, Output, Store};

use crate::unreadable::{Reason, reason};
use crate::{Cause, cause, has_status, retries};

/// Attempts to read a body: the SDK retries a call, but not a body that breaks off halfway.
const BODY_ATTEMPTS: u32 = 4;

/// The input bucket and the output bucket.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// Shared by all calls.
    pub client: Client,
    /// Where originals are.
    pub input: String,
    /// Where outputs go.
    pub output: String,
}

impl Buckets {
    /// The client requests `host/bucket/key` if an endpoint is set (a local AWS has one host name), otherwise
    /// `bucket.host/key`, as AWS recommends.
    #[must_use]
    pub fn new(config: &SdkConfig, input: &str, output: &str) -> Self {
        let path_style = config.endpoint_url().is_some();
        let builder = Builder::from(config).retry_partition(retries());
        let client = Client::from_conf(builder.force_path_style(path_style).build());
        Self {
            client,
            input: input.to_owned(),
            output: output.to_owned(),
        }
    }
}

impl Buckets {
    /// The outcome of an original that S3 does not hand out; a fault if it is S3 or our role that fails, not the original.
    async fn refused(
        &self,
        key: &Key,
        error: SdkError<GetObjectError, HttpResponse>,
    ) -> Result<Option<Original>, Fault> {
        let text = match reason(&error) {
            Some(Reason::Certain(text)) => text,
            Some(Reason::IfOthersAreReadable(text)) if self.may_read_others(key).await => text,
            _ => return Err(Fault::new("get", key, cause(error))),
        };
        self.listed(key, Body::Refused(Rejection::unreadable(text)))
            .await
    }

    /// The original as the listing has it, which needs no right to the object itself.
    async fn listed(&self, key: &Key, body: Body) -> Result<Option<Original>, Fault> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.input)
            .prefix(key.as_str())
            .max_keys(1); // the key itself comes before all that begin with it
        let page = request
            .send()
            .await
            .map_err(|e| Fault::new("list", key, cause(e)))?;
        let object = page.contents.unwrap_or_default().into_iter().next();
        let Some(object) = object.filter(|object| object.key.as_deref() == Some(key.as_str()))
        else {
            return Ok(None);
        };
        let etag = unquoted(object.e_tag.as_deref())
            .ok_or_else(|| Fault::new("list", key, "the response has no ETag"))?;
        let bytes = length(object.size).unwrap_or_default();
        Ok(Some(Original {
            etag,
            bytes,
            body,
            asked: Asked::default(),
        }))
    }

    /// Whether our role may read originals beside this one. S3 answers 404 for a missing object only to who may read it.
    async fn may_read_others(&self, key: &Key) -> bool {
        let folder = key
            .as_str()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let answer = self
            .client
            .head_object()
            .bucket(&self.input)
            .key(format!("{folder}/darkroom-looks-whether-it-may-read"))
            .send()
            .await;
        answer.is_err_and(|e| has_status(&e, 404))
    }
}

impl Store for Buckets {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Option<Original>, Fault> {
        let mut broken = Cause::from("no attempt was made");
        for _ in 0..BODY_ATTEMPTS {
            let response = self
                .client
                .get_object()
                .bucket(&self.input)
                .key(key.as_str())
                .send()
                .await;
            let object = match response {
                Ok(object) => object,
                Err(e) if is_no_such_key(&e) => {
                    return Ok(None);
                }
                Err(e) => return self.refused(key, e).await,
            };
            let encoding = object.content_encoding.clone();
            let etag = unquoted(object.e_tag.as_deref())
                .ok_or_else(|| Fault::new("get", key, "the response has no ETag"))?;
            let bytes = length(object.content_length)
                .ok_or_else(|| Fault::new("get", key, "the response has no length"))?;
            let asked = asked(object.metadata());
            if bytes > max_bytes {
                return Ok(Some(Original {
                    etag,
                    bytes,
                    body: Body::LeftOut,
                    asked,
                })); // dropping the body closes the connection
            }
            match object
                .body
                .collect()
                .await
                .map(aws_sdk_s3::primitives::AggregatedBytes::into_bytes)
            {
                Ok(body) if body.len() as u64 == bytes => {
                    let decoded = encoding::decoded(body, encoding.as_deref(), max_bytes);
                    return Ok(Some(Original {
                        etag,
                        bytes,
                        body: decoded.map_or_else(|e| Body::Refused(e.into()), Body::Bytes),
                        asked,
                    }));
                }
                Ok(body) => broken = format!("received {} of {bytes} bytes", body.len()).into(),
                Err(e) => broken = e.into(),
            }
        }
        Err(Fault::new("get", key, broken))
    }

    async fn head(&self, key: &Key) -> Result<Option<Original>, Fault> {
        match self
            .client
            .head_object()
            .bucket(&self.input)
            .key(key.as_str())
            .send()
            .await
        {
            Ok(object) => {
                let etag = unquoted(object.e_tag.as_deref())
                    .ok_or_else(|| Fault::new("head", key, "the response has no ETag"))?;
                let bytes = length(object.content_length).unwrap_or_default();
                Ok(Some(Original {
                    etag,
                    bytes,
                    body: Body::LeftOut,
                    asked: asked(object.metadata()),
                }))
            }
            Err(e) if has_status(&e, 404) => Ok(None),
            // encrypted with a key that we do not have, or denied
            Err(e) if has_status(&e, 400) || has_status(&e, 403) => {
                let listed = self.listed(key, Body::LeftOut).await?;
                listed.map_or_else(|| Err(Fault::new("head", key, cause(e))), |it| Ok(Some(it)))
            }
            Err(e) => Err(Fault::new("head", key, cause(e))),
        }
    }

    async fn read(&self, output_key: &str) -> Result<Option<Bytes>, Fault> {
        let mut broken = Cause::from("no attempt was made");
        for _ in 0..BODY_ATTEMPTS {
            let response = self
                .client
                .get_object()
                .bucket(&self.output)
                .key(output_key)
                .send()
                .await;
            match response {
                Ok(object) => match object.body.collect().await {
                    Ok(body) => return Ok(Some(body.into_bytes())),
                    Err(e) => broken = e.into(),
                },
                Err(e) if is_no_such_key(&e) => return Ok(None),
                Err(e) => return Err(Fault::new("read", output_key, cause(e))),
            }
        }
        Err(Fault::new("read", output_key, broken))
    }

    async fn put(&self, output: Output) -> Result<String, Fault> {
        let request = self
            .client
            .put_object()
            .bucket(&self.output)
            .key(&output.key)
            .content_type(output.media_type)
            .cache_control(output.cache_control)
            .body(ByteStream::from(output.bytes));
        let stored = request
            .send()
            .await
            .map_err(|e| Fault::new("put", &output.key, cause(e)))?;
        unquoted(stored.e_tag.as_deref())
            .ok_or_else(|| Fault::new("put", &output.key, "the response has no ETag"))
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.output)
            .prefix(key::children(folder))
            .delimiter("/");
        let mut pages = request.into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| Fault::new("list", folder, cause(e)))?;
            keys.extend(
                page.contents
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|object| object.key),
            );
        }
        Ok(keys)
    }

    async fn delete(&self, output_key: &str) -> Result<(), Fault> {
        let request = self
            .client
            .delete_object()
            .bucket(&self.output)
            .key(output_key);
        request
            .send()
            .await
            .map_err(|e| Fault::new("delete", output_key, cause(e)))?;
        Ok(())
    }
}

/// The SDK gives the names without `x-amz-meta-`.
fn asked(metadata: Option<&HashMap<String, String>>) -> Asked {
    let value = |name: &str| metadata.and_then(|metadata| metadata.get(name)).cloned();
    Asked {
        presets: value("presets"),
        focus: value("focus"),
    }
}

/// Does not match every 404: a missing bucket is a fault, not a reason to delete outputs.
fn is_no_such_key<R>(error: &SdkError<GetObjectError, R>) -> bool {
    error
        .as_service_error()
        .is_some_and(GetObjectError::is_no_such_key)
}

pub(crate) fn unquoted(etag: Option<&str>) -> Option<String> {
    etag.map(|etag| etag.trim_matches('"').to_owned())
}

pub(crate) fn length(bytes: Option<i64>) -> Option<u64> {
    bytes.and_then(|bytes| u64::try_from(bytes).ok())
}
