//! The addresses of the job board.

pub mod ratings;
pub mod steps;
pub mod wire;

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use self::wire::JobView;
use super::{
    jobs::{JobFilter, JobPage, Vicinity},
    list_jobs,
    near::Near,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::DoFieldwork,
    app::App,
    db::types::Instant,
    error::{Error, FieldError, Result},
    http::page::{Listing, Page},
};

/// How far around a position is looked, in kilometres, if that is left out.
const USUAL_REACH: u16 = 50;

/// Which open jobs are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobsShown {
    /// All of them; those that the caller may not take say why.
    #[default]
    All,
    /// Those that the caller may take.
    Available,
}

/// Which open jobs to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobParams {
    /// Where to look: degrees north and east. It is rounded to a hundredth of a degree (about a kilometre) before it is
    /// used, and kept nowhere.
    #[param(value_type = Option<String>, pattern = r"^-?([0-8]?[0-9](\.[0-9]{1,15})?|90(\.0{1,15})?),-?((1[0-7][0-9]|[0-9]?[0-9])(\.[0-9]{1,15})?|180(\.0{1,15})?)$", example = "48.86,2.35")]
    near: Option<Near>,
    /// How far around that, in kilometres; 50 if left out.
    #[validate(range(min = 1, max = 500))]
    #[param(minimum = 1, maximum = 500)]
    within_km: Option<u16>,
    /// Only jobs that can be done at this moment or later.
    from: Option<Instant>,
    /// Only jobs that can be done at this moment or earlier.
    until: Option<Instant>,
    /// Only jobs that are paid in this currency (ISO 4217).
    #[validate(custom(function = "is_code"))]
    #[param(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// Only jobs with this fee or more, in the minor units of the currency, which has to be given as well.
    #[validate(range(min = 0))]
    #[param(minimum = 0)]
    least_fee: Option<i64>,
    /// Only jobs where this language is spoken (BCP 47), wherever it is from: `en-GB` finds `en`.
    #[validate(custom(function = "crate::http::input::language_tag"))]
    #[param(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
    language: Option<String>,
    /// Which of them.
    #[serde(default)]
    #[param(inline, default = "all")]
    show: JobsShown,
}

impl JobParams {
    fn filter(self) -> Result<JobFilter> {
        let missing = |name, why| Err(Error::invalid(vec![FieldError::new(name, "required", why)]));
        if self.near.is_none() && self.within_km.is_some() {
            return missing("near", "say around where");
        }
        if self.currency.is_none() && self.least_fee.is_some() {
            return missing("currency", "say in which currency the fee is");
        }
        let km = self.within_km.unwrap_or(USUAL_REACH);
        Ok(JobFilter {
            vicinity: self.near.map(|near| Vicinity { near, km }),
            from: self.from,
            until: self.until,
            currency: self.currency,
            least_fee: self.least_fee,
            language: self.language,
            only_available: self.show == JobsShown::Available,
        })
    }
}

/// Open jobs of the brands that the caller works for. The nearest come first if a position is given, else those that
/// close first.
#[utoipa::path(get, path = "/v1/jobs", responses(
    (status = 200, description = "A page of jobs."),
))]
pub async fn list_jobs(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    Listing(params, page): Listing<JobParams>,
) -> Result<Page<JobView>> {
    let filter = params.filter()?;
    let (after, rows, now) = (page.key()?, page.rows() as usize, app.clock.now());
    let wanted = JobPage { after, rows };
    let listed = move |conn: &mut _| list_jobs::list_jobs(conn, &caller.scope, &filter, wanted, now);
    let views = app.db.snapshot(listed).await?.into_iter().map(JobView::from).collect();
    page.page(views, JobView::rank)
}

fn is_code(code: &str) -> std::result::Result<(), validator::ValidationError> {
    let good = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let wrong = || validator::ValidationError::new("format").with_message("a currency (ISO 4217)".into());
    good.then_some(()).ok_or_else(wrong)
}
