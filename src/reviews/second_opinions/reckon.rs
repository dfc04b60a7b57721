//! How often which two decisions met about the visits of a brand.

use super::{agreement::Table, model::Verdict, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::BrandId,
    places,
    visits::state::State,
};

/// What was found first and second of the visits of a brand, in second opinions that were given from one moment up to another.
///
/// # Errors
/// `not_found` if there is no such brand, or if the scope does not cover all of it.
pub fn reckon(conn: &mut Conn, scope: &Scope, brand: BrandId, from: Instant, to: Instant) -> Result<Table> {
    if !scope.covers_brand(brand) {
        return Err(Error::new(Code::NotFound));
    }
    places::store::brand(conn, scope, brand)?;
    let mut table = Table::default();
    for (first, second, visits) in store::pairs(conn, brand, from, to)? {
        if let (Some(row), Some(column)) = (class(first), class(second)) {
            table[row][column] += visits;
        }
    }
    Ok(table)
}

fn class(state: State) -> Option<usize> {
    let verdict = Verdict::of(state)?;
    Verdict::ALL.iter().position(|one| *one == verdict)
}
