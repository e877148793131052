//! The stack under test: its parts, and the operations of an administrator.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use aws_sdk_sqs::types::QueueAttributeName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::schema::{self, Document};

/// The longest wait for anything: a render with debug checks behind others on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Characters that stay unencoded in the path of a URL.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The contents of stack.json.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// The local AWS.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Where originals land.
    pub input_bucket: String,
    /// Where variants and manifests are.
    pub output_bucket: String,
    /// What `render` reads.
    pub queue_url: String,
    /// Its dead-letter queue.
    pub dlq_url: String,
    /// Where notices are published.
    pub topic_arn: String,
    /// Where guests get their credentials.
    pub identity_pool_id: String,
    /// Where pages watch.
    pub websocket_url: String,
    /// Where a browser gets the output bucket's objects.
    pub public_url: String,
    /// The page.
    pub site_url: String,
    /// Where `render` logs.
    pub render_logs: String,
}

/// The stack that `cargo xtask test` started.
///
/// # Panics
/// When there is none: these tests are about nothing else.
#[must_use]
pub fn stack() -> Stack {
    let path =
        std::env::var("DARKROOM_STACK").expect("these tests need a stack: run `cargo xtask test`");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("failed to read {path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("failed to read {path}: {error}"))
}

impl Stack {
    /// An SDK configuration with these credentials.
    #[must_use]
    pub fn sdk(&self, credentials: Credentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new(self.region.clone()))
            .credentials_provider(aws_sdk_s3::config::SharedCredentialsProvider::new(
                credentials,
            ))
            .build()
    }

    /// An SDK configuration that may do everything.
    #[must_use]
    pub fn admin(&self) -> SdkConfig {
        self.sdk(Credentials::new("test", "test", None, None, "admin"))
    }

    /// The `darkroom` command line, as an administrator.
    ///
    /// # Errors
    /// When `cargo xtask` did not say where it is.
    pub fn darkroom(&self, arguments: &[&str]) -> Result<Command> {
        let program = std::env::var("DARKROOM_CLI")
            .context("these tests need the darkroom program: run `cargo xtask test`")?;
        let mut command = Command::new(program);
        command.args(arguments).envs([
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_REGION", &self.region),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_CONFIG_FILE", "/dev/null"),
        ]);
        Ok(command)
    }

    /// AWS's own command line, as an administrator.
    ///
    /// # Errors
    /// Its complaints.
    pub fn aws(&self, arguments: &[&str]) -> Result<Value> {
        let program = std::env::var("DARKROOM_AWS")
            .context("these tests need the AWS CLI: run `cargo xtask test`")?;
        let output = Command::new(program)
            .args([
                "--endpoint-url",
                &self.endpoint,
                "--region",
                &self.region,
                "--output",
                "json",
            ])
            .args(arguments)
            .envs([
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_CONFIG_FILE", "/dev/null"),
            ])
            .output()?;
        if !output.status.success() {
            bail!(
                "aws {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)) // not every command has JSON to say
    }
}

impl Stack {
    /// Invokes a function by its logical id in the template; returns its answer.
    ///
    /// # Errors
    /// AWS's complaints, and the function's.
    pub fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        let functions = self.aws(&["lambda", "list-functions"])?;
        let functions = functions["Functions"].as_array().into_iter().flatten();
        let mut names = functions.filter_map(|one| one["FunctionName"].as_str());
        let name = names
            .find(|name| name.contains(function))
            .with_context(|| format!("the stack has no {function}"))?;
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("answer");
        let path = file.to_str().context("a path that is not UTF-8")?;
        let payload = event.to_string();
        let invoked = [
            "lambda",
            "invoke",
            "--function-name",
            name,
            "--payload",
            &payload,
            path,
        ];
        let done = self.aws(&invoked)?;
        let answer = std::fs::read_to_string(&file)?;
        if !done["FunctionError"].is_null() {
            bail!("{function} failed: {answer}");
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

/// S3 with the addresses that the local AWS serves.
#[must_use]
pub fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::config::Builder::from(config)
            .force_path_style(true)
            .build(),
    )
}

/// A browser's GET of an output object, from a page of `origin` when there is one.
///
/// # Errors
/// When the server does not answer.
pub async fn get(url: &str, origin: Option<&str>) -> Result<Response> {
    let mut request = browser(url)?.get(url);
    if let Some(origin) = origin {
        request = request.header("Origin", origin);
    }
    Ok(request.send().await?)
}

/// An HTTP client that finds `*.localhost` on this machine, as browsers do and other programs do not.
///
/// # Errors
/// When `url` is none.
pub fn browser(url: &str) -> Result<reqwest::Client> {
    let url = reqwest::Url::parse(url)?;
    let host = url.host_str().context("a URL without a host")?;
    let port = url
        .port_or_known_default()
        .context("a URL without a port")?;
    let client = reqwest::Client::builder().no_proxy();
    Ok(if host.ends_with("localhost") {
        client.resolve(host, ([127, 0, 0, 1], port).into())
    } else {
        client
    }
    .build()?)
}

/// The URL of an output object.
#[must_use]
pub fn public_url(stack: &Stack, key: &str) -> String {
    format!("{}/{}", stack.public_url, utf8_percent_encode(key, PATH))
}

/// The first 32 hex digits of the key's SHA-256: what is watched.
#[must_use]
pub fn public_id(key: &str) -> String {
    sha256(key.as_bytes())[..32].to_owned()
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(hex, "{byte:02x}"); // a String takes everything
    }
    hex
}

/// Polls `ask` until it has an answer.
///
/// # Errors
/// What it asks for did not come in time, or `ask` failed.
pub async fn eventually<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = tokio::time::Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{what}: not within {} s", PATIENCE.as_secs())
}

/// The manifest of an original's `folder`, as soon as there is one.
///
/// # Errors
/// When there is none for long.
pub async fn manifest(stack: &Stack, folder: &str) -> Result<Value> {
    let url = public_url(stack, &format!("{folder}/manifest.json"));
    eventually(&format!("the manifest of {folder}"), async || {
        let response = get(&url, None).await?;
        Ok(if response.status().is_success() {
            let manifest = serde_json::from_slice(&response.bytes().await?)?;
            schema::check(Document::Manifest, &manifest)?;
            Some(manifest)
        } else {
            None
        })
    })
    .await
}

/// A queue of our own that lets the topic in and gets all of a kind that it publishes: `image` or `digest`. Returns its URL.
///
/// # Errors
/// AWS's complaints.
pub async fn tap(stack: &Stack, name: &str, kind: &str) -> Result<String> {
    let config = stack.admin();
    let sqs = aws_sdk_sqs::Client::new(&config);
    let url = sqs
        .create_queue()
        .queue_name(name)
        .send()
        .await?
        .queue_url
        .context("a queue without a URL")?;
    let attributes = sqs
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await?;
    let arn = attributes
        .attributes
        .unwrap_or_default()
        .remove(&QueueAttributeName::QueueArn)
        .context("a queue without an ARN")?;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": { "ArnEquals": { "aws:SourceArn": stack.topic_arn } },
        }],
    });
    sqs.set_queue_attributes()
        .queue_url(&url)
        .attributes(QueueAttributeName::Policy, policy.to_string())
        .send()
        .await?;
    let sns = aws_sdk_sns::Client::new(&config);
    sns.subscribe()
        .topic_arn(&stack.topic_arn)
        .protocol("sqs")
        .endpoint(arn)
        .attributes("FilterPolicy", json!({ "kind": [kind] }).to_string())
        .send()
        .await?;
    Ok(url)
}

/// The SNS envelopes that arrived in a tap since the last call.
///
/// # Errors
/// AWS's complaints.
pub async fn tapped(stack: &Stack, queue: &str) -> Result<Vec<Value>> {
    let sqs = aws_sdk_sqs::Client::new(&stack.admin());
    let mut envelopes = Vec::new();
    loop {
        let received = sqs
            .receive_message()
            .queue_url(queue)
            .max_number_of_messages(10)
            .send()
            .await?;
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(envelopes);
        }
        for message in messages {
            envelopes.push(serde_json::from_str(
                message.body().context("a message without a body")?,
            )?);
            sqs.delete_message()
                .queue_url(queue)
                .set_receipt_handle(message.receipt_handle)
                .send()
                .await?;
        }
    }
}

/// The notice in an SNS envelope.
///
/// # Errors
/// When it is none.
pub fn notice(envelope: &Value) -> Result<Value> {
    let message = envelope["Message"]
        .as_str()
        .context("an envelope without a message")?;
    let notice = serde_json::from_str(message)?;
    let kind = match envelope["MessageAttributes"]["kind"]["Value"].as_str() {
        Some("digest") => Document::Digest,
        _ => Document::Notice,
    };
    schema::check(kind, &notice)?;
    Ok(notice)
}

/// Waits until the queue has nothing left, waiting or in flight, and says how many messages are in the DLQ.
///
/// # Errors
/// When messages stay in the queue.
pub async fn drained(stack: &Stack) -> Result<u32> {
    eventually("the queue is empty", async || {
        Ok((depth(stack, &stack.queue_url).await? == 0).then_some(()))
    })
    .await?;
    depth(stack, &stack.dlq_url).await
}

/// How many messages a queue has, waiting or in flight.
///
/// # Errors
/// AWS's complaints.
pub async fn depth(stack: &Stack, url: &str) -> Result<u32> {
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let sqs = aws_sdk_sqs::Client::new(&stack.admin());
    let ask = sqs
        .get_queue_attributes()
        .queue_url(url)
        .set_attribute_names(Some(names.to_vec()));
    let attributes = ask.send().await?.attributes.unwrap_or_default();
    let counts = names.iter().map(|name| {
        let count = attributes.get(name).context("no such attribute")?;
        Ok(count.parse::<u32>()?)
    });
    counts.sum()
}

/// `aws s3 sync` of a folder into the input bucket's `prefix`.
///
/// # Errors
/// Its complaints.
pub fn sync(stack: &Stack, folder: &Path, prefix: &str) -> Result<()> {
    let target = format!("s3://{}/{prefix}", stack.input_bucket);
    stack
        .aws(&[
            "s3",
            "sync",
            "--only-show-errors",
            &folder.to_string_lossy(),
            &target,
        ])
        .map(drop)
}
