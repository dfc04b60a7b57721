//! The statements about certificates.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{certificate, qualification},
        sealing::revisions_sealed,
        types::Instant,
    },
    error::{Code, Error, Result},
    fieldwork::{
        qualifications::model::{Certificate, Qualified},
        shoppers::store::{OfShoppers, certificates_at_work},
    },
    ids::{AccountId, BrandId, CertificateId, QualificationId},
};

/// What a shopper is qualified by at this moment: once for each certificate, in the order of the qualifications' ids.
///
/// # Errors
/// Those of the database.
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

/// The certificates of a shopper for these qualifications that were not taken back.
///
/// # Errors
/// Those of the database.
pub fn unrevoked(conn: &mut Conn, shopper: AccountId, of: Vec<QualificationId>) -> Result<Vec<Certificate>> {
    Ok(certificate::table
        .filter(certificate::shopper_id.eq(shopper))
        .filter(certificate::qualification_id.eq_any(of))
        .filter(certificate::revoked_at.is_null())
        .select(Certificate::as_select())
        .load(conn)?)
}

/// Which certificates are listed of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFilter {
    /// Only those of this shopper.
    pub shopper: Option<AccountId>,
    /// Only those for this qualification.
    pub qualification: Option<QualificationId>,
}

/// So many certificates in reach, after this one in the order of their ids: all of a brand that the scope covers, and of one that it
/// only touches those of shoppers who work where it reaches.
///
/// # Errors
/// Those of the database.
pub fn certificates(
    conn: &mut Conn,
    scope: &Scope,
    filter: CertificateFilter,
    after: Option<CertificateId>,
    limit: i64,
) -> Result<Vec<Certificate>> {
    let mut query =
        certificate::table.select(Certificate::as_select()).order(certificate::id).limit(limit).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(in_reach(conn, scope)?);
    }
    if let Some(shopper) = filter.shopper {
        query = query.filter(certificate::shopper_id.eq(shopper));
    }
    if let Some(of) = filter.qualification {
        query = query.filter(certificate::qualification_id.eq(of));
    }
    if let Some(after) = after {
        query = query.filter(certificate::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Which certificates are in reach of a scope that is not of the whole operator, as a condition.
fn in_reach(conn: &mut Conn, scope: &Scope) -> Result<OfShoppers> {
    let of = |brands: Vec<BrandId>| {
        let named = qualification::table.filter(qualification::brand_id.eq_any(brands));
        certificate::qualification_id.eq_any(named.select(qualification::id))
    };
    let touched: BTreeSet<_> = scope.touched_brands().into_iter().collect();
    let (whole, parts): (Vec<_>, Vec<_>) = touched.into_iter().partition(|brand| scope.covers_brand(*brand));
    let mut reach: OfShoppers = Box::new(of(whole));
    for brand in parts {
        let at_work = certificates_at_work(conn, scope, brand)?;
        reach = Box::new(reach.or(of(vec![brand]).and(at_work)));
    }
    Ok(reach)
}

/// The certificate with this id.
///
/// # Errors
/// `not_found` if there is none, or it is not in reach.
pub fn certificate(conn: &mut Conn, scope: &Scope, id: CertificateId) -> Result<Certificate> {
    let mut query =
        certificate::table.select(Certificate::as_select()).filter(certificate::id.eq(id)).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(in_reach(conn, scope)?);
    }
    Ok(query.first(conn)?)
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
        Some((_, brand)) if !scope.covers_brand(brand) => Err(Error::new(Code::NotFound)),
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

/// Keeps a changed certificate.
///
/// # Errors
/// Those of the database.
pub fn update_certificate(conn: &mut Conn, changed: &Certificate) -> Result<()> {
    diesel::update(certificate::table.find(changed.id))
        .set((
            certificate::note.eq(&changed.note),
            certificate::valid_from.eq(changed.valid_from),
            certificate::expires_at.eq(changed.expires_at),
            certificate::revoked_at.eq(changed.revoked_at),
            certificate::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(certificate::table by id with salts, set_certificates_sealed);
