//! The JSON Schemas of docs/schema, held against every document that the tests see.

use std::sync::LazyLock;

use anyhow::{Result, bail};
use jsonschema::{Registry, Resource, Validator};
use serde_json::Value;

/// A kind of document that other programs rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// `{folder}/manifest.json`.
    Manifest,
    /// What the topic says of an image.
    Notice,
    /// What the topic says of many images.
    Digest,
    /// A message of a WebSocket, in either direction.
    WebSocket,
    /// A line of `darkroom remove`.
    Removal,
}

const ALL: [(Document, &str, &str); 5] = [
    (
        Document::Manifest,
        "manifest.schema.json",
        include_str!("../../docs/schema/manifest.schema.json"),
    ),
    (
        Document::Notice,
        "notice.schema.json",
        include_str!("../../docs/schema/notice.schema.json"),
    ),
    (
        Document::Digest,
        "digest.schema.json",
        include_str!("../../docs/schema/digest.schema.json"),
    ),
    (
        Document::WebSocket,
        "websocket.schema.json",
        include_str!("../../docs/schema/websocket.schema.json"),
    ),
    (
        Document::Removal,
        "removal.schema.json",
        include_str!("../../docs/schema/removal.schema.json"),
    ),
];

/// Where the schemas lie to one another; nothing is fetched.
const BASE: &str = "json-schema:///";

static VALIDATORS: LazyLock<Vec<(Document, Validator)>> = LazyLock::new(|| {
    let parsed = ALL.map(|(document, name, text)| {
        let schema: Value = serde_json::from_str(text).expect("a schema is JSON");
        (document, format!("{BASE}{name}"), schema)
    });
    let mut registry = Registry::new();
    for (_, place, schema) in &parsed {
        let resource = Resource::from_contents(schema.clone());
        registry = registry.add(place, resource).expect("a place of its own");
    }
    let registry = registry.prepare().expect("schemas that find one another");
    let validator = |(document, place, schema): &(Document, String, Value)| {
        let options = jsonschema::options()
            .with_registry(&registry)
            .with_base_uri(place.clone());
        (*document, options.build(schema).expect("a valid schema"))
    };
    parsed.iter().map(validator).collect()
});

/// Checks a document against its schema.
///
/// # Errors
/// Every place where it differs.
///
/// # Panics
/// When the schemas themselves are broken.
pub fn check(kind: Document, document: &Value) -> Result<()> {
    let (_, validator) = VALIDATORS
        .iter()
        .find(|(known, _)| *known == kind)
        .expect("each kind has a schema");
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if !errors.is_empty() {
        bail!("not a {kind:?} by its schema: {}", errors.join("; "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_that_differs_is_refused_by_its_place() {
        let watching = json!({ "type": "watching", "ids": ["0123456789abcdef0123456789abcdef"] });
        check(Document::WebSocket, &watching).expect("a good message");
        for (kind, document) in [
            (
                Document::WebSocket,
                json!({ "type": "watching", "ids": "all" }),
            ),
            (Document::Manifest, json!({ "version": 1 })),
            (
                Document::Notice,
                json!({ "version": 2, "outcome": "ready" }),
            ),
            (Document::Digest, json!([])),
            (Document::Removal, json!({ "version": 1 })),
        ] {
            check(kind, &document).expect_err("a bad document");
        }
    }
}
