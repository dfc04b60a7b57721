//! Sending a visit back to its shopper, with the questions that are to be answered anew.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    claim::require_free,
    return_reasons::{self, model::ReturnReason},
    returned::VisitReturned,
};
use crate::{
    accounts::policy::Scope,
    checklists::{cache::Version, key::Key},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    fieldwork::campaigns,
    ids::ReturnReasonId,
    outbox,
    visits::{
        self,
        advance::{Advance, look},
        asked::{Asked, AskedQuestion},
        model::VisitHead,
        state::Step,
        store::steps,
        taken::Details,
    },
};

/// A question that a reviewer asks anew.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The question.
    pub question: Key,
    /// Why, of the operator's list.
    pub reason: ReturnReasonId,
    /// What the reviewer adds.
    pub words: Option<String>,
}

/// What a reviewer sends back.
#[derive(Clone, Debug)]
pub struct ReturnVisit {
    /// The step, with what is said to all of it.
    pub advance: Advance,
    /// The questions.
    pub asks: Vec<Ask>,
}

impl ReturnVisit {
    /// Whether this was asked.
    fn is_asked(&self, before: &Asked) -> bool {
        let same = |(ask, asked): (&Ask, &AskedQuestion)| {
            (&ask.question, ask.reason, &ask.words) == (&asked.question, asked.reason_id, &asked.words)
        };
        self.asks.len() == before.questions.len() && self.asks.iter().zip(&before.questions).all(same)
    }
}

/// A visit that was sent back.
#[derive(Debug)]
pub struct Returned {
    /// The visit as it is now.
    pub visit: VisitHead,
    /// What is asked.
    pub asked: Asked,
}

/// Sends a visit back that was made under this version. The same again is the same answer.
///
/// # Errors
/// `invalid` with every question that the version does not have or that is named twice, and every reason that is not on the list
/// or retired; `wrong_state` if the visit cannot be sent back from where it is, or was sent back as often as its campaign allows;
/// `claimed_by_another`; otherwise as [`advance`](visits::advance::advance).
pub fn return_visit(
    conn: &mut Conn,
    scope: &Scope,
    command: &ReturnVisit,
    version: &Version,
    now: Instant,
) -> Result<Returned> {
    let looked = look(conn, scope, &command.advance)?;
    let is_same = |details: &Details| details.asked.as_ref().is_some_and(|asked| command.is_asked(asked));
    let repeated = looked.repeated(scope, &command.advance, is_same)?;
    if let Some(asked) = repeated.and_then(|step| step.details().asked) {
        return Ok(Returned { asked, visit: looked.visit.head });
    }
    require_free(conn, scope, command.advance.visit, now)?;
    let (made_for, revision) = (looked.visit.head.assignment_id, looked.visit.head.revision + 1);
    let begun = looked.begin(Step::Return)?;
    let questions = questions(conn, &command.asks, version)?;
    let limits = campaigns::store::terms_of(conn, made_for)?.map(|terms| terms.limits).unwrap_or_default();
    let before = steps::of_visits(conn, vec![command.advance.visit])?;
    let returns = before.iter().filter(|step| step.step() == Some(Step::Return)).count();
    if returns >= limits.most_returns.as_usize() {
        let detail = format!(
            "this visit is {} and was returned {returns} times, as often as its campaign allows: approve, reject or exclude it",
            begun.from
        );
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let asked = Asked { revision, answer_by: limits.return_by(now), questions };
    visits::store::returns::set_answer_by(conn, command.advance.visit, asked.answer_by)?;
    let details = Details { asked: Some(asked.clone()), ..Details::default() };
    let advanced = begun.take(conn, scope, &command.advance, details, now)?;
    let number = advanced.taken.number;
    outbox::record(conn, &VisitReturned::new(&advanced.visit.head, number, scope.account), now)?;
    Ok(Returned { visit: advanced.visit.head, asked })
}

fn questions(conn: &mut Conn, asks: &[Ask], version: &Version) -> Result<Vec<AskedQuestion>> {
    let found = return_reasons::store::among(conn, asks.iter().map(|ask| ask.reason).collect())?;
    let reasons: BTreeMap<_, ReturnReason> = found.into_iter().map(|reason| (reason.id, reason)).collect();
    let (mut questions, mut wrong, mut named) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (place, ask) in asks.iter().enumerate() {
        let mut refuse = |member: &str, code, why| {
            wrong.push(FieldError::new(format!("/questions/{place}/{member}"), code, why));
        };
        match version.prepared.question(ask.question.as_str()) {
            Some(question) if question.answer.is_only_read() => {
                refuse("question", "only_read", "this is only read, and never answered");
            }
            Some(_) if named.insert(&ask.question) => {}
            Some(_) => refuse("question", "duplicate", "this question is named already"),
            None => refuse("question", "unknown", "the visit's checklist has no such question"),
        }
        match reasons.get(&ask.reason) {
            None => refuse("reason_id", "unknown", "there is no such reason on the list"),
            Some(reason) if reason.retired => refuse("reason_id", "retired", "this reason is retired"),
            Some(reason) => questions.push(AskedQuestion {
                question: ask.question.clone(),
                reason_id: reason.id,
                reason: reason.texts.0.clone(),
                words: ask.words.clone(),
            }),
        }
    }
    if wrong.is_empty() { Ok(questions) } else { Err(Error::invalid(wrong)) }
}
