//! A guest, as the page makes itself one: credentials of the identity pool, and nothing else.

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentity::types::Credentials as Vended;
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::primitives::ByteStream;

use crate::stack::{Stack, s3};

/// A guest and its keys.
#[derive(Debug)]
pub struct Guest {
    /// The identity id: a secret, and the folder under `guest/` that it may write to.
    pub identity: String,
    /// Its keys.
    pub credentials: Credentials,
}

/// A new guest, by the calls that any browser can make.
///
/// # Errors
/// Cognito's complaints.
pub async fn guest(stack: &Stack) -> Result<Guest> {
    let config = aws_sdk_cognitoidentity::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&stack.endpoint)
        .region(Region::new(stack.region.clone()))
        .build();
    let cognito = aws_sdk_cognitoidentity::Client::from_conf(config);
    let answer = cognito
        .get_id()
        .identity_pool_id(&stack.identity_pool_id)
        .send()
        .await?;
    let identity = answer
        .identity_id
        .context("an answer without an identity")?;
    let answer = cognito
        .get_credentials_for_identity()
        .identity_id(&identity)
        .send()
        .await?;
    let credentials = keys(
        answer
            .credentials
            .context("an answer without credentials")?,
    )?;
    Ok(Guest {
        identity,
        credentials,
    })
}

/// Puts an original as the page does; returns its key.
///
/// # Errors
/// S3's complaints.
pub async fn put(
    stack: &Stack,
    guest: &Guest,
    upload: &str,
    name: &str,
    body: Vec<u8>,
) -> Result<String> {
    let key = format!("guest/{}/{upload}/{name}", guest.identity);
    let client = s3(&stack.sdk(guest.credentials.clone()));
    client
        .put_object()
        .bucket(&stack.input_bucket)
        .key(&key)
        .if_none_match("*")
        .body(ByteStream::from(body))
        .send()
        .await?;
    Ok(key)
}

fn keys(vended: Vended) -> Result<Credentials> {
    let id = vended.access_key_id.context("no access key")?;
    let secret = vended.secret_key.context("no secret key")?;
    Ok(Credentials::new(
        id,
        secret,
        vended.session_token,
        None,
        "guest",
    ))
}
