//! E-mail carries digests, never images. The local AWS sends no mail; a queue receives what a mail would say.

use std::fs;

use anyhow::{Context, Result};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::{eventually, manifest, notice, s3, stack, tap, tapped};
use serde_json::{Value, json};

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn an_upload_and_a_bad_file_are_mailed_as_sums_and_no_mail_is_answered_by_another()
-> Result<()> {
    let stack = stack();
    let queue = tap(&stack, "tap-digest", "digest").await?;
    let client = s3(&stack.admin());
    for (key, body) in [
        ("digest/good.jpg", jpeg(64, 48, 1)?),
        ("digest/bad.jpg", b"words".to_vec()),
    ] {
        let put = client.put_object().bucket(&stack.input_bucket).key(key);
        put.body(body.into()).send().await?;
    }
    let (mut ready, mut reason) = (0, None);
    for folder in ["digest/good.jpg", "digest/bad.jpg"] {
        manifest(&stack, folder).await?;
    }
    eventually("mails of both", async || {
        stack.invoke("DigestFunction", &json!({}))?; // as the clock does within a minute
        for envelope in tapped(&stack, &queue).await? {
            let digest = check(&envelope)?;
            ready += digest["ready"].as_u64().unwrap_or_default();
            let rejections = digest["rejections"]
                .as_array()
                .context("no rejections")?
                .iter();
            let ours = rejections.filter(|rejected| rejected["name"] == "digest/bad.jpg");
            reason = ours
                .map(|rejected| rejected["reason"].clone())
                .next()
                .or(reason.take());
        }
        Ok((ready > 0 && reason.is_some()).then_some(()))
    })
    .await?;
    let reason = reason.unwrap_or_default();
    assert!(
        reason
            .as_str()
            .is_some_and(|reason| reason.contains("not an image")),
        "{reason}"
    );
    Ok(())
}

/// The digest in an envelope, once it is seen to be one that mail servers and people put up with.
fn check(envelope: &Value) -> Result<Value> {
    assert_eq!(envelope["MessageAttributes"]["kind"]["Value"], "digest");
    let subject = envelope["Subject"].as_str().context("no subject")?;
    assert!(
        subject.starts_with("Darkroom: ") && subject.len() < 100,
        "{subject}"
    );
    let digest = notice(envelope)?;
    assert_eq!(
        digest["unreadable"], 0,
        "a digest of something else than notices: {digest}"
    );
    Ok(digest)
}

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn mail_gets_digests_only_and_digests_are_made_of_images_only() -> Result<()> {
    let stack = stack();
    let topic = [
        "sns",
        "list-subscriptions-by-topic",
        "--topic-arn",
        &stack.topic_arn,
    ];
    let subscriptions = stack.aws(&topic)?["Subscriptions"].clone();
    let of_digest = subscriptions
        .as_array()
        .into_iter()
        .flatten()
        .find(|subscription| {
            subscription["Endpoint"]
                .as_str()
                .is_some_and(|arn| arn.contains("DigestQueue"))
        });
    let arn = of_digest.context("digest hears nothing")?["SubscriptionArn"].clone();
    let arn = arn.as_str().context("a subscription without an ARN")?;
    let attributes = [
        "sns",
        "get-subscription-attributes",
        "--subscription-arn",
        arn,
    ];
    let attributes = stack.aws(&attributes)?["Attributes"].clone();
    let filter: Value =
        serde_json::from_str(attributes["FilterPolicy"].as_str().context("no filter")?)?;
    assert_eq!(
        filter,
        json!({ "kind": ["image"] }),
        "digests of digests would never end"
    );
    assert_eq!(attributes["RawMessageDelivery"], "true");

    // No address is subscribed here; this is what one would be subscribed with.
    let template = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"))?;
    let mails: Vec<&str> = template
        .split("\n\n")
        .filter(|part| part.contains("Protocol: email\n"))
        .collect();
    assert_eq!(mails.len(), 1, "mails of notices");
    assert!(
        mails[0].contains("FilterPolicy: { kind: [digest] }"),
        "{}",
        mails[0]
    );
    Ok(())
}
