//! The headers of requests to `/v1/uploads`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use utoipa::{
    PartialSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

use crate::{
    db::types::Sha256,
    error::{Code, Error, Result},
    evidence::{
        model::Announcement,
        tus::{self, Checksum},
    },
    http::{
        bytes::{bytes, require_kind},
        endpoint::{Part, Signature},
        input::{refuse_coding, require_media_type},
    },
    ids::AccountId,
};

/// A request that speaks the version of tus that the server does.
#[derive(Debug)]
pub struct Tus;

impl FromRequest for Tus {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = header(request, "tus-resumable") == Some(tus::VERSION);
        let detail = format!("send Tus-Resumable: {}", tus::VERSION);
        ready(known.then_some(Self).ok_or_else(|| Error::new(Code::TusVersion).detail(detail)))
    }
}

impl Part for Tus {
    fn describe(signature: &mut Signature) {
        let text = text().examples([tus::VERSION]);
        let about = format!("The version of tus: `{}`.", tus::VERSION);
        signature.parameters.push(parameter("tus-resumable", &about, text));
    }
}

/// The headers with which a file is announced. They are read by [`announcement`](Self::announcement) and
/// [`checksum`](Self::checksum), once it is known who is calling.
#[derive(Debug)]
pub struct NewUpload(HttpRequest);

impl NewUpload {
    /// What the shopper's phone says of the file.
    ///
    /// # Errors
    /// `invalid` naming the header, `file_too_large`; `unsupported_media_type` if the first bytes come in a content coding.
    pub fn announcement(&self, shopper: AccountId) -> Result<Announcement> {
        refuse_coding(&self.0)?;
        let (length, metadata) = (header(&self.0, "upload-length"), header(&self.0, "upload-metadata"));
        tus::announcement(shopper, length, metadata)
    }

    /// Whether the body has the first bytes of the file.
    pub fn has_bytes(&self) -> bool {
        require_media_type(&self.0, tus::PIECE).is_ok()
    }

    /// The digest of the bytes in the body, if it was sent.
    ///
    /// # Errors
    /// `malformed_request`.
    pub fn checksum(&self) -> Result<Option<Sha256>> {
        checksum(&self.0)
    }
}

impl FromRequest for NewUpload {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Part for NewUpload {
    fn describe(signature: &mut Signature) {
        let length = parameter("upload-length", "How many bytes the file has.", text());
        let metadata = parameter("upload-metadata", "Pairs of a name and a value in base64.", text());
        signature.parameters.extend([length, metadata, checksum_parameter()]);
    }
}

/// The next bytes of a file.
pub struct NextPiece;

bytes!(NextPiece, "The next bytes of a file", "as many as are still to come");

/// The headers with which the next bytes of a file come, read likewise.
#[derive(Debug)]
pub struct NextBytes(HttpRequest);

impl NextBytes {
    /// At which byte they begin.
    ///
    /// # Errors
    /// `unsupported_media_type` if the body has another type, or comes in a content coding; `invalid` naming the header.
    pub fn offset(&self) -> Result<u64> {
        refuse_coding(&self.0)?;
        require_kind(&self.0, tus::PIECE)?;
        tus::offset(header(&self.0, "upload-offset"))
    }

    /// Their digest, if it was sent.
    ///
    /// # Errors
    /// `malformed_request`.
    pub fn checksum(&self) -> Result<Option<Sha256>> {
        checksum(&self.0)
    }
}

impl FromRequest for NextBytes {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Part for NextBytes {
    fn describe(signature: &mut Signature) {
        let about = "How many bytes of the file are here already.";
        signature.parameters.extend([parameter("upload-offset", about, text()), checksum_parameter()]);
    }
}

/// The texts of all headers of this name.
pub(super) fn headers<'r>(request: &'r HttpRequest, name: &'static str) -> impl Iterator<Item = &'r str> {
    request.headers().get_all(name).map(|value| value.to_str().unwrap_or("?"))
}

/// The header's text; what is no text is read as `?`, which no header here means.
pub(super) fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn checksum(request: &HttpRequest) -> Result<Option<Sha256>> {
    let checksum = header(request, "upload-checksum").map(str::parse::<Checksum>).transpose()?;
    Ok(checksum.map(|Checksum(digest)| digest))
}

fn checksum_parameter() -> Parameter {
    parameter("upload-checksum", "The digest of the bytes in this request.", Checksum::schema())
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn parameter(name: &str, about: &str, shape: impl Into<RefOr<Schema>>) -> Parameter {
    let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
    header.description(Some(about)).schema(Some(shape)).build()
}
