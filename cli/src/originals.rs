//! Finds the files to render and gives each its key.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use walkdir::WalkDir;

use crate::args::WrongUse;

/// One file to render.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Original {
    /// The folder that its key is relative to.
    pub(crate) root: PathBuf,
    /// Its key: the path below the folder that was named, or the file's name; `/` between the parts.
    pub(crate) key: String,
}

/// Every original below `paths`, sorted by name, skipping `out`.
///
/// # Errors
/// If a path does not exist, a name is not UTF-8 (a key must be), or two files have the same key.
pub(crate) fn find(paths: &[PathBuf], out: &Path) -> Result<Vec<Original>> {
    let out = std::path::absolute(out)?;
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &out, &mut found)?;
        } else if path.is_file() {
            let root = path.parent().unwrap_or(Path::new("")).to_owned();
            found.push(Original {
                key: key(path, &root)?,
                root,
            });
        } else {
            bail!(WrongUse(format!(
                "no such file or folder: {}",
                path.display()
            )));
        }
    }
    let mut seen = HashMap::new();
    for original in &found {
        if let Some(other) = seen.insert(&original.key, &original.root) {
            bail!(WrongUse(format!(
                "two originals have the key {}: one in {}, one in {}; render them into different folders",
                original.key,
                other.display(),
                original.root.display()
            )));
        }
    }
    Ok(found)
}

fn walk(root: &Path, out: &Path, found: &mut Vec<Original>) -> Result<()> {
    let outside = |path: &Path| std::path::absolute(path).is_ok_and(|path| path != out);
    for entry in WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|e| outside(e.path()))
    {
        let entry = entry?;
        if entry.file_type().is_file() {
            found.push(Original {
                key: key(entry.path(), root)?,
                root: root.to_owned(),
            });
        }
    }
    Ok(())
}

fn key(path: &Path, root: &Path) -> Result<String> {
    let relative = path.strip_prefix(root)?;
    let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
    match parts {
        Some(parts) => Ok(parts.join("/")),
        None => bail!(WrongUse(format!(
            "the file name is not UTF-8, so it cannot be a key: {}; rename the file",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(found: Result<Vec<Original>>) -> Vec<String> {
        found
            .expect("found")
            .into_iter()
            .map(|original| original.key)
            .collect()
    }

    #[test]
    fn relative_paths_are_keys_and_the_output_is_no_original() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["b.jpg", "a/c d.png", "made/b.jpg/large.jpg"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, "x").expect("written");
        }
        let out = folder.path().join("made");
        assert_eq!(
            keys(find(&[folder.path().to_owned()], &out)),
            ["a/c d.png", "b.jpg"]
        );
        assert_eq!(
            keys(find(&[folder.path().join("a/c d.png")], &out)),
            ["c d.png"]
        );
    }

    #[test]
    fn one_key_for_two_files_is_wrong_use() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("b.jpg");
        std::fs::write(&file, "x").expect("written");
        let error = find(&[file.clone(), file], Path::new("made")).expect_err("two with one key");
        assert!(error.is::<WrongUse>(), "{error}");
        assert!(find(&[folder.path().join("none.jpg")], Path::new("made")).is_err());
    }
}
