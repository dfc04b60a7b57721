//! Spans of days, as they are written at an axis and in a sentence.

use crate::{
    calendar::bound::Bound,
    texts::{Language, Value, say},
};

/// A span of whole months, or of days.
pub type Span = (Bound, Bound);

/// A month, short.
fn month(month: i32, language: Language) -> String {
    say!(language, "chart-month", month = Value::from(month)).into_owned()
}

/// A day of a month, short.
fn day(date: jiff::civil::Date, language: Language) -> String {
    let (day, month) = (date.day().to_string(), Value::from(date.month()));
    say!(language, "chart-day", day = day, month = month).into_owned()
}

fn year_of(bound: Bound) -> String {
    bound.first().year().to_string()
}

/// A span in few letters, without its year; of whole years the year alone.
pub(super) fn short((from, to): Span, language: Language) -> String {
    let (first, last) = (from.first(), to.last());
    let name = |date: jiff::civil::Date| month(date.month().into(), language);
    match (from, to) {
        (Bound::Month(one), Bound::Month(other)) if one == other => name(first),
        (Bound::Month(_), Bound::Month(_)) => match (first.month(), last.month()) {
            (1, 12) if first.year() == last.year() => year_of(from),
            (1, 12) => format!("{}–{}", first.year(), last.year()),
            _ => format!("{}–{}", name(first), name(last)),
        },
        _ => day(first, language),
    }
}

/// The year that stands below a span at an axis; none where the span says it.
pub(super) fn year((from, to): Span) -> Option<String> {
    let is_of_years = matches!((from, to), (Bound::Month(_), Bound::Month(_)))
        && from.first().month() == 1
        && to.last().month() == 12;
    (!is_of_years).then(|| to.last().year().to_string())
}

/// A span as it stands in a sentence.
pub fn span((from, to): Span, language: Language) -> String {
    let bound = |bound: Bound| match bound {
        Bound::Month(_) => {
            let name = month(bound.first().month().into(), language);
            format!("{name}\u{a0}{}", year_of(bound))
        }
        Bound::Day(_) => {
            format!("{}\u{a0}{}", day(bound.first(), language), year_of(bound))
        }
    };
    if from == to { bound(from) } else { format!("{} – {}", bound(from), bound(to)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn spans_are_written_short_and_whole() {
        for (from, to, language, wanted) in [
            ("2026-03", "2026-03", Language::English, ("Mar", Some("2026"), "Mar\u{a0}2026")),
            ("2026-01", "2026-12", Language::English, ("2026", None, "Jan\u{a0}2026 – Dec\u{a0}2026")),
            (
                "2026-04",
                "2026-06",
                Language::French,
                ("avr.–juin", Some("2026"), "avr.\u{a0}2026 – juin\u{a0}2026"),
            ),
            (
                "2025-12",
                "2026-02",
                Language::Turkish,
                ("Ara–Şub", Some("2026"), "Ara\u{a0}2025 – Şub\u{a0}2026"),
            ),
            (
                "2026-03-09",
                "2026-03-15",
                Language::Russian,
                ("9\u{a0}марта", Some("2026"), "9\u{a0}марта\u{a0}2026 – 15\u{a0}марта\u{a0}2026"),
            ),
        ] {
            let of: Span = (from.parse().unwrap(), to.parse().unwrap());
            let found = (short(of, language), year(of), span(of, language));
            assert_eq!(found, (wanted.0.to_owned(), wanted.1.map(str::to_owned), wanted.2.to_owned()));
        }
    }
}
