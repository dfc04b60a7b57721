//! The addresses of heat maps: branches in rows, subjects in columns.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::{
    FigureView, Reading, SubjectKind, SubjectView, TargetView,
    asked::{USUALLY, asks, wrong},
    drawn::{Shows, heading, more},
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    charts::{self, Drawing, heatmap::Strip},
    checklists::counted::Subject,
    error::Result,
    http::{
        answer::InLanguage,
        listed::{Listed, Part},
        page::{Listing, PageRequest},
        sheet::{Pictured, Rows, Wished},
    },
    ids::{BranchId, BrandId, RegionId},
    months::Month,
    scores::{
        called::called,
        heatmap::{self, HeatMap},
        means::Means,
        model::Place,
        shown::Shown,
        statistics::Extent,
        store::Standing,
    },
    texts::text,
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
    wished: Wished,
    Listing(wanted, page): Listing<HeatMapParams>,
) -> Result<Pictured<InLanguage<Listed<HeatMapRow>>>> {
    heatmap(&app, means, (caller.scope, Place::Brand(*id)), wished, (wanted, page)).await
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
    wished: Wished,
    Listing(wanted, page): Listing<HeatMapParams>,
) -> Result<Pictured<InLanguage<Listed<HeatMapRow>>>> {
    heatmap(&app, means, (caller.scope, Place::Region(*id)), wished, (wanted, page)).await
}

async fn heatmap(
    app: &App,
    means: Data<Means>,
    (scope, place): (Scope, Place),
    wished: Wished,
    (params, page): (HeatMapParams, PageRequest),
) -> Result<Pictured<InLanguage<Listed<HeatMapRow>>>> {
    let part = page.part()?;
    let of = Reading { scope, place, wishes: wished.languages };
    if wished.picture {
        let drawing = picture(app, means, of, params, part).await?;
        return Ok(Pictured::Picture(Box::new(drawing)));
    }
    let rows = branches(app, means, of, params, part).await?;
    Ok(Pictured::Figures(InLanguage { language: None, answer: page.listed(part, rows)? }))
}

/// A part of a heat map as a picture.
pub(super) async fn picture(
    app: &App,
    means: Data<Means>,
    of: Reading,
    params: HeatMapParams,
    part: Part,
) -> Result<Drawing> {
    let (seen, place, language) = (of.scope.clone(), of.place, of.wishes.ours());
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let called = app.db.read(move |conn| called(conn, &seen, place)).await?;
    let by = match params.by.unwrap_or(SubjectKind::Dimension) {
        SubjectKind::Checklist => text!("chart-by-checklist"),
        SubjectKind::Version => text!("chart-by-version"),
        SubjectKind::Side => text!("chart-by-side"),
        SubjectKind::Section => text!("chart-by-section"),
        SubjectKind::Standard => text!("chart-by-standard"),
        SubjectKind::Question => text!("chart-by-question"),
        SubjectKind::Choice => text!("chart-by-choice"),
        // The others are no columns of a heat map.
        SubjectKind::Dimension | SubjectKind::Weekday | SubjectKind::Hour | SubjectKind::Campaign => {
            text!("chart-by-dimension")
        }
    };
    let mut branches = branches(app, means, of, params, part).await?;
    // One more than are wanted shows whether there are more.
    let (most, found) = (part.count.saturating_sub(1), branches.len());
    branches.truncate(most);
    let heading = heading(Shows::HeatMap, (&called, &by.say(language)), &wanted, language);
    let columns = branches.first().map(|row| row.cells.iter().map(|cell| cell.subject.name()).collect());
    let strips: Vec<_> = branches.iter().map(HeatMapRow::strip).collect();
    Ok(charts::heatmap::heatmap(
        &heading,
        &columns.unwrap_or_else(Vec::new),
        &strips,
        more(found > most, most, language),
    ))
}

impl HeatMapRow {
    /// The branch as charts take it.
    fn strip(&self) -> Strip {
        let cell = |cell: &CellView| cell.figure.drawn(cell.target.as_ref());
        Strip {
            id: ("branch", self.branch_id.to_string()),
            name: self.name.clone(),
            cells: self.cells.iter().map(cell).collect(),
        }
    }
}

/// A part of a heat map.
async fn branches(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    params: HeatMapParams,
    part: Part,
) -> Result<Vec<HeatMapRow>> {
    let kind = params.by.unwrap_or(SubjectKind::Dimension);
    let wanted = kind.wanted(params.asked().wanted(USUALLY, app.clock.now())?);
    let (months, last) = (wanted.months(), wanted.touched().to());
    let of_checklist = params.checklist_id.filter(|_| kind.is_of_checklists());
    let is_wanted = move |subject: &Subject| kind.is_of(subject, of_checklist, None);
    let known = Data::clone(&means);
    let read = move |conn: &mut _| {
        heatmap::heatmap(conn, &known, &scope, (place, &wanted), (part.start, part.count), is_wanted)
    };
    let found = app.db.snapshot(read).await?;
    let reader = (wishes, found.languages.clone());
    let titles =
        Titles::of(&app.db, &means.versions, found.place.brand, found.subjects.clone(), reader).await?;
    Ok(rows(&found, (months, last), &titles))
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
