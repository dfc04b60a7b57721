//! Groups of shoppers who are connected by what they visited, and the equations of each of them.

use super::super::Sums;

/// So near the solution is, as the share of the residual that is left: squared, since it is squared that it is looked at.
const NEAR: f64 = 1e-26;
/// One element of the inverse is nearer to its own solution than the vector is, by a square.
const NEAR_ELEMENT: f64 = 1e-18;

/// The visits of one shopper to one level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The number of the shopper.
    pub(super) shopper: usize,
    /// The number of the branch with its checklist.
    pub(super) level: usize,
    /// What the visits scored.
    pub(super) sums: Sums,
}

/// Some shoppers who are connected with one another, and with no others. A vector has one number for each of them, in their order.
#[derive(Debug)]
pub(super) struct Group {
    /// Their numbers.
    pub(super) shoppers: Vec<usize>,
    /// How many visits they made.
    pub(super) visits: i64,
    /// The sum of squares about the means of levels.
    pub(super) about_levels: f64,
    /// `r`: how much the visits of each scored above the means of their levels, added up.
    pub(super) above: Vec<f64>,
    /// `aᵢ`: how many visits each shares with others, in visits.
    pub(super) shared_of: Vec<f64>,
    /// Of each level its number, how many visits it has, and the visits of each of its shoppers.
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    number: usize,
    visits: f64,
    of: Vec<(usize, f64)>,
}

/// The groups, the one with most visits first.
pub(super) fn groups(edges: &[Edge], shoppers: usize, levels: usize) -> Vec<Group> {
    let mut by_level = vec![Vec::<Edge>::new(); levels];
    edges.iter().for_each(|edge| by_level[edge.level].push(*edge));
    let mut joined = Joined((0..shoppers).collect());
    for of in &by_level {
        for pair in of.windows(2) {
            joined.join(pair[0].shopper, pair[1].shopper);
        }
    }
    let mut groups = Vec::<Group>::new();
    // Of each shopper the group and the place in it.
    let (mut of_first, mut places) = (vec![None; shoppers], Vec::with_capacity(shoppers));
    for shopper in 0..shoppers {
        let first = joined.first(shopper);
        let group = *of_first[first].get_or_insert_with(|| {
            groups.push(Group::empty());
            groups.len() - 1
        });
        places.push((group, groups[group].shoppers.len()));
        groups[group].shoppers.push(shopper);
    }
    for group in &mut groups {
        group.above = vec![0.0; group.shoppers.len()];
        group.shared_of = vec![0.0; group.shoppers.len()];
    }
    for (number, of) in by_level.iter().enumerate() {
        let Some(one) = of.first() else { continue };
        groups[places[one.shopper].0].take(number, of, |edge| places[edge.shopper].1);
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.visits), group.shoppers.first().copied()));
    groups
}

impl Group {
    fn empty() -> Self {
        let (shoppers, levels) = (Vec::new(), Vec::new());
        Self { shoppers, visits: 0, about_levels: 0.0, above: Vec::new(), shared_of: Vec::new(), levels }
    }

    fn take(&mut self, number: usize, of: &[Edge], place: impl Fn(&Edge) -> usize) {
        let all = of.iter().fold(Sums::default(), |all, edge| all.plus(edge.sums));
        let visits = all.n as f64;
        self.visits += all.n;
        self.about_levels += all.scatter() as f64 / visits;
        for edge in of {
            let (at, own, n) = (place(edge), edge.sums, edge.sums.n as f64);
            // Exact up to the division.
            let above = i128::from(own.sum) * i128::from(all.n) - i128::from(own.n) * i128::from(all.sum);
            self.above[at] += above as f64 / visits;
            self.shared_of[at] += n * (visits - n) / visits;
        }
        let of = of.iter().map(|edge| (place(edge), edge.sums.n as f64)).collect();
        self.levels.push(Level { number, visits, of });
    }

    /// The numbers of the levels that several of them visited.
    pub(super) fn shared(&self) -> impl Iterator<Item = usize> {
        self.levels.iter().filter(|level| level.of.len() > 1).map(|level| level.number)
    }

    /// `R`: how much of the squares shoppers explain beyond the levels.
    pub(super) fn explained(&self) -> f64 {
        dot(&self.solve(0.0, &self.above), &self.above)
    }

    /// One element of the diagonal of `(A + λI)⁻¹`.
    pub(super) fn inverse(&self, ridge: f64, at: usize) -> f64 {
        let mut unit = vec![0.0; self.shoppers.len()];
        unit[at] = 1.0;
        self.solved(ridge, &unit, NEAR_ELEMENT)[at]
    }

    /// The solution of `(A + λI)·x = r`; without a ridge one of them, which differ by a constant.
    pub(super) fn solve(&self, ridge: f64, right: &[f64]) -> Vec<f64> {
        self.solved(ridge, right, NEAR)
    }

    /// By conjugate gradients, each equation divided by its diagonal. In exact numbers there are no more steps than shoppers.
    ///
    /// Source: M. R. Hestenes and E. Stiefel, Methods of Conjugate Gradients for Solving Linear Systems, Journal of Research of the National Bureau of
    /// Standards 49 (1952), 409–436.
    fn solved(&self, ridge: f64, right: &[f64], near: f64) -> Vec<f64> {
        let diagonal: Vec<f64> = self.shared_of.iter().map(|shared| shared + ridge).collect();
        let divided = |residual: &[f64]| -> Vec<f64> {
            let by = residual.iter().zip(&diagonal);
            by.map(|(left, diagonal)| if *diagonal > 0.0 { left / diagonal } else { 0.0 }).collect()
        };
        let mut found = vec![0.0; right.len()];
        let mut residual = right.to_vec();
        let mut towards = divided(&residual);
        let mut left = dot(&residual, &towards);
        let enough = left * near;
        for _ in 0..2 * right.len() + 50 {
            if left <= enough {
                break;
            }
            let image = self.times(ridge, &towards);
            let along = dot(&towards, &image);
            if along <= 0.0 {
                break;
            }
            let step = left / along;
            add(&mut found, step, &towards);
            add(&mut residual, -step, &image);
            let next = divided(&residual);
            let left_now = dot(&residual, &next);
            let kept = left_now / left;
            towards.iter_mut().zip(&next).for_each(|(old, new)| *old = new + kept * *old);
            left = left_now;
        }
        found
    }

    /// `(A + λI)·x`.
    fn times(&self, ridge: f64, of: &[f64]) -> Vec<f64> {
        let mut image: Vec<f64> = of.iter().map(|one| ridge * one).collect();
        for level in &self.levels {
            let mean = level.of.iter().map(|(at, n)| n * of[*at]).sum::<f64>() / level.visits;
            level.of.iter().for_each(|(at, n)| image[*at] += n * (of[*at] - mean));
        }
        image
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn add(to: &mut [f64], times: f64, of: &[f64]) {
    to.iter_mut().zip(of).for_each(|(to, of)| *to += times * of);
}

/// Of each shopper another one of the same group; the first of a group is its own.
struct Joined(Vec<usize>);

impl Joined {
    fn first(&mut self, of: usize) -> usize {
        let mut at = of;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}
