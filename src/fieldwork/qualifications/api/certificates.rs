//! The addresses of certificates.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::{
        self,
        policy::{
            Scope,
            permit::{ReadQualifications, WriteQualifications},
        },
    },
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::qualifications::{
        model::{Certificate, CertificateSource},
        store::{self, Wanted},
    },
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::Input,
        page::{Listing, Page, PageParams},
    },
    ids::{AccountId, CertificateId, QualificationId},
};

/// That a shopper is qualified, from some moment on.
#[derive(Serialize, ToSchema)]
pub struct CertificateView {
    id: CertificateId,
    /// For what.
    qualification_id: QualificationId,
    /// Who is qualified.
    shopper_id: AccountId,
    /// Where it comes from.
    source: CertificateSource,
    /// The scheduler who entered it; null if it comes from the test.
    granted_by: Option<AccountId>,
    /// What the scheduler says of it.
    note: Option<String>,
    /// From when on it holds.
    valid_from: Instant,
    /// From when on it does not hold any more; null if it holds for good.
    expires_at: Option<Instant>,
    /// When it was taken back; null if it was not.
    revoked_at: Option<Instant>,
    created_at: Instant,
}

impl From<Certificate> for CertificateView {
    fn from(certificate: Certificate) -> Self {
        Self {
            id: certificate.id,
            qualification_id: certificate.qualification_id,
            shopper_id: certificate.shopper_id,
            source: certificate.source,
            granted_by: certificate.granted_by,
            note: certificate.note,
            valid_from: certificate.valid_from,
            expires_at: certificate.expires_at,
            revoked_at: certificate.revoked_at,
            created_at: certificate.created_at,
        }
    }
}

/// Which certificates.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateParams {
    /// Only those of this shopper.
    shopper_id: Option<AccountId>,
    /// Only those for this qualification.
    qualification_id: Option<QualificationId>,
}

impl CertificateParams {
    fn wanted(self, rows: i64) -> Wanted {
        let Self { shopper_id: shopper, qualification_id: qualification } = self;
        Wanted { shopper, qualification, rows }
    }
}

/// The certificates of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/certificates", params(CertificateParams, PageParams), responses(
    (status = 200, description = "A page of certificates.", body = Page<CertificateView>),
))]
pub async fn list_certificates(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadQualifications>,
    Listing(params, page): Listing<CertificateParams>,
) -> Result<HttpResponse> {
    let wanted = params.wanted(page.rows());
    let after = page.after::<CertificateId>(&app.seals, &request)?;
    let found = app.db.read(move |conn| store::certificates(conn, &caller.scope, wanted, after)).await?;
    let views = found.into_iter().map(CertificateView::from).collect();
    page.answer(&app.seals, &request, views, |certificate| certificate.id)
}

/// One certificate.
#[utoipa::path(get, path = "/v1/certificates/{id}", params(("id" = CertificateId, Path)), responses(
    (status = 200, description = "The certificate.", body = CertificateView),
))]
pub async fn get_certificate(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadQualifications>,
    id: Path<CertificateId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::certificate(conn, &caller.scope, id)).await?;
    let tag = ETag::of(found.revision);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &CertificateView::from(found)))
}

/// What a certificate is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCertificate {
    /// For what; never changes.
    qualification_id: QualificationId,
    /// Who is qualified; never changes.
    shopper_id: AccountId,
    /// What there is to say of it.
    #[validate(length(min = 1, max = 2000), custom(function = "crate::http::input::plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 2000,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    note: Option<String>,
    /// From when on it holds; if not said, from now on, or as it was.
    valid_from: Option<Instant>,
    /// From when on it does not hold any more, after `valid_from`; if not said, it holds for good.
    expires_at: Option<Instant>,
    /// Whether it is taken back, which is for good.
    #[serde(default)]
    #[schema(default = false)]
    revoked: bool,
}

impl PutCertificate {
    /// The certificate as it would be, still in the revision of the one that is there.
    fn certificate(
        &self,
        id: CertificateId,
        old: Option<&Certificate>,
        by: AccountId,
        now: Instant,
    ) -> Certificate {
        let revoked_at = old.and_then(|old| old.revoked_at).unwrap_or(now);
        Certificate {
            id,
            qualification_id: self.qualification_id,
            shopper_id: self.shopper_id,
            source: old.map_or(CertificateSource::Scheduler, |old| old.source),
            granted_by: old.map_or(Some(by), |old| old.granted_by),
            note: self.note.clone(),
            valid_from: self.valid_from.unwrap_or(old.map_or(now, |old| old.valid_from)),
            expires_at: self.expires_at,
            revoked_at: self.revoked.then_some(revoked_at),
            revision: old.map_or(1, |old| old.revision),
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
}

/// Give a shopper a certificate, or change one: also one that comes from a test. To take it back, send it with
/// `revoked`; its shopper may still pass the test once more.
#[utoipa::path(put, path = "/v1/certificates/{id}", params(("id" = CertificateId, Path), ("if-match" = Option<String>, Header)), request_body = PutCertificate, responses(
    (status = 200, description = "Changed, or it was so already.", body = CertificateView),
    (status = 201, description = "Given.", body = CertificateView),
    (status = 409, description = "`conflict`: it is another shopper's or for another qualification, or it was taken back."),
))]
pub async fn put_certificate(
    app: Data<App>,
    caller: Allowed<WriteQualifications>,
    id: Path<CertificateId>,
    if_match: IfMatch,
    Input(put): Input<PutCertificate>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (step, kept) =
        app.db.write(move |conn| keep_certificate(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(kept.revision);
    Ok(etag::answer(step.status(), &tag, &CertificateView::from(kept)))
}

fn keep_certificate(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: CertificateId,
    put: &PutCertificate,
    now: Instant,
) -> Result<(Put, Certificate)> {
    let of = if_there(store::qualification_to_change(conn, scope, put.qualification_id))?.flatten();
    let of = of.ok_or_else(|| invalid("/qualification_id", "unknown", "there is no such qualification"))?;
    let old = store::certificate_to_change(conn, scope, id)?;
    if let Some(old) = &old {
        stays_what_it_is(old, put)?;
    }
    let wanted = put.certificate(id, old.as_ref(), scope.account, now);
    if wanted.expires_at.is_some_and(|end| end <= wanted.valid_from) {
        return Err(invalid("/expires_at", "range", "it ends after it begins"));
    }
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    if step == Put::Make && !accounts::store::is_shopper_of(conn, put.shopper_id, of.brand_id)? {
        return Err(invalid("/shopper_id", "no_shopper", "this account is no shopper for the brand"));
    }
    let kept = step.take(conn, wanted, store::insert_certificate, store::update_certificate)?;
    Ok((step, kept))
}

fn invalid(pointer: &str, code: &'static str, why: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, code, why)])
}

/// What somebody was told to be qualified for stays that, and what was taken back stays so.
fn stays_what_it_is(there: &Certificate, wanted: &PutCertificate) -> Result<()> {
    let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
    if there.qualification_id != wanted.qualification_id {
        return conflict("it is for another qualification, and stays so");
    }
    if there.shopper_id != wanted.shopper_id {
        return conflict("it is another shopper's, and stays so");
    }
    if there.revoked_at.is_some() && !wanted.revoked {
        return conflict("it was taken back, and stays so: give another");
    }
    Ok(())
}
