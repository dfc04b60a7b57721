//! What can be wrong with points and weights: nothing to earn, nothing to lose, nothing that counts.

use super::Check;
use crate::checklists::model::{AnswerKind, Choice, Critical, FULL_SCORE, Question, Section};
use crate::checklists::rules::limits;

impl Check<'_> {
    pub(super) fn critical(&mut self, at: &str, question: &Question, critical: Critical) {
        if question.points().is_none() {
            let message = "Give the answers points, or make the question not critical.";
            self.error(at, "critical_without_points", message);
        } else if !can_earn_nothing(&question.answer) {
            let message =
                "Give one answer no points, or make the question not critical: every answer earns some.";
            self.error(at, "critical_never_fails", message);
        }
        if question.bonus {
            self.error(at, "critical_bonus", "Make the question either critical or a bonus.");
        }
        if let Critical::Cap { score } = critical {
            self.range(&format!("{at}/score"), score.into(), 0, FULL_SCORE.into());
        }
    }

    pub(super) fn question_points(&mut self, at: &str, question: &Question) {
        if question.points().is_none() {
            return;
        }
        // Of these kinds every question has points, also one that is only asked for a rule.
        let always = matches!(question.answer, AnswerKind::YesNo { .. } | AnswerKind::Scale { .. });
        if question.weight == 0 && question.critical.is_none() && !always {
            let message = "Its points count for nothing; give it a weight, or its answers no points.";
            self.warning(format!("{at}/weight"), "weight_zero", message);
        }
        if question.weight > 0 && question.standard.is_none() && question.dimension.is_none() {
            let message = "Name the standard that it verifies, so that it shows what is missed.";
            self.warning(format!("{at}/standard"), "no_standard", message);
        }
        if all_earn_the_same(&question.answer) {
            let message = "Every answer earns the same; give better answers more.";
            self.warning(format!("{at}/answer"), "points_never_differ", message);
        }
    }

    pub(super) fn section_points(&mut self, at: &str, section: &Section) {
        if section.weight == 0 || !section.questions.iter().any(counts) {
            let message = "The section never has a score of its own: nothing in it can be earned.";
            self.warning(at, "section_without_points", message);
        }
    }

    pub(super) fn whole_points(&mut self) {
        let sections = &self.content.sections;
        if !sections.iter().any(|section| section.weight > 0 && section.questions.iter().any(counts)) {
            let message = "Give at least one question points and a weight, and make it no bonus: \
                           without it no visit would ever have a score.";
            self.error("/sections", "nothing_to_score", message);
        }
    }
}

/// Whether a score can come of this question at all.
fn counts(question: &Question) -> bool {
    !question.bonus && question.weight > 0 && question.points().is_some()
}

/// Whether some answer earns none of the points.
fn can_earn_nothing(answer: &AnswerKind) -> bool {
    let nothing = |option: &Choice| option.points.unwrap_or(0) == 0;
    match answer {
        AnswerKind::OneChoice { options } => options.iter().any(nothing),
        AnswerKind::SeveralChoices { options, at_least, .. } => {
            options.iter().filter(|option| nothing(option)).count() >= usize::from(*at_least)
        }
        AnswerKind::YesNo { .. } | AnswerKind::Scale { .. } => true,
        AnswerKind::Number { .. }
        | AnswerKind::Amount { .. }
        | AnswerKind::Duration { .. }
        | AnswerKind::Text { .. }
        | AnswerKind::DateTime { .. }
        | AnswerKind::Photo { .. }
        | AnswerKind::Audio { .. }
        | AnswerKind::Location {}
        | AnswerKind::Signature {}
        | AnswerKind::Note {} => reachable(answer).any(|points| points == 0),
    }
}

/// The points of every band that some answer within its limits falls into, and 0 where one lies above them all.
fn reachable(answer: &AnswerKind) -> impl Iterator<Item = u16> {
    let (least, most) = match answer {
        AnswerKind::Text { min_length, max_length, .. } => {
            (i64::from(min_length.unwrap_or(1)), i64::from(*max_length))
        }
        _ => limits(answer).unwrap_or((i64::MIN, i64::MAX)),
    };
    let mut above = i64::MIN;
    let bands = answer.bands().iter().map(|band| (band.up_to.unwrap_or(i64::MAX), band.points));
    let beyond = answer.bands().last().and_then(|last| last.up_to).map(|_| (i64::MAX, 0));
    bands.chain(beyond).filter_map(move |(up_to, points)| {
        let from = std::mem::replace(&mut above, up_to.saturating_add(1));
        (from <= most && up_to >= least && from <= up_to).then_some(points)
    })
}

/// Whether all answers earn the same points.
fn all_earn_the_same(answer: &AnswerKind) -> bool {
    fn same(mut points: impl Iterator<Item = u16>) -> bool {
        let first = points.next();
        points.all(|points| Some(points) == first)
    }
    match answer {
        AnswerKind::OneChoice { options } => same(options.iter().map(|option| option.points.unwrap_or(0))),
        _ if answer.bands().is_empty() => false,
        _ => same(reachable(answer)),
    }
}
