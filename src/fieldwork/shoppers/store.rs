//! All SQL about what shoppers declare.

use std::collections::{HashMap, HashSet};

use diesel::{dsl::exists, prelude::*, sql_types::Bool};

use super::model::{Employer, Known, MOST_LIKE, MayBe, Person, Profile, Shopper, Ties};
use crate::{
    accounts::{self, model::Role, policy::Scope},
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{access_grant, account, branch, brand, shopper, shopper_language},
        types::Json,
    },
    error::{Code, Error, Result},
    ids::{AccountId, BranchId, BrandId},
    places::{self, employees::model::Employee},
};

/// What somebody declared of themselves; nothing as long as they have not.
pub fn declared(conn: &mut Conn, whose: AccountId) -> Result<Option<Shopper>> {
    Ok(shopper::table.find(whose).select(Shopper::as_select()).first(conn).optional()?)
}

/// What ties a shopper to brands and branches, in three statements. It is for the one who decides whether the shopper
/// may go somewhere, so no scope bounds it.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn ties(conn: &mut Conn, shopper: AccountId) -> Result<Ties> {
    let account = accounts::store::account(conn, shopper)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let person = Person::of(&account.email, &account.name);
    let profile = declared(conn, shopper)?.map(|shopper| shopper.profile.0);
    let (emails, names) = (vec![person.email.clone()], vec![person.name.clone()]);
    let employees = places::employees::store::working_with_keys(conn, &Scope::everything(), emails, names)?;
    Ok(Ties::of(profile.as_ref(), &person, &employees))
}

/// Of these brands and branches, those that a shopper may name: of brands that they work for.
pub(super) fn nameable(
    conn: &mut Conn,
    scope: &Scope,
    brands: Vec<BrandId>,
    branches: Vec<BranchId>,
) -> Result<(HashSet<BrandId>, HashSet<BranchId>)> {
    let brands: Vec<BrandId> = brand::table.filter(brand::id.eq_any(brands)).select(brand::id).load(conn)?;
    let branches: Vec<(BranchId, BrandId)> = branch::table
        .filter(branch::id.eq_any(branches))
        .select((branch::id, branch::brand_id))
        .load(conn)?;
    Ok((
        brands.into_iter().filter(|brand| scope.works_for(*brand)).collect(),
        branches.into_iter().filter(|(_, brand)| scope.works_for(*brand)).map(|(id, _)| id).collect(),
    ))
}

/// Keeps a first declaration.
pub(super) fn insert(conn: &mut Conn, new: Shopper) -> Result<Shopper> {
    diesel::insert_into(shopper::table).values(&new).execute(conn)?;
    set_languages(conn, &new)?;
    Ok(new)
}

/// Keeps a changed declaration, as its next revision.
pub(super) fn update(conn: &mut Conn, mut changed: Shopper) -> Result<Shopper> {
    changed.revision += 1;
    diesel::update(shopper::table.find(changed.account_id))
        .set((shopper::profile.eq(&changed.profile), shopper::revision.eq(changed.revision)))
        .execute(conn)?;
    set_languages(conn, &changed)?;
    Ok(changed)
}

fn set_languages(conn: &mut Conn, of: &Shopper) -> Result<()> {
    let whose = shopper_language::table.filter(shopper_language::account_id.eq(of.account_id));
    diesel::delete(whose).execute(conn)?;
    let row = |language: &String| {
        (shopper_language::account_id.eq(of.account_id), shopper_language::language.eq(language.clone()))
    };
    let rows: Vec<_> = of.profile.0.languages.iter().map(row).collect();
    each_engine!(conn, c => diesel::insert_into(shopper_language::table).values(&rows).execute(c))?;
    Ok(())
}

/// Which shoppers are wanted of those who work for brands that the scope touches.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Only those who work for this brand.
    pub(super) brand: Option<BrandId>,
    /// Only those who declared this language, or one that is a part of it: `pt` finds `pt-BR`.
    pub(super) language: Option<String>,
    /// So many at most.
    pub(super) rows: i64,
}

/// Shoppers after this one in the order of their ids.
pub(super) fn shoppers(
    conn: &mut Conn,
    scope: &Scope,
    wanted: Wanted,
    after: Option<AccountId>,
) -> Result<Vec<Known>> {
    let mut query = at_work(scope, wanted.brand).order(account::id).limit(wanted.rows);
    if let Some(language) = wanted.language {
        let within = format!("{language}-%");
        let spoken = shopper_language::table
            .filter(shopper_language::account_id.eq(account::id))
            .filter(shopper_language::language.eq(language).or(shopper_language::language.like(within)));
        query = query.filter(exists(spoken));
    }
    if let Some(after) = after {
        query = query.filter(account::id.gt(after));
    }
    let people = query.select((account::id, account::email, account::name)).load(conn)?;
    known(conn, scope, people)
}

/// A shopper who works for a brand that the scope touches.
///
/// # Errors
/// `not_found` if there is none with this id.
pub fn shopper(conn: &mut Conn, scope: &Scope, id: AccountId) -> Result<Known> {
    let columns = (account::id, account::email, account::name);
    let person = at_work(scope, None).filter(account::id.eq(id)).select(columns).first(conn)?;
    known(conn, scope, vec![person])?.pop().ok_or_else(|| Error::new(Code::NotFound))
}

/// The accounts that may do fieldwork for this brand, or for any that the scope touches.
fn at_work(scope: &Scope, brand: Option<BrandId>) -> account::BoxedQuery<'static, MultiBackend> {
    // Who may work for the whole operator works for the brand as well, but only if it is in sight.
    let in_sight = brand.is_none_or(|brand| scope.touches_brand(brand));
    let any = brand.is_none() && scope.is_operator_wide();
    let brands = brand.map_or_else(|| scope.touched_brands(), |brand| vec![brand]);
    let grants = access_grant::table
        .filter(access_grant::account_id.eq(account::id))
        .filter(access_grant::role.eq(Role::Shopper))
        .filter(
            any.into_sql::<Bool>()
                .or(access_grant::brand_id.is_null())
                .or(access_grant::brand_id.eq_any(brands).assume_not_null()),
        );
    account::table
        .filter(in_sight.into_sql::<Bool>())
        .filter(account::disabled.eq(false))
        .filter(exists(grants))
        .into_boxed()
}

/// What the scope may know of these people, in four statements however many they are.
fn known(conn: &mut Conn, scope: &Scope, people: Vec<(AccountId, String, String)>) -> Result<Vec<Known>> {
    let ids: Vec<_> = people.iter().map(|(id, ..)| *id).collect();
    let mut profiles = profiles(conn, ids.clone())?;
    let works_for = brands_of(conn, ids)?;
    let relatives: Vec<_> =
        profiles.values().flat_map(|profile| profile.relatives_branches.iter().copied()).collect();
    let in_scope = places::store::branch_names(conn, scope, &relatives)?;
    let persons: Vec<_> = people.iter().map(|(_, email, name)| Person::of(email, name)).collect();
    let (emails, names) = persons.iter().map(|one| (one.email.clone(), one.name.clone())).unzip();
    let employees = places::employees::store::working_with_keys(conn, scope, emails, names)?;
    let all = people.into_iter().zip(persons).map(|((id, email, name), person)| {
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
        Known {
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
fn may_be(person: &Person, employees: &[Employee], brands: &[Option<BrandId>]) -> Vec<MayBe> {
    let of_brands =
        |one: &&Employee| brands.iter().any(|brand| brand.is_none_or(|brand| brand == one.brand_id));
    let like = |one: &Employee| {
        person.may_be(one).map(|by| MayBe { employee_id: one.id, branch_id: one.branch_id, by })
    };
    employees.iter().filter(of_brands).filter_map(like).take(MOST_LIKE).collect()
}

fn profiles(conn: &mut Conn, of: Vec<AccountId>) -> Result<HashMap<AccountId, Profile>> {
    let rows: Vec<(AccountId, Json<Profile>)> = shopper::table
        .filter(shopper::account_id.eq_any(of))
        .select((shopper::account_id, shopper::profile))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, Json(profile))| (id, profile)).collect())
}

/// The brands that each of these accounts does fieldwork for; none is all of them.
fn brands_of(conn: &mut Conn, of: Vec<AccountId>) -> Result<HashMap<AccountId, Vec<Option<BrandId>>>> {
    let rows: Vec<(AccountId, Option<BrandId>)> = access_grant::table
        .filter(access_grant::account_id.eq_any(of))
        .filter(access_grant::role.eq(Role::Shopper))
        .select((access_grant::account_id, access_grant::brand_id))
        .load(conn)?;
    let mut brands: HashMap<_, Vec<_>> = HashMap::new();
    for (account, brand) in rows {
        brands.entry(account).or_default().push(brand);
    }
    Ok(brands)
}
