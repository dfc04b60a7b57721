//! What a handler's signature says, added to what its description says.
//!
//! The description may say more of an answer or a parameter than the signature; what it says stays.

use utoipa::openapi::{
    Ref, RefOr, Required, Response,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
};

use crate::{
    http::endpoint::{Outcome, Signature},
    server::routes::Route,
};

/// Adds parameters, body and answers to an operation.
pub(super) fn add(operation: &mut Operation, route: &Route) {
    let parameters = operation.parameters.get_or_insert_default();
    let signature = route.signature();
    for parameter in in_path(route, &signature).chain(signature.parameters.iter().cloned()) {
        if !is_there(parameters, &parameter) {
            parameters.push(RefOr::T(parameter));
        }
    }
    if operation.request_body.is_none() {
        operation.request_body = signature.body.clone().map(RefOr::T);
    }
    for (status, outcome) in &signature.answers {
        let answers = &mut operation.responses.responses;
        let answer = answers.entry(status.to_string()).or_insert_with(|| RefOr::T(Response::new("")));
        if let RefOr::T(answer) = answer {
            complete(answer, outcome);
        }
    }
}

/// The parameters of the address, in its order, each with its name from there.
fn in_path(route: &Route, signature: &Signature) -> impl Iterator<Item = Parameter> {
    let names = route.path.split('/').filter_map(|step| Some(step.strip_prefix('{')?.split_once('}')?.0));
    names.zip(&signature.path).map(|(name, shape)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(shape.clone()))
            .build()
    })
}

fn is_there(parameters: &[RefOr<Parameter>], one: &Parameter) -> bool {
    let is_it = |other: &Parameter| {
        other.parameter_in == one.parameter_in && other.name.eq_ignore_ascii_case(&one.name)
    };
    parameters.iter().any(|other| matches!(other, RefOr::T(other) if is_it(other)))
}

/// What the answers that are sheets as well say of that.
const AS_FILES: &str = " Also as comma-separated values, as a workbook or as Parquet: with `Accept: text/csv`, that of .xlsx or `application/vnd.apache.parquet`, \
    or with `.csv`, `.xlsx` or `.parquet` at the end of the address. With `Accept-Language` the first row of the first two has titles in that language, unless \
    `header=names` stands in the address.";

/// What the answers that are pictures as well say of that.
const AS_PICTURES: &str = " Also as a picture (SVG), with its texts in the language of `Accept-Language`: with `Accept: image/svg+xml`, or with `.svg` at \
    the end of the address.";

fn complete(answer: &mut Response, outcome: &Outcome) {
    let Response { description, content, .. } = outcome.response();
    if answer.description.is_empty() {
        answer.description = description;
    }
    if answer.content.is_empty() {
        answer.content = content;
    }
    if outcome.is_sheet {
        answer.description.push_str(AS_FILES);
    }
    if outcome.is_picture {
        answer.description.push_str(AS_PICTURES);
    }
    for name in &outcome.headers {
        let shape = Ref::new(format!("#/components/headers/{name}"));
        answer.headers.entry((*name).to_owned()).or_insert(RefOr::Ref(shape));
    }
}
