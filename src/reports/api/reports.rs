//! The addresses where reports are read.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadReports,
    app::App,
    calendar::{Day, bound::Bound, days::Days},
    checklists::{cache::Versions, counted::Subject},
    db::types::text_enum,
    error::{Error, FieldError, Result},
    http::{
        answer::{FreshJson, InLanguage},
        etag::{IfNoneMatch, Keep},
        languages::Wishes,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{BranchId, BrandId, CampaignId, ChecklistId, RegionId, ReportId, VersionId},
    limits::{BasisPoints, PlainText},
    months::Month,
    reports::{
        content::ReportContent,
        model::Report,
        read::{self, Read},
        shown,
        store::{Listed as Found, ReportFilter},
    },
    visits::state::State,
};

text_enum! {
    /// Where a report is.
    pub enum ReportState {
        /// It can be appealed against.
        Released = "released",
        /// The time to appeal is over.
        Final = "final",
        /// It was taken back: its visit counts nowhere.
        Withdrawn = "withdrawn",
    }
}

impl ReportState {
    fn of(state: State) -> Result<Self> {
        match state {
            State::Released => Ok(Self::Released),
            State::Final => Ok(Self::Final),
            State::Withdrawn => Ok(Self::Withdrawn),
            _ => Err(Error::internal(format_args!("there is a report of a visit that is {state}"))),
        }
    }

    fn state(self) -> State {
        match self {
            Self::Released => State::Released,
            Self::Final => State::Final,
            Self::Withdrawn => State::Withdrawn,
        }
    }
}

/// Which reports.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those of branches in this region, however deep.
    region_id: Option<RegionId>,
    /// Only those of this branch.
    branch_id: Option<BranchId>,
    /// Only those of visits that this campaign wanted.
    campaign_id: Option<CampaignId>,
    /// Only those whose `first_day` is in this month.
    month: Option<Month>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<ReportState>,
    /// Only those whose `first_day` is in this month or this day, or later.
    from: Option<Bound>,
    /// Only those whose `first_day` is in this month or this day, or before.
    to: Option<Bound>,
    /// Only those of visits with this checklist.
    checklist_id: Option<ChecklistId>,
    /// Only those of visits with this version of a checklist.
    version_id: Option<VersionId>,
    /// Only those of branches whose code or name has this in it.
    #[param(inline)]
    q: Option<PlainText<1, 100>>,
    /// Only those that count in scores, and are scored in this: `overall`, or another subject as figures name it in their `counted`.
    #[param(inline)]
    counted_in: Option<PlainText<1, 300>>,
}

impl ReportParams {
    /// What they ask for.
    ///
    /// # Errors
    /// `invalid` if it contradicts itself.
    pub fn filter(self) -> Result<ReportFilter> {
        let Self { brand_id, region_id, branch_id, campaign_id, month, state, from, to, .. } = self;
        let days = Days::between(from, to)
            .map_err(|why| Error::invalid(vec![FieldError::new("from", "range", why)]))?;
        let counted_in =
            self.counted_in.map(|name| Subject::named("counted_in", name.as_str())).transpose()?;
        Ok(ReportFilter {
            brand: brand_id,
            region: region_id,
            branch: branch_id,
            campaign: campaign_id,
            month,
            state: state.map(ReportState::state),
            days,
            checklist: self.checklist_id,
            version: self.version_id,
            branch_called: self.q.map(String::from),
            counted_in,
        })
    }
}

impl Rows for ListedReport {}

/// A report in a list.
#[derive(Serialize, ToSchema)]
pub struct ListedReport {
    id: ReportId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// The campaign that wanted the visit; null if none did.
    campaign_id: Option<CampaignId>,
    state: ReportState,
    /// The day of the visit. Where the branch is seldom visited, the first day of the week that the visit is in, with the days of the same
    /// month that belong to no whole week.
    first_day: Day,
    /// The same day, or the last day of that week: 7 to 13 days in all, of one month.
    last_day: Day,
    /// The day on which it went out.
    released_on: Day,
    /// Basis points; null if nothing that was answered carries points, and of a report that was withdrawn.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
}

impl ListedReport {
    /// Where it stands in the list.
    pub fn place(&self) -> (String, ReportId) {
        (self.released_on.to_string(), self.id)
    }
}

/// A day as it is kept.
fn day(text: &str) -> Result<Day> {
    text.parse().map_err(Error::internal)
}

impl TryFrom<Found> for ListedReport {
    type Error = Error;

    fn try_from((report, state, score): Found) -> Result<Self> {
        Ok(Self {
            id: report.id,
            brand_id: report.brand_id,
            branch_id: report.branch_id,
            campaign_id: report.campaign_id,
            state: ReportState::of(state)?,
            first_day: day(&report.first_day)?,
            last_day: day(&report.last_day)?,
            released_on: day(&report.released_on)?,
            score: score.filter(|_| state != State::Withdrawn),
        })
    }
}

/// Reports, those that went out last first; the order of those of one day says nothing. An employee is given those of the own
/// branch, as far as its staff were informed.
#[utoipa::path(get, path = "/v1/reports", responses((status = 200, description = "A page of the list.")))]
pub async fn list_reports(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadReports>,
    Listing(params, page): Listing<ReportParams>,
) -> Result<Listed<ListedReport>> {
    let (filter, now) = (params.filter()?, app.clock.now());
    let read = move |conn: &mut _, after, rows| {
        let found = read::list(conn, &versions, &caller.scope, &filter, after, rows, now)?;
        found.into_iter().map(ListedReport::try_from).collect()
    };
    page.of_one_state().list(read, ListedReport::place, |report| report).await
}

/// A report: what the branch's side sees of a visit.
#[derive(Serialize, ToSchema)]
pub struct ReportView {
    id: ReportId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// The campaign that wanted the visit; null if none did.
    campaign_id: Option<CampaignId>,
    state: ReportState,
    /// The day of the visit. Where the branch is seldom visited, the first day of the week that the visit is in, with the days of the same
    /// month that belong to no whole week.
    first_day: Day,
    /// The same day, or the last day of that week: 7 to 13 days in all, of one month.
    last_day: Day,
    /// The day on which it went out.
    released_on: Day,
    /// The language that its texts are in (BCP 47); the shopper's own words are as they were written.
    language: String,
    /// What was seen; null of a report that was withdrawn.
    content: Option<ReportContent>,
    /// Why it was withdrawn; null if it was not.
    withdrawn_because: Option<String>,
    /// The last day on which it can be appealed against, by the clocks of the branch; null once that is over, and of a report that was
    /// withdrawn.
    appeal_until: Option<Day>,
}

/// A report, in the language that is wished for.
#[utoipa::path(get, path = "/v1/reports/{id}", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The report.", headers(
        ("Content-Language" = Option<String>, description = "The language that its texts are in."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
pub async fn get_report(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadReports>,
    had: IfNoneMatch,
    id: Path<ReportId>,
    wishes: Wishes,
) -> Result<InLanguage<FreshJson<ReportView>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let read = app.db.snapshot(move |conn| read::one(conn, &caller.scope, id, now)).await?;
    let version = versions.get(&app.db, read.visit.head.version_id).await?;
    let available = &version.prepared.content().languages;
    let language = wishes.best_of(available, &read.brand.languages_read()).to_owned();
    let wanted = language.clone();
    let content = move |conn: &mut _| {
        let content = shown::content(conn, &read, &version, &wanted)?;
        Ok((read.clone(), content))
    };
    let (read, content) = app.db.snapshot(content).await?;
    let Read { report, state, reason, appeal_until, .. } = read;
    let appeal_until = Day::new(appeal_until).filter(|_| state == State::Released);
    let view =
        ReportView { appeal_until, ..ReportView::new(&report, state, language.clone(), content, reason)? };
    let answer = FreshJson::new(had, Keep::Ask, &view)?;
    Ok(InLanguage { language: Some(language), answer })
}

impl ReportView {
    fn new(
        report: &Report,
        state: State,
        language: String,
        content: Option<ReportContent>,
        withdrawn_because: Option<String>,
    ) -> Result<Self> {
        Ok(Self {
            id: report.id,
            brand_id: report.brand_id,
            branch_id: report.branch_id,
            campaign_id: report.campaign_id,
            state: ReportState::of(state)?,
            first_day: day(&report.first_day)?,
            last_day: day(&report.last_day)?,
            released_on: day(&report.released_on)?,
            language,
            content,
            withdrawn_because,
            appeal_until: None,
        })
    }
}
