//! What is looked for in the scores of the demonstration, and who is sent a digest of them.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    cast,
    client::{Body, Client, Refusal},
    dice::id,
    load::{Places, account},
};
use crate::{
    accounts::policy::Scope,
    alerts::{evaluate_rule::EvaluateRule, rules::store::of_brand},
    digests::{self, issue::IssueDigest},
    error::Result,
    ids::{BrandId, DigestId},
    scores::model::Reader,
    server::house::House,
    work::Task,
};

fn digest_of_manager() -> Uuid {
    id("digest manager")
}

/// The designer looks for branches below their targets, at the desk and for the managers; the manager for branches of the own country that fall. The manager has
/// a digest each Monday, and HR one on the first of each month.
pub(super) async fn set(
    (administrator, designer, manager): (&Client, &Client, &Client),
    places: &Places,
) -> std::result::Result<(), Refusal> {
    let country = places.regions.get(cast::COUNTRY);
    let below_target = json!({"below": "branches", "period": "rolling_6", "condition": "below", "by_target": true,
        "beyond_chance": true});
    let fell = json!({"region_id": country, "below": "branches", "period": "rolling_6", "condition": "fell", "mark": 500,
        "beyond_chance": true});
    let low = json!({"region_id": country, "below": "branches", "period": "rolling_6", "condition": "below", "mark": 8_000});
    let mut for_managers = below_target.clone();
    for_managers["reader"] = json!("branch_side");
    let of = |body: Value| with_brand(body, places.brand);
    for (by, name, body) in [
        (designer, "below target", below_target),
        (designer, "below target, for managers", for_managers),
        (manager, "fell", fell),
        (manager, "low", low),
    ] {
        by.put(&format!("/v1/alert-rules/{}", id(&format!("alert rule {name}"))), of(body)).await?;
    }
    let weekly = json!({"every": "week", "weekday": "monday", "hour": 7, "time_zone": "Europe/Paris"});
    let weekly = json!({"region_id": country, "period": "rolling_6", "schedule": weekly});
    manager.put(&format!("/v1/digests/{}", digest_of_manager()), of(weekly)).await?;
    let monthly = json!({"every": "month", "day": 1, "hour": 8, "time_zone": "Europe/Sofia"});
    let monthly =
        json!({"account_id": account("hr@lumen.example"), "period": "quarter", "schedule": monthly});
    administrator.put(&format!("/v1/digests/{}", id("digest hr")), of(monthly)).await?;
    Ok(())
}

fn with_brand(mut body: Value, brand: Uuid) -> Value {
    body["brand_id"] = json!(brand);
    body
}

/// Judges the rules, and issues the manager's digest for this moment: else there would be nothing to read before Monday.
pub(super) async fn look(house: &House, brand_id: BrandId) -> Result<()> {
    let means = Arc::clone(&house.figures);
    let rules = house.app.db.read(move |conn| of_brand(conn, brand_id, Reader::ALL)).await?;
    for rule_id in rules {
        EvaluateRule { rule_id }.run(&house.app, &means).await?;
    }
    let digest_id = DigestId::new(digest_of_manager());
    let read = move |conn: &mut _| digests::store::digest(conn, &Scope::everything(), digest_id);
    let digest = house.app.db.read(read).await?;
    if digest.settled_until > digest.created_at {
        return Ok(());
    }
    IssueDigest { digest_id, due_at: house.app.clock.now() }.run(&house.app, &means).await
}

/// The manager has seen one of the alerts.
pub(super) async fn acknowledge(manager: &Client) -> std::result::Result<(), Refusal> {
    let seen = manager.get("/v1/alerts?acknowledged=true&limit=1").await?;
    if seen["items"].as_array().is_some_and(|items| !items.is_empty()) {
        return Ok(());
    }
    let open = manager.get("/v1/alerts?state=open&sort=oldest&limit=1").await?;
    if let Some(alert) = open["items"][0]["id"].as_str() {
        manager.post(&format!("/v1/alerts/{alert}/acknowledge"), Body::Nothing).await?;
    }
    Ok(())
}
