//! The two loads: other tenants' requests, and the logins with wrong passwords.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::town::{self, ATTACKED, EMAIL, OTHERS, PASSWORD};
use crate::service::BASE;

/// From how many addresses passwords are guessed.
pub(super) const ADDRESSES: usize = 32;
/// How many connections each of the other tenants has.
const CONNECTIONS: usize = 2;

/// A client from that loopback address.
pub(super) fn client(from: [u8; 2]) -> anyhow::Result<Client> {
    let address = IpAddr::V4(Ipv4Addr::new(127, 0, from[0], from[1]));
    Ok(Client::builder().local_address(address).build()?)
}

/// A login at a tenant's host.
pub(super) fn login(client: &Client, service: SocketAddr, slug: &str, email: &str, password: &str) -> RequestBuilder {
    let request = client.post(format!("http://{service}/api/auth/login")).header(header::HOST, host(service, slug));
    request.json(&json!({ "email": email, "password": password }))
}

fn host(service: SocketAddr, slug: &str) -> String {
    format!("{slug}.{BASE}:{}", service.port())
}

/// The requests of the other tenants: each connection sends the next one as soon as the last is answered.
pub(super) struct Others {
    answered: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    /// They end with this value.
    _connections: JoinSet<()>,
}

impl Others {
    /// Logs in at each, and begins.
    pub(super) async fn start(service: SocketAddr, table: &str) -> anyhow::Result<Self> {
        let (answered, failed) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let mut connections = JoinSet::new();
        for slug in OTHERS {
            let session = login(&client([0, 100])?, service, slug, EMAIL, PASSWORD).send().await?;
            ensure!(session.status() == StatusCode::OK, "logging in at {slug} answered {}", session.status());
            let session: Value = session.json().await?;
            let token = session["access_token"].as_str().context("a session has no access token")?;
            for _ in 0..CONNECTIONS {
                let url = format!("http://{service}/api/{table}?limit=10");
                let request = client([0, 100])?.get(url).header(header::HOST, host(service, slug)).bearer_auth(token);
                let (answered, failed) = (Arc::clone(&answered), Arc::clone(&failed));
                connections.spawn(async move {
                    loop {
                        let count = if read(&request).await { &answered } else { &failed };
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        }
        Ok(Self { answered, failed, _connections: connections })
    }

    /// How many were answered until now.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// How many were answered otherwise than with rows.
    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

async fn read(request: &RequestBuilder) -> bool {
    let Some(request) = request.try_clone() else { return false };
    let Ok(response) = request.send().await else { return false };
    response.status() == StatusCode::OK && response.bytes().await.is_ok()
}

/// Guessing: logins with wrong passwords, in turn for each of the accounts.
pub(super) struct Attack {
    service: SocketAddr,
    accounts: usize,
    /// One for each connection.
    clients: Vec<Client>,
    next: Arc<AtomicUsize>,
    /// How often which status was the answer.
    pub(super) answers: BTreeMap<u16, u64>,
}

impl Attack {
    /// From each of the addresses so many connections.
    pub(super) fn new(service: SocketAddr, accounts: usize, connections: usize) -> anyhow::Result<Self> {
        let of_address = |number: usize| (0..connections).map(move |_| client([0, u8::try_from(number)?]));
        let clients = (1..=ADDRESSES).flat_map(of_address).collect::<anyhow::Result<_>>()?;
        Ok(Self { service, accounts, clients, next: Arc::default(), answers: BTreeMap::new() })
    }

    /// Goes on until so many logins are sent in all, or that time is over; how long it took until all of them were answered.
    pub(super) async fn until(&mut self, sent: usize, longest: Duration) -> anyhow::Result<Duration> {
        let (begin, mut connections) = (Instant::now(), JoinSet::new());
        for client in &self.clients {
            let (client, next, service, accounts) = (client.clone(), Arc::clone(&self.next), self.service, self.accounts);
            connections.spawn(async move {
                let mut answers = BTreeMap::<u16, u64>::new();
                while begin.elapsed() < longest {
                    let take = |number: usize| (number < sent).then_some(number + 1);
                    let Ok(number) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) else { break };
                    let email = town::email(number % accounts);
                    let response = login(&client, service, ATTACKED, &email, "a guessed password").send().await?;
                    *answers.entry(response.status().as_u16()).or_default() += 1;
                    response.bytes().await?;
                }
                anyhow::Ok(answers)
            });
        }
        while let Some(answers) = connections.join_next().await {
            for (status, count) in answers?? {
                *self.answers.entry(status).or_default() += count;
            }
        }
        Ok(begin.elapsed())
    }

    /// How many logins were sent until now.
    pub(super) fn sent(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }
}
