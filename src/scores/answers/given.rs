//! What was answered to a question, as far as answers can be counted one by one: an option, yes or no, a step of a scale, a band.

use std::fmt;

use crate::checklists::{
    kinds::{AnswerKind, Expected},
    model::Question,
    scoring::Because,
};

/// An answer that visits have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The option with this key.
    Option(String),
    /// None of the options.
    NoOption,
    /// This step of a scale.
    Step(i64),
    /// No more than this, and more than the band below holds: in seconds, in minor units of the currency, or in steps of `10^-decimals`.
    UpTo(i64),
    /// More than this, the greatest limit that there is.
    MoreThan(i64),
}

impl fmt::Display for Given {
    /// Its name on the wire. An option that a designer named begins with a letter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
            Self::Option(key) => f.write_str(key),
            Self::NoOption => f.write_str("-"),
            Self::Step(step) => write!(f, "{step}"),
            Self::UpTo(limit) => write!(f, "up_to_{limit}"),
            Self::MoreThan(limit) => write!(f, "more_than_{limit}"),
        }
    }
}

impl Given {
    /// What was answered to a question that earned its points by this; nothing where answers are words, files, times of day, or amounts that
    /// are not shown.
    pub fn of(question: &Question, because: &Because, shows_amounts: bool) -> Vec<Self> {
        match (because, &question.answer) {
            (Because::Expected { given: Expected::Yes, .. }, _) => vec![Self::Yes],
            (Because::Expected { given: Expected::No, .. }, _) => vec![Self::No],
            (Because::Options { chosen }, _) if chosen.is_empty() => vec![Self::NoOption],
            (Because::Options { chosen }, _) => {
                chosen.iter().map(|one| Self::Option(one.option.to_string())).collect()
            }
            (Because::Steps { worst, steps }, AnswerKind::Scale { reversed, .. }) => {
                let worst = i64::from(*worst);
                vec![Self::Step(if *reversed { worst - steps } else { worst + steps })]
            }
            (Because::Band { .. }, AnswerKind::Amount { .. }) if !shows_amounts => Vec::new(),
            (
                Because::Band { up_to, .. },
                AnswerKind::Amount { bands, .. }
                | AnswerKind::Number { bands, .. }
                | AnswerKind::Duration { bands, .. },
            ) => {
                let greatest = bands.iter().filter_map(|band| band.up_to).max();
                up_to.map(Self::UpTo).or(greatest.map(Self::MoreThan)).into_iter().collect()
            }
            (Because::Steps { .. } | Because::Band { .. }, _) => Vec::new(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::checklists::{answers::Answers, model::Content, prepared::Prepared};

    /// What is counted of this answer to a question that is answered so.
    fn given(answer: Value, value: Value, shows_amounts: bool) -> String {
        let content: Content = serde_json::from_value(json!({"title": {"en": "T"}, "languages": ["en"], "sections": [
            {"key": "s", "title": {"en": "S"}, "questions": [{"key": "q", "text": {"en": "?"}, "answer": answer}]}
        ]}))
        .unwrap();
        let prepared = Prepared::new(content);
        let answers: Answers = serde_json::from_value(json!({"q": {"value": value}})).unwrap();
        let line = prepared.explain(&answers).questions.remove(0);
        let question = prepared.question("q").unwrap();
        let given = line.because.map(|because| Given::of(question, &because, shows_amounts));
        given.unwrap_or_default().iter().map(Given::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn answers_that_can_be_counted_have_names() {
        let options =
            json!([{"key": "a", "text": {"en": "A"}, "points": 2}, {"key": "b", "text": {"en": "B"}}]);
        let bands = json!([{"up_to": 60, "points": 9}, {"up_to": 300, "points": 4}]);
        let open = json!([{"up_to": 60, "points": 9}, {"points": 4}]);
        let several = json!({"kind": "several_choices", "options": options, "at_least": 0});
        for (answer, value, wanted) in [
            (json!({"kind": "yes_no"}), json!(true), "yes"),
            (json!({"kind": "yes_no", "expect": "no"}), json!(false), "no"),
            (json!({"kind": "one_choice", "options": options}), json!("b"), "b"),
            (several.clone(), json!(["b", "a"]), "b a"),
            (several, json!([]), "-"),
            (json!({"kind": "scale", "from": 1, "to": 5}), json!(2), "2"),
            (json!({"kind": "scale", "from": -5, "to": 5, "reversed": true}), json!(-4), "-4"),
            (json!({"kind": "duration", "bands": bands}), json!(61), "up_to_300"),
            (json!({"kind": "duration", "bands": bands}), json!(301), "more_than_300"),
            (json!({"kind": "number", "bands": open}), json!(301), "more_than_60"),
            (json!({"kind": "number", "bands": [{"points": 4}]}), json!(301), ""),
            (json!({"kind": "amount", "currency": "EUR", "bands": bands}), json!(9), "up_to_60"),
            // How many characters there are, or the time of day, is no answer in words.
            (json!({"kind": "text", "bands": bands}), json!("words"), ""),
            (json!({"kind": "date_time", "ask": "time", "bands": bands}), json!("00:30"), ""),
            // Nothing was answered.
            (json!({"kind": "yes_no"}), json!("yes"), ""),
        ] {
            assert_eq!(given(answer.clone(), value, true), wanted, "{answer}");
        }
        let amount = json!({"kind": "amount", "currency": "EUR", "bands": bands});
        assert_eq!(given(amount, json!(9), false), "", "the amount is not shown");
        let time = json!({"kind": "duration", "bands": bands});
        assert_eq!(given(time, json!(9), false), "up_to_60");
    }
}
