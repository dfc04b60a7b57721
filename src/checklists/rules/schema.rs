//! What the contract says of rules.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, Object, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{Rule, wire::OPERATORS};

impl ToSchema for Rule {}

impl PartialSchema for Rule {
    /// By hand: what each operator takes is said in words, because a schema that says it all serves no reader.
    fn schema() -> RefOr<Schema> {
        let about = "When a question or a section is shown: a closed subset of JSONLogic over the answers to earlier \
            questions.\n\n\
            An object with one operator: `{\"var\": \"key\"}` (a yes/no question answered with yes), \
            `===` `!==` `<` `<=` `>` `>=` of `{\"var\": \"key\"}` and a value, `{\"<\": [1, {\"var\": \"key\"}, 5]}` and \
            the same with `<=`, `{\"in\": [{\"var\": \"key\"}, [\"a\", \"b\"]]}` of one choice, \
            `{\"in\": [\"a\", {\"var\": \"key\"}]}` of several choices, `and` and `or` of a list, `!` of one, and \
            `some` `all` `none` of several choices and a test in which `{\"var\": \"\"}` is one of them. \
            A `var` stands for the value of the answer, of photos, audio and a signature for the number of files, and \
            for `null` if the question is hidden, unanswered or not applicable. Operators nest at most 16 deep.";
        let name = Object::builder().schema_type(Type::String).enum_values(Some(OPERATORS));
        Object::builder()
            .schema_type(Type::Object)
            .description(Some(about))
            .property_names(Some(name))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)))
            .min_properties(Some(1))
            .max_properties(Some(1))
            .examples([
                serde_json::json!({"and": [{"var": "greeted"}, {"<": [{"var": "minutes_waited"}, 5]}]}),
            ])
            .into()
    }
}
