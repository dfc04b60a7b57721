//! What is kept of the parameters of an address: no words of a person's own.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Parameters that hold words of a person's own. That they were there is kept, and not what they said.
const WORDS: [&str; 2] = ["q", "answer"];
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
}
