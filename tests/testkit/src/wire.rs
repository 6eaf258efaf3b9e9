//! A connection that can be cut at any message of PostgreSQL's protocol.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::DatabaseUrl;

/// A way along the wire.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Way {
    /// What the client says.
    ToServer,
    /// What the server says.
    ToClient,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ToServer, Self::ToClient];
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ToServer => "to the server",
            Self::ToClient => "to the client",
        })
    }
}

/// Where a wire is to be cut: half of that message arrives, and nothing after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cut {
    /// Which way the message goes.
    pub way: Way,
    /// How many messages go that way before it.
    pub after: u32,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {} {}", self.after + 1, self.way)
    }
}

/// A proxy on the loopback interface, a task of the caller's runtime, that knows where a message of the protocol ends (PostgreSQL manual,
/// 55.2: a start-up message is its length and itself, every other one has a letter before that). It ends with this value.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    line: Arc<Line>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Line {
    counted: Mutex<Counted>,
    /// Moves on whenever all connections are to end.
    ended: watch::Sender<()>,
    /// How many connections there are.
    live: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Counted {
    passed: [u32; 2],
    cut: Option<Cut>,
}

/// What becomes of a message.
enum Fate {
    Passes,
    IsCut,
}

impl Line {
    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self, way: Way) -> Fate {
        let mut counted = self.counted();
        let after = counted.passed[way as usize];
        if counted.cut == Some(Cut { way, after }) {
            counted.cut = None;
            return Fate::IsCut;
        }
        counted.passed[way as usize] += 1;
        Fate::Passes
    }
}

impl Wire {
    /// A wire to the server of that URL, which must be reached by an address.
    ///
    /// # Errors
    /// When there is no port, or the URL cannot be read.
    pub async fn to(server: &DatabaseUrl) -> io::Result<Self> {
        let options = server.options().map_err(io::Error::other)?;
        let address = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let line = Arc::new(Line { counted: Mutex::default(), ended: watch::Sender::new(()), live: watch::Sender::new(0) });
        let accepting = tokio::spawn(accept(listener, address, Arc::clone(&line)));
        Ok(Self { port, line, accepting })
    }

    /// The same login and database along the wire, without TLS, which would hide the messages.
    #[must_use]
    pub fn url(&self, login: &DatabaseUrl) -> DatabaseUrl {
        login.by_way_of(self.port)
    }

    /// Ends every connection there is, and waits until they have ended.
    pub async fn disconnect(&self) {
        let mut live = self.line.live.subscribe();
        loop {
            // Again whenever one comes or goes: one that is accepted only now has not heard what was said before it.
            self.line.ended.send_replace(());
            if *live.borrow_and_update() == 0 || live.changed().await.is_err() {
                return;
            }
        }
    }

    /// Counts from nought, and cuts every connection there when that message comes.
    pub fn watch(&self, cut: Option<Cut>) {
        *self.line.counted() = Counted { passed: [0, 0], cut };
    }

    /// How many messages have gone that way since, whole.
    #[must_use]
    pub fn passed(&self, way: Way) -> u32 {
        self.line.counted().passed[way as usize]
    }

    /// Whether the message at which to cut is still to come.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.line.counted().cut.is_some()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.line.ended.send_replace(());
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: (String, u16), line: Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        // From now on, not from when the server has answered.
        let ended = line.ended.subscribe();
        let (server, line) = (server.clone(), Arc::clone(&line));
        line.live.send_modify(|live| *live += 1);
        tokio::spawn(async move {
            if let Ok(upstream) = TcpStream::connect(server).await {
                connect(client, upstream, &line, ended).await;
            }
            line.live.send_modify(|live| *live -= 1);
        });
    }
}

/// Carries messages both ways until an end goes away, or the wire is cut. There is nobody to tell.
async fn connect(client: TcpStream, server: TcpStream, line: &Line, mut ended: watch::Receiver<()>) {
    // A message is written at once; waiting for more would only cost time.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        _ = carry(from_client, to_server, Way::ToServer, line) => {}
        _ = carry(from_server, to_client, Way::ToClient, line) => {}
        _ = ended.changed() => {}
    }
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, way: Way, line: &Line) -> io::Result<()> {
    let mut first = way == Way::ToServer;
    loop {
        let message = message(&mut from, first).await?;
        first = false;
        match line.fate(way) {
            Fate::Passes => to.write_all(&message).await?,
            Fate::IsCut => {
                to.write_all(message.get(..message.len() / 2).unwrap_or_default()).await?;
                line.ended.send_replace(());
                return Ok(());
            }
        }
    }
}

async fn message(from: &mut (impl AsyncRead + Unpin), first: bool) -> io::Result<Vec<u8>> {
    let letter = usize::from(!first);
    let mut message = vec![0; letter + 4];
    from.read_exact(&mut message).await?;
    let length: [u8; 4] = message.get(letter..).and_then(|length| length.try_into().ok()).unwrap_or_default();
    let body = u32::from_be_bytes(length).checked_sub(4).ok_or_else(|| io::Error::other("a message shorter than its length"))?;
    let start = message.len();
    message.resize(start + usize::try_from(body).map_err(io::Error::other)?, 0);
    from.read_exact(message.get_mut(start..).unwrap_or_default()).await?;
    Ok(message)
}
