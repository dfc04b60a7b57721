//! The shapes in the contract: those that the handlers do not name, and what utoipa leaves to be said.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Header, HeaderBuilder, ObjectBuilder, Paths, Ref, RefOr, Schema, Type,
        path::{Operation, PathItem},
        schema::{AdditionalProperties, ArrayItems, SchemaType},
    },
};

use super::spelled;
use crate::{
    error::{Code, FieldError},
    http::problem::Problem,
};

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The stable code of an error; its page is at `/problems/{code}`."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.name())))
            .into()
    }
}

impl ToSchema for Code {}

/// A list of entity tags, or `*` for any; what is neither names no state.
pub(super) fn entity_tags() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).examples([r#""3""#]).into()
}

/// The headers of answers.
pub(super) fn headers() -> Vec<(&'static str, Header)> {
    let text = |about: &str| {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build()
    };
    let whole = |about: &str| {
        let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build()
    };
    vec![
        (
            "Accept-Encoding",
            text(
                "The content codings that the body may have; there if it came in another (`Content-Encoding`).",
            ),
        ),
        (
            "Age",
            whole(
                "How many seconds old what it shows may be; there if it was read from a replica of the database.",
            ),
        ),
        ("ETag", text("Names the state that the thing is in.")),
        ("Link", text("The next page, with `rel=\"next\"`, if there is one.")),
        ("Location", text("Where to ask for the thing, relative to the server.")),
        ("RateLimit", text("What is left of the limit that was reached, and when it is whole again.")),
        ("RateLimit-Policy", text("The limit that was reached: so many (`q`) in so many seconds (`w`).")),
        ("Retry-After", whole("How many seconds to wait.")),
        (
            "WWW-Authenticate",
            text("`Bearer`; and once more `Basic`, for API keys, to programs that are no script of a page."),
        ),
        ("X-Request-Id", text("The request's id, as it stands in the server's log.")),
    ]
}

/// Adds the shapes of errors, then says of all shapes what utoipa leaves out.
pub(super) fn tidy(components: &mut Components, paths: &mut Paths) {
    let mut more = Vec::new();
    Problem::schemas(&mut more);
    more.push(("Problem".to_owned(), problem()));
    more.push(("FieldError".to_owned(), FieldError::schema()));
    more.push(("Code".to_owned(), Code::schema()));
    components.schemas.extend(more);
    spelled::spell_out(components, paths);
    components.schemas.values_mut().for_each(close_variants);
    for_inner_of_all(components, paths, &mut close_variants);
    let named: Vec<_> =
        components.schemas.clone().into_iter().filter(|(_, schema)| has_parts(schema)).collect();
    for_inner_of_all(components, paths, &mut |schema| name(schema, &named));
}

fn problem() -> RefOr<Schema> {
    let mut problem = Problem::schema();
    if let RefOr::T(Schema::Object(object)) = &mut problem {
        object.properties.values_mut().for_each(never_null);
        object.properties.insert("code".to_owned(), RefOr::Ref(Ref::from_schema_name("Code")));
    }
    problem
}

/// What may be left out but is never null.
pub(super) fn never_null(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => never_null_type(&mut object.schema_type),
        RefOr::T(Schema::Array(array)) => never_null_type(&mut array.schema_type),
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of.items.retain(|item| !is_null(item));
            if let [only] = &one_of.items[..] {
                *schema = only.clone();
            }
        }
        _ => {}
    }
}

fn never_null_type(types: &mut SchemaType) {
    if let SchemaType::Array(several) = types {
        several.retain(|one| *one != Type::Null);
        if let [only] = &several[..] {
            *types = SchemaType::Type(only.clone());
        }
    }
}

pub(super) fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

/// Whether it is more than a plain value, so that no other is the same by chance.
fn has_parts(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => !object.properties.is_empty(),
        RefOr::T(Schema::OneOf(_) | Schema::AllOf(_) | Schema::AnyOf(_)) => true,
        _ => false,
    }
}

/// The variants of a tagged enum refuse unknown fields too, but utoipa says so only of plain structs.
fn close_variants(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one_of)) = schema else { return };
    for item in &mut one_of.items {
        if let RefOr::T(Schema::Object(variant)) = item
            && !variant.properties.is_empty()
        {
            variant.additional_properties.get_or_insert(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// Generic types have their contents spelled out; where those have a name of their own, it says more.
fn name(schema: &mut RefOr<Schema>, named: &[(String, RefOr<Schema>)]) {
    if has_parts(schema)
        && let Some((name, _)) = named.iter().find(|(_, other)| other == schema)
    {
        *schema = RefOr::Ref(Ref::from_schema_name(name.as_str()));
    }
}

pub(super) type Change<'a> = &'a mut dyn FnMut(&mut RefOr<Schema>);

/// Changes every shape that stands in another, or in an operation; the inner ones first.
pub(super) fn for_inner_of_all(components: &mut Components, paths: &mut Paths, change: Change<'_>) {
    components.schemas.values_mut().for_each(|schema| for_inner(schema, change));
    for_sent(paths, change);
    for_received(paths, change);
}

/// Changes every shape that stands in the body of a request; the inner ones first.
pub(super) fn for_sent(paths: &mut Paths, change: Change<'_>) {
    for operation in paths.paths.values_mut().flat_map(operations) {
        for body in operation.request_body.iter_mut().filter_map(inline) {
            for_contents(body.content.values_mut(), change);
        }
    }
}

/// Changes every shape that stands in an answer; the inner ones first.
pub(super) fn for_received(paths: &mut Paths, change: Change<'_>) {
    for operation in paths.paths.values_mut().flat_map(operations) {
        for answer in operation.responses.responses.values_mut().filter_map(inline) {
            for_contents(answer.content.values_mut(), change);
        }
    }
}

fn for_contents<'c>(contents: impl Iterator<Item = &'c mut RefOr<Content>>, change: Change<'_>) {
    for content in contents.filter_map(inline) {
        content.schema.iter_mut().for_each(|schema| for_each(schema, change));
    }
}

/// The operations of one address.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.head, &mut item.patch]
        .into_iter()
        .flatten()
}

fn inline<T>(one: &mut RefOr<T>) -> Option<&mut T> {
    match one {
        RefOr::Ref(_) => None,
        RefOr::T(one) => Some(one),
    }
}

/// Changes a shape after every one that stands in it.
pub(super) fn for_each(schema: &mut RefOr<Schema>, change: Change<'_>) {
    for_inner(schema, change);
    change(schema);
}

fn for_inner(schema: &mut RefOr<Schema>, change: Change<'_>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            object.properties.values_mut().for_each(|inner| for_each(inner, change));
            if let Some(AdditionalProperties::RefOr(inner)) = object.additional_properties.as_deref_mut() {
                for_each(inner, change);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(inner) = &mut array.items {
                for_each(inner, change);
            }
        }
        Schema::OneOf(one_of) => one_of.items.iter_mut().for_each(|inner| for_each(inner, change)),
        Schema::AllOf(all_of) => all_of.items.iter_mut().for_each(|inner| for_each(inner, change)),
        Schema::AnyOf(any_of) => any_of.items.iter_mut().for_each(|inner| for_each(inner, change)),
        _ => {}
    }
}
