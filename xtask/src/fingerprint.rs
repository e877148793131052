//! Fingerprints of a step's inputs, so that a second start can skip unchanged steps.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// A hash of the names and bytes of files; of a folder, of all files in it.
pub fn of(paths: &[&Path]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(path, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Does `work` unless the file `mark` says that it was done with the same `fingerprint`.
/// Returns whether it did the work.
pub fn unless_done(
    mark: &Path,
    fingerprint: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    if fs::read_to_string(mark).is_ok_and(|done| done == fingerprint) {
        return Ok(false);
    }
    if mark.exists() {
        fs::remove_file(mark)?; // were `work` to fail half-way, nothing would be done
    }
    work()?;
    fs::create_dir_all(mark.parent().unwrap_or(Path::new(".")))?;
    fs::write(mark, fingerprint).with_context(|| format!("failed to write {}", mark.display()))?;
    Ok(true)
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let read = || format!("failed to read {}", path.display());
    path.hash(hasher);
    if path.is_dir() {
        let mut children = fs::read_dir(path)
            .with_context(read)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()?;
        children.sort();
        children.iter().try_for_each(|child| add(child, hasher))
    } else {
        fs::read(path).with_context(read)?.hash(hasher);
        Ok(())
    }
}
