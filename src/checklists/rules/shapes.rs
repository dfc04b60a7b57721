//! The questions of a checklist as rules see them: what their answers can be.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::civil::{Date, Time};

use super::sets::{Bits, Lists, ROOM, Set, Values};
use crate::checklists::model::{AnswerKind, Ask, Content, MAX_NUMBER, Question};

/// Every question in the order of the checklist, and where each key is.
pub(super) struct Questions<'c> {
    all: Vec<Asked<'c>>,
    by_key: HashMap<&'c str, usize>,
}

/// One question.
pub(super) struct Asked<'c> {
    pub(super) question: &'c Question,
    /// Whether it may stay without an answer where it is shown.
    pub(super) optional: bool,
    /// Whether it can be hidden.
    pub(super) gated: bool,
    options: OnceCell<HashMap<&'c str, usize>>,
    universe: OnceCell<Option<Set<'c>>>,
}

impl<'c> Questions<'c> {
    pub(super) fn of(content: &'c Content) -> Self {
        let mut all = Vec::new();
        for section in &content.sections {
            all.extend(section.questions.iter().map(|question| Asked {
                question,
                optional: !question.required || question.not_applicable,
                gated: section.show_when.is_some() || question.show_when.is_some(),
                options: OnceCell::new(),
                universe: OnceCell::new(),
            }));
        }
        let mut by_key = HashMap::with_capacity(all.len());
        for (index, asked) in all.iter().enumerate() {
            by_key.entry(asked.question.key.as_str()).or_insert(index);
        }
        Self { all, by_key }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Asked<'c>> {
        self.all.get(index)
    }

    /// The question with this key; of several with one key the first.
    pub(super) fn find(&self, key: &str) -> Option<(usize, &Asked<'c>)> {
        let index = *self.by_key.get(key)?;
        Some((index, self.all.get(index)?))
    }
}

impl<'c> Asked<'c> {
    /// The index of the option with this key.
    pub(super) fn option(&self, key: &str) -> Option<usize> {
        let options = self.options.get_or_init(|| {
            let options = self.question.answer.options();
            options.iter().enumerate().rev().map(|(index, option)| (option.key.as_str(), index)).collect()
        });
        options.get(key).copied()
    }

    /// All that it can stand for; nothing is known of that if the question itself is at fault.
    pub(super) fn universe(&self) -> Option<&Set<'c>> {
        let null = self.optional || self.gated;
        self.universe
            .get_or_init(|| values(&self.question.answer).map(|values| Set { null, values }))
            .as_ref()
    }
}

/// All that can be answered to a question of this kind.
fn values<'c>(kind: &AnswerKind) -> Option<Values<'c>> {
    let range = |least: i64, most: i64| Some(Values::Ranges(vec![(least, most)]));
    let values = match kind {
        AnswerKind::YesNo { .. } => Some(Values::Few(Bits::below(2))),
        AnswerKind::Location {} => Some(Values::Few(Bits::below(1))),
        AnswerKind::OneChoice { options } if options.len() <= ROOM => {
            Some(Values::Few(Bits::below(options.len())))
        }
        AnswerKind::SeveralChoices { options, at_least, at_most } if options.len() <= ROOM => {
            let most = at_most.map_or(options.len(), usize::from);
            let of = Bits::below(options.len());
            let others = Lists { of, hits: Vec::new(), least: usize::from(*at_least), most };
            Some(Values::Lists { empty: *at_least == 0, others: Some(others) })
        }
        AnswerKind::Text { .. } => Some(Values::Words { but: true, words: Vec::new() }),
        kind => limits(kind).and_then(|(least, most)| range(least, most)),
    };
    values.filter(|values| match values {
        Values::Ranges(ranges) => ranges.iter().all(|(least, most)| least <= most),
        values => !values.is_empty(),
    })
}

/// The least and the greatest that can be answered, of what is counted.
pub(in crate::checklists) fn limits(kind: &AnswerKind) -> Option<(i64, i64)> {
    let within =
        |least: Option<i64>, most: Option<i64>| (least.unwrap_or(-MAX_NUMBER), most.unwrap_or(MAX_NUMBER));
    Some(match kind {
        AnswerKind::Scale { from, to, .. } => (i64::from(*from), i64::from(*to)),
        AnswerKind::Number { minimum, maximum, .. } | AnswerKind::Amount { minimum, maximum, .. } => {
            within(*minimum, *maximum)
        }
        AnswerKind::Duration { minimum, maximum, .. } => within(Some(minimum.unwrap_or(0).max(0)), *maximum),
        AnswerKind::Photo { at_least, at_most, .. } | AnswerKind::Audio { at_least, at_most, .. } => {
            (i64::from(*at_least).max(1), i64::from(*at_most))
        }
        AnswerKind::Signature {} => (1, 1),
        AnswerKind::DateTime { ask, earliest, latest, .. } => {
            let (first, last) = match ask {
                Ask::Date => ("0000-01-01", "9999-12-31"),
                Ask::Time => ("00:00", "23:59"),
                Ask::DateTime => ("0000-01-01T00:00", "9999-12-31T23:59"),
            };
            let (first, last) = (earliest.as_deref().unwrap_or(first), latest.as_deref().unwrap_or(last));
            (moment(*ask, first)?, moment(*ask, last)?)
        }
        AnswerKind::YesNo { .. }
        | AnswerKind::OneChoice { .. }
        | AnswerKind::SeveralChoices { .. }
        | AnswerKind::Text { .. }
        | AnswerKind::Location {}
        | AnswerKind::Note {} => return None,
    })
}

/// The number of a date in days, of a time or of a date with a time in minutes; nothing if it is not in that form.
pub(super) fn moment(ask: Ask, text: &str) -> Option<i64> {
    if !ask.is_answered_by(text) {
        return None;
    }
    match ask {
        Ask::Date => days(text),
        Ask::Time => minutes(text),
        Ask::DateTime => {
            let (date, time) = text.split_once('T')?;
            Some(days(date)? * 24 * 60 + minutes(time)?)
        }
    }
}

fn days(date: &str) -> Option<i64> {
    let date = Date::strptime("%Y-%m-%d", date).ok()?;
    Some(date.duration_since(Date::ZERO).as_hours() / 24)
}

fn minutes(time: &str) -> Option<i64> {
    let time = Time::strptime("%H:%M", time).ok()?;
    Some(i64::from(time.hour()) * 60 + i64::from(time.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let date = |text| moment(Ask::Date, text);
        assert_eq!(date("2026-03-01").zip(date("2026-02-28")).map(|(b, a)| b - a), Some(1));
        assert_eq!(date("2028-03-01").zip(date("2028-02-28")).map(|(b, a)| b - a), Some(2));
        for text in [
            "2026-02-30",
            "2026-2-03",
            "20260203",
            "2026-02-03T",
            "+026-02-03",
            "",
            "2026-13-01",
            "2026-02-03-",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(moment(Ask::Time, "23:59"), Some(1439));
        for text in ["24:00", "9:00", "09:60", "09:00:00", "0900"] {
            assert_eq!(moment(Ask::Time, text), None, "{text}");
        }
        let (a, b) = ("2026-11-22T23:59", "2026-11-23T00:00");
        assert_eq!(moment(Ask::DateTime, b).zip(moment(Ask::DateTime, a)).map(|(b, a)| b - a), Some(1));
        assert_eq!(moment(Ask::DateTime, "2026-11-22 23:59"), None);
        assert_eq!(moment(Ask::DateTime, "2026-11-22"), None);
    }
}
