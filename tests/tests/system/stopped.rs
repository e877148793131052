//! The commands of docs/runbooks.md that stop guest uploads and open them again, run in order against the local AWS.

use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::error::ProvideErrorMetadata;
use darkroom_tests::stack::{Stack, s3, stack};
use serde_json::json;

/// The name of the role, another one in each run.
static ROLE: LazyLock<String> =
    LazyLock::new(|| format!("guest-of-the-runbook-{}", std::process::id()));

/// On a role of its own with the guest role's kind of rights: the other tests' guests go on.
#[tokio::test]
#[ignore = "needs a stack: cargo xtask test"]
async fn the_runbook_stops_guests_who_have_credentials_and_opens_again() -> Result<()> {
    let stack = stack();
    let policy = stop_policy(&stack)?;
    let guest = guest(&stack)?;
    let runbooks = include_str!("../../../docs/runbooks.md");
    let section = runbooks.split("## Stop guest uploads\n").nth(1);
    let section = section.and_then(|rest| rest.split("\n## ").next());
    let blocks = section.context("no such heading")?.split("```sh\n").skip(1);
    let commands: Vec<&str> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    let [stop, status, open] = commands[..] else {
        anyhow::bail!("expected three commands: {commands:?}");
    };
    let run = |command: &str| {
        let command = command.replace("GUEST_ROLE", &ROLE);
        shell(&stack, &command.replace("GUEST_STOP_POLICY", &policy))
    };

    assert_eq!(put(&stack, &guest).await?, None, "a guest may put");
    run(stop)?;
    ensure!(
        run(status)?.contains(&policy),
        "the status does not show it"
    );
    assert_eq!(put(&stack, &guest).await?.as_deref(), Some("AccessDenied"));
    run(open)?;
    ensure!(!run(status)?.contains(&policy), "the status still shows it");
    assert_eq!(put(&stack, &guest).await?, None, "guests may put again");
    Ok(())
}

/// The ARN that the stack's output `GuestStopPolicy` has.
fn stop_policy(stack: &Stack) -> Result<String> {
    let stacks = stack.aws(&["cloudformation", "describe-stacks"])?;
    let outputs = stacks["Stacks"].as_array().into_iter().flatten();
    let mut outputs = outputs.flat_map(|one| one["Outputs"].as_array().into_iter().flatten());
    let output = outputs.find(|output| output["OutputKey"] == "GuestStopPolicy");
    let arn = output.context("the stack has no such output")?["OutputValue"].as_str();
    Ok(arn.context("an output without a value")?.to_owned())
}

/// Credentials of a session that began before the stop.
fn guest(stack: &Stack) -> Result<Credentials> {
    let anybody =
        json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" });
    let trust = json!({ "Version": "2012-10-17", "Statement": [anybody] }).to_string();
    let guests = format!("arn:aws:s3:::{}/guest/*", stack.input_bucket);
    let put = json!({ "Effect": "Allow", "Action": "s3:PutObject", "Resource": guests });
    let rights = json!({ "Version": "2012-10-17", "Statement": [put] }).to_string();
    let role = ["--role-name", &ROLE];
    let made = [
        &["iam", "create-role"],
        &role[..],
        &["--assume-role-policy-document", &trust],
    ];
    let arn = stack.aws(&made.concat())?["Role"]["Arn"].clone();
    let named = ["--policy-name", "put", "--policy-document", &rights];
    stack.aws(&[&["iam", "put-role-policy"], &role[..], &named].concat())?;
    let arn = arn.as_str().context("a role without an ARN")?;
    let session = ["--role-session-name", "guest", "--role-arn", arn];
    let session = stack.aws(&[&["sts", "assume-role"], &session[..]].concat())?;
    let text = |name: &str| session["Credentials"][name].as_str().map(str::to_owned);
    let (id, secret) = text("AccessKeyId")
        .zip(text("SecretAccessKey"))
        .context("no keys")?;
    Ok(Credentials::new(
        id,
        secret,
        text("SessionToken"),
        None,
        "a guest",
    ))
}

/// Puts an object as the guest; returns what AWS said no with.
async fn put(stack: &Stack, guest: &Credentials) -> Result<Option<String>> {
    let client = s3(&stack.sdk(guest.clone()));
    let request = client.put_object().bucket(&stack.input_bucket);
    let answer = request
        .key("guest/runbook/uuid/words.jpg")
        .body(vec![0].into())
        .send()
        .await;
    Ok(answer
        .err()
        .map(|error| error.code().unwrap_or("no code").to_owned()))
}

/// Runs a command of the runbook as an administrator; returns its output.
fn shell(stack: &Stack, command: &str) -> Result<String> {
    let aws = std::env::var("DARKROOM_AWS")
        .context("these tests need the AWS CLI: run `cargo xtask test`")?;
    let function = format!(
        "aws() {{ {aws} --endpoint-url {} \"$@\"; }}\n",
        stack.endpoint
    );
    let output = Command::new("bash")
        .args(["-ec", &(function + command)])
        .env("AWS_DEFAULT_REGION", &stack.region)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .output()?;
    ensure!(
        output.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
