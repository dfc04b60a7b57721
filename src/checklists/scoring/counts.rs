//! What a visit counts under: the subjects of a checklist, and what a visit scored in each of them.

use super::{BasisPoints, SubjectScore};
use crate::{
    checklists::{
        answers::AnswerValue, counted::Subject, given::Answered, key::Key, kinds::AnswerKind,
        manifest::Filled, model::Question, prepared::Prepared, standards::model::Side, validity::fits,
    },
    ids::{ChecklistId, VersionId},
};

/// A scale with more steps than this is not counted step by step.
const MOST_STEPS: i64 = 11;

impl Prepared {
    /// The subjects that visits of this checklist can score in, without [`Subject::Overall`].
    pub fn counted_subjects(&self, checklist: ChecklistId, version: VersionId) -> Vec<Subject> {
        let questions = || self.content().sections.iter().flat_map(|section| &section.questions);
        let sides = Side::ALL.iter().filter(|side| self.has_side(**side));
        let sections = self.content().sections.iter();
        let choices = |question: &Question| {
            let of = question.key.clone();
            let choice = move |key| Subject::Choice { checklist, question: of.clone(), key };
            choices(question).into_iter().map(choice).collect::<Vec<_>>()
        };
        let mut subjects = vec![Subject::Checklist(checklist), Subject::Version(version)];
        subjects.extend(sides.map(|side| Subject::Side(*side)));
        subjects.extend(sections.map(|section| Subject::Section { checklist, key: section.key.clone() }));
        subjects.extend(self.subjects().dimensions.iter().map(|(key, _)| Subject::Dimension(key.clone())));
        subjects.extend(self.subjects().standards.iter().cloned().map(Subject::Standard));
        subjects.extend(
            questions()
                .filter(|question| can_score(question))
                .map(|question| Subject::Question { checklist, key: question.key.clone() }),
        );
        subjects.extend(questions().flat_map(choices));
        subjects.extend(self.subjects().standards.iter().cloned().map(Subject::LossByStandard));
        subjects.extend(
            questions()
                .filter(|question| loses_alone(question))
                .map(|question| Subject::LossByQuestion { checklist, key: question.key.clone() }),
        );
        subjects
    }

    /// What a visit scores as a whole, and in each of the [subjects](Self::counted_subjects) in their order, in basis points; none where nothing
    /// was possible or the question was not answered.
    pub fn count<'f>(&self, filled: impl Into<Filled<'f>>) -> (Option<BasisPoints>, Vec<Option<i32>>) {
        let mut chosen = Vec::new();
        let scored = self.score_and_show(filled.into(), |question, answered| {
            was_chosen(question, answered, &mut chosen);
        });
        let questions = self.content().sections.iter().flat_map(|section| &section.questions);
        let questions = || questions.clone().zip(&scored.questions);
        let loss = |of: &SubjectScore| {
            // Without points in this visit nothing could be lost.
            of.score.and_then(|_| BasisPoints::of(of.possible - of.earned, scored.possible))
        };
        let parts = [scored.overall, scored.overall]
            .into_iter()
            .chain(scored.sides.iter().map(|side| side.score))
            .chain(scored.sections.iter().map(|section| section.score))
            .chain(scored.dimensions.iter().map(|dimension| dimension.score))
            .chain(scored.standards.iter().map(|standard| standard.score))
            .chain(questions().filter(|(question, _)| can_score(question)).map(|(_, of)| of.score))
            .map(|score| score.map(BasisPoints::get))
            .chain(chosen)
            .chain(scored.standards.iter().map(loss).map(|loss| loss.map(BasisPoints::get)))
            .chain(
                questions()
                    .filter(|(question, _)| loses_alone(question))
                    .map(|(_, of)| loss(of).map(BasisPoints::get)),
            );
        (scored.overall, parts.collect())
    }

    fn has_side(&self, side: Side) -> bool {
        self.subjects().dimensions.iter().any(|(_, its)| *its == Some(side))
    }
}

/// Whether an answer to this question can have a score of its own.
fn can_score(question: &Question) -> bool {
    question.points().is_some() && !question.bonus
}

/// Whether what is lost by this question is lost by no standard.
fn loses_alone(question: &Question) -> bool {
    can_score(question) && question.standard.is_none()
}

/// What can be chosen in this question; nothing in one that is asked to see whether the shopper looks.
fn choices(question: &Question) -> Vec<Key> {
    match &question.answer {
        _ if question.is_control() => Vec::new(),
        AnswerKind::OneChoice { options } | AnswerKind::SeveralChoices { options, .. } => {
            options.iter().map(|option| option.key.clone()).collect()
        }
        AnswerKind::Scale { .. } => steps(&question.answer).map(|step| Key::from(step.to_string())).collect(),
        _ => Vec::new(),
    }
}

/// The steps of a scale that are counted one by one.
fn steps(kind: &AnswerKind) -> std::ops::Range<i64> {
    match kind {
        AnswerKind::Scale { from, to, .. } if i64::from(*to) - i64::from(*from) < MOST_STEPS => {
            i64::from(*from)..i64::from(*to) + 1
        }
        _ => 0..0,
    }
}

/// Adds for each [choice](choices) of a question whether it was chosen; none for each if the question was not answered.
fn was_chosen(question: &Question, answered: Answered<'_>, chosen: &mut Vec<Option<i32>>) {
    let value = match answered {
        Answered::Value(value) if fits(&question.answer, answered) => Some(value),
        _ => None,
    };
    let full = |is_chosen: bool| if is_chosen { BasisPoints::FULL.get() } else { 0 };
    match &question.answer {
        _ if question.is_control() => {}
        AnswerKind::OneChoice { options } | AnswerKind::SeveralChoices { options, .. } => {
            let keys: Option<&[String]> = match value {
                Some(AnswerValue::Text(key)) => Some(std::slice::from_ref(key)),
                Some(AnswerValue::List(keys)) => Some(keys),
                _ => None,
            };
            let is_among = |key: &Key, keys: &[String]| keys.iter().any(|other| other == key.as_str());
            chosen.extend(options.iter().map(|option| keys.map(|keys| full(is_among(&option.key, keys)))));
        }
        kind @ AnswerKind::Scale { .. } => {
            let given = match value {
                Some(AnswerValue::Integer(number)) => Some(*number),
                _ => None,
            };
            chosen.extend(steps(kind).map(|step| given.map(|given| full(given == step))));
        }
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checklists::{answers::Answers, model::Content};

    fn checklist() -> ChecklistId {
        "0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap()
    }

    #[test]
    fn a_visit_scores_in_as_many_subjects_as_there_are() {
        let option = |key: &str, points| json!({"key": key, "text": {"en": key}, "points": points});
        let content: Content = serde_json::from_value(json!({"title": {"en": "T"}, "languages": ["en"], "sections": [
            {"key": "s", "title": {"en": "S"}, "questions": [
                {"key": "greeted", "text": {"en": "?"}, "answer": {"kind": "yes_no"}},
                {"key": "how", "text": {"en": "?"}, "answer": {"kind": "one_choice",
                    "options": [option("well", 10), option("so", 5)]}},
                {"key": "stars", "text": {"en": "?"}, "answer": {"kind": "scale", "from": 1, "to": 3}},
                {"key": "long", "text": {"en": "?"}, "answer": {"kind": "scale", "from": 0, "to": 100}},
                {"key": "extra", "text": {"en": "?"}, "bonus": true, "answer": {"kind": "yes_no"}},
                {"key": "looks", "text": {"en": "?"}, "control": {"var": "greeted"}, "answer": {"kind": "one_choice",
                    "options": [option("a", 1), option("b", 0)]}}
            ]}
        ]})).unwrap();
        let prepared = Prepared::new(content);
        let names: Vec<_> = prepared
            .counted_subjects(checklist(), checklist().cast())
            .iter()
            .map(|subject| subject.to_string().replace("/0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f", ""))
            .collect();
        let answers: Answers = serde_json::from_value(json!({
            "greeted": {"value": true}, "how": {"value": "so"}, "stars": {"value": 3},
            "extra": {"value": true}, "looks": {"value": "a"}
        }))
        .unwrap();
        let (overall, parts) = prepared.count(&answers);
        // 1 of 1, 5 of 10, 2 of 2, and one more from the bonus.
        assert_eq!(overall.map(BasisPoints::get), Some(6_923));
        let scores: Vec<_> = names.iter().map(String::as_str).zip(parts).collect();
        assert_eq!(
            scores,
            [
                ("checklist", Some(6_923)),
                ("version", Some(6_923)),
                ("section/s", Some(6_923)),
                ("question/greeted", Some(10_000)),
                ("question/how", Some(5_000)),
                ("question/stars", Some(10_000)),
                ("question/long", None),
                ("choice/how/well", Some(0)),
                ("choice/how/so", Some(10_000)),
                ("choice/stars/1", Some(0)),
                ("choice/stars/2", Some(0)),
                ("choice/stars/3", Some(10_000)),
                // Of 13 points.
                ("loss_by_question/greeted", Some(0)),
                ("loss_by_question/how", Some(3_846)),
                ("loss_by_question/stars", Some(0)),
                ("loss_by_question/long", None),
            ]
        );
        assert_eq!(prepared.count(&Answers::default()).1.len(), names.len());
    }
}
