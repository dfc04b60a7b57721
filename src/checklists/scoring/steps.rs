//! The least by which two visits of a checklist can differ: one step of one answer.

use super::{Line, Scored, SubjectScore, Tallies, Why, sums};
use crate::{
    checklists::{counted::Subject, given::Answered, key::Key, kinds::AnswerKind, prepared::Prepared},
    ids::{ChecklistId, VersionId},
    limits::BasisPoints,
};

/// No score can scatter more: the square of half of the scale, in basis points squared.
const MOST: i128 = 25_000_000;

impl Prepared {
    /// The variance of each subject's scores, in basis points squared, if a visit differed from another by the least that it can: by one
    /// step of one answer, at any of its points alike. Subjects in which nothing can be scored are left out, and so are choices.
    ///
    /// The least step `δ` is that of the question whose next better answer earns the least more, weighted, and `P` is all that a visit can
    /// earn. The whole score then has the variance `(10,000·δ/P)²`. A part in which `Pₛ` can be earned has that variance times `P/Pₛ`, for one
    /// step in it is as much larger, and as often comes; what is lost by it of the whole score has it times `Pₛ/P`. Each is rounded up.
    pub fn least_variances(&self, checklist: ChecklistId, version: VersionId) -> Vec<(Subject, i64)> {
        let (scored, least) = self.nothing_earned();
        let (Some(step), all) = (least, i128::from(scored.possible)) else { return Vec::new() };
        let full = i128::from(BasisPoints::FULL.get());
        if all == 0 {
            return Vec::new();
        }
        let step = full * i128::from(step);
        let of_whole = ratio_up(ratio_up(step * step, all), all).min(MOST);
        let variance = |subject: &Subject| {
            let part = i128::from(scored.possible_in(subject)).min(all);
            if part == 0 {
                return None;
            }
            let is_loss = matches!(subject, Subject::LossByStandard(_) | Subject::LossByQuestion { .. });
            let (times, by) = if is_loss { (part, all) } else { (all, part) };
            Some(ratio_up(of_whole * times, by).min(MOST) as i64)
        };
        let subjects = [Subject::Overall].into_iter().chain(self.counted_subjects(checklist, version));
        let with_variance = |subject: Subject| {
            let variance = variance(&subject)?;
            Some((subject, variance))
        };
        subjects.filter_map(with_variance).collect()
    }

    /// What a visit scores that is asked everything and earns nothing; and the least step of an answer, weighted.
    fn nothing_earned(&self) -> (Scored, Option<i64>) {
        let mut tallies = Tallies::new(self.subjects());
        let (mut sums, mut questions, mut least) = (sums::Sums::default(), Vec::new(), None::<i64>);
        let mut points = self.points().iter();
        for section in &self.content().sections {
            let mut sum = sums::Sum::default();
            for question in &section.questions {
                let weight = i64::from(section.weight) * i64::from(question.weight);
                let most = points.next().copied().flatten().filter(|_| !question.bonus).unwrap_or(0);
                let possible = weight.saturating_mul(most);
                let step = question.answer.least_step().filter(|_| possible > 0);
                let steps = least.into_iter().chain(step.map(|step| weight.saturating_mul(step)));
                least = steps.min();
                let (answered, why) = (Answered::Nothing, Why::NotAnswered);
                let line = Line { answered, weight, points: None, earned: 0, possible, why, triggered: None };
                tallies.add(questions.len(), &line);
                questions.push(line.tally().subject(&question.key));
                sum.add(&line);
            }
            sums.sections.push((&section.key, sum));
        }
        (sums.scored(tallies, questions), least)
    }
}

impl Scored {
    /// What could have been earned in a subject; nothing in a choice.
    fn possible_in(&self, subject: &Subject) -> i64 {
        let of = |all: &[SubjectScore], key: &Key| {
            all.iter().find(|one| one.key == *key).map_or(0, |one| one.possible)
        };
        match subject {
            Subject::Overall | Subject::Checklist(_) | Subject::Version(_) => self.possible,
            Subject::Side(side) => {
                self.sides.iter().find(|one| one.side == *side).map_or(0, |one| one.possible)
            }
            Subject::Section { key, .. } => of(&self.sections, key),
            Subject::Dimension(key) => of(&self.dimensions, key),
            Subject::Standard(key) | Subject::LossByStandard(key) => of(&self.standards, key),
            Subject::Question { key, .. } | Subject::LossByQuestion { key, .. } => of(&self.questions, key),
            Subject::Choice { .. } => 0,
        }
    }
}

impl AnswerKind {
    /// The least by which two answers can earn different points; none if all answers earn the same.
    fn least_step(&self) -> Option<i64> {
        let mut points: Vec<i64> = match self {
            Self::YesNo { .. } | Self::Scale { .. } => return self.points().map(|_| 1),
            Self::OneChoice { options } => {
                options.iter().map(|option| option.points.unwrap_or(0).into()).collect()
            }
            // One option more or less.
            Self::SeveralChoices { options, .. } => {
                return options
                    .iter()
                    .filter_map(|option| option.points)
                    .filter(|it| *it > 0)
                    .map(i64::from)
                    .min();
            }
            Self::Number { .. }
            | Self::Amount { .. }
            | Self::Duration { .. }
            | Self::Text { .. }
            | Self::DateTime { .. }
            | Self::Photo { .. }
            | Self::Audio { .. }
            | Self::Location {}
            | Self::Signature {}
            | Self::Note {} => {
                // Above the last band nothing is earned.
                let ends = self.bands().last().is_some_and(|band| band.up_to.is_some());
                let above = ends.then_some(0);
                self.bands().iter().map(|band| band.points.into()).chain(above).collect()
            }
        };
        points.sort_unstable();
        points.dedup();
        points.windows(2).map(|two| two[1] - two[0]).min()
    }
}

/// Rounded up; neither is negative.
fn ratio_up(of: i128, by: i128) -> i128 {
    (of + by - 1).div_euclid(by)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::checklists::model::Content;

    fn variances(sections: serde_json::Value) -> Vec<(String, i64)> {
        let content = serde_json::json!({"languages": ["en"], "title": {"en": "t"}, "sections": sections});
        let content: Content = serde_json::from_value(content).unwrap();
        let checklist: ChecklistId = "0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap();
        let of = Prepared::new(content).least_variances(checklist, checklist.cast());
        let id = checklist.to_string();
        of.into_iter().map(|(subject, variance)| (subject.to_string().replace(&id, "c"), variance)).collect()
    }

    fn question(key: &str, weight: u16, answer: serde_json::Value) -> serde_json::Value {
        serde_json::json!({"key": key, "text": {"en": key}, "weight": weight, "answer": answer})
    }

    /// 2 of 16 points are the least step, 1,250 basis points; both sections and all questions follow from that.
    #[test]
    fn the_least_step_is_that_of_one_answer() {
        let options = serde_json::json!([
            {"key": "short", "text": {"en": "s"}, "points": 10}, {"key": "long", "text": {"en": "l"}, "points": 0}
        ]);
        let sections = serde_json::json!([
            {"key": "arrival", "title": {"en": "a"}, "questions": [
                question("greeted", 2, serde_json::json!({"kind": "yes_no", "expect": "yes"})),
                question("waited", 1, serde_json::json!({"kind": "one_choice", "options": options}))]},
            {"key": "table", "title": {"en": "t"}, "questions": [
                question("clean", 1, serde_json::json!({"kind": "scale", "from": 1, "to": 5})),
                question("note", 1, serde_json::json!({"kind": "note"}))]},
        ]);
        // A scale's step of the weight 1 is the least: 1 of 16.
        let wanted = [
            ("overall", 390_625),
            ("checklist/c", 390_625),
            ("version/c", 390_625),
            ("section/c/arrival", 520_834),
            ("section/c/table", 1_562_500),
            ("question/c/greeted", 3_125_000),
            ("question/c/waited", 625_000),
            ("question/c/clean", 1_562_500),
            ("loss_by_question/c/greeted", 48_829),
            ("loss_by_question/c/waited", 244_141),
            ("loss_by_question/c/clean", 97_657),
        ];
        let wanted = wanted.map(|(name, variance)| (name.to_owned(), variance));
        assert_eq!(variances(sections), wanted);
    }

    #[test]
    fn what_cannot_differ_has_none() {
        let note = question("note", 1, serde_json::json!({"kind": "note"}));
        let of = |question| serde_json::json!([{"key": "s", "title": {"en": "s"}, "questions": [question]}]);
        assert_eq!(variances(of(note)), []);
        // One answer is the whole scale, and no score scatters more than half of it.
        let only = question("only", 1, serde_json::json!({"kind": "yes_no", "expect": "yes"}));
        assert!(variances(of(only)).iter().all(|(_, variance)| *variance == 25_000_000));
    }

    #[test]
    fn bands_and_options_have_steps() {
        let step = |answer| serde_json::from_value::<AnswerKind>(answer).unwrap().least_step();
        let bands = |bands| serde_json::json!({"kind": "duration", "bands": bands});
        let open =
            serde_json::json!([{"up_to": 60, "points": 10}, {"up_to": 120, "points": 7}, {"points": 5}]);
        assert_eq!(step(bands(open)), Some(2));
        let ending = serde_json::json!([{"up_to": 60, "points": 10}, {"up_to": 120, "points": 9}, {"up_to": 180, "points": 7}]);
        assert_eq!(step(bands(ending)), Some(1));
        let several = serde_json::json!({"kind": "several_choices", "options": [
            {"key": "a", "text": {"en": "a"}, "points": 4}, {"key": "b", "text": {"en": "b"}, "points": 6},
            {"key": "c", "text": {"en": "c"}}]});
        assert_eq!(step(several), Some(4));
    }
}
