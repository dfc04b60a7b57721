//! Comments as a reviewer spelled them: beside what the shopper wrote, which stays, and never where words carry points.

use std::collections::BTreeMap;

use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use super::{blind, find, model::Visit, state::State, store::comments};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    checklists::{answers::AnswerValue, key::Key, model::AnswerKind, prepared::Prepared},
    db::{
        Conn,
        schema::visit_comment_correction,
        types::{Instant, Json},
    },
    error::{Code, Error, FieldError, Result},
    ids::{AccountId, VisitId},
};

/// What was written, and how a reviewer spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// As the shopper wrote it.
    pub was: String,
    /// As it is shown.
    pub is: String,
}

/// A correction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = visit_comment_correction, treat_none_as_default_value = false)]
pub struct Correction {
    /// The visit.
    pub visit_id: VisitId,
    /// Which of the visit's corrections it was; the first is 1.
    pub number: i32,
    /// The key of the question.
    pub question: String,
    /// The words; none once they were erased.
    pub words: Option<Json<Words>>,
    /// The reviewer.
    pub account_id: AccountId,
    /// When it was corrected.
    pub corrected_at: Instant,
}

/// How a reviewer spells what a shopper wrote.
#[derive(Clone, Debug)]
pub struct Correct {
    /// The visit.
    pub visit: VisitId,
    /// The key of the question.
    pub question: Key,
    /// The words as they are to be shown.
    pub text: String,
}

/// Puts a spelling beside the text of an answer: of the answer itself where it is a text, else of its comment. The same again
/// is the same correction; says whether it is a new one. The answer and its score stay as they are.
///
/// # Errors
/// `not_found` if the visit is out of scope or has no such question; `forbidden` if it is the caller's own; `wrong_state` if it
/// is decided about otherwise than by an approval, its report is out, or the caller is to give a second opinion first; `invalid` if nothing was written, or what was written
/// earns points.
pub fn correct(
    conn: &mut Conn,
    scope: &Scope,
    command: &Correct,
    version: &Prepared,
    now: Instant,
) -> Result<(Correction, bool)> {
    let visit = find::visit(conn, scope, command.visit)?;
    if visit.head.shopper_id == scope.account {
        return Err(Error::new(Code::Forbidden).detail("you made this visit: another person corrects it"));
    }
    blind::require_seeing(conn, scope, &visit.head)?;
    let was = written(&visit, version, &command.question)?;
    let state = visit.head.state;
    if state.is_decided() && state != State::Approved {
        let detail = format!("this visit is {state}, and its comments stay as they are");
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let made = comments::of_visits(conn, &[command.visit])?;
    let words = Words { was, is: command.text.clone() };
    let last = made.iter().rfind(|one| one.question == command.question.as_str());
    match last {
        Some(last) if last.words.as_ref().is_some_and(|kept| kept.0 == words) => {
            return Ok((last.clone(), false));
        }
        None if words.was == words.is => return Err(wrong("same", "it is written so already")),
        _ => {}
    }
    let correction = Correction {
        visit_id: command.visit,
        number: made.last().map_or(1, |last| last.number + 1),
        question: command.question.to_string(),
        words: Some(Json(words)),
        account_id: scope.account,
        corrected_at: now,
    };
    comments::insert(conn, &correction)?;
    let details = Details::default().number("number", correction.number);
    let entry = Entry::new(AuditKind::CommentCorrected, (About::Visit, command.visit), correction.number);
    audit::record(conn, entry.by(scope.account).of(visit.head.brand_id).with(details), now)?;
    Ok((correction, true))
}

/// The text that may be spelled otherwise.
fn written(visit: &Visit, version: &Prepared, key: &Key) -> Result<String> {
    let question = version.question(key.as_str()).ok_or_else(|| Error::new(Code::NotFound))?;
    let is_text = matches!(question.answer, AnswerKind::Text { .. });
    if is_text && question.answer.points().is_some() {
        return Err(wrong("earns_points", "what is written here earns points, and stays as it is"));
    }
    text(visit, key.as_str(), is_text).ok_or_else(|| wrong("nothing_written", "nothing was written here"))
}

/// What a shopper wrote in answer to the question with this key: the answer where that is a text, else its comment.
fn text(visit: &Visit, key: &str, is_text: bool) -> Option<String> {
    let answer = visit.content.0.answers.get(key)?;
    match &answer.value {
        Some(AnswerValue::Text(text)) if is_text => Some(text.clone()),
        _ => answer.comment.clone(),
    }
}

fn wrong(code: &'static str, message: &'static str) -> Error {
    Error::invalid(vec![FieldError::new("/text", code, message)])
}

/// The visit with its words as its corrections spell them: of those alone that were corrected, and whose first words are still
/// there.
///
/// # Errors
/// Those of the database.
pub fn as_reviewed(conn: &mut Conn, visit: Visit, version: &Prepared) -> Result<Visit> {
    let corrections = comments::of_visits(conn, &[visit.head.id])?;
    Ok(spelled(visit, version, corrections))
}

/// The same with all corrections of the visit, in their order.
pub fn spelled(
    mut visit: Visit,
    version: &Prepared,
    corrections: impl IntoIterator<Item = Correction>,
) -> Visit {
    let mut reviewed = BTreeMap::new();
    for Correction { question, words, .. } in corrections {
        let Some(Json(Words { was, is })) = words else { continue };
        let is_text = version
            .question(&question)
            .is_some_and(|question| matches!(question.answer, AnswerKind::Text { .. }));
        if text(&visit, &question, is_text).as_ref() == Some(&was) {
            // A later one takes the place of an earlier one.
            reviewed.insert(question, (is_text, is));
        }
    }
    for (question, (is_text, words)) in reviewed {
        let Some(answer) = visit.content.0.answers.get_mut(&question) else { continue };
        match &mut answer.value {
            Some(AnswerValue::Text(text)) if is_text => *text = words,
            _ => answer.comment = Some(words),
        }
    }
    visit
}
