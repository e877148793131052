//! Deletes originals for good, for operators; no function may do that.

use aws_sdk_s3::types::EncodingType;
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::store::Fault;

use crate::{Buckets, cause};

/// A version of an original, or the delete marker of one. A bucket that keeps no versions has one for each object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The original's key; not necessarily a valid one.
    pub key: String,
    /// `null` in a bucket that keeps no versions.
    pub id: String,
    /// A delete marker hides the versions below it and has no bytes.
    pub is_marker: bool,
}

/// Up to a thousand versions, sorted by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The versions of this page.
    pub versions: Vec<Version>,
    /// Where the next page starts: a key and a version; `None` on the last.
    pub next: Option<(String, String)>,
}

impl Buckets {
    /// A page of the versions of originals whose keys start with `prefix`, the first when `from` is `None`.
    ///
    /// # Errors
    /// When S3 fails, or lists something without a key or a version.
    pub async fn versions(
        &self,
        prefix: &str,
        from: Option<(String, String)>,
    ) -> Result<Versions, Fault> {
        let fault = |cause| Fault::new("list the versions in", &self.input, cause);
        let (key_marker, id_marker) = from.unzip();
        let page = self
            .client
            .list_object_versions()
            .bucket(&self.input)
            .prefix(prefix)
            .encoding_type(EncodingType::Url) // XML cannot carry every key
            .set_key_marker(key_marker)
            .set_version_id_marker(id_marker)
            .send()
            .await
            .map_err(|e| fault(cause(e)))?;
        let objects = page.versions.unwrap_or_default().into_iter();
        let markers = page.delete_markers.unwrap_or_default().into_iter();
        let versions: Option<Vec<_>> = objects
            .map(|object| (object.key, object.version_id, false))
            .chain(markers.map(|marker| (marker.key, marker.version_id, true)))
            .map(|(encoded, id, is_marker)| {
                Some(Version {
                    key: key::decoded(encoded.as_deref()?)?,
                    id: id?,
                    is_marker,
                })
            })
            .collect();
        let mut versions = versions.ok_or_else(|| fault("one has no key or no id".into()))?;
        versions.sort_by(|a, b| a.key.cmp(&b.key)); // stable: each key's versions, then its markers
        let next_key = page.next_key_marker.as_deref().and_then(key::decoded);
        let next = next_key.zip(page.next_version_id_marker);
        if page.is_truncated == Some(true) && next.is_none() {
            return Err(fault("the response does not say how it continues".into()));
        }
        Ok(Versions { versions, next })
    }

    /// The versions and delete markers of exactly this original, the markers last.
    ///
    /// # Errors
    /// As [`Buckets::versions`].
    pub async fn versions_of(&self, key: &Key) -> Result<Vec<Version>, Fault> {
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let page = self.versions(key.as_str(), from).await?;
            let of_key = page.versions.into_iter();
            all.extend(of_key.filter(|version| version.key == key.as_str()));
            from = page.next;
            // The key itself comes before all longer ones.
            if from.as_ref().is_none_or(|(next, _)| next != key.as_str()) {
                all.sort_by_key(|version| version.is_marker);
                return Ok(all);
            }
        }
    }

    /// Deletes an original with all its versions. First comes a plain deletion: its event makes render delete the outputs, and in a
    /// bucket with versions its marker hides the older ones, so that none is rendered while the newer ones go. Markers go last.
    /// Returns how many versions and markers it deleted after that.
    ///
    /// # Errors
    /// When S3 fails. Another call continues.
    pub async fn erase(&self, key: &Key) -> Result<usize, Fault> {
        let delete = || {
            self.client
                .delete_object()
                .bucket(&self.input)
                .key(key.as_str())
        };
        delete()
            .send()
            .await
            .map_err(|e| Fault::new("delete", key, cause(e)))?;
        let versions = self.versions_of(key).await?;
        for version in &versions {
            delete()
                .version_id(&version.id)
                .send()
                .await
                .map_err(|e| Fault::new("delete a version of", key, cause(e)))?;
        }
        Ok(versions.len())
    }
}
