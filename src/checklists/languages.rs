//! A checklist in one of its languages.

use super::{
    model::{AnswerKind, Choice, Content, Contradiction, Example, Question, Section},
    text::Text,
};

impl Content {
    /// The same checklist in this language alone. What is not written in it, which no published version has, stays in
    /// the checklist's first language.
    ///
    /// Every structure is taken apart by name, so that a text that is added one day cannot be forgotten.
    pub fn in_language(&self, tag: &str) -> Self {
        let Self { title, languages, sections, shortest_comment, contradictions } = self;
        let only = Only { tag, first: languages.first().map_or(tag, String::as_str) };
        Self {
            title: only.text(title),
            languages: vec![tag.to_owned()],
            sections: sections.iter().map(|section| only.section(section)).collect(),
            shortest_comment: *shortest_comment,
            contradictions: contradictions.iter().map(|one| only.contradiction(one)).collect(),
        }
    }
}

/// The one language that is wanted, and the one to fall back to.
#[derive(Clone, Copy)]
struct Only<'l> {
    tag: &'l str,
    first: &'l str,
}

impl Only<'_> {
    fn text(self, text: &Text) -> Text {
        let find = |tag| text.get(tag).map(|text| (tag, text));
        find(self.tag).or_else(|| find(self.first)).into_iter().collect()
    }

    fn contradiction(self, Contradiction { when, message }: &Contradiction) -> Contradiction {
        Contradiction { when: when.clone(), message: self.text(message) }
    }

    fn section(self, section: &Section) -> Section {
        let Section { key, title, weight, show_when, questions } = section;
        Section {
            key: key.clone(),
            title: self.text(title),
            weight: *weight,
            show_when: show_when.clone(),
            questions: questions.iter().map(|question| self.question(question)).collect(),
        }
    }

    fn question(self, question: &Question) -> Question {
        let Question {
            key,
            text,
            help,
            pictures,
            weight,
            required,
            not_applicable,
            bonus,
            critical,
            standard,
            dimension,
            show_when,
            comment,
            photo,
            about_visit,
            names_staff,
            control,
            answer,
        } = question;
        let picture = |Example { id, alt }: &Example| Example { id: *id, alt: self.text(alt) };
        Question {
            key: key.clone(),
            text: self.text(text),
            help: help.as_ref().map(|help| self.text(help)),
            pictures: pictures.iter().map(picture).collect(),
            weight: *weight,
            required: *required,
            not_applicable: *not_applicable,
            bonus: *bonus,
            critical: *critical,
            standard: standard.clone(),
            dimension: dimension.clone(),
            show_when: show_when.clone(),
            comment: *comment,
            photo: *photo,
            about_visit: *about_visit,
            names_staff: *names_staff,
            control: control.clone(),
            answer: self.answer(answer),
        }
    }

    /// The kinds without a text are named, so that a new kind has to be thought of here.
    fn answer(self, answer: &AnswerKind) -> AnswerKind {
        match answer {
            AnswerKind::OneChoice { options } => AnswerKind::OneChoice { options: self.options(options) },
            AnswerKind::SeveralChoices { options, at_least, at_most } => AnswerKind::SeveralChoices {
                options: self.options(options),
                at_least: *at_least,
                at_most: *at_most,
            },
            AnswerKind::Number { decimals, minimum, maximum, unit, bands } => AnswerKind::Number {
                decimals: *decimals,
                minimum: *minimum,
                maximum: *maximum,
                unit: unit.as_ref().map(|unit| self.text(unit)),
                bands: bands.clone(),
            },
            AnswerKind::YesNo { .. }
            | AnswerKind::Scale { .. }
            | AnswerKind::Amount { .. }
            | AnswerKind::Duration { .. }
            | AnswerKind::Text { .. }
            | AnswerKind::DateTime { .. }
            | AnswerKind::Photo { .. }
            | AnswerKind::Audio { .. }
            | AnswerKind::Location {}
            | AnswerKind::Signature {}
            | AnswerKind::Note {} => answer.clone(),
        }
    }

    fn options(self, options: &[Choice]) -> Vec<Choice> {
        let option = |Choice { key, text, points }: &Choice| Choice {
            key: key.clone(),
            text: self.text(text),
            points: *points,
        };
        options.iter().map(option).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::checklists::samples::contents;

    /// Every text of it, reduced on the JSON, which shows which members are texts.
    fn reduced(value: &Value, tag: &str) -> Value {
        match value {
            Value::Object(members) if members.contains_key("en") => json!({ tag: members[tag] }),
            Value::Object(members) => {
                members.iter().map(|(name, inner)| (name.clone(), reduced(inner, tag))).collect()
            }
            Value::Array(items) => items.iter().map(|item| reduced(item, tag)).collect(),
            other => other.clone(),
        }
    }

    fn full() -> Value {
        let text = |text: &str| json!({"en": text, "fr": format!("{text} (fr)")});
        let option = |key: &str| json!({"key": key, "text": text(key), "points": 1});
        let question = |key: &str, answer: Value| {
            json!({"key": key, "text": text(key), "help": text("help"), "weight": 1, "required": true,
                "not_applicable": false, "bonus": false, "answer": answer,
                "pictures": [{"id": "00000000-0000-0000-0000-000000000001", "alt": text("alt")}]})
        };
        json!({"title": text("T"), "languages": ["en", "fr"],
            "contradictions": [{"when": {"var": "yes"}, "message": text("No")}], "sections": [{"key": "s", "title": text("S"), "questions": [
            question("one", json!({"kind": "one_choice", "options": [option("a"), option("b")]})),
            question("several", json!({"kind": "several_choices", "options": [option("a"), option("b")]})),
            question("number", json!({"kind": "number", "unit": text("°C")})),
            question("yes", json!({"kind": "yes_no", "expect": "yes"})),
        ]}]})
    }

    #[test]
    fn every_text_is_in_the_one_language() {
        let content: Content = serde_json::from_value(full()).unwrap();
        for tag in ["en", "fr"] {
            let mut wanted = reduced(&full(), tag);
            wanted["languages"] = json!([tag]);
            assert_eq!(json!(content.in_language(tag)), wanted);
        }
    }

    #[test]
    fn what_is_not_translated_stays_in_the_first_language() {
        let mut half = full();
        half["sections"][0]["title"] = json!({"en": "S"});
        half["sections"][0]["questions"][0]["help"] = json!({"de": "Hilfe"});
        let content: Content = serde_json::from_value(half).unwrap();
        let reduced = json!(content.in_language("fr"));
        assert_eq!(reduced["sections"][0]["title"], json!({"en": "S"}));
        assert_eq!(reduced["sections"][0]["questions"][0]["help"], json!({}));
        assert_eq!(reduced["title"], json!({"fr": "T (fr)"}));
    }

    proptest! {
        #[test]
        fn nothing_but_texts_is_changed(content in contents()) {
            let mut wanted = reduced(&json!(content), "fr");
            wanted["languages"] = json!(["fr"]);
            prop_assert_eq!(json!(content.in_language("fr")), wanted);
        }
    }
}
