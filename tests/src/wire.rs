//! A bad network between the functions and AWS: an HTTP proxy that makes a share of the calls fail, in every way a network can.
//!
//! It forwards calls byte by byte, so their signatures stay valid: version 4 signs the requested host, which is ours.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long a stalled call gets no answer: longer than the functions wait.
const STALL: Duration = Duration::from_secs(15);

/// How long a slow body takes.
const SLOW: Duration = Duration::from_secs(1);

/// One in this many faults is a stall, because each stall costs many seconds.
const STALL_OF: u64 = 60;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 500; the call has no effect.
    Error,
    /// 503 `SlowDown`; the call has no effect.
    SlowDown,
    /// The connection is reset before the call takes effect.
    ResetBefore,
    /// The call takes effect, but the answer is 500.
    AnswerLost,
    /// The call takes effect, then the connection is reset.
    ResetAfter,
    /// The second half of the answer comes late.
    SlowBody,
    /// The answer breaks off halfway.
    Truncated,
    /// A HEAD returns another ETag, as if the object had just been overwritten.
    OtherEtag,
    /// 403 for a missing object, as S3 answers callers that may not list.
    Forbidden,
    /// No answer.
    Stall,
}

/// All of them but the stall, equally likely.
const FAULTS: [Fault; 9] = [
    Fault::Error,
    Fault::SlowDown,
    Fault::ResetBefore,
    Fault::AnswerLost,
    Fault::ResetAfter,
    Fault::SlowBody,
    Fault::Truncated,
    Fault::OtherEtag,
    Fault::Forbidden,
];

/// A wire and its counters.
#[derive(Debug)]
pub struct Wire {
    /// The address that it listens on.
    pub port: u16,
    /// The percentage of calls that fail.
    pub percent: AtomicU32,
    /// All calls.
    pub calls: AtomicU64,
    /// Seconds that the body of every GET takes.
    pub drip: AtomicU64,
    /// The number of such GETs.
    pub dripped: AtomicU64,
    /// Faults by kind, in [`Wire::tally`]'s order.
    pub faults: [AtomicU64; FAULTS.len() + 1],
    upstream: String,
    dice: AtomicU64,
}

/// A call or an answer as it was read.
struct Message {
    head: String,
    body: Vec<u8>,
}

/// Starts a wire to the AWS at this endpoint (`http://host:port`); it runs as long as the program.
///
/// # Errors
/// When it cannot listen.
pub async fn lay(endpoint: &str) -> Result<Arc<Wire>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let wire = Arc::new(Wire {
        port: listener.local_addr()?.port(),
        percent: AtomicU32::new(0),
        calls: AtomicU64::new(0),
        drip: AtomicU64::new(0),
        dripped: AtomicU64::new(0),
        faults: Default::default(),
        upstream: endpoint.trim_start_matches("http://").to_owned(),
        dice: AtomicU64::new(0x9e37_79b9_7f4a_7c15),
    });
    let served = wire.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let wire = served.clone();
            tokio::spawn(async move {
                // A client that hung up needs no answer.
                let _ = wire.carry(client).await;
            });
        }
    });
    Ok(wire)
}

impl Wire {
    /// The kinds of faults, with the number of each.
    pub fn tally(&self) -> Vec<(String, u64)> {
        let kinds = FAULTS.iter().chain([&Fault::Stall]);
        kinds
            .zip(&self.faults)
            .map(|(kind, count)| (format!("{kind:?}"), count.load(Ordering::Relaxed)))
            .collect()
    }

    /// One call per connection: the answer ends it, so that each call can fail independently.
    async fn carry(&self, mut client: TcpStream) -> Result<()> {
        let call = read_call(&mut client).await?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        match self.draw() {
            Some(Fault::Error) => {
                answer(&mut client, "500 Internal Server Error", "InternalError").await
            }
            Some(Fault::SlowDown) => answer(&mut client, "503 Slow Down", "SlowDown").await,
            Some(Fault::ResetBefore) => reset(&client),
            Some(Fault::Stall) => {
                tokio::time::sleep(STALL).await;
                reset(&client)
            }
            fault => {
                let reply = self.pass_on(&call).await?;
                self.hand_over(&mut client, &call, reply, fault).await
            }
        }
    }

    /// Returns the answer to a call that took effect, as the fault alters it.
    async fn hand_over(
        &self,
        client: &mut TcpStream,
        call: &Message,
        mut reply: Message,
        fault: Option<Fault>,
    ) -> Result<()> {
        let is_head = call.head.starts_with("HEAD ");
        match fault {
            None => {}
            Some(Fault::ResetAfter) => return reset(client),
            Some(Fault::SlowBody) if !reply.body.is_empty() => {
                let half = reply.body.split_off(reply.body.len() / 2);
                client.write_all(reply.head.as_bytes()).await?;
                client.write_all(&reply.body).await?;
                tokio::time::sleep(SLOW).await;
                client.write_all(&half).await?;
                return Ok(());
            }
            Some(Fault::Truncated) if !reply.body.is_empty() => {
                client.write_all(reply.head.as_bytes()).await?;
                client
                    .write_all(&reply.body[..reply.body.len() / 2])
                    .await?;
                return Ok(());
            }
            Some(Fault::OtherEtag) if is_head && reply.head.starts_with("HTTP/1.1 200") => {
                reply.head = with_other_etag(&reply.head);
            }
            Some(Fault::Forbidden) if reply.head.starts_with("HTTP/1.1 404") => {
                return answer(client, "403 Forbidden", "AccessDenied").await;
            }
            Some(_) => return answer(client, "500 Internal Server Error", "InternalError").await,
        }
        client.write_all(reply.head.as_bytes()).await?;
        let seconds = self.drip.load(Ordering::Relaxed);
        if seconds > 0
            && call.head.starts_with("GET ")
            && reply.head.starts_with("HTTP/1.1 200")
            && let Ok(seconds) = usize::try_from(seconds)
        {
            self.dripped.fetch_add(1, Ordering::Relaxed);
            for drop in reply.body.chunks(reply.body.len() / seconds + 1) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                client.write_all(drop).await?;
            }
            return Ok(());
        }
        client.write_all(&reply.body).await?;
        Ok(())
    }

    async fn pass_on(&self, call: &Message) -> Result<Message> {
        let mut server = TcpStream::connect(&self.upstream).await?;
        server.write_all(call.head.as_bytes()).await?;
        server.write_all(&call.body).await?;
        read_reply(&mut server).await
    }

    /// Whether this call fails, and how.
    fn draw(&self) -> Option<Fault> {
        let dice = self.roll();
        if dice % 100 >= u64::from(self.percent.load(Ordering::Relaxed)) {
            return None;
        }
        let dice = self.roll();
        let place = if dice.is_multiple_of(STALL_OF) {
            FAULTS.len()
        } else {
            usize::try_from(dice % 1_000_003).unwrap_or(0) % FAULTS.len()
        };
        self.faults[place].fetch_add(1, Ordering::Relaxed);
        Some(FAULTS.get(place).copied().unwrap_or(Fault::Stall))
    }

    /// splitmix64.
    fn roll(&self) -> u64 {
        let mut dice = self
            .dice
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        dice = (dice ^ (dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        dice = (dice ^ (dice >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        dice ^ (dice >> 31)
    }
}

/// An answer of S3's own shape; other services' clients go by the status.
async fn answer(client: &mut TcpStream, status: &str, code: &str) -> Result<()> {
    let body = format!("<Error><Code>{code}</Code><Message>made up by the wire</Message></Error>");
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    Ok(client.write_all(text.as_bytes()).await?)
}

/// Ends the connection by RST, not by FIN.
fn reset(client: &TcpStream) -> Result<()> {
    Ok(client.set_zero_linger()?)
}

fn with_other_etag(head: &str) -> String {
    let lines = head.split("\r\n").map(|line| {
        if line.to_ascii_lowercase().starts_with("etag:") {
            "ETag: \"00000000000000000000000000000000\""
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

async fn read_call(client: &mut TcpStream) -> Result<Message> {
    let (mut head, mut body) = read_head(client).await?;
    if header(&head, "expect").is_some() {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let length: usize = match header(&head, "content-length") {
        Some(length) => length.parse()?,
        None if header(&head, "transfer-encoding").is_some() => bail!("a call in chunks"),
        None => 0,
    };
    let have = body.len().min(length);
    body.resize(length, 0);
    client.read_exact(&mut body[have..]).await?;
    // The server is to end the connection with its answer: then all of it is read when nothing more comes.
    head = without(&head, &["connection", "expect"]);
    head.insert_str(head.len() - 2, "Connection: close\r\n");
    Ok(Message { head, body })
}

async fn read_reply(server: &mut TcpStream) -> Result<Message> {
    let (head, mut body) = read_head(server).await?;
    match server.read_to_end(&mut body).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Message { head, body })
}

/// All up to the empty line, and what was read beyond it.
async fn read_head(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Ok((String::from_utf8(bytes)?, body));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            bail!("the connection ended");
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn without(head: &str, names: &[&str]) -> String {
    let keep = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        !names
            .iter()
            .any(|unwanted| unwanted.eq_ignore_ascii_case(name))
    };
    head.split("\r\n")
        .filter(keep)
        .collect::<Vec<_>>()
        .join("\r\n")
}

/// Makes `render` talk to AWS through the wire; returns the previous state, for [`unplug`].
///
/// # Errors
/// AWS's complaints.
pub fn plug(stack: &crate::stack::Stack, wire: &Wire) -> Result<Plugged> {
    let sources = stack.aws(&["lambda", "list-event-source-mappings"])?;
    let mappings = sources["EventSourceMappings"].as_array();
    let function = mappings
        .into_iter()
        .flatten()
        .filter(|source| {
            source["EventSourceArn"]
                .as_str()
                .is_some_and(|arn| is_queue(arn, stack))
        })
        .find_map(|source| source["FunctionArn"].as_str())
        .context("no function reads the queue")?
        .to_owned();
    let config = stack.aws(&[
        "lambda",
        "get-function-configuration",
        "--function-name",
        &function,
    ])?;
    let before = config["Environment"].clone();
    let mut during = before.clone();
    for service in ["S3", "SNS", "SQS"] {
        during["Variables"][format!("AWS_ENDPOINT_URL_{service}")] =
            format!("http://127.0.0.1:{}", wire.port).into();
    }
    let plugged = Plugged { function, before };
    configure(stack, &plugged.function, &during)?;
    Ok(plugged)
}

/// A function that talks through a wire, and its previous environment.
#[derive(Debug)]
pub struct Plugged {
    function: String,
    before: serde_json::Value,
}

/// Makes the function talk to AWS directly again.
///
/// # Errors
/// AWS's complaints.
pub fn unplug(stack: &crate::stack::Stack, plugged: &Plugged) -> Result<()> {
    configure(stack, &plugged.function, &plugged.before)
}

/// `function` is the ARN of an alias, which the queue calls. A published version never changes, so the alias gets a new one.
fn configure(
    stack: &crate::stack::Stack,
    function: &str,
    environment: &serde_json::Value,
) -> Result<()> {
    let (function, alias) = function.rsplit_once(':').context("no alias")?;
    let lambda = |verb: &str, options: &[&str]| {
        let words = ["lambda", verb, "--function-name", function];
        stack.aws(&[&words, options].concat())
    };
    let environment = environment.to_string();
    lambda(
        "update-function-configuration",
        &["--environment", &environment],
    )?;
    let published = lambda("publish-version", &[])?;
    let version = published["Version"].as_str().context("no version")?;
    let to = ["--name", alias, "--function-version", version];
    lambda("update-alias", &to).map(drop)
}

fn is_queue(arn: &str, stack: &crate::stack::Stack) -> bool {
    let name = |text: &str, separator| text.rsplit(separator).next().map(str::to_owned);
    name(arn, ':') == name(&stack.queue_url, '/')
}
