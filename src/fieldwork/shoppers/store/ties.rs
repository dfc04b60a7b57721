//! The statements about ties that were declared, and about namesakes.

use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        schema::{declared_tie, namesake},
        sealing::SealedRow,
        types::Instant,
    },
    error::Result,
    fieldwork::shoppers::{
        model::Namesake,
        tie::{DeclaredTie, KeptTie},
    },
    ids::{AccountId, BranchId, BrandId, EmployeeId},
};

/// The ties that these shoppers ever declared, in the order of their declaration.
///
/// # Errors
/// Those of the database.
pub fn kept_ties(conn: &mut Conn, of: Vec<AccountId>) -> Result<Vec<(AccountId, KeptTie)>> {
    type Row = (AccountId, i32, Option<BrandId>, Option<BranchId>, Instant, Option<Instant>);
    let rows: Vec<Row> = declared_tie::table
        .filter(declared_tie::account_id.eq_any(of))
        .order((declared_tie::account_id, declared_tie::number))
        .select((
            declared_tie::account_id,
            declared_tie::number,
            declared_tie::brand_id,
            declared_tie::branch_id,
            declared_tie::declared_at,
            declared_tie::withdrawn_at,
        ))
        .load(conn)?;
    let kept = |(whose, number, brand, branch, declared_at, withdrawn_at): Row| {
        let tie = brand.map(DeclaredTie::Employer).or(branch.map(DeclaredTie::Relative))?;
        Some((whose, KeptTie { number, tie, declared_at, withdrawn_at }))
    };
    Ok(rows.into_iter().filter_map(kept).collect())
}

/// Keeps a tie that is declared from now on.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::shoppers) fn insert_tie(
    conn: &mut Conn,
    whose: AccountId,
    new: &KeptTie,
) -> Result<()> {
    let (brand, branch) = match new.tie {
        DeclaredTie::Employer(brand) => (Some(brand), None),
        DeclaredTie::Relative(branch) => (None, Some(branch)),
    };
    diesel::insert_into(declared_tie::table)
        .values((
            declared_tie::account_id.eq(whose),
            declared_tie::number.eq(new.number),
            declared_tie::brand_id.eq(brand),
            declared_tie::branch_id.eq(branch),
            declared_tie::declared_at.eq(new.declared_at),
            declared_tie::withdrawn_at.eq(new.withdrawn_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes down that a tie is not declared any more.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::shoppers) fn withdraw_tie(
    conn: &mut Conn,
    whose: AccountId,
    number: i32,
    now: Instant,
) -> Result<()> {
    diesel::update(declared_tie::table.find((whose, number)))
        .set(declared_tie::withdrawn_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// What is settled of these shoppers' namesakes.
///
/// # Errors
/// Those of the database.
pub fn namesakes(conn: &mut Conn, of: Vec<AccountId>) -> Result<Vec<Namesake>> {
    Ok(namesake::table.filter(namesake::shopper_id.eq_any(of)).select(Namesake::as_select()).load(conn)?)
}

/// What is settled of a shopper and an employee.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::shoppers) fn namesake(
    conn: &mut Conn,
    shopper: AccountId,
    employee: EmployeeId,
) -> Result<Option<Namesake>> {
    Ok(namesake::table.find((shopper, employee)).select(Namesake::as_select()).first(conn).optional()?)
}

/// Keeps what was settled.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::shoppers) fn insert_namesake(conn: &mut Conn, new: &Namesake) -> Result<()> {
    diesel::insert_into(namesake::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps what was settled otherwise.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::shoppers) fn update_namesake(conn: &mut Conn, changed: &Namesake) -> Result<()> {
    diesel::update(namesake::table.find((changed.shopper_id, changed.employee_id)))
        .set((
            namesake::same_person.eq(changed.same_person),
            namesake::reason.eq(&changed.reason),
            namesake::settled_by.eq(changed.settled_by),
            namesake::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes down that it is in the ledger that these ties were declared.
///
/// # Errors
/// Those of the database.
pub fn set_ties_sealed(conn: &mut Conn, rows: &[SealedRow]) -> Result<()> {
    set_tie_sealed(conn, rows, 1)
}

/// Writes down that it is in the ledger, too, that these ties are not declared any more.
///
/// # Errors
/// Those of the database.
pub fn set_tie_ends_sealed(conn: &mut Conn, rows: &[SealedRow]) -> Result<()> {
    set_tie_sealed(conn, rows, 2)
}

fn set_tie_sealed(conn: &mut Conn, rows: &[SealedRow], facts: i32) -> Result<()> {
    for row in rows {
        let tie = declared_tie::table.find((AccountId::new(row.id), row.number));
        diesel::update(tie).set(declared_tie::sealed.eq(facts)).execute(conn)?;
    }
    Ok(())
}

/// Writes down that it is in the ledger what is settled of these shoppers' namesakes, and the salt of the reasons. Shoppers of
/// whose namesakes more was settled since, as the sum of the revisions shows, are passed over.
///
/// # Errors
/// Those of the database.
pub fn set_namesakes_sealed(conn: &mut Conn, rows: &[SealedRow]) -> Result<()> {
    for row in rows {
        let shopper = AccountId::new(row.id);
        let revisions: Vec<i64> =
            namesake::table.filter(namesake::shopper_id.eq(shopper)).select(namesake::revision).load(conn)?;
        if revisions.iter().sum::<i64>() == i64::from(row.number) {
            diesel::update(namesake::table.filter(namesake::shopper_id.eq(shopper)))
                .set((namesake::sealed.eq(namesake::revision), namesake::salt.eq(row.salt.clone())))
                .execute(conn)?;
        }
    }
    Ok(())
}
