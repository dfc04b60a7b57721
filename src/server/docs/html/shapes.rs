//! What a JSON schema says, in words.

use serde_json::Value;

use super::{escape, prose};

/// The name that a `$ref` ends in.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Where a named shape stands on the page.
pub(super) fn anchor(name: &str) -> String {
    format!("shape-{}", escape(name))
}

/// Marks what must be there.
pub(super) fn needed(required: &Value) -> &'static str {
    if *required == true { " <span class=\"needed\">required</span>" } else { "" }
}

/// What a value may be, in a phrase.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("<a href=\"#{}\">{}</a>", anchor(name), escape(name));
    }
    for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(parts) = schema[key].as_array() {
            return parts.iter().map(kind).collect::<Vec<_>>().join(word);
        }
    }
    let mut phrase = match schema["enum"].as_array().map(Vec::as_slice) {
        Some([only]) => format!("always {}", literal(only)),
        Some(values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
        None => types(schema),
    };
    for limit in limits(schema) {
        phrase += ", ";
        phrase += &limit;
    }
    phrase
}

fn types(schema: &Value) -> String {
    let one = |name: &str| match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map of names to {}", kind(&schema["additionalProperties"]))
        }
        name => match schema["format"].as_str() {
            Some(format) if name != "null" && !matches!(format, "int32" | "int64") => {
                format!("{} ({})", escape(name), escape(format))
            }
            _ => escape(name),
        },
    };
    match &schema["type"] {
        Value::String(name) => one(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

/// The limits on a value, and what it is when it is left out.
fn limits(schema: &Value) -> Vec<String> {
    let mut limits = Vec::new();
    for (least, most, of) in [
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
        ("minProperties", "maxProperties", " members"),
        ("minimum", "maximum", ""),
    ] {
        let bound = |key| (!schema[key].is_null()).then(|| escape(&schema[key].to_string()));
        limits.extend(match (bound(least), bound(most)) {
            (None, None) => None,
            (Some(least), None) => Some(format!("at least {least}{of}")),
            (None, Some(most)) => Some(format!("at most {most}{of}")),
            (Some(least), Some(most)) => Some(format!("{least} to {most}{of}")),
        });
    }
    // An example says more to people than a pattern, and a long pattern says nothing.
    match (&schema["examples"][0], &schema["example"], &schema["pattern"]) {
        (Value::Null, Value::Null, Value::Null) => {}
        (Value::Null, Value::Null, pattern) if pattern.as_str().is_some_and(|one| one.len() > 40) => {}
        (Value::Null, Value::Null, pattern) => limits.push(format!("like {}", literal(pattern))),
        (Value::Null, example, _) | (example, ..) => limits.push(format!("such as {}", literal(example))),
    }
    if !schema["default"].is_null() {
        limits.push(format!("{} if left out", literal(&schema["default"])));
    }
    limits
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("<code>{}</code>", escape(text)),
        other => format!("<code>{}</code>", escape(&other.to_string())),
    }
}

/// What is in a value: the fields of an object, each variant of several, or else what it may be.
pub(super) fn fields(schema: &Value) -> String {
    if let Some(fields) = schema["properties"].as_object() {
        let required: Vec<_> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // In the order in which they are written in the code, as far as the contract keeps it.
        let first = required.iter().filter_map(|name| fields.get_key_value(*name));
        let others = fields.iter().filter(|(name, _)| !required.contains(&name.as_str()));
        let rows = first.chain(others).map(|(name, field)| {
            let needed = needed(&required.contains(&name.as_str()).into());
            format!(
                "<dt><code>{}</code> <span class=\"kind\">{}</span>{needed}</dt>\n<dd>{}{}</dd>\n",
                escape(name),
                kind(field),
                prose(&field["description"]),
                inner(field),
            )
        });
        return format!("<dl>\n{}</dl>\n", rows.collect::<String>());
    }
    for (key, words) in [("oneOf", "One of"), ("anyOf", "Any of"), ("allOf", "All of")] {
        let parts =
            schema[key].as_array().filter(|parts| parts.iter().any(|one| one["properties"].is_object()));
        if let Some(parts) = parts {
            let show = |one: &Value| format!("<div class=\"variant\">{}{}</div>\n", about(one), fields(one));
            return format!("<p class=\"kind\">{words}:</p>\n{}", parts.iter().map(show).collect::<String>());
        }
    }
    format!("<p class=\"kind\">{}</p>\n", kind(schema))
}

fn about(schema: &Value) -> String {
    if schema["description"].is_null() {
        String::new()
    } else {
        format!("<p>{}</p>\n", prose(&schema["description"]))
    }
}

/// The fields of what has no name of its own.
pub(super) fn inner(schema: &Value) -> String {
    let schema = if schema["items"].is_object() { &schema["items"] } else { schema };
    if schema["properties"].is_object() { fields(schema) } else { String::new() }
}
