//! Which visits a figure is made of: their days, and the filter. The place stands beside it.

use super::model::Reader;
use crate::{
    calendar::days::Days,
    db::types::Instant,
    ids::{CampaignId, ChecklistId, VersionId},
    months::Period,
};

/// Which visits count, of those of a place and of some days. The day of a visit is the one on which it began at its branch.
///
/// **Desks** are given whole months from the figures that are kept, and all other days from the visits, one by one; with a filter
/// all is from the visits.
///
/// **The branch's side** is given whole months from what is [shown](super::shown) of them. Of days, and with a filter, it is given what the reports
/// score that the caller can list at that time, and of a report the day is the first that the report shows: such a figure, and the difference of
/// any two of them, says nothing that the list of reports does not say, and none is of a visit without a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// On which days.
    pub days: Days,
    /// Which of those.
    pub filter: Filter,
    /// When it is asked.
    pub now: Instant,
}

/// What the visits have to have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// That this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// That were made with this checklist.
    pub checklist: Option<ChecklistId>,
    /// That were made with this version.
    pub version: Option<VersionId>,
    /// To branches whose code or name has this in it.
    pub branch_called: Option<String>,
}

impl Filter {
    /// Whether all visits are taken.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Wanted {
    /// All visits of these months.
    pub fn of(period: Period, now: Instant) -> Self {
        Self { days: period.into(), filter: Filter::default(), now }
    }

    /// The same on other days.
    #[must_use]
    pub fn on(&self, days: Days) -> Self {
        Self { days, ..self.clone() }
    }

    /// The months whose figures are the answer, if whole months are wanted and no filter.
    pub fn period(&self) -> Option<Period> {
        self.days.period().filter(|_| self.filter.is_none())
    }

    /// The months that are taken from figures, and the days that are taken from visits one by one.
    pub fn parts(&self, reader: Reader) -> (Option<Period>, Vec<Days>) {
        match (self.period(), reader) {
            (Some(period), _) => (Some(period), Vec::new()),
            (None, Reader::Desk) if self.filter.is_none() => self.days.parts(),
            (None, _) => (None, vec![self.days]),
        }
    }

    /// The months that any of the days is in.
    pub fn touched(&self) -> Period {
        self.days.months_touched()
    }

    /// How many months it is of, the last one begun.
    pub fn months(&self) -> i32 {
        self.days.months()
    }

    /// As many days, or months, right before.
    pub fn before(&self) -> Option<Self> {
        self.days.before().map(|days| self.on(days))
    }

    /// The same days a year before.
    pub fn year_before(&self) -> Option<Self> {
        self.days.year_before().map(|days| self.on(days))
    }
}
