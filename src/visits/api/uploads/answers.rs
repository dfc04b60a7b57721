//! What tus clients are answered: how far a file has come, in headers.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder, body::BoxBody};

use super::speak::UPLOADS;
use crate::{
    evidence::{progress::Progress, tus},
    http::endpoint::{Answer, Signature},
};

/// A file is announced: `201`, with where its bytes go.
pub struct Announced(pub Progress);

/// How far a file has come: `200`, with what it was announced with.
pub struct Standing(pub Progress);

/// More of a file is here: `204`.
pub struct Appended(pub Progress);

impl Responder for Announced {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Created();
        answer.insert_header(("Location", format!("{UPLOADS}/{}", self.0.file.id)));
        with_offset(answer, &self.0)
    }
}

impl Responder for Standing {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.insert_header(("Upload-Length", self.0.file.size.to_string()));
        answer.insert_header(("Upload-Metadata", tus::metadata(&self.0.file)));
        with_offset(answer, &self.0)
    }
}

impl Responder for Appended {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        with_offset(HttpResponse::NoContent(), &self.0)
    }
}

impl Answer for Announced {
    fn describe(signature: &mut Signature) {
        let about = "It is announced; `Location` is where its bytes go, and `Upload-Offset` how many of them are here.";
        signature.answers(201, about, None);
    }
}

impl Answer for Standing {
    fn describe(signature: &mut Signature) {
        let about = "`Upload-Offset` says how many bytes are here, `Upload-Length` how many it has.";
        signature.answers(200, about, None);
    }
}

impl Answer for Appended {
    fn describe(signature: &mut Signature) {
        signature.answers(204, "They are here; `Upload-Offset` says how many there are.", None);
    }
}

/// Says how many bytes of the file are here, and until when it waits for more.
fn with_offset(mut answer: HttpResponseBuilder, progress: &Progress) -> HttpResponse {
    answer.insert_header(("Upload-Offset", progress.offset.to_string()));
    if !progress.file.is_kept() {
        answer.insert_header(("Upload-Expires", tus::http_date(progress.file.expires_at)));
    }
    answer.finish()
}
