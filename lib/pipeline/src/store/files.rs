//! Both buckets as folders on disk, for the command line.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::fs;

use super::memory::etag;
use super::{Asked, Body, Fault, Original, Output, Store};
use crate::key::{self, Key};
use crate::manifest::Manifest;

/// Two folders; the key of an object is the path of its file. Outputs are written to a temporary file and renamed, so that
/// no reader sees half a file.
#[derive(Debug, Clone)]
pub struct Files {
    /// The input bucket.
    pub originals: PathBuf,
    /// The output bucket; made when the first output is written.
    pub outputs: PathBuf,
}

impl Files {
    /// The path of an original.
    ///
    /// # Errors
    /// When the key has no path: see [`path`].
    pub fn original(&self, key: &Key) -> Result<PathBuf, Fault> {
        path(&self.originals, key.as_str())
    }

    /// The path of an output.
    ///
    /// # Errors
    /// When the key has no path: see [`path`].
    pub fn output(&self, output_key: &str) -> Result<PathBuf, Fault> {
        path(&self.outputs, output_key)
    }

    /// Whether every variant that the manifest names is there, byte for byte.
    ///
    /// # Errors
    /// When an output cannot be read.
    pub async fn holds(&self, manifest: &Manifest) -> Result<bool, Fault> {
        for variant in &manifest.variants {
            let path = self.output(&variant.key)?;
            let metadata = found(fs::metadata(&path).await, "look at", &path)?;
            if metadata.is_none_or(|metadata| metadata.len() != variant.bytes) {
                return Ok(false);
            }
            let bytes = self.read(&variant.key).await?.unwrap_or_default();
            if key::hex(&Sha256::digest(&bytes)) != variant.sha256 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How files that are still being written are called, so that no listing shows them.
const UNFINISHED: &str = ".darkroom-";

/// The file of an object. Only plain segments have one: an empty one would name its neighbour, `..` leaves the folder,
/// and on Windows `\` and `:` would split the path or change its root.
fn path(root: &Path, key: &str) -> Result<PathBuf, Fault> {
    let is_odd = |segment: &str| {
        matches!(segment, "" | "." | "..") || (cfg!(windows) && segment.contains(['\\', ':']))
    };
    if key.split('/').any(is_odd) {
        let place = format_args!("a file under {}", root.display());
        return Err(Fault::new(
            "name",
            place,
            "a segment of the key cannot be a file name",
        ));
    }
    Ok(key
        .split('/')
        .fold(root.to_owned(), |path, segment| path.join(segment)))
}

/// `None` if it does not exist; a folder is not an object either.
fn found<T>(result: std::io::Result<T>, verb: &str, path: &Path) -> Result<Option<T>, Fault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e)
            if matches!(
                e.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
            ) =>
        {
            Ok(None)
        }
        Err(e) => Err(Fault::new(verb, path.display(), e)),
    }
}

/// The ETag and length of a file of any size, read piece by piece.
async fn digest(path: PathBuf) -> Result<Option<Original>, Fault> {
    let work = move || {
        let mut digest = Sha256::new();
        let read =
            std::fs::File::open(&path).and_then(|mut file| std::io::copy(&mut file, &mut digest));
        let bytes = found(read, "read", &path)?;
        Ok(bytes.map(|bytes| Original {
            etag: etag(digest),
            bytes,
            body: Body::LeftOut,
            asked: Asked::default(),
        }))
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Fault::new("read", "an original", e))?
}

impl Store for Files {
    async fn get(&self, key: &Key, max_bytes: u64) -> Result<Option<Original>, Fault> {
        let path = self.original(key)?;
        let Some(metadata) =
            found(fs::metadata(&path).await, "stat", &path)?.filter(std::fs::Metadata::is_file)
        else {
            return Ok(None);
        };
        if metadata.len() > max_bytes {
            return digest(path).await;
        }
        let body = found(fs::read(&path).await, "read", &path)?;
        Ok(body.map(|body| Original {
            etag: etag(Sha256::new_with_prefix(&body)),
            bytes: body.len() as u64,
            body: Body::Bytes(Bytes::from(body)),
            asked: Asked::default(),
        }))
    }

    async fn head(&self, key: &Key) -> Result<Option<Original>, Fault> {
        digest(self.original(key)?).await
    }

    async fn read(&self, output_key: &str) -> Result<Option<Bytes>, Fault> {
        let path = self.output(output_key)?;
        Ok(found(fs::read(&path).await, "read", &path)?.map(Bytes::from))
    }

    async fn put(&self, output: Output) -> Result<String, Fault> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let path = self.output(&output.key)?;
        let fault = |e| Fault::new("write", path.display(), e);
        // Beside its place: only within one disk is renaming a single step.
        let folder = path.parent().unwrap_or(&self.outputs);
        fs::create_dir_all(folder).await.map_err(fault)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let beside = folder.join(format!("{UNFINISHED}{}-{number}", std::process::id()));
        let written = match fs::write(&beside, &output.bytes).await {
            Ok(()) => fs::rename(&beside, &path).await,
            Err(e) => Err(e),
        };
        if written.is_err() {
            let _ = fs::remove_file(&beside).await; // the first error is the one to tell
        }
        written.map_err(fault)?;
        Ok(etag(Sha256::new_with_prefix(&output.bytes)))
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let path = self.output(folder)?;
        let Some(mut entries) = found(fs::read_dir(&path).await, "list", &path)? else {
            return Ok(Vec::new());
        };
        let fault = |e| Fault::new("list", path.display(), e);
        let mut keys = Vec::new();
        while let Some(entry) = entries.next_entry().await.map_err(fault)? {
            if entry.file_type().await.map_err(fault)?.is_file()
                && let Some(name) = entry.file_name().to_str()
                && !name.starts_with(UNFINISHED)
            {
                keys.push(format!("{folder}/{name}"));
            }
        }
        Ok(keys)
    }

    async fn delete(&self, output_key: &str) -> Result<(), Fault> {
        let path = self.output(output_key)?;
        found(fs::remove_file(&path).await, "delete", &path)?;
        // A folder disappears with its last file, as in a bucket. It may still hold other files, or be gone: both are fine.
        if let Some(parent) = path.parent().filter(|parent| *parent != self.outputs) {
            let _ = fs::remove_dir(parent).await;
        }
        Ok(())
    }
}
