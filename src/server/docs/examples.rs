//! Examples of requests and their answers, as a test recorded them from a server (`tests/examples.rs`).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::{
    Content, Paths, RefOr, Response,
    path::{Operation, Parameter, ParameterBuilder},
};

use super::schemas::operations;

/// What was sent, and what was answered.
#[derive(Deserialize)]
struct Example {
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    body: Option<Value>,
    status: u16,
    answer: Option<Value>,
}

/// By the operation's id.
static EXAMPLES: LazyLock<BTreeMap<String, Example>> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// Adds to each operation its example.
pub(super) fn add(paths: &mut Paths) {
    for operation in paths.paths.values_mut().flat_map(operations) {
        let name = operation.operation_id.as_deref().unwrap_or_default();
        if let Some(example) = EXAMPLES.get(name) {
            show(operation, example);
        }
    }
}

fn show(operation: &mut Operation, example: &Example) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(value) = example.parameters.get(&parameter.name)
        {
            let value = of_type(parameter, value);
            *parameter = ParameterBuilder::from(std::mem::take(parameter)).example(Some(value)).build();
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
    {
        content.example.clone_from(&example.body);
    }
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(&example.status.to_string()) {
        show_answer(answer, example.answer.as_ref());
    }
}

/// A parameter that is a number or a truth is shown as such.
fn of_type(parameter: &Parameter, value: &str) -> Value {
    let shape = serde_json::to_value(&parameter.schema).unwrap_or_default();
    match shape.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => {
            serde_json::from_str(value).unwrap_or_else(|_| value.into())
        }
        _ => value.into(),
    }
}

fn show_answer(answer: &mut Response, example: Option<&Value>) {
    let is_text = example.is_some_and(Value::is_string);
    let fits = |media_type: &str| match media_type {
        "application/jose" | "application/yaml" => is_text,
        _ => !is_text && (media_type == "application/json" || media_type.ends_with("+json")),
    };
    for (media_type, content) in &mut answer.content {
        if let RefOr::T(Content { example: shown, .. }) = content
            && fits(media_type)
        {
            *shown = example.cloned();
        }
    }
}
