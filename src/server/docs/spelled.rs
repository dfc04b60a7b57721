//! Limits without a name of their own: the contract spells them out where they stand.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Components, Paths, Ref, RefOr, Schema, Type,
    schema::{OneOf, SchemaType},
};

use super::schemas::{for_inner_of_all, is_null};

/// The limits that are spelled out, by the location of a reference to them.
type Spelled = BTreeMap<String, Schema>;

/// Puts limits such as `PlainText_1_200` in the place of every reference to them.
pub(super) fn spell_out(components: &mut Components, paths: &mut Paths) {
    let mut spelled = Spelled::new();
    components.schemas.retain(|name, schema| match schema {
        RefOr::T(schema) if is_numbered(name) => {
            spelled.insert(Ref::from_schema_name(name).ref_location, schema.clone());
            false
        }
        _ => true,
    });
    for_inner_of_all(components, paths, &mut |schema| match schema {
        RefOr::Ref(reference) => {
            if let Some(limits) = spelled.get(&reference.ref_location) {
                *schema = RefOr::T(described(limits.clone(), reference));
            }
        }
        RefOr::T(Schema::OneOf(one_of)) => {
            if let Some(limits) = or_null(one_of, &spelled) {
                *schema = RefOr::T(limits);
            }
        }
        RefOr::T(_) => {}
    });
}

/// The name of a type whose parameters are numbers ends in them.
fn is_numbered(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, last)| last.parse::<i64>().is_ok())
}

/// The limits with what the reference says of this place.
fn described(mut limits: Schema, reference: &Ref) -> Schema {
    let (description, default) = match &mut limits {
        Schema::Object(object) => (&mut object.description, &mut object.default),
        Schema::Array(array) => (&mut array.description, &mut array.default),
        _ => return limits,
    };
    if !reference.description.is_empty() {
        *description = Some(reference.description.clone());
    }
    if reference.default.is_some() {
        default.clone_from(&reference.default);
    }
    limits
}

/// Limits that may be missing, and are null then: one type more instead of a choice of two.
fn or_null(one_of: &OneOf, spelled: &Spelled) -> Option<Schema> {
    let [limits, null] = &one_of.items[..] else { return None };
    let RefOr::T(limits) = limits else { return None };
    let is_spelled = spelled.values().any(|one| without_words(one) == without_words(limits));
    if !is_null(null) || !is_spelled {
        return None;
    }
    let mut limits = limits.clone();
    let (types, default) = match &mut limits {
        Schema::Object(object) => (&mut object.schema_type, &mut object.default),
        Schema::Array(array) => (&mut array.schema_type, &mut array.default),
        _ => return None,
    };
    if let SchemaType::Type(one) = types {
        *types = SchemaType::Array(vec![one.clone(), Type::Null]);
    }
    if one_of.default.is_some() {
        default.clone_from(&one_of.default);
    }
    Some(limits)
}

/// What is left of limits when the words about one place are taken away.
fn without_words(limits: &Schema) -> Schema {
    let mut bare = limits.clone();
    match &mut bare {
        Schema::Object(object) => (object.description, object.default) = (None, None),
        Schema::Array(array) => (array.description, array.default) = (None, None),
        _ => {}
    }
    bare
}
