//! Giving an account a role over a scope, and taking it back.

use super::{
    administrators::keeping_one,
    model::{FormerGrant, Grant, Role},
    policy::{Permission, Scope},
    store,
};
use crate::{
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::{AccountId, BrandId, GrantId},
    precondition::{Put, Stored},
};

/// Gives an account a grant, for another account or for the command line; the same again changes nothing. What an account may
/// is part of what is seen of it, so its ETag changes with its grants.
///
/// # Errors
/// `not_found` if there is no such account; `invalid` if the scope names no one place, or none that is there; `conflict`
/// if another grant has the id.
pub fn give(
    conn: &mut Conn,
    by: Option<AccountId>,
    whose: AccountId,
    grant: &Grant,
    now: Instant,
) -> Result<Stored<Grant>> {
    let wrong = grant.scope.check();
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    store::account(conn, whose)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let stored = |put| Ok(Stored { put, thing: grant.clone() });
    if store::insert_grant(conn, whose, grant, now).map_err(name_the_scope)? {
        store::count_grants(conn, whose)?;
        audit::record(conn, entry(AuditKind::GrantGiven, whose, grant, now).by(by), now)?;
        return stored(Put::Make);
    }
    if store::grants(conn, whose)?.contains(grant) {
        return stored(Put::Keep);
    }
    Err(Error::new(Code::Conflict).detail("another grant has this id"))
}

/// The only thing that a grant can refer to in vain is its scope.
fn name_the_scope(error: Error) -> Error {
    match error.code() {
        Code::Invalid => {
            error.fields(vec![FieldError::new("/scope", "unknown", "there is no such place in that brand")])
        }
        _ => error,
    }
}

/// Takes a grant back, for another account or for the command line, and remembers that it was there; says what it was.
///
/// # Errors
/// `not_found` if the account has no such grant; `last_administrator` if the grant is that of the last administrator who can sign in.
pub fn take_back(
    conn: &mut Conn,
    by: Option<AccountId>,
    whose: AccountId,
    id: GrantId,
    now: Instant,
) -> Result<Grant> {
    let grant = store::grants(conn, whose)?.into_iter().find(|grant| grant.id == id);
    let grant = grant.ok_or_else(|| Error::new(Code::NotFound))?;
    let given_at = store::given_at(conn, whose, id)?;
    keeping_one(conn, |conn| store::delete_grant(conn, whose, id))?;
    store::insert_former_grant(conn, whose, &FormerGrant { grant: grant.clone(), ended_at: now }, given_at)?;
    store::count_grants(conn, whose)?;
    audit::record(conn, entry(AuditKind::GrantTakenBack, whose, &grant, now).by(by), now)?;
    Ok(grant)
}

/// A grant can be given again under its id, so the moment belongs to the step.
fn entry(kind: AuditKind, whose: AccountId, grant: &Grant, now: Instant) -> Entry {
    let scope = grant.scope;
    let details = Details::default()
        .id("grant_id", grant.id)
        .code("role", grant.role.as_str())
        .id("region_id", scope.region_id)
        .id("branch_id", scope.branch_id);
    let step = format!("{} {}", grant.id, now.micros());
    Entry::new(kind, (About::Account, whose), step).of(scope.brand_id).with(details)
}

/// Since when this account has done no shopper's work in the brand; none as long as it does, or if it never did.
///
/// # Errors
/// Those of the database.
pub fn fieldwork_ended(conn: &mut Conn, whose: AccountId, brand: BrandId) -> Result<Option<Instant>> {
    let works = Scope::of(Permission::DoFieldwork, whose, &store::grants(conn, whose)?);
    if works.is_some_and(|scope| scope.works_for(brand)) {
        return Ok(None);
    }
    let was_for = |former: &FormerGrant| {
        let brand_of = former.grant.scope.area().brand();
        former.grant.role == Role::Shopper && brand_of.is_none_or(|other| other == brand)
    };
    let former = store::former_grants(conn, whose)?.into_iter().filter(was_for);
    Ok(former.map(|former| former.ended_at).max())
}

/// Whether this account does a shopper's work in the brand or in a part of it, and may still sign in.
///
/// # Errors
/// Those of the database.
pub fn is_shopper_of(conn: &mut Conn, whose: AccountId, brand: BrandId) -> Result<bool> {
    Ok(fieldwork_of(conn, whose)?.is_some_and(|places| places.touches_brand(brand)))
}

/// The places that this account does a shopper's work in; none if there are none, or it may not sign in.
///
/// # Errors
/// Those of the database.
pub fn fieldwork_of(conn: &mut Conn, whose: AccountId) -> Result<Option<Scope>> {
    let is_able = store::account(conn, whose)?.is_some_and(|account| !account.disabled);
    let scope = Scope::of(Permission::DoFieldwork, whose, &store::grants(conn, whose)?);
    Ok(scope.filter(|_| is_able).map(|scope| scope.fieldwork()))
}
