//! Answers in words, in the reader's language.

use super::given::Given;
use crate::{
    checklists::{kinds::AnswerKind, model::Question, text::Text},
    texts::{Language, measures::minutes, say, text},
};

/// What an answer to a question says; `unit` says what numbers count or measure. None of an option, which its designer put into words, and of what is no
/// answer to the question.
pub fn words(
    given: &Given,
    question: &Question,
    language: Language,
    unit: impl Fn(&Text) -> Option<String>,
) -> Option<String> {
    let words = match given {
        Given::Option(_) => return None,
        Given::Yes => text!("answer-yes").say(language),
        Given::No => text!("answer-no").say(language),
        Given::NoOption => text!("answer-none").say(language),
        Given::Step(step) => {
            let AnswerKind::Scale { from, to, .. } = &question.answer else { return None };
            let (value, from, to) = (step.to_string(), from.to_string(), to.to_string());
            say!(language, "answer-scale", value = value, from = from, to = to)
        }
        Given::UpTo(limit) => match measure(*limit, &question.answer, language, unit)? {
            Measure::Time(time) => say!(language, "answer-time-up-to", time = time),
            Measure::Other(limit) => say!(language, "answer-up-to", limit = limit),
        },
        Given::MoreThan(limit) => match measure(*limit, &question.answer, language, unit)? {
            Measure::Time(time) => say!(language, "answer-time-more-than", time = time),
            Measure::Other(limit) => say!(language, "answer-more-than", limit = limit),
        },
    };
    Some(words.into_owned())
}

/// A limit as it is written.
enum Measure {
    /// Minutes and seconds.
    Time(String),
    /// A number or an amount, with its unit.
    Other(String),
}

fn measure(
    limit: i64,
    kind: &AnswerKind,
    language: Language,
    unit: impl Fn(&Text) -> Option<String>,
) -> Option<Measure> {
    match kind {
        AnswerKind::Duration { .. } => Some(Measure::Time(minutes(limit))),
        AnswerKind::Number { decimals, unit: of, .. } => {
            let of = of.as_ref().and_then(unit);
            Some(Measure::Other(language.measure(limit, *decimals, of.as_deref())))
        }
        AnswerKind::Amount { currency, .. } => Some(Measure::Other(language.amount(limit, currency))),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn answers_are_said_in_the_reader_s_language() {
        let asked = |answer: Value| -> Question {
            serde_json::from_value(json!({"key": "q", "text": {"en": "?"}, "answer": answer})).unwrap()
        };
        let yes_no = asked(json!({"kind": "yes_no"}));
        let scale = asked(json!({"kind": "scale", "from": 1, "to": 5}));
        let time = asked(json!({"kind": "duration"}));
        let number = asked(json!({"kind": "number", "decimals": 1, "unit": {"en": "°C"}}));
        let amount = asked(json!({"kind": "amount", "currency": "EUR"}));
        for (given, question, english, french) in [
            (Given::Yes, &yes_no, "Yes", "Oui"),
            (Given::No, &yes_no, "No", "Non"),
            (Given::NoOption, &yes_no, "None of these", "Rien de tout cela"),
            (Given::Step(3), &scale, "3 on a scale from 1 to 5", "3 sur une échelle de 1 à 5"),
            (Given::UpTo(330), &time, "At most 5:30 min", "5:30 min au plus"),
            (Given::MoreThan(330), &time, "More than 5:30 min", "Plus de 5:30 min"),
            (Given::UpTo(215), &number, "At most 21.5\u{a0}°C", "21,5\u{a0}°C au plus"),
            (Given::MoreThan(1_205), &amount, "More than 12.05\u{a0}EUR", "Plus de 12,05\u{a0}EUR"),
        ] {
            let unit = |unit: &Text| unit.get("en").map(str::to_owned);
            let say = |language| words(&given, question, language, unit).unwrap();
            assert_eq!([say(Language::English), say(Language::French)], [english, french]);
        }
        let none = |given: Given, question| words(&given, question, Language::English, |_| None);
        assert_eq!(none(Given::Option("a".into()), &yes_no), None);
        assert_eq!(none(Given::Step(3), &yes_no), None, "the question was asked otherwise before");
        assert_eq!(none(Given::UpTo(3), &scale), None);
    }
}
