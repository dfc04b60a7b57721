//! Values without parts: texts, numbers, true and false.

use std::cmp::Ordering;

use super::{Look, members::Parts};
use serde_json::{Number, Value};
use utoipa::{
    Number as Bound,
    openapi::{Object, Type},
};
use uuid::Uuid;

use crate::{
    db::types::{Instant, PhoneMoment},
    http::input::{
        findings::{BYTES_PER_STEP, Place},
        shape, words,
    },
    limits::Violation,
};

impl Look<'_> {
    pub(super) fn object(&mut self, object: &Object, value: &Value, place: &Place<'_>) {
        let types = words::types(&object.schema_type);
        let Some(wanted) = types.iter().find(|one| is_of_type(value, one)) else {
            if let Some(wanted) = types.iter().find(|one| **one != Type::Null) {
                self.other_type(types, value, place, &words::of_object(object, wanted));
            }
            return;
        };
        if object.enum_values.as_ref().is_some_and(|values| !value.is_null() && !values.contains(value)) {
            return self.findings.add(place, "unacceptable", words::of_object(object, wanted));
        }
        match value {
            Value::Object(_) => self.members_of(&Parts::from(object), value, place),
            Value::String(text) => self.text(object, text, place),
            Value::Number(number) if is_outside(object, number) => {
                self.findings.add(place, "range", words::of_object(object, wanted));
            }
            _ => {}
        }
    }

    fn text(&mut self, object: &Object, text: &str, place: &Place<'_>) {
        let (least, most) = (object.min_length.unwrap_or(0), object.max_length);
        let length = text.chars().count();
        if length < least || most.is_some_and(|most| length > most) {
            let Violation { code, message } = Violation::length(least, most, "characters");
            self.findings.add(place, code, message);
        }
        // A text that is far too long need not be held against a pattern as well.
        let is_far_too_long = most.is_some_and(|most| length > 2 * most);
        if is_far_too_long || !self.findings.take_steps(text.len() / BYTES_PER_STEP) {
            return;
        }
        let form = words::form(object);
        let has_form = match (form, &object.pattern) {
            (Some(form), _) => (form.holds)(text),
            (None, Some(pattern)) => shape::matches(pattern, text),
            (None, None) => true,
        };
        if !has_form || !has_format(object, text) {
            let code = form.map_or("format", |form| form.code);
            self.findings.add(place, code, words::of_object(object, &Type::String));
        }
    }
}

/// Whether a text has a format that is no [form](crate::limits::Form); by the parsers that read it afterwards.
fn has_format(object: &Object, text: &str) -> bool {
    let is_by_phone =
        || object.extensions.as_ref().is_some_and(|marks| marks.contains_key(PhoneMoment::MARK));
    match words::format(object) {
        Some("uuid") => Uuid::parse_str(text).is_ok(),
        Some("date-time") if is_by_phone() => Instant::by_phone(text).is_some(),
        Some("date-time") => Instant::written(text).is_some(),
        _ => true,
    }
}

pub(super) fn is_of_type(value: &Value, wanted: &Type) -> bool {
    match wanted {
        Type::Object => value.is_object(),
        Type::Array => value.is_array(),
        Type::String => value.is_string(),
        Type::Integer => value.is_i64() || value.is_u64(),
        Type::Number => value.is_number(),
        Type::Boolean => value.is_boolean(),
        Type::Null => value.is_null(),
    }
}

fn is_outside(object: &Object, number: &Number) -> bool {
    let is = |bound: &Option<Bound>, beyond: &[Ordering]| {
        bound.as_ref().and_then(|bound| compare(number, bound)).is_some_and(|order| beyond.contains(&order))
    };
    is(&object.minimum, &[Ordering::Less])
        || is(&object.maximum, &[Ordering::Greater])
        || is(&object.exclusive_minimum, &[Ordering::Less, Ordering::Equal])
        || is(&object.exclusive_maximum, &[Ordering::Greater, Ordering::Equal])
}

/// Exactly between whole numbers, as floating-point numbers otherwise.
fn compare(number: &Number, bound: &Bound) -> Option<Ordering> {
    let whole = match bound {
        Bound::Int(bound) => i128::try_from(*bound).ok(),
        Bound::UInt(bound) => i128::try_from(*bound).ok(),
        Bound::Float(_) => None,
    };
    match (number.as_i128(), whole) {
        (Some(number), Some(bound)) => Some(number.cmp(&bound)),
        _ => number.as_f64()?.partial_cmp(&as_f64(bound)),
    }
}

fn as_f64(bound: &Bound) -> f64 {
    match bound {
        Bound::Int(bound) => *bound as f64,
        Bound::UInt(bound) => *bound as f64,
        Bound::Float(bound) => *bound,
    }
}
