//! The rules that reconcile's correctness rests on, each to be taken away from outside: by what its store answers, or by what its job
//! says. So the exploration sees every rule missed, and reconcile itself has no switches.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::try_join_all;

use crate::event::Job;
use crate::key::Key;
use crate::manifest::Manifest;
use crate::store::{Body, Fault, Original, Output, Store};

/// A rule of reconcile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The manifest is written after all variants.
    ManifestLast,
    /// After writing or purging, a HEAD checks the original again.
    LookAgain,
    /// Leftovers are found by listing, not from the manifest: a crashed or disturbed job may have left outputs that no
    /// manifest lists.
    ListLeftovers,
    /// A redelivered message renders, even if the manifest looks up to date.
    RenderOnRedelivery,
    /// A job that starts over renders, even if the manifest looks up to date.
    RenderOnSecondPass,
    /// A new change of the original renders, even if the manifest says that these bytes were rendered before.
    RenderOnChange,
    /// The manifest records the ETag of each variant, so that reprocessing detects when another job overwrote one.
    RememberEtags,
}

/// The job as reconcile would see it without the rule.
pub(super) fn job(job: Job, without: Option<Rule>) -> Job {
    match without {
        Some(Rule::RenderOnRedelivery) => Job {
            first_receive: true,
            ..job
        },
        Some(Rule::RenderOnChange) => Job { event: None, ..job },
        _ => job,
    }
}

/// A store that makes reconcile behave as if it lacked the rule.
pub(super) struct Without<S> {
    pub(super) store: S,
    pub(super) rule: Option<Rule>,
    /// The ETag that the store gives to these bytes.
    pub(super) etag: fn(&[u8]) -> String,
    pub(super) seen: Mutex<Seen>,
}

/// What the job has seen and written in this pass.
#[derive(Default)]
pub(super) struct Seen {
    original: Option<Original>,
    manifest: Option<Manifest>,
    /// Variants that wait for their manifest.
    variants: Vec<Output>,
    /// The job is to begin anew instead of starting over.
    again: bool,
}

impl<S> Without<S> {
    fn lacks(&self, rule: Rule) -> bool {
        self.rule == Some(rule)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the job must be begun anew, as if this were its first pass. Forgets it once asked.
    pub(super) fn begins_again(&self) -> bool {
        std::mem::take(&mut self.seen().again)
    }
}

impl<S: Store> Store for Without<S> {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Option<Original>, Fault> {
        let original = self.store.get(key, max_bytes).await?;
        *self.seen() = Seen {
            original: original.clone(),
            ..Seen::default()
        };
        Ok(original)
    }

    async fn head(&self, key: &Key) -> Result<Option<Original>, Fault> {
        let got = self.seen().original.clone().map(|original| Original {
            body: Body::LeftOut,
            ..original
        });
        if self.lacks(Rule::LookAgain) {
            return Ok(got);
        }
        let now = self.store.head(key).await?;
        if self.lacks(Rule::RenderOnSecondPass) && now != got {
            self.seen().again = true;
            std::future::pending::<()>().await;
        }
        Ok(now)
    }

    async fn read(&self, output_key: &str) -> Result<Option<Bytes>, Fault> {
        let bytes = self.store.read(output_key).await?;
        self.seen().manifest = bytes.as_deref().and_then(Manifest::read);
        Ok(bytes)
    }

    async fn put(&self, mut output: Output) -> Result<String, Fault> {
        let manifest = Manifest::read(&output.bytes);
        if self.lacks(Rule::ManifestLast) {
            let Some(_) = manifest else {
                let etag = (self.etag)(&output.bytes);
                self.seen().variants.push(output);
                return Ok(etag);
            };
            let etag = self.store.put(output).await?;
            let variants = std::mem::take(&mut self.seen().variants);
            try_join_all(variants.into_iter().map(|variant| self.store.put(variant))).await?;
            return Ok(etag);
        }
        if self.lacks(Rule::RememberEtags)
            && let Some(mut manifest) = manifest
        {
            for variant in &mut manifest.variants {
                variant.etag = None;
            }
            output.bytes = Bytes::from(manifest.to_json());
        }
        self.store.put(output).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let old = self.seen().manifest.clone();
        match old.filter(|_| self.lacks(Rule::ListLeftovers)) {
            Some(old) => Ok(old
                .variants
                .into_iter()
                .map(|variant| variant.key)
                .collect()),
            None => self.store.list(folder).await,
        }
    }

    async fn delete(&self, output_key: &str) -> Result<(), Fault> {
        self.store.delete(output_key).await
    }
}
