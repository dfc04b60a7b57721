//! What the branch's side is shown of a branch's visits: sums of whole spans, so that no figure and no difference of
//! figures gives a visit away.
//!
//! A span is some months on end of one branch and one subject that are over and hold the brand's minimum of visits. No
//! two overlap, they depend on no question that is asked, and what is shown of a branch, a region or a brand is a sum
//! over spans that lie in the period as a whole. So what one figure says more than another is of whole spans as well.
//!
//! A span ends with the month before the branch, or a region that it lies in, moves. So in all months of a span the branch lies in the same regions,
//! and the whole span counts in each of them. Where the last visits before a move are fewer than the minimum, they are in no span and are shown nowhere.
//!
//! Spans are made once a day and stay. Only visits whose reports went out are in them, so those who are shown a figure can read what
//! each of its visits scored, and a figure changes with every night. Visits that were approved before there were reports are in
//! them as well; of those so many change a figure at once that a figure of them alone could be shown.

use std::collections::BTreeMap;

use super::statistics::Sums;
use crate::months::Month;

/// What a caller is shown of some visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The sums that figures are made of.
    pub sums: Sums,
    /// How many visits there are in months that are over, shown or not.
    known: i64,
}

impl Shown {
    /// These sums, of so many visits that are known of.
    pub fn new(sums: Sums, known: i64) -> Self {
        Self { sums, known }
    }

    /// All of it.
    pub fn whole(sums: Sums) -> Self {
        Self { sums, known: sums.n }
    }

    /// How many visits the figure is of; how many there are, where there is no figure.
    pub fn visits(&self) -> i64 {
        if self.sums.n == 0 { self.known } else { self.sums.n }
    }
}

/// A month of one branch and one subject, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The month.
    pub month: Month,
    /// What its visits scored.
    pub sums: Sums,
    /// How often a visit was taken out that counted without a report.
    pub changes: i64,
}

/// Some months on end of one branch and one subject, as they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// What is shown; nothing if it is of too few visits by now.
    pub sums: Sums,
    /// How often visits without a report had been taken out when its visits were taken up.
    pub changes: i64,
}

impl Span {
    /// A span that begins with this month.
    fn begun(Tally { month, sums, changes }: Tally, to: Month) -> Self {
        Self { from: month, to, sums, changes }
    }

    /// The same up to a later month, with what is counted in another one.
    fn with(self, tally: &Tally, to: Month) -> Self {
        let (sums, changes) = (self.sums.plus(tally.sums), self.changes + tally.changes);
        Self { to, sums, changes, ..self }
    }

    /// The same months with all that is counted in them, and all that was taken out of them.
    fn counted(self, months: &[Tally]) -> Self {
        let none = Self { sums: Sums::default(), changes: 0, ..self };
        let within = months.iter().filter(|tally| (self.from..=self.to).contains(&tally.month));
        within.fold(none, |span, tally| span.with(tally, self.to))
    }

    /// What is shown of it from now on: all that is counted. Who sees it reads the reports of what came and went, so the
    /// difference tells them nothing more; but of what had no report so much changes at once that a figure could be of it, or
    /// else the figure stays.
    fn renewed(self, months: &[Tally], minimum: i64) -> Self {
        let counted = self.counted(months);
        let further = counted.changes - self.changes;
        let renewed = if further == 0 || further >= minimum { counted } else { self };
        let is_shown = renewed.sums.n >= minimum.max(1);
        Self { sums: if is_shown { renewed.sums } else { Sums::default() }, ..renewed }
    }
}

/// The spans that are shown from now on, in their order: those that were shown before, and what new ones there are between and
/// after them. The months are all that are counted, in their order; `moves` are those from which on the branch lies in other regions.
pub fn spans(
    held: &[Span],
    months: &[Tally],
    minimum: i64,
    (present, moves): (Month, &[Month]),
) -> Vec<Span> {
    let over: Vec<_> = months.iter().copied().filter(|tally| tally.month < present).collect();
    let (mut spans, mut rest) = (Vec::new(), over.as_slice());
    let add = |spans: &mut Vec<Span>, mut months: &[Tally], last: Option<Month>| {
        for first in moves {
            let (before, after) = months.split_at(months.partition_point(|tally| tally.month < *first));
            let end = first.plus(-1).map(|end| last.map_or(end, |last| last.min(end)));
            spans.extend(new_spans(before, minimum, present, end));
            months = after;
        }
        spans.extend(new_spans(months, minimum, present, last));
    };
    for span in held {
        let (before, after) = rest.split_at(rest.partition_point(|tally| tally.month < span.from));
        add(&mut spans, before, span.from.plus(-1));
        spans.push(span.renewed(&over, minimum));
        rest = &after[after.partition_point(|tally| tally.month <= span.to)..];
    }
    add(&mut spans, rest, None);
    spans
}

/// The spans of these months, none of which goes beyond `last`: a month that has enough visits is one, and months that have too
/// few make one together. They do at the end of the first quarter by which they have enough, so that quarters and years are made
/// of whole spans where that is possible. A later month changes no earlier span.
fn new_spans(months: &[Tally], minimum: i64, present: Month, last: Option<Month>) -> Vec<Span> {
    let (mut spans, mut open) = (Vec::new(), None::<Span>);
    let enough = |sums: &Sums| sums.n >= minimum.max(1);
    let end = |month: Month| last.map_or(month.quarter_end(), |last| last.min(month.quarter_end()));
    for tally in months.iter().filter(|tally| tally.sums.n > 0) {
        let month = tally.month;
        if let Some(full) = open.filter(|span| span.to < month && enough(&span.sums)) {
            spans.push(full);
            open = None;
        }
        open = match open {
            None if enough(&tally.sums) => {
                spans.push(Span::begun(*tally, month));
                None
            }
            None => Some(Span::begun(*tally, end(month))),
            Some(span) => Some(span.with(tally, end(month))),
        };
    }
    spans.extend(open.filter(|span| span.to < present && enough(&span.sums)));
    // Of a month that is empty by now visits were taken out before: they are no further ones.
    spans.into_iter().map(|span| span.counted(months)).collect()
}

/// What is kept of some months on end of one place and one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// How many visits there are: said of each month that is over by itself.
    pub known: i64,
    /// What is shown.
    pub sums: Sums,
    /// How often the visits of a span had changed when they were taken up; none of what is no span.
    pub changes: Option<i64>,
}

impl Figure {
    /// What it has more than another.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        let (known, sums) = (self.known - other.known, self.sums.minus(other.sums));
        Self { known, sums, ..self }
    }

    /// The two together; how often visits had changed is what the later one says.
    #[must_use]
    pub fn with(self, later: Self) -> Self {
        let (known, sums) = (self.known + later.known, self.sums.plus(later.sums));
        Self { known, sums, changes: later.changes }
    }

    /// What is kept of it for the places above: they have sums of spans, and no spans of their own.
    #[must_use]
    pub fn for_above(self) -> Self {
        Self { changes: None, ..self }
    }
}

/// Some months on end: the first and the last.
pub type Months = (Month, Month);

/// What is kept of one place and one subject.
pub type KeptFigures = BTreeMap<Months, Figure>;

/// The spans among these figures, in their order.
pub fn held(figures: &KeptFigures) -> Vec<Span> {
    let span = |(&(from, to), figure): (&Months, &Figure)| {
        figure.changes.map(|changes| Span { from, to, sums: figure.sums, changes })
    };
    figures.iter().filter_map(span).collect()
}

/// What these spans and months are kept as.
pub fn figures(spans: &[Span], months: &[Tally], present: Month) -> KeptFigures {
    let mut figures = KeptFigures::new();
    for tally in months.iter().filter(|tally| tally.month < present) {
        figures.entry((tally.month, tally.month)).or_default().known = tally.sums.n;
    }
    for span in spans {
        let figure = figures.entry((span.from, span.to)).or_default();
        (figure.sums, figure.changes) = (span.sums, Some(span.changes));
    }
    figures
}

#[cfg(test)]
mod tests;
