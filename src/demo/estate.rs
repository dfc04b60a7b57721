//! What became of the demo's places: one branch moved to another region three months ago, one has retired, and a move is planned.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Body, Client, Refusal};

/// The branch that moved, and the region that it moved to.
pub(super) const MOVED: (&str, &str) = ("TR-BUR-01", "Aegean");
/// The branch that is to move, and the region that it moves to.
pub(super) const TO_MOVE: (&str, &str) = ("GB-BRS-01", "Scotland");
/// The branch that retired.
pub(super) const RETIRED: &str = "CA-QUE-01";

/// A branch, and the region that it moves to.
pub(super) type Moving = (Uuid, Uuid);

/// Moves the one, plans to move the other and retires the third, as the administrator.
pub(super) async fn change(
    administrator: &Client,
    [moved, to_move]: [Moving; 2],
    retired: Uuid,
    began: Timestamp,
) -> Result<(), Refusal> {
    let on = |days: i64, form: &str| {
        let then = began.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(began);
        then.strftime(form).to_string()
    };
    for ((branch, region), month, reason) in [
        (moved, on(-92, "%Y-%m"), "Sales were divided anew."),
        (to_move, on(62, "%Y-%m"), "The team of the north takes it over."),
    ] {
        let body = json!({"region_id": region, "from": month, "reason": reason});
        step(administrator, branch, "move", body).await?;
    }
    let body = json!({"from": on(0, "%Y-%m-%d"), "reason": "The lease has ended."});
    step(administrator, retired, "retire", body).await
}

async fn step(administrator: &Client, branch: Uuid, step: &str, body: Value) -> Result<(), Refusal> {
    let path = format!("/v1/branches/{branch}/{step}");
    administrator.ask(Method::POST, &path, Body::Json(body), Some("*")).await.map(drop)
}
