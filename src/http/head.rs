//! Answers to HEAD (RFC 9110, 9.3.2): the same as to GET, but the body is not made further than its headers need it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error as ActixError,
    body::{BodySize, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Bytes,
};

/// The middleware; around the one that compresses, whose headers depend on the body.
///
/// # Errors
/// Those of the service.
pub async fn without_body<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Left>>, ActixError> {
    let is_head = request.method() == Method::HEAD;
    let answer = next.call(request).await?;
    Ok(answer.map_body(|_, body| match is_head {
        true => EitherBody::right(Left(body.size())),
        false => EitherBody::left(body),
    }))
}

/// What is left of a body: its size.
pub struct Left(BodySize);

impl MessageBody for Left {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}
