//! What a handler's signature says: who may call it, what it takes, what it answers.
//!
//! The arguments of a handler are [`Part`]s of a request, its return type is an [`Answer`]. Both describe themselves, so
//! that the contract and the table of permissions follow from the signature, and nothing is written twice.

use std::{collections::BTreeMap, future::Future};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path, Payload},
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Content, Ref, RefOr, Required, Response, Schema,
        path::Parameter,
        request_body::{RequestBody, RequestBodyBuilder},
    },
};

use super::{
    etag::{IfMatch, IfNoneMatch},
    input::{Input, Params},
    languages::Wishes,
    page::{Listing, PageParams},
    sheet::JSON_LINES,
};
use crate::{db::types::Id, error::Error, limits::Whole, texts::Language};

/// Who may call a handler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    #[default]
    Everybody,
    /// Everybody who is signed in.
    SignedIn,
    /// The roles that have this permission.
    May(&'static str),
}

/// What a handler's signature says.
#[derive(Default)]
pub struct Signature {
    /// Who may call it.
    pub access: Access,
    /// The shapes of the parameters in its path, in their order.
    pub path: Vec<RefOr<Schema>>,
    /// Parameters after the question mark and in headers.
    pub parameters: Vec<Parameter>,
    /// The body that it takes.
    pub body: Option<RequestBody>,
    /// Its answers when all goes well, by status.
    pub answers: BTreeMap<u16, Outcome>,
    /// Whether it is written down whom its answers show.
    pub is_audited: bool,
    /// Shapes that have names, with those that they refer to.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// One answer of a handler when all goes well.
#[derive(Default)]
pub struct Outcome {
    /// What it means, where the handler's own description says nothing better.
    pub description: &'static str,
    /// Its JSON body; none if it has no body, or one of another type.
    pub body: Option<RefOr<Schema>>,
    /// One line of it, if it comes as JSON lines where the caller prefers that.
    pub line: Option<RefOr<Schema>>,
    /// Whether it comes as comma-separated values, as a workbook or as Parquet where the caller prefers that. Its description says so, and its contents do not: a client that is made
    /// from the contract would have to take each answer for bytes.
    pub is_sheet: bool,
    /// Whether it comes as a picture where the caller prefers that; said as that of sheets.
    pub is_picture: bool,
    /// The headers that it has beside those of every answer.
    pub headers: Vec<&'static str>,
}

impl Signature {
    /// Takes note of a shape that has a name, and refers to it.
    pub fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.refer_as::<T>(T::name().into_owned())
    }

    /// The same under another name, for a generic type.
    pub fn refer_as<T: ToSchema>(&mut self, name: String) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), T::schema()));
        RefOr::Ref(Ref::from_schema_name(name))
    }

    /// Adds an answer.
    pub fn answers(
        &mut self,
        status: u16,
        description: &'static str,
        body: Option<RefOr<Schema>>,
    ) -> &mut Outcome {
        self.answers.insert(status, Outcome { description, body, ..Outcome::default() });
        self.answers.entry(status).or_default()
    }
}

impl Outcome {
    /// The answer as the contract shows it.
    pub fn response(&self) -> Response {
        let mut response = Response::new(self.description);
        for (media_type, shape) in [("application/json", &self.body), (JSON_LINES, &self.line)] {
            if let Some(shape) = shape {
                let content = Content::new(Some(shape.clone()));
                response.content.insert(media_type.to_owned(), RefOr::T(content));
            }
        }
        response
    }
}

/// A part of a request that a handler takes.
pub trait Part {
    /// Adds what it means for the contract.
    fn describe(signature: &mut Signature);
}

/// What a handler gives.
pub trait Answer {
    /// Adds what it answers.
    fn describe(signature: &mut Signature);
}

/// A handler whose signature describes it.
pub trait Endpoint<Arguments>: 'static {
    /// What its signature says.
    fn signature(&self) -> Signature;
}

macro_rules! endpoints {
    ($($($part:ident)*;)*) => {$(
        impl<F, Answered, $($part: Part),*> Endpoint<($($part,)*)> for F
        where
            F: Fn($($part),*) -> Answered + 'static,
            Answered: Future,
            Answered::Output: Answer,
        {
            fn signature(&self) -> Signature {
                let mut signature = Signature::default();
                $($part::describe(&mut signature);)*
                Answered::Output::describe(&mut signature);
                signature
            }
        }
    )*};
}

endpoints! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E G;
    A B C D E G H;
    A B C D E G H I;
    A B C D E G H I J;
}

/// Parts that say nothing to the caller.
macro_rules! silent {
    ($($part:ty),*) => {$(
        impl Part for $part {
            fn describe(_: &mut Signature) {}
        }
    )*};
}
silent!(HttpRequest, Payload, Wishes, Language);

impl<T: 'static> Part for Data<T> {
    fn describe(_: &mut Signature) {}
}

/// What stands in a path: one parameter, or several.
pub trait InPath {
    /// Their shapes.
    fn shapes() -> Vec<RefOr<Schema>>;
}

impl<T: 'static> InPath for Id<T> {
    fn shapes() -> Vec<RefOr<Schema>> {
        vec![RefOr::Ref(Ref::from_schema_name("Id"))]
    }
}

impl<const MIN: i64, const MAX: i64> InPath for Whole<MIN, MAX> {
    fn shapes() -> Vec<RefOr<Schema>> {
        vec![<Self as utoipa::PartialSchema>::schema()]
    }
}

impl InPath for String {
    fn shapes() -> Vec<RefOr<Schema>> {
        vec![<Self as utoipa::PartialSchema>::schema()]
    }
}

impl<A: InPath, B: InPath> InPath for (A, B) {
    fn shapes() -> Vec<RefOr<Schema>> {
        [A::shapes(), B::shapes()].concat()
    }
}

impl<T: InPath> Part for Path<T> {
    fn describe(signature: &mut Signature) {
        signature.path = T::shapes();
    }
}

impl<T: IntoParams> Part for Params<T> {
    fn describe(signature: &mut Signature) {
        signature.parameters.extend(T::into_params(|| None));
    }
}

impl<T: IntoParams, const MOST: i64> Part for Listing<T, MOST> {
    fn describe(signature: &mut Signature) {
        signature.parameters.extend(T::into_params(|| None));
        signature.parameters.extend(PageParams::<MOST>::into_params(|| None));
    }
}

impl<T: ToSchema, const DEPTH: usize, const BYTES: usize> Part for Input<T, DEPTH, BYTES> {
    fn describe(signature: &mut Signature) {
        let content = Content::new(Some(signature.refer::<T>()));
        let body = RequestBodyBuilder::new().content("application/json", content);
        signature.body = Some(body.required(Some(Required::True)).build());
    }
}

impl Part for IfMatch {
    fn describe(signature: &mut Signature) {
        signature.parameters.push(super::etag::header_parameter("If-Match"));
    }
}

impl Part for IfNoneMatch {
    fn describe(signature: &mut Signature) {
        signature.parameters.push(super::etag::header_parameter("If-None-Match"));
    }
}

impl<T: Answer> Answer for Result<T, Error> {
    fn describe(signature: &mut Signature) {
        T::describe(signature);
    }
}

/// An answer whose contents the handler's own description gives.
impl<B> Answer for HttpResponse<B> {
    fn describe(_: &mut Signature) {}
}

impl<T: ToSchema> Answer for Json<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "The answer.", Some(body));
    }
}
