//! Arbitrary checklists and visits for the tests of this feature: valid by construction, of every kind, without rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kinds;

use proptest::collection::vec;
use proptest::prelude::*;

use super::answers::{Answer, Answers};
use super::bindings::{Bindings, BoundDimension, BoundStandard};
use super::manifest::{Entry, Filled, Manifest, MediaType};
use super::model::{AnswerKind, Content, Critical, Demand, Expected, Key, Question, Section};
use super::prepared::Prepared;
use super::standards::model::Side;
use super::text::Text;
use crate::db::types::{Id, Sha256};
pub use kinds::{files, kinds, values};

/// So many standards and dimensions are in the catalogue that questions speak of.
const CATALOGUE: usize = 4;

/// A checklist that can be published, what its keys stand for, and a visit that fills it in.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The checklist.
    pub content: Content,
    /// What its keys stand for.
    pub bindings: Bindings,
    /// What was answered.
    pub answers: Answers,
    /// The evidence.
    pub manifest: Manifest,
}

impl Sample {
    /// The checklist, ready.
    pub fn prepared(&self) -> Prepared {
        Prepared::bound(self.content.clone(), self.bindings.clone())
    }

    /// The visit.
    pub fn filled(&self) -> Filled<'_> {
        Filled { answers: &self.answers, manifest: &self.manifest }
    }

    /// Every question.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.content.sections.iter().flat_map(|section| &section.questions)
    }

    /// The same with another reply to one question.
    pub fn with(&self, key: &Key, reply: &Reply) -> Self {
        let mut other = self.clone();
        other.manifest.retain(|file| file.question != *key);
        let answers = self.answers.iter().filter(|(other, _)| *other != key);
        let answers = answers.map(|(key, answer)| (key.clone(), answer.clone()));
        other.answers = answers.chain(reply.answer.clone().map(|answer| (key.clone(), answer))).collect();
        let files = reply.files.iter().map(|&media_type| evidence(u128::MAX, key, media_type));
        other.manifest = other.manifest.iter().cloned().chain(files).collect();
        other
    }
}

/// What is given to one question.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Among the answers.
    pub answer: Option<Answer>,
    /// In the manifest.
    pub files: Vec<MediaType>,
}

/// A checklist with a visit that fills it in.
pub fn samples() -> impl Strategy<Value = Sample> {
    (contents(), bindings()).prop_flat_map(|(content, bindings)| {
        let questions = content.sections.iter().flat_map(|section| &section.questions);
        let replies: Vec<_> =
            questions.map(|question| (Just(question.key.clone()), perhaps(question))).collect();
        replies.prop_map(move |replies| {
            let files =
                replies.iter().flat_map(|(key, reply)| reply.files.iter().map(move |file| (key, file)));
            let manifest = files.zip(1..).map(|((key, file), id)| evidence(id, key, *file)).collect();
            let answers = replies.into_iter().filter_map(|(key, reply)| Some((key, reply.answer?))).collect();
            Sample { content: content.clone(), bindings: bindings.clone(), answers, manifest }
        })
    })
}

/// A checklist with the answers to it, which may need evidence beside them.
pub fn visits() -> impl Strategy<Value = (Content, Answers)> {
    samples().prop_map(|sample| (sample.content, sample.answers))
}

/// A checklist that can be published.
pub fn contents() -> impl Strategy<Value = Content> {
    (texts(), vec((sections_weights(), vec(questions(), 1..=5)), 1..=4)).prop_map(|(title, groups)| {
        let mut number = 0;
        let sections = groups.into_iter().enumerate();
        let mut sections: Vec<_> =
            sections.map(|(i, (weight, questions))| section(i, weight, questions, &mut number)).collect();
        let section = &mut sections[0];
        section.weight = section.weight.max(1);
        let first = &mut section.questions[0];
        (first.bonus, first.weight) = (false, first.weight.max(1));
        if first.answer.points().is_none() {
            first.answer = AnswerKind::YesNo { expect: Expected::No };
        }
        let languages = vec!["en".into(), "fr".into()];
        Content { title, languages, sections, shortest_comment: None, contradictions: Vec::new() }
    })
}

/// What a catalogue of four standards and four dimensions stands for.
pub fn bindings() -> impl Strategy<Value = Bindings> {
    let sides = prop::sample::select(vec![Side::Personal, Side::Procedural]);
    (vec(sides, CATALOGUE), vec(0..CATALOGUE, CATALOGUE)).prop_map(|(sides, dimensions)| {
        let id = |number: usize| uuid::Uuid::from_u128(number as u128 + 1);
        let dimension = |(i, side)| (dimension_key(i), BoundDimension { id: Id::new(id(i)), side });
        let standard = |(i, of)| {
            let bound = BoundStandard { id: Id::new(id(i)), version: 1, dimension: dimension_key(of) };
            (standard_key(i), bound)
        };
        Bindings {
            dimensions: sides.into_iter().enumerate().map(dimension).collect(),
            standards: dimensions.into_iter().enumerate().map(standard).collect(),
        }
    })
}

/// A reply that the question allows and that counts, if anything that is given to the question does.
pub fn reply_to(question: &Question) -> BoxedStrategy<Reply> {
    let of_kind = match &question.answer {
        AnswerKind::Note {} => return Just(Reply::default()).boxed(),
        kind if kind.is_answered_by_files() => files(kind).prop_map(|files| (None, files)).boxed(),
        kind => values(kind).prop_map(|value| (Some(value), Vec::new())).boxed(),
    };
    let comment = match question.comment {
        Some(Demand::Never {}) => Just(None).boxed(),
        None => prop::option::of("[a-z \n]{0,9}").boxed(),
        Some(_) => "[a-z]{1,9}".prop_map(Some).boxed(),
    };
    let beside = match question.photo {
        _ if matches!(question.answer, AnswerKind::Photo { .. } | AnswerKind::Signature {}) => 0..=0_usize,
        Some(Demand::Never {}) => 0..=0,
        None => 0..=1,
        Some(_) => 1..=2,
    };
    (of_kind, comment, beside)
        .prop_map(|((value, mut files), comment, beside)| {
            files.extend(std::iter::repeat_n(MediaType::Jpeg, beside));
            let answer = Answer { value, comment, ..Answer::default() };
            Reply { answer: (answer != Answer::default()).then_some(answer), files }
        })
        .boxed()
}

/// That the question does not apply.
pub fn not_applicable() -> Reply {
    Reply { answer: Some(Answer { not_applicable: true, ..Answer::default() }), files: Vec::new() }
}

fn perhaps(question: &Question) -> BoxedStrategy<Reply> {
    let mut replies = vec![(7, reply_to(question))];
    if question.not_applicable && !matches!(question.answer, AnswerKind::Note {}) {
        replies.push((2, Just(not_applicable()).boxed()));
    }
    if !question.required {
        replies.push((2, Just(Reply::default()).boxed()));
    }
    prop::strategy::Union::new_weighted(replies).boxed()
}

fn evidence(id: u128, question: &Key, media_type: MediaType) -> Entry {
    let (id, sha256) = (Id::new(uuid::Uuid::from_u128(id)), Sha256::of(&id.to_be_bytes()));
    Entry { id, question: question.clone(), media_type, size: 1, sha256 }
}

fn sections_weights() -> impl Strategy<Value = u16> {
    prop_oneof![3 => Just(1), 2 => 0..=5_u16, 1 => 0..=1000_u16]
}

fn section(i: usize, weight: u16, mut questions: Vec<Question>, number: &mut usize) -> Section {
    for question in &mut questions {
        question.key = Key::from(format!("q{number}"));
        *number += 1;
    }
    Section { key: Key::from(format!("s{i}")), title: text("Section"), weight, show_when: None, questions }
}

fn questions() -> impl Strategy<Value = Question> {
    let weight = prop_oneof![0..=3_u16, Just(32), 0..=1000_u16];
    let rare = || prop::bool::weighted(0.2);
    let flags = (any::<bool>(), any::<bool>(), rare(), rare(), rare());
    let shown = (texts(), prop::option::of(texts()));
    let more = (prop::option::weighted(0.3, criticals()), about(), demands(), demands());
    (shown, weight, flags, more, kinds::kinds()).prop_map(
        |((text, help), weight, flags, (critical, (standard, dimension), comment, photo), answer)| {
            let (required, not_applicable, bonus, about_visit, names_staff) = flags;
            let has_points = answer.points().is_some();
            let fits = |demand: &Demand| match demand {
                _ if matches!(answer, AnswerKind::Note {}) => false,
                Demand::Below { .. } => has_points,
                _ => true,
            };
            let shows = matches!(answer, AnswerKind::Photo { .. } | AnswerKind::Signature {});
            Question {
                key: Key::from("q"),
                text,
                help,
                weight,
                required,
                not_applicable,
                bonus,
                critical: critical.filter(|_| !bonus && has_points && kinds::can_earn_nothing(&answer)),
                pictures: Vec::new(),
                standard,
                dimension,
                show_when: None,
                comment: comment.filter(fits),
                photo: photo.filter(|demand| fits(demand) && !shows),
                about_visit,
                names_staff,
                control: None,
                answer,
            }
        },
    )
}

/// A standard, a dimension or neither.
fn about() -> impl Strategy<Value = (Option<Key>, Option<Key>)> {
    prop_oneof![
        Just((None, None)),
        (0..CATALOGUE).prop_map(|i| (Some(standard_key(i)), None)),
        (0..CATALOGUE).prop_map(|i| (None, Some(dimension_key(i)))),
    ]
}

fn standard_key(i: usize) -> Key {
    Key::from(format!("standard_{i}"))
}

fn dimension_key(i: usize) -> Key {
    Key::from(format!("dimension_{i}"))
}

fn demands() -> impl Strategy<Value = Option<Demand>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Demand::Always {})),
        1 => Just(Some(Demand::Never {})),
        2 => (1..=10_000_u16).prop_map(|share| Some(Demand::Below { share })),
    ]
}

fn criticals() -> impl Strategy<Value = Critical> {
    prop_oneof![
        Just(Critical::SectionZero {}),
        Just(Critical::VisitZero {}),
        (0..=10_000_u16).prop_map(|score| Critical::Cap { score }),
    ]
}

fn texts() -> impl Strategy<Value = Text> {
    ("[A-Z][ -~]{0,12}", "[A-ZÉ][a-zé ]{0,12}")
        .prop_map(|(en, fr)| [("en", en), ("fr", fr)].into_iter().collect())
}

/// A text in the languages of [`contents`].
pub fn text(text: &str) -> Text {
    ["en", "fr"].map(|language| (language, text)).into_iter().collect()
}
