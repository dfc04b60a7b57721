//! Which months a figure is of that is looked at again and again: the latest ones.

use super::model::Reader;
use crate::{
    db::types::text_enum,
    months::{Month, Period},
};

text_enum! {
    /// Which of the latest months count. For desks they go up to the present one, for the branch's side, which is shown only months that are
    /// over, up to the one before.
    pub enum LatestPeriod {
        /// The month.
        Month = "month",
        /// The quarter of a year that this month is in.
        Quarter = "quarter",
        /// The year that it is in.
        Year = "year",
        /// The three months up to it.
        Rolling3 = "rolling_3",
        /// The six months up to it.
        Rolling6 = "rolling_6",
        /// The twelve months up to it.
        Rolling12 = "rolling_12",
    }
}

impl LatestPeriod {
    /// The months that count for such a reader in the present one; none at the beginning of the calendar.
    pub fn of(self, reader: Reader, present: Month) -> Option<Period> {
        let last = match reader {
            Reader::Desk => present,
            Reader::BranchSide => present.plus(-1)?,
        };
        let to = match self {
            Self::Quarter => last.quarter_end(),
            Self::Year => last.year_end(),
            Self::Month | Self::Rolling3 | Self::Rolling6 | Self::Rolling12 => last,
        };
        Period::new(to.plus(1 - self.months())?, to)
    }

    /// The same, the earlier one first, with the one before where that is another part of the calendar: visits of its last days are decided about
    /// and released when it is over.
    pub fn lately(self, reader: Reader, present: Month) -> Vec<Period> {
        let Some(latest) = self.of(reader, present) else { return Vec::new() };
        let before = match self {
            Self::Month | Self::Quarter | Self::Year => latest.before(),
            Self::Rolling3 | Self::Rolling6 | Self::Rolling12 => None,
        };
        before.into_iter().chain([latest]).collect()
    }

    const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter | Self::Rolling3 => 3,
            Self::Rolling6 => 6,
            Self::Year | Self::Rolling12 => 12,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_months_are_those_that_a_reader_is_shown() {
        for (period, desk, branch_side) in [
            (LatestPeriod::Month, ("2026-04", "2026-04"), ("2026-03", "2026-03")),
            (LatestPeriod::Quarter, ("2026-04", "2026-06"), ("2026-01", "2026-03")),
            (LatestPeriod::Year, ("2026-01", "2026-12"), ("2026-01", "2026-12")),
            (LatestPeriod::Rolling3, ("2026-02", "2026-04"), ("2026-01", "2026-03")),
            (LatestPeriod::Rolling6, ("2025-11", "2026-04"), ("2025-10", "2026-03")),
            (LatestPeriod::Rolling12, ("2025-05", "2026-04"), ("2025-04", "2026-03")),
        ] {
            let present: Month = "2026-04".parse().unwrap();
            for (reader, (from, to)) in [(Reader::Desk, desk), (Reader::BranchSide, branch_side)] {
                let wanted = Period::new(from.parse().unwrap(), to.parse().unwrap());
                assert_eq!(period.of(reader, present), wanted, "{period} {reader}");
                assert_eq!(period.lately(reader, present).last().copied(), wanted);
            }
        }
    }

    #[test]
    fn of_parts_of_the_calendar_the_one_before_counts_as_well() {
        let present: Month = "2026-04".parse().unwrap();
        let lately = |period: LatestPeriod| -> Vec<_> {
            let periods = period.lately(Reader::Desk, present).into_iter();
            periods.map(|one| (one.from().to_string(), one.to().to_string())).collect()
        };
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(lately(LatestPeriod::Month), [pair("2026-03", "2026-03"), pair("2026-04", "2026-04")]);
        assert_eq!(lately(LatestPeriod::Quarter), [pair("2026-01", "2026-03"), pair("2026-04", "2026-06")]);
        assert_eq!(lately(LatestPeriod::Rolling3), [pair("2026-02", "2026-04")]);
    }
}
