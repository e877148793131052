//! The whole system on a local AWS: built, deployed with the real `sam deploy`, its page published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::functions::Profile;
use crate::server::{self, REGION, Server};
use crate::tools::Tools;
use crate::{fingerprint, functions, run, site, tools};

/// The CloudFormation stack's name.
const NAME: &str = "darkroom";
/// Names in stack.json, and the stack's outputs that they are.
const OUTPUTS: [(&str, &str); 11] = [
    ("input_bucket", "InputBucket"),
    ("output_bucket", "OutputBucket"),
    ("site_bucket", "SiteBucket"),
    ("queue_url", "QueueUrl"),
    ("dlq_url", "DlqUrl"),
    ("topic_arn", "TopicArn"),
    ("identity_pool_id", "IdentityPoolId"),
    ("websocket_url", "WebSocketUrl"),
    ("public_url", "PublicUrl"),
    ("site_url", "SiteUrl"),
    ("site_distribution", "SiteDistribution"),
];

/// Where a local stack lives and how it is built.
pub(crate) struct Place {
    /// Holds its state, logs and stack.json.
    pub(crate) folder: PathBuf,
    /// Port of the loopback address that it is served on.
    pub(crate) port: u16,
    /// How its functions are compiled.
    pub(crate) profile: Profile,
}

/// Brings the stack up, leaving out what has not changed since it was last stopped; returns what stack.json says.
pub(crate) fn start(place: &Place) -> Result<(Server, Value)> {
    let tools = tools::python_programs()?;
    tools::node_packages()?;
    let template = run::step("building the functions", || {
        functions::build(&place.folder.join("functions"), place.profile)
    })?;
    site::build()?;
    if server::crashed(&place.folder) {
        println!("the local AWS was ended before it could save its state: starting it afresh");
        wipe(&place.folder)?;
    }
    let server = run::step(
        &format!("starting the local AWS on {}", server::endpoint(place.port)),
        || Server::start(&tools.ministack, &place.folder, place.port),
    )?;
    let stack = deploy(&tools, place, &template)?;
    publish(&tools, place, &stack)?;
    Ok((server, stack))
}

/// Forgets a stack that does not run: objects, identities, everything.
pub(crate) fn wipe(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("failed to delete {}", folder.display()))?;
    }
    Ok(())
}

fn deploy(tools: &Tools, place: &Place, template: &Path) -> Result<Value> {
    let file = place.folder.join("stack.json");
    let made_from = format!(
        "{} {}",
        fingerprint::of(&[&place.folder.join("functions")])?,
        place.port
    );
    fingerprint::unless_done(&place.folder.join("deployed"), &made_from, || {
        run::step("deploying template.yaml", || {
            run::logged(
                &mut sam_deploy(tools, place, template),
                &place.folder.join("log/deploy.log"),
            )?;
            let stack = describe(tools, place)?;
            fs::write(&file, serde_json::to_string_pretty(&stack)?)
                .with_context(|| format!("failed to write {}", file.display()))
        })
    })?;
    let text =
        fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("failed to read {}", file.display()))
}

fn sam_deploy(tools: &Tools, place: &Place, template: &Path) -> Command {
    let mut sam = Command::new(&tools.sam);
    sam.args([
        "deploy",
        "--stack-name",
        NAME,
        "--region",
        REGION,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
    ]);
    sam.args([
        "--no-confirm-changeset",
        "--no-progressbar",
        "--no-fail-on-empty-changeset",
        "--template-file",
    ])
    .arg(template);
    // What must differ from AWS; template.yaml says why beside each parameter.
    sam.args([
        "--parameter-overrides",
        &format!("LocalPort={}", place.port),
        "GuestFolder=*",
    ]);
    server::credentials(&mut sam, place.port);
    sam
}

/// Asks the deployed stack for its outputs.
fn describe(tools: &Tools, place: &Place) -> Result<Value> {
    let mut ask = aws(tools, place.port);
    ask.args([
        "cloudformation",
        "describe-stacks",
        "--stack-name",
        NAME,
        "--query",
        "Stacks[0].Outputs",
        "--output",
        "json",
    ]);
    let outputs: Vec<Value> = serde_json::from_str(&run::output(&mut ask)?)
        .context("failed to read the stack's outputs")?;
    let mut stack = Map::from_iter([
        ("endpoint".to_owned(), json!(server::endpoint(place.port))),
        ("region".to_owned(), json!(REGION)),
        ("stack".to_owned(), json!(NAME)),
    ]);
    for (name, output) in OUTPUTS {
        let found = outputs
            .iter()
            .find(|candidate| candidate["OutputKey"] == output);
        let value = found
            .with_context(|| format!("failed to find output {output} of the stack"))?["OutputValue"]
            .clone();
        stack.insert(name.to_owned(), value);
    }
    Ok(Value::Object(stack))
}

fn publish(tools: &Tools, place: &Place, stack: &Value) -> Result<()> {
    let config = json!({
        "region": stack["region"],
        "identityPoolId": stack["identity_pool_id"],
        "inputBucket": stack["input_bucket"],
        "websocketUrl": stack["websocket_url"],
        "publicUrl": stack["public_url"],
        "endpoint": stack["endpoint"],
    });
    let bucket = stack["site_bucket"].as_str().unwrap_or_default();
    let made_from = format!(
        "{} {config} {bucket}",
        fingerprint::of(&[&run::root().join("frontend/dist")])?
    );
    fingerprint::unless_done(&place.folder.join("published"), &made_from, || {
        run::step("publishing the page", || {
            site::publish(&|| aws(tools, place.port), bucket, &config, &place.folder)
        })
    })?;
    Ok(())
}

/// AWS's command line against the local AWS.
fn aws(tools: &Tools, port: u16) -> Command {
    let mut aws = Command::new(&tools.aws);
    aws.args(["--endpoint-url", &server::endpoint(port)]); // `aws sqs` ignores AWS_ENDPOINT_URL
    server::credentials(&mut aws, port);
    aws
}
