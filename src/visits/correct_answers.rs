//! Correcting answers of a visit because of an appeal. What the shopper answered is kept beside, and the shopper's words and files
//! stay.

use super::{
    advance::{Advance, look},
    model::Visit,
    revise::renew,
    revision::Revision,
    state::Step,
    store,
    taken::Details,
};
use crate::{
    accounts::policy::Scope,
    checklists::{
        answers::{Answer, Answers},
        cache::Version,
        key::Key,
        manifest::Manifest,
        scoring::Why,
    },
    db::{
        Conn,
        types::{Instant, Json, Written},
    },
    error::{Error, FieldError, Result, escape},
    ids::VisitId,
};

/// What the answers of a visit are to be.
#[derive(Clone, Debug)]
pub struct CorrectAnswers {
    /// The visit.
    pub visit: VisitId,
    /// The right answers, without comments.
    pub answers: Answers,
    /// Until when the branch's side is shown what it was before.
    pub shown_until: Instant,
}

/// A visit before and after a correction.
#[derive(Debug)]
pub struct Corrected {
    /// As it was.
    pub before: Visit,
    /// As it is now.
    pub after: Visit,
}

/// Corrects answers of a visit that was made under this version, as its next revision: those that are appealed against, and those to
/// questions that the corrected answers bring up.
///
/// # Errors
/// `invalid` with each answer that is none of those, that is not what the checklist allows, that has a comment, that is the answer
/// already, or that the other answers hide; `wrong_state` if its report is not out, or it is final; otherwise as [`look`].
pub fn correct_answers(
    conn: &mut Conn,
    scope: &Scope,
    command: &CorrectAnswers,
    appealed: &[Key],
    version: &Version,
    now: Instant,
) -> Result<Corrected> {
    let advance = Advance::new(command.visit, Step::Correct, None);
    let looked = look(conn, scope, &advance)?;
    let before = looked.visit.clone();
    let mut begun = looked.begin(Step::Correct)?;
    let (revision, keys) = revision(&before, &command.answers);
    let hidden = hidden(&before, version);
    let may_be_corrected = |key: &Key| appealed.contains(key) || hidden.contains(key);
    let mut problems = misplaced(&before, &command.answers, may_be_corrected);
    let found = revision.problems(&before.content.0, &keys, &version.prepared).into_iter();
    let found: Vec<_> =
        found.filter(|one| !problems.iter().any(|other| other.pointer == one.pointer)).collect();
    problems.extend(found);
    let content = revision.applied_to(&before.content.0, &version.prepared);
    let stays_hidden = keys.iter().filter(|key| content.answers.get(key.as_str()).is_none());
    problems.extend(
        stays_hidden
            .filter(|key| !named(&problems, key))
            .map(|key| FieldError::new(at(key), "hidden", "this question is hidden by the other answers"))
            .collect::<Vec<_>>(),
    );
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    let number = before.head.revision + 1;
    let parts = renew(&mut begun.visit.head, &before, &content, version, (number, now))?;
    let written = Written::new(&content).map_err(Error::internal)?;
    store::insert_before(conn, &before, now, Some(command.shown_until))?;
    store::replace(conn, &begun.visit.head, &written, &Json(parts.clone()), None)?;
    let details = Details { revision: Some(number), corrected: keys, ..Details::default() };
    let head = begun.take(conn, scope, &advance, details, now)?.visit.head;
    Ok(Corrected { before, after: Visit { head, content: Json(content), parts: Some(Json(parts)) } })
}

/// The answers as a revision of the visit, with the comments that they had; and the questions.
fn revision(kept: &Visit, answers: &Answers) -> (Revision, Vec<Key>) {
    let comment = |key: &Key| {
        let answer = kept.content.0.answers.get(key.as_str());
        answer.and_then(|answer| answer.comment.clone())
    };
    let commented = answers
        .iter()
        .map(|(key, answer)| (key.clone(), Answer { comment: comment(key), ..answer.clone() }))
        .collect();
    let keys = answers.iter().map(|(key, _)| key.clone()).collect();
    (Revision { answers: commented, manifest: Manifest::default() }.tidied(), keys)
}

/// The questions that were hidden from the shopper.
fn hidden(kept: &Visit, version: &Version) -> Vec<Key> {
    let lines = version.prepared.explain(kept.content.0.filled()).questions.into_iter();
    lines.filter(|line| line.why == Why::Hidden).map(|line| line.question).collect()
}

fn at(key: &Key) -> String {
    format!("/answers/{}", escape(key.as_str()))
}

/// Whether one of these problems is with the answer to this question.
fn named(problems: &[FieldError], key: &Key) -> bool {
    let at = at(key);
    problems.iter().any(|one| one.pointer == at || one.pointer.starts_with(&format!("{at}/")))
}

fn misplaced(kept: &Visit, answers: &Answers, may_be_corrected: impl Fn(&Key) -> bool) -> Vec<FieldError> {
    let wrong = |(key, answer): (&Key, &Answer)| {
        let at = at(key);
        let old = kept.content.0.answers.get(key.as_str());
        let is_same =
            |old: &Answer| (&old.value, old.not_applicable) == (&answer.value, answer.not_applicable);
        if !may_be_corrected(key) {
            Some(FieldError::new(at, "not_appealed", "the appeal does not object to this answer"))
        } else if answer.comment.is_some() {
            let why = "a comment is the shopper's: leave it out, and it stays";
            Some(FieldError::new(format!("{at}/comment"), "not_allowed", why))
        } else if old.is_some_and(is_same) {
            Some(FieldError::new(at, "same", "this is the answer already"))
        } else {
            None
        }
    };
    answers.iter().filter_map(wrong).collect()
}
