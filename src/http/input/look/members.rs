//! Objects: which members there must be, which there may be, and what they are.

use serde_json::Value;
use utoipa::openapi::{
    Object, RefOr, Schema, Type,
    schema::{AdditionalProperties, SchemaType},
};

use super::Look;
use crate::{
    http::input::{findings::Place, shape::Shape, words},
    limits::Violation,
};

/// The schemas that say together what an object has.
pub struct Parts<'p> {
    parts: Vec<&'p Object>,
    /// Whether it has no other members than those.
    pub closed: bool,
}

impl<'p> From<&'p Object> for Parts<'p> {
    fn from(object: &'p Object) -> Self {
        let closed =
            matches!(object.additional_properties.as_deref(), Some(AdditionalProperties::FreeForm(false)));
        Self { parts: vec![object], closed }
    }
}

impl<'p> Parts<'p> {
    /// All that a schema says of an object; nothing if it speaks of something else.
    pub fn of(shape: &'p Shape, schema: &'p Schema) -> Option<Self> {
        let items = match schema {
            Schema::Object(object) if is_object(object) => return Some(Self::from(object)),
            Schema::AllOf(all_of) => &all_of.items,
            _ => return None,
        };
        let mut all = Self { parts: Vec::new(), closed: false };
        for item in items {
            let Self { parts, closed } = Self::of(shape, shape.resolve(item)?)?;
            all.parts.extend(parts);
            all.closed |= closed;
        }
        Some(all)
    }

    /// The same of the variant of an enum: it has no other members, even where that is not said.
    pub fn of_variant(mut self) -> Self {
        self.closed |= self.parts.iter().all(|part| part.additional_properties.is_none());
        self
    }

    /// What is said of the member with this name.
    pub fn member(&self, name: &str) -> Option<&'p RefOr<Schema>> {
        self.parts.iter().find_map(|part| part.properties.get(name))
    }

    fn required(&self) -> impl Iterator<Item = &'p String> {
        self.parts.iter().flat_map(|part| &part.required)
    }

    /// The names of all members that it may have.
    pub fn names(&self) -> Vec<&'p str> {
        self.parts.iter().flat_map(|part| part.properties.keys().map(String::as_str)).collect()
    }

    fn others(&self) -> Option<&'p RefOr<Schema>> {
        self.parts.iter().find_map(|part| match part.additional_properties.as_deref() {
            Some(AdditionalProperties::RefOr(schema)) => Some(schema),
            _ => None,
        })
    }
}

/// Whether a schema only carries a description or a default for the ones beside it.
pub fn says_nothing(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object))
        if is_object(object) && object.properties.is_empty() && object.additional_properties.is_none())
}

fn is_object(object: &Object) -> bool {
    object.schema_type == SchemaType::Type(Type::Object)
}

impl Look<'_> {
    pub(super) fn members_of(&mut self, parts: &Parts<'_>, value: &Value, place: &Place<'_>) {
        let Value::Object(members) = value else {
            return self.findings.add(place, "unacceptable", "an object");
        };
        for name in parts.required().filter(|name| !members.contains_key(*name)) {
            self.findings.add(&Place::Member(place, name), "required", "this member is required");
        }
        parts.parts.iter().for_each(|part| self.count(part, members.len(), place));
        for (name, member) in members {
            if self.findings.are_enough() {
                return;
            }
            let at = Place::Member(place, name);
            let may_be_left_out = || !parts.required().any(|one| one == name);
            if member.is_null() && parts.member(name).is_some() && may_be_left_out() {
                self.findings.is_absent(&at);
                continue;
            }
            self.member(parts, name, member, &at);
        }
    }

    fn member(&mut self, parts: &Parts<'_>, name: &str, member: &Value, place: &Place<'_>) {
        if let Some(schema) = parts.member(name) {
            return self.at(schema, member, place);
        }
        if parts.closed {
            let known = words::listed(parts.names().into_iter().map(str::to_owned));
            return self.findings.add(
                place,
                "unacceptable",
                format!("there is no such member; there are: {known}"),
            );
        }
        for names in parts.parts.iter().filter_map(|part| part.property_names.as_deref()) {
            self.name(names, name, place);
        }
        if let Some(schema) = parts.others() {
            self.at(schema, member, place);
        }
    }

    /// Finds what is wrong with the name of a member.
    fn name(&mut self, names: &Schema, name: &str, place: &Place<'_>) {
        let wrong = self.attempt(|attempt| attempt.by(names, &Value::from(name), place));
        if let Some(first) = wrong.found.first() {
            self.findings.add(place, first.code, format!("the name of a member here is {}", first.message));
        }
    }

    fn count(&mut self, part: &Object, members: usize, place: &Place<'_>) {
        let (least, most) = (part.min_properties.unwrap_or(0), part.max_properties);
        if members < least || most.is_some_and(|most| members > most) {
            let Violation { code, message } = Violation::length(least, most, "members");
            self.findings.add(place, code, message);
        }
    }
}
