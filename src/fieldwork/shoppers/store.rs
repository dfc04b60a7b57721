//! The statements about what shoppers declare, and about who does fieldwork.

mod ties;

use std::collections::{HashMap, HashSet};

use diesel::{dsl::exists, prelude::*, sql_types::Bool};

pub use self::ties::*;
use super::model::{Contact, Profile, Shopper};
use crate::{
    accounts::{model::Role, policy::Scope},
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{access_grant, account, assignment, branch, brand, certificate, shopper, shopper_language},
        sealing::revisions_sealed,
        types::Json,
    },
    error::Result,
    fieldwork::assignments::model::AssignmentState,
    ids::{AccountId, BranchId, BrandId},
    places,
};

/// What a shopper declared; nothing as long as they have not.
///
/// # Errors
/// Those of the database.
pub fn declared(conn: &mut Conn, whose: AccountId) -> Result<Option<Shopper>> {
    Ok(shopper::table.find(whose).select(Shopper::as_select()).first(conn).optional()?)
}

/// Of these brands, those that there are.
///
/// # Errors
/// Those of the database.
pub(super) fn brands(conn: &mut Conn, ids: Vec<BrandId>) -> Result<Vec<BrandId>> {
    Ok(brand::table.filter(brand::id.eq_any(ids)).select(brand::id).load(conn)?)
}

/// Of these branches, those that there are, each with its brand.
///
/// # Errors
/// Those of the database.
pub(super) fn branches(conn: &mut Conn, ids: Vec<BranchId>) -> Result<Vec<(BranchId, BrandId)>> {
    Ok(branch::table.filter(branch::id.eq_any(ids)).select((branch::id, branch::brand_id)).load(conn)?)
}

/// Keeps a first declaration.
///
/// # Errors
/// Those of the database.
pub(super) fn insert(conn: &mut Conn, new: &Shopper) -> Result<()> {
    diesel::insert_into(shopper::table).values(new).execute(conn)?;
    set_languages(conn, new)
}

/// Keeps a changed declaration.
///
/// # Errors
/// Those of the database.
pub(super) fn update(conn: &mut Conn, changed: &Shopper) -> Result<()> {
    diesel::update(shopper::table.find(changed.account_id))
        .set((shopper::profile.eq(&changed.profile), shopper::revision.eq(changed.revision)))
        .execute(conn)?;
    set_languages(conn, changed)
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

/// Which shoppers are listed of those who work in places that the scope covers.
#[derive(Clone, Debug)]
pub(super) struct ShopperFilter {
    /// Only those who work for this brand.
    pub(super) brand: Option<BrandId>,
    /// Only those who declared this language, or one that is a part of it: `pt` finds `pt-BR`.
    pub(super) language: Option<String>,
}

/// So many shoppers after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub(super) fn shoppers(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ShopperFilter,
    after: Option<AccountId>,
    rows: i64,
) -> Result<Vec<Contact>> {
    let mut query = at_work(conn, scope, filter.brand)?.order(account::id).limit(rows);
    if let Some(language) = filter.language.clone() {
        let within = format!("{language}-%");
        let spoken = shopper_language::table
            .filter(shopper_language::account_id.eq(account::id))
            .filter(shopper_language::language.eq(language).or(shopper_language::language.like(within)));
        query = query.filter(exists(spoken));
    }
    if let Some(after) = after {
        query = query.filter(account::id.gt(after));
    }
    Ok(query.select((account::id, account::email, account::name)).load(conn)?)
}

/// A shopper who works in a place that the scope covers.
///
/// # Errors
/// `not_found` if there is none with this id.
pub(super) fn shopper(conn: &mut Conn, scope: &Scope, id: AccountId) -> Result<Contact> {
    let columns = (account::id, account::email, account::name);
    Ok(at_work(conn, scope, None)?.filter(account::id.eq(id)).select(columns).first(conn)?)
}

/// A condition: whether the account that an expression names may do fieldwork in a place that the scope covers, in this brand or in
/// any.
macro_rules! is_at_work {
    ($conn:expr, $scope:expr, $brand:expr, $whose:expr) => {{
        let (scope, brand): (&Scope, Option<BrandId>) = ($scope, $brand);
        // A shopper of the whole operator works for the brand as well, but only if it is in sight.
        let in_sight = brand.is_none_or(|brand| scope.touches_brand(brand));
        let any = brand.is_none() && scope.is_operator_wide();
        let touched = brand.map_or_else(|| scope.touched_brands(), |brand| vec![brand]);
        let whole: Vec<_> = touched.iter().copied().filter(|brand| scope.covers_brand(*brand)).collect();
        // A grant over a part of a brand counts where it and the scope have a branch in common.
        let regions = places::store::regions_meeting($conn, scope)?;
        let over_all = access_grant::region_id.is_null().and(access_grant::branch_id.is_null());
        let meets = over_all
            .or(access_grant::region_id.eq_any(regions).assume_not_null())
            .or(access_grant::branch_id.assume_not_null().eq_any(places::store::branches_in(scope)));
        let grants = access_grant::table
            .filter(access_grant::account_id.eq($whose))
            .filter(access_grant::role.eq(Role::Shopper))
            .filter(
                any.into_sql::<Bool>()
                    .or(access_grant::brand_id.is_null())
                    .or(access_grant::brand_id.eq_any(whole).assume_not_null())
                    .or(access_grant::brand_id.eq_any(touched).assume_not_null().and(meets)),
            );
        in_sight.into_sql::<Bool>().and(exists(grants))
    }};
}

/// The accounts that may do fieldwork in a place that the scope covers, in this brand or in any.
fn at_work(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
) -> Result<account::BoxedQuery<'static, MultiBackend>> {
    let is_at_work = is_at_work!(conn, scope, brand, account::id);
    Ok(account::table.filter(account::disabled.eq(false)).filter(is_at_work).into_boxed())
}

/// Which certificates are of shoppers in reach, as a condition.
pub(in crate::fieldwork) type OfShoppers =
    Box<dyn BoxableExpression<certificate::table, MultiBackend, SqlType = Bool>>;

/// The certificates of those who may do fieldwork in a place of this brand that the scope covers.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork) fn certificates_at_work(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
) -> Result<OfShoppers> {
    let able =
        account::table.filter(account::id.eq(certificate::shopper_id)).filter(account::disabled.eq(false));
    Ok(Box::new(is_at_work!(conn, scope, Some(brand), certificate::shopper_id).and(exists(able))))
}

/// What each of these shoppers declared.
///
/// # Errors
/// Those of the database.
pub(super) fn profiles(conn: &mut Conn, of: Vec<AccountId>) -> Result<HashMap<AccountId, Profile>> {
    let rows: Vec<(AccountId, Json<Profile>)> = shopper::table
        .filter(shopper::account_id.eq_any(of))
        .select((shopper::account_id, shopper::profile))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, Json(profile))| (id, profile)).collect())
}

/// Of these shoppers, those who have or had an assignment in a branch in scope.
///
/// # Errors
/// Those of the database.
pub(super) fn with_work_in(conn: &mut Conn, scope: &Scope, of: Vec<AccountId>) -> Result<HashSet<AccountId>> {
    let found: Vec<Option<AccountId>> = assignment::table
        .filter(assignment::shopper_id.eq_any(of))
        .filter(assignment::state.ne(AssignmentState::Offered))
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .select(assignment::shopper_id)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// The brands that each of these accounts does fieldwork for; none stands for all of them.
///
/// # Errors
/// Those of the database.
pub(super) fn brands_of(
    conn: &mut Conn,
    of: Vec<AccountId>,
) -> Result<HashMap<AccountId, Vec<Option<BrandId>>>> {
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

revisions_sealed!(shopper::table by account_id with salts, set_shoppers_sealed);
