//! The address where the visits of one checklist are taken with a column for each question.

use std::collections::{BTreeMap, HashSet};

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{export::ExportedFacts, list::VisitParams};
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
    error::Result,
    http::{
        listed::Listed,
        page::Listing,
        sheet::{Column, ColumnKind, Rows, Table},
    },
    ids::ChecklistId,
    visits::{
        export::{self, Exported},
        store::list::VisitPlace,
    },
};

/// A visit with its answers by question.
#[derive(Serialize, ToSchema)]
pub struct AnsweredVisit {
    /// What is known of the visit.
    #[serde(flatten)]
    facts: ExportedFacts,
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
    let (filter, only) = params.of_checklist(id).filter()?;
    let read = move |conn: &mut _, after, rows| {
        let found = export::export(conn, &versions, &scope, (&filter, &only), (after, rows))?;
        Ok(found.iter().map(|one| (VisitPlace::from(one), AnsweredVisit::new(one))).collect())
    };
    let listed = page.list_in(table, read, |(place, _)| *place, |(_, visit)| visit).await?;
    let look = match &listed {
        Listed::Page(page) => Look::list(Some(brand), page.items.iter().map(|visit| visit.facts.shopper_id)),
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
        let written = |(key, answer): (&Key, &Answer)| {
            let question = exported.version.prepared.question(key.as_str())?;
            let value = answer.value.as_ref().map(|value| question.answer.written(value));
            Some((key.clone(), WrittenAnswer { value, comment: answer.comment.clone() }))
        };
        let answers = exported.content.answers.iter().filter_map(written).collect();
        Self { facts: ExportedFacts::new(exported), answers }
    }
}
