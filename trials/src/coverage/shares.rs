//! How often the intervals of shares hold what they promise. Nothing is left to chance: each number of hits is as likely as the binomial
//! distribution has it.

use incognito::{cli::say, scores::statistics::Proportion};

/// The true shares that are looked at: so many thousandths from 1 to 999.
const THOUSANDTHS: i64 = 999;

/// Says of some numbers of visits how often both intervals hold a true share, on average over all shares and at least, and whether Clopper
/// and Pearson's is always right as often as it says.
pub(super) fn look(visits: &[i64]) -> bool {
    say("");
    say("Shares, over true shares from 0.1 % to 99.9 %:");
    say("");
    say("| visits | Wilson, on average | at least | Clopper and Pearson, on average | at least |");
    say("|---|---|---|---|---|");
    let mut is_right = true;
    for n in visits {
        let wilson = Held::of(*n, Proportion::interval);
        let sure = Held::of(*n, Proportion::sure_interval);
        say(format!(
            "| {n} | {:.1} % | {:.1} % | {:.1} % | {:.1} % |",
            wilson.mean, wilson.least, sure.mean, sure.least
        ));
        is_right &= sure.least >= 95.0;
    }
    is_right
}

/// How often intervals hold, in percent.
struct Held {
    mean: f64,
    least: f64,
}

impl Held {
    fn of(n: i64, interval: fn(Proportion) -> Option<(i64, i64)>) -> Self {
        let intervals: Vec<_> = (0..=n).filter_map(|hits| interval(Proportion { n, hits })).collect();
        let held = |thousandth: i64| {
            let (share, at) = (thousandth as f64 / 1_000.0, 10 * thousandth);
            let likely = likely(n, share);
            let holds = intervals.iter().map(|(low, high)| *low <= at && at <= *high);
            likely.into_iter().zip(holds).filter(|(_, holds)| *holds).map(|(likely, _)| likely * 100.0).sum()
        };
        let all: Vec<f64> = (1..=THOUSANDTHS).map(held).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        Self { mean, least: all.into_iter().fold(100.0, f64::min) }
    }
}

/// How likely each number of hits is.
fn likely(n: i64, share: f64) -> Vec<f64> {
    let mut likely = vec![(1.0 - share).powi(n as i32)];
    for hits in 1..=n {
        let before = likely[hits as usize - 1];
        likely.push(before * (n - hits + 1) as f64 / hits as f64 * share / (1.0 - share));
    }
    likely
}
