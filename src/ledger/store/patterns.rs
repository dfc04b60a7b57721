//! The statements about tables whose rows are sealed row by row, by the three patterns that these tables share. What a pattern names is imported where it is
//! used, in the list of tables.

/// The statements about a table whose rows can change, and count their revisions. What such rows have had only since a later
/// migration is named beside: a row without it has the digest that it had before.
macro_rules! revised {
    (
        $kind:ident, $table:ident by $id:ident, counted in $revision:ident: $number:ty, of $brand:expr,
        stated ($($stated:ident: $stated_type:ty),+ $(,)?)
        $(, and later $more:ident ($($later:ident: $later_type:ty),+ $(,)?))?
        $(, personal $salt:ident ($($own:ident: $own_type:ty),+ $(,)?))?, marked by $set:path
    ) => {{
        const _: () = assert!(Kind::$kind.has_revisions());
        type Columns = (
            Id<()>, $number, Option<BrandId>, ($($stated_type,)+), $(($($later_type,)+),)? $((Option<Vec<u8>>, ($($own_type,)+)),)?
        );
        #[allow(unused_mut)]
        fn row(columns: Columns) -> Result<Row> {
            let (id, revision, brand, stated, $($more,)? $(($salt, own))?) = columns;
            let row = Row::new(key(Kind::$kind, id, revision), brand.unwrap_or(OF_NO_BRAND), &stated)?;
            $(let row = row.later(&$more)?;)?
            $(let row = row.with(&own, $salt)?;)?
            Ok(row)
        }
        fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .filter(sql::<Bool>(concat!(
                    stringify!($table), ".sealed <> ", stringify!($table), ".", stringify!($revision)
                )))
                .order($table::$id)
                .limit(limit)
                .select((
                    $table::$id, $table::$revision, $brand, ($($table::$stated,)+), $(($($table::$later,)+),)?
                    $(($table::$salt, ($($table::$own,)+)),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn with_ids(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .filter($table::$id.eq_any(ids))
                .select((
                    $table::$id, $table::$revision, $brand, ($($table::$stated,)+), $(($($table::$later,)+),)?
                    $(($table::$salt, ($($table::$own,)+)),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn marks(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
            let mut query = $table::table
                .order($table::$id)
                .limit(limit)
                .select(($table::$id, $table::$revision, $table::sealed, $table::created_at))
                .into_boxed();
            if let Some((after, _)) = after {
                query = query.filter($table::$id.gt(after));
            }
            let rows: Vec<(Id<()>, $number, i64, Instant)> = query.load(conn)?;
            let mark = |&(id, revision, sealed, at): &(Id<()>, $number, i64, Instant)| {
                Mark::revised(key(Kind::$kind, id, revision), sealed, revision.into(), at)
            };
            Ok((rows.last().map(|row| (row.0, 0)), rows.iter().map(mark).collect()))
        }
        Table { kind: Kind::$kind, unsealed, with_ids, marks, set_sealed: $set }
    }};
}
pub(super) use revised;

/// The same about a table whose rows never change.
macro_rules! fixed {
    (
        $kind:ident, $table:ident by $id:ident, since $at:ident, of $brand:expr,
        stated ($($stated:ident: $stated_type:ty),+ $(,)?)
        $(, and later $more:ident ($($later:ident: $later_type:ty),+ $(,)?))?
        $(, personal $salt:ident ($($own:ident: $own_type:ty),+ $(,)?))?, marked by $set:path
    ) => {{
        const _: () = assert!(!Kind::$kind.has_revisions());
        type Columns = (
            Id<()>, Option<BrandId>, ($($stated_type,)+), $(($($later_type,)+),)? $((Option<Vec<u8>>, ($($own_type,)+)),)?
        );
        fn row(columns: Columns) -> Result<Row> {
            let (id, brand, stated, $($more,)? $(($salt, own))?) = columns;
            let row = Row::new(key(Kind::$kind, id, 0), brand.unwrap_or(OF_NO_BRAND), &stated)?;
            $(let row = row.later(&$more)?;)?
            $(let row = row.with(&own, $salt)?;)?
            Ok(row)
        }
        fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .filter(sql::<Bool>(concat!("NOT ", stringify!($table), ".sealed")))
                .order(($table::$at, $table::$id))
                .limit(limit)
                .select((
                    $table::$id, $brand, ($($table::$stated,)+), $(($($table::$later,)+),)?
                    $(($table::$salt, ($($table::$own,)+)),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn with_ids(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .filter($table::$id.eq_any(ids))
                .select((
                    $table::$id, $brand, ($($table::$stated,)+), $(($($table::$later,)+),)?
                    $(($table::$salt, ($($table::$own,)+)),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn marks(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
            let mut query = $table::table
                .order($table::$id)
                .limit(limit)
                .select(($table::$id, $table::sealed, $table::$at))
                .into_boxed();
            if let Some((after, _)) = after {
                query = query.filter($table::$id.gt(after));
            }
            let rows: Vec<(Id<()>, bool, Instant)> = query.load(conn)?;
            let mark = |&(id, is_sealed, at): &(Id<()>, bool, Instant)| {
                Mark::new(key(Kind::$kind, id, 0), is_sealed, at)
            };
            Ok((rows.last().map(|row| (row.0, 0)), rows.iter().map(mark).collect()))
        }
        Table { kind: Kind::$kind, unsealed, with_ids, marks, set_sealed: $set }
    }};
}
pub(super) use fixed;

/// The statements about a table whose rows are numbered parts of something, and never change. What such rows have had only
/// since a later migration is named beside: a row without it has the digest that it had before.
macro_rules! parts {
    (
        $kind:ident, $table:ident by $id:ident and $number:ident in $whole:ident, since $at:ident,
        stated ($($stated:ident: $stated_type:ty),+ $(,)?)
        $(, and later $more:ident ($($later:ident: $later_type:ty),+ $(,)?))?
        $(, personal $salt:ident ($own:ident: $own_type:ty))?, marked by $set:path
    ) => {{
        const _: () = assert!(!Kind::$kind.has_revisions());
        type Columns = (
            Id<()>, i32, BrandId, ($($stated_type,)+), $(($($later_type,)+),)? $((Option<Vec<u8>>, Option<$own_type>),)?
        );
        fn row(columns: Columns) -> Result<Row> {
            let (id, number, brand, stated, $($more,)? $(($salt, own))?) = columns;
            let row = Row::new(key(Kind::$kind, id, number), brand, &stated)?;
            $(let row = row.later(&$more)?;)?
            // What was not said needs no salt; of what was erased the salt says what is left.
            $(let row = if own.is_some() || $salt.is_some() { row.with(&own, $salt)? } else { row };)?
            Ok(row)
        }
        fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .inner_join($whole::table.on($whole::id.eq($table::$id)))
                .filter(sql::<Bool>(concat!("NOT ", stringify!($table), ".sealed")))
                .order(($table::$id, $table::$number))
                .limit(limit)
                .select((
                    $table::$id, $table::$number, $whole::brand_id, ($($table::$stated,)+),
                    $(($($table::$later,)+),)? $(($table::$salt, $table::$own),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn with_ids(conn: &mut Conn, ids: Vec<Id<()>>) -> Result<Vec<Row>> {
            let rows: Vec<Columns> = $table::table
                .inner_join($whole::table.on($whole::id.eq($table::$id)))
                .filter($table::$id.eq_any(ids))
                .select((
                    $table::$id, $table::$number, $whole::brand_id, ($($table::$stated,)+),
                    $(($($table::$later,)+),)? $(($table::$salt, $table::$own),)?
                ))
                .load(conn)?;
            rows.into_iter().map(row).collect()
        }
        fn marks(conn: &mut Conn, after: Option<Place>, limit: i64) -> Result<Marks<Place>> {
            let mut query = $table::table
                .order(($table::$id, $table::$number))
                .limit(limit)
                .select(($table::$id, $table::$number, $table::sealed, $table::$at))
                .into_boxed();
            if let Some((id, number)) = after {
                let further = $table::$id.eq(id).and($table::$number.gt(number));
                query = query.filter($table::$id.gt(id).or(further));
            }
            let rows: Vec<(Id<()>, i32, bool, Instant)> = query.load(conn)?;
            let mark = |&(id, number, is_sealed, at): &(Id<()>, i32, bool, Instant)| {
                Mark::new(key(Kind::$kind, id, number), is_sealed, at)
            };
            Ok((rows.last().map(|row| (row.0, row.1)), rows.iter().map(mark).collect()))
        }
        Table { kind: Kind::$kind, unsealed, with_ids, marks, set_sealed: $set }
    }};
}
pub(super) use parts;
