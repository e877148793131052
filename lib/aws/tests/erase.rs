//! The end of an original, over HTTP: which requests delete it, and in what order.

mod server;

use std::sync::{Arc, Mutex};

use darkroom_aws::{Buckets, Version};
use darkroom_pipeline::key::Key;

use crate::server::Answer;

type Lines = Arc<Mutex<Vec<String>>>;

/// Buckets `in` and `out` on a server of this test's own.
async fn buckets(answers: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Buckets {
    let config = server::start(move |line, _| answers(line)).await;
    Buckets::new(&config, "in", "out")
}

fn xml(body: &str) -> Answer {
    let headers = vec![("content-type", "application/xml".to_owned())];
    (
        200,
        headers,
        format!("<ListVersionsResult>{body}</ListVersionsResult>").into_bytes(),
    )
}

fn version(key: &str, id: &str) -> String {
    format!("<Version><Key>{key}</Key><VersionId>{id}</VersionId></Version>")
}

fn marker(key: &str, id: &str) -> String {
    format!("<DeleteMarker><Key>{key}</Key><VersionId>{id}</VersionId></DeleteMarker>")
}

/// A bucket that keeps the versions of `a b`, on two pages, beside those of `a b2`. Notes each request's method and query.
async fn versioned() -> (Buckets, Lines) {
    let lines = Lines::default();
    let noted = Arc::clone(&lines);
    let buckets = buckets(move |line| {
        let line = line.trim_end_matches(" HTTP/1.1").to_owned();
        let answer = if line.contains("version-id-marker=v2") {
            let last = version("a+b", "v1") + &marker("a+b", "m1") + &version("a+b2", "other");
            xml(&last)
        } else if line.contains("?versions") {
            let markers =
                "<NextKeyMarker>a+b</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>";
            let first = marker("a+b", "m2") + &version("a+b", "v2");
            xml(&format!("<IsTruncated>true</IsTruncated>{markers}{first}"))
        } else {
            (204, Vec::new(), Vec::new())
        };
        noted.lock().expect("no panic").push(line);
        answer
    })
    .await;
    (buckets, lines)
}

#[tokio::test]
async fn every_version_of_exactly_this_key_goes_and_the_markers_last() {
    let (buckets, lines) = versioned().await;
    let key = Key::parse("a b").expect("a key");
    assert_eq!(buckets.erase(&key).await.expect("no fault"), 4);
    let lines = lines.lock().expect("no panic");
    let deleted: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("DELETE /in/a%20b"))
        .map(|rest| rest.rsplit_once("versionId=").map_or("", |(_, id)| id))
        .collect();
    assert_eq!(deleted, ["", "v2", "v1", "m2", "m1"], "{lines:?}");
    assert_eq!(lines.len(), 7, "{lines:?}");
}

#[tokio::test]
async fn an_original_under_a_delete_marker_still_has_versions() {
    let hidden = buckets(|_| xml(&(marker("a", "m") + &version("a", "v")))).await;
    let key = Key::parse("a").expect("a key");
    let of = |id: &str, is_marker| Version {
        key: "a".to_owned(),
        id: id.to_owned(),
        is_marker,
    };
    let versions = hidden.versions_of(&key).await.expect("no fault");
    assert_eq!(versions, [of("v", false), of("m", true)]);
}

#[tokio::test]
async fn a_bucket_that_refuses_is_a_fault_that_names_no_guest() {
    let refusing = buckets(|_| (403, Vec::new(), Vec::new())).await;
    let key = Key::parse("guest/us-east-1:secret/uuid/cat.jpg").expect("a key");
    let fault = refusing.erase(&key).await.expect_err("refused");
    let text = format!("{fault:#}");
    assert!(text.contains("403") && !text.contains("secret"), "{text}");
}
