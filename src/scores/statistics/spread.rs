//! How far visits scatter, as all visits to a brand show it. The brand lends this to each of its places, whose own visits are too few.

/// `d₀`: how many degrees of freedom a borrowed variance has. With fewer the interval of 30 visits is too narrow near the ceiling, where
/// those that are all perfect say that nothing scatters; with more that of three (`trials coverage`).
pub const FREEDOM: i64 = 45;

/// How many months the pairs of visits lie within that repeats are counted of.
pub const WINDOWS: [i32; 3] = [3, 12, 24];

/// What a brand lends to its places for one subject, in whole numbers: so the numbers can be kept, and an interval be computed again to
/// the last digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The variance of scores within a branch, in basis points squared.
    pub variance: i64,
    /// How far visits by one shopper are alike.
    pub repeats: Repeats,
}

/// How often one shopper comes again, and how much alike the visits of one are. Rounded up in coarse steps, so that neither a single
/// visit nor who made it shows in a width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// The correlation of the scores of two visits to a branch by one shopper, in hundredths: 0..=100.
    pub correlation: i64,
    /// Which share of the pairs of visits to a branch is by one shopper, in thousandths, of pairs within each of [`WINDOWS`].
    pub in_branch: [i64; 3],
    /// How many further visits to the brand, in tenths, the shopper of a visit has made within each of [`WINDOWS`].
    pub in_brand: [i64; 3],
}

/// Which visits a mean is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Visits to one branch.
    Branch,
    /// Visits to several branches.
    Several,
}

/// How far the visits that a mean is of scatter, as far as their brand says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// What is lent; none by a brand with too few visits.
    lent: Option<Borrowed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Borrowed {
    variance: i64,
    correlation: i64,
    /// Of branches: the share of pairs by one shopper, in thousandths.
    share: Option<i64>,
    /// The shopper of a visit has made no more than so many of the others, in tenths.
    most: i64,
}

impl Basis {
    /// What is lent to a mean of visits of so many months. The share of pairs is that of the longest window that these months hold, the
    /// number of further visits that of the shortest window that holds these months; more than 24 months count as 24.
    pub fn spread(&self, of: Extent, months: i32) -> Spread {
        let Self { variance, repeats: Repeats { correlation, in_branch, in_brand } } = *self;
        let (held, holding) = match months {
            ..=3 => (0, 0),
            4..=11 => (0, 1),
            12 => (1, 1),
            13..=23 => (1, 2),
            _ => (2, 2),
        };
        let share = (of == Extent::Branch).then_some(in_branch[held]);
        Spread { lent: Some(Borrowed { variance, correlation, share, most: in_brand[holding] }) }
    }
}

#[cfg(test)]
impl Spread {
    /// What a brand lends to a branch for a year, whose scores have this standard deviation, in basis points, and to which no shopper
    /// comes twice.
    pub fn of_deviation(deviation: i64) -> Self {
        Basis { variance: deviation * deviation, repeats: Repeats::default() }.spread(Extent::Branch, 12)
    }
}

impl Spread {
    /// Nothing is known but that scores are bounded.
    pub const UNKNOWN: Self = Self { lent: None };

    /// Whether the brand lends anything.
    pub fn is_known(&self) -> bool {
        self.lent.is_some()
    }

    /// The variance of the mean of so many visits with this scatter `n·Σx² − (Σx)²`, in basis points squared, and its degrees of
    /// freedom. None if nothing is lent, or without a visit.
    ///
    /// The variance is `(d₀·s₀² + (n−1)·s²) / (d₀+n−1) / n · (1+f·ρ)/(1−f·ρ/(n−1))`. The first factor is the variance, borrowed and own. The last one is for
    /// visits by one shopper: of `n−1` other visits its shopper made `f` on average, of which `f = (n−1)·p` in a branch, and their
    /// correlation is `ρ`; so the mean scatters more, and visits around it less, than independent ones do.
    ///
    /// Sources: G. K. Smyth (2004), as in `squeezeVar` of limma, <https://rdrr.io/pkg/limma/man/squeezeVar.html>, for the weighted variance
    /// and its degrees of freedom (not for how s₀² and d₀ are found); L. Kish (1965) for `1 + (m−1)·ρ`, the design effect.
    pub fn variance_of_mean(&self, n: i64, scatter: i128) -> Option<(f64, i64)> {
        let lent = self.lent.filter(|_| n > 0)?;
        let freedom = FREEDOM + n - 1;
        // The variance times n, as one exact fraction: the scatter is n times the sum of squares about the mean.
        let numerator = i128::from(FREEDOM) * i128::from(lent.variance) * i128::from(n) + scatter.max(0);
        let count = n as f64;
        let variance = numerator as f64 / freedom as f64 / count;
        Some((variance * lent.design(n) / count, freedom))
    }

    /// What is lent to the visits of many branches together, of which there are no more than so many in a period; none if nothing is lent.
    pub(super) fn pooled(&self, visits: i64) -> Option<Pooled> {
        let Borrowed { variance, correlation, share, most } = self.lent?;
        let correlation = correlation as f64 / 100.0;
        let further = (most as f64 / 10.0).min((visits - 1) as f64);
        let unseen = (share.unwrap_or(0) as f64 / 1_000.0 * correlation).min(0.9);
        Some(Pooled { variance, freedom: FREEDOM, design: (1.0 + further * correlation) / (1.0 - unseen) })
    }

    /// Of how many independent visits these are worth at least, where nothing is lent: each shopper is taken to have made two.
    pub(super) fn worth(n: i64) -> f64 {
        n as f64 / if n > 1 { 2.0 } else { 1.0 }
    }
}

/// What is lent to the visits of many branches together.
pub(super) struct Pooled {
    /// In basis points squared.
    pub(super) variance: i64,
    pub(super) freedom: i64,
    /// How much more their mean scatters because shoppers come again.
    pub(super) design: f64,
}

impl Borrowed {
    /// `(1+f·ρ)/(1−f·ρ/(n−1))`.
    fn design(&self, n: i64) -> f64 {
        let others = (n - 1) as f64;
        let correlation = self.correlation as f64 / 100.0;
        let most = (self.most as f64 / 10.0).min(others);
        let further = self.share.map_or(most, |share| (others * share as f64 / 1_000.0).min(most));
        // A share of one and a correlation of one leave nothing to divide by: then all visits are worth one.
        let share = if n > 1 { (further / others * correlation).min(0.9) } else { 0.0 };
        (1.0 + further * correlation) / (1.0 - share)
    }
}
