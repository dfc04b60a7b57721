//! How far shoppers can be relied on, with what that follows from.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{DoFieldwork, ReadShoppers},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    board::{
        candidate,
        ratings::{Event, FORMULA, Happened, Rating},
    },
    db::types::Instant,
    error::Result,
    fieldwork::shoppers,
    ids::{AccountId, AssignmentId, BrandId},
    limits::Percent,
};

/// A shopper's rating, and what it follows from.
#[derive(Serialize, ToSchema)]
pub struct ShopperRating {
    /// How far the shopper can be relied on.
    #[schema(value_type = Percent)]
    reliability: i32,
    /// How good the visits are.
    #[schema(value_type = Percent)]
    quality: i32,
    /// The lower of the two: what campaigns ask for.
    #[schema(value_type = Percent)]
    rating: i32,
    /// How often each thing happened.
    counts: BTreeMap<&'static str, usize>,
    /// What happened, the latest first: at most 100 events for each of the two.
    #[schema(max_items = 200)]
    events: Vec<RatingEvent>,
    /// How the figures follow from the events, in words.
    formula: &'static str,
}

/// One thing that happened, and counts.
#[derive(Serialize, ToSchema)]
pub struct RatingEvent {
    /// With which assignment; missing if that is of a brand that the caller does not see all of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    assignment_id: Option<AssignmentId>,
    /// `approved` and `rejected` count for quality, the others for reliability.
    what: Happened,
    #[schema(value_type = Percent)]
    points: u8,
    at: Instant,
}

impl ShopperRating {
    /// The rating, with the assignments of those brands that the caller may know of.
    fn new(rating: &Rating, knows: impl Fn(BrandId) -> bool) -> Self {
        let count = |what: Happened| rating.events.iter().filter(|event| event.what == what).count();
        let view = |event: &Event| RatingEvent {
            assignment_id: knows(event.brand).then_some(event.assignment),
            what: event.what,
            points: event.what.points(),
            at: event.at,
        };
        Self {
            // Rounded down, as campaigns compare them.
            reliability: rating.reliability / 100,
            quality: rating.quality / 100,
            rating: rating.overall() / 100,
            counts: Happened::ALL.iter().map(|&what| (what.as_str(), count(what))).collect(),
            events: rating.events.iter().map(view).collect(),
            formula: FORMULA,
        }
    }
}

/// The caller's own rating, with all that it follows from.
#[utoipa::path(get, path = "/v1/me/rating", responses(
    (status = 200, description = "The rating."),
))]
pub async fn my_rating(app: Data<App>, caller: Allowed<DoFieldwork>) -> Result<Json<ShopperRating>> {
    let now = app.clock.now();
    let rating = app.db.snapshot(move |conn| candidate::rating(conn, caller.account(), now)).await?;
    Ok(Json(ShopperRating::new(&rating, |_| true)))
}

/// A shopper's rating, with all that it follows from, in every brand.
#[utoipa::path(get, path = "/v1/shoppers/{id}/rating", responses(
    (status = 200, description = "The rating."),
))]
pub async fn shopper_rating(
    app: Data<App>,
    caller: Allowed<ReadShoppers>,
    looking: Looking,
    id: Path<AccountId>,
) -> Result<Shown<Json<ShopperRating>>> {
    let (id, now, scope) = (id.into_inner(), app.clock.now(), caller.scope.clone());
    let rating = move |conn: &mut _| {
        shoppers::known::shopper(conn, &scope, id)?;
        candidate::rating(conn, id, now)
    };
    let rating = app.db.snapshot(rating).await?;
    let look = Look::at((About::Shopper, id), caller.scope.sole_brand(), [id]);
    let rating = ShopperRating::new(&rating, |brand| caller.scope.covers_brand(brand));
    looking.show(caller.account(), look, Json(rating)).await
}
