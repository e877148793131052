//! An AWS of a test's own, over HTTP: it answers each request as the test says.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::config::{Credentials, Region, SharedCredentialsProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What comes for a request line: status, headers, body.
pub(crate) type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);
type Answers = Arc<dyn Fn(&str, &str) -> Answer + Send + Sync>;

/// Starts it; `answers` gets the first line and the body of each request. Returns the configuration of its clients.
pub(crate) async fn start(
    answers: impl Fn(&str, &str) -> Answer + Send + Sync + 'static,
) -> SdkConfig {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let answers: Answers = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answers)));
        }
    });
    let credentials = Credentials::new("id", "secret", None, None, "a test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(format!("http://{address}"))
        .build()
}

/// One request; then the connection is closed.
async fn serve(mut stream: TcpStream, answers: Answers) {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    let (head, body) = loop {
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend(&part[..read]),
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            break (head.to_owned(), body.to_owned());
        }
    };
    let line = head.lines().next().unwrap_or_default();
    let (status, headers, body) = answers(line, &body);
    let headers: Vec<String> = headers
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let answer = format!(
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n",
        body.len(),
        headers.concat()
    );
    let mut answer = answer.into_bytes();
    if !line.starts_with("HEAD") {
        answer.extend(body);
    }
    // a client that went away is no fault of the server's
    let _ = stream.write_all(&answer).await;
}

/// The length of a request's body, by its head.
fn length(head: &str) -> usize {
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let mut lengths = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths
        .next()
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or_default()
}
