//! The addresses of movers: which branches got worse or better, and by what.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ChangeView, DriverView, FigureView, Reading, asked::asks, titles::Titles};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
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
        drivers::Driver,
        means::Means,
        model::Place,
        movers::{self, Direction},
        shown::Shown,
        statistics::Moved,
        store::Standing,
    },
};

/// The period if none is named: so many months.
const USUALLY: i32 = 6;

asks! {
    /// Which branches are wanted.
    pub struct MoversParams {
        /// Those that got worse (`down`), or better (`up`); if left out, worse.
        #[param(inline)]
        direction: Option<Direction>,
    }
}

/// A branch whose score changed beyond chance.
#[derive(Serialize, ToSchema)]
pub struct MoverView {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// For whole visits.
    #[serde(flatten)]
    figure: FigureView,
    /// How it changed against as many months right before.
    change: Option<ChangeView>,
    /// By what it loses more than before (or less, if it got better), at most three, the greatest change first. The gain says what to do
    /// first: what the branch would win back if it did as well as its brand.
    #[schema(max_items = 3)]
    drivers: Vec<DriverView>,
}

impl Rows for MoverView {
    const ROWS: &'static [&'static str] = &["drivers"];
}

/// The branches of a brand whose score got worse, or better, against as many months right before, for callers who may see all of the brand: why, and what to
/// do first. Only branches with the brand's minimum of visits in both periods are compared, and only what is beyond chance is named, though so
/// many branches are looked at: of the branches that are named, at most 2.5 % got worse (or better) by chance (Benjamini and Hochberg, on one side).
#[utoipa::path(get, path = "/v1/brands/{id}/movers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The greatest change first.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_movers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<MoversParams>,
) -> Result<InLanguage<Listed<MoverView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    movers(&app, means, of, (wanted, page)).await
}

/// The same for the branches of a region, however deep.
#[utoipa::path(get, path = "/v1/regions/{id}/movers", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The greatest change first.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_movers(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Listing(wanted, page): Listing<MoversParams>,
) -> Result<InLanguage<Listed<MoverView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    movers(&app, means, of, (wanted, page)).await
}

async fn movers(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    (params, page): (MoversParams, PageRequest),
) -> Result<InLanguage<Listed<MoverView>>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let direction = params.direction.unwrap_or(Direction::Down);
    let part = page.part()?;
    let known = Data::clone(&means);
    let read = move |conn: &mut _| {
        movers::movers(conn, &known, &scope, (place, &wanted), direction, (part.start, part.count))
    };
    let found = app.db.snapshot(read).await?;
    let (minimum, reader) = (found.place.minimum, (wishes, found.languages));
    let drivers = found.movers.iter().flat_map(|(_, drivers)| drivers);
    let subjects = drivers.map(|driver| driver.row.subject.clone()).collect();
    let titles = Titles::of(&app.db, &means.versions, found.place.brand, subjects, reader).await?;
    let (spread, number) = (found.spread, found.number);
    let view = |(mover, drivers): (Moved<Standing>, Vec<Driver>)| MoverView {
        figure: FigureView::new(Shown::whole(mover.now), minimum, &spread, number),
        change: ChangeView::between(mover.before, mover.now, minimum, &spread),
        drivers: drivers.iter().map(|driver| DriverView::new(driver, minimum, &titles)).collect(),
        branch_id: mover.key.id,
        code: mover.key.code,
        name: mover.key.name,
    };
    let views = found.movers.into_iter().map(view).collect();
    Ok(InLanguage { language: None, answer: page.listed(part, views)? })
}
