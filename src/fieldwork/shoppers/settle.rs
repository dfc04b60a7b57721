//! Settling whether a shopper and an employee with the same name are one person.

use super::{
    model::{Likeness, Namesake, Person},
    store,
};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    places::employees,
    precondition::{IfMatch, Put, Stored},
};

/// Keeps whether the two are one person, given as it would be if it were new, or changes what was settled before.
///
/// # Errors
/// `not_found` if shopper or employee are not there or out of scope; `wrong_state` if the shopper does not have the
/// employee's name, or has the account or the address: then there is nothing to settle; those of the precondition.
pub fn settle(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: Namesake,
    now: Instant,
) -> Result<Stored<Namesake>> {
    let contact = store::shopper(conn, scope, new.shopper_id)?;
    let employee = employees::store::employee(conn, scope, new.employee_id)?;
    let old = store::namesake(conn, new.shopper_id, new.employee_id)?;
    let person = Person::of(contact.id, &contact.email, &contact.name);
    match person.may_be(&employee) {
        Some(Likeness::Name) => {}
        // A name may change afterwards.
        _ if old.is_some() => {}
        Some(_) => {
            let detail = "the employee has the shopper's account or address, so they are one person";
            return Err(Error::new(Code::WrongState).detail(detail));
        }
        None => {
            let detail = "the employee does not have the shopper's name, so there is nothing to settle";
            return Err(Error::new(Code::WrongState).detail(detail));
        }
    }
    // Who says the same again changes nothing.
    let same = |old: &Namesake| (old.same_person, &old.reason) == (new.same_person, &new.reason);
    let settled_by = old.as_ref().filter(|old| same(old)).map_or(new.settled_by, |old| old.settled_by);
    let new = Namesake { settled_by, ..new };
    let stored = if_match.revise(old.as_ref(), new)?;
    let stored = stored.write(conn, store::insert_namesake, store::update_namesake)?;
    if stored.put != Put::Keep {
        let details =
            Details::default().id("employee_id", employee.id).is("same_person", stored.thing.same_person);
        let step = format!("{} {}", employee.id, stored.thing.revision);
        let entry = Entry::new(AuditKind::NamesakeSettled, (About::Shopper, contact.id), step);
        audit::record(conn, entry.by(scope.account).of(employee.brand_id).with(details), now)?;
    }
    Ok(stored)
}
