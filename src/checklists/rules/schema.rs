//! What the contract says of rules: one named shape for each operator.

use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, RefOr,
        schema::{AdditionalProperties, ArrayBuilder, OneOfBuilder, Ref, Schema, Type},
    },
};

use super::Rule;
use crate::checklists::key::Key;

/// The shape of an object with one operator.
struct Shape {
    name: &'static str,
    operator: &'static str,
    about: &'static str,
    takes: Takes,
    /// What the operator takes in an example.
    example: Value,
}

/// What an operator takes.
#[derive(Clone, Copy)]
enum Takes {
    /// The key of a question.
    Key,
    /// An answer and a value, in either order.
    Two,
    /// The same, or an answer between two values.
    TwoOrThree,
    /// The answer to one choice and keys of options, or the key of an option and the answer to several choices.
    Membership,
    /// One or more rules.
    Rules,
    /// One rule.
    Rule,
    /// An answer and a test of each chosen option.
    Test,
}

fn shapes() -> [Shape; 14] {
    use Takes::{Key, Membership, Rule, Rules, Test, Two, TwoOrThree};
    let var = |key: &str| json!({ "var": key });
    let (two, range, both) = (json!([var("q"), 3]), json!([1, var("q"), 5]), json!([var("q"), var("r")]));
    let is_a = json!([var("q"), {"===": [var(""), "a"]}]);
    let shape = |name, operator, about, takes, example| Shape { name, operator, about, takes, example };
    [
        shape("RuleVar", "var", "A yes/no question that is answered with yes.", Key, json!("q")),
        shape("RuleEqual", "===", "Both sides are equal.", Two, two.clone()),
        shape("RuleNotEqual", "!==", "The sides differ.", Two, two.clone()),
        shape("RuleLess", "<", "Each side is less than the next.", TwoOrThree, range.clone()),
        shape("RuleLessOrEqual", "<=", "No side is greater than the next.", TwoOrThree, range),
        shape("RuleGreater", ">", "The left side is greater.", Two, two.clone()),
        shape("RuleGreaterOrEqual", ">=", "The left side is not less.", Two, two),
        shape("RuleIn", "in", "The option is in the list.", Membership, json!([var("q"), ["a", "b"]])),
        shape("RuleAnd", "and", "All of these hold.", Rules, both.clone()),
        shape("RuleOr", "or", "At least one of these holds.", Rules, both),
        shape("RuleNot", "!", "This does not hold.", Rule, json!([var("q")])),
        shape("RuleSome", "some", "At least one chosen option passes the test.", Test, is_a.clone()),
        shape(
            "RuleAll",
            "all",
            "An option is chosen, and every chosen one passes the test.",
            Test,
            is_a.clone(),
        ),
        shape("RuleNone", "none", "No chosen option passes the test.", Test, is_a),
    ]
}

impl PartialSchema for Rule {
    fn schema() -> RefOr<Schema> {
        let about = "When a question or a section is shown: a closed subset of JSONLogic over the answers to earlier \
            questions.\n\n\
            An object with one operator. A `var` stands for the value of the answer; for photos, audio and a signature, \
            for the number of files; and for `null` if the question is hidden, unanswered or not applicable. \
            `{\"var\": \"\"}` stands for one of several chosen options, inside of `some`, `all` and `none` alone. \
            Operators nest at most 16 deep.";
        let variant = |union: OneOfBuilder, shape: Shape| union.item(Ref::from_schema_name(shape.name));
        shapes()
            .into_iter()
            .fold(OneOfBuilder::new(), variant)
            .description(Some(about))
            .examples([example()])
            .into()
    }
}

fn example() -> Value {
    json!({"and": [{"var": "greeted"}, {"<": [{"var": "minutes_waited"}, 5]}]})
}

impl ToSchema for Rule {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(shapes().into_iter().map(|shape| (shape.name.to_owned(), closed(shape))));
        let named = |(name, schema): (&str, RefOr<Schema>)| (name.to_owned(), schema);
        schemas.extend(sides().map(named).into_iter().chain(values().map(named)));
        schemas.push((Key::name().into_owned(), Key::schema()));
    }
}

/// An object with this operator and nothing else.
fn closed(shape: Shape) -> RefOr<Schema> {
    let Shape { name: _, operator, about, takes, example } = shape;
    Object::builder()
        .schema_type(Type::Object)
        .description(Some(about))
        .property(operator, takes.schema())
        .required(operator)
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        .examples([json!({ operator: example })])
        .into()
}

impl Takes {
    fn schema(self) -> RefOr<Schema> {
        let rule = || Ref::from_schema_name(Rule::name());
        let operand = || Ref::from_schema_name("RuleOperand");
        let list =
            |items: Ref, least, most| ArrayBuilder::new().items(items).min_items(Some(least)).max_items(most);
        match self {
            Self::Key => RefOr::Ref(Ref::from_schema_name(Key::name())),
            Self::Two => list(operand(), 2, Some(2)).into(),
            Self::TwoOrThree => list(operand(), 2, Some(3)).into(),
            Self::Membership => list(Ref::from_schema_name("RuleMember"), 2, Some(2)).into(),
            Self::Rules => list(rule(), 1, None).into(),
            Self::Rule => either([Rule::name().as_ref(), "RuleAlone"]).into(),
            Self::Test => list(rule(), 2, Some(2)).into(),
        }
    }
}

/// One of the shapes with these names.
fn either<const N: usize>(names: [&str; N]) -> OneOfBuilder {
    names.into_iter().fold(OneOfBuilder::new(), |union, name| union.item(Ref::from_schema_name(name)))
}

/// What stands on the sides of an operator, where that is not a rule.
fn sides() -> [(&'static str, RefOr<Schema>); 4] {
    let operand = either(["RuleVar", "RuleValue"]);
    let member = either(["RuleOperand", "RuleOptions"]);
    let options = ArrayBuilder::new().items(Object::with_type(Type::String));
    let alone =
        ArrayBuilder::new().items(Ref::from_schema_name(Rule::name())).min_items(Some(1)).max_items(Some(1));
    let about = "The answer to a question, or a value that it is compared with.";
    [
        ("RuleOperand", operand.description(Some(about)).into()),
        ("RuleMember", member.description(Some("What is looked for, or where.")).into()),
        ("RuleOptions", options.description(Some("Keys of options.")).into()),
        ("RuleAlone", alone.description(Some("One rule in a list.")).into()),
    ]
}

/// The values that answers are compared with.
fn values() -> [(&'static str, RefOr<Schema>); 5] {
    let of = |kind, about: &str| Object::builder().schema_type(kind).description(Some(about)).into();
    let value = either(["RuleNothing", "RuleYesNo", "RuleNumber", "RuleText"]);
    [
        ("RuleValue", value.description(Some("A value that answers are compared with.")).into()),
        ("RuleNothing", of(Type::Null, "No answer.")),
        ("RuleYesNo", of(Type::Boolean, "The answer to a yes/no question.")),
        ("RuleNumber", of(Type::Integer, "A whole number in the units of the answer, or of files.")),
        ("RuleText", of(Type::String, "The text of the answer, or the key of an option.")),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{super::reading::OPERATORS, *};

    #[test]
    fn every_operator_has_a_shape_with_an_example_that_can_be_read() {
        let shapes = shapes();
        assert_eq!(shapes.each_ref().map(|shape| shape.operator), OPERATORS);
        for Shape { name, operator, example, .. } in shapes {
            let rule = json!({ operator: example });
            assert!(serde_json::from_value::<Rule>(rule.clone()).is_ok(), "{name}: {rule}");
        }
        assert!(serde_json::from_value::<Rule>(example()).is_ok());
    }
}
