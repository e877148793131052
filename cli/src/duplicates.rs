//! `darkroom duplicates`: finds originals that look nearly the same, from their manifests alone.

mod groups;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use darkroom_pipeline::key;
use darkroom_pipeline::manifest::{Manifest, Outcome};
use serde_json::json;
use walkdir::WalkDir;

use crate::args::{self, WrongUse};
use crate::output;

/// What the manifests say.
#[derive(Default)]
struct Known {
    /// Name and perceptual hash of each original that has one.
    originals: Vec<(String, u64)>,
    /// Ready originals without a hash: of one colour, or rendered by a version that made none.
    without: usize,
}

impl Known {
    /// Takes what a manifest in `folder` says; a guest's original is named by its folder.
    fn add(&mut self, folder: &str, manifest: &Manifest) {
        let hash = manifest.phash.as_deref();
        let hash = hash.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        match hash {
            Some(hash) => {
                let key = manifest.original.key.as_deref();
                self.originals
                    .push((key.unwrap_or(folder).to_owned(), hash));
            }
            None if manifest.outcome == Outcome::Ready => self.without += 1,
            None => {}
        }
    }
}

/// Runs the verb.
///
/// # Errors
/// Wrong use, a folder or bucket that cannot be read.
pub(crate) fn run(args: &args::Duplicates) -> Result<ExitCode> {
    let mut known = if args.outputs.starts_with("s3://") {
        in_bucket(&args.outputs)?
    } else {
        in_folder(Path::new(&args.outputs))?
    };
    known.originals.sort();
    let hashes: Vec<u64> = known.originals.iter().map(|(_, hash)| *hash).collect();
    let groups = groups::groups(&hashes, args.distance.into());
    for (index, group) in groups.iter().enumerate() {
        if index > 0 && !args.json {
            output::line("")?;
        }
        show(args, &known, group)?;
    }
    let in_groups: usize = groups.iter().map(Vec::len).sum();
    output::note(format_args!(
        "{in_groups} of {} originals look nearly like another, in {} group{}",
        hashes.len(),
        groups.len(),
        if groups.len() == 1 { "" } else { "s" }
    ));
    if known.without > 0 {
        output::note(format_args!(
            "{} originals have no perceptual hash: they show one colour, or an old version rendered them (see reprocess --force)",
            known.without
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// A group: its members with the bits by which each differs from the first.
fn show(args: &args::Duplicates, known: &Known, group: &[usize]) -> Result<()> {
    let (_, first) = known.originals[group[0]];
    let members = group.iter().map(|index| {
        let (name, hash) = &known.originals[*index];
        (name, hash, (hash ^ first).count_ones())
    });
    if args.json {
        let member = |(name, hash, distance)| json!({"original": name, "phash": format!("{hash:016x}"), "distance": distance});
        return output::line(json!({"originals": members.map(member).collect::<Vec<_>>()}));
    }
    for (name, _, distance) in members {
        output::line(format_args!("{distance}\t{}", output::shown(name)))?;
    }
    Ok(())
}

/// The outputs of `darkroom render`.
fn in_folder(outputs: &Path) -> Result<Known> {
    if !outputs.is_dir() {
        bail!(WrongUse(format!("no such folder: {}", outputs.display())));
    }
    let mut known = Known::default();
    for entry in WalkDir::new(outputs) {
        let entry = entry.with_context(|| format!("failed to read {}", outputs.display()))?;
        if !key::is_manifest(&entry.file_name().to_string_lossy()) || entry.path().is_dir() {
            continue;
        }
        let path = entry.path();
        let json =
            std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        if let Some(manifest) = Manifest::read(&json) {
            let folder = path.parent().unwrap_or(path).strip_prefix(outputs)?;
            known.add(&folder.to_string_lossy(), &manifest);
        }
    }
    Ok(known)
}

#[cfg(feature = "aws")]
fn in_bucket(url: &str) -> Result<Known> {
    crate::on_aws(bucket::read(url))
}

#[cfg(not(feature = "aws"))]
fn in_bucket(url: &str) -> Result<Known> {
    bail!(WrongUse(format!(
        "{url} is on AWS, and this program was compiled without the feature \"aws\""
    )))
}

#[cfg(feature = "aws")]
mod bucket {
    use anyhow::Result;
    use darkroom_aws::Buckets;
    use darkroom_pipeline::key;
    use darkroom_pipeline::manifest::Manifest;
    use darkroom_pipeline::store::Store;
    use futures_util::{StreamExt, TryStreamExt, stream};

    use super::Known;
    use crate::buckets::bucket_and_prefix;
    use crate::progress;

    /// Manifests read at once.
    const AT_ONCE: usize = 32;

    /// Every manifest of `s3://OUTPUT[/PREFIX]`.
    pub(super) async fn read(url: &str) -> Result<Known> {
        let (bucket, prefix) = bucket_and_prefix(url)?;
        let sdk = darkroom_aws::sdk_config().await;
        let buckets = &Buckets::new(&sdk, bucket, bucket);
        let counter = progress::counter("manifests read");
        let (mut known, mut from) = (Known::default(), None);
        loop {
            let page = buckets.page(bucket, prefix, from).await?;
            let keys = page.objects.iter().map(|object| object.key.as_str());
            let manifests = keys.filter_map(|key| {
                let (folder, name) = key::split(key)?;
                key::is_manifest(name).then_some((key, folder))
            });
            let read: Vec<_> = stream::iter(manifests)
                .map(|(key, folder)| async move { anyhow::Ok((folder, buckets.read(key).await?)) })
                .buffered(AT_ONCE)
                .inspect(|_| counter.inc(1))
                .try_collect()
                .await?;
            for (folder, json) in &read {
                if let Some(manifest) = json.as_deref().and_then(Manifest::read) {
                    known.add(folder, &manifest);
                }
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        counter.finish_and_clear();
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = r#""variants":[],"presets":"sha256:p","engine":"darkroom 0.1.0",
        "timings_ms":{"fetch":0,"decode":0,"render":0,"store":0},"created_at":"2026-01-02T03:04:05Z"}"#;

    /// A manifest in `folder`: `original` and `more` are its fields.
    fn write(outputs: &Path, folder: &str, original: &str, more: &str) {
        let folder = outputs.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let json = format!(
            r#"{{"version":1,"original":{{{original},"etag":"e","bytes":1}},{more},{REST}"#
        );
        let path = folder.join(key::manifest("x").trim_start_matches("x/"));
        std::fs::write(path, json).expect("a manifest");
    }

    #[test]
    fn a_folders_manifests_are_read_and_nothing_else() {
        let outputs = tempfile::tempdir().expect("a folder");
        let outputs = outputs.path();
        let ready = |hash: &str| format!(r#""outcome":"ready","phash":"{hash}""#);
        write(
            outputs,
            "a/cat.jpg",
            r#""key":"a/cat.jpg""#,
            &ready("00000000000000ff"),
        );
        write(
            outputs,
            "guest/9f86",
            r#""name":"cat.jpg""#,
            &ready("ffffffffffffffff"),
        );
        write(outputs, "b.png", r#""key":"b.png""#, r#""outcome":"ready""#);
        let rejection = r#""outcome":"rejected","rejection":{"code":"empty","reason":"r"}"#;
        write(outputs, "c.png", r#""key":"c.png""#, rejection);
        std::fs::write(outputs.join("a/cat.jpg/small.jpg"), "no manifest").expect("a file");
        let mut known = in_folder(outputs).expect("a folder of outputs");
        known.originals.sort();
        let cat = ("a/cat.jpg".to_owned(), 0xFF);
        // a guest's key is a secret; its folder is not
        assert_eq!(known.originals, [cat, ("guest/9f86".to_owned(), u64::MAX)]);
        assert_eq!(known.without, 1);
        assert!(in_folder(&outputs.join("none")).is_err());
    }
}
