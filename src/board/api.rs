//! The addresses of the job board.

pub mod ratings;
pub mod steps;
pub mod wire;

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError, ValidationErrors};

use self::wire::{JobView, JobsPage};
use super::{
    jobs::{JobFilter, JobPage, Vicinity},
    list_jobs::{self, JobList},
    near::Near,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::DoFieldwork,
    app::App,
    db::types::Instant,
    error::Result,
    http::page::Listing,
    limits::{Count, CurrencyCode, LanguageTag, Whole},
};

/// Which open jobs are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = json!("all"))]
pub enum JobsShown {
    /// All of them; those that the caller may not take say why.
    #[default]
    All,
    /// Those that the caller may take.
    Available,
}

/// Which open jobs to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobParams {
    /// Where to look: degrees north and east. It is rounded to a hundredth of a degree (about a kilometre) before it is
    /// used, and kept nowhere. Branches without a position are near nothing.
    #[param(inline)]
    near: Option<Near>,
    /// Look around where the caller said to live, as far as they said to travel (`/v1/me/shopper`), in place of `near`.
    #[serde(default)]
    #[param(default = false)]
    from_home: bool,
    /// How far around that, in kilometres; 50 if left out.
    #[param(inline)]
    within_km: Option<Reach>,
    /// Only jobs that can be done at this moment or later.
    from: Option<Instant>,
    /// Only jobs that can be done at this moment or earlier.
    until: Option<Instant>,
    /// Only jobs that are paid in this currency (ISO 4217).
    #[param(inline)]
    currency: Option<CurrencyCode>,
    /// Only jobs with this fee or more, in the minor units of the currency, which has to be given as well.
    #[param(inline)]
    least_fee: Option<Count>,
    /// Only jobs where this language is spoken (BCP 47), wherever it is from: `en-GB` finds `en`.
    language: Option<LanguageTag>,
    /// Which of them.
    #[serde(default)]
    #[param(inline)]
    show: JobsShown,
}

/// How far around a position is looked, in kilometres.
type Reach = Whole<1, 500>;

/// How far if that is left out.
const USUAL_REACH: Reach = Reach::of::<50>();

/// Some parameters need others.
impl Validate for JobParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        let mut wrong = ValidationErrors::new();
        let mut missing = |name: &'static str, why: &'static str| {
            wrong.add(name, ValidationError::new("required").with_message(why.into()));
        };
        if self.near.is_none() && self.within_km.is_some() {
            missing("near", "say around where");
        }

        if self.currency.is_none() && self.least_fee.is_some() {
            missing("currency", "say in which currency the fee is");
        }
        if self.near.is_some() && self.from_home {
            wrong.add("from_home", ValidationError::new("excess").with_message("say one of the two".into()));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl JobParams {
    fn filter(self) -> JobFilter {
        let km = self.within_km.unwrap_or(USUAL_REACH).as_u16();
        JobFilter {
            vicinity: self.near.map(|near| Vicinity { near, km }),
            from_home: self.from_home,
            from: self.from,
            until: self.until,
            currency: self.currency,
            least_fee: self.least_fee.map(Count::get),
            language: self.language,
            only_available: self.show == JobsShown::Available,
        }
    }
}

/// Open jobs of the places that the caller works in. The nearest come first if a position is given, else those that
/// close first. Jobs of places that the caller is tied to are not listed; the first page says for what.
#[utoipa::path(get, path = "/v1/jobs", responses(
    (status = 200, description = "A page of jobs."),
))]
pub async fn list_jobs(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    Listing(params, page): Listing<JobParams>,
) -> Result<JobsPage> {
    let filter = params.filter();
    let (after, rows, now) = (page.key()?, page.rows() as usize, app.clock.now());
    let (wanted, is_first) = (JobPage { after, rows }, after.is_none());
    let listed = move |conn: &mut _| list_jobs::list_jobs(conn, &caller.scope, &filter, wanted, now);
    let JobList { jobs, left_out } = app.db.snapshot(listed).await?;
    let views = jobs.into_iter().map(JobView::from).collect();
    let left_out = if is_first { left_out } else { Vec::new() };
    Ok(JobsPage::new(page.page(views, JobView::rank)?, left_out))
}
