//! All SQL about qualifications, certificates and tries at tests. None of it changes a try.

use diesel::prelude::*;

use super::model::{Attempt, AttemptsLeft, Certificate, Qualification, Qualified, Test, WINDOW};
use crate::{
    accounts::policy::Scope,
    checklists::answers::Answers,
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{certificate, qualification, qualification_attempt as attempt},
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    ids::{AccountId, AttemptId, BrandId, CertificateId, QualificationId, VersionId},
};

/// What a shopper is qualified by at this moment: once for each certificate, in the order of the qualifications' ids.
pub fn valid(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Vec<Qualified>> {
    let rows: Vec<(QualificationId, Option<Instant>)> = certificate::table
        .filter(certificate::shopper_id.eq(shopper))
        .filter(certificate::revoked_at.is_null())
        .filter(certificate::valid_from.le(now))
        .filter(certificate::expires_at.is_null().or(certificate::expires_at.gt(now)))
        .order((certificate::qualification_id, certificate::id))
        .select((certificate::qualification_id, certificate::expires_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(by, until)| Qualified { by, until }).collect())
}

/// Whose qualification it is, whoever asks.
///
/// # Errors
/// `not_found` if there is none.
pub fn brand_of(conn: &mut Conn, id: QualificationId) -> Result<BrandId> {
    Ok(qualification::table.find(id).select(qualification::brand_id).first(conn)?)
}

/// Qualifications of this brand, or of all that the scope touches, after this one in the order of their ids.
pub fn qualifications(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<QualificationId>,
    limit: i64,
) -> Result<Vec<Qualification>> {
    let mut query = qualification::table
        .select(Qualification::as_select())
        .order(qualification::id)
        .limit(limit)
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(qualification::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(qualification::brand_id.eq(brand));
    }
    if let Some(after) = after {
        query = query.filter(qualification::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The qualification with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn qualification(conn: &mut Conn, scope: &Scope, id: QualificationId) -> Result<Qualification> {
    found(conn, id)?.filter(|found| scope.touches_brand(found.brand_id)).ok_or_else(not_found)
}

/// The qualification with this id, to be changed or given; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn qualification_to_change(
    conn: &mut Conn,
    scope: &Scope,
    id: QualificationId,
) -> Result<Option<Qualification>> {
    match found(conn, id)? {
        Some(found) if !scope.covers_brand(found.brand_id) => Err(not_found()),
        found => Ok(found),
    }
}

fn found(conn: &mut Conn, id: QualificationId) -> Result<Option<Qualification>> {
    Ok(qualification::table.find(id).select(Qualification::as_select()).first(conn).optional()?)
}

fn not_found() -> Error {
    Error::new(Code::NotFound)
}

/// Keeps a new qualification.
///
/// # Errors
/// `invalid` if there is no such brand.
pub fn insert_qualification(conn: &mut Conn, new: &Qualification) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(qualification::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps a changed qualification, as its next revision.
pub fn update_qualification(conn: &mut Conn, mut changed: Qualification) -> Result<Qualification> {
    changed.revision += 1;
    diesel::update(qualification::table.find(changed.id))
        .set((
            qualification::name.eq(&changed.name),
            qualification::version_id.eq(changed.version_id),
            qualification::pass_mark.eq(changed.pass_mark),
            qualification::valid_days.eq(changed.valid_days),
            qualification::most_attempts.eq(changed.most_attempts),
            qualification::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(changed)
}

/// Which certificates are wanted of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Only those of this shopper.
    pub shopper: Option<AccountId>,
    /// Only those for this qualification.
    pub qualification: Option<QualificationId>,
    /// So many at most.
    pub rows: i64,
}

/// Certificates of brands that the scope touches, after this one in the order of their ids.
pub fn certificates(
    conn: &mut Conn,
    scope: &Scope,
    wanted: Wanted,
    after: Option<CertificateId>,
) -> Result<Vec<Certificate>> {
    let mut query = certificate::table
        .select(Certificate::as_select())
        .order(certificate::id)
        .limit(wanted.rows)
        .into_boxed();
    if !scope.is_operator_wide() {
        let touched = qualification::table
            .filter(qualification::brand_id.eq_any(scope.touched_brands()))
            .select(qualification::id);
        query = query.filter(certificate::qualification_id.eq_any(touched));
    }
    if let Some(shopper) = wanted.shopper {
        query = query.filter(certificate::shopper_id.eq(shopper));
    }
    if let Some(of) = wanted.qualification {
        query = query.filter(certificate::qualification_id.eq(of));
    }
    if let Some(after) = after {
        query = query.filter(certificate::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The certificate with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn certificate(conn: &mut Conn, scope: &Scope, id: CertificateId) -> Result<Certificate> {
    let (found, brand) = with_brand(conn, id)?.ok_or_else(not_found)?;
    if scope.touches_brand(brand) { Ok(found) } else { Err(not_found()) }
}

/// The certificate with this id, to be changed; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn certificate_to_change(
    conn: &mut Conn,
    scope: &Scope,
    id: CertificateId,
) -> Result<Option<Certificate>> {
    match with_brand(conn, id)? {
        Some((_, brand)) if !scope.covers_brand(brand) => Err(not_found()),
        found => Ok(found.map(|(found, _)| found)),
    }
}

fn with_brand(conn: &mut Conn, id: CertificateId) -> Result<Option<(Certificate, BrandId)>> {
    Ok(certificate::table
        .inner_join(qualification::table.on(qualification::id.eq(certificate::qualification_id)))
        .filter(certificate::id.eq(id))
        .select((Certificate::as_select(), qualification::brand_id))
        .first(conn)
        .optional()?)
}

/// Keeps a new certificate.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_certificate(conn: &mut Conn, new: &Certificate) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(certificate::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps a changed certificate, as its next revision.
pub fn update_certificate(conn: &mut Conn, mut changed: Certificate) -> Result<Certificate> {
    changed.revision += 1;
    diesel::update(certificate::table.find(changed.id))
        .set((
            certificate::note.eq(&changed.note),
            certificate::valid_from.eq(changed.valid_from),
            certificate::expires_at.eq(changed.expires_at),
            certificate::revoked_at.eq(changed.revoked_at),
            certificate::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(changed)
}

/// The qualification with its test, for a shopper of its brand.
///
/// # Errors
/// `not_found` if there is none, or it has no test, or the shopper does not work for its brand.
pub fn tested(conn: &mut Conn, scope: &Scope, id: QualificationId) -> Result<(Qualification, Test)> {
    let found = found(conn, id)?.filter(|found| scope.works_for(found.brand_id)).ok_or_else(not_found)?;
    let test = found.test().ok_or_else(not_found)?;
    Ok((found, test))
}

/// The version under which a try at a test is scored: its own, if it is there already.
///
/// # Errors
/// As [`tested`].
pub fn version_of(conn: &mut Conn, scope: &Scope, of: QualificationId, id: AttemptId) -> Result<VersionId> {
    let there: Option<VersionId> = attempt::table
        .find(id)
        .filter(attempt::shopper_id.eq(scope.account))
        .filter(attempt::qualification_id.eq(of))
        .select(attempt::version_id)
        .first(conn)
        .optional()?;
    match there {
        Some(version) => Ok(version),
        None => tested(conn, scope, of).map(|(_, test)| test.version),
    }
}

/// A try at a test that was scored and is now to be kept.
#[derive(Clone, Debug)]
pub struct Scored {
    /// Made on the shopper's device.
    pub id: AttemptId,
    /// At which test.
    pub qualification: QualificationId,
    /// The version that was filled in.
    pub version: VersionId,
    /// What was answered.
    pub answers: Json<Answers>,
    /// Basis points.
    pub score: Option<i32>,
    /// The certificate's id, if it comes to one.
    pub certificate: CertificateId,
    /// When it arrived.
    pub at: Instant,
}

/// What a try came to.
#[derive(Clone, Debug)]
pub struct Taken {
    /// As it is kept.
    pub attempt: Attempt,
    /// What is left now.
    pub left: AttemptsLeft,
    /// Whether it was kept just now.
    pub new: bool,
}

/// Keeps a try of the caller's exactly once, with the certificate if it is passed; the same again is the one that is
/// there.
///
/// # Errors
/// `conflict` if it is there with other answers or for another test, or the test has become another meanwhile;
/// `no_attempts_left`; `not_found` if the id is another shopper's, or as [`tested`].
pub fn take(conn: &mut Conn, scope: &Scope, scored: &Scored) -> Result<Taken> {
    let shopper = scope.account;
    if let Some(kept) =
        attempt::table.find(scored.id).select(Attempt::as_select()).first::<Attempt>(conn).optional()?
    {
        return same_again(conn, shopper, kept, scored);
    }
    let (of, test) = tested(conn, scope, scored.qualification)?;
    if test.version != scored.version {
        return Err(Error::new(Code::Conflict).detail("the test has become another: read it again"));
    }
    let left = attempts_left(conn, shopper, &of, scored.at)?;
    if let Some(next) = left.next_at {
        return Err(none_left(next, scored.at));
    }
    let passed = test.is_passed_with(scored.score);
    let certificate = passed.then(|| of.certificate(scored.certificate, shopper, scored.at));
    if let Some(certificate) = &certificate {
        insert_certificate(conn, certificate)?;
    }
    let new = Attempt {
        id: scored.id,
        qualification_id: of.id,
        shopper_id: shopper,
        version_id: test.version,
        answers: scored.answers.clone(),
        score: scored.score,
        passed,
        certificate_id: certificate.map(|given| given.id),
        taken_at: scored.at,
    };
    let inserted = each_engine!(conn, c => diesel::insert_into(attempt::table)
        .values(&new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)?;
    let left = attempts_left(conn, shopper, &of, scored.at)?;
    Ok(Taken { attempt: new, left, new: true })
}

fn same_again(conn: &mut Conn, shopper: AccountId, kept: Attempt, sent: &Scored) -> Result<Taken> {
    let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
    if kept.shopper_id != shopper {
        return Err(not_found());
    }
    match (kept.qualification_id == sent.qualification, kept.answers == sent.answers) {
        (false, _) => conflict("a try with this id was made at another test"),
        (true, false) => conflict("a try with this id is there, with other answers"),
        (true, true) => {
            let of = found(conn, kept.qualification_id)?.ok_or_else(not_found)?;
            let left = attempts_left(conn, shopper, &of, sent.at)?;
            Ok(Taken { attempt: kept, left, new: false })
        }
    }
}

fn none_left(next: Instant, now: Instant) -> Error {
    let wait = next.micros().saturating_sub(now.micros()).max(0).unsigned_abs().div_ceil(1_000_000);
    Error::new(Code::NoAttemptsLeft).detail(format!("the next try can be made at {next}")).after(wait)
}

fn attempts_left(
    conn: &mut Conn,
    shopper: AccountId,
    of: &Qualification,
    now: Instant,
) -> Result<AttemptsLeft> {
    let taken = recent_attempts(conn, shopper, &[of.id], now)?;
    let taken: Vec<_> = taken.into_iter().map(|(_, at)| at).collect();
    Ok(AttemptsLeft::of(of.most_attempts, &taken, now))
}

/// When the shopper tried these tests within the last [`WINDOW`].
fn recent_attempts(
    conn: &mut Conn,
    shopper: AccountId,
    of: &[QualificationId],
    now: Instant,
) -> Result<Vec<(QualificationId, Instant)>> {
    Ok(attempt::table
        .filter(attempt::shopper_id.eq(shopper))
        .filter(attempt::taken_at.gt(now.plus_seconds(-WINDOW)))
        .filter(attempt::qualification_id.eq_any(of.to_vec()))
        .select((attempt::qualification_id, attempt::taken_at))
        .load(conn)?)
}

/// What a qualification is to a shopper.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The qualification.
    pub qualification: Qualification,
    /// The certificate that holds now, and of several the one that holds longest.
    pub certificate: Option<Certificate>,
    /// What is left of the tries at its test.
    pub left: AttemptsLeft,
}

/// The qualifications of the brands that the caller does a shopper's work for, after this one in the order of their
/// ids, each with what it is to the caller. Takes three statements.
pub fn mine(
    conn: &mut Conn,
    scope: &Scope,
    now: Instant,
    after: Option<QualificationId>,
    limit: i64,
) -> Result<Vec<Mine>> {
    let mut query = qualification::table
        .select(Qualification::as_select())
        .order(qualification::id)
        .limit(limit)
        .into_boxed();
    if let Some(brands) = scope.brands_worked_for() {
        query = query.filter(qualification::brand_id.eq_any(brands));
    }
    if let Some(after) = after {
        query = query.filter(qualification::id.gt(after));
    }
    let all: Vec<Qualification> = query.load(conn)?;
    let ids: Vec<_> = all.iter().map(|one| one.id).collect();
    let certificates: Vec<Certificate> = certificate::table
        .filter(certificate::shopper_id.eq(scope.account))
        .filter(certificate::qualification_id.eq_any(ids.clone()))
        .filter(certificate::revoked_at.is_null())
        .select(Certificate::as_select())
        .load(conn)?;
    let taken = recent_attempts(conn, scope.account, &ids, now)?;
    let mine = |qualification: Qualification| {
        let of = qualification.id;
        let valid = certificates.iter().filter(|one| one.qualification_id == of && one.holds_at(now));
        let certificate = valid.max_by_key(|one| (one.end(), one.id)).cloned();
        let taken: Vec<_> = taken.iter().filter(|(at, _)| *at == of).map(|(_, at)| *at).collect();
        let left = AttemptsLeft::of(qualification.most_attempts, &taken, now);
        Mine { qualification, certificate, left }
    };
    Ok(all.into_iter().map(mine).collect())
}
