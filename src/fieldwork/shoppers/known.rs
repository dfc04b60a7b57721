//! Shoppers as those who give out the work know them.

use super::{
    model::{Contact, Employer, KnownShopper, MOST_LIKE, Person, PossibleEmployee},
    store::{self, ShopperFilter},
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    ids::{AccountId, BrandId},
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
    let all = contacts.into_iter().zip(persons).map(|(Contact { id, email, name }, person)| {
        let profile = profiles.remove(&id);
        let brands = works_for.get(&id).map(Vec::as_slice).unwrap_or_default();
        let travels_km = profile.as_ref().map(|profile| profile.travels_km);
        let (languages, employers, relatives) = profile.map_or_else(Default::default, |profile| {
            (profile.languages, profile.employers, profile.relatives_branches)
        });
        let brand_in_scope = |employer: Employer| Employer {
            brand_id: employer.brand_id.filter(|brand| scope.touches_brand(*brand)),
            ..employer
        };
        KnownShopper {
            id,
            email,
            name,
            languages,
            travels_km,
            employers: employers.into_iter().map(brand_in_scope).collect(),
            relatives_branches: relatives.into_iter().filter(|one| in_scope.contains_key(one)).collect(),
            may_be: may_be(&person, &employees, brands),
        }
    });
    Ok(all.collect())
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
