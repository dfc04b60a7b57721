//! What a schema asks for, in words for people.

use serde_json::Value;
use utoipa::{
    Number,
    openapi::{Object, SchemaFormat, Type, schema::SchemaType},
};

use crate::{
    db::types::MOMENT,
    limits::{FORMS, Form},
};

/// The types that are allowed; none said is any.
pub fn types(schema_type: &SchemaType) -> &[Type] {
    match schema_type {
        SchemaType::Type(one) => std::slice::from_ref(one),
        SchemaType::Array(several) => several,
        SchemaType::AnyValue => &[],
    }
}

/// What a value of this plain schema is.
pub fn of_object(object: &Object, wanted: &Type) -> String {
    if let Some(values) = &object.enum_values {
        return one_of(values);
    }
    match wanted {
        Type::String => of_text(object),
        Type::Integer => of_number(object, "a whole number"),
        Type::Number => of_number(object, "a number"),
        other => of_type(other).to_owned(),
    }
}

/// What a value of this type is.
pub fn of_type(wanted: &Type) -> &'static str {
    match wanted {
        Type::Object => "an object",
        Type::Array => "a list",
        Type::String => "a text",
        Type::Integer => "a whole number",
        Type::Number => "a number",
        Type::Boolean => "true or false",
        Type::Null => "null",
    }
}

/// `one of: shopper, scheduler, designer`.
pub fn one_of(values: &[Value]) -> String {
    format!(
        "one of: {}",
        listed(values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    )
}

/// Names with commas between them, at most thirty.
pub fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 30;
    let more = names.len() > MOST;
    let mut list = names.take(MOST).collect::<Vec<_>>().join(", ");
    if more {
        list.push_str(", …");
    }
    list
}

/// The name of the format that a schema gives.
pub fn format(object: &Object) -> Option<&str> {
    use utoipa::openapi::KnownFormat::{Date, DateTime, Email, Uuid};
    match object.format.as_ref()? {
        SchemaFormat::Custom(name) => Some(name),
        SchemaFormat::KnownFormat(Uuid) => Some("uuid"),
        SchemaFormat::KnownFormat(DateTime) => Some("date-time"),
        SchemaFormat::KnownFormat(Date) => Some("date"),
        SchemaFormat::KnownFormat(Email) => Some("email"),
        SchemaFormat::KnownFormat(_) => None,
    }
}

/// The named form that a schema asks for, if it is one.
pub fn form(object: &Object) -> Option<&'static Form> {
    let (format, pattern) = (format(object), object.pattern.as_deref());
    let is_meant = |form: &&&Form| match form.format {
        Some(name) => format == Some(name),
        // A format says more than the pattern that goes with it.
        None => format.is_none() && form.pattern == pattern,
    };
    (format.is_some() || pattern.is_some()).then(|| FORMS.iter().find(is_meant).copied())?
}

fn of_text(object: &Object) -> String {
    if let Some(form) = form(object) {
        return form.words.to_owned();
    }
    let example = object.examples.first().or(object.example.as_ref()).and_then(Value::as_str);
    match (format(object), example, &object.pattern) {
        (Some("uuid"), ..) => "a UUID, such as 5f0c4e3a-0000-4000-8000-000000000001".to_owned(),
        (Some("date-time"), ..) => MOMENT.to_owned(),
        (_, Some(example), _) => format!("a text such as {example}"),
        (_, None, Some(pattern)) => format!("a text that matches {pattern}"),
        (_, None, None) => "a text".to_owned(),
    }
}

fn of_number(object: &Object, kind: &str) -> String {
    match (&object.minimum, &object.maximum) {
        (Some(min), Some(max)) => format!("{kind} from {} to {}", plain(min), plain(max)),
        (Some(min), None) => format!("{kind}, at least {}", plain(min)),
        (None, Some(max)) => format!("{kind}, at most {}", plain(max)),
        (None, None) => kind.to_owned(),
    }
}

fn plain(number: &Number) -> String {
    match number {
        Number::Int(number) => number.to_string(),
        Number::UInt(number) => number.to_string(),
        Number::Float(number) => number.to_string(),
    }
}
