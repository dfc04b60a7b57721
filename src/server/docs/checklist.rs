//! The schema of a checklist's JSON document, out of the contract.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, web::Bytes};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The schema of a checklist's JSON document (JSON Schema 2020-12).
#[utoipa::path(get, path = "/schemas/checklist.json", responses(
    (status = 200, description = "The schema.", body = Value, content_type = "application/schema+json"),
))]
pub async fn checklist_schema() -> Result<HttpResponse> {
    static SCHEMA: LazyLock<Result<Bytes>> = LazyLock::new(|| {
        let contract = serde_json::to_value(super::document()).map_err(Error::internal)?;
        serde_json::to_vec_pretty(&schema(&contract)).map(Bytes::from).map_err(Error::internal)
    });
    let schema = SCHEMA.as_ref().map_err(Error::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/schema+json").insert_header((CACHE_CONTROL, "public, max-age=300"));
    Ok(answer.body(schema.clone()))
}

/// The shape of a document out of the contract's, with all shapes that it is made of.
fn schema(contract: &Value) -> Value {
    const OURS: &str = "#/components/schemas/";
    fn moved(shape: &Value, wanted: &mut Vec<String>) -> Value {
        match shape {
            Value::Object(members) => {
                // JSON Schema knows no discriminators; each variant says its own kind.
                let known = members.iter().filter(|(name, _)| *name != "discriminator");
                let moved = known.map(|(name, member)| {
                    let reference =
                        member.as_str().filter(|_| name == "$ref").and_then(|to| to.strip_prefix(OURS));
                    let member = match reference {
                        Some(other) => {
                            wanted.push(other.to_owned());
                            json!(format!("#/$defs/{other}"))
                        }
                        None => moved(member, wanted),
                    };
                    (name.clone(), member)
                });
                Value::Object(moved.collect())
            }
            Value::Array(members) => members.iter().map(|member| moved(member, wanted)).collect(),
            other => other.clone(),
        }
    }
    let shapes = &contract["components"]["schemas"];
    let mut wanted = Vec::new();
    let mut schema = moved(&shapes["ChecklistDocument"], &mut wanted);
    let mut parts = serde_json::Map::new();
    while let Some(name) = wanted.pop() {
        if !parts.contains_key(&name) {
            let part = moved(&shapes[name.as_str()], &mut wanted);
            parts.insert(name, part);
        }
    }
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$defs"] = Value::Object(parts);
    schema
}
