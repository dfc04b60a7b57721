//! What the contract says of answers: a value is any JSON, with one named schema for each kind of question.

use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Ref, Schema, SchemaType, Type},
    },
};

use super::{Answer, AnswerValue, Answers, Location};
use crate::checklists::{
    key::Key,
    model::{MAX_NUMBER, MAX_QUESTIONS, MAX_TEXT_ANSWER, OPTIONS},
};

impl PartialSchema for AnswerValue {
    fn schema() -> RefOr<Schema> {
        let about = "What was answered. The kind of the question says which shape it has: `yes_no` `YesNoValue`, \
            `one_choice` `OneChoiceValue`, `several_choices` `SeveralChoicesValue`, `scale` `ScaleValue`, \
            `number` `NumberValue`, `amount` `AmountValue`, `duration` `DurationValue`, `text` `TextValue`, \
            `date_time` `DateTimeValue`, `location` `Location`. Photos, audio and signatures are answered by the \
            manifest, and a note is not answered. `null` is no answer.";
        Object::builder()
            .schema_type(SchemaType::AnyValue)
            .description(Some(about))
            .examples([json!(true)])
            .into()
    }
}

impl ToSchema for AnswerValue {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(values().map(|(name, schema)| (name.to_owned(), schema)));
        schemas.push((Location::name().into_owned(), Location::schema()));
    }
}

/// The shape of a value by the kind of its question; that of a location is [`Location`].
fn values() -> impl Iterator<Item = (&'static str, RefOr<Schema>)> {
    let whole = |least, about| of(Type::Integer, about).minimum(Some(least)).maximum(Some(MAX_NUMBER));
    let yes_no = of(Type::Boolean, "The answer to a yes/no question.");
    let date_time = of(Type::String, "The date, the time or both, by the clocks at the branch.");
    let scale = of(Type::Integer, "A number on the scale.").minimum(Some(i32::MIN)).maximum(Some(i32::MAX));
    [
        ("YesNoValue", yes_no.into()),
        ("OneChoiceValue", text("The key of the option.").into()),
        ("SeveralChoicesValue", several_choices().into()),
        ("ScaleValue", scale.into()),
        (
            "NumberValue",
            whole(-MAX_NUMBER, "A number in steps of `10^-decimals`: with one decimal, 45 is 4.5.").into(),
        ),
        ("AmountValue", whole(-MAX_NUMBER, "An amount in the minor units of its currency.").into()),
        ("DurationValue", whole(0, "A time in seconds.").into()),
        ("TextValue", text("The shopper's own words.").into()),
        ("DateTimeValue", date_time.examples(["2026-11-22", "14:05", "2026-11-22T14:05"]).into()),
    ]
    .into_iter()
}

fn of(kind: Type, about: &str) -> ObjectBuilder {
    Object::builder().schema_type(kind).description(Some(about))
}

fn text(about: &str) -> ObjectBuilder {
    of(Type::String, about).min_length(Some(1)).max_length(usize::try_from(MAX_TEXT_ANSWER).ok())
}

fn several_choices() -> ArrayBuilder {
    let key = Object::builder().schema_type(Type::String).min_length(Some(1));
    ArrayBuilder::new()
        .items(key)
        .max_items(Some(*OPTIONS.end()))
        .description(Some("The keys of the options, each at most once."))
}

impl ToSchema for Answers {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Answer::name().into_owned(), Answer::schema()));
        Answer::schemas(schemas);
    }
}

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(Type::Object)
            .description(Some("The answers of one visit, by the key of the question."))
            .property_names(inline(Key::schema()))
            .additional_properties(Some(Ref::from_schema_name(Answer::name())))
            .max_properties(Some(MAX_QUESTIONS))
            .examples([json!({"greeted": {"value": true}, "queue": {"not_applicable": true}})])
            .into()
    }
}

fn inline(schema: RefOr<Schema>) -> Option<Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}
