//! The addresses of alerts.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    acknowledge,
    model::{Alert, AlertEnd, AlertOrder, Ends},
    named::Named,
    rules::model::{AlertAgainst, AlertCondition},
    store::{self, AlertFilter},
    words,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{KeepAlerts, ReadScores},
    app::App,
    checklists::cache::Versions,
    db::types::{Instant, text_enum},
    error::{Error, Result},
    http::{answer::InLanguage, languages::Wishes, listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, AlertId, AlertRuleId, BranchId, BrandId, RegionId},
    limits::{BasisPoints, Ordinal},
    months::Month,
    scores::{
        model::{Place, Reader},
        statistics::Difference,
        subject_name::{SubjectName, SubjectNameKind},
    },
};

text_enum! {
    /// Whether an alert is open.
    pub enum AlertState {
        /// The condition of its rule holds.
        Open = "open",
        /// It is over.
        Closed = "closed",
    }
}

/// The interval of a score, or of a difference between two scores.
#[derive(Serialize, ToSchema)]
pub struct AlertInterval {
    /// Its lower end, in basis points.
    #[schema(value_type = Difference)]
    low: i32,
    /// Its upper end, in basis points.
    #[schema(value_type = Difference)]
    high: i32,
}

impl From<Ends> for AlertInterval {
    fn from(Ends { low, high }: Ends) -> Self {
        Self { low, high }
    }
}

impl Rows for AlertView {}

/// That the condition of a rule holds at a place, in a period: with the figure as it was when the alert was raised, or reopened.
#[derive(Serialize, ToSchema)]
pub struct AlertView {
    id: AlertId,
    /// The rule that found it; it may have been changed or deleted since.
    rule_id: AlertRuleId,
    /// The brand of the place; the place itself if neither a region nor a branch is named.
    brand_id: BrandId,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    branch_id: Option<BranchId>,
    /// By whose figures it was found.
    reader: Reader,
    /// What was found and how sure it is, in the language that is wished for.
    reason: String,
    /// The subject.
    subject: SubjectName,
    /// The condition that holds.
    condition: AlertCondition,
    /// Whether the mark was the target of the place.
    by_target: bool,
    /// Against which months the score fell or rose; null where it was compared to a mark.
    against: Option<AlertAgainst>,
    /// Whether the figure had to be beyond chance.
    beyond_chance: bool,
    /// The first month.
    from: Month,
    /// The last month.
    to: Month,
    /// How many visits there were.
    #[schema(value_type = Ordinal)]
    visits: i64,
    /// What they scored, in basis points.
    #[schema(value_type = BasisPoints)]
    score: i32,
    /// What the score was compared to, in basis points: the mark, the target, or the score of the other months.
    #[schema(value_type = BasisPoints)]
    compared_to: i32,
    /// Where the true score lies with 95 % confidence; of `fell` and `rose`, where the true difference lies.
    interval: AlertInterval,
    /// The address at which the figure is as it is now.
    figure: String,
    /// Whether it is open.
    state: AlertState,
    /// When it was raised.
    raised_at: Instant,
    /// When it was over; null as long as it is open.
    closed_at: Option<Instant>,
    /// Why it is over.
    closed_because: Option<AlertEnd>,
    /// When an account acknowledged the alert; null as long as none has, and again when the alert is reopened.
    acknowledged_at: Option<Instant>,
    /// The account that acknowledged the alert.
    acknowledged_by: Option<AccountId>,
}

/// Which alerts.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertParams {
    /// Only those of places of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this region and of all that lies in it.
    region_id: Option<RegionId>,
    /// Only those of this branch.
    branch_id: Option<BranchId>,
    /// Only those that this rule found.
    rule_id: Option<AlertRuleId>,
    /// Only those that were found by the figures of such readers.
    #[param(inline)]
    reader: Option<Reader>,
    /// Only those of a period that this month is in.
    month: Option<Month>,
    /// Only those that are open, or only those that are over.
    #[param(inline)]
    state: Option<AlertState>,
    /// Only alerts that are acknowledged, or only alerts that are not.
    acknowledged: Option<bool>,
    /// In which order; if left out, the newest first.
    #[param(inline)]
    sort: Option<AlertOrder>,
}

/// The alerts of places that the caller's roles cover: those of rules for the branch's side, and for desks also those of rules for desks.
#[utoipa::path(get, path = "/v1/alerts", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "A page of alerts.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn list_alerts(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadScores>,
    wishes: Wishes,
    Listing(params, page): Listing<AlertParams>,
) -> Result<InLanguage<Listed<AlertView>>> {
    let filter = AlertFilter {
        brand: params.brand_id,
        region: params.region_id,
        branch: params.branch_id,
        rule: params.rule_id,
        reader: params.reader,
        month: params.month,
        is_open: params.state.map(|state| state == AlertState::Open),
        is_acknowledged: params.acknowledged,
    };
    let of = (filter, params.sort.unwrap_or(AlertOrder::Newest));
    let read = move |conn: &mut _, after, rows| store::alerts(conn, &caller.scope, of, after, rows);
    let view = move |alerts| {
        let (app, versions, wishes) = (Data::clone(&app), Data::clone(&versions), wishes.clone());
        async move { views(&app, &versions, &wishes, alerts).await }
    };
    let listed = page.list_read_on(read, |alert| (alert.raised_at, alert.id), view).await?;
    Ok(InLanguage { language: None, answer: listed })
}

/// One alert.
#[utoipa::path(get, path = "/v1/alerts/{id}", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The alert.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn get_alert(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadScores>,
    wishes: Wishes,
    id: Path<AlertId>,
) -> Result<InLanguage<Json<AlertView>>> {
    let id = id.into_inner();
    let alert = app.db.read(move |conn| store::alert(conn, &caller.scope, id)).await?;
    one(&app, &versions, &wishes, alert).await
}

/// Acknowledge an alert. The first acknowledgement counts. The alert stays open as long as the condition of its rule holds. An alert that was closed and is
/// reopened is to be acknowledged again.
#[utoipa::path(post, path = "/v1/alerts/{id}/acknowledge", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The alert.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn acknowledge_alert(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<KeepAlerts>,
    wishes: Wishes,
    id: Path<AlertId>,
) -> Result<InLanguage<Json<AlertView>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let write = move |conn: &mut _| acknowledge::acknowledge(conn, &caller.scope, id, now);
    let alert = app.db.write(write).await?;
    one(&app, &versions, &wishes, alert).await
}

/// An alert in the language that is wished for.
async fn one(
    app: &App,
    versions: &Versions,
    wishes: &Wishes,
    alert: Alert,
) -> Result<InLanguage<Json<AlertView>>> {
    let view = views(app, versions, wishes, vec![alert]).await?.pop();
    let view = view.ok_or_else(|| Error::internal("an alert has one view"))?;
    Ok(InLanguage { language: None, answer: Json(view) })
}

/// Alerts in the language that is wished for.
async fn views(
    app: &App,
    versions: &Versions,
    wishes: &Wishes,
    alerts: Vec<Alert>,
) -> Result<Vec<AlertView>> {
    let named = Named::of(&app.db, versions, &alerts).await?;
    let view = |alert: Alert| {
        let (place, is_open) = (alert.place, alert.is_open());
        let choose =
            |available: &[String], fallbacks: &[String]| wishes.best_of(available, fallbacks).to_owned();
        let subject = named.subject(&alert, wishes.ours(), choose);
        let reason = words::reason(&alert, (named.place(place), &subject), wishes.ours());
        let (figure, found) = (figure(&alert), alert.found);
        AlertView {
            id: alert.id,
            rule_id: alert.rule_id,
            brand_id: alert.brand_id,
            region_id: place.region(),
            branch_id: place.branch(),
            reader: alert.reader,
            reason,
            condition: found.condition.kind,
            by_target: found.condition.by_target,
            against: found.condition.against,
            beyond_chance: found.condition.beyond_chance,
            from: alert.period.from(),
            to: alert.period.to(),
            visits: found.visits,
            score: found.score,
            compared_to: found.compared_to,
            interval: found.interval.into(),
            figure,
            subject: found.subject,
            state: if is_open { AlertState::Open } else { AlertState::Closed },
            raised_at: alert.raised_at,
            closed_at: alert.closed.map(|closed| closed.at),
            closed_because: alert.closed.map(|closed| closed.because),
            acknowledged_at: alert.acknowledged.map(|acknowledged| acknowledged.at),
            acknowledged_by: alert.acknowledged.map(|acknowledged| acknowledged.by),
        }
    };
    Ok(alerts.into_iter().map(view).collect())
}

/// The address at which the figure is as it is now. A score of whole visits has the address of the place's score. A score in another subject is a row of the
/// place's breakdown by subjects of that kind.
fn figure(alert: &Alert) -> String {
    let of = match alert.place {
        Place::Brand(id) => format!("/v1/brands/{id}"),
        Place::Region(id) => format!("/v1/regions/{id}"),
        Place::Branch(id) => format!("/v1/branches/{id}"),
    };
    let months = format!("from={}&to={}", alert.period.from(), alert.period.to());
    let subject = &alert.found.subject;
    if subject.kind == SubjectNameKind::Overall {
        return format!("{of}/score?{months}");
    }
    let checklist = subject.checklist_id.map(|id| format!("&checklist_id={id}")).unwrap_or_default();
    format!("{of}/breakdown?by={}{checklist}&{months}", subject.kind)
}
