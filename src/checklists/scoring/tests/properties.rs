//! What holds for every checklist and every visit.

use proptest::prelude::*;
use serde_json::json;

use super::oracle::{self, Scores};
use super::*;
use crate::checklists::samples::{Reply, Sample, not_applicable, reply_to, samples};

/// Every score by the kind of subject and its key, for any order of sections and questions.
pub fn all(scored: &Scored) -> Scores {
    let kinds = [
        ("section", &scored.sections),
        ("dimension", &scored.dimensions),
        ("standard", &scored.standards),
        ("question", &scored.questions),
    ];
    let subjects = kinds.into_iter().flat_map(|(kind, all)| all.iter().map(move |one| (kind, one)));
    let subjects = subjects.map(|(kind, one)| ((kind, one.key.to_string()), number(one.score)));
    let sides = scored.sides.iter().map(|side| (("side", side.side.to_string()), number(side.score)));
    let overall = (("overall", String::new()), number(scored.overall));
    subjects.chain(sides).chain([overall]).collect()
}

fn score(sample: &Sample) -> Scored {
    sample.prepared().score(sample.filled())
}

/// A visit, one of its questions, and two replies to that.
fn two_replies() -> impl Strategy<Value = (Sample, Key, [Reply; 2])> {
    samples().prop_flat_map(|sample| {
        let questions: Vec<_> = sample.questions().cloned().collect();
        let replies = prop::sample::select(questions).prop_flat_map(|question| {
            let pair = [reply_to(&question), reply_to(&question)];
            (Just(question.key), pair)
        });
        (Just(sample), replies).prop_map(|(sample, (key, pair))| (sample, key, pair))
    })
}

/// A visit, and the same of the same checklist with its sections and their questions in another order.
fn shuffled() -> impl Strategy<Value = (Sample, Sample)> {
    samples().prop_flat_map(|sample| {
        let sections = sample.content.sections.iter().map(|section| {
            let section = section.clone();
            Just(section.questions.clone())
                .prop_shuffle()
                .prop_map(move |questions| Section { questions, ..section.clone() })
        });
        let sections: Vec<_> = sections.collect();
        let moved = (sections.prop_shuffle(), Just(sample.clone()));
        let moved = moved.prop_map(|(sections, mut sample)| {
            sample.content.sections = sections;
            sample
        });
        (Just(sample), moved)
    })
}

proptest! {
    #[test]
    fn the_oracle_agrees(sample in samples()) {
        let scored = score(&sample);
        prop_assert_eq!(all(&scored), oracle::scores(&sample));
        prop_assert_eq!(sample.prepared().overall(sample.filled()), scored.overall);
    }

    #[test]
    fn scores_are_from_0_to_10000(sample in samples()) {
        for (subject, score) in all(&score(&sample)) {
            prop_assert!(score.is_none_or(|score| (0..=10_000).contains(&score)), "{subject:?} {score:?}");
        }
    }

    #[test]
    fn the_explanation_adds_up(sample in samples()) {
        let prepared = sample.prepared();
        let (scored, explained) = (prepared.score(sample.filled()), prepared.explain(sample.filled()));
        prop_assert_eq!(&scored.effects, &explained.effects);
        prop_assert_eq!(
            (scored.overall, scored.earned, scored.possible),
            (explained.overall.score, explained.overall.earned, explained.overall.possible)
        );
        prop_assert_eq!(&scored.dimensions, &explained.dimensions);
        prop_assert_eq!(&scored.sides, &explained.sides);
        prop_assert_eq!(&scored.standards, &explained.standards);
        for (section, explained) in scored.sections.iter().zip(&explained.sections) {
            prop_assert_eq!((section.score, section.earned), (explained.figures.score, explained.figures.earned));
        }
        let sum = |of: fn(&QuestionExplanation) -> i64| explained.questions.iter().map(of).sum::<i64>();
        prop_assert_eq!(scored.possible, sum(|line| line.possible));
        prop_assert_eq!(explained.overall.before_effects, BasisPoints::of(sum(|line| line.earned), scored.possible));
        prop_assert!(explained.overall.score <= explained.overall.before_effects);
        for (line, question) in explained.questions.iter().zip(&scored.questions) {
            let of_question = (&question.key, question.earned, question.possible, question.score);
            prop_assert_eq!(of_question, (&line.question, line.earned, line.possible, line.score));
            prop_assert_eq!(line.earned, line.weight * line.points.unwrap_or(0));
            prop_assert_eq!(line.because.is_some(), line.why == Why::Answered);
        }
        let triggered: Vec<_> = explained.questions.iter().filter_map(|q| Some((&q.question, q.triggered?))).collect();
        prop_assert_eq!(triggered, scored.effects.iter().map(|e| (&e.question, e.effect)).collect::<Vec<_>>());
    }

    #[test]
    fn what_it_is_because_of_earns_the_points(sample in samples()) {
        let prepared = sample.prepared();
        for line in prepared.explain(sample.filled()).questions {
            let Some(because) = line.because else { continue };
            let bands = prepared.question(line.question.as_str()).unwrap().answer.bands();
            let points = match because {
                Because::Expected { expected, given } => (expected == given).into(),
                Because::Options { chosen } => chosen.iter().map(|option| i64::from(option.points)).sum(),
                Because::Steps { steps, .. } => steps,
                Because::Band { above_all: true, .. } => 0,
                Because::Band { up_to, measure, .. } => {
                    prop_assert!(up_to.is_none_or(|limit| measure <= limit));
                    bands.iter().find(|band| band.up_to == up_to).unwrap().points.into()
                }
            };
            prop_assert_eq!(Some(points), line.points);
        }
    }

    #[test]
    fn a_better_answer_never_lowers_a_score((sample, key, replies) in two_replies()) {
        let question = sample.questions().find(|question| question.key == key).map(|q| json!(q)).unwrap();
        let mut visits = replies.each_ref().map(|reply| {
            let visit = sample.with(&key, reply);
            let points = oracle::points(&question["answer"], &oracle::given(&visit, &question));
            (points, all(&score(&visit)))
        });
        visits.sort_by_key(|(points, _)| *points);
        let [(_, worse), (_, better)] = visits;
        for ((subject, worse), better) in worse.iter().zip(better.values()) {
            prop_assert!(worse <= better, "{subject:?}: {worse:?}, then {better:?}");
        }
    }

    #[test]
    fn order_never_matters((sample, moved) in shuffled()) {
        let (first, second) = (score(&sample), score(&moved));
        prop_assert_eq!(all(&first), all(&second));
        prop_assert_eq!((first.earned, first.possible), (second.earned, second.possible));
    }

    #[test]
    fn not_applicable_and_unanswered_never_count((sample, key, _) in two_replies()) {
        let mut without = sample.with(&key, &Reply::default());
        for section in &mut without.content.sections {
            section.questions.retain(|question| question.key != key);
        }
        let mut expected = all(&score(&without));
        for reply in [not_applicable(), Reply::default()] {
            let scored = score(&sample.with(&key, &reply));
            let question = scored.questions.iter().find(|question| question.key == key).unwrap();
            prop_assert_eq!((question.earned, question.possible, question.score), (0, 0, None));
            let scores = all(&scored);
            // What only this question was about has no score now.
            expected.extend(scores.keys().filter(|subject| !expected.contains_key(subject)).map(|subject| (subject.clone(), None)).collect::<Vec<_>>());
            prop_assert_eq!(scores, expected.clone());
        }
    }

    #[test]
    fn only_the_relation_of_weights_matters(sample in samples(), by in 2..=9_u16, of_sections in any::<bool>()) {
        let mut larger = sample.clone();
        for section in &mut larger.content.sections {
            if of_sections {
                section.weight *= by;
            } else {
                section.questions.iter_mut().for_each(|question| question.weight *= by);
            }
        }
        prop_assert_eq!(all(&score(&larger)), all(&score(&sample)));
    }

    #[test]
    fn a_score_reads_back_as_written(sample in samples()) {
        let prepared = sample.prepared();
        let (scored, explained) = (prepared.score(sample.filled()), prepared.explain(sample.filled()));
        let (a, b) = (serde_json::to_string(&scored).unwrap(), serde_json::to_string(&explained).unwrap());
        prop_assert_eq!(serde_json::from_str::<Scored>(&a).unwrap(), scored);
        prop_assert_eq!(serde_json::from_str::<Explanation>(&b).unwrap(), explained);
    }
}
