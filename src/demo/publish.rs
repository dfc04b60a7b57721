//! The demo's checklist: what the library gives to the brand, published by its designer.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    CHECKLIST, DIMENSIONS, STANDARDS,
    client::{Body, Client, Refusal},
    dice::id,
    load::version,
};

/// What the library gives to the brand.
pub(super) struct Library {
    dimensions: Vec<Value>,
    standards: Vec<Value>,
    checklist: Value,
}

impl Library {
    pub(super) fn read() -> serde_json::Result<Self> {
        Ok(Self {
            dimensions: serde_json::from_str(DIMENSIONS)?,
            standards: serde_json::from_str(STANDARDS)?,
            checklist: serde_json::from_str(CHECKLIST)?,
        })
    }
}

/// Makes the brand's standards and its checklist, and publishes that, unless it is published.
pub(super) async fn publish(designer: &Client, brand: Uuid, library: &Library) -> Result<(), Refusal> {
    if designer.has(&format!("/v1/checklist-versions/{}", version())).await? {
        return Ok(());
    }
    catalogue(designer, brand, library).await?;
    let path = format!("/v1/checklists/{}", id("checklist"));
    designer.put(&path, json!({"brand_id": brand, "name": library.checklist["name"]})).await?;
    let content = Body::Json(library.checklist["content"].clone());
    let draft = designer.ask(Method::PUT, &format!("{path}/draft"), content, None).await?;
    let version = Body::Json(json!({"id": version()}));
    designer.ask(Method::POST, &format!("{path}/versions"), version, draft.etag.as_deref()).await?;
    Ok(())
}

/// Makes the dimensions and standards of the library.
async fn catalogue(designer: &Client, brand: Uuid, library: &Library) -> Result<(), Refusal> {
    for dimension in &library.dimensions {
        let mut body = dimension.clone();
        body["brand_id"] = json!(brand);
        designer.put(&format!("/v1/dimensions/{}", dimension_id(&dimension["key"])), body).await?;
    }
    for standard in &library.standards {
        let body = json!({
            "brand_id": brand, "key": standard["key"], "text": standard["text"],
            "dimension_id": dimension_id(&standard["dimension"]),
        });
        designer
            .put(&format!("/v1/standards/{}", id(&format!("standard {}", standard["key"]))), body)
            .await?;
    }
    Ok(())
}

fn dimension_id(key: &Value) -> Uuid {
    id(&format!("dimension {key}"))
}
