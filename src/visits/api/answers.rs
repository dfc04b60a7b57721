//! The address where the visits of one checklist are taken with a column for each question.

use std::collections::{BTreeMap, HashSet};

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::VisitParams;
use crate::{
    accounts::{caller::Allowed, policy::permit::ReadExports},
    app::App,
    audit::api::{Look, Looking, Shown},
    checklists::{
        self,
        answers::Answer,
        cache::{Version, Versions},
        kinds::AnswerKind,
        model::Key,
    },
    db::types::Instant,
    error::Result,
    http::{
        listed::Listed,
        page::Listing,
        sheet::{Column, ColumnKind, Rows, Table},
    },
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

/// A visit with its answers by question.
#[derive(Serialize, ToSchema)]
pub struct AnsweredVisit {
    id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// What the brand knows the branch by.
    branch_code: String,
    /// What the branch is called.
    branch_name: String,
    /// The version that was filled in.
    checklist_version_id: VersionId,
    /// The assignment that it was made for.
    assignment_id: AssignmentId,
    /// Who made it.
    shopper_id: AccountId,
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
    /// By the keys of the questions. What was not answered is missing.
    answers: BTreeMap<Key, WrittenAnswer>,
}

impl Rows for AnsweredVisit {}

/// An answer as text.
#[derive(Serialize, ToSchema)]
pub struct WrittenAnswer {
    /// What was answered, without a unit, as an export of visits has it; null if the question does not apply to the visit.
    value: Option<String>,
    /// What the shopper added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    comment: Option<String>,
}

/// The visits of one checklist with their answers, the newest first: the same that the list of visits has with the same parameters. As a file it has a row for each visit, and
/// for each question that any version of the checklist asks a column with its key as name, and one for what shoppers added (`…_comment`). An answer that does not apply is
/// empty there, as one that is missing.
#[utoipa::path(get, path = "/v1/checklists/{id}/answers", responses((status = 200, description = "A page of visits, or all of them.")))]
pub async fn checklist_answers(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadExports>,
    looking: Looking,
    id: Path<ChecklistId>,
    Listing(params, page): Listing<VisitParams>,
) -> Result<Shown<Listed<AnsweredVisit>>> {
    let (by, id, scope) = (caller.account(), id.into_inner(), caller.scope);
    let (seen, known) = (scope.clone(), Data::clone(&versions));
    let of_checklist = move |conn: &mut _| {
        let checklist = checklists::store::checklist(conn, &seen, id)?;
        let published = checklists::store::versions(conn, &seen, id, None, i64::MAX)?;
        let versions: Result<Vec<_>> =
            published.iter().rev().map(|version| known.read(conn, version.id)).collect();
        Ok((checklist.brand_id, versions?))
    };
    let (brand, published) = app.db.read(of_checklist).await?;
    let newest_first = published.iter().map(AsRef::as_ref);
    let table = Table::of::<AnsweredVisit>().with("answers", columns(newest_first));
    let (filter, only) = VisitParams { checklist_id: Some(id), ..params }.filter()?;
    let read = move |conn: &mut _, after, rows| {
        let found = export::export(conn, &versions, &scope, (&filter, &only), (after, rows))?;
        Ok(found.iter().map(|one| (VisitPlace::from(one), AnsweredVisit::new(one))).collect())
    };
    let listed = page.list_in(table, read, |(place, _)| *place, |(_, visit)| visit).await?;
    let look = match &listed {
        Listed::Page(page) => Look::list(Some(brand), page.items.iter().map(|visit| visit.shopper_id)),
        Listed::File(..) | Listed::Files(..) => Look::whole_list(Some(brand)),
    };
    looking.show(by, look, listed).await
}

/// A column for each question of these versions, the first version's first, and one for what shoppers added to it.
fn columns<'v>(versions: impl Iterator<Item = &'v Version>) -> Vec<Column> {
    let (mut known, mut columns) = (HashSet::new(), Vec::new());
    for version in versions {
        let sections = version.prepared.content().sections.iter();
        for question in sections.flat_map(|section| &section.questions) {
            let is_asked = !matches!(question.answer, AnswerKind::Note {});
            if !is_asked || !known.insert(question.key.clone()) {
                continue;
            }
            let key = question.key.as_str();
            for (name, member) in [(key.to_owned(), "value"), (format!("{key}_comment"), "comment")] {
                let path = ["answers", key, member].map(str::to_owned).into();
                columns.push(Column { name, kind: ColumnKind::Text, level: 0, path });
            }
        }
    }
    columns
}

impl AnsweredVisit {
    fn new(exported: &Exported) -> Self {
        let Exported { head, content, version, branch: (code, name) } = exported;
        let written = |(key, answer): (&Key, &Answer)| {
            let question = version.prepared.question(key.as_str())?;
            let value = answer.value.as_ref().map(|value| question.answer.written(value));
            Some((key.clone(), WrittenAnswer { value, comment: answer.comment.clone() }))
        };
        Self {
            id: head.id,
            brand_id: head.brand_id,
            branch_id: head.branch_id,
            branch_code: code.clone(),
            branch_name: name.clone(),
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
            answers: content.answers.iter().filter_map(written).collect(),
        }
    }
}
