//! What the manager of the demo objects to, and what came of it: one appeal is open and waits for the branch, one is upheld.

use serde_json::{Value, json};

use super::{
    client::{Body, Client, Refusal},
    dice::id,
};

/// An answer that is objected to.
struct Objectionable {
    report: String,
    question: String,
    /// The best answer that there is.
    best: Value,
}

/// Appeals against two of the reports that are out, unless that was done when the demo was loaded before.
pub(super) async fn appeal(manager: &Client, reviewer: &Client) -> Result<(), Refusal> {
    let (open, upheld) = (id("open appeal"), id("upheld appeal"));
    if manager.has(&format!("/v1/appeals/{open}")).await? {
        return Ok(());
    }
    let mut found = objectionable(manager).await?.into_iter();
    let (Some(first), Some(second)) = (found.next(), found.next()) else { return Ok(()) };
    let path = format!("/v1/reports/{}/appeals/{upheld}", second.report);
    let words =
        "All of the team was new that week, and the trainer stood beside: it was done as the standard says.";
    manager.put(&path, objection(&second, words)).await?;
    let decision = json!({"answers": {&second.question: {"value": second.best}},
        "reason": "The duty roster and the shopper's own words show it."});
    reviewer.post(&format!("/v1/appeals/{upheld}/uphold"), Body::Json(decision)).await?;
    let path = format!("/v1/reports/{}/appeals/{open}", first.report);
    manager.put(&path, objection(&first, "The camera at the door shows otherwise.")).await?;
    let message = format!("/v1/reviews/appeals/{open}/messages/{}", id("message about the open appeal"));
    reviewer
        .put(&message, json!({"text": "Which minute of which camera is it? Please attach a picture."}))
        .await?;
    Ok(())
}

fn objection(against: &Objectionable, words: &str) -> Value {
    json!({"questions": [{"question": against.question, "words": words}]})
}

/// An answer of each of the reports that are out last which could have earned more.
async fn objectionable(manager: &Client) -> Result<Vec<Objectionable>, Refusal> {
    let mut found = Vec::new();
    let reports = manager.get("/v1/reports?state=released&limit=20").await?;
    for report in reports["items"].as_array().into_iter().flatten() {
        let Some(report) = report["id"].as_str() else { continue };
        let content = manager.get(&format!("/v1/reports/{report}")).await?["content"].take();
        let sections = content["sections"].as_array().into_iter().flatten();
        let mut questions =
            sections.flat_map(|section| section["questions"].as_array().into_iter().flatten());
        found.extend(questions.find_map(|one| {
            let best = match one["answer"]["kind"].as_str() {
                Some("yes_no") => json!(true),
                Some("scale") => one["answer"]["to"].clone(),
                _ => return None,
            };
            let is_missed =
                one["earned"].as_i64() < one["possible"].as_i64() && one["answer"]["value"] != best;
            let question = one["question"].as_str()?.to_owned();
            is_missed.then(|| Objectionable { report: report.to_owned(), question, best })
        }));
    }
    Ok(found)
}
