//! Checks that the outputs of many originals equal those of a fresh run over the current originals.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::bucket::keys;
use crate::schema::{self, Document};
use crate::stack::{Stack, notice, public_id, s3, sha256};

/// The number of originals by result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Exactly the outputs of a fresh run, and a notice of the last outcome.
    pub right: usize,
    /// Different outputs, or additional ones.
    pub wrong: usize,
    /// No outputs although there should be some.
    pub lost: usize,
    /// Right, but without a notice.
    pub untold: usize,
    /// The problems of the first few.
    pub complaints: Vec<String>,
}

/// Outcomes in notices: public id, outcome, and ETag (empty if removed).
pub type Told = HashSet<(String, String, String)>;

/// Adds the notices in the envelopes.
///
/// # Errors
/// When one holds no notice.
pub fn listen(told: &mut Told, envelopes: &[Value]) -> Result<()> {
    for envelope in envelopes {
        let notice = notice(envelope)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        told.insert((
            text(&notice["public_id"]),
            text(&notice["outcome"]),
            text(&notice["original"]["etag"]),
        ));
    }
    Ok(())
}

/// Renders the originals in `folder` (named by their keys) afresh, on the command line, into `made`.
///
/// # Errors
/// When the command fails; that it rejects some is no failure.
pub fn render_afresh(stack: &Stack, folder: &Path, made: &Path) -> Result<()> {
    let (folder, made) = (folder.to_string_lossy(), made.to_string_lossy());
    let output = stack
        .darkroom(&["render", &folder, "--out", &made])?
        .output()?;
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "darkroom render: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Compares the stack's outputs of all `originals` with those in `made`. Those without outputs there must have none at all.
///
/// # Errors
/// AWS's complaints.
pub async fn judge(
    stack: &Stack,
    originals: &BTreeSet<String>,
    made: &Path,
    told: &Told,
) -> Result<Verdict> {
    let client = s3(&stack.admin());
    let mut verdict = Verdict::default();
    for key in originals {
        let mut outputs = Outputs::new();
        for output in keys(&client, &stack.output_bucket, &format!("{key}/")).await? {
            if output
                .rsplit_once('/')
                .is_some_and(|(folder, _)| folder == key)
            {
                let object = client.get_object().bucket(&stack.output_bucket);
                let object = object.key(&output).send().await?;
                let etag = object
                    .e_tag()
                    .unwrap_or_default()
                    .trim_matches('"')
                    .to_owned();
                let bytes = object.body.collect().await?.to_vec();
                outputs.insert(output, Stored { bytes, etag });
            }
        }
        let fresh = fs::read(made.join(key).join("manifest.json")).ok();
        let complaint = match (&fresh, outputs.get(&format!("{key}/manifest.json"))) {
            (None, _) if outputs.is_empty() => None,
            (None, _) => Some("outputs of an original that is gone".to_owned()),
            (Some(_), None) => {
                verdict.lost += 1;
                verdict.complaints.push(format!("{key}: lost"));
                continue;
            }
            (Some(fresh), Some(stored)) => difference(fresh, &stored.bytes, &outputs)?,
        };
        if let Some(complaint) = complaint {
            verdict.wrong += 1;
            verdict.complaints.push(format!("{key}: {complaint}"));
        } else if told.contains(&last_outcome(key, &outputs)?) {
            verdict.right += 1;
        } else {
            verdict.untold += 1;
            verdict.complaints.push(format!("{key}: untold"));
        }
    }
    verdict.complaints.truncate(10);
    Ok(verdict)
}

/// An output as the bucket has it.
struct Stored {
    bytes: Vec<u8>,
    etag: String,
}

/// All outputs of an original, by key.
type Outputs = BTreeMap<String, Stored>;

/// The differences between the stored outputs and those of the fresh run.
fn difference(fresh: &[u8], stored: &[u8], outputs: &Outputs) -> Result<Option<String>> {
    let (fresh, stored): (Value, Value) = (
        serde_json::from_slice(fresh)?,
        serde_json::from_slice(stored)?,
    );
    for field in ["outcome", "rejection", "placeholder", "presets"] {
        if fresh[field] != stored[field] {
            return Ok(Some(format!("{field}: {}", stored[field])));
        }
    }
    // ETags are the store's own, and URLs hold them.
    let told = |manifest: &Value| {
        let variants = manifest["variants"].as_array().cloned().unwrap_or_default();
        variants.into_iter().map(|mut variant| {
            variant["url"] = Value::Null;
            variant["etag"] = Value::Null;
            variant
        })
    };
    if !told(&fresh).eq(told(&stored)) {
        return Ok(Some(format!("variants: {}", stored["variants"])));
    }
    let variants = stored["variants"].as_array().context("no variants")?;
    if outputs.len() != variants.len() + 1 {
        return Ok(Some(format!("outputs: {:?}", outputs.keys())));
    }
    for variant in variants {
        let key = variant["key"].as_str().unwrap_or_default();
        let stored = outputs.get(key);
        let bytes = stored.map(|stored| sha256(&stored.bytes));
        if bytes.as_deref() != variant["sha256"].as_str() {
            return Ok(Some(format!("{key} has other bytes")));
        }
        let etag = stored.map(|stored| stored.etag.as_str());
        if etag != variant["etag"].as_str() {
            return Ok(Some(format!("{key} has another ETag: {etag:?}")));
        }
    }
    Ok(None)
}

fn last_outcome(key: &str, outputs: &Outputs) -> Result<(String, String, String)> {
    let Some(manifest) = outputs.get(&format!("{key}/manifest.json")) else {
        return Ok((public_id(key), "removed".to_owned(), String::new()));
    };
    let manifest: Value = serde_json::from_slice(&manifest.bytes)?;
    schema::check(Document::Manifest, &manifest)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok((
        public_id(key),
        text(&manifest["outcome"]),
        text(&manifest["original"]["etag"]),
    ))
}
