//! A call to a branch that was recorded: a campaign of its own, whose report lets it be heard, because staff were informed of that.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{Body, Client, Refusal},
    dice::{Dice, id},
};
use crate::db::types::Sha256;

/// The notice and the checklist.
const CALL: &str = include_str!("call.json");
/// Samples a second.
const RATE: u32 = 8_000;
/// How long the call takes, in seconds, and from which millisecond to which the shopper is heard.
const SECONDS: u32 = 6;
const SHOPPER: (u32, u32) = (3_000, 4_500);
/// A recording is read long before so many looks, each half a second after the other.
const LOOKS: u32 = 60;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The people who take part in the call.
pub(super) struct People<'c> {
    pub(super) administrator: &'c Client,
    pub(super) designer: &'c Client,
    pub(super) scheduler: &'c Client,
    pub(super) phone: &'c Client,
    pub(super) reviewer: &'c Client,
}

/// A call of today to this branch, sent with its recording, heard by a reviewer and approved. At an hour at which the branch has
/// another day already there is none.
pub(super) async fn record(people: &People<'_>, branch: Uuid, began: Timestamp) -> Result<(), Refusal> {
    let call: Value = serde_json::from_str(CALL).unwrap_or_default();
    let Some(job) = job(people, &call, branch, began).await? else { return Ok(()) };
    let visit = id("call of today");
    let (path, file, sound) = (format!("/v1/visits/{visit}"), id("recording of the call"), sound());
    let minutes = |minutes: i64| began.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(began);
    let body = json!({
        "assignment_id": job, "checklist_version_id": version(), "started_at": minutes(-9), "ended_at": minutes(-7),
        "answers": {"answered": {"value": 12}, "name": {"value": true}, "warmth": {"value": 4},
            "hours": {"value": false, "comment": "On Sundays the café closes at six, and not at eight."}},
        "manifest": [{"id": file, "question": "recording", "media_type": "audio/wav", "size": sound.len(),
            "sha256": Sha256::of(&sound)}],
    });
    people.phone.put(&path, body).await?;
    let upload = format!("/v1/uploads/{file}?visit_id={visit}");
    people.phone.ask(Method::PUT, &upload, Body::Bytes("audio/wav", sound), None).await?;
    let (from_ms, to_ms) = SHOPPER;
    let cut = json!({"stretches": [{"from_ms": from_ms, "to_ms": to_ms}]});
    people.reviewer.put(&format!("{path}/files/{file}/cut"), cut).await?;
    for _ in 0..LOOKS {
        let preview = people.reviewer.get(&format!("{path}/report-preview")).await?;
        if preview["waits_for_files"] == json!(false) {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    people.reviewer.post(&format!("{path}/review/approve"), Body::Nothing).await.map(drop)
}

fn version() -> Uuid {
    id("version of the checklist of calls")
}

/// The job of making the call, once the shopper has claimed it; none if another shopper was faster.
async fn job(
    people: &People<'_>,
    call: &Value,
    branch: Uuid,
    began: Timestamp,
) -> Result<Option<String>, Refusal> {
    let (brand, today) = (id("brand"), began.strftime("%Y-%m-%d").to_string());
    let mut notice = call["notice"].clone();
    notice["places"] = json!({"branches": [branch]});
    notice["informed_on"] = json!(today);
    notice["starts_on"] = json!(today);
    let path = format!("/v1/notices/{}", id("notice of calls"));
    people.administrator.put(&path, json!({"brand_id": brand, "content": notice})).await?;
    publish(people.designer, brand, &call["checklist"]).await?;
    let terms = json!({
        "starts_on": today, "ends_on": today, "visits_per_branch": 1, "places": {"branches": [branch]},
        "windows": {"from": "00:00", "to": "24:00"}, "fee": {"currency": "EUR", "amount": 800},
        "reports": {"recordings": true},
    });
    let campaign = format!("/v1/campaigns/{}", id("campaign of calls"));
    let body = json!({
        "brand_id": brand, "checklist_version_id": version(), "name": "On the telephone", "terms": terms,
    });
    people.scheduler.put(&campaign, body).await?;
    people.scheduler.post(&format!("{campaign}/plan"), Body::Nothing).await?;
    let open = format!("/v1/assignments?campaign_id={}&state=open", id("campaign of calls"));
    let jobs: Vec<Value> = people.scheduler.list(&open).await?;
    let Some(job) = jobs.first().and_then(|job| job["id"].as_str()) else { return Ok(None) };
    match people.phone.post(&format!("/v1/jobs/{job}/claim"), Body::Nothing).await {
        Err(refusal) if refusal.is("job_taken") || refusal.is("wrong_state") => Ok(None),
        claimed => claimed.map(|_| Some(job.to_owned())),
    }
}

async fn publish(designer: &Client, brand: Uuid, content: &Value) -> Result<(), Refusal> {
    if designer.has(&format!("/v1/checklist-versions/{}", version())).await? {
        return Ok(());
    }
    let path = format!("/v1/checklists/{}", id("checklist of calls"));
    designer.put(&path, json!({"brand_id": brand, "name": content["title"]["en"]})).await?;
    let content = Body::Json(content.clone());
    let draft = designer.ask(Method::PUT, &format!("{path}/draft"), content, None).await?;
    let version = Body::Json(json!({"id": version()}));
    designer.ask(Method::POST, &format!("{path}/versions"), version, draft.etag.as_deref()).await.map(drop)
}

/// A WAV, a byte a sample: it rings, then two voices hum in turn.
fn sound() -> Vec<u8> {
    let mut dice = Dice::of("the voices of the call");
    let voices = [440.0, dice.between(180.0, 240.0), dice.between(100.0, 150.0)];
    let sample = |number: u32| {
        let at = f64::from(number) / f64::from(RATE);
        let voice = voices.get((at / 1.5) as usize % voices.len()).copied().unwrap_or(440.0);
        (128.0 + 60.0 * (std::f64::consts::TAU * voice * at).sin()) as u8
    };
    let samples: Vec<u8> = (0..RATE * SECONDS).map(sample).collect();
    let chunk = |name: &[u8], body: &[u8]| [name, &(body.len() as u32).to_le_bytes(), body].concat();
    let rate = RATE.to_le_bytes();
    let format = [&[1, 0, 1, 0][..], &rate, &rate, &[1, 0, 8, 0]].concat();
    let chunks = [chunk(b"fmt ", &format), chunk(b"data", &samples)].concat();
    chunk(b"RIFF", &[&b"WAVE"[..], &chunks].concat())
}
