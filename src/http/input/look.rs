//! Holds a value against a schema and finds all that is wrong with it.

mod members;
mod plain;
mod union;

use serde_json::Value;
use utoipa::openapi::{Array, RefOr, Schema, Type, schema::ArrayItems};

use self::members::Parts;
use super::{
    findings::{Attempt, Findings, Place},
    shape::Shape,
    words,
};
use crate::limits::Violation;

/// A value beside its schema.
pub struct Look<'l> {
    shape: &'l Shape,
    findings: &'l mut Findings,
}

impl<'l> Look<'l> {
    /// Finds what is wrong by the schemas of this shape.
    pub fn new(shape: &'l Shape, findings: &'l mut Findings) -> Self {
        Self { shape, findings }
    }

    /// Finds what is wrong with one value. What the schema does not say is taken for right.
    pub fn at(&mut self, schema: &RefOr<Schema>, value: &Value, place: &Place<'_>) {
        if let Some(schema) = self.shape.resolve(schema) {
            self.by(schema, value, place);
        }
    }

    fn by(&mut self, schema: &Schema, value: &Value, place: &Place<'_>) {
        if !self.findings.take_steps(1) {
            return;
        }
        match schema {
            Schema::Object(object) => self.object(object, value, place),
            Schema::Array(array) => self.array(array, value, place),
            Schema::OneOf(one_of) => self.union(&one_of.items, value, place),
            Schema::AnyOf(any_of) => self.union(&any_of.items, value, place),
            Schema::AllOf(all_of) => match Parts::of(self.shape, schema) {
                Some(parts) => self.members_of(&parts, value, place),
                None => {
                    let says_something = |item: &&RefOr<Schema>| !members::says_nothing(item);
                    all_of.items.iter().filter(says_something).for_each(|item| self.at(item, value, place));
                }
            },
            _ => {}
        }
    }

    fn array(&mut self, array: &Array, value: &Value, place: &Place<'_>) {
        let Value::Array(items) = value else {
            return self.other_type(words::types(&array.schema_type), value, place, "a list");
        };
        let (least, most) = (array.min_items.unwrap_or(0), array.max_items);
        if items.len() < least || most.is_some_and(|most| items.len() > most) {
            let Violation { code, message } = Violation::length(least, most, "items");
            return self.findings.add(place, code, message);
        }
        if let ArrayItems::RefOrSchema(schema) = &array.items {
            for (index, item) in items.iter().enumerate() {
                if self.findings.are_enough() {
                    return;
                }
                self.at(schema, item, &Place::Item(place, index));
            }
        }
        if array.unique_items && self.repeats(items) {
            self.findings.add(place, "format", "items that all differ");
        }
    }

    fn repeats(&mut self, items: &[Value]) -> bool {
        let is_repeated = |(at, item)| items.iter().take(at).any(|other| other == item);
        self.findings.take_steps(items.len() * items.len() / 2) && items.iter().enumerate().any(is_repeated)
    }

    /// What is found by itself, without adding it.
    fn attempt(&mut self, look: impl FnOnce(&mut Look<'_>)) -> Attempt {
        let mut branch = self.findings.branch();
        look(&mut Look::new(self.shape, &mut branch));
        self.findings.join(branch)
    }

    /// Finds a value of another type, unless it is a `null` that is allowed.
    fn other_type(&mut self, allowed: &[Type], value: &Value, place: &Place<'_>, wanted: &str) {
        if !(value.is_null() && allowed.contains(&Type::Null)) {
            self.findings.add(place, "unacceptable", wanted);
        }
    }
}
