//! Members with a default: who sends may leave them out, and who receives always finds them. So a shape that is sent and
//! received is two, and the one that is received is called after the other: `FullQuestion` beside `Question`.
//!
//! Beside a member the contract has no `default`. Generators of clients make of such a member one that has to be sent, so
//! its description says what is meant when it is left out.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::{
    Components, Paths, Ref, RefOr, Schema,
    schema::{AllOf, Object, OneOf},
};

use super::schemas::{Change, for_each, for_received, for_sent, never_null};

/// The names of shapes.
type Names = BTreeSet<String>;

/// Tells what is sent from what is received, in all shapes and operations.
pub(super) fn tell_apart(components: &mut Components, paths: &mut Paths) {
    let sent = reached(components, |change| for_sent(paths, change));
    let received = reached(components, |change| for_received(paths, change));
    let both = sent.intersection(&received);
    let twins: Names = both.filter(|name| leads_to_default(components, name)).cloned().collect();
    for name in &twins {
        if let Some(shape) = components.schemas.get(name).cloned() {
            components.schemas.insert(full(name), shape);
        }
    }
    let mut found = |schema: &mut RefOr<Schema>| {
        refer_to_twins(schema, &twins);
        always_there(schema);
    };
    for_received(paths, &mut found);
    for (name, shape) in &mut components.schemas {
        match sent.contains(name) {
            true => for_each(shape, &mut may_be_left_out),
            false => for_each(shape, &mut found),
        }
    }
    for_sent(paths, &mut may_be_left_out);
}

/// What a shape that is also sent is called as it is received.
fn full(name: &str) -> String {
    format!("Full{name}")
}

/// The names of the shapes that these ones lead to.
fn reached(components: &mut Components, begin: impl FnOnce(Change<'_>)) -> Names {
    let mut names = Names::new();
    let mut waiting = Vec::new();
    begin(&mut |schema| waiting.extend(name_of(schema)));
    while let Some(name) = waiting.pop() {
        if let Some(shape) = components.schemas.get_mut(&name)
            && names.insert(name)
        {
            for_each(shape, &mut |schema| waiting.extend(name_of(schema)));
        }
    }
    names
}

fn name_of(schema: &RefOr<Schema>) -> Option<String> {
    let RefOr::Ref(to) = schema else { return None };
    to.ref_location.rsplit('/').next().map(str::to_owned)
}

/// Whether a shape, or one that it leads to, has a member with a default.
fn leads_to_default(components: &Components, name: &str) -> bool {
    let mut components = components.clone();
    let mut start = RefOr::Ref(Ref::from_schema_name(name));
    let names = reached(&mut components, |change| change(&mut start));
    let mut found = false;
    for (_, shape) in components.schemas.iter_mut().filter(|(name, _)| names.contains(*name)) {
        for_each(shape, &mut |schema| {
            let has =
                |object: &mut Object| object.properties.values_mut().any(|one| take_default(one).is_some());
            found |= object(schema).is_some_and(has);
        });
    }
    found
}

fn refer_to_twins(schema: &mut RefOr<Schema>, twins: &Names) {
    let of_twin = |location: &str| {
        let name = location.rsplit('/').next().unwrap_or_default();
        twins.contains(name).then(|| Ref::from_schema_name(full(name)).ref_location)
    };
    match schema {
        RefOr::Ref(to) => {
            if let Some(twin) = of_twin(&to.ref_location) {
                to.ref_location = twin;
            }
        }
        RefOr::T(Schema::OneOf(OneOf { discriminator: Some(discriminator), .. })) => {
            for to in discriminator.mapping.values_mut() {
                if let Some(twin) = of_twin(to) {
                    *to = twin;
                }
            }
        }
        RefOr::T(_) => {}
    }
}

/// Of what is received: members with a default are there, and are not null.
fn always_there(schema: &mut RefOr<Schema>) {
    let Some(object) = object(schema) else { return };
    for (name, member) in &mut object.properties {
        if take_default(member).is_some() {
            never_null(member);
            if !object.required.contains(name) {
                object.required.push(name.clone());
            }
        }
    }
}

/// Of what is sent: members with a default may be left out, and it is said what is meant then.
fn may_be_left_out(schema: &mut RefOr<Schema>) {
    let Some(object) = object(schema) else { return };
    for (name, member) in &mut object.properties {
        if let Some(default) = take_default(member) {
            object.required.retain(|one| one != name);
            describe(member, &format!("`{default}` if it is left out."));
        }
    }
}

fn object(schema: &mut RefOr<Schema>) -> Option<&mut Object> {
    if let RefOr::T(Schema::Object(object)) = schema { Some(object) } else { None }
}

fn take_default(member: &mut RefOr<Schema>) -> Option<Value> {
    match member {
        RefOr::Ref(to) => to.default.take(),
        RefOr::T(Schema::Object(object)) => object.default.take(),
        RefOr::T(Schema::Array(array)) => array.default.take(),
        RefOr::T(Schema::OneOf(OneOf { default, .. }) | Schema::AllOf(AllOf { default, .. })) => {
            default.take()
        }
        RefOr::T(_) => None,
    }
}

/// Adds to what is said of a member.
fn describe(member: &mut RefOr<Schema>, more: &str) {
    let added = |about: Option<&str>| match about.map(str::trim_end).filter(|about| !about.is_empty()) {
        Some(about) => format!("{about} {more}"),
        None => more.to_owned(),
    };
    match member {
        RefOr::Ref(to) => to.description = added(Some(&to.description)),
        RefOr::T(Schema::Object(object)) => object.description = Some(added(object.description.as_deref())),
        RefOr::T(Schema::Array(array)) => array.description = Some(added(array.description.as_deref())),
        RefOr::T(Schema::OneOf(one_of)) => one_of.description = Some(added(one_of.description.as_deref())),
        RefOr::T(Schema::AllOf(all_of)) => all_of.description = Some(added(all_of.description.as_deref())),
        RefOr::T(_) => {}
    }
}
