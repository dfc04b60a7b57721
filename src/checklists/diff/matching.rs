//! All questions of two contents, matched across their sections.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::order::{self, Pair, Pairs};
use crate::checklists::model::{Question, Section};

/// A question as it stands now, with the one that it was.
pub(super) struct Now<'c> {
    pub(super) question: &'c Question,
    pub(super) old: Option<Old<'c>>,
}

pub(super) struct Old<'c> {
    pub(super) question: &'c Question,
    pub(super) way: Way<'c>,
}

/// How a question came to where it stands.
pub(super) enum Way<'c> {
    Stayed,
    /// From one place in its section to another.
    Within(usize, usize),
    /// From this section.
    From(&'c Section),
}

/// All questions, matched across sections.
pub(super) struct Questions<'c> {
    /// Those that there are, by the number of their section.
    pub(super) now: BTreeMap<usize, Vec<Now<'c>>>,
    /// Those that are gone, by the number of the section that they were in.
    pub(super) gone: BTreeMap<usize, Vec<&'c Question>>,
}

impl<'c> Questions<'c> {
    pub(super) fn of(from: &'c [Section], to: &'c [Section], sections: &HashMap<usize, &Pair>) -> Self {
        let (old, young) = (flat(from), flat(to));
        let pairs = Pairs::of(&old, &young, |at| at.question.key.as_str());
        // Within each section, only those that were in it before can have changed their places among each other.
        let same = |a: &At, b: &At| sections.get(&b.section).is_some_and(|pair| pair.from == a.section);
        let mut stayed: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for pair in &pairs.kept {
            if let (Some(a), Some(b)) = (old.get(pair.from), young.get(pair.to))
                && same(a, b)
            {
                stayed.entry(b.section).or_default().push((a.place, b.place));
            }
        }
        let mut within: HashSet<(usize, usize)> = HashSet::new();
        for (section, places) in &stayed {
            let before: Vec<_> = places.iter().map(|(before, _)| *before).collect();
            let moved = order::out_of_order(&before);
            within.extend(
                places.iter().zip(moved).filter(|(_, moved)| *moved).map(|((_, now), _)| (*section, *now)),
            );
        }
        let mut matched: BTreeMap<usize, usize> =
            pairs.kept.iter().map(|pair| (pair.to, pair.from)).collect();
        let mut now: BTreeMap<usize, Vec<Now>> = BTreeMap::new();
        for (number, b) in young.iter().enumerate() {
            let was = matched.remove(&number).and_then(|from| old.get(from));
            let was = was.and_then(|a| {
                let way = match same(a, b) {
                    true if within.contains(&(b.section, b.place)) => Way::Within(a.place, b.place),
                    true => Way::Stayed,
                    false => Way::From(from.get(a.section)?),
                };
                Some(Old { question: a.question, way })
            });
            now.entry(b.section).or_default().push(Now { question: b.question, old: was });
        }
        let mut gone: BTreeMap<usize, Vec<&Question>> = BTreeMap::new();
        for a in pairs.removed.iter().filter_map(|at| old.get(*at)) {
            gone.entry(a.section).or_default().push(a.question);
        }
        Self { now, gone }
    }
}

/// Where a question stands.
struct At<'c> {
    section: usize,
    place: usize,
    question: &'c Question,
}

fn flat(sections: &[Section]) -> Vec<At<'_>> {
    let each = sections.iter().enumerate();
    each.flat_map(|(section, one)| {
        let questions = one.questions.iter().enumerate();
        questions.map(move |(place, question)| At { section, place, question })
    })
    .collect()
}
