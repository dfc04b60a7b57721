//! Shoppers as those who give out the work know them.

use super::{
    model::{
        Contact, Employer, KnownDeclaration, KnownShopper, MOST_LIKE, Person, PossibleEmployee, Profile,
    },
    store::{self, ShopperFilter},
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    ids::{AccountId, BranchId, BrandId},
    places::{
        self,
        employees::{self, model::Employee},
    },
};

/// So many shoppers after this one, in the order of their ids. Ask within a snapshot.
///
/// # Errors
/// Those of the database.
pub(super) fn shoppers(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ShopperFilter,
    after: Option<AccountId>,
    rows: i64,
) -> Result<Vec<KnownShopper>> {
    let contacts = store::shoppers(conn, scope, filter, after, rows)?;
    known(conn, scope, contacts)
}

/// A shopper who works for a brand that the scope touches. Ask within a snapshot.
///
/// # Errors
/// `not_found` if there is none with this id.
pub fn shopper(conn: &mut Conn, scope: &Scope, id: AccountId) -> Result<KnownShopper> {
    let contact = store::shopper(conn, scope, id)?;
    known(conn, scope, vec![contact])?.pop().ok_or_else(|| Error::new(Code::NotFound))
}

/// What the scope may know of these shoppers, in four statements however many they are.
fn known(conn: &mut Conn, scope: &Scope, contacts: Vec<Contact>) -> Result<Vec<KnownShopper>> {
    let ids: Vec<_> = contacts.iter().map(|one| one.id).collect();
    let mut profiles = store::profiles(conn, ids.clone())?;
    let works_for = store::brands_of(conn, ids)?;
    let relatives: Vec<_> =
        profiles.values().flat_map(|profile| profile.relatives_branches.iter().copied()).collect();
    let in_scope = places::store::branch_names(conn, scope, &relatives)?;
    let persons: Vec<_> = contacts.iter().map(|one| Person::of(&one.email, &one.name)).collect();
    let (emails, names) = persons.iter().map(|one| (one.email.clone(), one.name.clone())).unzip();
    let employees = employees::store::working_with_keys(conn, scope, emails, names)?;
    let all = contacts.into_iter().zip(persons).map(|(contact, person)| {
        let brands = works_for.get(&contact.id).map(Vec::as_slice).unwrap_or_default();
        let may_be = may_be(&person, &employees, brands);
        let profile = profiles.remove(&contact.id);
        let declared =
            profile.map(|profile| in_scope_of(profile, scope, |branch| in_scope.contains_key(branch)));
        KnownShopper { contact, declared, may_be }
    });
    Ok(all.collect())
}

/// What a declaration tells within the scope, given which branches are in it.
fn in_scope_of(profile: Profile, scope: &Scope, is_in: impl Fn(&BranchId) -> bool) -> KnownDeclaration {
    let brand_in_scope = |employer: Employer| Employer {
        brand_id: employer.brand_id.filter(|brand| scope.touches_brand(*brand)),
        ..employer
    };
    KnownDeclaration {
        languages: profile.languages,
        travels_km: profile.travels_km,
        employers: profile.employers.into_iter().map(brand_in_scope).collect(),
        relatives_branches: profile.relatives_branches.into_iter().filter(is_in).collect(),
    }
}

/// The employees of these brands who may be this person; no brand stands for all of them.
fn may_be(person: &Person, employees: &[Employee], brands: &[Option<BrandId>]) -> Vec<PossibleEmployee> {
    let of_brands =
        |one: &&Employee| brands.iter().any(|brand| brand.is_none_or(|brand| brand == one.brand_id));
    let like = |one: &Employee| {
        person.may_be(one).map(|by| PossibleEmployee { employee_id: one.id, branch_id: one.branch_id, by })
    };
    employees.iter().filter(of_brands).filter_map(like).take(MOST_LIKE).collect()
}
