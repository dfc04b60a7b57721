//! The targets of the demonstration.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    STANDARDS, cast,
    client::{Client, Refusal},
    dice::id,
    load::Places,
};

/// What scores are to be: of the brand, which wants more from this half-year on, of the manager's country and of the house that has a
/// manager of its own, and of one standard.
pub(super) async fn set(designer: &Client, places: &Places, began: Timestamp) -> Result<(), Refusal> {
    let month = |days: i64| {
        let then = began.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(began);
        then.strftime("%Y-%m").to_string()
    };
    let (last_year, before, half_a_year_ago) = (month(-400), month(-215), month(-184));
    let standards: Vec<Value> = serde_json::from_str(STANDARDS).unwrap_or_default();
    let first = standards.first().map(|standard| json!({"kind": "standard", "key": standard["key"]}));
    let country = places.regions.get(cast::COUNTRY);
    for (name, more) in [
        ("brand until now", json!({"from": last_year, "to": before, "score": 7_800})),
        ("brand", json!({"from": half_a_year_ago, "score": 8_200})),
        ("country", json!({"region_id": country, "from": half_a_year_ago, "score": 8_400})),
        ("house", json!({"branch_id": places.branch(cast::HOUSE), "from": half_a_year_ago, "score": 8_800})),
        ("standard", json!({"subject": first, "from": last_year, "score": 9_000})),
    ] {
        let mut body = more;
        body["brand_id"] = json!(places.brand);
        designer.put(&format!("/v1/targets/{}", id(&format!("target {name}"))), body).await?;
    }
    Ok(())
}
