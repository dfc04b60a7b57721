//! Giving a certificate, changing one, and taking one back.

use super::{
    model::{Certificate, CertificateSource},
    store::{self, certificates},
};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    ids::{AccountId, CertificateId, QualificationId},
    precondition::{IfMatch, Put, Stored},
};

/// What a scheduler enters of a certificate.
#[derive(Clone, Debug)]
pub struct Certification {
    /// The certificate's id.
    pub id: CertificateId,
    /// For what; never changes.
    pub qualification_id: QualificationId,
    /// Who is qualified; never changes.
    pub shopper_id: AccountId,
    /// What there is to say of it.
    pub note: Option<String>,
    /// From when on it holds; if left out, from now on, or as it was.
    pub valid_from: Option<Instant>,
    /// From when on it does not hold any more; if left out, it holds for good.
    pub expires_at: Option<Instant>,
    /// Whether it is taken back, which is for good.
    pub revoked: bool,
}

impl Certification {
    /// The certificate as it would be, still in the revision of the old one.
    fn certificate(&self, old: Option<&Certificate>, by: AccountId, now: Instant) -> Certificate {
        let revoked_at = old.and_then(|old| old.revoked_at).unwrap_or(now);
        Certificate {
            id: self.id,
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

/// Gives a shopper a certificate, or changes the one that has this id.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `invalid` if there is no such qualification, or the account is no
/// shopper for its brand, or it ends before it begins; `conflict` if it is another shopper's or for another
/// qualification, or was taken back; those of the precondition.
pub fn put_certificate(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    certification: &Certification,
    now: Instant,
) -> Result<Stored<Certificate>> {
    let of = if_there(store::qualification_to_change(conn, scope, certification.qualification_id))?.flatten();
    let of = of.ok_or_else(|| invalid("/qualification_id", "unknown", "there is no such qualification"))?;
    let old = certificates::certificate_to_change(conn, scope, certification.id)?;
    if let Some(old) = &old {
        require_same_subject(old, certification)?;
    }
    let wanted = certification.certificate(old.as_ref(), scope.account, now);
    if wanted.expires_at.is_some_and(|end| end <= wanted.valid_from) {
        return Err(invalid("/expires_at", "range", "it ends after it begins"));
    }
    let stored = if_match.revise(old.as_ref(), wanted)?;
    let is_shopper =
        |conn: &mut Conn| accounts::grants::is_shopper_of(conn, certification.shopper_id, of.brand_id);
    if stored.put == Put::Make && !is_shopper(conn)? {
        return Err(invalid("/shopper_id", "no_shopper", "this account is no shopper for the brand"));
    }
    stored.write(conn, certificates::insert_certificate, certificates::update_certificate)
}

fn invalid(pointer: &str, code: &'static str, why: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, code, why)])
}

/// A certificate stays with its shopper and its qualification, and what was taken back stays so.
fn require_same_subject(old: &Certificate, wanted: &Certification) -> Result<()> {
    let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
    if old.qualification_id != wanted.qualification_id {
        return conflict("it is for another qualification, and stays so");
    }
    if old.shopper_id != wanted.shopper_id {
        return conflict("it is another shopper's, and stays so");
    }
    if old.revoked_at.is_some() && !wanted.revoked {
        return conflict("it was taken back, and stays so: give another");
    }
    Ok(())
}
