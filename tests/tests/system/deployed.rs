//! What is deployed is what keeps guests apart and messages safe, also where the local AWS would not notice.

use std::fs;

use anyhow::{Context, Result};
use darkroom_tests::originals::jpeg;
use darkroom_tests::stack::{Stack, eventually, public_id, s3, stack};
use serde_json::{Value, json};

/// The template's one resource pattern for guests, before and after CloudFormation.
const TEMPLATE_RESOURCE: &str = "arn:${AWS::Partition}:s3:::${Bucket}/guest/${GuestFolder}/*";
/// What AWS replaces by the identity id of the guest who asks.
const VARIABLE: &str = "${cognito-identity.amazonaws.com:sub}";

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn a_guest_may_put_into_its_own_folder_only() -> Result<()> {
    let stack = stack();
    let resource = |name: &str| -> Result<Value> {
        stack.aws(&[
            "cloudformation",
            "describe-stack-resource",
            "--stack-name",
            "darkroom",
            "--logical-resource-id",
            name,
        ])
    };
    let role = resource("GuestRole")?["StackResourceDetail"]["PhysicalResourceId"].clone();
    let role = role.as_str().context("no guest role")?;
    let names = stack.aws(&["iam", "list-role-policies", "--role-name", role])?;
    assert_eq!(names["PolicyNames"], json!(["put-own-originals"]));
    let attached = stack.aws(&["iam", "list-attached-role-policies", "--role-name", role])?;
    assert_eq!(attached["AttachedPolicies"], json!([]));
    let policy = stack.aws(&[
        "iam",
        "get-role-policy",
        "--role-name",
        role,
        "--policy-name",
        "put-own-originals",
    ])?;
    // The local AWS knows no policy variables, so its stack has `*` in the variable's place; this puts it back.
    let deployed = format!("arn:aws:s3:::{}/guest/*/*", stack.input_bucket);
    // What each condition refuses is in tests/policies. Here: that they were deployed, but for the one that is unknown locally.
    let conditions = json!({
        "Null": {
            "s3:x-amz-copy-source": "true",
            "s3:x-amz-server-side-encryption-customer-algorithm": "true",
            "s3:x-amz-server-side-encryption-aws-kms-key-id": "true",
        },
        "StringEqualsIfExists": {
            "s3:x-amz-server-side-encryption": "AES256",
            "s3:x-amz-storage-class": "STANDARD",
        },
    });
    assert_eq!(
        policy["PolicyDocument"]["Statement"],
        json!([{
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": deployed,
            "Condition": conditions,
        }])
    );
    let template = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"))?;
    assert!(
        template.contains(&format!("    Default: {VARIABLE}\n")),
        "the default of GuestFolder"
    );
    assert!(
        template.contains(&format!("- {TEMPLATE_RESOURCE}\n")),
        "the resource of the guest's policy"
    );

    let pattern = deployed.replacen("guest/*", &format!("guest/{VARIABLE}"), 1);
    let may = |guest: &str, key: &str| {
        matches(
            &pattern.replace(VARIABLE, guest),
            &format!("arn:aws:s3:::{}/{key}", stack.input_bucket),
        )
    };
    let (anna, ben) = (
        "us-east-1:aaaaaaaa-0000-0000-0000-000000000000",
        "us-east-1:bbbbbbbb-0000-0000-0000-000000000000",
    );
    assert!(may(anna, &format!("guest/{anna}/1/photo.jpg")));
    for key in [
        format!("guest/{ben}/1/photo.jpg"),
        format!("guest/{anna}"),
        format!("guest/{anna}x/1/photo.jpg"),
        format!("bulk/guest/{anna}/1/photo.jpg"),
        "guest/photo.jpg".to_owned(),
        String::new(),
    ] {
        assert!(!may(anna, &key), "a guest may put {key}");
    }
    Ok(())
}

/// IAM's matching of resources: `*` is any text, everything else is itself.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            text.char_indices()
                .map(|(at, _)| &text[at..])
                .chain([""])
                .any(|tail| matches(rest, tail))
        }),
    }
}

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn guests_come_only_from_the_pool_and_without_the_classic_flow() -> Result<()> {
    let stack = stack();
    let pool = stack.aws(&[
        "cognito-identity",
        "describe-identity-pool",
        "--identity-pool-id",
        &stack.identity_pool_id,
    ])?;
    assert_eq!(
        (
            &pool["AllowUnauthenticatedIdentities"],
            &pool["AllowClassicFlow"]
        ),
        (&json!(true), &json!(false))
    );
    let roles = stack.aws(&[
        "cognito-identity",
        "get-identity-pool-roles",
        "--identity-pool-id",
        &stack.identity_pool_id,
    ])?;
    let role = roles["Roles"]["unauthenticated"]
        .as_str()
        .and_then(|arn| arn.rsplit('/').next())
        .context("no role")?;
    let trust = stack.aws(&["iam", "get-role", "--role-name", role])?["Role"]["AssumeRolePolicyDocument"]["Statement"].clone();
    assert_eq!(
        trust,
        json!([{
            "Effect": "Allow",
            "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": { "cognito-identity.amazonaws.com:aud": stack.identity_pool_id },
                "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" },
            },
        }])
    );
    Ok(())
}

#[test]
#[ignore = "needs a stack: cargo xtask test"]
fn the_queue_outlives_its_function_and_reports_each_message_by_itself() -> Result<()> {
    let stack = stack();
    let queue = stack.aws(&[
        "sqs",
        "get-queue-attributes",
        "--queue-url",
        &stack.queue_url,
        "--attribute-names",
        "All",
    ])?;
    let number = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
            .context("not a number")
    };
    let redrive: Value = serde_json::from_str(
        queue["Attributes"]["RedrivePolicy"]
            .as_str()
            .context("no DLQ")?,
    )?;
    assert_eq!(
        redrive["maxReceiveCount"].to_string().trim_matches('"'),
        "5"
    );
    let sources = stack.aws(&["lambda", "list-event-source-mappings"])?;
    let queue_name = stack.queue_url.rsplit('/').next().unwrap_or_default();
    let is_ours = |source: &&Value| {
        let arn = source["EventSourceArn"].as_str().unwrap_or_default();
        arn.rsplit(':').next() == Some(queue_name)
    };
    let source = sources["EventSourceMappings"]
        .as_array()
        .and_then(|sources| sources.iter().find(is_ours))
        .with_context(|| format!("no event source reads the queue: {sources}"))?;
    assert_eq!(
        source["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
    let function = source["FunctionArn"]
        .as_str()
        .context("an event source without a function")?;
    let function = stack.aws(&[
        "lambda",
        "get-function-configuration",
        "--function-name",
        function,
    ])?;
    let timeout = function["Timeout"]
        .as_u64()
        .context("a function without a timeout")?;
    assert!(
        number(&queue["Attributes"]["VisibilityTimeout"])? >= 6 * timeout,
        "AWS asks for six times the timeout"
    );
    let dead = stack.aws(&[
        "sqs",
        "get-queue-attributes",
        "--queue-url",
        &stack.dlq_url,
        "--attribute-names",
        "All",
    ])?;
    assert_eq!(
        number(&dead["Attributes"]["MessageRetentionPeriod"])?,
        14 * 24 * 3600
    );
    Ok(())
}

/// The local AWS cannot send guests' events to their own queue, so this sends one there, as SNS does on AWS.
#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn guests_have_a_queue_and_a_function_of_their_own() -> Result<()> {
    let stack = stack();
    let key = "guest/own-queue/1/photo.jpg";
    let put = s3(&stack.admin()).put_object().bucket(&stack.input_bucket);
    put.key(key).body(jpeg(64, 64, 1)?.into()).send().await?;
    let event = json!({ "Records": [{
        "eventVersion": "2.3",
        "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": stack.input_bucket }, "object": { "key": key, "size": 1, "sequencer": "00" } },
    }] });
    let queue = output(&stack, "GuestQueueUrl")?;
    stack.aws(&[
        "sqs",
        "send-message",
        "--queue-url",
        &queue,
        "--message-body",
        &event.to_string(),
    ])?;
    let logs = output(&stack, "GuestRenderLogs")?;
    let word = format!("\"{}\"", public_id(key));
    eventually("guest render logs the job", async || {
        let found = stack.aws(&[
            "logs",
            "filter-log-events",
            "--log-group-name",
            &logs,
            "--filter-pattern",
            &word,
        ])?;
        let done = |event: &Value| {
            event["message"]
                .as_str()
                .is_some_and(|line| line.contains("\"ready\""))
        };
        Ok(found["events"]
            .as_array()
            .is_some_and(|events| events.iter().any(done))
            .then_some(()))
    })
    .await
}

/// A value that the stack gives out.
fn output(stack: &Stack, name: &str) -> Result<String> {
    let found = stack.aws(&[
        "cloudformation",
        "describe-stacks",
        "--stack-name",
        "darkroom",
        "--query",
        &format!("Stacks[0].Outputs[?OutputKey=='{name}']"),
    ])?;
    Ok(found[0]["OutputValue"]
        .as_str()
        .with_context(|| format!("no output {name}"))?
        .to_owned())
}
