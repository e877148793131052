//! Lists whole buckets, page by page.

use aws_sdk_s3::types::EncodingType;
use darkroom_pipeline::compare::{Child, Outputs, has_manifest};
use darkroom_pipeline::key;
use darkroom_pipeline::manifest::Manifest;
use darkroom_pipeline::store::{Fault, Store};

use crate::store::{length, unquoted};
use crate::{Buckets, cause};

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key; not necessarily valid as an original's.
    pub key: String,
    /// Without quotes.
    pub etag: String,
    /// Its length.
    pub bytes: u64,
    /// When it was last written, in seconds since 1970.
    pub modified_s: i64,
}

/// Up to a thousand objects, sorted by the bytes of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The objects of this page.
    pub objects: Vec<Listed>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<String>,
}

impl Buckets {
    /// A page of the objects of a bucket (the input or the output bucket's name) whose keys start with `prefix`, the first
    /// when `from` is `None`.
    ///
    /// # Errors
    /// When S3 fails, or lists something without a key, an ETag or a time.
    pub async fn page(
        &self,
        bucket: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, Fault> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            .encoding_type(EncodingType::Url) // XML cannot carry every key
            .set_continuation_token(from);
        let page = request
            .send()
            .await
            .map_err(|e| Fault::new("list", bucket, cause(e)))?;
        let objects = page.contents.unwrap_or_default().into_iter();
        let objects = objects.map(|object| {
            let key = object.key.as_deref().and_then(key::decoded)?;
            let etag = unquoted(object.e_tag.as_deref())?;
            let bytes = length(object.size)?;
            let modified_s = object.last_modified?.secs();
            Some(Listed {
                key,
                etag,
                bytes,
                modified_s,
            })
        });
        let objects: Option<Vec<_>> = objects.collect();
        Ok(Page {
            objects: objects.ok_or_else(|| {
                Fault::new("list", bucket, "an object has no key, ETag, size or time")
            })?,
            next: page.next_continuation_token,
        })
    }

    /// The outputs whose keys start with `prefix` and whose folders start with `folders`. `listed` hears how many objects each page has.
    ///
    /// # Errors
    /// As [`Buckets::page`].
    pub async fn outputs(
        &self,
        prefix: &str,
        folders: &str,
        listed: impl Fn(usize),
    ) -> Result<Outputs, Fault> {
        let (mut outputs, mut from) = (Outputs::default(), None);
        loop {
            let page = self.page(&self.output, prefix, from).await?;
            listed(page.objects.len());
            for object in &page.objects {
                outputs.add(&object.key, &object.etag, folders);
            }
            from = page.next;
            if from.is_none() {
                return Ok(outputs);
            }
        }
    }

    /// The manifest among the `children` of a folder; `None` if there is none that can be read.
    ///
    /// # Errors
    /// When S3 fails.
    pub async fn manifest(
        &self,
        folder: &str,
        children: &[Child],
    ) -> Result<Option<Manifest>, Fault> {
        if !has_manifest(children) {
            return Ok(None);
        }
        let json = self.read(&key::manifest(folder)).await?;
        Ok(json.as_deref().and_then(Manifest::read))
    }
}
