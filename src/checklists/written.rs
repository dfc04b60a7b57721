//! Answers as they are written where no program of ours reads them: in files.

use super::{answers::AnswerValue, kinds::AnswerKind};
use crate::decimals::{of_currency, written};

/// Between the keys of several options.
const BETWEEN: &str = "; ";

impl AnswerKind {
    /// How many decimals a whole number of its steps has.
    pub fn decimals(&self) -> u8 {
        match self {
            Self::Number { decimals, .. } => *decimals,
            Self::Amount { currency, .. } => of_currency(currency).unwrap_or(0),
            _ => 0,
        }
    }

    /// The currency of its amounts; none if it asks for none.
    pub fn currency(&self) -> Option<&str> {
        match self {
            Self::Amount { currency, .. } => Some(currency),
            _ => None,
        }
    }

    /// An answer without its unit: keys of options, numbers and amounts with their decimals, `true` and `false`, seconds, words, latitude and longitude.
    pub fn written(&self, value: &AnswerValue) -> String {
        match value {
            AnswerValue::Bool(yes) => yes.to_string(),
            AnswerValue::Integer(number) => written(*number, self.decimals(), '.'),
            AnswerValue::Text(text) => text.clone(),
            AnswerValue::List(keys) => keys.join(BETWEEN),
            AnswerValue::Location(location) => {
                format!("{}, {}", location.latitude.get(), location.longitude.get())
            }
        }
    }

    /// What the options that were chosen say in this language; none if none of them is known, or there is nothing to choose.
    pub fn label(&self, value: &AnswerValue, language: &str) -> Option<String> {
        let chosen: Vec<&str> = match value {
            AnswerValue::Text(key) => vec![key],
            AnswerValue::List(keys) => keys.iter().map(String::as_str).collect(),
            _ => return None,
        };
        let text = |key: &str| {
            let option = self.options().iter().find(|option| option.key.as_str() == key)?;
            option.text.get(language)
        };
        let texts: Vec<_> = chosen.into_iter().filter_map(text).collect();
        (!texts.is_empty()).then(|| texts.join(BETWEEN))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written_as(kind: Value, value: Value) -> (String, Option<String>) {
        let (kind, value): (AnswerKind, AnswerValue) =
            (serde_json::from_value(kind).unwrap(), serde_json::from_value(value).unwrap());
        (kind.written(&value), kind.label(&value, "en"))
    }

    #[test]
    fn each_kind_is_written_without_its_unit() {
        let option = |key: &str, text: &str| json!({"key": key, "text": {"en": text}});
        let options = json!([option("a", "Anise"), option("b", "Basil")]);
        for (kind, value, text, label) in [
            (json!({"kind": "yes_no"}), json!(true), "true", None),
            (json!({"kind": "number", "decimals": 1}), json!(-45), "-4.5", None),
            (json!({"kind": "amount", "currency": "EUR"}), json!(1250), "12.50", None),
            (json!({"kind": "amount", "currency": "JPY"}), json!(1250), "1250", None),
            (json!({"kind": "duration"}), json!(90), "90", None),
            (json!({"kind": "text"}), json!("a"), "a", None),
            (json!({"kind": "one_choice", "options": options}), json!("b"), "b", Some("Basil")),
            (
                json!({"kind": "several_choices", "options": options}),
                json!(["b", "a"]),
                "b; a",
                Some("Basil; Anise"),
            ),
            (json!({"kind": "location"}), json!({"latitude": 1.5, "longitude": -2.25}), "1.5, -2.25", None),
        ] {
            assert_eq!(written_as(kind, value), (text.to_owned(), label.map(str::to_owned)));
        }
    }
}
