//! Unions in the contract: each variant has a name, and the member that tells the variants apart is the discriminator.

use utoipa::openapi::{
    Components, Discriminator, Ref, RefOr, Schema,
    schema::{Object, OneOf},
};

/// Makes each variant of a union of objects a shape of its own, called after the union and the variant.
pub(super) fn name_variants(components: &mut Components) {
    let mut named = Vec::new();
    for (name, schema) in &mut components.schemas {
        if let RefOr::T(Schema::OneOf(union)) = schema
            && let Some((member, variants)) = variants(union)
        {
            named.extend(split(name, union, &member, variants));
        }
    }
    components.schemas.extend(named);
}

/// A variant with the value of the member that tells it from the others.
type Variant = (String, RefOr<Schema>);

/// The member that tells the variants of a union apart, and the variants; none if it is no union of tagged objects.
fn variants(union: &OneOf) -> Option<(String, Vec<Variant>)> {
    let objects: Option<Vec<_>> = union.items.iter().map(object).collect();
    let objects = objects?;
    let first = *objects.first()?;
    let tells = |member: &&String| objects.iter().all(|object| only_value(object, member).is_some());
    let member = first.properties.keys().find(tells)?.clone();
    let values = objects.iter().filter_map(|object| only_value(object, &member));
    let variants = values.zip(&union.items).map(|(value, item)| (value, item.clone())).collect();
    Some((member, variants))
}

fn object(item: &RefOr<Schema>) -> Option<&Object> {
    if let RefOr::T(Schema::Object(object)) = item { Some(object) } else { None }
}

/// The only value that a required member of an object can have.
fn only_value(object: &Object, member: &str) -> Option<String> {
    let RefOr::T(Schema::Object(property)) = object.properties.get(member)? else { return None };
    let [only] = property.enum_values.as_deref()? else { return None };
    object.required.iter().any(|one| one == member).then_some(())?;
    only.as_str().map(str::to_owned)
}

/// Leaves references to the variants in the union, and gives them by their names.
fn split(name: &str, union: &mut OneOf, member: &str, variants: Vec<Variant>) -> Vec<Variant> {
    let names: Vec<_> = variants.iter().map(|(value, _)| format!("{name}{}", in_capitals(value))).collect();
    union.items = names.iter().map(|name| RefOr::Ref(Ref::from_schema_name(name))).collect();
    let places = names.iter().map(|name| Ref::from_schema_name(name).ref_location);
    let values = variants.iter().map(|(value, _)| value.clone());
    union.discriminator = Some(Discriminator::with_mapping(member, values.zip(places)));
    names.into_iter().zip(variants.into_iter().map(|(_, schema)| schema)).collect()
}

/// `several_choices` as `SeveralChoices`.
fn in_capitals(value: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + rest
    };
    value.split('_').map(word).collect()
}
