//! Explains why something cannot be read: all that its schema finds, and where serde stumbled if that is something else.

use std::{borrow::Cow, collections::HashSet};

use serde_json::Value;
use utoipa::openapi::{RefOr, Required, Schema, Type, path::Parameter};

use super::{
    findings::{Findings, MOST_STEPS, Place},
    look::Look,
    shape::Shape,
    words,
};
use crate::{error::FieldError, strict::NothingTwice};

/// Why a body of this shape, in which serde stumbled, could not be read.
pub fn body(body: &[u8], shape: &Shape, stumble: FieldError) -> Explained {
    let mut findings = Findings::default();
    if most_values(body) > MOST_STEPS {
        return Explained::Mistakes(vec![stumble]);
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return Explained::Mistakes(vec![stumble]);
    };
    Look::new(shape, &mut findings).at(&shape.whole, &value, &Place::Whole);
    let (found, absent) = findings.into_inner();
    // As a tree, a body has only the last of two members with one name.
    if found.is_empty() && !absent.is_empty() && serde_json::from_slice::<NothingTwice>(body).is_ok() {
        absent.iter().for_each(|pointer| leave_out(&mut value, pointer));
        return Explained::WithoutNulls(value);
    }
    Explained::Mistakes(with_stumble(found, stumble))
}

/// Why a body could not be read.
pub enum Explained {
    /// These are wrong.
    Mistakes(Vec<FieldError>),
    /// Nothing but that `null` stands for members that may be left out; this is the body without them.
    WithoutNulls(Value),
}

/// Takes a member out of its object.
fn leave_out(value: &mut Value, pointer: &str) {
    let Some((above, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = value.pointer_mut(above) {
        members.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

/// What is wrong with a value by a schema that refers to these.
#[cfg(test)]
pub fn by_schema(
    schema: &RefOr<Schema>,
    parts: Vec<(String, RefOr<Schema>)>,
    value: &Value,
) -> Vec<FieldError> {
    let (shape, mut findings) = (Shape::new(schema.clone(), parts), Findings::default());
    Look::new(&shape, &mut findings).at(&shape.whole, value, &Place::Whole);
    findings.into_inner().0
}

/// At most so many values are in a body. As a tree they may take a hundred times the memory of the body.
fn most_values(body: &[u8]) -> usize {
    body.iter().filter(|byte| matches!(byte, b',' | b'{' | b'[')).count() + 1
}

/// Why these parameters, in which serde stumbled, could not be read.
pub fn query(
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
    known: &[Parameter],
    stumble: FieldError,
) -> Vec<FieldError> {
    let (shape, mut findings) = (Shape::of_parameters(), Findings::default());
    let is_there = |name: &str| pairs.iter().any(|(one, _)| one == name);
    for one in known.iter().filter(|one| one.required == Required::True && !is_there(&one.name)) {
        findings.add(&Place::Parameter(&one.name), "required", "this parameter is required");
    }
    let mut seen = HashSet::new();
    for (name, text) in pairs {
        if findings.are_enough() {
            break;
        }
        if !seen.insert(name) {
            findings.add(&Place::Whole, "unacceptable", format!("the parameter `{name}` is given twice"));
        }
        match known.iter().find(|one| one.name == *name) {
            None => findings.add(&Place::Parameter(name), "unacceptable", "there is no such parameter"),
            Some(Parameter { schema: Some(schema), .. }) => {
                let value = value_of(&shape, schema, text);
                Look::new(&shape, &mut findings).at(schema, &value, &Place::Parameter(name));
            }
            Some(_) => {}
        }
    }
    with_stumble(findings.into_inner().0, stumble)
}

/// The value that a text stands for where this schema is meant.
fn value_of(shape: &Shape, schema: &RefOr<Schema>, text: &str) -> Value {
    let parsed = types_of(shape, schema).into_iter().find_map(|one| match one {
        Type::Integer => text.parse::<i64>().ok().map(Value::from),
        Type::Number => text.parse::<f64>().ok().map(Value::from),
        Type::Boolean => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    });
    parsed.unwrap_or_else(|| Value::from(text))
}

fn types_of<'s>(shape: &'s Shape, schema: &'s RefOr<Schema>) -> Vec<&'s Type> {
    match shape.resolve(schema) {
        Some(Schema::Object(object)) => words::types(&object.schema_type).iter().collect(),
        Some(Schema::AllOf(all_of)) => all_of.items.iter().flat_map(|item| types_of(shape, item)).collect(),
        _ => Vec::new(),
    }
}

/// The findings, and what serde stumbled over unless it is among them.
fn with_stumble(mut found: Vec<FieldError>, stumble: FieldError) -> Vec<FieldError> {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || outer.is_empty())
    };
    let concerns =
        |one: &FieldError| within(&one.pointer, &stumble.pointer) || within(&stumble.pointer, &one.pointer);
    if !found.iter().any(concerns) {
        found.push(stumble);
    }
    found
}
