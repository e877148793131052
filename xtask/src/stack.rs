//! The whole system on a local AWS: built, deployed with the real `sam deploy`, its page published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value, json};
use xtask::functions::Profile;
use xtask::tools::Tools;
use xtask::{fingerprint, functions, run, tools};

use crate::server::{self, REGION, Server};
use crate::site;

/// The CloudFormation stack's name.
const NAME: &str = "darkroom";
/// Names in stack.json, and the stack's outputs that they are.
const OUTPUTS: [(&str, &str); 13] = [
    ("input_bucket", "InputBucket"),
    ("output_bucket", "OutputBucket"),
    ("site_bucket", "SiteBucket"),
    ("queue_url", "QueueUrl"),
    ("dlq_url", "DlqUrl"),
    ("render_logs", "RenderLogs"),
    ("topic_arn", "TopicArn"),
    ("identity_pool_id", "IdentityPoolId"),
    ("websocket_url", "WebSocketUrl"),
    ("public_url", "PublicUrl"),
    ("site_url", "SiteUrl"),
    ("site_distribution", "SiteDistribution"),
    ("guest_days", "GuestDays"),
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
    // What is missing and only the user can install is said before the minutes of compiling.
    tools::languages()?;
    let (template, tools) = thread::scope(|scope| {
        let installing = scope.spawn(|| {
            let tools = tools::python_programs()?;
            tools::node_packages()?;
            site::build()?;
            Ok::<_, anyhow::Error>(tools)
        });
        let template = run::step("compiling the functions", || {
            functions::build(&place.folder.join("functions"), place.profile)
        });
        let tools = installing
            .join()
            .map_err(|_| anyhow!("failed to install the tools"))?;
        Ok::<_, anyhow::Error>((template?, tools?))
    })?;
    if server::crashed(&place.folder) {
        println!("the local AWS was killed before it saved its state: starting with an empty one");
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
            let mut stack = outputs(aws(tools, place.port), NAME)?;
            stack.insert("endpoint".to_owned(), json!(server::endpoint(place.port)));
            stack.insert("stack".to_owned(), json!(NAME));
            stack.insert("region".to_owned(), json!(REGION));
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
        "Sweep=on", // off on AWS; the system tests invoke it
    ]);
    server::credentials(&mut sam, place.port);
    sam
}

/// What a deployed stack says of itself, under stack.json's names. `aws` is AWS's command line with its credentials.
pub(crate) fn outputs(mut aws: Command, stack: &str) -> Result<Map<String, Value>> {
    aws.args([
        "cloudformation",
        "describe-stacks",
        "--stack-name",
        stack,
        "--query",
        "Stacks[0].Outputs",
        "--output",
        "json",
    ]);
    let outputs: Vec<Value> = serde_json::from_str(&run::output(&mut aws)?)
        .context("failed to read the stack's outputs")?;
    let value = |name: &str| {
        let found = outputs.iter().find(|output| output["OutputKey"] == name);
        let found = found.with_context(|| format!("the stack has no output {name}"))?;
        Ok::<_, anyhow::Error>(found["OutputValue"].clone())
    };
    OUTPUTS
        .iter()
        .map(|(name, output)| Ok(((*name).to_owned(), value(output)?)))
        .collect()
}

fn publish(tools: &Tools, place: &Place, stack: &Value) -> Result<()> {
    let page = fingerprint::of(&[&run::root().join("frontend/dist")])?;
    let made_from = format!("{page} {stack}");
    fingerprint::unless_done(&place.folder.join("published"), &made_from, || {
        run::step("publishing the page", || {
            site::publish(&|| aws(tools, place.port), stack, &place.folder)
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
