//! The visits that gave an answer, with what was said beside it.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    Part, QuestionOf,
    given::Given,
    tally::{Candidate, Line, lines, unnamed},
};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::{
        Conn,
        types::{Id, Instant},
    },
    error::Result,
    ids::{ChecklistId, VisitId},
    scores::{
        by_visit::{self, Seen},
        content::{Content, as_reviewed, contents},
        means::Means,
        model::{Place, Reader},
        store::Listed,
        visible::{Visible, visible},
        wanted::Wanted,
    },
};

/// The contents of so many visits are in memory at a time.
const AT_ONCE: usize = 200;

/// What a visit said to a question.
#[derive(Clone, Debug)]
pub struct Quote {
    /// The checklist that it was made with.
    pub checklist: ChecklistId,
    /// The visit: on the branch's side with its report.
    pub seen: Seen,
    /// What it answered; nothing where answers cannot be counted one by one.
    pub given: Vec<Given>,
    /// What it scored in the question, in basis points.
    pub score: i32,
    /// What the shopper wrote, as reviewers spelled it and as far as it is shown.
    pub words: Option<String>,
}

/// Where a list of what was said goes on: after this visit, or its report, of this day.
pub type QuotedAfter = (Date, Id<Seen>);

/// The visits that answered a question and were scored in it, or that gave this answer to it: those of the last day first, so many after this one. On the
/// branch's side there are none if fewer visits answered it than the brand's minimum.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope; `invalid` if there are more visits than can be read one by one.
pub fn quotes(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    (question, answer): (&Key, Option<&str>),
    (after, rows): (Option<QuotedAfter>, usize),
) -> Result<(Visible, Vec<Quote>)> {
    let place = visible(conn, scope, place)?;
    let seen = named(conn, &place, wanted)?;
    let reads = Reads { reader: place.reader, now: wanted.now, part: Part::Question(question.clone()) };
    if place.reader == Reader::BranchSide && !reads.are_enough(conn, means, &seen, place.minimum.visits)? {
        return Ok((place, Vec::new()));
    }
    let is_after = |one: &&Seen| after.is_none_or(|(day, id)| (day, one.source()) > (one.day, id));
    let left: Vec<_> = seen.iter().filter(is_after).cloned().collect();
    let is_it =
        |line: &Line| answer.is_none_or(|answer| line.given.iter().any(|given| given.to_string() == answer));
    let mut found = Vec::new();
    for some in left.chunks(AT_ONCE) {
        let mut answered = reads.answered(conn, means, some)?;
        answered.retain(|(_, _, line)| is_it(line));
        found.extend(of_answered(conn, question, answered)?);
        if found.len() >= rows {
            break;
        }
    }
    found.truncate(rows);
    Ok((place, found))
}

/// The visits that are wanted of a place and that are named to the caller, those of the last day first.
fn named(conn: &mut Conn, place: &Visible, wanted: &Wanted) -> Result<Vec<Seen>> {
    let mut all = Vec::new();
    let listed = Listed::ByMonths(wanted.touched());
    by_visit::each(conn, place, (listed, None), wanted, |conn, mut seen| {
        let unnamed = unnamed(conn, place, &seen)?;
        seen.retain(|one| !unnamed.contains(&one.head.id));
        all.append(&mut seen);
        Ok(())
    })?;
    all.sort_by_key(|one| (std::cmp::Reverse(one.day), one.source()));
    Ok(all)
}

/// What is read of visits, and as whom.
struct Reads {
    reader: Reader,
    now: Instant,
    part: Part,
}

/// A visit with what it says, and what it answered to the question.
type Answered = (Seen, Content, Line);

impl Reads {
    /// Those of these visits that answered the question.
    fn answered(&self, conn: &mut Conn, means: &Means, seen: &[Seen]) -> Result<Vec<Answered>> {
        let contents = contents(conn, means, (self.reader, self.now), seen)?;
        let answered = |(seen, content): (&Seen, Option<Content>)| {
            let content = content?;
            let line = lines(&content, Some(&self.part)).into_iter().next()?;
            Some((seen.clone(), content, line))
        };
        Ok(seen.iter().zip(contents).filter_map(answered).collect())
    }

    /// Whether so many of these visits answered the question.
    fn are_enough(&self, conn: &mut Conn, means: &Means, seen: &[Seen], wanted: i64) -> Result<bool> {
        let mut left = wanted.max(1);
        for some in seen.chunks(AT_ONCE) {
            left -= i64::try_from(self.answered(conn, means, some)?.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What these visits said that answered a question.
fn of_answered(conn: &mut Conn, question: &Key, answered: Vec<Answered>) -> Result<Vec<Quote>> {
    let (lines, contents): (Vec<_>, Vec<_>) =
        answered.into_iter().map(|(seen, content, line)| ((seen, line), content)).unzip();
    let quotes = |((seen, line), content): ((Seen, Line), Content)| {
        let words = content.words_to(question);
        Quote { checklist: content.version.checklist_id, seen, given: line.given, score: line.score, words }
    };
    Ok(lines.into_iter().zip(as_reviewed(conn, contents)?).map(quotes).collect())
}

/// What these visits said to each of some questions.
///
/// # Errors
/// None but those of the database.
pub(super) fn quotes_of_candidates(
    conn: &mut Conn,
    means: &Means,
    read_by: (Reader, Instant),
    questions: Vec<(QuestionOf, Vec<Candidate>)>,
) -> Result<Vec<Vec<Quote>>> {
    let mut seen: Vec<Seen> = questions.iter().flat_map(|(_, of)| of).map(|one| one.seen.clone()).collect();
    seen.sort_by_key(|one| one.head.id);
    seen.dedup_by_key(|one| one.head.id);
    let mut read = HashMap::new();
    for some in seen.chunks(AT_ONCE) {
        let contents = contents(conn, means, read_by, some)?.into_iter().flatten().collect();
        let reviewed = as_reviewed(conn, contents)?.into_iter();
        read.extend(reviewed.map(|content| (content.visit.head.id, content)));
    }
    let words = |id: VisitId, key: &Key| read.get(&id)?.words_to(key);
    let of_question = |((checklist, key), candidates): (QuestionOf, Vec<Candidate>)| {
        let quotes = |Candidate { seen, given, score, .. }: Candidate| {
            let words = words(seen.head.id, &key);
            Quote { checklist, seen, given, score, words }
        };
        candidates.into_iter().map(quotes).collect()
    };
    Ok(questions.into_iter().map(of_question).collect())
}
