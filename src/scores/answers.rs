//! The answers that cost a place most, or speak best for it: in words, with the visits that gave them.
//!
//! They are counted visit by visit, also of whole months, as [slices](super::slices) are. On the branch's side they are those of the reports that the
//! caller can read at that time, as far as these show them; so what is counted, and each of the words beside it, stands in a report that the caller has.

pub mod given;
pub mod quotes;
mod tally;
pub mod words;

use std::collections::{BTreeMap, HashMap};

use self::{
    given::Given,
    quotes::{Quote, quotes_of_candidates},
    tally::{Candidate, Tally, tallies},
};
use super::{
    comparison::is_brand_together,
    lent::Lent,
    means::Means,
    model::Place,
    shown::Shown,
    statistics::{Change, Minimum, Spread, Sums},
    subjects::{languages, of_brand},
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    checklists::{counted::Subject, key::Key, scoring::QuestionExplanation},
    db::{Conn, types::text_enum},
    error::Result,
    ids::ChecklistId,
};

text_enum! {
    /// Which questions come first.
    pub enum AnswerOrder {
        /// Those that cost most.
        Worst = "worst",
        /// Those in which the place is farthest ahead of its brand; where it is compared with nothing, those that cost least.
        Best = "best",
    }
}

/// A part of what is asked: only its questions are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What verifies a standard of this dimension, or belongs to it itself.
    Dimension(Key),
    /// What verifies this standard.
    Standard(Key),
    /// The section with this key.
    Section(Key),
    /// The question with this key.
    Question(Key),
}

impl Part {
    fn has(&self, line: &QuestionExplanation) -> bool {
        match self {
            Self::Dimension(key) => line.dimension.as_ref() == Some(key),
            Self::Standard(key) => line.standard.as_ref() == Some(key),
            Self::Section(key) => line.section == *key,
            Self::Question(key) => line.question == *key,
        }
    }
}

/// Which questions are wanted, and in which order.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The order.
    pub order: AnswerOrder,
    /// The part; none if all questions are wanted.
    pub part: Option<Part>,
}

/// A question of a checklist, in all versions that have it.
pub(super) type QuestionOf = (ChecklistId, Key);

/// What was answered at a place.
#[derive(Debug)]
pub struct Answers {
    /// The place.
    pub place: Visible,
    /// The languages in which its brand is read, the first one first.
    pub languages: Vec<String>,
    /// The questions.
    pub rows: Vec<OfQuestion>,
}

/// What was answered to a question that carries points.
#[derive(Debug)]
pub struct OfQuestion {
    /// The checklist.
    pub checklist: ChecklistId,
    /// The question's key.
    pub key: Key,
    /// The standard that it verifies.
    pub standard: Option<Key>,
    /// What visits scored in it.
    pub shown: Shown,
    /// How far visits scatter in it.
    pub spread: Spread,
    /// The number of the brand's statistics by which that is known; none if the brand lends nothing.
    pub number: Option<i64>,
    /// What a visit lost by it of its whole score, in basis points, before critical effects; none if that is of too few visits to be shown.
    pub loss: Option<i32>,
    /// What visits to the brand scored in it; no visits where the place is compared with nothing.
    pub brand: Sums,
    /// How far the place is ahead of its brand; below zero if it is behind.
    pub ahead: Option<Change>,
    /// What was answered, those first that cost most, or least: each with what these visits lost by the question. Nothing if that is of too few visits.
    pub given: Vec<(Given, Sums)>,
    /// Some of the visits that said so, those first that tell most.
    pub quotes: Vec<Quote>,
}

/// What was answered at a place, question by question: so many questions after the first `start`.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope; `invalid` if there are more visits than can be read one by one.
pub fn answers(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    asked: &Asked,
    (start, rows): (usize, usize),
) -> Result<Answers> {
    let place = visible(conn, scope, place)?;
    let tallies = tallies(conn, means, &place, wanted, asked)?;
    let beside = Beside {
        brand: in_brand(conn, means, &place, wanted)?,
        lent: Lent::by(conn, place.brand)?,
        months: wanted.months(),
        order: asked.order,
    };
    let mut all: Vec<_> = tallies.into_iter().map(|(of, tally)| beside.question(&place, of, tally)).collect();
    all.sort_by_key(|(one, _)| one.rank(asked.order, place.minimum));
    let (mut rows, quotes): (Vec<_>, Vec<_>) = all.into_iter().skip(start).take(rows).unzip();
    let quotes = quotes_of_candidates(conn, means, (place.reader, wanted.now), quotes)?;
    for (row, quotes) in rows.iter_mut().zip(quotes) {
        row.quotes = quotes;
    }
    Ok(Answers { languages: languages(conn, place.brand)?, place, rows })
}

/// What visits to the brand of a place scored in each question, as far as that may be shown beside the place; nothing beside the brand itself.
fn in_brand(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    wanted: &Wanted,
) -> Result<HashMap<Subject, Sums>> {
    let is_part = !matches!(place.place, Place::Brand(_));
    if is_part && place.is_beside_all(wanted) && is_brand_together(conn, place, wanted)? {
        return of_brand(conn, means, place, wanted);
    }
    Ok(HashMap::new())
}

/// What stands beside the answers of a place.
struct Beside {
    brand: HashMap<Subject, Sums>,
    lent: Lent,
    months: i32,
    order: AnswerOrder,
}

impl Beside {
    /// What was answered to a question, and the visits that are to be named with it.
    fn question(
        &self,
        place: &Visible,
        (checklist, key): QuestionOf,
        tally: Tally,
    ) -> (OfQuestion, (QuestionOf, Vec<Candidate>)) {
        let of = (checklist, key.clone());
        let subject = Subject::Question { checklist, key: key.clone() };
        let spread = self.lent.spread(&subject, place.place.extent(), self.months);
        let shown = place.shows(tally.scores);
        let brand = self.brand.get(&subject).copied().unwrap_or_default();
        let mut row = OfQuestion {
            checklist,
            key,
            standard: tally.standard,
            shown,
            number: self.lent.number(&spread),
            spread,
            loss: None,
            brand,
            ahead: shown.sums.change_since(brand, &spread),
            given: Vec::new(),
            quotes: Vec::new(),
        };
        if shown.sums.n == 0 {
            return (row, (of, Vec::new()));
        }
        row.loss = tally.losses.mean();
        row.given = self.in_order(tally.given);
        (row, (of, tally.first))
    }

    /// The answers to a question, each with the sums of what was lost by it.
    fn in_order(&self, given: BTreeMap<Given, Sums>) -> Vec<(Given, Sums)> {
        let mut given: Vec<_> = given.into_iter().collect();
        given.sort_by_key(|(_, losses)| match self.order {
            AnswerOrder::Worst => (-losses.sum, -losses.n),
            AnswerOrder::Best => (losses.mean().unwrap_or(0).into(), -losses.n),
        });
        given
    }
}

impl OfQuestion {
    /// By what it has its place in this order. What is of too few visits comes last.
    fn rank(&self, order: AnswerOrder, minimum: Minimum) -> (bool, i32, i32) {
        let few = self.shown.sums.insufficient(minimum, &self.spread);
        let (loss, score) = (self.loss.unwrap_or(0), self.shown.sums.mean().unwrap_or(0));
        match order {
            AnswerOrder::Worst => (few, -loss, score),
            AnswerOrder::Best => (few, self.ahead.map_or(i32::MAX, |ahead| -ahead.difference), loss),
        }
    }
}
