//! The addresses of what a figure is made of: the figures of a place, subject by subject.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ChangeView, FigureView, Reading, SubjectKind, SubjectView, TargetView,
    asked::{USUALLY, asks},
    counted::counted,
    slices::sliced,
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    checklists::{counted::Subject, model::Key},
    db::types::text_enum,
    error::Result,
    http::{
        answer::InLanguage,
        languages::Wishes,
        listed::Listed,
        page::{Listing, PageRequest},
        sheet::Rows,
    },
    ids::{BranchId, BrandId, RegionId},
    scores::{
        means::Means,
        model::Place,
        statistics::{Minimum, Spread, Sums},
        subjects::{OfSubject, of_subjects},
    },
};

/// Most subjects on a page.
const MOST: i64 = 1_000;

text_enum! {
    /// In which order subjects come. Those with fewer visits than the brand's minimum come last.
    pub enum SubjectOrder {
        /// The lowest score first.
        Worst = "worst",
        /// The highest score first.
        Best = "best",
        /// Those first that fell most since as many months right before.
        Fell = "fell",
        /// Those first that rose most.
        Rose = "rose",
        /// By checklist and key.
        Key = "key",
    }
}

asks! {
    /// What a breakdown is of.
    pub struct BreakdownParams {
        /// By what; if left out, by standard.
        #[param(inline)]
        by: Option<SubjectKind>,
        /// Only the choices of this question.
        #[param(inline)]
        question: Option<Key>,
        /// In which order; if left out, the worst first.
        #[param(inline)]
        sort: Option<SubjectOrder>,
    }
}

impl BreakdownParams {
    fn kind(&self) -> SubjectKind {
        self.by.unwrap_or(SubjectKind::Standard)
    }

    pub(super) fn order(&self) -> SubjectOrder {
        self.sort.unwrap_or(SubjectOrder::Worst)
    }

    fn is_wanted(&self, subject: &Subject) -> bool {
        let of_checklist = self.checklist_id.filter(|_| self.kind().is_of_checklists());
        self.kind().is_of(subject, of_checklist, self.question.as_ref())
    }
}

impl SubjectOrder {
    /// By what a subject has its place in this order that scored so now and so before.
    pub(super) fn place(
        self,
        (sums, before): (Sums, Sums),
        spread: &Spread,
        minimum: Minimum,
    ) -> (bool, i32) {
        let score = || sums.mean().unwrap_or(0);
        let moved = || sums.change_since(before, spread).map_or(0, |change| change.difference);
        let place = match self {
            Self::Worst => score(),
            Self::Best => -score(),
            Self::Fell => moved(),
            Self::Rose => -moved(),
            Self::Key => return (false, 0),
        };
        (sums.insufficient(minimum, spread), place)
    }
}

/// What visits say about one subject.
#[derive(Serialize, ToSchema)]
pub struct SubjectFigureView {
    /// What it is about.
    #[serde(flatten)]
    pub(super) subject: SubjectView,
    /// What visits scored in it. A share is a score, too: 10,000 if all visits met a standard, or chose an option. Where each visit scores all or
    /// nothing, the interval is that of a proportion (Wilson), and rests on these visits alone.
    #[serde(flatten)]
    pub(super) figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) target: Option<TargetView>,
    /// Whether each visit scored all or nothing, so that the score is a share of the visits.
    pub(super) is_share: bool,
    /// How it changed against as many months or days right before; null where either has no visits.
    pub(super) change: Option<ChangeView>,
    /// The address of the list of the visits that the figure is of; for managers and HR of the reports. Null by weekday and by hour, and for visits
    /// that no campaign wanted, of which no list is made; and for designers, who list neither.
    pub(super) counted: Option<String>,
}

impl Rows for SubjectFigureView {}

/// What a brand's figure is made of, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

/// What a region's figure is made of.
#[utoipa::path(get, path = "/v1/regions/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

/// What a branch's figure is made of.
#[utoipa::path(get, path = "/v1/branches/{id}/breakdown", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The figures by subject.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_breakdown(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<BreakdownParams, MOST>,
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    breakdown(&app, means, of, (wanted, page)).await
}

async fn breakdown(
    app: &App,
    means: Data<Means>,
    of: Reading,
    (params, page): (BreakdownParams, PageRequest),
) -> Result<InLanguage<Listed<SubjectFigureView>>> {
    if let Some(kind) = params.kind().slice() {
        return Ok(InLanguage { language: None, answer: sliced(app, of, kind, (params, page)).await? });
    }
    let Reading { scope, place, wishes } = of;
    let visits = params.asked().wanted(USUALLY, app.clock.now())?;
    let wanted = params.kind().wanted(visits.clone());
    let order = params.order();
    let part = page.part()?;
    let known = Data::clone(&means);
    let read = move |conn: &mut _| {
        of_subjects(conn, &known, &scope, (place, &wanted), |subject| params.is_wanted(subject))
    };
    let mut found = app.db.snapshot(read).await?;
    let minimum = found.place.minimum;
    found.rows.sort_by_key(|row| order.place((row.now.sums, row.before), &row.spread, minimum));
    found.rows = part.of(found.rows).collect();
    let subjects = found.rows.iter().map(|row| row.subject.clone()).collect();
    let reader = (wishes, found.languages.clone());
    let titles = Titles::of(&app.db, &means.versions, found.place.brand, subjects, reader).await?;
    let view = |row: &OfSubject| {
        let subject = SubjectView::new(&row.subject, &titles);
        let figure = FigureView::of(row.now, minimum, &row.spread, row.number);
        let change = ChangeView::between(row.before, row.now.sums, minimum, &row.spread);
        let is_share = row.now.sums.is_share();
        let aim = found.targets.at(place, &row.subject, visits.touched().to());
        let target = TargetView::of(aim, &figure);
        let counted = counted(&found.place, place, &visits, &row.subject);
        SubjectFigureView { subject, figure, target, is_share, change, counted }
    };
    let views = found.rows.iter().map(view).collect();
    Ok(InLanguage { language: None, answer: page.listed(part, views)? })
}
