//! The address where visits are taken with all that they say.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::VisitParams;
use crate::{
    accounts::{caller::Allowed, policy::permit::ReadExports},
    audit::api::{Look, Looking, Shown},
    checklists::{
        answers::Answer,
        cache::Versions,
        kinds::AnswerKind,
        model::{Key, Question},
        scoring::{QuestionExplanation, Why},
    },
    db::types::Instant,
    error::Result,
    http::{languages::Wishes, listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, AssignmentId, BranchId, BrandId, ChecklistId, VersionId, VisitId},
    limits::BasisPoints,
    months::Month,
    visits::{
        export::{self, Exported},
        outcome::Obstacle,
        state::State,
        store::list::VisitPlace,
    },
};

/// What is known of a visit that is taken with its answers.
#[derive(Serialize, ToSchema)]
pub struct ExportedFacts {
    id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// What the brand knows the branch by.
    branch_code: String,
    /// What the branch is called.
    branch_name: String,
    checklist_id: ChecklistId,
    /// The version that was filled in.
    checklist_version_id: VersionId,
    /// The assignment that it was made for.
    assignment_id: AssignmentId,
    /// Who made it.
    pub(super) shopper_id: AccountId,
    state: State,
    /// Why it could not be made as it was wanted, if it could not.
    outcome: Option<Obstacle>,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// The month that it counts in.
    month: Month,
    /// When it began, on the phone's clock.
    started_at: Instant,
    /// When it ended, on the phone's clock.
    ended_at: Instant,
    received_at: Instant,
}

/// A visit with its answers: of a file, one row for each question.
#[derive(Serialize, ToSchema)]
pub struct ExportedVisit {
    /// What is known of the visit.
    #[serde(flatten)]
    facts: ExportedFacts,
    /// Each question of its version, in the order of the checklist.
    #[schema(max_items = 500)]
    answers: Vec<ExportedAnswer>,
}

impl Rows for ExportedVisit {
    const ROWS: &'static [&'static str] = &["answers"];
}

/// A question, with what was answered and what that earned.
#[derive(Serialize, ToSchema)]
pub struct ExportedAnswer {
    /// The key of the section.
    section: Key,
    /// The key of the question.
    question: Key,
    /// The question, in the language that is wished for.
    text: String,
    /// What was answered, without a unit: keys of options, numbers and amounts with their decimals, `true` and `false`, seconds, words. Several keys have `; `
    /// between them.
    value: Option<String>,
    /// The options that were chosen, in the language that is wished for; of other questions null.
    label: Option<String>,
    /// The currency of an amount; of other questions null.
    currency: Option<String>,
    /// Whether the question does not apply to the visit, as its shopper says.
    not_applicable: bool,
    /// What the shopper added.
    comment: Option<String>,
    /// The points of the answer, before weights; null if it does not count.
    points: Option<i64>,
    /// The most points that an answer can have; null if it carries no points.
    most_points: Option<i64>,
    /// `points` times the weight.
    earned: i64,
    /// `most_points` times the weight; 0 for a bonus, and if it does not count.
    possible: i64,
    /// Why it counts or does not.
    why: Why,
}

/// Visits with all their answers, the newest first, as those take them who analyse: the same that the list of visits has with the same parameters. As a file it has a
/// row for each question of each visit.
#[utoipa::path(get, path = "/v1/visits/export", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "A page of visits, or all of them.")))]
pub async fn export_visits(
    versions: Data<Versions>,
    caller: Allowed<ReadExports>,
    looking: Looking,
    wishes: Wishes,
    Listing(params, page): Listing<VisitParams>,
) -> Result<Shown<Listed<ExportedVisit>>> {
    let named = params.brand_id.filter(|brand| caller.scope.touches_brand(*brand));
    let (by, brand) = (caller.account(), named.or(caller.scope.sole_brand()));
    let (scope, (filter, only)) = (caller.scope, params.filter()?);
    let read = move |conn: &mut _, after, rows| {
        let found = export::export(conn, &versions, &scope, (&filter, &only), (after, rows))?;
        Ok(found.iter().map(|one| (VisitPlace::from(one), ExportedVisit::new(one, &wishes))).collect())
    };
    let listed = page.list(read, |(place, _)| *place, |(_, visit)| visit).await?;
    let look = match &listed {
        Listed::Page(page) => Look::list(brand, page.items.iter().map(|visit| visit.facts.shopper_id)),
        Listed::File(..) | Listed::Files(..) => Look::whole_list(brand),
    };
    looking.show(by, look, listed).await
}

impl ExportedFacts {
    pub(super) fn new(exported: &Exported) -> Self {
        let Exported { head, content, version, branch: (code, name) } = exported;
        Self {
            id: head.id,
            brand_id: head.brand_id,
            branch_id: head.branch_id,
            branch_code: code.clone(),
            branch_name: name.clone(),
            checklist_id: version.checklist_id,
            checklist_version_id: head.version_id,
            assignment_id: head.assignment_id,
            shopper_id: head.shopper_id,
            state: head.state,
            outcome: content.outcome.as_ref().map(|outcome| outcome.kind),
            score: head.score,
            month: head.month,
            started_at: content.started_at,
            ended_at: content.ended_at,
            received_at: head.received_at,
        }
    }
}

impl ExportedVisit {
    /// A visit, with its questions in the language that is wished for.
    pub fn new(exported: &Exported, wishes: &Wishes) -> Self {
        let (content, checklist) = (&exported.content, &exported.version.prepared);
        let language = wishes.best_of(&checklist.content().languages, &[]);
        let lines = checklist.explain(content.filled()).questions;
        let answer = |line: &QuestionExplanation| {
            let question = checklist.question(line.question.as_str());
            ExportedAnswer::new(line, question, content.answers.get(line.question.as_str()), language)
        };
        Self { facts: ExportedFacts::new(exported), answers: lines.iter().map(answer).collect() }
    }
}

impl ExportedAnswer {
    fn new(
        line: &QuestionExplanation,
        question: Option<&Question>,
        answer: Option<&Answer>,
        language: &str,
    ) -> Self {
        let kind = question.map(|question| &question.answer);
        let value = answer.and_then(|answer| answer.value.as_ref());
        Self {
            section: line.section.clone(),
            question: line.question.clone(),
            text: question.and_then(|question| question.text.get(language)).unwrap_or_default().to_owned(),
            value: value.zip(kind).map(|(value, kind)| kind.written(value)),
            label: value.zip(kind).and_then(|(value, kind)| kind.label(value, language)),
            currency: kind.and_then(AnswerKind::currency).filter(|_| value.is_some()).map(str::to_owned),
            not_applicable: answer.is_some_and(|answer| answer.not_applicable),
            comment: answer.and_then(|answer| answer.comment.clone()),
            points: line.points,
            most_points: line.most_points,
            earned: line.earned,
            possible: line.possible,
            why: line.why,
        }
    }
}
