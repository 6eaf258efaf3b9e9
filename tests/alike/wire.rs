//! Requests and answers as they are on the wire.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The headers whose values differ from one answer to the next.
const OWN: [&str; 2] = ["date", "x-request-id"];

/// A row that is not there, or is another's, or a host of nobody: every byte of the answer but the [date](OWN). So it has no `Allow`, no
/// `Location`, no `Vary` and no `WWW-Authenticate`, and repeats nothing of what was asked.
pub(crate) const NOT_FOUND: &str = concat!(
    "HTTP/1.1 404 Not Found\ncontent-type: application/problem+json\ncache-control: no-store\ncontent-length: 74\nconnection: close\n\n",
    r#"{"type":"urn:tenantry:problem:not-found","title":"Not found","status":404}"#
);

/// What is asked, and of whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) host: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) method: &'a str,
    /// With its query.
    pub(crate) target: &'a str,
    pub(crate) body: Body<'a>,
}

/// Its media type, and the body. Nothing is said of one that is empty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Body<'a>(pub(crate) &'a str, pub(crate) &'a str);

pub(crate) const NONE: Body<'_> = Body("", "");

pub(crate) const fn json(text: &str) -> Body<'_> {
    Body("application/json", text)
}

/// Sends it on a connection of its own, and returns all that comes back: the head in its lines, an empty one, the body.
pub(crate) async fn exchange(address: SocketAddr, request: &Request<'_>) -> String {
    let Request { host, token, method, target, body: Body(media, body) } = request;
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    if let Some(token) = token {
        text += &format!("authorization: {token}\r\n");
    }
    if !body.is_empty() {
        text += &format!("content-type: {media}\r\ncontent-length: {}\r\n", body.len());
    }
    text += &format!("\r\n{body}");
    let mut stream = TcpStream::connect(address).await.expect("the service listens");
    stream.write_all(text.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is answered with text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{request:?} is answered by {answer:?}"));
    let is_own = |line: &&str| OWN.contains(&line.split(':').next().unwrap_or_default());
    let head: Vec<&str> = head.split("\r\n").filter(|line| !is_own(line)).collect();
    format!("{}\n\n{body}", head.join("\n"))
}

/// The same answer to `HEAD`, which has no body.
pub(crate) fn as_answer_to<'a>(method: &str, answer: &'a str) -> &'a str {
    let head = answer.find("\n\n").map_or(answer.len(), |end| end + 2);
    if method == "HEAD" { &answer[..head] } else { answer }
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
