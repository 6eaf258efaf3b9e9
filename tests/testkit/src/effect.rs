//! How far two samples of times are apart.

use std::fmt;

use serde::Serialize;

/// The quantile of the normal distribution for an interval of 99 %.
const Z: f64 = 2.575_829_303_548_901;

/// Cliff's delta, P(x > y) − P(x < y), with its interval of 99 % (N. Cliff, "Dominance statistics", Psychological Bulletin 114, 1993: the
/// unbiased variance for independent groups; D. Feng and N. Cliff, "Monte Carlo evaluation of ordinal d with improved confidence interval",
/// JMASM 3, 2004: the asymmetric interval).
///
/// ```
/// use tenantry_testkit::Effect;
///
/// let effect = Effect::of(&mut [1, 2, 3], &mut [11, 12, 13]).expect("two values of each");
/// assert!(effect.delta == -1.0, "each of the first is below each of the others");
/// ```
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

impl Effect {
    /// The effect of two samples, which are sorted on the way; none when one has fewer than two values.
    #[must_use]
    pub fn of(xs: &mut [u64], ys: &mut [u64]) -> Option<Self> {
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

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cliff's delta {:+.3} (99 %: {:+.3} to {:+.3})", self.delta, self.low, self.high)
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
}
