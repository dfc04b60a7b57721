//! Reading a table as it is asked for: piece by piece in its own order, sorted, or in groups.
//!
//! However many rows are looked at, so many are in memory at most: a piece ([`PIECE`]), and a page; where rows are sorted, twice a page with what is left
//! out before it; where they are grouped, the numbers of the groups.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{
    apply::Apply,
    cell::{Cell, Row, order},
    condition::Condition,
    groups::Groups,
    query::{Order, Query},
    read::Piece,
    refusals::wrong,
};
use crate::{
    db::{
        Conn, Db,
        walk::{PIECE, still_let_in},
    },
    error::{Error, Result},
};

/// So many rows are looked at for one page; then a page may be short, and says where to go on.
const MOST_LOOKED: usize = 20_000;
/// So many rows are looked at to sort, to count or to group them.
const MOST_READ: usize = 200_000;
/// So many rows are left out at most where rows are sorted, because they have to be in memory.
const MOST_SKIPPED: u64 = 20_000;

/// Gives so many rows after a place.
pub type Read = Arc<dyn Fn(&mut Conn, Option<&str>, i64) -> Result<Piece> + Send + Sync>;

/// Where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The place of the last row that was looked at; none at the beginning, and where rows are sorted.
    after: Option<String>,
    /// Where rows are sorted, behind what; none at the beginning.
    behind: Option<Behind>,
    /// How many rows are still to be left out.
    skip: u64,
    /// How many rows are still wanted, if not all.
    top: Option<u64>,
    /// How many rows there were at the beginning, if that was asked for.
    count: Option<u64>,
}

/// The last row of a page of sorted rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Behind {
    /// Its cells by which rows are sorted.
    key: Vec<Cell>,
    /// How many rows with these cells came up to it.
    alike: u64,
}

impl Token {
    /// That of the first page.
    pub fn first(query: &Query) -> Self {
        Self { after: None, behind: None, skip: query.skip, top: query.top, count: None }
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

/// Whether a page needs all rows of which the condition holds, and not some of them: to sort or to count them.
pub fn reads_all(query: &Query, token: &Token) -> bool {
    !query.orders.is_empty() || (query.count && token.count.is_none())
}

/// A page of so many rows at most.
///
/// # Errors
/// `malformed_request` if more rows were to be sorted, counted or left out than is possible; what let the request in, if that is gone; those of the database.
pub async fn page(db: &Db, read: Read, query: &Query, token: Token, size: usize) -> Result<Page> {
    let rows = Rows::new(db, read, query.filter.clone());
    match query.orders.is_empty() {
        true => in_order(rows, query, token, size).await,
        false => sorted(rows, query, token, size).await,
    }
}

/// What is made of all rows of a table.
///
/// # Errors
/// `malformed_request` if there are too many rows or groups; what let the request in, if that is gone; those of the database.
pub async fn grouped(db: &Db, read: Read, apply: &Apply) -> Result<Vec<Row>> {
    let mut rows = Rows::new(db, read, apply.filter.clone());
    let mut groups = Groups::of(apply);
    while let Some(piece) = rows.next().await? {
        rows.refuse_more("group")?;
        groups = aside(move || {
            let some: Vec<_> = piece.into_iter().map(|(_, row)| row).collect();
            groups.add(&some)?;
            Ok(groups)
        })
        .await?;
    }
    aside(move || Ok(groups.rows())).await
}

/// The rows of a table of which a condition holds, a piece at a time.
struct Rows<'d> {
    db: &'d Db,
    read: Read,
    condition: Arc<Option<Condition>>,
    /// The place of the last row that was looked at.
    after: Option<String>,
    /// How many rows were looked at.
    looked: usize,
    is_over: bool,
}

impl<'d> Rows<'d> {
    fn new(db: &'d Db, read: Read, condition: Option<Condition>) -> Self {
        Self { db, read, condition: Arc::new(condition), after: None, looked: 0, is_over: false }
    }

    /// The next ones, each with its place; nothing behind the last. What let the request in is looked at again before each piece but the first.
    async fn next(&mut self) -> Result<Option<Piece>> {
        if self.is_over {
            return Ok(None);
        }
        if self.looked > 0 {
            still_let_in(self.db).await?;
        }
        let (read, condition, after) =
            (Arc::clone(&self.read), Arc::clone(&self.condition), self.after.take());
        // Of one state: what is shown of a report follows from several statements.
        let sifted = self.db.snapshot(move |conn| {
            let mut piece = read(conn, after.as_deref(), PIECE as i64)?;
            let (looked, last) = (piece.len(), piece.last().map(|(place, _)| place.clone()));
            piece.retain(|(_, row)| condition.as_ref().as_ref().is_none_or(|condition| condition.holds(row)));
            Ok((piece, looked, last))
        });
        let (piece, looked, last) = sifted.await?;
        self.looked += looked;
        self.is_over = looked < PIECE;
        self.after = last;
        Ok(Some(piece))
    }

    /// Refuses what would look at more rows than is possible.
    fn refuse_more(&self, what: &str) -> Result<()> {
        match self.looked < MOST_READ || self.is_over {
            true => Ok(()),
            false => Err(wrong(format!(
                "there are more than {MOST_READ} rows to {what}: ask for fewer with $filter"
            ))),
        }
    }
}

/// Does what takes the processor longer than the network on a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.map_err(Error::internal)?
}

/// In the table's own order, from a place on. To count them all rows are read, once.
async fn in_order(mut all: Rows<'_>, query: &Query, mut token: Token, size: usize) -> Result<Page> {
    let is_counted = query.count && token.count.is_none();
    let (mut rows, mut counted, mut has_more) = (Vec::new(), 0, false);
    let is_full = |rows: &Vec<Row>, token: &Token| rows.len() >= size || token.top == Some(0);
    all.after.clone_from(&token.after);
    while is_counted || !(is_full(&rows, &token) && (has_more || token.top == Some(0))) {
        let Some(piece) = all.next().await? else { break };
        for (place, row) in piece {
            counted += 1;
            if is_full(&rows, &token) {
                has_more = true;
                continue;
            }
            token.after = Some(place);
            if token.skip > 0 {
                token.skip -= 1;
                continue;
            }
            rows.push(row);
            token.top = token.top.map(|top| top - 1);
        }
        if !is_full(&rows, &token) && !all.is_over {
            token.after.clone_from(&all.after);
        }
        if is_counted {
            all.refuse_more("count")?;
        } else if all.looked >= MOST_LOOKED && !all.is_over {
            has_more = true;
            break;
        }
    }
    if is_counted {
        token.count = Some(counted);
    }
    let count = token.count.filter(|_| query.count);
    let next = (has_more && token.top != Some(0)).then_some(token);
    Ok(Page { rows, count, next })
}

/// Sorted, from a row on; those that are alike stay in the table's own order.
async fn sorted(mut all: Rows<'_>, query: &Query, token: Token, size: usize) -> Result<Page> {
    if token.skip > MOST_SKIPPED {
        return Err(wrong(format!(
            "beside $orderby $skip is {MOST_SKIPPED} at most: take the pages as they come"
        )));
    }
    let Token { behind, skip, top, count, .. } = token;
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let wanted = top.map_or(size, |top| usize::try_from(top).map_or(size, |top| top.min(size)));
    // One more says whether there is another page.
    let mut best = Best::new(query.orders.clone(), behind.clone(), skip + wanted + 1);
    let mut counted = 0;
    while let Some(piece) = all.next().await? {
        all.refuse_more("sort")?;
        counted += piece.len() as u64;
        best = aside(move || Ok(best.with(piece))).await?;
    }
    let mut kept = aside(move || Ok(best.sorted())).await?;
    let count = query.count.then(|| count.unwrap_or(counted));
    let end = (skip + wanted).min(kept.len());
    let top = top.map(|top| top - end.saturating_sub(skip) as u64);
    let is_over = end == kept.len() || top == Some(0);
    let last = kept.get(end.saturating_sub(1)).map(|(key, _)| key.clone());
    let behind = last.map(|key| {
        let here = kept.iter().take(end).filter(|(one, _)| *one == key).count() as u64;
        let before = behind.filter(|behind| behind.key == key).map_or(0, |behind| behind.alike);
        Behind { key, alike: before + here }
    });
    let rows = kept.drain(skip.min(end)..end).map(|(_, row)| row).collect();
    let next = Token { after: None, behind, skip: 0, top, count };
    Ok(Page { rows, count, next: (!is_over).then_some(next) })
}

/// The first rows of those that were looked at so far, sorted.
struct Best {
    orders: Vec<Order>,
    behind: Option<Behind>,
    /// How many rows were as the one behind which these are.
    alike: u64,
    /// So many are wanted.
    most: usize,
    /// Each with the cells by which it is sorted; up to twice as many as are wanted.
    kept: Vec<(Vec<Cell>, Row)>,
}

impl Best {
    fn new(orders: Vec<Order>, behind: Option<Behind>, most: usize) -> Self {
        Self { orders, behind, alike: 0, most, kept: Vec::new() }
    }

    fn with(mut self, piece: Piece) -> Self {
        for (_, row) in piece {
            let cell = |order: &Order| row.get(order.column).cloned().unwrap_or(Cell::Null);
            let key: Vec<_> = self.orders.iter().map(cell).collect();
            if let Some(behind) = &self.behind {
                let found = by(&self.orders, &key, &behind.key);
                self.alike += u64::from(found.is_eq());
                if found.is_lt() || (found.is_eq() && self.alike <= behind.alike) {
                    continue;
                }
            }
            self.kept.push((key, row));
        }
        if self.kept.len() > 2 * self.most {
            self.sort();
        }
        self
    }

    fn sorted(mut self) -> Vec<(Vec<Cell>, Row)> {
        self.sort();
        self.kept
    }

    fn sort(&mut self) {
        let orders = &self.orders;
        self.kept.sort_by(|(one, _), (other, _)| by(orders, one, other));
        self.kept.truncate(self.most);
    }
}

fn by(orders: &[Order], one: &[Cell], other: &[Cell]) -> Ordering {
    let by = |(of, (one, other)): (&Order, (&Cell, &Cell))| {
        let found = order(one, other);
        if of.descends { found.reverse() } else { found }
    };
    orders.iter().zip(one.iter().zip(other)).map(by).find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
}
