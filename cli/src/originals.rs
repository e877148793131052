//! Finds the files to render and gives each its key.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use darkroom_pipeline::key::{self, Key};
use darkroom_pipeline::route::{Routed, Routes};
use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

use crate::args::WrongUse;

/// The path that means standard input, and the name under which its picture is rendered.
const STDIN: (&str, &str) = ("-", "stdin");

/// One file to render.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Original {
    /// The folder that its key is relative to.
    pub(crate) root: PathBuf,
    /// Its key: the path below the folder that was named, or the file's name; `/` between the parts.
    pub(crate) key: String,
}

/// A file or folder that is not rendered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// Where it is.
    pub(crate) name: String,
    /// Why.
    pub(crate) reason: String,
}

/// What the named paths hold.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of their names.
    pub(crate) originals: Vec<Original>,
    /// Not pictures by their names, ignored by a route, or links back to a folder above them.
    pub(crate) ignored: Vec<Skipped>,
    /// Could not be reached, or have no key.
    pub(crate) failed: Vec<Skipped>,
    /// Holds what came through pipes, as long as it is rendered.
    spool: Option<TempDir>,
}

impl Found {
    /// Sets aside the originals that a route ignores.
    pub(crate) fn route(&mut self, routes: &Routes) {
        let (mut kept, ignored) = (Vec::new(), &mut self.ignored);
        for original in std::mem::take(&mut self.originals) {
            match Key::parse(&original.key).as_ref().map(|key| routes.of(key)) {
                Ok(Routed::Ignored(glob)) => ignored.push(Skipped {
                    name: original.key,
                    reason: format!("the route {glob:?} ignores it"),
                }),
                _ => kept.push(original),
            }
        }
        self.originals = kept;
    }
}

/// Every original below the named paths; nothing below `out`. Links are followed, as `aws s3 sync` does.
/// A pipe is read to its end, but for at most one byte more than `max_bytes`.
///
/// # Errors
/// Wrong use: a path that is not there, two different files whose outputs would meet, outputs that would be originals.
pub(crate) fn find(paths: &[PathBuf], out: &Path, max_bytes: u64) -> Result<Found> {
    let out = real(out)?;
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == STDIN.0 {
            spool(std::io::stdin().lock(), STDIN.1, max_bytes, &mut found)?;
        } else if path.is_dir() {
            apart(path, &out)?;
            walk(path, &out, &mut found);
        } else if path.is_file() {
            let parent = path.parent().filter(|parent| *parent != Path::new(""));
            let root = parent.unwrap_or(Path::new("."));
            apart(root, &out)?;
            found.add(path.strip_prefix(root).unwrap_or(path), root, path);
        } else if path.exists() {
            let name = path
                .file_name()
                .map_or(STDIN.1.into(), OsStr::to_string_lossy);
            let pipe = std::fs::File::open(path)
                .with_context(|| WrongUse(format!("failed to open {}", path.display())))?;
            spool(pipe, &name, max_bytes, &mut found)?;
        } else {
            bail!(WrongUse(format!(
                "no such file or folder: {}",
                path.display()
            )));
        }
    }
    found.originals = distinct(std::mem::take(&mut found.originals), &out)?;
    Ok(found)
}

/// The path without links and `..`, also when its end does not exist yet.
fn real(path: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut real = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            part => real.push(part),
        }
        // Link by link: the parent of what a link points to is not the link's parent.
        real = real.canonicalize().unwrap_or(real);
    }
    Ok(real)
}

/// Outputs beside their originals would be originals of the next run.
fn apart(root: &Path, out: &Path) -> Result<()> {
    if real(root)? == out {
        bail!(WrongUse(format!(
            "the originals are in {}, so --out must be another folder",
            root.display()
        )));
    }
    Ok(())
}

fn walk(root: &Path, out: &Path, found: &mut Found) {
    // Inside `out`, everything would be left out. What could then be met again is refused by `distinct`.
    let is_inside = real(root).is_ok_and(|root| root.starts_with(out));
    let is_output = |entry: &DirEntry| {
        !is_inside
            && (entry.file_type().is_dir() || entry.path_is_symlink())
            && entry
                .path()
                .canonicalize()
                .is_ok_and(|path| path.starts_with(out))
    };
    for entry in WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_output(entry))
    {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let path = entry.path();
                let relative = path.strip_prefix(root).unwrap_or(path);
                match key::no_picture(&relative.to_string_lossy()) {
                    Some(reason) => found.ignored.push(skipped(path, reason.to_owned())),
                    None => found.add(relative, root, path),
                }
            }
            Ok(_) => {}
            Err(error) => found.unreached(root, &error),
        }
    }
}

impl Found {
    fn add(&mut self, relative: &Path, root: &Path, path: &Path) {
        let parts: Option<Vec<&str>> = relative.iter().map(OsStr::to_str).collect();
        let Some(key) = parts.map(|parts| parts.join("/")) else {
            let reason =
                "the file name is not UTF-8, so it cannot be a key; rename the file".to_owned();
            self.failed.push(skipped(path, reason));
            return;
        };
        self.originals.push(Original {
            root: root.to_owned(),
            key,
        });
    }

    fn unreached(&mut self, root: &Path, error: &walkdir::Error) {
        let path = error.path().unwrap_or(root);
        if let Some(ancestor) = error.loop_ancestor() {
            let reason = format!("the link leads back to {}", ancestor.display());
            self.ignored.push(skipped(path, reason));
            return;
        }
        let is_link = path.is_symlink();
        let reason = match error.io_error() {
            Some(e) if is_link && e.kind() == std::io::ErrorKind::NotFound => {
                "the link points to nothing".to_owned()
            }
            Some(e) => format!("failed to read it: {e}"),
            None => error.to_string(),
        };
        self.failed.push(skipped(path, reason));
    }
}

fn skipped(path: &Path, reason: String) -> Skipped {
    Skipped {
        name: path.display().to_string(),
        reason,
    }
}

/// What can be read once only is kept in a file until it is rendered.
fn spool(pipe: impl Read, name: &str, max_bytes: u64, found: &mut Found) -> Result<()> {
    let folder = match found.spool.take() {
        Some(folder) => folder,
        None => tempfile::tempdir().context("failed to make a folder for what is piped in")?,
    };
    let root = folder.path().to_owned();
    found.spool = Some(folder);
    let mut file =
        std::fs::File::create(root.join(name)).with_context(|| format!("failed to keep {name}"))?;
    std::io::copy(&mut pipe.take(max_bytes.saturating_add(1)), &mut file)
        .with_context(|| format!("failed to read {name}"))?;
    found.originals.push(Original {
        root,
        key: name.to_owned(),
    });
    Ok(())
}

/// Each file once. No outputs of one original may be those of another, or lie among originals.
fn distinct(originals: Vec<Original>, out: &Path) -> Result<Vec<Original>> {
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut kept = Vec::with_capacity(originals.len());
    for original in originals {
        let root = real(&original.root)?;
        if root.starts_with(out) && out.join(&original.key).starts_with(&root) {
            bail!(WrongUse(format!(
                "the outputs of {} would be among the originals of {}; choose another --out",
                original.key,
                original.root.display()
            )));
        }
        match seen.get(&original.key) {
            Some(other) if *other == root => continue,
            Some(other) => bail!(meet(&original.key, &original.key, other, &root)),
            None => seen.insert(original.key.clone(), root),
        };
        kept.push(original);
    }
    for (key, root) in &seen {
        let above = key.match_indices('/').map(|(end, _)| &key[..end]);
        for parent in above {
            if let Some(other) = seen.get(parent) {
                bail!(meet(parent, key, other, root));
            }
        }
    }
    Ok(kept)
}

fn meet(one: &str, two: &str, root: &Path, other: &Path) -> WrongUse {
    WrongUse(format!(
        "the outputs of {one} in {} and of {two} in {} would be in one folder; render them into different folders",
        root.display(),
        other.display()
    ))
}

#[cfg(test)]
mod tests;
