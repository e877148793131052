//! What a guest may not do, and nobody from a foreign page.

use anyhow::{Result, anyhow};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::ServerSideEncryption;
use darkroom_tests::guest::{Guest, guest, put};
use darkroom_tests::stack::{Stack, browser, s3, stack};
use reqwest::Method;

/// What AWS said no with; an error when it said yes.
fn refusal<T, E: ProvideErrorMetadata, R>(
    what: &str,
    answer: Result<T, SdkError<E, R>>,
) -> Result<String> {
    match answer {
        Ok(_) => Err(anyhow!("a guest could {what}")),
        Err(error) => Ok(error.code().unwrap_or("no code").to_owned()),
    }
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_guest_may_put_under_its_prefix_and_nothing_else() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    let own = put(&stack, &guest, "mine", "photo.jpg", b"anything".to_vec()).await?;
    let config = stack.sdk(guest.credentials.clone());
    let (client, input, output) = (s3(&config), &stack.input_bucket, &stack.output_bucket);
    let write = |bucket: &str, key: &str| {
        client
            .put_object()
            .bucket(bucket)
            .key(key)
            .if_none_match("*")
            .body(vec![0].into())
            .send()
    };

    let mut refusals = Vec::new();
    for key in [
        "photo.jpg",
        "guest.jpg",
        "bulk/photo.jpg",
        "guest/photo.jpg",
    ] {
        refusals.push((
            key,
            refusal("put outside its prefix", write(input, key).await)?,
        ));
    }
    refusals.push((
        "output",
        refusal("put an output", write(output, &own).await)?,
    ));
    // A key of KMS: the one condition of the guest's policy that the local AWS can hold. tests/policies holds the others.
    let kms = client.put_object().bucket(input).key(&own);
    let kms = kms.server_side_encryption(ServerSideEncryption::AwsKms);
    refusals.push(("kms", refusal("choose a key", kms.send().await)?));
    refusals.push((
        "read",
        refusal(
            "read",
            client.get_object().bucket(input).key(&own).send().await,
        )?,
    ));
    refusals.push((
        "delete",
        refusal(
            "delete",
            client.delete_object().bucket(input).key(&own).send().await,
        )?,
    ));
    refusals.push((
        "list",
        refusal("list", client.list_objects_v2().bucket(input).send().await)?,
    ));
    refusals.push((
        "list outputs",
        refusal(
            "list outputs",
            client.list_objects_v2().bucket(output).send().await,
        )?,
    ));
    let sqs = aws_sdk_sqs::Client::new(&config);
    refusals.push((
        "queue",
        refusal(
            "read the queue",
            sqs.receive_message()
                .queue_url(&stack.queue_url)
                .send()
                .await,
        )?,
    ));
    let sns = aws_sdk_sns::Client::new(&config);
    refusals.push((
        "topic",
        refusal(
            "publish",
            sns.publish()
                .topic_arn(&stack.topic_arn)
                .message("x")
                .send()
                .await,
        )?,
    ));
    for (what, code) in refusals {
        assert!(
            code.starts_with("AccessDenied") || code == "AuthorizationError",
            "{what}: {code}"
        );
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn a_wrong_secret_is_refused() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    let token = guest.credentials.session_token().map(str::to_owned);
    let wrong = Credentials::new(
        guest.credentials.access_key_id(),
        "wrong",
        token,
        None,
        "wrong",
    );
    let key = format!("guest/{}/wrong/photo.jpg", guest.identity);
    let answer = s3(&stack.sdk(wrong))
        .put_object()
        .bucket(&stack.input_bucket)
        .key(key)
        .body(vec![0].into())
        .send()
        .await;
    assert_eq!(
        refusal("put with a wrong secret", answer)?,
        "SignatureDoesNotMatch"
    );
    Ok(())
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn only_our_page_may_put() -> Result<()> {
    let stack = stack();
    let guest = guest(&stack).await?;
    assert_eq!(
        preflight(&stack, &guest, &stack.site_url, "PUT").await?,
        (200, Some(stack.site_url.clone()))
    );
    for (origin, method) in [
        ("https://foreign.example", "PUT"),
        ("null", "PUT"),
        (&*stack.site_url, "DELETE"),
        (&*stack.site_url, "GET"),
    ] {
        assert_eq!(
            preflight(&stack, &guest, origin, method).await?,
            (403, None),
            "{method} from {origin}"
        );
    }
    Ok(())
}

/// A browser's question before a PUT to the input bucket: the status, and the origin that is allowed.
async fn preflight(
    stack: &Stack,
    guest: &Guest,
    origin: &str,
    method: &str,
) -> Result<(u16, Option<String>)> {
    let url = format!(
        "{}/{}/guest/{}/x/photo.jpg",
        stack.endpoint, stack.input_bucket, guest.identity
    );
    let ask = browser(&url)?
        .request(Method::OPTIONS, &url)
        .header("Origin", origin);
    let ask = ask
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "authorization,x-amz-date");
    let answer = ask.send().await?;
    let allowed = answer
        .headers()
        .get("access-control-allow-origin")
        .map(|value| value.to_str().map(str::to_owned))
        .transpose()?;
    Ok((answer.status().as_u16(), allowed))
}

#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn an_unknown_websocket_action_is_no_harm() -> Result<()> {
    use darkroom_tests::socket::{next, say, watch};
    let stack = stack();
    let mut socket = watch(&stack, &["0123456789abcdef0123456789abcdef"]).await?;
    say(
        &mut socket,
        &serde_json::json!({ "action": "watch", "ids": ["../secret"] }),
    )
    .await?;
    assert_eq!(next(&mut socket).await?["type"], "error");
    say(
        &mut socket,
        &serde_json::json!({ "action": "watch", "ids": ["fedcba9876543210fedcba9876543210"] }),
    )
    .await?;
    assert_eq!(
        next(&mut socket).await?["type"],
        "watching",
        "the connection is still good"
    );
    Ok(())
}
