//! Whether Docker answers, asked without the client, which not every build has.

use std::env;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// How long Docker may take to answer. It is asked before anything is built for it, so this must be short.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where Docker should be: `DOCKER_HOST`, else the first of the usual sockets that is there.
pub(super) fn endpoint() -> String {
    if let Ok(host) = env::var("DOCKER_HOST")
        && !host.is_empty()
    {
        return host;
    }
    // The places where testcontainers looks, in its order.
    let below = |variable: &str, path: &str| env::var_os(variable).map(|folder| PathBuf::from(folder).join(path));
    let sockets = [
        Some(PathBuf::from("/var/run/docker.sock")),
        below("XDG_RUNTIME_DIR", ".docker/run/docker.sock"),
        below("HOME", ".docker/run/docker.sock"),
        below("HOME", ".docker/desktop/docker.sock"),
    ];
    let there = sockets.into_iter().flatten().find(|socket| socket.exists());
    format!("unix://{}", there.unwrap_or_else(|| "/var/run/docker.sock".into()).display())
}

/// Whether Docker answers there. Nothing is said of one that wants TLS: a server on its loopback cannot be reached from here.
pub(super) fn answers(endpoint: &str) -> bool {
    if let Some(path) = endpoint.strip_prefix("unix://") {
        return UnixStream::connect(path).is_ok_and(|stream| {
            let bounded = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
            bounded.is_ok() && pings(stream)
        });
    }
    let Some(address) = endpoint.strip_prefix("tcp://").or_else(|| endpoint.strip_prefix("http://")) else { return false };
    let Some(address) = address.trim_end_matches('/').to_socket_addrs().ok().and_then(|mut all| all.next()) else { return false };
    TcpStream::connect_timeout(&address, PATIENCE).is_ok_and(|stream| {
        let bounded = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
        bounded.is_ok() && pings(stream)
    })
}

/// Docker's own question whether it is there.
fn pings(mut stream: impl Read + Write) -> bool {
    let mut answer = [0; 12];
    let asked = stream.write_all(b"GET /_ping HTTP/1.0\r\n\r\n").and_then(|()| stream.read_exact(&mut answer));
    asked.is_ok() && answer.starts_with(b"HTTP/1.") && answer.ends_with(b" 200")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A listener that gives one answer, and where it is.
    fn listener(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a question");
            let mut question = [0; 23];
            stream.read_exact(&mut question).expect("a whole question");
            stream.write_all(answer.as_bytes()).expect("takes the answer");
        });
        format!("tcp://{address}")
    }

    #[test]
    fn docker_is_who_says_so() {
        assert!(answers(&listener("HTTP/1.0 200 OK\r\n\r\nOK")));
        assert!(!answers(&listener("HTTP/1.0 404 Not Found\r\n\r\n")));
        assert!(!answers(&listener("SSH-2.0-OpenSSH")));
        assert!(!answers(&listener("")));
    }

    #[test]
    fn where_nobody_listens_nobody_answers() {
        for endpoint in ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1", "tcp://", "tcp://no port", "npipe://x", ""] {
            assert!(!answers(endpoint), "{endpoint}");
        }
    }
}
