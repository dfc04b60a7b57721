//! Shoppers as those who give out the work know them.

use std::collections::HashSet;

use super::{
    model::{
        Contact, Employer, KnownDeclaration, KnownShopper, MOST_LIKE, Namesake, Person, PossibleEmployee,
        Profile,
    },
    store::{self, ShopperFilter},
    tie::{DeclaredTie, KeptTie},
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    ids::{AccountId, BranchId, BrandId},
    places::{
        self,
        employees::{self, model::Employee, store::PersonKeys},
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

/// A shopper who works in a place that the scope covers. Ask within a snapshot.
///
/// # Errors
/// `not_found` if there is none with this id.
pub fn shopper(conn: &mut Conn, scope: &Scope, id: AccountId) -> Result<KnownShopper> {
    let contact = store::shopper(conn, scope, id)?;
    known(conn, scope, vec![contact])?.pop().ok_or_else(|| Error::new(Code::NotFound))
}

/// What the scope may know of these shoppers, in seven statements however many they are: who they are only where the scope
/// covers a brand that they work for, or they have or had work in it.
fn known(conn: &mut Conn, scope: &Scope, contacts: Vec<Contact>) -> Result<Vec<KnownShopper>> {
    let ids: Vec<_> = contacts.iter().map(|one| one.id).collect();
    let mut profiles = store::profiles(conn, ids.clone())?;
    let works_for = store::brands_of(conn, ids.clone())?;
    let withdrawn = withdrawn(conn, ids.clone())?;
    let relatives = profiles.values().flat_map(|profile| profile.relatives_branches.iter().copied());
    let left = withdrawn.iter().filter_map(|(_, kept)| match kept.tie {
        DeclaredTie::Relative(branch) => Some(branch),
        DeclaredTie::Employer(_) => None,
    });
    let in_scope = places::store::branch_names(conn, scope, &relatives.chain(left).collect::<Vec<_>>())?;
    let is_in_scope = |tie: DeclaredTie| match tie {
        DeclaredTie::Employer(brand) => scope.touches_brand(brand),
        DeclaredTie::Relative(branch) => in_scope.contains_key(&branch),
    };
    let persons: Vec<_> = contacts.iter().map(|one| Person::of(one.id, &one.email, &one.name)).collect();
    let (emails, names) = persons.iter().map(|one| (one.email.clone(), one.name.clone())).unzip();
    let keys = PersonKeys { accounts: ids.clone(), emails, names };
    let employees = employees::store::working_with_keys(conn, scope, keys)?;
    let settled = store::namesakes(conn, ids.clone())?;
    let with_work =
        if scope.is_of_whole_brands() { HashSet::new() } else { store::with_work_in(conn, scope, ids)? };
    let covers = |brand: &Option<BrandId>| match brand {
        Some(brand) => scope.covers_brand(*brand),
        None => scope.is_operator_wide() || !scope.brands().is_empty(),
    };
    let all = contacts.into_iter().zip(persons).map(|(contact, person)| {
        let brands = works_for.get(&contact.id).map(Vec::as_slice).unwrap_or_default();
        let id = contact.id;
        let contact = (brands.iter().any(covers) || with_work.contains(&id)).then_some(contact);
        let may_be = contact.as_ref().map(|_| may_be(&person, &employees, brands, &settled));
        let mut declared = profiles
            .remove(&id)
            .map(|profile| in_scope_of(profile, scope, |branch| in_scope.contains_key(branch)));
        if let (None, Some(declared)) = (&contact, &mut declared) {
            declared.employers.retain(|employer| employer.brand_id.is_some());
        }
        let own = withdrawn.iter().filter(|(whose, kept)| *whose == id && is_in_scope(kept.tie));
        let withdrawn = own.map(|(_, kept)| *kept).collect();
        KnownShopper { id, contact, declared, may_be: may_be.unwrap_or_default(), withdrawn }
    });
    Ok(all.collect())
}

/// What these shoppers declared once and do not declare any more.
fn withdrawn(conn: &mut Conn, of: Vec<AccountId>) -> Result<Vec<(AccountId, KeptTie)>> {
    let mut ties = store::kept_ties(conn, of)?;
    ties.retain(|(_, tie)| tie.withdrawn_at.is_some());
    Ok(ties)
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
        relatives_branches: profile.relatives_branches.into_inner().into_iter().filter(is_in).collect(),
    }
}

/// The employees of these brands who may be this person; no brand stands for all of them.
fn may_be(
    person: &Person,
    employees: &[Employee],
    brands: &[Option<BrandId>],
    settled: &[Namesake],
) -> Vec<PossibleEmployee> {
    let of_brands =
        |one: &&Employee| brands.iter().any(|brand| brand.is_none_or(|brand| brand == one.brand_id));
    let like = |one: &Employee| {
        let is_of_both =
            |found: &&Namesake| (found.shopper_id, found.employee_id) == (person.account, one.id);
        let settled = settled.iter().find(is_of_both).cloned();
        let by = person.may_be(one)?;
        Some(PossibleEmployee { employee_id: one.id, branch_id: one.branch_id, by, settled })
    };
    employees.iter().filter(of_brands).filter_map(like).take(MOST_LIKE).collect()
}
