//! What shoppers see in the demo's branches. Each branch has its own quality, and gets better or worse over
//! the year; each question is more or less hard; each shopper is more or less strict.

use super::{
    dice::Dice,
    plan::{VISITS, Visit},
    scene::Scene,
};
use crate::{
    checklists::{
        answers::{AccuracyM, Answers, Degrees},
        manifest::Manifest,
        prepared::Prepared,
    },
    db::types::Instant,
    ids::EvidenceId,
    visits::phone::Position,
};

/// What a reviewer finds wrong with a visit.
pub(super) const REASONS: [&str; 3] = [
    "The answers describe another branch.",
    "The visit was much shorter than the checklist asks for.",
    "Half of the comments were copied from an earlier visit.",
];

/// What a reviewer decides about a visit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Reject(&'static str),
    Exclude(&'static str),
    /// Approved, and taken back for this reason: it is in the queue again.
    TakeBack(&'static str),
    /// Sent back, with this question to be answered anew.
    Return(&'static str),
    /// It is still in the queue.
    Later,
}

/// Why a visit counts nowhere although it was made as it should be.
pub(super) const OUT_OF_THE_ORDINARY: &str =
    "The kitchen was closed that day, so half of the checklist could not be done.";
/// Why an approval is taken back.
const SECOND_THOUGHTS: &str = "Its shopper wrote that two answers were mixed up.";

/// What is asked anew.
const UNCLEAR: &str = "clothes";

/// Most visits are approved, a few rejected or excluded; of the latest, some are still to be looked at, also again, or
/// were sent back.
pub(super) fn decision(visit: &Visit) -> Decision {
    let mut dice = Dice::of(&format!("review of {}", visit.name));
    if visit.turn + 1 == VISITS && dice.happens(0.6) {
        if dice.happens(0.15) { Decision::Return(UNCLEAR) } else { Decision::Later }
    } else if dice.happens(0.03) {
        dice.one_of(&REASONS).map_or(Decision::Approve, |reason| Decision::Reject(reason))
    } else if dice.happens(0.01) {
        Decision::Exclude(OUT_OF_THE_ORDINARY)
    } else if visit.turn + 2 == VISITS && dice.happens(0.1) {
        Decision::TakeBack(SECOND_THOUGHTS)
    } else {
        Decision::Approve
    }
}

/// What a reviewer leaves for the others.
const NOTES: [&str; 3] = [
    "I asked the shopper for the receipt; please wait until Friday.",
    "The summary names another branch. Has somebody seen this text before?",
    "Prices look too high for this branch: I asked the scheduler.",
];

/// Beside some of the visits that wait there is a note.
pub(super) fn note(visit: &Visit) -> Option<&'static str> {
    let mut dice = Dice::of(&format!("note on {}", visit.name));
    let waits = matches!(decision(visit), Decision::Later | Decision::TakeBack(_));
    if waits && dice.happens(0.3) { dice.one_of(&NOTES).copied() } else { None }
}

/// How far a shopper is to be trusted with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Honesty {
    Honest,
    /// Was a few kilometres away.
    Elsewhere,
    /// Let another program say where the phone was.
    Pretends,
    /// Tells a story that other visits have as well.
    Copies,
}

/// Nearly all are honest.
pub(super) fn honesty(visit: &Visit) -> Honesty {
    match Dice::of(&format!("honesty of {}", visit.name)).below(100) {
        0 | 1 => Honesty::Elsewhere,
        2 => Honesty::Pretends,
        3 | 4 => Honesty::Copies,
        _ => Honesty::Honest,
    }
}

/// Where the phone says that it was some minutes after the visit had begun.
pub(super) fn position(visit: &Visit) -> Option<Position> {
    let honesty = honesty(visit);
    let mut dice = Dice::of(&format!("position of {}", visit.name));
    let mut near = |degrees: f64| degrees + dice.between(-0.0003, 0.0003);
    let (north, longitude) = visit.position;
    let latitude = if honesty == Honesty::Elsewhere { north + 0.04 } else { north };
    Some(Position {
        at: Instant::from(visit.started.timestamp()).plus_seconds(300),
        latitude: Degrees::new(near(latitude))?,
        longitude: Degrees::new(near(longitude))?,
        accuracy_m: AccuracyM::try_from(5 + dice.below(40) as i64).ok(),
        mock: honesty == Honesty::Pretends,
    })
}

/// What a shopper tells of a visit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) answers: Answers,
    pub(super) manifest: Manifest,
    /// What is in each file of the manifest, in its order.
    pub(super) files: Vec<(EvidenceId, Vec<u8>)>,
}

/// What the shopper answers, with the evidence for it: to the questions that the phone shows.
pub(super) fn answered(checklist: &Prepared, visit: &Visit) -> Answered {
    let mut scene = Scene::new(visit, quality(visit));
    let questions = checklist.content().sections.iter().flat_map(|section| &section.questions);
    let answers =
        questions.filter_map(|question| Some((question.key.clone(), scene.answer(question)?))).collect();
    let taken = scene.files.iter().map(|(file, _)| file.clone()).collect();
    let (answers, manifest) = checklist.without_hidden(answers, taken);
    let kept = |id: EvidenceId| manifest.iter().any(|file| file.id == id);
    let files =
        scene.files.into_iter().map(|(file, bytes)| (file.id, bytes)).filter(|(id, _)| kept(*id)).collect();
    Answered { answers, manifest, files }
}

/// A branch that lost its best people in the middle of the year, and by how much less went well from then on.
const LOST_ITS_PEOPLE: (&str, f64) = ("FR-LIL-01", 0.3);

/// A shopper, by number, who finds more to be well than others do, and by how much more: one of those in Bulgaria.
const LENIENT: (usize, f64) = (12, 0.12);

/// How likely an ordinary thing is to go well on this visit.
fn quality(visit: &Visit) -> f64 {
    let mut branch = Dice::of(&format!("branch {}", visit.code));
    let (level, trend) = (branch.between(0.55, 0.90), branch.between(-0.16, 0.20));
    let mood = Dice::of(&format!("day of {}", visit.name)).between(-0.08, 0.08);
    let (lenient, bonus) = LENIENT;
    let usual = Dice::of(&format!("shopper {}", visit.shopper)).between(-0.03, 0.03);
    let leniency = if visit.shopper == lenient { bonus } else { usual };
    let (lost, by) = LOST_ITS_PEOPLE;
    let loss = if visit.code == lost && visit.turn >= VISITS / 2 { by } else { 0.0 };
    level + trend * (visit.turn as f64 / VISITS as f64 - 0.5) + mood + leniency - loss
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        checklists::manifest::Filled,
        demo::{checklist, plan::tests::a_year},
    };

    #[test]
    fn every_visit_is_accepted_and_the_same_every_time() {
        let checklist = checklist().unwrap();
        assert_eq!(checklist.content().check(), []);
        for visit in a_year() {
            let answered = answered(&checklist, &visit);
            let filled = Filled { answers: &answered.answers, manifest: &answered.manifest };
            assert_eq!(checklist.check_answers(filled), [], "{}", visit.name);
            assert_eq!(answered, super::answered(&checklist, &visit));
        }
    }

    #[test]
    fn branches_differ_and_most_do_well() {
        let (checklist, mut branches) = (checklist().unwrap(), BTreeMap::<_, Vec<i32>>::new());
        for visit in a_year() {
            let Answered { answers, manifest, .. } = answered(&checklist, &visit);
            let scored = checklist.score(Filled { answers: &answers, manifest: &manifest });
            branches.entry(visit.code).or_default().push(scored.overall.unwrap().get());
        }
        let mean = |scores: &Vec<i32>| scores.iter().sum::<i32>() / scores.len() as i32;
        let mut means: Vec<_> = branches.values().map(mean).collect();
        means.sort_unstable();
        assert!(means[0] > 5_000 && means[20] > 7_000 && means[39] < 9_800, "{means:?}");
        assert!(means[39] - means[0] > 1_500, "{means:?}");
    }

    #[test]
    fn one_shopper_scores_more_leniently_than_others_in_the_same_branches() {
        let checklist = checklist().unwrap();
        let (mut own, mut of_others) = (Vec::new(), Vec::new());
        for visit in a_year().into_iter().filter(|visit| visit.code.starts_with("BG")) {
            let Answered { answers, manifest, .. } = answered(&checklist, &visit);
            let score =
                checklist.score(Filled { answers: &answers, manifest: &manifest }).overall.unwrap().get();
            if visit.shopper == LENIENT.0 { own.push(score) } else { of_others.push(score) }
        }
        let mean = |scores: &[i32]| scores.iter().sum::<i32>() / i32::try_from(scores.len()).unwrap();
        assert!(mean(&own) > mean(&of_others) + 500, "{} and {}", mean(&own), mean(&of_others));
    }

    #[test]
    fn a_reviewer_approves_most() {
        let year = a_year();
        let decided = |wanted: fn(&Decision) -> bool| year.iter().filter(|v| wanted(&decision(v))).count();
        let rejected = decided(|one| matches!(one, Decision::Reject(_)));
        let excluded = decided(|one| matches!(one, Decision::Exclude(_)));
        assert!((3..20).contains(&excluded), "{excluded} excluded");
        let taken_back = decided(|one| matches!(one, Decision::TakeBack(_)));
        assert!((1..10).contains(&taken_back), "{taken_back} taken back");
        let returned = decided(|one| matches!(one, Decision::Return(_)));
        assert!((1..8).contains(&returned), "{returned} returned");
        let later = decided(|one| *one == Decision::Later);
        assert!((15..50).contains(&rejected), "{rejected} rejected");
        assert!((15..35).contains(&later), "{later} still in the queue");
    }
}
