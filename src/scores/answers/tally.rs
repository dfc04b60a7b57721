//! Counts what visits answered, question by question, and keeps for each question the visits that tell most.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};

use jiff::civil::Date;

use super::{AnswerOrder, Asked, Given, Part, QuestionOf};
use crate::{
    checklists::{key::Key, scoring::BasisPoints},
    db::{Conn, types::Id},
    error::Result,
    ids::VisitId,
    scores::{
        by_visit::{self, Seen},
        content::{Content, contents},
        means::Means,
        model::Reader,
        statistics::Sums,
        store::Listed,
        visible::Visible,
        wanted::Wanted,
    },
    visits::blind,
};

/// So many visits are named with each question, at most.
pub(super) const MOST_QUOTES: usize = 5;

/// What some visits answered to a question.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// What they scored in it.
    pub(super) scores: Sums,
    /// What they lost by it of their whole scores.
    pub(super) losses: Sums,
    /// The standard that it verifies.
    pub(super) standard: Option<Key>,
    /// What those lost by it that gave an answer.
    pub(super) given: BTreeMap<Given, Sums>,
    /// Those of them that tell most.
    pub(super) first: Vec<Candidate>,
}

/// A visit that may be named with a question.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The visit.
    pub(super) seen: Seen,
    /// What it answered.
    pub(super) given: Vec<Given>,
    /// What it scored in the question.
    pub(super) score: i32,
    loss: i32,
    has_words: bool,
}

/// What a visit answered to a question.
pub(super) struct Line {
    pub(super) question: Key,
    pub(super) standard: Option<Key>,
    pub(super) score: i32,
    pub(super) loss: i32,
    pub(super) given: Vec<Given>,
    pub(super) has_words: bool,
}

/// What a visit answered to each question that it was scored in, as far as that is shown: of this part alone, if there is one.
pub(super) fn lines(content: &Content, part: Option<&Part>) -> Vec<Line> {
    let prepared = &content.version.prepared;
    let explained = prepared.explain(content.visit.content.0.filled());
    let possible = explained.overall.possible;
    let lines = explained.questions.into_iter().filter(|line| part.is_none_or(|part| part.has(line)));
    let shown = lines.filter_map(|line| {
        let question = prepared.question(line.question.as_str())?;
        let score = line.score.filter(|_| !question.is_control() && content.shown.shows(question))?;
        let loss = BasisPoints::of(line.possible - line.earned, possible)?;
        let given = line.because.map(|because| Given::of(question, &because, content.shown.amounts));
        Some(Line {
            score: score.get(),
            loss: loss.get(),
            given: given.unwrap_or_default(),
            has_words: content.words(question).is_some(),
            question: line.question,
            standard: line.standard,
        })
    });
    shown.collect()
}

impl Tally {
    /// Counts one more visit; it is named if it may be, and tells more than others in this order.
    fn add(&mut self, order: AnswerOrder, line: Line, seen: Option<&Seen>) {
        let Line { standard, score, loss, given, has_words, .. } = line;
        let losses = Sums::of(loss);
        self.scores = self.scores.plus(Sums::of(score));
        self.losses = self.losses.plus(losses);
        for one in &given {
            let sums = self.given.entry(one.clone()).or_default();
            *sums = sums.plus(losses);
        }
        self.standard = standard.or_else(|| self.standard.take());
        let Some(seen) = seen else { return };
        let candidate = |seen: Seen| Candidate { seen, given, score, loss, has_words };
        let rank = rank(order, (loss, has_words), seen);
        let at = self.first.partition_point(|other| other.rank(order) < rank);
        if at < MOST_QUOTES {
            self.first.insert(at, candidate(seen.clone()));
            self.first.truncate(MOST_QUOTES);
        }
    }
}

/// By what a visit has its place among those that are named: whether it is no example, whether it says nothing in words, how much it lost, the day from
/// the last one back, and the id.
type Rank = (bool, bool, i32, Reverse<Date>, Id<Seen>);

fn rank(order: AnswerOrder, (loss, has_words): (i32, bool), seen: &Seen) -> Rank {
    let (is_other, by_loss) = match order {
        AnswerOrder::Worst => (loss == 0, -loss),
        AnswerOrder::Best => (loss > 0, loss),
    };
    (is_other, !has_words, by_loss, Reverse(seen.day), seen.source())
}

impl Candidate {
    fn rank(&self, order: AnswerOrder) -> Rank {
        rank(order, (self.loss, self.has_words), &self.seen)
    }
}

/// What the visits that are wanted of a place answered.
///
/// # Errors
/// `invalid` if there are more visits than can be read one by one.
pub(super) fn tallies(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<BTreeMap<QuestionOf, Tally>> {
    let mut tallies = BTreeMap::<QuestionOf, Tally>::new();
    let listed = Listed::ByMonths(wanted.touched());
    by_visit::each(conn, place, (listed, None), wanted, |conn, seen| {
        let unnamed = unnamed(conn, place, &seen)?;
        let contents = contents(conn, means, (place.reader, wanted.now), &seen)?;
        for (one, content) in seen.iter().zip(contents) {
            let Some(content) = content else { continue };
            let named = Some(one).filter(|one| !unnamed.contains(&one.head.id));
            for line in lines(&content, asked.part.as_ref()) {
                let of = (content.version.checklist_id, line.question.clone());
                tallies.entry(of).or_default().add(asked.order, line, named);
            }
        }
        Ok(())
    })?;
    Ok(tallies)
}

/// Which of these visits count, but are not named to the caller at a desk: those that the caller made, and those of which the caller is not to know that
/// they were approved.
///
/// # Errors
/// None but those of the database.
pub(super) fn unnamed(conn: &mut Conn, place: &Visible, seen: &[Seen]) -> Result<HashSet<VisitId>> {
    if place.reader == Reader::BranchSide {
        return Ok(HashSet::new());
    }
    let scope = place.seen();
    let mut unnamed = blind::blind_to(conn, &scope, seen.iter().map(|one| &one.head))?;
    let own = seen.iter().filter(|one| one.head.shopper_id == scope.account);
    unnamed.extend(own.map(|one| one.head.id));
    Ok(unnamed)
}
