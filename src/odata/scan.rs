//! Reading a table as it is asked for: piece by piece in its own order, or sorted in memory.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    filter::{compare, wrong},
    model::{Cell, Row},
    query::{Order, Query},
    read::Piece,
};
use crate::{
    db::{Conn, Db, walk::PIECE},
    error::Result,
};

/// So many rows are looked at for one page; then a page may be short, and says where to go on.
const MOST_LOOKED: usize = 20_000;
/// So many rows are looked at to sort or to count them.
const MOST_SORTED: usize = 200_000;

/// Gives so many rows after a place.
pub type Read = Arc<dyn Fn(&mut Conn, Option<&str>, i64) -> Result<Piece> + Send + Sync>;

/// Where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The place of the last row that was looked at; none at the beginning, and where rows are sorted.
    after: Option<String>,
    /// How many rows are still to be left out.
    skip: u64,
    /// How many rows are still wanted, if not all.
    top: Option<u64>,
    /// How many rows there were at the beginning, if that was asked for.
    count: Option<u64>,
}

impl Token {
    /// That of the first page.
    pub fn first(query: &Query) -> Self {
        Self { after: None, skip: query.skip, top: query.top, count: None }
    }
}

/// A page of a table.
#[derive(Debug)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many rows there are without `$skip` and `$top`, if that was asked for.
    pub count: Option<u64>,
    /// Where to go on, if there may be more.
    pub next: Option<Token>,
}

/// A page of so many rows at most.
///
/// # Errors
/// `malformed_request` if more rows were to be sorted or counted than is possible; those of the database.
pub async fn page(db: &Db, read: Read, query: &Query, token: Token, size: usize) -> Result<Page> {
    let count = match (query.count, token.count) {
        (false, _) => None,
        (true, Some(count)) => Some(count),
        (true, None) => Some(all(db, &read, query, "count").await?.len() as u64),
    };
    let token = Token { count, ..token };
    match query.orders.is_empty() {
        true => in_order(db, &read, query, token, size).await,
        false => sorted(db, &read, query, token, size).await,
    }
}

/// In the table's own order, from a place on.
async fn in_order(db: &Db, read: &Read, query: &Query, mut token: Token, size: usize) -> Result<Page> {
    let count = token.count;
    let (mut rows, mut looked) = (Vec::new(), 0);
    // What to go on with if there is another row.
    let mut full: Option<Token> = None;
    loop {
        if token.top == Some(0) {
            return Ok(Page { rows, count, next: None });
        }
        let piece = piece(db, read, token.after.clone()).await?;
        let is_last = piece.len() < PIECE;
        looked += piece.len();
        for (place, row) in piece {
            let holds = query.filter.as_ref().is_none_or(|condition| condition.holds(&row));
            if holds && full.is_some() {
                return Ok(Page { rows, count, next: full });
            }
            token.after = Some(place);
            if !holds {
                continue;
            }
            if token.skip > 0 {
                token.skip -= 1;
                continue;
            }
            rows.push(row);
            token.top = token.top.map(|top| top - 1);
            if token.top == Some(0) {
                return Ok(Page { rows, count, next: None });
            }
            if rows.len() == size {
                full = Some(token.clone());
            }
        }
        if is_last {
            return Ok(Page { rows, count, next: None });
        }
        if looked >= MOST_LOOKED {
            return Ok(Page { rows, count, next: Some(token) });
        }
    }
}

/// Sorted, from a number of rows on; those that are alike stay in the table's own order.
async fn sorted(db: &Db, read: &Read, query: &Query, token: Token, size: usize) -> Result<Page> {
    let mut all = all(db, read, query, "sort").await?;
    all.sort_by(|one, other| order(&query.orders, one, other));
    let start = usize::try_from(token.skip).unwrap_or(usize::MAX).min(all.len());
    let wanted = token.top.map_or(usize::MAX, |top| usize::try_from(top).unwrap_or(usize::MAX));
    let end = start.saturating_add(wanted.min(size)).min(all.len());
    let left = token.top.map(|top| top - (end - start) as u64);
    let is_over = end == all.len() || left == Some(0);
    let next = Token { skip: end as u64, top: left, ..token.clone() };
    let rows = all.drain(start..end).collect();
    Ok(Page { rows, count: token.count, next: (!is_over).then_some(next) })
}

fn order(orders: &[Order], one: &Row, other: &Row) -> Ordering {
    let by = |order: &Order| {
        let [one, other] = [one, other].map(|row| row.get(order.column).unwrap_or(&Cell::Null));
        let found = compare(one, other).unwrap_or_else(|| {
            // What is empty comes before everything else.
            (*one != Cell::Null).cmp(&(*other != Cell::Null))
        });
        if order.descends { found.reverse() } else { found }
    };
    orders.iter().map(by).find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
}

/// All rows of which the condition holds.
///
/// # Errors
/// `malformed_request` if more rows were to be looked at than is possible; those of the database.
pub async fn all(db: &Db, read: &Read, query: &Query, what: &str) -> Result<Vec<Row>> {
    let (mut found, mut looked, mut after) = (Vec::new(), 0, None);
    loop {
        let piece = piece(db, read, after).await?;
        let is_last = piece.len() < PIECE;
        looked += piece.len();
        after = piece.last().map(|(place, _)| place.clone());
        let holds = |row: &Row| query.filter.as_ref().is_none_or(|condition| condition.holds(row));
        found.extend(piece.into_iter().map(|(_, row)| row).filter(holds));
        if is_last {
            return Ok(found);
        }
        if looked >= MOST_SORTED {
            let why = format!("there are more than {MOST_SORTED} rows to {what}: ask for fewer with $filter");
            return Err(wrong(why));
        }
    }
}

async fn piece(db: &Db, read: &Read, after: Option<String>) -> Result<Piece> {
    let read = Arc::clone(read);
    // Of one state: what is shown of a report follows from several statements.
    db.snapshot(move |conn| read(conn, after.as_deref(), PIECE as i64)).await
}
