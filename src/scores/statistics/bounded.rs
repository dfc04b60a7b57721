//! The mean of scores of which nothing is known but that they are bounded.

use super::{FULL, Interval, Spread, Sums, held};

/// So many halvings of the scale are less than what a double can hold apart.
const HALVINGS: usize = 60;

/// Where the true mean lies but for a probability of `outside`, half of it to each side, of any distribution of the scores: all
/// `μ` with `m·(x̄·ln(x̄/μ) + (1−x̄)·ln((1−x̄)/(1−μ))) ≤ ln(2/outside)`, with scores from 0 to 1. The interval is never of width zero, and needs
/// the sum alone. Intervals that learn the variance are narrower, but need every score in its order (betting), or some hundred visits
/// (empirical Bernstein).
///
/// `m` is half of the number of visits: each shopper is taken to have made two. If one shopper made more, the interval is too narrow.
///
/// Source: W. Hoeffding, Probability Inequalities for Sums of Bounded Random Variables, Journal of the American Statistical
/// Association 58 (1963), 13–30, in the form of the Kullback–Leibler divergence.
pub(super) fn interval(sums: Sums, outside: f64) -> Option<Interval> {
    let mean = (sums.n > 0).then(|| sums.sum as f64 / sums.n as f64 / FULL as f64)?.clamp(0.0, 1.0);
    let most = (2.0 / outside).ln() / Spread::worth(sums.n);
    let (low, high) = (lowest(mean, most), 1.0 - lowest(1.0 - mean, most));
    // Outwards by more than the doubles can be wrong.
    let at = |end: f64| end * FULL as f64;
    let (low, high) = ((at(low) - 1e-6).floor() as i128, (at(high) + 1e-6).ceil() as i128);
    Some(Interval { low: held(low), high: held(high) })
}

/// The lowest mean from which this one diverges by no more.
fn lowest(mean: f64, most: f64) -> f64 {
    let (mut below, mut within) = (0.0, mean);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(below, within);
        if divergence(mean, middle) > most {
            below = middle;
        } else {
            within = middle;
        }
    }
    below
}

/// The Kullback–Leibler divergence of two coins.
pub(super) fn divergence(one: f64, from: f64) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    part(one, from) + part(1.0 - one, 1.0 - from)
}
