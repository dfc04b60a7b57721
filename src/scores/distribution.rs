//! Distributions: how the scores of the visits behind a figure are spread, and how many shoppers made the visits. Desks alone are shown them.

use std::collections::HashSet;

use super::{
    by_visit,
    figures::overall,
    model::{Place, Reader},
    store::{Listed, behind},
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    ids::AccountId,
};

/// Of more visits than this only the number is given: they are read one by one.
const MOST_READ: i64 = 20_000;
/// So many bins of equal width are made of the scale.
const BINS: usize = 10;
/// The width of a bin, in basis points.
const WIDTH: i32 = 1_000;

/// The visits behind a figure.
#[derive(Debug)]
pub struct Behind {
    /// The place.
    pub place: Visible,
    /// How many visits count.
    pub visits: i64,
    /// How their scores are spread; none without visits, and if there are more than 20,000.
    pub distribution: Option<Distribution>,
}

/// How some scores are spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// How many shoppers made the visits.
    pub shoppers: usize,
    /// The quantiles.
    pub quantiles: Quantiles,
    /// How many visits scored within each bin, from the lowest one up: from 0 to 999 basis points, and so on; the last one has 10,000 in it.
    pub bins: [usize; BINS],
}

/// Scores that divide the visits, in basis points: the least score that a share of the visits does not exceed. Each is what a visit scored.
///
/// Source: R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996), 361–365, definition 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles {
    /// The least score.
    pub least: i32,
    /// 10 %.
    pub tenth: i32,
    /// 25 %.
    pub quarter: i32,
    /// 50 %.
    pub median: i32,
    /// 75 %.
    pub three_quarters: i32,
    /// 90 %.
    pub nine_tenths: i32,
    /// The greatest score.
    pub greatest: i32,
}

/// The visits that are wanted of a place, for a caller who sees it from a desk.
///
/// # Errors
/// `not_found` if it is not there, or the caller does not see it from a desk.
pub fn behind(conn: &mut Conn, scope: &Scope, (place, wanted): (Place, &Wanted)) -> Result<Behind> {
    let place = visible(conn, scope, place)?;
    if place.reader != Reader::Desk {
        return Err(Error::new(Code::NotFound));
    }
    let visits = overall(conn, &place, wanted)?.sums.n;
    let distribution = if visits > MOST_READ { None } else { Distribution::of(made(conn, &place, wanted)?) };
    Ok(Behind { place, visits, distribution })
}

/// Who made each of the visits that are wanted of a place, and what it scored.
fn made(conn: &mut Conn, place: &Visible, wanted: &Wanted) -> Result<Vec<(AccountId, i32)>> {
    let (whole, days) = wanted.parts(place.reader);
    let mut made = match whole {
        Some(period) => behind::visits(conn, place.place, period)?,
        None => Vec::new(),
    };
    for days in days {
        let wanted = wanted.on(days);
        let listed = Listed::ByMonths(wanted.touched());
        by_visit::each(conn, place, (listed, None), &wanted, |_, seen| {
            made.extend(seen.into_iter().filter_map(|one| Some((one.head.shopper_id, one.head.score?))));
            Ok(())
        })?;
    }
    Ok(made)
}

impl Distribution {
    /// That of some visits, each with who made it and what it scored; none without visits.
    fn of<S: Eq + std::hash::Hash>(visits: Vec<(S, i32)>) -> Option<Self> {
        let mut scores: Vec<i32> = visits.iter().map(|(_, score)| *score).collect();
        scores.sort_unstable();
        let mut bins = [0; BINS];
        for score in &scores {
            let bin = usize::try_from(score.div_euclid(WIDTH)).unwrap_or(0).min(BINS - 1);
            bins[bin] += 1;
        }
        let shoppers = visits.into_iter().map(|(shopper, _)| shopper).collect::<HashSet<_>>().len();
        // The ⌈n·q⌉-th of them.
        let at = |percent: usize| scores.get((scores.len() * percent).div_ceil(100).max(1) - 1).copied();
        let quantiles = Quantiles {
            least: at(0)?,
            tenth: at(10)?,
            quarter: at(25)?,
            median: at(50)?,
            three_quarters: at(75)?,
            nine_tenths: at(90)?,
            greatest: at(100)?,
        };
        Some(Self { shoppers, quantiles, bins })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(scores: &[i32]) -> Option<Distribution> {
        Distribution::of(scores.iter().map(|score| (score % 2, *score)).collect())
    }

    #[test]
    fn quantiles_are_scores_that_were_seen() {
        assert_eq!(of(&[]), None);
        let one = of(&[8_750]).unwrap().quantiles;
        assert_eq!((one.least, one.tenth, one.median, one.greatest), (8_750, 8_750, 8_750, 8_750));
        // As numpy.quantile(…, method="inverted_cdf") has them.
        let four = of(&[4_000, 1_000, 3_000, 2_000]).unwrap().quantiles;
        assert_eq!(
            (four.tenth, four.quarter, four.median, four.three_quarters),
            (1_000, 1_000, 2_000, 3_000)
        );
        assert_eq!((four.least, four.nine_tenths, four.greatest), (1_000, 4_000, 4_000));
        let hundred: Vec<_> = (1..=100).collect();
        let hundred = of(&hundred).unwrap().quantiles;
        assert_eq!((hundred.tenth, hundred.quarter, hundred.median, hundred.nine_tenths), (10, 25, 50, 90));
    }

    #[test]
    fn each_visit_is_in_one_bin_and_each_shopper_counts_once() {
        let found = of(&[0, 999, 1_000, 5_001, 9_000, 9_999, 10_000]).unwrap();
        assert_eq!(found.bins, [2, 1, 0, 0, 0, 1, 0, 0, 0, 3]);
        assert_eq!(found.shoppers, 2);
    }
}
