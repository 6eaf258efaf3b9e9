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
use crate::draw::Draw;

/// How many pairs are measured when nothing else is said.
pub const PAIRS: usize = 5_000;
/// How many pairs go before those that are measured, to warm up what is filled once.
const WARM_UP: usize = 50;
/// The quantile of the normal distribution for an interval of 99 %.
const Z: f64 = 2.575_829_303_548_901;

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

/// Cliff's delta, P(x > y) − P(x < y), with its interval of 99 % (N. Cliff, "Dominance statistics", Psychological Bulletin 114, 1993: the
/// unbiased variance for independent groups; D. Feng and N. Cliff, "Monte Carlo evaluation of ordinal d with improved confidence interval",
/// JMASM 3, 2004: the asymmetric interval).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Effect {
    /// From −1 (every x is below every y) to 1; 0 when neither is the larger more often.
    pub delta: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
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

impl Effect {
    /// The effect of two samples, which are sorted on the way; none when one has fewer than two values.
    fn of(xs: &mut [u64], ys: &mut [u64]) -> Option<Self> {
        if xs.len() < 2 || ys.len() < 2 {
            return None;
        }
        xs.sort_unstable();
        ys.sort_unstable();
        let (n, m) = (xs.len() as f64, ys.len() as f64);
        let (of_xs, ties) = dominances(xs, ys);
        let (of_ys, _) = dominances(ys, xs);
        let delta = of_xs.iter().sum::<f64>() / n;
        // Around the mean, seen from each side. From the other side every sign is turned.
        let spread = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let (rows, columns) = (spread(&of_xs, delta), spread(&of_ys, -delta));
        let cells = n * m - ties - n * m * delta.powi(2);
        let unbiased = (m.powi(2) * rows + n.powi(2) * columns - cells) / (n * m * (n - 1.0) * (m - 1.0));
        // The estimate may fall below what is possible at all (Cliff 1993).
        let variance = unbiased.max((1.0 - delta.powi(2)) / (n * m - 1.0));
        Some(Self::between(delta, variance, n.min(m)))
    }

    /// The interval around an estimate of that variance.
    fn between(delta: f64, variance: f64, smaller: f64) -> Self {
        let z2 = Z.powi(2);
        // Without any overlap there is no variance; the interval is that of the smaller sample (Feng and Cliff 2004).
        if delta.abs() > 1.0 - 1e-9 {
            let inner = delta * (smaller - z2) / (smaller + z2);
            return Self { delta, low: inner.min(delta), high: inner.max(delta) };
        }
        let (square, spread) = (delta.powi(2), z2 * variance);
        let half = spread.sqrt() * ((1.0 - square).powi(2) + spread).sqrt();
        let end = |sign: f64| ((delta - delta.powi(3) + sign * half) / (1.0 - square + spread)).clamp(-1.0, 1.0);
        Self { delta, low: end(-1.0), high: end(1.0) }
    }
}

/// For each of the values, how many of the others it exceeds less those that exceed it, as a share; and how many pairs are ties. Both are sorted.
fn dominances(values: &[u64], others: &[u64]) -> (Vec<f64>, f64) {
    let mut ties = 0;
    let count = others.len();
    let shares = values.iter().map(|value| {
        let below = others.partition_point(|other| other < value);
        let upto = others.partition_point(|other| other <= value);
        ties += upto - below;
        (below as f64 - (count - upto) as f64) / count as f64
    });
    (shares.collect(), ties as f64)
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{{id}}", self.method, self.path)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cliff's delta {:+.3} (99 %: {:+.3} to {:+.3})", self.delta, self.low, self.high)
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

    fn near(effect: Effect, delta: f64, low: f64, high: f64) {
        let close = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(close(effect.delta, delta) && close(effect.low, low) && close(effect.high, high), "{effect:?}");
    }

    /// By hand: of the nine pairs seven are +, one −, one a tie, so d = 6/9. Rows 1/3, 2/3, 1; columns 1, 1, 0. The sums of squares around d
    /// are 2/9, 6/9 and, over the cells, 8 − 9·4/9 = 4. So s² = (9·2/9 + 9·6/9 − 4) / (9·2·2) = 1/9, above (1 − 4/9)/8.
    #[test]
    fn three_and_three_with_a_tie() {
        let effect = Effect::of(&mut [5, 3, 4], &mut [4, 1, 2]).expect("enough");
        near(effect, 2.0 / 3.0, -0.392_73, 0.965_72);
        // The other way round, everything is mirrored.
        near(Effect::of(&mut [1, 2, 4], &mut [3, 4, 5]).expect("enough"), -2.0 / 3.0, -0.965_72, 0.392_73);
    }

    /// By hand: rows −1, −1/2, 1/2, 1 and columns 1/4, −1/4, so d = 0; two of the eight pairs are ties, so the cells have 6. Then
    /// s² = (4·2.5 + 16/8 − 6) / (8·3·1) = 1/4, above 1/7, and the ends are ∓√(z²s² / (1 + z²s²)).
    #[test]
    fn four_and_two_of_no_effect() {
        let effect = Effect::of(&mut [1, 2, 3, 4], &mut [2, 3]).expect("enough");
        let spread = Z.powi(2) / 4.0;
        let end = (spread / (1.0 + spread)).sqrt();
        near(effect, 0.0, -end, end);
    }

    #[test]
    fn without_overlap_the_interval_reaches_the_end() {
        let z2 = Z.powi(2);
        let effect = Effect::of(&mut [10, 11, 12, 13, 14, 15, 16, 17, 18, 19], &mut [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).expect("enough");
        near(effect, 1.0, (10.0 - z2) / (10.0 + z2), 1.0);
        near(Effect::of(&mut [0, 1], &mut [7, 8]).expect("enough"), -1.0, -1.0, -((2.0 - z2) / (2.0 + z2)));
    }

    #[test]
    fn equal_values_have_no_effect_and_single_ones_no_interval() {
        let effect = Effect::of(&mut [3; 20], &mut [3; 20]).expect("enough");
        assert!(effect.delta == 0.0 && effect.low < 0.0 && effect.high > 0.0, "{effect:?}");
        assert_eq!(Effect::of(&mut [1], &mut [1, 2]), None);
    }

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
