//! Arbitrary checklists and visits for the tests of this feature: valid by construction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::collection::vec;
use proptest::prelude::*;

use super::answers::{Answer, AnswerValue, Answers};
use super::model::{AnswerKind, Choice, Content, Critical, Expected, Key, Question, Section};
use super::text::Text;

/// A checklist with a visit that answers it.
pub fn visits() -> impl Strategy<Value = (Content, Answers)> {
    contents().prop_flat_map(|content| {
        let answers = answers_to(&content);
        (Just(content), answers)
    })
}

/// A checklist that can be published.
pub fn contents() -> impl Strategy<Value = Content> {
    (texts(), vec(vec(questions(), 1..=5), 1..=4)).prop_map(|(title, groups)| {
        let mut number = 0;
        let mut sections: Vec<_> =
            groups.into_iter().enumerate().map(|(i, q)| section(i, q, &mut number)).collect();
        let first = &mut sections[0].questions[0];
        (first.bonus, first.weight) = (false, first.weight.max(1));
        if first.answer.points().is_none() {
            first.answer = AnswerKind::YesNo { expect: Expected::No };
        }
        Content { title, languages: vec!["en".into(), "fr".into()], sections }
    })
}

/// An answer to this question that the question allows.
pub fn answer_to(question: &Question) -> BoxedStrategy<Answer> {
    let value = (values(&question.answer), prop::option::of("[a-z \n]{0,9}"))
        .prop_map(|(value, comment)| Answer { value: Some(value), comment, ..Answer::default() });
    if question.not_applicable {
        prop_oneof![3 => value, 1 => Just(Answer { not_applicable: true, ..Answer::default() })].boxed()
    } else {
        value.boxed()
    }
}

/// A value that fits this kind of question.
pub fn values(kind: &AnswerKind) -> BoxedStrategy<AnswerValue> {
    match kind {
        AnswerKind::YesNo { .. } => any::<bool>().prop_map(AnswerValue::Bool).boxed(),
        AnswerKind::OneChoice { options } => {
            let keys: Vec<_> = options.iter().map(|option| option.key.to_string()).collect();
            prop::sample::select(keys).prop_map(AnswerValue::Text).boxed()
        }
        AnswerKind::Scale { from, to, .. } => {
            (i64::from(*from)..=i64::from(*to)).prop_map(AnswerValue::Integer).boxed()
        }
        _ => "[a-zéя]{1,9}".prop_map(AnswerValue::Text).boxed(),
    }
}

fn answers_to(content: &Content) -> impl Strategy<Value = Answers> + use<> {
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    let each: Vec<_> = questions.map(|question| (Just(question.key.clone()), perhaps(question))).collect();
    each.prop_map(|all| all.into_iter().filter_map(|(key, answer)| Some((key, answer?))).collect())
}

fn perhaps(question: &Question) -> BoxedStrategy<Option<Answer>> {
    let answer = answer_to(question);
    if question.required {
        answer.prop_map(Some).boxed()
    } else {
        prop::option::weighted(0.7, answer).boxed()
    }
}

fn section(i: usize, mut questions: Vec<Question>, number: &mut usize) -> Section {
    for question in &mut questions {
        question.key = Key::from(format!("q{number}"));
        *number += 1;
    }
    Section { key: Key::from(format!("s{i}")), title: text("Section"), weight: 1, show_when: None, questions }
}

fn questions() -> impl Strategy<Value = Question> {
    let weight = prop_oneof![0..=3_u16, Just(32), 0..=1000_u16];
    let flags = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
    let shown = (texts(), prop::option::of(texts()));
    (shown, weight, flags, prop::option::weighted(0.3, criticals()), kinds()).prop_map(
        |((text, help), weight, (required, not_applicable, bonus), critical, answer)| Question {
            key: Key::from("q"),
            text,
            help,
            weight,
            required,
            not_applicable,
            bonus,
            critical: critical.filter(|_| !bonus && answer.points().is_some()),
            pictures: Vec::new(),
            standard: None,
            dimension: None,
            show_when: None,
            comment: None,
            photo: None,
            answer,
        },
    )
}

fn criticals() -> impl Strategy<Value = Critical> {
    prop_oneof![
        Just(Critical::SectionZero {}),
        Just(Critical::VisitZero {}),
        (0..=10_000_u16).prop_map(|score| Critical::Cap { score }),
    ]
}

fn kinds() -> impl Strategy<Value = AnswerKind> {
    prop_oneof![
        any::<bool>()
            .prop_map(|yes| AnswerKind::YesNo { expect: if yes { Expected::Yes } else { Expected::No } }),
        vec(prop::option::of(0..=9_u16), 2..=4)
            .prop_map(|points| AnswerKind::OneChoice { options: options(&points) }),
        (-50..50_i32, 1..=100_i32, any::<bool>()).prop_map(|(from, span, reversed)| AnswerKind::Scale {
            from,
            to: from + span,
            reversed
        }),
        (9..=10_000_u32).prop_map(|max_length| AnswerKind::Text {
            min_length: None,
            max_length,
            pattern: None,
            bands: Vec::new(),
        }),
    ]
}

fn options(points: &[Option<u16>]) -> Vec<Choice> {
    let option = |(i, points): (usize, &Option<u16>)| Choice {
        key: Key::from(format!("o{i}")),
        text: text("Option"),
        points: *points,
    };
    points.iter().enumerate().map(option).collect()
}

fn texts() -> impl Strategy<Value = Text> {
    ("[A-Z][ -~]{0,12}", "[A-ZÉ][a-zé ]{0,12}")
        .prop_map(|(en, fr)| [("en", en), ("fr", fr)].into_iter().collect())
}

/// A text in the languages of [`contents`].
pub fn text(text: &str) -> Text {
    ["en", "fr"].map(|language| (language, text)).into_iter().collect()
}
