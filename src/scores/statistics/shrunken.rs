//! The shrunken mean, which orders places whose means are the same: of few visits it says less.

use super::{FULL, Spread, Sums};

/// What is known of some places together: their mean, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunken {
    mean: f64,
    /// The variance between places, in basis points squared.
    between: f64,
}

impl Shrunken {
    /// Of these places. With the variances `vᵢ` of their means, the weights `1/vᵢ` and `Q = Σ wᵢ(x̄ᵢ − x̄)²`, the variance between places is
    /// `τ² = max(0, (Q − (k−1)) / (Σw − Σw²/Σw))`, and their mean is weighted by `1/(vᵢ + τ²)`.
    ///
    /// Source: R. DerSimonian and N. Laird, Meta-Analysis in Clinical Trials, Controlled Clinical Trials 7 (1986), 177–188.
    pub fn of(places: &[Sums], spread: &Spread) -> Self {
        let places: Vec<(f64, f64)> =
            places.iter().filter_map(|sums| Some((mean(sums)?, variance(sums, spread)?))).collect();
        let weighted = |between: f64| {
            let weights = || places.iter().map(move |(mean, variance)| (mean, 1.0 / (variance + between)));
            let (all, squares) =
                weights().fold((0.0, 0.0), |(all, squares), (_, w)| (all + w, squares + w * w));
            let mean = weights().map(|(mean, weight)| mean * weight).sum::<f64>() / all;
            (mean, all, squares)
        };
        if places.is_empty() {
            return Self { mean: 0.0, between: 0.0 };
        }
        let (mean, all, squares) = weighted(0.0);
        let apart: f64 = places.iter().map(|(it, variance)| (it - mean) * (it - mean) / variance).sum();
        let free = (places.len() - 1) as f64;
        let between =
            if all > squares / all { ((apart - free) / (all - squares / all)).max(0.0) } else { 0.0 };
        Self { mean: weighted(between).0, between }
    }

    /// The mean of a place, shrunken to that of all: `x̄ + (x̄ᵢ − x̄)·τ²/(τ² + vᵢ)`, in thousandths of basis points. None without visits.
    ///
    /// Source: C. N. Morris, Parametric Empirical Bayes Inference: Theory and Applications, Journal of the American Statistical
    /// Association 78 (1983), 47–55.
    pub fn mean(&self, place: Sums, spread: &Spread) -> Option<i64> {
        let (mean, variance) = (mean(&place)?, variance(&place, spread)?);
        let kept = if self.between > 0.0 { self.between / (self.between + variance) } else { 0.0 };
        Some(((self.mean + (mean - self.mean) * kept) * 1_000.0).round() as i64)
    }
}

fn mean(sums: &Sums) -> Option<f64> {
    (sums.n > 0).then(|| sums.sum as f64 / sums.n as f64)
}

/// The variance of the mean; where nothing is lent, the greatest that scores on a scale can have.
fn variance(sums: &Sums, spread: &Spread) -> Option<f64> {
    let lent = spread.variance_of_mean(sums.n, sums.scatter()).map(|(variance, _)| variance);
    lent.or_else(|| (sums.n > 0).then(|| (FULL * FULL) as f64 / 4.0 / Spread::worth(sums.n)))
}
