//! What a report says in words and figures, as a language writes them.

use jiff::civil::Date;

use super::date;
use crate::{
    checklists::scoring::Figures,
    reports::content::ReportAnswer,
    texts::{Language, Value, measures::minutes, say, text},
};

/// The words of this language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) Language);

impl Words {
    /// An answer in words.
    pub(super) fn answer(&self, answer: &ReportAnswer) -> String {
        let labels = self.0;
        match answer {
            ReportAnswer::YesNo { value: true } => text!("answer-yes").say(labels).into_owned(),
            ReportAnswer::YesNo { value: false } => text!("answer-no").say(labels).into_owned(),
            ReportAnswer::Chosen { options } if options.is_empty() => {
                text!("answer-none").say(labels).into_owned()
            }
            ReportAnswer::Chosen { options } => options.join("; "),
            ReportAnswer::Scale { value, from, to } => {
                let (value, from, to) = (value.to_string(), from.to_string(), to.to_string());
                say!(labels, "answer-scale", value = value, from = from, to = to).into_owned()
            }
            ReportAnswer::Number { value, decimals, unit } => {
                labels.measure(*value, *decimals, unit.as_deref())
            }
            ReportAnswer::Amount { value, currency } => labels.amount(*value, currency),
            ReportAnswer::Duration { above_all: true, .. } => {
                text!("print-longer-than-all").say(labels).into_owned()
            }
            ReportAnswer::Duration { up_to: None, .. } => text!("print-any-time").say(labels).into_owned(),
            ReportAnswer::Duration { up_to: Some(seconds), .. } => {
                say!(labels, "answer-time-up-to", time = minutes(*seconds)).into_owned()
            }
            ReportAnswer::Text { text } => text.clone(),
            ReportAnswer::Day { day } => date(day).map_or_else(|_| day.clone(), |date| self.day(date)),
            ReportAnswer::Photos {} => text!("print-photos").say(labels).into_owned(),
            ReportAnswer::Recordings {} => text!("print-recordings").say(labels).into_owned(),
            ReportAnswer::NotApplicable {} => text!("print-not-applicable").say(labels).into_owned(),
            ReportAnswer::NotAnswered {} => text!("print-not-answered").say(labels).into_owned(),
            ReportAnswer::LeftOut {} => text!("print-left-out").say(labels).into_owned(),
        }
    }

    pub(super) fn points(&self, earned: i64, possible: i64) -> String {
        say!(self.0, "print-points", earned = earned.to_string(), possible = possible).into_owned()
    }

    pub(super) fn score(&self, figures: &Figures) -> String {
        match figures.score {
            Some(score) => self.percent(score.get()),
            None => text!("print-no-score").say(self.0).into_owned(),
        }
    }

    /// Basis points as a percentage with two decimals.
    pub(super) fn percent(&self, basis_points: i32) -> String {
        say!(self.0, "print-percent", number = self.number(i64::from(basis_points), 2)).into_owned()
    }

    /// A number of steps of `10^-decimals`, as the language writes it.
    pub(super) fn number(&self, value: i64, decimals: u8) -> String {
        self.0.number(value, decimals)
    }

    /// A day, with its month in words.
    pub(super) fn day(&self, date: Date) -> String {
        let (day, month) = (date.day().to_string(), Value::from(date.month()));
        say!(self.0, "print-day", day = day, month = month, year = date.year().to_string()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn figures_and_days_are_as_the_language_writes_them() {
        let day = "2026-05-01".parse().unwrap();
        for (language, percent, date, amount, points) in [
            (Language::English, "87.50%", "1 May 2026", "12.05\u{a0}EUR", "1 of 1 point"),
            (Language::French, "87,50\u{a0}%", "1 mai 2026", "12,05\u{a0}EUR", "1 point sur 1"),
            (Language::Russian, "87,50\u{a0}%", "1 мая 2026 г.", "12,05\u{a0}EUR", "1 из 1 балла"),
            (Language::Bulgarian, "87,50\u{a0}%", "1 май 2026 г.", "12,05\u{a0}EUR", "1 от 1 точка"),
            (Language::Turkish, "%87,50", "1 Mayıs 2026", "12,05\u{a0}EUR", "1 puan üzerinden 1"),
        ] {
            let words = Words(language);
            let paid = ReportAnswer::Amount { value: 1_205, currency: "EUR".into() };
            assert_eq!(
                [words.percent(8_750), words.day(day), words.answer(&paid), words.points(1, 1)],
                [percent, date, amount, points]
            );
        }
        for (value, decimals, written) in [
            (0, 0, "0"),
            (7, 2, "0.07"),
            (-105, 1, "−10.5"),
            (10_000, 2, "100.00"),
            (i64::MIN, 3, "−9223372036854775.808"),
        ] {
            assert_eq!(Words(Language::English).number(value, decimals), written);
        }
    }

    #[test]
    fn every_answer_has_words() {
        use ReportAnswer::*;
        let english = Words(Language::English);
        for (answer, words) in [
            (YesNo { value: true }, "Yes"),
            (YesNo { value: false }, "No"),
            (Chosen { options: vec!["Tea".into(), "Cake".into()] }, "Tea; Cake"),
            (Scale { value: 3, from: 1, to: 5 }, "3 on a scale from 1 to 5"),
            (Number { value: 215, decimals: 1, unit: Some("°C".into()) }, "21.5\u{a0}°C"),
            (Number { value: 4, decimals: 0, unit: None }, "4"),
            (Amount { value: 500, currency: "JPY".into() }, "500\u{a0}JPY"),
            (Duration { up_to: Some(330), above_all: false }, "At most 5:30 min"),
            (Duration { up_to: None, above_all: false }, "Any time"),
            (Duration { up_to: None, above_all: true }, "Longer than all limits"),
            (Text { text: "Ayşe".into() }, "Ayşe"),
            (Day { day: "2026-12-31".into() }, "31 December 2026"),
            (Chosen { options: Vec::new() }, "None of these"),
            (Photos {}, "See the photos"),
            (Recordings {}, "Recordings are in the online report"),
            (NotApplicable {}, "It did not apply"),
            (NotAnswered {}, "Not answered"),
            (LeftOut {}, "Not shown in reports"),
        ] {
            assert_eq!(english.answer(&answer), words);
        }
    }
}
