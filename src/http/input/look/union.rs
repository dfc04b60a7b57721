//! One of several alternatives: the one that a tag names, or else the one that fits best.

use serde_json::Value;
use utoipa::openapi::{Object, RefOr, Schema, Type};

use super::{Look, members::Parts, plain::is_of_type};
use crate::http::input::{
    findings::{Attempt, Place},
    words,
};

impl Look<'_> {
    pub(super) fn union(&mut self, items: &[RefOr<Schema>], value: &Value, place: &Place<'_>) {
        let shape = self.shape;
        let Some(all) = items.iter().map(|item| shape.resolve(item)).collect::<Option<Vec<_>>>() else {
            return;
        };
        let fitting: Vec<_> = all.iter().copied().filter(|one| self.takes(one, value)).collect();
        match fitting[..] {
            [] => self.findings.add(place, "unacceptable", any_of(&all)),
            [only] => self.by(only, value, place),
            _ => match Tagged::of(self, &fitting) {
                Some(tagged) if value.is_object() => self.tagged(&tagged, value, place),
                _ => self.best(&fitting, value, place),
            },
        }
    }

    /// Whether a value has a type that this schema allows.
    fn takes(&self, schema: &Schema, value: &Value) -> bool {
        let any = |items: &[RefOr<Schema>]| {
            items.iter().any(|item| self.shape.resolve(item).is_none_or(|item| self.takes(item, value)))
        };
        let types = match schema {
            Schema::Object(object) => words::types(&object.schema_type),
            Schema::Array(array) => words::types(&array.schema_type),
            Schema::OneOf(one_of) => return any(&one_of.items),
            Schema::AnyOf(any_of) => return any(&any_of.items),
            Schema::AllOf(all_of) => return any(&all_of.items),
            _ => return true,
        };
        types.is_empty() || types.iter().any(|one| is_of_type(value, one))
    }

    fn tagged(&mut self, tagged: &Tagged<'_>, value: &Value, place: &Place<'_>) {
        let place_of_tag = Place::Member(place, tagged.name);
        let Some(tag) = value.get(tagged.name) else {
            let message = format!("this member is required, {}", words::one_of(&tagged.tags()));
            return self.findings.add(&place_of_tag, "required", message);
        };
        match tagged.variants.iter().find(|(one, _)| *one == tag) {
            None => self.findings.add(&place_of_tag, "unacceptable", words::one_of(&tagged.tags())),
            Some((_, parts)) => self.members_of(parts, value, place),
        }
    }

    /// Finds what is wrong by the alternative that has the fewest objections.
    fn best(&mut self, alternatives: &[&Schema], value: &Value, place: &Place<'_>) {
        let mut fewest = None;
        for alternative in alternatives {
            let wrong = self.attempt(|attempt| attempt.by(alternative, value, place));
            let is_right = wrong.found.is_empty();
            if fewest.as_ref().is_none_or(|fewest: &Attempt| wrong.found.len() < fewest.found.len()) {
                fewest = Some(wrong);
            }
            if is_right {
                break;
            }
        }
        self.findings.adopt(fewest.unwrap_or_default());
    }
}

/// Objects that one member tells apart: its only value is another in each.
struct Tagged<'t> {
    name: &'t str,
    variants: Vec<(&'t Value, Parts<'t>)>,
}

impl<'t> Tagged<'t> {
    fn of(look: &Look<'t>, alternatives: &[&'t Schema]) -> Option<Self> {
        let parts = |one: &&'t Schema| Parts::of(look.shape, one).map(Parts::of_variant);
        let all: Vec<_> = alternatives.iter().map(parts).collect::<Option<_>>()?;
        let names = all.first()?.names();
        let name = names.into_iter().find(|name| all.iter().all(|parts| tag(look, parts, name).is_some()))?;
        let tagged = |parts: Parts<'t>| Some((tag(look, &parts, name)?, parts));
        Some(Self { name, variants: all.into_iter().filter_map(tagged).collect() })
    }

    fn tags(&self) -> Vec<Value> {
        self.variants.iter().map(|(tag, _)| (*tag).clone()).collect()
    }
}

/// The only value that a member of these parts may have.
fn tag<'t>(look: &Look<'t>, parts: &Parts<'t>, name: &str) -> Option<&'t Value> {
    match look.shape.resolve(parts.member(name)?)? {
        Schema::Object(Object { enum_values: Some(values), .. }) => match &values[..] {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

/// What the alternatives are, by their types.
fn any_of(alternatives: &[&Schema]) -> String {
    let word = |schema: &&Schema| match schema {
        Schema::Object(object) => {
            let types = words::types(&object.schema_type);
            let wanted = types.iter().find(|one| **one != Type::Null)?;
            Some(words::of_object(object, wanted))
        }
        Schema::Array(_) => Some("a list".to_owned()),
        _ => Some("an object".to_owned()),
    };
    let mut all: Vec<_> = alternatives.iter().filter_map(word).collect();
    all.dedup();
    all.join(", or ")
}
