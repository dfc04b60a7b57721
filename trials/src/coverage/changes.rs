//! How often the intervals of changes hold what they promise: of a branch, and of a brand, by branch and of all visits together.

use incognito::{
    cli::say,
    scores::statistics::{Extent, Paired, Sums, paired},
};

use super::{Brand, Cell, Chance, Options, WANTED};

/// In a cell no fewer brands than this are looked at.
const FEWEST_BRANDS: usize = 2_000;

/// Says what the columns are.
pub(super) fn head() {
    say("");
    say("Changes, each against the 12 months before:");
    say("");
    say(
        "| visits | scores | branches | shoppers | lent | a branch | median width | a brand, by branch | median width | a brand, all visits | median width |",
    );
    say("|---|---|---|---|---|---|---|---|---|---|---|");
}

/// Intervals that were looked at.
#[derive(Default)]
struct Looked {
    held: usize,
    widths: Vec<i32>,
}

impl Looked {
    fn at(&mut self, (low, high): (i32, i32), truth: f64) {
        self.held += usize::from(f64::from(low) <= truth && truth <= f64::from(high));
        self.widths.push(high - low);
    }

    fn is_enough(&self) -> bool {
        self.held * 1_000 >= WANTED * self.widths.len()
    }

    fn line(&mut self) -> String {
        self.widths.sort_unstable();
        let all = self.widths.len();
        format!("{:.1} % | {}", self.held as f64 * 100.0 / all as f64, self.widths[all / 2])
    }
}

/// Whether enough intervals of a cell hold the true change.
pub(super) fn looked_at(cell: Cell, options: &Options) -> bool {
    let mut chance = Chance::from(3);
    let (mut branch, mut by_branch, mut together) = (Looked::default(), Looked::default(), Looked::default());
    let (mut lent, mut brands) = (0, 0);
    let fewest = FEWEST_BRANDS.min(options.intervals);
    while branch.widths.len() < options.intervals || brands < fewest {
        let brand = Brand::changing(&mut chance, cell);
        let of = |extent| brand.lends(extent);
        let spread = if options.planted_defect { super::narrow() } else { of(Extent::Branch) };
        lent += usize::from(spread.is_known());
        brands += 1;
        for one in &brand.branches {
            let Some(change) = one.sums.change_since(one.before, &spread) else { continue };
            branch.at((change.low, change.high), one.truth - one.truth_before);
        }
        // Each branch has as many visits in both periods, so all weigh the same.
        let changes: f64 = brand.branches.iter().map(|one| one.truth - one.truth_before).sum();
        let truth = changes / brand.branches.len() as f64;
        if let Some(Paired { change, .. }) =
            paired(brand.branches.iter().map(|one| (one.before, one.sums)), &spread)
        {
            by_branch.at((change.low, change.high), truth);
        }
        let sum = |side: fn(&super::Branch) -> Sums| {
            brand.branches.iter().map(side).fold(Sums::default(), Sums::plus)
        };
        let (now, before) = (sum(|one| one.sums), sum(|one| one.before));
        if let Some(change) = now.change_since(before, &of(Extent::Several)) {
            together.at((change.low, change.high), truth);
        }
    }
    let Cell { visits, scores, branches, visits_each } = cell;
    let shoppers = if visits_each == 1 { "as many" } else { "half" };
    let lends = if 2 * lent > brands { "yes" } else { "no" };
    say(format!(
        "| {visits} | {scores} | {branches} | {shoppers} | {lends} | {} | {} | {} |",
        branch.line(),
        by_branch.line(),
        together.line()
    ));
    branch.is_enough() && by_branch.is_enough() && together.is_enough()
}
