//! The addresses of tests, for shoppers: what they ask, trying them, and what a shopper has.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::questions::TestContent;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::DoFieldwork,
    app::App,
    checklists::{answers::Answers, cache::Versions},
    db::types::{Instant, Sha256},
    error::Result,
    fieldwork::qualifications::{
        mine::{self, OwnQualification},
        model::{AttemptsLeft, Certificate, CertificateSource, PassMark},
        take_test::{self, FilledInTest, ScoredAttempt, TakenTest, stand_in},
    },
    http::{
        answer::{FreshJson, Kept},
        etag::{IfNoneMatch, Keep},
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AttemptId, BrandId, CertificateId, QualificationId},
    limits::{BasisPoints, Whole},
};

/// The test of a qualification.
#[derive(Serialize, ToSchema)]
pub struct TestView<'v> {
    qualification_id: QualificationId,
    /// What it qualifies for.
    name: String,
    /// What has to be scored, in basis points.
    #[schema(value_type = PassMark)]
    pass_mark: i32,
    /// Stands for what is asked: send it back with the answers.
    hash: Sha256,
    /// What is asked.
    content: TestContent<'v>,
}

/// What the test of a qualification asks, in all its languages, without what the answers earn.
#[utoipa::path(get, path = "/v1/qualifications/{id}/test", responses(
    (status = 200, description = "The test."),
))]
pub async fn get_qualification_test(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<DoFieldwork>,
    had: IfNoneMatch,
    id: Path<QualificationId>,
) -> Result<FreshJson<TestView<'static>>> {
    let id = id.into_inner();
    let tested = app.db.read(move |conn| take_test::tested(conn, &caller.scope, id)).await?;
    let version = versions.get(&app.db, tested.test.version).await?;
    let view = TestView {
        qualification_id: tested.qualification.id,
        name: tested.qualification.name,
        pass_mark: tested.test.pass_mark,
        hash: stand_in(tested.test.version),
        content: TestContent::from(version.prepared.content()),
    };
    FreshJson::new(had, Keep::Ask, &view)
}

/// A test as it was filled in.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAttempt {
    /// The `hash` of the test that was filled in.
    hash: Sha256,
    /// The answers, by question key.
    answers: Answers,
}

/// What a try at a test came to. The same try sent again is answered with the same facts; only `attempts_left` and
/// `next_attempt_at` are of the moment.
#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    id: AttemptId,
    qualification_id: QualificationId,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// Whether that was enough.
    passed: bool,
    /// The certificate that the shopper got; null if it was not enough.
    certificate_id: Option<CertificateId>,
    /// When it arrived.
    taken_at: Instant,
    /// How many more tries there are now.
    #[schema(value_type = Whole<0, 100>)]
    attempts_left: usize,
    /// When there is one again; null if there is one now.
    next_attempt_at: Option<Instant>,
}

impl From<TakenTest> for AttemptView {
    fn from(TakenTest { attempt, left: AttemptsLeft { left, next_at }, is_new: _ }: TakenTest) -> Self {
        Self {
            id: attempt.id,
            qualification_id: attempt.qualification_id,
            score: attempt.score,
            passed: attempt.passed,
            certificate_id: attempt.certificate_id,
            taken_at: attempt.taken_at,
            attempts_left: left,
            next_attempt_at: next_at,
        }
    }
}

/// Try the test of a qualification. It is scored at once, and if it is passed, there is a certificate. What is not
/// acceptable as an answer is no try; what is answered wrongly is one.
#[utoipa::path(put, path = "/v1/qualifications/{id}/attempts/{attempt_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "It is kept."),
    (status = 409, description = "`no_attempts_left`: the detail says when there is one again. `conflict`: a try with this id is there, with other answers or at another test; or the test has become another.",
        headers(("Retry-After" = Option<u64>, description = "How many seconds to wait, if no try is left."))),
))]
pub async fn put_attempt(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<DoFieldwork>,
    path: Path<(QualificationId, AttemptId)>,
    Input(PutAttempt { hash, answers }): Input<PutAttempt>,
) -> Result<Kept<AttemptView>> {
    let (qualification, id) = path.into_inner();
    let scope = caller.scope.clone();
    let version = app.db.read(move |conn| take_test::version_of(conn, &scope, qualification, id)).await?;
    let test =
        FilledInTest { hash, answers: answers.tidied() }.score(&*versions.get(&app.db, version).await?)?;
    let scored = ScoredAttempt { id, qualification, test, certificate: app.clock.new_id() };
    let now = app.clock.now();
    let taken = app.db.write(move |conn| take_test::take_test(conn, &caller.scope, &scored, now)).await?;
    Ok(Kept { made: taken.is_new, thing: taken.into() })
}

/// A qualification, and what the caller has of it.
#[derive(Serialize, ToSchema)]
pub struct MyQualification {
    id: QualificationId,
    /// Whose it is.
    brand_id: BrandId,
    /// What it is called.
    name: String,
    /// The certificate that holds now; null if there is none.
    certificate: Option<MyCertificate>,
    /// The test that qualifies; null if there is none, so that only a scheduler can give it.
    test: Option<MyTest>,
}

/// A certificate of the caller's.
#[derive(Serialize, ToSchema)]
pub struct MyCertificate {
    id: CertificateId,
    /// Where it comes from.
    source: CertificateSource,
    /// From when on it holds.
    valid_from: Instant,
    /// From when on it does not hold any more; null if it holds for good.
    expires_at: Option<Instant>,
}

/// A test that the caller may try.
#[derive(Serialize, ToSchema)]
pub struct MyTest {
    /// Where it is.
    href: String,
    /// What has to be scored, in basis points.
    #[schema(value_type = PassMark)]
    pass_mark: i32,
    /// How many more tries there are now.
    #[schema(value_type = Whole<0, 100>)]
    attempts_left: usize,
    /// When there is one again; null if there is one now.
    next_attempt_at: Option<Instant>,
}

impl From<OwnQualification> for MyQualification {
    fn from(OwnQualification { qualification, certificate, left }: OwnQualification) -> Self {
        let test = qualification.test().map(|test| MyTest {
            href: format!("/v1/qualifications/{}/test", qualification.id),
            pass_mark: test.pass_mark,
            attempts_left: left.left,
            next_attempt_at: left.next_at,
        });
        let certificate = certificate.map(MyCertificate::from);
        Self {
            id: qualification.id,
            brand_id: qualification.brand_id,
            name: qualification.name,
            certificate,
            test,
        }
    }
}

impl From<Certificate> for MyCertificate {
    fn from(certificate: Certificate) -> Self {
        let Certificate { id, source, valid_from, expires_at, .. } = certificate;
        Self { id, source, valid_from, expires_at }
    }
}

/// The qualifications of the brands that the caller works for, in the order of their ids: what the caller has, until
/// when, and what tests there are.
#[utoipa::path(get, path = "/v1/me/qualifications", responses(
    (status = 200, description = "A page of qualifications."),
))]
pub async fn my_qualifications(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<MyQualification>> {
    let (after, rows) = (page.key()?, page.rows());
    let now = app.clock.now();
    let mine = app.db.snapshot(move |conn| mine::mine(conn, &caller.scope, after, rows, now)).await?;
    let views = mine.into_iter().map(MyQualification::from).collect();
    page.page(views, |one| one.id)
}
