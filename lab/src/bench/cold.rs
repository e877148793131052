//! Cold start: from exec to the first request for work, as Lambda's runtime API sees it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use xtask::run;
use xtask::tools::Peers;

/// Starts of each; the report uses medians.
const STARTS: usize = 15;
/// The request that a function makes when it is ready.
const FIRST_REQUEST: &str = "GET /2018-06-01/runtime/invocation/next";
/// The time after which a start counts as failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts our `render` function and node + sharp + its AWS SDK in turns.
pub(super) fn measure(peers: &Peers, render: &Path) -> Result<Value> {
    println!("cold starts: {STARTS} of each");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(start(&mut Command::new(render))?);
        let mut node = Command::new("node");
        node.arg(peers.node.join("cold.cjs"))
            .env("NODE_NO_WARNINGS", "1"); // the AWS SDK warns of old nodes
        theirs.push(start(&mut node)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    Ok(json!({
        "darkroom_ms": ours,
        "node_sharp_sdk_ms": theirs,
        "ratio": theirs / ours,
        "render_binary_bytes": fs::metadata(render)?.len(),
    }))
}

fn median(mut milliseconds: Vec<f64>) -> f64 {
    milliseconds.sort_by(f64::total_cmp);
    milliseconds[milliseconds.len() / 2]
}

/// Milliseconds until the program asks for work; then it is killed.
fn start(command: &mut Command) -> Result<f64> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    command
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
        .envs(ENVIRONMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let begun = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("failed to start {}", command.get_program().display()))?;
    let asked = first_request(&listener, begun);
    child.kill()?;
    child.wait()?;
    Ok(asked?.as_secs_f64() * 1e3)
}

fn first_request(listener: &TcpListener, begun: Instant) -> Result<Duration> {
    loop {
        if let Ok((connection, _)) = listener.accept() {
            connection.set_nonblocking(false)?;
            connection.set_read_timeout(Some(PATIENCE))?;
            let mut line = String::new();
            BufReader::new(connection).read_line(&mut line)?;
            if !line.starts_with(FIRST_REQUEST) {
                bail!("failed to start a function: its first request was {line:?}");
            }
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE || run::stopping() {
            bail!("failed to start a function: it never asked for an invocation");
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// The environment that Lambda and template.yaml give the render function.
const ENVIRONMENT: [(&str, &str); 14] = [
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_LAMBDA_FUNCTION_NAME", "render"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "none"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "none"),
    ("INPUT_BUCKET", "input"),
    ("OUTPUT_BUCKET", "output"),
    ("TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:notices"),
    ("PUBLIC_URL", "http://127.0.0.1"),
    ("QUEUE_URL", "http://127.0.0.1/000000000000/events"),
    ("DLQ_URL", "http://127.0.0.1/000000000000/dead"),
];
