//! The address of how leniently shoppers score, for desks.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::{self, caller::Allowed, policy::permit::ReadLeniency},
    app::App,
    audit::api::{Look, Looking, Shown},
    db::types::{Instant, text_enum},
    error::{Code, Error, Result},
    http::{
        listed::Listed,
        page::Listing,
        sheet::{Chart, ChartKind, Rows},
    },
    ids::{AccountId, BrandId},
    limits::{BasisPoints, Count, Ordinal},
    places,
    scores::{
        leniency::{self, Lenient},
        statistics::{Difference, leniency::Missing},
    },
};

text_enum! {
    /// In which order shoppers come. Those of whom too little is known come last, unless it is by visits.
    pub enum LeniencyOrder {
        /// The most lenient first.
        Lenient = "lenient",
        /// The most strict first.
        Strict = "strict",
        /// Those with most visits first.
        Visits = "visits",
    }
}

impl LeniencyOrder {
    /// Shoppers in this order, and those who are alike in that of their ids.
    fn put(self, shoppers: &mut [Lenient]) {
        let effect = |one: &Lenient| one.effect.map(|found| found.effect);
        match self {
            Self::Lenient => {
                shoppers.sort_by_key(|one| (one.effect.is_none(), effect(one).map(std::cmp::Reverse)));
            }
            Self::Strict => shoppers.sort_by_key(|one| (one.effect.is_none(), effect(one))),
            Self::Visits => shoppers.sort_by_key(|one| std::cmp::Reverse(one.visits)),
        }
    }
}

/// Which shoppers, and in which order.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LeniencyParams {
    /// Only this shopper.
    shopper_id: Option<AccountId>,
    /// Only the shoppers of this group, who can be compared with one another.
    #[param(inline)]
    group: Option<Ordinal>,
    /// Only those of whom too little is known (`true`), or those of whom enough is (`false`).
    insufficient: Option<bool>,
    /// In which order: the most `lenient` first (if left out), the most `strict`, or those with most `visits`.
    #[param(inline)]
    sort: Option<LeniencyOrder>,
}

impl LeniencyParams {
    fn wants(&self, one: &Lenient) -> bool {
        self.shopper_id.is_none_or(|id| id == one.shopper_id)
            && self.group.is_none_or(|group| usize::try_from(group.get()).ok() == Some(one.group))
            && self.insufficient.is_none_or(|insufficient| insufficient == one.effect.is_none())
    }
}

/// How leniently a shopper scores: never for the branch's side, nor for the shopper.
#[derive(Serialize, ToSchema)]
pub struct ShopperLeniency {
    /// The shopper.
    shopper_id: AccountId,
    /// The name; null for a caller who does not see accounts.
    name: Option<String>,
    /// How many visits of the 24 months count.
    #[schema(value_type = Count)]
    visits: i64,
    /// Their mean score, as it is.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// How many of the visits are to branches that others visited as well, with the same checklist.
    #[schema(value_type = Count)]
    shared_visits: i64,
    /// How many branches these are.
    #[schema(value_type = Count)]
    shared_branches: i64,
    /// The number of the group of shoppers who are connected by branches that several of them visited. Only within it are effects comparable.
    #[schema(value_type = Ordinal)]
    group: usize,
    /// How many basis points more the shopper scores what the average shopper of the group would have scored; less than zero for who is strict.
    /// Null if it is insufficient.
    #[schema(value_type = Option<Difference>)]
    effect: Option<i32>,
    /// Its standard error, in basis points, rounded up.
    #[schema(value_type = Option<BasisPoints>)]
    standard_error: Option<i32>,
    /// The lower end of its 95 % interval.
    #[schema(value_type = Option<Difference>)]
    low: Option<i32>,
    /// The upper end.
    #[schema(value_type = Option<Difference>)]
    high: Option<i32>,
    /// Whether too little is known of the shopper for an effect.
    insufficient: bool,
    /// What is missing then: `few_visits` (10 visits to what others visited as well), `few_branches` (3 branches), `few_shoppers` (4 in the group), or
    /// `few_of_brand`.
    missing: Option<Missing>,
    /// When it was computed.
    computed_at: Instant,
}

impl Rows for ShopperLeniency {
    const CHART: Option<Chart> =
        Some(Chart { kind: ChartKind::Bars, labels: "shopper_id", values: "effect" });
}

/// How leniently the shoppers of a brand score, for desks that may see all of the brand: beside the scores, which stay as they are. It is computed
/// every night from the visits of 24 months that count. The caller's own line is left out.
#[utoipa::path(get, path = "/v1/brands/{id}/leniency", responses((status = 200, description = "The shoppers, in the order that is asked for.")))]
pub async fn brand_leniency(
    app: Data<App>,
    caller: Allowed<ReadLeniency>,
    looking: Looking,
    id: Path<BrandId>,
    Listing(params, page): Listing<LeniencyParams>,
) -> Result<Shown<Listed<ShopperLeniency>>> {
    let (brand, by, part) = (id.into_inner(), caller.account(), page.part()?);
    let read = move |conn: &mut _| {
        places::store::brand(conn, &caller.scope, brand)?;
        if !caller.scope.covers_brand(brand) {
            return Err(Error::new(Code::NotFound));
        }
        let Some((at, found)) = leniency::latest(conn, brand)? else { return Ok(Vec::new()) };
        let of_others = found.shoppers.into_iter().filter(|one| one.shopper_id != by);
        let mut shoppers: Vec<_> = of_others.filter(|one| params.wants(one)).collect();
        params.sort.unwrap_or(LeniencyOrder::Lenient).put(&mut shoppers);
        let shoppers: Vec<_> = part.of(shoppers).collect();
        let mut names = match caller.scope.managing().covers_brand(brand) {
            true => accounts::store::names(conn, shoppers.iter().map(|one| one.shopper_id).collect())?,
            false => Default::default(),
        };
        let view = |one: Lenient| (names.remove(&one.shopper_id), one, at);
        Ok(shoppers.into_iter().map(view).map(ShopperLeniency::new).collect())
    };
    let shoppers = app.db.snapshot(read).await?;
    let whom: Vec<_> = shoppers.iter().map(|one| one.shopper_id).collect();
    let listed = page.listed(part, shoppers)?;
    looking.show(by, Look::list(brand, whom), listed).await
}

impl ShopperLeniency {
    fn new((name, one, computed_at): (Option<String>, Lenient, Instant)) -> Self {
        let Lenient { shopper_id, visits, score, shared_visits, shared_branches, group, effect, missing } =
            one;
        Self {
            shopper_id,
            name,
            visits,
            score,
            shared_visits,
            shared_branches,
            group,
            effect: effect.map(|found| found.effect),
            standard_error: effect.map(|found| found.error),
            low: effect.map(|found| found.low),
            high: effect.map(|found| found.high),
            insufficient: effect.is_none(),
            missing,
            computed_at,
        }
    }
}
