//! The traits for storing originals and outputs and for publishing notices, each with several real implementations.

pub mod contract;
mod files;
mod memory;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use files::Files;
pub use memory::Memory;

use crate::key::Key;
use crate::manifest::Rejection;
use crate::notice::Notice;

/// The two buckets. Calls are independent: an answer may be out of date a moment later.
pub trait Store: Send + Sync {
    /// The current original, with body and ETag of the same moment; `None` if it does not exist.
    /// The body is left out when it is longer than `max_bytes`, and comes without its Content-Encoding.
    fn get(
        &self,
        key: &Key,
        max_bytes: u64,
    ) -> impl Future<Output = Result<Option<Original>, Fault>> + Send;

    /// The original's current ETag and length, without its body.
    fn head(&self, key: &Key) -> impl Future<Output = Result<Option<Original>, Fault>> + Send;

    /// The current bytes of an output; used for manifests.
    fn read(&self, output_key: &str) -> impl Future<Output = Result<Option<Bytes>, Fault>> + Send;

    /// Writes or replaces an output atomically. Returns its ETag.
    fn put(&self, output: Output) -> impl Future<Output = Result<String, Fault>> + Send;

    /// The keys of all outputs that are direct children of the folder, in any order.
    fn list(&self, folder: &str) -> impl Future<Output = Result<Vec<String>, Fault>> + Send;

    /// Removes an output. Succeeds if it does not exist.
    fn delete(&self, output_key: &str) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Where outcomes are announced.
pub trait Notices: Send + Sync {
    /// Publishes it to all subscribers, at least once.
    fn publish(&self, notice: &Notice) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A stored original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Changes with the bytes; without quotes.
    pub etag: String,
    /// Its length.
    pub bytes: u64,
    /// Its bytes, or why they are not here.
    pub body: Body,
    /// The wishes in its metadata.
    pub asked: Asked,
}

/// What the metadata of an original's object asks for. Whoever uploads the object writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// `x-amz-meta-presets`: the name of a preset or a family.
    pub presets: Option<String>,
    /// `x-amz-meta-focus`: the point that crops are to show, `0.31,0.62`.
    pub focus: Option<String>,
}

/// The bytes of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All of them.
    Bytes(Bytes),
    /// Not requested, or over the limit.
    LeftOut,
    /// The store does not hand them out, or they cannot be decompressed: the outcome of this original.
    Refused(Rejection),
}

/// An output to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Formed by `key.rs`.
    pub key: String,
    /// The Content-Type it is served with.
    pub media_type: &'static str,
    /// The Cache-Control it is served with.
    pub cache_control: &'static str,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A store or a topic failed. There is one kind only, because the reaction is always the same: retry the message.
///
/// `{fault}` says what failed, `{fault:#}` also why: the [causes](Error::source) one after another.
#[derive(Debug, Clone)]
pub struct Fault {
    message: String,
    cause: Arc<dyn Error + Send + Sync>,
}

impl Fault {
    /// "failed to {verb} {what}", because of `cause`, which may be a text or another error. `what` must not be a guest's key (a
    /// [`Key`] displays safely), nor may a cause name one.
    #[must_use]
    pub fn new(
        verb: &str,
        what: impl fmt::Display,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            message: format!("failed to {verb} {what}"),
            cause: Arc::from(cause.into()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.write_str(&with_causes(self))
        } else {
            f.write_str(&self.message)
        }
    }
}

/// An error and its causes, one after another: most places print the text of the error alone.
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_its_causes() {
        let disk = std::io::Error::other("the disk is full");
        let fault = Fault::new("write", "a file", std::io::Error::other(disk));
        assert_eq!(fault.to_string(), "failed to write a file");
        assert_eq!(
            format!("{fault:#}"),
            "failed to write a file: the disk is full"
        );
        assert!(
            fault
                .source()
                .is_some_and(<dyn Error>::is::<std::io::Error>)
        );
    }
}
