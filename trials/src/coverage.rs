//! `trials coverage`: how often the intervals of means, changes and shares and the sets of ranks hold what they promise, by simulation.
//!
//! Brands are made by chance, with the visits of 24 months, so that their true means are known. The numbers that a brand lends to its branches are
//! computed as every night. Then each interval for the last 12 months is judged: whether the true mean lies in the interval, and how wide
//! the interval is.

mod chance;
mod changes;
mod scores;
mod shares;

use incognito::{
    cli::{Failure, Outcome, say},
    scores::statistics::{Basis, Extent, Minimum, Repeating, Repeats, Seen, Spread, Sums, Within, rank},
};

use self::{chance::Chance, scores::Scores};

/// What `trials coverage --help` says first.
pub(crate) const ABOUT: &str = "\
Simulate brands whose true means are known, and count how often intervals of 95 % hold them.

Prints a line for each cell: visits to a branch in 12 months, how scores are distributed, branches, shoppers, whether the brand
lends a variance, the share of intervals that hold the true mean, and their median width in basis points. Changes against the 12 months
before follow, of a branch and of a brand, then shares, then ranks. Ends with 1 if a cell holds less than 93 %, or if the sets of ranks or
Clopper and Pearson's intervals hold less than 95 %.";

/// In a cell, no fewer than this share of intervals hold the true mean, in thousandths.
const WANTED: usize = 930;
/// The sets of ranks of no fewer than this share of rankings are right.
const WANTED_OF_RANKS: usize = 950;
/// So many visits to each branch that is ranked, and how far one of them is ahead of the others, in basis points.
const OF_RANKED: i64 = 10;
const AHEAD: i64 = 8_000;
/// How many visits to a branch there are in 12 months.
const VISITS: [i64; 4] = [3, 5, 10, 30];
const BRANCHES: [usize; 3] = [2, 5, 40];

/// The size of the simulation.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many intervals are looked at in each cell
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    intervals: usize,
    /// How many rankings of 40 branches are looked at
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    rankings: usize,
    /// Each branch lends to itself alone, which has to fail
    #[arg(long, hide = true)]
    planted_defect: bool,
}

/// Simulates all cells.
pub(crate) fn run(options: &Options) -> Outcome {
    let mut failed = false;
    say("| visits | scores | branches | shoppers | lent | held | median width |");
    say("|---|---|---|---|---|---|---|");
    for cell in Cell::all() {
        failed |= !cell.looked_at(options);
    }
    changes::head();
    for cell in Cell::all() {
        failed |= !changes::looked_at(cell, options);
    }
    failed |= !shares::look(&VISITS);
    say("");
    for scores in Scores::ALL {
        failed |= !ranks(scores, options);
    }
    if failed { Err(Failure::found()) } else { Ok(()) }
}

#[derive(Clone, Copy)]
struct Cell {
    visits: i64,
    scores: Scores,
    branches: usize,
    /// How many visits to a branch each shopper makes in 12 months.
    visits_each: i64,
}

impl Cell {
    fn all() -> impl Iterator<Item = Self> {
        VISITS.into_iter().flat_map(|visits| {
            Scores::ALL.into_iter().flat_map(move |scores| {
                BRANCHES.into_iter().flat_map(move |branches| {
                    [1, 2].map(|visits_each| Self { visits, scores, branches, visits_each })
                })
            })
        })
    }

    /// Whether enough intervals hold the true mean.
    fn looked_at(self, options: &Options) -> bool {
        let mut chance = Chance::from(1);
        let (mut held, mut widths, mut lent) = (0, Vec::new(), 0);
        while widths.len() < options.intervals {
            let brand = Brand::by(&mut chance, self);
            for branch in &brand.branches {
                let spread = brand.spread(branch, options.planted_defect);
                lent += usize::from(spread.is_known());
                let Some(interval) = branch.sums.interval(&spread) else { continue };
                let holds =
                    f64::from(interval.low) <= branch.truth && branch.truth <= f64::from(interval.high);
                held += usize::from(holds);
                widths.push(interval.high - interval.low);
            }
        }
        widths.sort_unstable();
        let (all, Self { visits, scores, branches, visits_each }) = (widths.len(), self);
        let shoppers = if visits_each == 1 { "as many" } else { "half" };
        let lends = if 2 * lent > all { "yes" } else { "no" };
        let (share, width) = (held as f64 * 100.0 / all as f64, widths[all / 2]);
        say(format!("| {visits} | {scores} | {branches} | {shoppers} | {lends} | {share:.1} % | {width} |"));
        held * 1_000 >= WANTED * all
    }
}

/// Whether the sets of ranks are right often enough: of 40 branches that are the same each may hold every rank, and one that is far
/// ahead of them holds the first.
fn ranks(scores: Scores, options: &Options) -> bool {
    let mut chance = Chance::from(2);
    let cell = Cell { visits: OF_RANKED, scores, branches: 40, visits_each: 1 };
    let (mut right, mut ahead) = (0, 0);
    for _ in 0..options.rankings {
        let brand = Brand::alike(&mut chance, cell);
        let spread = if options.planted_defect { narrow() } else { brand.spread(&brand.branches[0], false) };
        let mut places: Vec<_> = brand.branches.iter().map(|branch| branch.sums).enumerate().collect();
        let is_tied = |of: &[(usize, Sums)]| {
            let ranking = rank(of, Minimum::of_visits(3), &spread);
            ranking.iter().filter_map(|line| line.rank).all(|rank| rank.best == 1 && rank.worst == of.len())
        };
        right += usize::from(is_tied(&places));
        for (_, sums) in places.iter_mut().skip(1) {
            let Sums { n, sum, sum_sq } = *sums;
            *sums = Sums { n, sum: sum - AHEAD * n, sum_sq: sum_sq - 2 * AHEAD * sum + AHEAD * AHEAD * n };
        }
        let first = rank(&places, Minimum::of_visits(3), &spread)
            .into_iter()
            .find(|line| line.key == 0)
            .and_then(|line| line.rank);
        ahead += usize::from(first.is_some_and(|rank| rank.best == 1 && rank.worst == 1));
    }
    let share = |of: usize| of as f64 * 100.0 / options.rankings as f64;
    say(format!(
        "- {scores}, 40 branches of {OF_RANKED} visits that are the same: all tied in {:.1} % of rankings; one that is {AHEAD} ahead is first alone in {:.1} %.",
        share(right),
        share(ahead)
    ));
    right.min(ahead) * 1_000 >= WANTED_OF_RANKS * options.rankings
}

/// A spread so narrow that nearly every difference is sure.
fn narrow() -> Spread {
    Basis { variance: 1, repeats: Repeats::default() }.spread(Extent::Branch, 12)
}

/// A branch that was made by chance.
struct Branch {
    truth: f64,
    /// The visits of the last 12 months.
    sums: Sums,
    /// The same of the 12 months before.
    truth_before: f64,
    before: Sums,
}

/// A brand that was made by chance.
struct Brand {
    branches: Vec<Branch>,
    within: Within,
    repeats: Repeats,
    /// The variance of one step of one answer.
    least: i64,
}

/// How the branches of a brand differ.
#[derive(Clone, Copy)]
enum Levels {
    /// Each is as good as it was the year before.
    Kept,
    /// All are the same.
    Alike,
    /// Each has become better or worse by chance.
    Changed,
}

impl Brand {
    fn by(chance: &mut Chance, cell: Cell) -> Self {
        Self::new(chance, cell, Levels::Kept)
    }

    fn alike(chance: &mut Chance, cell: Cell) -> Self {
        Self::new(chance, cell, Levels::Alike)
    }

    fn changing(chance: &mut Chance, cell: Cell) -> Self {
        Self::new(chance, cell, Levels::Changed)
    }

    fn new(chance: &mut Chance, Cell { visits, scores, branches, visits_each }: Cell, of: Levels) -> Self {
        let (mut within, mut repeating, mut shoppers) = (Within::default(), Repeating::default(), 0_u32);
        let branches = (0..branches).map(|_| {
            let levels = match of {
                Levels::Alike => [0.5; 2],
                Levels::Kept => [chance.next(); 2],
                Levels::Changed => {
                    let level = chance.next();
                    [level, (level + 0.2 * (chance.next() - 0.5)).clamp(0.0, 1.0)]
                }
            };
            let (mut seen, mut sums) = (Vec::new(), [Sums::default(); 2]);
            for (year, sums) in sums.iter_mut().enumerate() {
                let mut of_shopper = 0.0;
                for visit in 0..visits {
                    if visit % visits_each == 0 {
                        shoppers += 1;
                        of_shopper = chance.normal();
                    }
                    let score = scores.one(chance, levels[year], of_shopper);
                    *sums = sums.plus(Sums::of(score));
                    let age = 12 * year as i32 + (visit * 12 / visits) as i32;
                    seen.push(Seen { shopper: shoppers, age, score });
                }
            }
            repeating.branch(&seen);
            within = within.with(sums[0].plus(sums[1]));
            let [truth, truth_before] = levels.map(|level| scores.mean(level));
            Branch { truth, sums: sums[0], truth_before, before: sums[1] }
        });
        let branches = branches.collect();
        Self { branches, within, repeats: repeating.repeated().repeats(), least: scores.least() }
    }

    /// What the brand lends to a branch for 12 months.
    fn spread(&self, branch: &Branch, planted_defect: bool) -> Spread {
        if planted_defect {
            let Sums { n, sum, sum_sq } = branch.sums;
            let variance = if n > 1 { (n * sum_sq - sum * sum) / n / (n - 1) } else { 0 };
            return Basis { variance, repeats: Repeats::default() }.spread(Extent::Branch, 12);
        }
        self.lends(Extent::Branch)
    }

    /// What it lends for 12 months.
    fn lends(&self, to: Extent) -> Spread {
        let basis = self.within.basis(self.repeats, self.least);
        basis.map_or(Spread::UNKNOWN, |basis| basis.spread(to, 12))
    }
}
