//! What qualifications are to a shopper.

use super::{
    model::{AttemptsLeft, Certificate, Qualification, WINDOW},
    store::{self, attempts, certificates},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::QualificationId,
};

/// A qualification, and what a shopper has of it.
#[derive(Clone, Debug)]
pub struct OwnQualification {
    /// The qualification.
    pub qualification: Qualification,
    /// The certificate that holds now, and of several the one that holds longest.
    pub certificate: Option<Certificate>,
    /// What is left of the tries at its test.
    pub left: AttemptsLeft,
}

/// The qualifications of the brands that the caller does a shopper's work for, after this one in the order of their
/// ids, each with what it is to the caller. Takes three statements; ask within a snapshot.
///
/// # Errors
/// Those of the database.
pub fn mine(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<QualificationId>,
    limit: i64,
    now: Instant,
) -> Result<Vec<OwnQualification>> {
    let all = store::qualifications_worked_for(conn, scope, after, limit)?;
    let ids: Vec<_> = all.iter().map(|one| one.id).collect();
    let certificates = certificates::unrevoked(conn, scope.account, ids.clone())?;
    let taken = attempts::moments(conn, scope.account, &ids, now.plus_seconds(-WINDOW))?;
    let own = |qualification: Qualification| {
        let of = qualification.id;
        let valid = certificates.iter().filter(|one| one.qualification_id == of && one.holds_at(now));
        let certificate = valid.max_by_key(|one| (one.end(), one.id)).cloned();
        let taken: Vec<_> = taken.iter().filter(|(at, _)| *at == of).map(|(_, at)| *at).collect();
        let left = AttemptsLeft::of(qualification.most_attempts, &taken, now);
        OwnQualification { qualification, certificate, left }
    };
    Ok(all.into_iter().map(own).collect())
}
