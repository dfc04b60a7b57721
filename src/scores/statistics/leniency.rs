//! How leniently a shopper scores, beside the other shoppers who visit the same branches with the same checklists.
//!
//! The model of a score is `y = b + s + e`: `b` is the level of a branch with a checklist, a number that is not known; `s` the leniency
//! of the shopper and `e` the rest of the visit, both by chance, with mean zero and the variances `σₛ²` and `σₑ²`. So `s` is how much more, in basis points,
//! this shopper scores what the average of the shoppers would have scored.
//!
//! - **`σₑ²`** is the sum of squares about the least squares fit of branches and shoppers, `Q`, divided by its degrees of freedom `ν = N − L − d`: `N` visits to `L`
//!   levels by `S` shoppers in `G` groups (below), `d = S − G`. It is no less than one step of one answer.
//! - **`σₛ²`** is `(R − d·σₑ²) / Σᵢ aᵢ`: `R` is how much of the squares shoppers explain beyond the levels, `aᵢ = nᵢ − Σⱼ nᵢⱼ²/nⱼ` how
//!   many visits the shopper `i` shares with others. It is no less than the standard error that it would have if shoppers did not differ,
//!   `σₑ²·√(2d·(1 + d/ν)) / Σᵢ aᵢ`. Otherwise it would be zero in every second small brand, and all intervals with it.
//! - **The effect** is the best linear unbiased prediction: the solution of `(A + λI)·s = r`, `λ = σₑ²/σₛ²`, where `A` has `aᵢ` in its diagonal and `−Σⱼ nᵢⱼ·nₖⱼ/nⱼ` beside it, and
//!   `rᵢ` is how much the visits of a shopper scored above the means of their levels, added up. These are the mixed model equations after the levels are
//!   eliminated. They are solved by conjugate gradients, until nothing changes any more.
//! - **Its standard error** is `√(σₑ²·((A + λI)⁻¹)ᵢᵢ)`, its 95 % interval the effect `± t(0.975; d)` times that: `σₛ²` is known as well as `d` degrees of freedom know it.
//!
//! Shoppers who are not connected by branches that several of them visited are not comparable: each connected component is a **group**, and an effect is
//! one beside the average shopper of the group. With endless visits its standard error would still be `σₛ/√k` in a group of `k` shoppers.
//!
//! Sources: S. R. Searle, G. Casella and C. E. McCulloch, Variance Components (Wiley, 1992), chapter 5 for `σₑ²` and `σₛ²` (Henderson's Method III), and 7.6
//! (pages 275–286) for the mixed model equations; C. R. Henderson, Estimation of Variance and Covariance Components, Biometrics 9 (1953), 226–252; G. K. Robinson, That BLUP is a
//! Good Thing, Statistical Science 6 (1991), 15–32.

mod group;

use std::collections::BTreeMap;

use self::group::{Edge, Group, groups};
use super::{Sums, student_t};
use crate::db::types::text_enum;

/// So many visits to what others visited as well. With the spread that shoppers and visits usually have, from some ten visits on an effect is made of the
/// shopper's visits more than of the assumption that shoppers are average.
pub const FEWEST_VISITS: i64 = 10;
/// To so many branches: what is particular to one branch and one person is not the person's leniency.
pub const FEWEST_BRANCHES: i64 = 3;
/// So many shoppers in a group: beside one or two others, an effect is as much theirs.
pub const FEWEST_SHOPPERS: usize = 4;
/// So many degrees of freedom for the variance of visits, so that it is known to a quarter.
const LEAST_FREEDOM: i64 = 30;

text_enum! {
    /// Why nothing is said of a shopper.
    pub enum Missing {
        /// The shopper made too few visits to branches that others visited as well, with the same checklist.
        FewVisits = "few_visits",
        /// These visits are to too few branches.
        FewBranches = "few_branches",
        /// Too few shoppers are connected with this one by branches that they visited.
        FewShoppers = "few_shoppers",
        /// The brand has too few visits for how far visits scatter.
        FewOfBrand = "few_of_brand",
    }
}

/// Visits of one shopper to one branch with one checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made<S, B, C> {
    /// Who made them.
    pub shopper: S,
    /// Where.
    pub branch: B,
    /// With which checklist.
    pub checklist: C,
    /// What they scored.
    pub sums: Sums,
}

/// What the visits to a brand say about its shoppers.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured<S> {
    /// The variance `σₑ²`, in basis points squared.
    pub within: f64,
    /// The variance `σₛ²`, in basis points squared.
    pub between: f64,
    /// Each shopper, in their order.
    pub shoppers: Vec<Leniency<S>>,
}

/// How leniently a shopper scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leniency<S> {
    /// Who.
    pub shopper: S,
    /// All visits of the shopper.
    pub visits: Sums,
    /// How many of them are to branches that others visited as well, with the same checklist.
    pub shared_visits: i64,
    /// How many branches these are.
    pub shared_branches: i64,
    /// The number of the group, from 1: the one with most visits first.
    pub group: usize,
    /// The effect, or why there is none.
    pub effect: Result<Effect, Missing>,
}

/// How much more a shopper scores what the average shopper of the group would have scored, in basis points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The effect; greater than zero for who is lenient.
    pub effect: f64,
    /// Its standard error.
    pub error: f64,
    /// How far the 95 % interval reaches to both sides.
    pub reach: f64,
}

/// What these visits say. The variance `σₑ²` is no less than `least`, in basis points squared. The order of what was made makes no difference.
pub fn measure<S: Copy + Ord, B: Copy + Ord, C: Copy + Ord>(
    made: &[Made<S, B, C>],
    least: i64,
) -> Measured<S> {
    let mut by_key = BTreeMap::<_, Sums>::new();
    for one in made.iter().filter(|one| one.sums.n > 0) {
        let sums = by_key.entry((one.shopper, one.branch, one.checklist)).or_default();
        *sums = sums.plus(one.sums);
    }
    let one = |((shopper, branch, checklist), sums)| Made { shopper, branch, checklist, sums };
    let made: Vec<_> = by_key.into_iter().map(one).collect();
    let level = |one: &Made<S, B, C>| (one.branch, one.checklist);
    let mut levels: BTreeMap<(B, C), usize> = made.iter().map(|one| (level(one), 0)).collect();
    levels.values_mut().enumerate().for_each(|(number, of)| *of = number);
    let (mut shoppers, mut edges) = (Vec::<S>::new(), Vec::with_capacity(made.len()));
    for one in &made {
        if shoppers.last() != Some(&one.shopper) {
            shoppers.push(one.shopper);
        }
        let level = levels.get(&level(one)).copied().unwrap_or_default();
        edges.push(Edge { shopper: shoppers.len() - 1, level, sums: one.sums });
    }
    let groups = groups(&edges, shoppers.len(), levels.len());
    let fitted = Fitted::of(&groups, levels.len(), shoppers.len(), least);

    let mut found: Vec<_> = shoppers.iter().map(|shopper| Leniency::nothing(*shopper)).collect();
    let mut shared = vec![false; levels.len()];
    for (number, group) in groups.iter().enumerate() {
        group.shared().for_each(|level| shared[level] = true);
        group.shoppers.iter().for_each(|shopper| found[*shopper].group = number + 1);
    }
    let mut branch_before = None;
    for (one, edge) in made.iter().zip(&edges) {
        let of = &mut found[edge.shopper];
        of.visits = of.visits.plus(one.sums);
        if shared[edge.level] {
            of.shared_visits += one.sums.n;
            of.shared_branches += i64::from(branch_before != Some((edge.shopper, one.branch)));
            branch_before = Some((edge.shopper, one.branch));
        }
    }
    for group in &groups {
        let effects = fitted.effects(group);
        for (at, shopper) in group.shoppers.iter().enumerate() {
            let of = &mut found[*shopper];
            of.effect = match of.missing(group, &fitted) {
                Some(missing) => Err(missing),
                None => Ok(fitted.effect(group, at, effects[at])),
            };
        }
    }
    Measured { within: fitted.within, between: fitted.between, shoppers: found }
}

impl<S> Leniency<S> {
    const fn nothing(shopper: S) -> Self {
        let visits = Sums { n: 0, sum: 0, sum_sq: 0 };
        Self {
            shopper,
            visits,
            shared_visits: 0,
            shared_branches: 0,
            group: 0,
            effect: Err(Missing::FewVisits),
        }
    }

    fn missing(&self, group: &Group, fitted: &Fitted) -> Option<Missing> {
        if self.shared_visits < FEWEST_VISITS {
            Some(Missing::FewVisits)
        } else if self.shared_branches < FEWEST_BRANCHES {
            Some(Missing::FewBranches)
        } else if group.shoppers.len() < FEWEST_SHOPPERS {
            Some(Missing::FewShoppers)
        } else if fitted.freedom < LEAST_FREEDOM {
            Some(Missing::FewOfBrand)
        } else {
            None
        }
    }
}

/// The variances, and how well they are known.
struct Fitted {
    within: f64,
    between: f64,
    /// `ν`, the degrees of freedom of the variance within.
    freedom: i64,
    /// `d`, those of the variance between.
    apart: i64,
}

impl Fitted {
    fn of(groups: &[Group], levels: usize, shoppers: usize, least: i64) -> Self {
        let apart = shoppers as i64 - groups.len() as i64;
        let visits: i64 = groups.iter().map(|group| group.visits).sum();
        let freedom = visits - levels as i64 - apart;
        let about_levels: f64 = groups.iter().map(|group| group.about_levels).sum();
        let explained: f64 = groups.iter().map(Group::explained).sum();
        let shared: f64 = groups.iter().flat_map(|group| &group.shared_of).sum();
        let least = least.max(1) as f64;
        let within = ((about_levels - explained) / freedom.max(1) as f64).max(least);
        let degrees = apart as f64;
        let error = within * (2.0 * degrees * (1.0 + degrees / freedom.max(1) as f64)).sqrt();
        let between = if shared > 0.0 { (explained - degrees * within).max(error) / shared } else { 0.0 };
        Self { within, between, freedom, apart }
    }

    /// `λ`.
    fn ridge(&self) -> f64 {
        self.within / self.between
    }

    fn effects(&self, group: &Group) -> Vec<f64> {
        if self.between > 0.0 {
            group.solve(self.ridge(), &group.above)
        } else {
            vec![0.0; group.shoppers.len()]
        }
    }

    fn effect(&self, group: &Group, at: usize, effect: f64) -> Effect {
        let error = (self.within * group.inverse(self.ridge(), at)).sqrt();
        Effect { effect, error, reach: student_t(self.apart) * error }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
