//! What is kept of the parameters of an address: no words of a person's own.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Parameters whose value is free text of the caller, or a signature that opens an address. The audit keeps that such a parameter was given, and not its value.
const WORDS: [&str; 3] = ["q", "answer", "signature"];
/// Longer values are no ids, codes, numbers or times.
const MOST_CHARACTERS: usize = 100;

/// Parameters by their names, each with its value if that is an id, a code, a number or a time, and else with null.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(pub(super) Map<String, Value>);

impl Filter {
    /// Those of this query, which is what stands after the question mark of an address.
    pub fn of(query: &str) -> Self {
        let kept = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            let value = is_kept(&name, &value).then(|| value.into_owned());
            (name.into_owned(), Value::from(value))
        };
        Self(form_urlencoded::parse(query.as_bytes()).map(kept).collect())
    }
}

/// Longer expressions are not kept.
const LONGEST_EXPRESSION: usize = 1_000;

impl Filter {
    /// Those of these parameters, whose values are expressions with texts between quotes (`state eq 'approved'`): of the texts are kept those of which `is_known` says that they are
    /// the program's own words, and others are dots.
    pub fn of_expressions<'p>(
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
        is_known: impl Fn(&str) -> bool,
    ) -> Self {
        let kept = |(name, value): (&str, &str)| {
            let value = (value.len() <= LONGEST_EXPRESSION).then(|| without_words(value, &is_known));
            (name.to_owned(), Value::from(value))
        };
        Self(parameters.into_iter().map(kept).collect())
    }
}

/// The same without what stands between quotes, as far as that is not known. A quote in a text is written twice: then the text is two with nothing between them, of
/// which neither is kept unless it is known.
fn without_words(expression: &str, is_known: impl Fn(&str) -> bool) -> String {
    let parts = expression.split('\'').enumerate();
    let kept = parts.map(|(at, part)| match at % 2 {
        1 if !is_known(part) => "…",
        _ => part,
    });
    kept.collect::<Vec<_>>().join("'")
}

fn is_kept(name: &str, value: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_:.,+/".contains(c);
    !WORDS.contains(&name) && value.len() <= MOST_CHARACTERS && value.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_person_are_not_kept() {
        let kept = |query| Value::Object(Filter::of(query).0);
        assert_eq!(
            kept("state=approved&month=2026-03&q=Smith"),
            serde_json::json!({"state": "approved", "month": "2026-03", "q": null})
        );
        assert_eq!(kept("x=Ann%20Lee"), serde_json::json!({"x": null}));
        assert_eq!(kept(""), serde_json::json!({}));
    }

    #[test]
    fn texts_of_expressions_are_not_kept_unless_they_are_known() {
        let kept = |expression| without_words(expression, |text| text == "final");
        for (expression, wanted) in [
            ("state eq 'final' and score gt 5", "state eq 'final' and score gt 5"),
            ("contains(name,'Smith')", "contains(name,'…')"),
            ("state in ('final', 'Ann')", "state in ('final', '…')"),
            ("name eq 'O''Neill'", "name eq '…''…'"),
            ("name eq ''", "name eq '…'"),
            ("state desc", "state desc"),
        ] {
            assert_eq!(kept(expression), wanted);
        }
        let long = "x".repeat(LONGEST_EXPRESSION + 1);
        let Filter(kept) = Filter::of_expressions([("$filter", long.as_str()), ("$top", "5")], |_| true);
        assert_eq!(Value::Object(kept), serde_json::json!({"$filter": null, "$top": "5"}));
    }
}
