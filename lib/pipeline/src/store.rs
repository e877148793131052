//! Where originals and outputs are, and where notices go: two traits, each with several real implementations.

mod files;
mod memory;

use std::fmt;

use bytes::Bytes;

pub use files::Files;
pub use memory::Memory;

use crate::key::Key;
use crate::notice::Notice;

/// The two buckets. Every call is on its own: what it answers may be old the moment after.
pub trait Store: Send + Sync {
    /// The original as it is now, body and ETag of the same moment; `None` when there is none.
    /// The body is left unread when it is longer than `max_bytes`.
    fn get(
        &self,
        key: &Key,
        max_bytes: u64,
    ) -> impl Future<Output = Result<Option<Original>, Fault>> + Send;

    /// The original's ETag and length as they are now, without its body.
    fn head(&self, key: &Key) -> impl Future<Output = Result<Option<Original>, Fault>> + Send;

    /// An output as it is now, for manifests.
    fn read(&self, output_key: &str) -> impl Future<Output = Result<Option<Bytes>, Fault>> + Send;

    /// Writes or replaces an output, as a whole or not at all. Returns the ETag it got.
    fn put(&self, output: Output) -> impl Future<Output = Result<String, Fault>> + Send;

    /// The keys of the outputs that are direct children of the folder, of all of them, in any order.
    fn list(&self, folder: &str) -> impl Future<Output = Result<Vec<String>, Fault>> + Send;

    /// Removes an output; it is no fault when it is not there.
    fn delete(&self, output_key: &str) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Where outcomes are announced.
pub trait Notices: Send + Sync {
    /// Announces it to all subscribers, at least once.
    fn publish(&self, notice: &Notice) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// An original as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Changes with the bytes; without quotes.
    pub etag: String,
    /// Its length.
    pub bytes: u64,
    /// Its bytes, when they were asked for and are not too many.
    pub body: Option<Bytes>,
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
    /// The whole of it.
    pub bytes: Bytes,
}

/// A store or a topic did not do what it was asked. Nobody decides on the kind: the message is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    message: String,
}

impl Fault {
    /// "failed to {verb} {what}: {cause}". `what` must not be a guest's key (a [`Key`] displays safely).
    #[must_use]
    pub fn new(verb: &str, what: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self {
            message: format!("failed to {verb} {what}: {cause}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
