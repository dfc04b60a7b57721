//! The addresses of certificates.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadQualifications, WriteQualifications},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    db::types::Instant,
    error::Result,
    fieldwork::qualifications::{
        model::{Certificate, CertificateSource},
        put_certificate::{self, Certification},
        store::certificates::{self, CertificateFilter},
    },
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, CertificateId, QualificationId},
    limits::PlainLines,
};

impl Rows for CertificateView {}

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
    fn filter(self) -> CertificateFilter {
        let Self { shopper_id: shopper, qualification_id: qualification } = self;
        CertificateFilter { shopper, qualification }
    }
}

/// The certificates of the brands that the caller has to do with, in the order of their ids; in a part of a brand, those of the
/// shoppers who work there.
#[utoipa::path(get, path = "/v1/certificates", responses(
    (status = 200, description = "A page of certificates."),
))]
pub async fn list_certificates(
    caller: Allowed<ReadQualifications>,
    looking: Looking,
    Listing(params, page): Listing<CertificateParams>,
) -> Result<Shown<Listed<CertificateView>>> {
    let (by, brand) = (caller.account(), caller.scope.sole_brand());
    let filter = params.filter();
    let read =
        move |conn: &mut _, after, rows| certificates::certificates(conn, &caller.scope, filter, after, rows);
    let listed = page.list(read, |certificate| certificate.id, CertificateView::from).await?;
    let look = Look::listed(brand, &listed, |certificate| Some(certificate.shopper_id));
    looking.show(by, look, listed).await
}

/// One certificate.
#[utoipa::path(get, path = "/v1/certificates/{id}", responses(
    (status = 200, description = "The certificate."),
))]
pub async fn get_certificate(
    app: Data<App>,
    caller: Allowed<ReadQualifications>,
    looking: Looking,
    had: IfNoneMatch,
    id: Path<CertificateId>,
) -> Result<Shown<Fresh<CertificateView>>> {
    let (by, brand, id) = (caller.account(), caller.scope.sole_brand(), id.into_inner());
    let found = app.db.read(move |conn| certificates::certificate(conn, &caller.scope, id)).await?;
    let look = Look::at((About::Certificate, id), brand, [found.shopper_id]);
    looking.show(by, look, Fresh::of(had, found)).await
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
    note: Option<PlainLines<1, 2_000>>,
    /// From when on it holds; if left out, from now on, or as it was.
    valid_from: Option<Instant>,
    /// From when on it does not hold any more, after `valid_from`; if left out, it holds for good.
    expires_at: Option<Instant>,
    /// Whether it is taken back, which is for good.
    #[serde(default)]
    #[schema(default = false, nullable = true)]
    revoked: bool,
}

impl PutCertificate {
    fn certification(self, id: CertificateId) -> Certification {
        let Self { qualification_id, shopper_id, note, valid_from, expires_at, revoked } = self;
        let note = note.map(String::from);
        Certification { id, qualification_id, shopper_id, note, valid_from, expires_at, revoked }
    }
}

/// Give a shopper a certificate, or change one: also one that comes from a test. To take it back, send it with
/// `revoked`; its shopper may still pass the test once more.
#[utoipa::path(put, path = "/v1/certificates/{id}", responses(
    (status = 201, description = "Given."),
    (status = 409, description = "`conflict`: it is another shopper's or for another qualification, or it was taken back."),
))]
pub async fn put_certificate(
    app: Data<App>,
    caller: Allowed<WriteQualifications>,
    looking: Looking,
    id: Path<CertificateId>,
    if_match: IfMatch,
    Input(put): Input<PutCertificate>,
) -> Result<Shown<Tagged<CertificateView>>> {
    let (by, brand) = (caller.account(), caller.scope.sole_brand());
    let (certification, now) = (put.certification(id.into_inner()), app.clock.now());
    let put = move |conn: &mut _| {
        put_certificate::put_certificate(conn, &caller.scope, &if_match, &certification, now)
    };
    let stored = app.db.write(put).await?;
    let look = Look::at((About::Certificate, stored.thing.id), brand, [stored.thing.shopper_id]);
    looking.show(by, look, Tagged::of(stored)).await
}
