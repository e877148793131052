//! Both buckets and the topic in memory, for tests and experiments.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Asked, Body, Fault, Notices, Original, Output, Store};
use crate::key::{self, Key};
use crate::manifest::Rejection;
use crate::notice::Notice;

/// One lock around everything: each call sees and leaves a consistent state.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    originals: BTreeMap<Key, Bytes>,
    refused: BTreeMap<Key, Rejection>,
    outputs: BTreeMap<String, Output>,
    notices: Vec<Notice>,
}

impl Memory {
    /// Puts or replaces an original, as an uploader would.
    pub fn upload(&self, key: &Key, body: impl Into<Bytes>) {
        self.state().originals.insert(key.clone(), body.into());
    }

    /// Keeps an original from being read, as an archive does, or (`None`) hands it out again.
    pub fn refuse(&self, key: &Key, rejection: Option<Rejection>) {
        let refused = &mut self.state().refused;
        match rejection {
            Some(rejection) => refused.insert(key.clone(), rejection),
            None => refused.remove(key),
        };
    }

    /// Removes an original, as its owner would.
    pub fn remove(&self, key: &Key) {
        self.state().originals.remove(key);
    }

    /// Every output, by key.
    pub fn outputs(&self) -> BTreeMap<String, Output> {
        self.state().outputs.clone()
    }

    /// Every notice, in the order of publication.
    pub fn notices(&self) -> Vec<Notice> {
        self.state().notices.clone()
    }

    /// A panic in another job cannot have left the maps half changed: each call changes them in one step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ETag of the stores in memory and in files: the first 32 hex digits of SHA-256.
pub(super) fn etag(digest: Sha256) -> String {
    key::hex(&digest.finalize())[..32].to_owned()
}

impl Store for Memory {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Option<Original>, Fault> {
        let state = self.state();
        Ok(state.originals.get(key).map(|body| Original {
            etag: etag(Sha256::new_with_prefix(body)),
            bytes: body.len() as u64,
            body: match state.refused.get(key) {
                Some(rejection) => Body::Refused(rejection.clone()),
                None if body.len() as u64 <= max_bytes => Body::Bytes(body.clone()),
                None => Body::LeftOut,
            },
            asked: Asked::default(),
        }))
    }

    async fn head(&self, key: &Key) -> Result<Option<Original>, Fault> {
        let original = self.get(key, 0).await?;
        Ok(original.map(|original| Original {
            body: Body::LeftOut,
            ..original
        }))
    }

    async fn read(&self, output_key: &str) -> Result<Option<Bytes>, Fault> {
        Ok(self
            .state()
            .outputs
            .get(output_key)
            .map(|output| output.bytes.clone()))
    }

    async fn put(&self, output: Output) -> Result<String, Fault> {
        let etag = etag(Sha256::new_with_prefix(&output.bytes));
        self.state().outputs.insert(output.key.clone(), output);
        Ok(etag)
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let is_child = |output_key: &&String| {
            key::split(output_key).is_some_and(|(parent, _)| parent == folder)
        };
        Ok(self
            .state()
            .outputs
            .keys()
            .filter(is_child)
            .cloned()
            .collect())
    }

    async fn delete(&self, output_key: &str) -> Result<(), Fault> {
        self.state().outputs.remove(output_key);
        Ok(())
    }
}

impl Notices for Memory {
    async fn publish(&self, notice: &Notice) -> Result<(), Fault> {
        self.state().notices.push(notice.clone());
        Ok(())
    }
}
