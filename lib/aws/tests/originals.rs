//! Originals as S3 answers for them, over HTTP: what is handed out, what is the object's fault, and what is ours.

mod server;

use darkroom_aws::Buckets;
use darkroom_pipeline::key::Key;
use darkroom_pipeline::store::{Body, Store};

use crate::server::Answer;

/// Buckets `in` and `out` on a server of this test's own.
async fn buckets(answers: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Buckets {
    let config = server::start(move |line, _| answers(line)).await;
    Buckets::new(&config, "in", "out")
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    (
        status,
        vec![("content-type", "application/xml".to_owned())],
        body.into_bytes(),
    )
}

fn listing() -> Answer {
    let contents =
        "<Contents><Key>a.jpg</Key><ETag>&quot;e7&quot;</ETag><Size>123</Size></Contents>";
    let body = format!("<ListBucketResult><Name>in</Name>{contents}</ListBucketResult>");
    (
        200,
        vec![("content-type", "application/xml".to_owned())],
        body.into_bytes(),
    )
}

/// A bucket that refuses `a.jpg` with `refusal`, lists it, and answers `others` for every other object.
async fn refusing(refusal: (u16, &'static str, &'static str), others: u16) -> Buckets {
    buckets(move |line| {
        if line.contains("list-type=2") {
            listing()
        } else if line.contains("/in/a.jpg") {
            error(refusal.0, refusal.1, refusal.2)
        } else {
            (others, Vec::new(), Vec::new())
        }
    })
    .await
}

const KMS: &str =
    "User: arn:aws:sts::1:assumed-role/r is not authorized to perform: kms:Decrypt on the resource";

#[tokio::test]
async fn an_object_that_s3_keeps_is_an_outcome_with_a_next_step() {
    let key = Key::parse("a.jpg").expect("a key");
    for (refusal, others, step) in [
        ((403, "InvalidObjectState", "archived"), 404, "restore it"),
        (
            (400, "InvalidRequest", "Server Side Encryption"),
            404,
            "upload it without one",
        ),
        ((403, "AccessDenied", KMS), 404, "allow kms:Decrypt"),
        (
            (400, "KMS.DisabledException", "disabled"),
            404,
            "allow kms:Decrypt",
        ),
        (
            (403, "AccessDenied", "Access Denied"),
            404,
            "a policy of the bucket",
        ),
    ] {
        let buckets = refusing(refusal, others).await;
        let original = buckets.get(&key, 1000).await.expect("no fault");
        let original = original.expect("an original");
        assert_eq!((original.etag.as_str(), original.bytes), ("e7", 123));
        let Body::Refused(rejection) = original.body else {
            panic!("{refusal:?}: {:?}", original.body);
        };
        assert_eq!(rejection.code, "unreadable");
        assert!(rejection.reason.contains(step), "{}", rejection.reason);
        let head = buckets.head(&key).await.expect("no fault").expect("there");
        assert_eq!((head.etag.as_str(), head.body), ("e7", Body::LeftOut));
    }
}

#[tokio::test]
async fn a_role_without_rights_is_a_fault_and_not_the_objects() {
    let key = Key::parse("a.jpg").expect("a key");
    let buckets = refusing((403, "AccessDenied", "Access Denied"), 403).await;
    let fault = buckets.get(&key, 1000).await.expect_err("no rights");
    assert!(
        format!("{fault:#}").contains("403 AccessDenied"),
        "{fault:#}"
    );
}

#[tokio::test]
async fn a_body_comes_without_its_content_encoding() {
    // gzip of "picture", its blocks stored
    let mut gzip = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 7, 0, 0xF8, 0xFF];
    gzip.extend(b"picture");
    gzip.extend(0x16DB_4F89_u32.to_le_bytes());
    gzip.extend(7_u32.to_le_bytes());
    let length = gzip.len() as u64;
    let served = move |encoding: &'static str| {
        let gzip = gzip.clone();
        buckets(move |_| {
            let headers = vec![
                ("etag", "\"e\"".to_owned()),
                ("content-encoding", encoding.to_owned()),
            ];
            (200, headers, gzip.clone())
        })
    };
    let key = Key::parse("a.jpg").expect("a key");
    let original = served("br")
        .await
        .get(&key, 1000)
        .await
        .expect("no fault")
        .expect("there");
    assert_eq!(original.bytes, length, "as it is stored");
    let Body::Refused(rejection) = original.body else {
        panic!("{:?}", original.body);
    };
    assert_eq!(rejection.code, "unsupported");
    let original = served("gzip")
        .await
        .get(&key, 1000)
        .await
        .expect("no fault")
        .expect("there");
    assert_eq!(original.body, Body::Bytes(b"picture".as_slice().into()));
}

#[tokio::test]
async fn a_missing_original_is_none_and_a_missing_bucket_a_fault() {
    let key = Key::parse("a.jpg").expect("a key");
    let missing = buckets(|_| error(404, "NoSuchKey", "none")).await;
    assert_eq!(missing.get(&key, 1000).await.expect("no fault"), None);
    let gone = buckets(|_| error(404, "NoSuchBucket", "none")).await;
    assert!(gone.get(&key, 1000).await.is_err());
}
