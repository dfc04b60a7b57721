//! The addresses of drivers: what costs a place the most points, and what it would gain.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ChangeView, DifferenceView, FigureView, FilterParams, Reading, SubjectView, asked::USUALLY,
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    calendar::bound::Bound,
    error::Result,
    http::{
        answer::InLanguage,
        input::Params,
        languages::Wishes,
        sheet::{Rows, Sheet},
    },
    ids::{BranchId, BrandId, RegionId},
    limits::BasisPoints,
    scores::{
        drivers::{self, Driver},
        means::Means,
        model::{Place, PlaceId, PlaceKind},
        statistics::Minimum,
    },
};

/// What costs a place the most points.
#[derive(Serialize, ToSchema)]
pub struct DriversView {
    /// The brand, the region or the branch.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The first month that counts, or the first day if these are no whole months.
    from: Bound,
    /// The last month that counts, or the last day.
    to: Bound,
    /// The standards, and the questions that verify none: those first by which the place would gain most if it did as well as its brand; of a
    /// brand those first that cost it most. Those with fewer visits than the brand's minimum come last.
    #[schema(max_items = 5000)]
    drivers: Vec<DriverView>,
}

impl Rows for DriversView {
    const ROWS: &'static [&'static str] = &["drivers"];
}

/// A standard, or a question that verifies none, with what is lost by it.
#[derive(Serialize, ToSchema)]
pub struct DriverView {
    /// The standard or the question.
    #[serde(flatten)]
    subject: SubjectView,
    /// What a visit lost by it of its whole score, in basis points, before critical effects: the mean of the visits in which it counted.
    loss: FigureView,
    /// What a visit to any branch of the brand lost by it, in basis points; null without visits.
    #[schema(value_type = Option<BasisPoints>)]
    brand_loss: Option<i32>,
    /// What the score would gain if no more were lost by it than in the brand; null for a brand, and without visits.
    gain: Option<DifferenceView>,
    /// How the loss changed against as many months right before: above zero, more is lost. Null where either has no visits.
    change: Option<ChangeView>,
}

impl DriversView {
    /// The first drivers that rest on enough visits and cost the place points, or more than they cost the brand: what each is called, and how many basis points
    /// there are to gain, if that can be compared, or are lost.
    pub(super) fn first(&self, most: usize) -> Vec<(String, Loss)> {
        let driver = |driver: &DriverView| {
            let loss = match driver.gain {
                Some(gain) => Loss::MoreThanInBrand(gain.difference),
                None => Loss::OfScore(driver.loss.score?),
            };
            let (Loss::MoreThanInBrand(points) | Loss::OfScore(points)) = loss;
            (!driver.loss.insufficient && points > 0).then(|| (driver.subject.name(), loss))
        };
        self.drivers.iter().filter_map(driver).take(most).collect()
    }
}

/// What is lost by a driver, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// So much more than in the brand.
    MoreThanInBrand(i32),
    /// So much of the score.
    OfScore(i32),
}

impl DriverView {
    pub(super) fn new(driver: &Driver, minimum: Minimum, titles: &Titles) -> Self {
        let Driver { row, brand, gain } = driver;
        Self {
            subject: SubjectView::new(&row.subject, titles),
            loss: FigureView::new(row.now, minimum, &row.spread, row.number),
            brand_loss: brand.mean(),
            gain: gain.map(DifferenceView::from),
            change: ChangeView::between(row.before, row.now.sums, minimum, &row.spread),
        }
    }
}

/// What costs a brand the most points, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/drivers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "What costs it points.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_drivers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<Sheet<DriversView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    drivers(&app, means, of, params).await
}

/// What costs a region the most points.
#[utoipa::path(get, path = "/v1/regions/{id}/drivers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "What costs it points.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_drivers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<Sheet<DriversView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    drivers(&app, means, of, params).await
}

/// What costs a branch the most points.
#[utoipa::path(get, path = "/v1/branches/{id}/drivers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "What costs it points.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_drivers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<Sheet<DriversView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    drivers(&app, means, of, params).await
}

async fn drivers(
    app: &App,
    means: Data<Means>,
    of: Reading,
    params: FilterParams,
) -> Result<InLanguage<Sheet<DriversView>>> {
    let view = drivers_view(app, means, of, params).await?;
    Ok(InLanguage { language: None, answer: Sheet(view) })
}

/// Drivers as they are answered.
pub(super) async fn drivers_view(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    params: FilterParams,
) -> Result<DriversView> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let ((from, to), known) = (wanted.days.bounds(), Data::clone(&means));
    let read = move |conn: &mut _| drivers::drivers(conn, &known, &scope, (place, &wanted));
    let found = app.db.snapshot(read).await?;
    let (visible, reader) = (found.place, (wishes, found.languages));
    let subjects = found.drivers.iter().map(|driver| driver.row.subject.clone()).collect();
    let titles = Titles::of(&app.db, &means.versions, visible.brand, subjects, reader).await?;
    let view = |driver: &Driver| DriverView::new(driver, visible.minimum, &titles);
    Ok(DriversView {
        place_id: place.id(),
        kind: place.kind(),
        from,
        to,
        drivers: found.drivers.iter().map(view).collect(),
    })
}
