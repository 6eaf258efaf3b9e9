//! Time as an oracle: whether another tenant's id takes longer to be refused than one that nobody has.
//!
//! Requests come in pairs, one with each kind of id, in random order within the pair, so that what slows the machine down slows both. The
//! two samples are compared by [Cliff's delta](Effect): how much likelier it is that one is the slower than that the other is. Nothing is
//! made red by it: a number says how far apart the two are, and its interval how sure that is.

use std::fmt;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, header};
use serde::Serialize;
use tenantry::TenantId;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::Principals;
use crate::Effect;
use crate::draw::Draw;

/// How many pairs are measured when nothing else is said.
pub const PAIRS: usize = 5_000;
/// How many pairs go before those that are measured, to warm up what is filled once.
const WARM_UP: usize = 50;

/// A request that is made with both kinds of ids.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The method.
    pub method: Method,
    /// The path above the id: `/customers`.
    pub path: String,
    /// The JSON body, for methods that have one.
    pub body: Option<String>,
}

/// What a comparison found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Timing {
    /// The method and the path, with `{id}` in the place of the id.
    pub request: String,
    /// How many pairs were measured.
    pub pairs: usize,
    /// How far the two differ; above nought, another tenant's ids are the slower ones.
    pub effect: Effect,
    /// The median for other tenants' ids, in microseconds.
    pub foreign_median_us: f64,
    /// The median for random ids, in microseconds.
    pub random_median_us: f64,
}

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimingError {
    /// There is nothing to ask for, or too little to compute with.
    #[error("a comparison needs at least one id of another tenant and two pairs")]
    TooFew,
    /// A request was not answered as one for a row that does not exist.
    #[error("{request} with {whose} id is answered by {status}, where 404 is due")]
    #[non_exhaustive]
    Answer {
        /// The request.
        request: String,
        /// Whose id it was.
        whose: &'static str,
        /// The status.
        status: StatusCode,
    },
    /// A request could not be made, or its answer not be read.
    #[error("{0}")]
    Request(String),
}

/// Compares the two kinds of ids behind a router that knows the tenant by the development layer. The ids are those of rows of other
/// tenants, and are used in turn; `pairs` is usually [`PAIRS`].
///
/// # Errors
/// When a request is answered otherwise than by 404: then there is more to mend than time.
pub async fn compare(router: &Router, tenant: TenantId, probe: &Probe, foreign: &[Uuid], pairs: usize) -> Result<Timing, TimingError> {
    let caller = Principals::default().caller;
    compare_as(router, &|request| caller(tenant, request), probe, foreign, pairs).await
}

/// The same with a caller that is shown in another way.
pub(super) async fn compare_as(
    router: &Router,
    caller: &(dyn Fn(&mut Parts) + Send + Sync),
    probe: &Probe,
    foreign: &[Uuid],
    pairs: usize,
) -> Result<Timing, TimingError> {
    if foreign.is_empty() || pairs < 2 {
        return Err(TimingError::TooFew);
    }
    // The order within a pair is no secret; the same order in each run makes two runs alike.
    let mut draw = Draw::new(0);
    let (mut slow, mut fast) = (Vec::with_capacity(pairs), Vec::with_capacity(pairs));
    for (pair, id) in foreign.iter().cycle().take(WARM_UP + pairs).enumerate() {
        let random = Uuid::now_v7();
        let (of_foreign, of_random) = if draw.percent(50) {
            let first = once(router, caller, probe, *id, "another tenant's").await?;
            (first, once(router, caller, probe, random, "a random").await?)
        } else {
            let first = once(router, caller, probe, random, "a random").await?;
            (once(router, caller, probe, *id, "another tenant's").await?, first)
        };
        if pair >= WARM_UP {
            slow.push(of_foreign);
            fast.push(of_random);
        }
    }
    Ok(Timing {
        request: probe.to_string(),
        pairs,
        effect: Effect::of(&mut slow, &mut fast).ok_or(TimingError::TooFew)?,
        foreign_median_us: median(&slow) / 1_000.0,
        random_median_us: median(&fast) / 1_000.0,
    })
}

/// How long one request takes until its body is read, in nanoseconds.
async fn once(
    router: &Router,
    caller: &(dyn Fn(&mut Parts) + Send + Sync),
    probe: &Probe,
    id: Uuid,
    whose: &'static str,
) -> Result<u64, TimingError> {
    let failed = |error: &dyn fmt::Display| TimingError::Request(error.to_string());
    let mut request = Request::builder().method(&probe.method).uri(format!("{}/{id}", probe.path));
    if probe.body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(probe.body.clone().map_or_else(Body::empty, Body::from)).map_err(|error| failed(&error))?;
    let (mut parts, body) = request.into_parts();
    caller(&mut parts);
    let request = Request::from_parts(parts, body);
    let service = router.clone();
    let start = Instant::now();
    let response = match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    to_bytes(response.into_body(), usize::MAX).await.map_err(|error| failed(&error))?;
    let elapsed = start.elapsed();
    if status != StatusCode::NOT_FOUND {
        return Err(TimingError::Answer { request: probe.to_string(), whose, status });
    }
    Ok(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
}

/// The middle of a sample that is sorted and not empty.
fn median(sorted: &[u64]) -> f64 {
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default() as f64;
    let (upper, lower) = (sorted.len() / 2, sorted.len().saturating_sub(1) / 2);
    f64::midpoint(at(lower), at(upper))
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{{id}}", self.method, self.path)
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, pairs, effect, foreign_median_us: foreign, random_median_us: random } = self;
        write!(f, "{request}, {pairs} pairs: {effect}; medians {foreign:.0} µs for another tenant's id, {random:.0} µs for a random one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!((median(&[1, 5, 9]), median(&[1, 5, 7, 9]), median(&[4])), (5.0, 6.0, 4.0));
    }

    #[test]
    fn it_is_told_in_a_line() {
        let effect = Effect { delta: 0.012, low: -0.04, high: 0.064 };
        let request = "GET /customers/{id}".to_owned();
        let timing = Timing { request, pairs: PAIRS, effect, foreign_median_us: 811.6, random_median_us: 810.0 };
        let expected = "GET /customers/{id}, 5000 pairs: Cliff's delta +0.012 (99 %: -0.040 to +0.064); \
                        medians 812 µs for another tenant's id, 810 µs for a random one";
        assert_eq!(timing.to_string(), expected);
        assert_eq!(serde_json::to_value(&timing).expect("JSON")["effect"]["low"], -0.04);
    }
}
