//! What handlers give: types that carry status, entity tag, headers and body, and describe themselves to the contract.
//!
//! A reading of a thing with an entity tag is [`Fresh`], or [`FreshFile`] if it is a file; a change of such a thing is
//! [`Tagged`]. What was made without one is [`Created`]; what leaves nothing to say is [`NoContent`]. A list is a
//! [`Page`](super::page::Page), and everything else is `Json<T>`. What has a secret in it is put into a [`Secret`].

use std::marker::PhantomData;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder,
    body::{BoxBody, MessageBody},
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
            CROSS_ORIGIN_RESOURCE_POLICY, ETAG, HeaderValue, LOCATION,
        },
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    compress::HasSecret,
    endpoint::{Answer, Signature},
    etag::{ETag, IfNoneMatch, Keep, Put},
    languages,
};
use crate::precondition::{Revised, Stored};
use crate::{
    db::types::Sha256,
    error::{Error, Result},
};

/// A thing was made: `201` with the thing.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().json(self.0)
    }
}

impl<T: ToSchema> Answer for Created<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(201, "Made.", Some(body));
    }
}

/// A thing will be made: `202` with what is known of it, and with where to ask for it.
#[derive(Debug)]
pub struct Accepted<T> {
    /// Its address, relative to the server.
    pub location: String,
    /// The thing.
    pub thing: T,
}

impl<T: Serialize> Responder for Accepted<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Accepted().insert_header((LOCATION, self.location)).json(self.thing)
    }
}

impl<T: ToSchema> Answer for Accepted<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(202, "It will be made.", Some(body)).headers.push("Location");
    }
}

/// A thing without an entity tag is as it was sent: `201` if it was made, `200` if it was there.
#[derive(Debug)]
pub struct Kept<T> {
    /// Whether it was made by this request.
    pub made: bool,
    /// The thing.
    pub thing: T,
}

impl<T: Serialize> Responder for Kept<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = if self.made { StatusCode::CREATED } else { StatusCode::OK };
        HttpResponse::build(status).json(self.thing)
    }
}

impl<T: ToSchema> Answer for Kept<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "It was there already.", Some(body.clone()));
        signature.answers(201, "Made.", Some(body));
    }
}

/// A thing is as it was sent, with its new entity tag: `201` if it was made, `200` if it was changed or was so already.
#[derive(Debug)]
pub struct Tagged<T> {
    /// What the request came to.
    pub step: Put,
    /// The state that the thing is in now.
    pub tag: ETag,
    /// The thing.
    pub thing: T,
}

impl<T> Tagged<T> {
    /// What a `PUT` of a thing that counts its revisions came to.
    pub fn of<S: Revised>(stored: Stored<S>) -> Self
    where
        T: From<S>,
    {
        let Stored { put: step, thing } = stored;
        Self { step, tag: ETag::of(thing.revision()), thing: T::from(thing) }
    }
}

impl<T: Serialize> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::build(self.step.status()).insert_header((ETAG, self.tag.as_str())).json(self.thing)
    }
}

impl<T: ToSchema> Answer for Tagged<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "Changed, or it was so already.", Some(body.clone())).headers.push("ETag");
        signature.answers(201, "Made.", Some(body)).headers.push("ETag");
    }
}

/// A thing was changed by a step that makes nothing: `200` with the thing and its entity tag.
#[derive(Debug)]
pub struct Changed<T> {
    tag: ETag,
    thing: T,
}

impl<T> Changed<T> {
    /// The thing, in this revision.
    pub fn of(revision: i64, thing: T) -> Self {
        Self { tag: ETag::of(revision), thing }
    }
}

impl<T: Serialize> Responder for Changed<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, self.tag.as_str())).json(self.thing)
    }
}

impl<T: ToSchema> Answer for Changed<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "Changed, or it was so already.", Some(body)).headers.push("ETag");
    }
}

/// A thing as it is now, with its entity tag; `304` if the caller has it in this state.
#[derive(Debug)]
pub struct Fresh<T> {
    /// The states that the caller has.
    pub had: IfNoneMatch,
    /// The state that it is in.
    pub tag: ETag,
    /// How long the caller may keep it.
    pub keep: Keep,
    /// The thing.
    pub thing: T,
}

impl<T> Fresh<T> {
    /// A thing that counts its revisions: its reader asks each time whether it is still so.
    pub fn of<S: Revised>(had: IfNoneMatch, thing: S) -> Self
    where
        T: From<S>,
    {
        Self { had, tag: ETag::of(thing.revision()), keep: Keep::Ask, thing: T::from(thing) }
    }
}

impl<T: Serialize> Responder for Fresh<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match reading(&self.had, &self.tag, self.keep) {
            (mut answer, StatusCode::NOT_MODIFIED) => answer.finish(),
            (mut answer, _) => answer.json(self.thing),
        }
    }
}

impl<T: ToSchema> Answer for Fresh<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "It as it is now.", Some(body)).headers.push("ETag");
        unchanged(signature);
    }
}

/// The same of a thing that borrows from what only the handler has, and so was written as JSON by it.
#[derive(Debug)]
pub struct FreshJson<T> {
    had: IfNoneMatch,
    tag: ETag,
    keep: Keep,
    json: Vec<u8>,
    thing: PhantomData<fn() -> T>,
}

impl<T> FreshJson<T> {
    /// Writes the thing, whose tag is the digest of what was written.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn new<B: Serialize>(had: IfNoneMatch, keep: Keep, thing: &B) -> Result<Self> {
        let json = serde_json::to_vec(thing).map_err(Error::internal)?;
        Ok(Self { had, tag: ETag::of(Sha256::of(&json)), keep, json, thing: PhantomData })
    }
}

impl<T> Responder for FreshJson<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match reading(&self.had, &self.tag, self.keep) {
            (mut answer, StatusCode::NOT_MODIFIED) => answer.finish(),
            (mut answer, _) => answer.content_type("application/json").body(self.json),
        }
    }
}

impl<T: ToSchema> Answer for FreshJson<T> {
    fn describe(signature: &mut Signature) {
        Fresh::<T>::describe(signature);
    }
}

/// No browser runs or loads anything from a file, also if it takes it for a page.
pub(super) const FILES_MAY: &str = "sandbox; default-src 'none'";

/// A file that a caller sent, to be read by other callers.
pub struct File<B = Vec<u8>> {
    /// What it is, as we found it to be.
    pub media_type: &'static str,
    /// What to call it: a name of our making, in ASCII without quotes.
    pub name: String,
    /// What is in it: its bytes, or where they come from.
    pub bytes: B,
}

/// A file as it is now, with its entity tag; `304` if the caller has it in this state. The handler's own description gives
/// its media types.
pub struct FreshFile<B = Vec<u8>> {
    /// The states that the caller has.
    pub had: IfNoneMatch,
    /// The state that it is in.
    pub tag: ETag,
    /// How long the caller may keep it.
    pub keep: Keep,
    /// The file.
    pub file: File<B>,
}

impl<B: MessageBody + 'static> Responder for FreshFile<B> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let file = self.file;
        match reading(&self.had, &self.tag, self.keep) {
            (mut answer, StatusCode::NOT_MODIFIED) => answer.finish(),
            (mut answer, _) => answer
                .insert_header((CONTENT_TYPE, file.media_type))
                .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", file.name)))
                .insert_header((CONTENT_SECURITY_POLICY, FILES_MAY))
                .body(file.bytes),
        }
    }
}

impl<B> Answer for FreshFile<B> {
    fn describe(signature: &mut Signature) {
        signature.answers(200, "The file.", None).headers.push("ETag");
        unchanged(signature);
    }
}

/// Nothing is left to say: `204`.
#[derive(Clone, Copy, Debug)]
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl Answer for NoContent {
    fn describe(signature: &mut Signature) {
        signature.answers(204, "Done.", None);
    }
}

/// An answer in the language that the caller wishes for, as far as there is one.
#[derive(Debug)]
pub struct InLanguage<A> {
    /// The language that it is in, if it is in one.
    pub language: Option<String>,
    /// The answer.
    pub answer: A,
}

impl<A: Responder> Responder for InLanguage<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<A::Body> {
        let mut answer = self.answer.respond_to(request);
        languages::say(answer.headers_mut(), self.language.as_deref());
        answer
    }
}

impl<A: Answer> Answer for InLanguage<A> {
    fn describe(signature: &mut Signature) {
        A::describe(signature);
    }
}

/// An answer with a secret in it, such as tokens: it is never compressed, because the length of what is compressed tells of
/// what is in it.
#[derive(Debug)]
pub struct Secret<A>(pub A);

impl<A: Responder> Responder for Secret<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<A::Body> {
        let mut answer = self.0.respond_to(request);
        answer.extensions_mut().insert(HasSecret);
        answer
    }
}

impl<A: Answer> Answer for Secret<A> {
    fn describe(signature: &mut Signature) {
        A::describe(signature);
    }
}

/// An answer that pages of any origin may show, as in an image.
#[derive(Debug)]
pub struct Embeddable<A>(pub A);

impl<A: Responder> Responder for Embeddable<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<A::Body> {
        let mut answer = self.0.respond_to(request);
        let anywhere = HeaderValue::from_static("cross-origin");
        answer.headers_mut().insert(CROSS_ORIGIN_RESOURCE_POLICY, anywhere);
        answer
    }
}

impl<A: Answer> Answer for Embeddable<A> {
    fn describe(signature: &mut Signature) {
        A::describe(signature);
    }
}

fn unchanged(signature: &mut Signature) {
    let about = "It is still as `If-None-Match` says. There is no body.";
    signature.answers(304, about, None).headers.push("ETag");
}

/// The beginning of the answer to a reading, with its status.
fn reading(had: &IfNoneMatch, tag: &ETag, keep: Keep) -> (HttpResponseBuilder, StatusCode) {
    let status = if had.includes(tag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((ETAG, tag.as_str())).insert_header((CACHE_CONTROL, keep.directive()));
    (answer, status)
}
