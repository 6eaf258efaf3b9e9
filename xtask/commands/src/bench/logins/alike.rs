//! Whether an answer tells one kind of account from another: by status, headers and body at the same try, or by time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::ensure;
use reqwest::{Client, Response};
use tenantry_testkit::Effect;

use super::load::{client, login};
use super::town::{self, ATTACKED, Kind};

/// How many tries of an account are free.
const FREE: usize = 5;
/// The most tries: on a machine that is slow, a second has passed before the sixth, and it need not wait.
const TRIES: usize = 12;
/// From which on two samples are said to differ more than a little (J. Romano and others, 2006: 0.33 is where "small" ends).
pub(super) const SMALL: f64 = 0.33;

/// Of an answer everything that a client sees, but for when it was sent and which request it answers.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

async fn seen(response: Response) -> anyhow::Result<Seen> {
    let told = response.headers().iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    let headers = told.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let status = response.status().as_u16();
    Ok(Seen { status, headers, body: response.bytes().await?.to_vec() })
}

/// Tries accounts of each kind, every one from an address of its own, until it must wait: the answers are alike for all, and so is how many are free.
/// The answers by their status. How long to wait depends on when they asked, and is not compared.
pub(super) async fn answers(service: SocketAddr, of_each: usize) -> anyhow::Result<Vec<u16>> {
    let mut known = BTreeMap::new();
    for number in 0..of_each * Kind::ALL.len() {
        let (from, kind) = (client([1, u8::try_from(number % 250 + 1)?])?, town::kind(number).name());
        for place in 0..TRIES {
            let mut answer = seen(wrong(&from, service, number).await?).await?;
            answer.headers.retain(|(name, _)| name != "retry-after");
            let status = answer.status;
            ensure!(status == 401 || place >= FREE, "try {place} of somebody who is {kind} is answered {status}");
            let first = known.entry(status).or_insert_with(|| answer.clone());
            ensure!(*first == answer, "somebody who is {kind} is answered otherwise: {answer:?} in place of {first:?}");
            if status == 429 {
                break;
            }
        }
    }
    Ok(known.into_keys().collect())
}

async fn wrong(from: &Client, service: SocketAddr, number: usize) -> anyhow::Result<Response> {
    Ok(login(from, service, ATTACKED, &town::email(number), "a guessed password").send().await?)
}

/// How long a wrong password takes for each kind.
pub(super) struct Times {
    pub(super) kind: Kind,
    /// The median, in microseconds.
    pub(super) median: f64,
    /// Against the first kind.
    pub(super) effect: Option<Effect>,
}

/// Tries one of each kind in turn, in another order each time, so that what slows the machine down slows all.
pub(super) async fn times(service: SocketAddr, accounts: usize, rounds: usize) -> anyhow::Result<Vec<Times>> {
    let (from, kinds) = (client([0, 101])?, Kind::ALL.len());
    let mut took = vec![Vec::new(); kinds];
    // The first two are for what is filled once.
    for round in 0..rounds + 2 {
        for place in 0..kinds {
            // Rotated by the round, and turned around in every other one.
            let place = if round % 2 == 0 { place } else { kinds - 1 - place };
            let which = (place + round / 2) % kinds;
            let begin = Instant::now();
            wrong(&from, service, (round * kinds + which) % (accounts / kinds * kinds)).await?.bytes().await?;
            if round >= 2 {
                took[which].push(u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX));
            }
        }
    }
    let mut active = took.first().cloned().unwrap_or_default();
    let of_kind = Kind::ALL.into_iter().zip(&mut took).map(|(kind, took)| {
        let effect = if kind == Kind::Active { None } else { Effect::of(took, &mut active) };
        took.sort_unstable();
        Times { kind, median: took.get(took.len() / 2).copied().unwrap_or_default() as f64 / 1_000.0, effect }
    });
    Ok(of_kind.collect())
}

impl Times {
    /// Whether it is sure that the kind takes more than a little longer, or shorter, than the first.
    pub(super) fn tells(&self) -> bool {
        self.effect.is_some_and(|effect| effect.low > SMALL || effect.high < -SMALL)
    }
}
