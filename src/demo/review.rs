//! The reviewers' work in the demo: reasons for returns, decisions, notes, and a second opinion that is wanted.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    RETURN_REASONS,
    client::{Body, Client, Refusal},
    dice::id,
    load::{send_files, version},
    plan::Visit,
    story::{self, Answered, Decision},
};
use crate::checklists::prepared::Prepared;

/// What a reviewer adds to the reason for a return.
const WHAT_IS_UNCLEAR: &str = "You write of a stained apron, and answer that all was in order.";

/// The list of reasons for sending visits back, in the languages of the branches.
pub(super) async fn list_return_reasons(administrator: &Client) -> Result<(), Refusal> {
    let reasons: Vec<Value> = serde_json::from_str(RETURN_REASONS).unwrap_or_default();
    for (number, texts) in reasons.iter().enumerate() {
        let path = format!("/v1/return-reasons/{}", return_reason(number));
        administrator.put(&path, json!({"texts": texts})).await?;
    }
    Ok(())
}

fn return_reason(number: usize) -> Uuid {
    id(&format!("return reason {number}"))
}

/// What the reviewer decides about a visit, if anything.
pub(super) async fn decide(reviewer: &Client, visit: &Visit) -> Result<(), Refusal> {
    let path = format!("/v1/visits/{}/review", visit.id());
    let because = |reason: &str| Body::Json(json!({"reason": reason}));
    let steps = match story::decision(visit) {
        Decision::Later => vec![],
        Decision::Approve => vec![("approve", Body::Nothing)],
        Decision::Reject(reason) => vec![("reject", because(reason))],
        Decision::Exclude(reason) => vec![("exclude", because(reason))],
        Decision::TakeBack(reason) => vec![("approve", Body::Nothing), ("reopen", because(reason))],
        Decision::Return(question) => {
            let ask = json!({"question": question, "reason_id": return_reason(0), "words": WHAT_IS_UNCLEAR});
            vec![("return", Body::Json(json!({"questions": [ask]})))]
        }
    };
    for (step, body) in steps {
        match reviewer.post(&format!("{path}/{step}"), body).await {
            // It was decided when the demo was loaded before.
            Err(refusal) if refusal.is("wrong_state") => return Ok(()),
            decided => drop(decided?),
        }
    }
    Ok(())
}

/// What a reviewer leaves for the others beside some of the visits that wait.
pub(super) async fn note(reviewer: &Client, visit: &Visit) -> Result<(), Refusal> {
    let Some(words) = story::note(visit) else { return Ok(()) };
    let path = format!("/v1/visits/{}/notes/{}", visit.id(), id(&format!("note on {}", visit.name)));
    reviewer.put(&path, json!({"text": words})).await.map(drop)
}

/// A visit of today, made for a campaign that wants another reviewer to look at every visit once it was decided about. At an
/// hour at which the branch has another day already there is none.
pub(super) async fn want_opinion(
    scheduler: &Client,
    phone: &Client,
    reviewer: &Client,
    (checklist, like): (&Prepared, &Visit),
    began: Timestamp,
) -> Result<(), Refusal> {
    let (brand, today) = (id("brand"), began.strftime("%Y-%m-%d").to_string());
    let terms = json!({
        "starts_on": today, "ends_on": today, "visits_per_branch": 1, "places": {"branches": [like.branch]},
        "windows": {"from": "00:00", "to": "24:00"}, "fee": {"currency": "EUR", "amount": 3000},
        "second_opinions_bp": 10_000,
    });
    let campaign = format!("/v1/campaigns/{}", id("campaign of today"));
    let body = json!({
        "brand_id": brand, "checklist_version_id": version(), "name": "Two pairs of eyes", "terms": terms,
    });
    scheduler.put(&campaign, body).await?;
    scheduler.post(&format!("{campaign}/plan"), Body::Nothing).await?;
    let open = format!("/v1/assignments?campaign_id={}&state=open", id("campaign of today"));
    let jobs: Vec<Value> = scheduler.list(&open).await?;
    let Some(job) = jobs.first().and_then(|job| job["id"].as_str()) else { return Ok(()) };
    match phone.post(&format!("/v1/jobs/{job}/claim"), Body::Nothing).await {
        // Another shopper was faster, or it was done when the demo was loaded before.
        Err(refusal) if refusal.is("job_taken") || refusal.is("wrong_state") => return Ok(()),
        claimed => drop(claimed?),
    }
    let visit = Visit { name: format!("{} of today", like.code), ..like.clone() };
    let Answered { answers, manifest, files } = story::answered(checklist, &visit);
    let minutes = |minutes: i64| began.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(began);
    let body = json!({
        "assignment_id": job, "checklist_version_id": version(),
        "started_at": minutes(-40), "ended_at": minutes(-15), "answers": answers, "manifest": manifest,
    });
    let path = format!("/v1/visits/{}", visit.id());
    phone.put(&path, body).await?;
    send_files(phone, &visit, &manifest, files).await?;
    reviewer.post(&format!("{path}/review/approve"), Body::Nothing).await.map(drop)
}
