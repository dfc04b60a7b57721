//! The addresses of heat maps: branches in rows, subjects in columns.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::{
    FigureView, Reading, SubjectKind, SubjectView, TargetView,
    asked::{USUALLY, asks, wrong},
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    checklists::counted::Subject,
    error::Result,
    http::{
        answer::InLanguage,
        languages::Wishes,
        listed::Listed,
        page::{Listing, PageRequest},
        sheet::Rows,
    },
    ids::{BranchId, BrandId, RegionId},
    months::Month,
    scores::{
        heatmap::{self, HeatMap},
        means::Means,
        model::Place,
        shown::Shown,
        statistics::Extent,
        store::Standing,
    },
};

asks! {
    /// What a heat map is of.
    pub struct HeatMapParams {
        /// What the columns are; if left out, dimensions. Not `weekday`, `hour` or `campaign`: see breakdowns.
        #[param(inline)]
        by: Option<SubjectKind>,
    }
}

/// A column is a subject.
impl Validate for HeatMapParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        self.asked().check_one()?;
        match self.by.and_then(SubjectKind::slice) {
            Some(_) => Err(wrong("by", "not_here", "a breakdown has this, a heat map has subjects")),
            None => Ok(()),
        }
    }
}

/// A branch of a heat map.
#[derive(Serialize, ToSchema)]
pub struct HeatMapRow {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// What visits say of each subject in which any branch of the page has visits, in the same order in each row.
    #[schema(max_items = 5000)]
    cells: Vec<CellView>,
}

impl Rows for HeatMapRow {
    const ROWS: &'static [&'static str] = &["cells"];
}

/// One branch and one subject.
#[derive(Serialize, ToSchema)]
pub struct CellView {
    /// The subject.
    #[serde(flatten)]
    subject: SubjectView,
    /// What visits say of it; a share has the interval of a proportion.
    #[serde(flatten)]
    figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
}

/// The heat map of a brand's branches, in the order of their codes, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/heatmap", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "Branches, each with its figures.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_heatmap(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<HeatMapParams>,
) -> Result<InLanguage<Listed<HeatMapRow>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    heatmap(&app, means, of, (wanted, page)).await
}

/// The heat map of the branches in a region, however deep, in the order of their codes.
#[utoipa::path(get, path = "/v1/regions/{id}/heatmap", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "Branches, each with its figures.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_heatmap(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<HeatMapParams>,
) -> Result<InLanguage<Listed<HeatMapRow>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    heatmap(&app, means, of, (wanted, page)).await
}

async fn heatmap(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    (params, page): (HeatMapParams, PageRequest),
) -> Result<InLanguage<Listed<HeatMapRow>>> {
    let kind = params.by.unwrap_or(SubjectKind::Dimension);
    let wanted = kind.wanted(params.asked().wanted(USUALLY, app.clock.now())?);
    let (months, last) = (wanted.months(), wanted.touched().to());
    let of_checklist = params.checklist_id.filter(|_| kind.is_of_checklists());
    let part = page.part()?;
    let is_wanted = move |subject: &Subject| kind.is_of(subject, of_checklist, None);
    let known = Data::clone(&means);
    let read = move |conn: &mut _| {
        heatmap::heatmap(conn, &known, &scope, (place, &wanted), (part.start, part.count), is_wanted)
    };
    let found = app.db.snapshot(read).await?;
    let reader = (wishes, found.languages.clone());
    let titles =
        Titles::of(&app.db, &means.versions, found.place.brand, found.subjects.clone(), reader).await?;
    let rows = rows(&found, (months, last), &titles);
    Ok(InLanguage { language: None, answer: page.listed(part, rows)? })
}

fn rows(found: &HeatMap, (months, last): (i32, Month), titles: &Titles) -> Vec<HeatMapRow> {
    let minimum = found.place.minimum;
    let columns: Vec<_> = found
        .subjects
        .iter()
        .map(|subject| {
            let spread = found.lent.spread(subject, Extent::Branch, months);
            (subject, SubjectView::new(subject, titles), spread, found.lent.number(&spread))
        })
        .collect();
    let row = |(branch, shown): &(Standing, Vec<Shown>)| {
        let place = Place::Branch(branch.id);
        let cell = |((of, subject, spread, number), shown): (&(&Subject, SubjectView, _, _), &Shown)| {
            let figure = FigureView::of(*shown, minimum, spread, *number);
            let target = TargetView::of(found.targets.at(place, of, last), &figure);
            CellView { subject: subject.clone(), figure, target }
        };
        HeatMapRow {
            branch_id: branch.id,
            code: branch.code.clone(),
            name: branch.name.clone(),
            cells: columns.iter().zip(shown).map(cell).collect(),
        }
    };
    found.rows.iter().map(row).collect()
}
