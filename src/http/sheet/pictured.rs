//! Figures that are drawn where the caller prefers a picture.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::{BoxBody, EitherBody, MessageBody},
    dev::Payload,
    http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

use super::{Format, varied};
use crate::{
    charts::{Drawing, svg::svg},
    error::{Error, Result},
    http::{
        answer::FILES_MAY,
        endpoint::{Answer, Part, Signature},
        languages::{self, Wishes},
    },
};

/// Whether a picture is wished for, and in which languages.
#[derive(Clone, Debug)]
pub struct Wished {
    /// Whether a picture is preferred to all other forms.
    pub picture: bool,
    /// The languages.
    pub languages: Wishes,
}

impl FromRequest for Wished {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let picture = Format::wished(request, Format::OF_PICTURES) == Format::Svg;
        ready(Ok(Self { picture, languages: Wishes::of_request(request) }))
    }
}

/// Its answer describes it.
impl Part for Wished {
    fn describe(_: &mut Signature) {}
}

/// An answer, or a picture of it.
#[derive(Debug)]
pub enum Pictured<A> {
    /// The figures themselves.
    Figures(A),
    /// What is drawn of them.
    Picture(Box<Drawing>),
}

impl<A: Responder> Responder for Pictured<A>
where
    A::Body: MessageBody + 'static,
{
    type Body = EitherBody<A::Body, BoxBody>;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<Self::Body> {
        let drawing = match self {
            Self::Figures(answer) => return answer.respond_to(request).map_into_left_body(),
            Self::Picture(drawing) => drawing,
        };
        let mut answer = HttpResponse::Ok();
        let name = Format::Svg.disposition(request).replacen("attachment", "inline", 1);
        answer.insert_header((CONTENT_TYPE, Format::Svg.media_type()));
        answer.insert_header((CONTENT_DISPOSITION, name));
        answer.insert_header((CONTENT_SECURITY_POLICY, FILES_MAY));
        let mut answer = answer.body(svg(&drawing));
        languages::say(answer.headers_mut(), Some(drawing.language));
        varied(answer).map_into_right_body()
    }
}

impl<A: Answer> Answer for Pictured<A> {
    fn describe(signature: &mut Signature) {
        A::describe(signature);
        if let Some(outcome) = signature.answers.get_mut(&200) {
            outcome.is_picture = true;
        }
    }
}
