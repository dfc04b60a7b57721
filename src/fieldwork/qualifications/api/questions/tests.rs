#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::checklists::{kinds::Expected, samples::contents};

/// The same questions, without what their answers earn.
fn blunted(mut content: Content) -> Content {
    for section in &mut content.sections {
        section.weight = 1;
        for question in &mut section.questions {
            (question.weight, question.bonus, question.critical) = (1, false, None);
            (question.standard, question.dimension) = (None, None);
            match &mut question.answer {
                AnswerKind::YesNo { expect } => *expect = Expected::Yes,
                AnswerKind::OneChoice { options } | AnswerKind::SeveralChoices { options, .. } => {
                    options.iter_mut().for_each(|option| option.points = None);
                }
                AnswerKind::Scale { reversed, .. } => *reversed = false,
                AnswerKind::Number { bands, .. }
                | AnswerKind::Amount { bands, .. }
                | AnswerKind::Duration { bands, .. }
                | AnswerKind::Text { bands, .. }
                | AnswerKind::DateTime { bands, .. } => bands.clear(),
                _ => {}
            }
        }
    }
    content
}

fn shown(content: &Content) -> Value {
    json!(TestContent::from(content))
}

proptest! {
    #[test]
    fn what_answers_earn_is_not_shown(content in contents()) {
        prop_assert_eq!(shown(&content), shown(&blunted(content.clone())));
    }

    #[test]
    fn every_question_is_shown_in_its_place(content in contents()) {
        let shown = shown(&content);
        for (i, section) in content.sections.iter().enumerate() {
            for (j, question) in section.questions.iter().enumerate() {
                let question_shown = &shown["sections"][i]["questions"][j];
                prop_assert_eq!(&question_shown["key"], &json!(question.key));
                prop_assert_eq!(&question_shown["text"], &json!(question.text));
                prop_assert_eq!(&question_shown["required"], &json!(question.required));
                let kind = &json!(question.answer)["kind"];
                prop_assert!(question_shown["answer"]["kind"] == *kind || question.answer.is_answered_by_files());
                let options = question_shown["answer"]["options"].as_array().map_or(0, Vec::len);
                prop_assert_eq!(options, question.answer.options().len());
            }
        }
    }
}
