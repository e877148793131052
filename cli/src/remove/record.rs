//! The record of a removal: the operator shows it to the person who asked for the removal.

use darkroom_pipeline::key;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::remove::targets::Target;

/// The version of a record, as of the other documents; docs/schema/removal.schema.json.
const VERSION: u32 = 1;

/// Invalidations with a wildcard that CloudFront takes at once.
const WILDCARDS: usize = 15;

/// Where the originals and their outputs are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The input bucket.
    pub(crate) input: &'a str,
    /// The output bucket.
    pub(crate) output: &'a str,
    /// The id of the CloudFront distribution in front of the output bucket, if the operator named it.
    pub(crate) distribution: Option<&'a str>,
}

/// A removal that happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Erased {
    /// Versions and delete markers deleted below the original.
    pub(crate) versions: usize,
    /// What deleted the outputs.
    pub(crate) by: Remover,
}

/// What deleted the outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Remover {
    /// The stack: S3's event made render delete them.
    Render,
    /// This command, because the stack did not in time, or because there was no original.
    Command,
}

/// The record as JSON; `erased` is `None` in a dry run. A guest's original is named by its public id only.
pub(crate) fn line(place: Place<'_>, target: &Target, erased: Option<Erased>) -> Value {
    let original = target.original.as_ref();
    let by = erased.map(|erased| match erased.by {
        Remover::Render => "render",
        Remover::Command => "remove",
    });
    let folder = target.folder.as_str();
    json!({
        "version": VERSION,
        "at": Timestamp::now().to_string(),
        "removed": erased.is_some(),
        "input": place.input,
        "output": place.output,
        "folder": folder,
        "original": original.map(|it| json!({ "etag": it.etag, "bytes": it.bytes })),
        "versions": erased.map_or(target.versions, |erased| erased.versions),
        "outputs": target.outputs,
        "outputs_removed_by": by,
        "invalidation": place.distribution.map(|id| invalidations(id, [folder]).join("\n")),
    })
}

/// The commands that make CloudFront drop its copies of these folders' outputs; the next may have to wait until the one before is done.
pub(crate) fn invalidations<'a>(
    distribution: &str,
    folders: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let paths: Vec<String> = folders
        .into_iter()
        .flat_map(key::cached)
        .map(|path| quoted(&path))
        .collect();
    paths
        .chunks(WILDCARDS)
        .map(|paths| {
            format!(
                "aws cloudfront create-invalidation --distribution-id {} --paths {}",
                quoted(distribution),
                paths.join(" ")
            )
        })
        .collect()
}

/// A word for a shell: in single quotes nothing but a single quote has a meaning.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_pipeline::key::Key;
    use darkroom_pipeline::store::{Asked, Body, Original};

    #[test]
    fn a_record_is_proof_and_keeps_a_guests_secret() {
        let key = Key::parse("guest/us-east-1:secret/uuid/cat.jpg").expect("a key");
        let target = Target {
            folder: key.folder(),
            key: Some(key),
            original: Some(Original {
                etag: "e7".to_owned(),
                bytes: 123,
                body: Body::LeftOut,
                asked: Asked::default(),
            }),
            versions: 1,
            outputs: vec!["x".to_owned()],
        };
        let place = Place {
            input: "in",
            output: "out",
            distribution: Some("E1"),
        };
        let erased = Erased {
            versions: 2,
            by: Remover::Render,
        };
        let done = line(place, &target, Some(erased));
        assert!(!done.to_string().contains("secret"), "{done}");
        assert_eq!(done["removed"], true);
        assert_eq!(done["original"], json!({ "etag": "e7", "bytes": 123 }));
        assert_eq!(done["versions"], 2);
        assert_eq!(done["outputs"], json!(["x"]));
        assert_eq!(done["outputs_removed_by"], "render");
        let folder = done["folder"].as_str().expect("a text");
        assert!(key::is_guest_folder(folder), "{folder}");
        let invalidation = done["invalidation"].as_str().expect("a text");
        assert!(invalidation.ends_with(&format!(" '/{folder}/*'")), "{done}");

        let dry = line(place, &target, None);
        assert_eq!(
            (&dry["removed"], &dry["versions"]),
            (&json!(false), &json!(1))
        );
        assert_eq!(dry["outputs_removed_by"], Value::Null);
    }

    #[test]
    fn cloudfront_takes_fifteen_wildcards_at_once() {
        let folders: Vec<String> = (0..16).map(|n| format!("{n}.jpg")).collect();
        let commands = invalidations("E1", folders.iter().map(String::as_str));
        assert_eq!(commands.len(), 2);
        assert_eq!(commands[0].matches("/*'").count(), 15);
        assert_eq!(
            commands[1],
            "aws cloudfront create-invalidation --distribution-id 'E1' --paths '/15.jpg/*'"
        );
        assert_eq!(
            invalidations("E1", ["it's.jpg"]),
            [
                r"aws cloudfront create-invalidation --distribution-id 'E1' --paths '/it%27s.jpg/*' '/it'\''s.jpg/*'"
            ]
        );
    }
}
