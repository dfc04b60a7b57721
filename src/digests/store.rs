//! The statements about digests and their issues. Of the rows of a digest the one with the highest revision counts.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::{Digest, DigestIssue, DigestTerms};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        latest::{latest_counts, row_id},
        schema::{digest, digest_issue},
        sealing::rows_sealed,
        types::{Id, Instant, Json},
    },
    error::{Code, Error, Result},
    ids::{AccountId, BrandId, DigestId, DigestIssueId},
    scores::{
        model::{HeldTo, PlaceId, PlaceKind, Reader},
        store::in_scope::{held_to, regions_in, within_scope},
    },
};

/// A digest in one of its revisions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = digest, treat_none_as_default_value = false)]
struct Row {
    id: Id<Row>,
    digest_id: DigestId,
    revision: i64,
    brand_id: BrandId,
    place_kind: PlaceKind,
    place_id: PlaceId,
    account_id: AccountId,
    content: Json<DigestTerms>,
    is_deleted: bool,
    changed_by: AccountId,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    /// The digest; its last issue is of this moment.
    fn digest(self, last: Option<Instant>) -> Digest {
        Digest {
            id: self.digest_id,
            brand: self.brand_id,
            place: self.place_kind.place(self.place_id),
            account: self.account_id,
            content: self.content.0,
            settled_until: last.map_or(self.changed_at, |last| last.max(self.changed_at)),
            revision: self.revision,
            created_at: self.created_at,
        }
    }
}

latest_counts!(digest by digest_id: DigestId, unless deleted, is_there);

/// Of each digest its last issue.
const IS_LAST: &str = "NOT EXISTS (SELECT 1 FROM digest_issue AS later \
    WHERE later.digest_id = digest_issue.digest_id AND later.due_at > digest_issue.due_at)";

/// These digests with the moments that their last issues are of.
fn with_last(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Digest>> {
    let ids: Vec<_> = rows.iter().map(|row| row.digest_id).collect();
    let last: Vec<(DigestId, Instant)> = digest_issue::table
        .filter(digest_issue::digest_id.eq_any(ids))
        .filter(sql::<Bool>(IS_LAST))
        .select((digest_issue::digest_id, digest_issue::due_at))
        .load(conn)?;
    let last: HashMap<_, _> = last.into_iter().collect();
    let with_last = |row: Row| {
        let last = last.get(&row.digest_id).copied();
        row.digest(last)
    };
    Ok(rows.into_iter().map(with_last).collect())
}

/// Rows that a caller sees: those for the caller's own account where the scope covers the place, and those for any account where the caller manages accounts.
macro_rules! seen {
    ($conn:expr, $scope:expr) => {{
        let managing = &$scope.managing();
        let (regions, managed) = (regions_in($conn, $scope)?, regions_in($conn, managing)?);
        let own = digest::account_id.eq($scope.account).and(within_scope!(digest, $scope, regions));
        own.or(within_scope!(digest, managing, managed))
    }};
}

/// A digest that the caller sees.
///
/// # Errors
/// `not_found` if it is not there, out of scope, or for another account whose digests the caller does not manage.
pub fn digest(conn: &mut Conn, scope: &Scope, id: DigestId) -> Result<Digest> {
    let seen = seen!(conn, scope);
    let row: Option<Row> = digest::table
        .filter(digest::digest_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let found = with_last(conn, row.into_iter().collect())?.pop();
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// The digest that a `PUT` would change, if there is one.
///
/// # Errors
/// `not_found` if the caller does not see it; `conflict` if it was deleted.
pub fn digest_to_change(conn: &mut Conn, scope: &Scope, id: DigestId) -> Result<Option<Digest>> {
    if is_there(conn, id)? { self::digest(conn, scope, id).map(Some) } else { Ok(None) }
}

/// Which digests are listed of those that the caller sees.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigestFilter {
    /// Only those of these places.
    pub places: HeldTo,
    /// Only those for this account.
    pub account: Option<AccountId>,
}

/// So many digests that the caller sees after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn digests(
    conn: &mut Conn,
    scope: &Scope,
    filter: DigestFilter,
    after: Option<DigestId>,
    rows: i64,
) -> Result<Vec<Digest>> {
    let seen = seen!(conn, scope);
    let query = digest::table
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .order(digest::digest_id)
        .limit(rows)
        .select(Row::as_select())
        .into_boxed();
    let mut query = held_to!(query, digest, filter.places);
    if let Some(account) = filter.account {
        query = query.filter(digest::account_id.eq(account));
    }
    if let Some(after) = after {
        query = query.filter(digest::digest_id.gt(after));
    }
    let found = query.load(conn)?;
    with_last(conn, found)
}

/// Adds a row: the digest as it is from now on, or as it was when it was deleted.
///
/// # Errors
/// Those of the database.
pub fn add(
    conn: &mut Conn,
    digest: &Digest,
    is_deleted: bool,
    (changed_by, changed_at): (AccountId, Instant),
) -> Result<()> {
    let row = Row {
        id: row_id("digest", digest.id, digest.revision),
        digest_id: digest.id,
        revision: digest.revision,
        brand_id: digest.brand,
        place_kind: digest.place.kind(),
        place_id: digest.place.id(),
        account_id: digest.account,
        content: Json(digest.content.clone()),
        is_deleted,
        changed_by,
        created_at: digest.created_at,
        changed_at,
    };
    diesel::insert_into(digest::table).values(row).execute(conn)?;
    Ok(())
}

/// So many issues of a digest before this one that are for an account and say something, the newest first; only those by the figures of such readers.
///
/// # Errors
/// Those of the database.
pub fn issues(
    conn: &mut Conn,
    (of, account, readers): (DigestId, AccountId, &[Reader]),
    before: Option<(Instant, DigestIssueId)>,
    rows: i64,
) -> Result<Vec<DigestIssue>> {
    let mut query = digest_issue::table
        .filter(digest_issue::digest_id.eq(of))
        .filter(digest_issue::account_id.eq(account))
        .filter(digest_issue::reader.assume_not_null().eq_any(readers.to_vec()))
        .order((digest_issue::due_at.desc(), digest_issue::id.desc()))
        .limit(rows)
        .select(DigestIssue::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let same = digest_issue::due_at.eq(at).and(digest_issue::id.lt(id));
        query = query.filter(digest_issue::due_at.lt(at).or(same));
    }
    Ok(query.load(conn)?)
}

/// Keeps a new issue.
///
/// # Errors
/// `conflict` if the digest has one of this moment.
pub fn insert_issue(conn: &mut Conn, issue: &DigestIssue) -> Result<()> {
    diesel::insert_into(digest_issue::table).values(issue.clone()).execute(conn)?;
    Ok(())
}

rows_sealed!(digest::table by id, set_sealed);
rows_sealed!(digest_issue::table by id, set_issues_sealed);
