//! How tables are read: each row once for a page and its count, in little memory, and no further than the rights go.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use incognito::{
    db::{Conn, checks::Checks},
    error::{Code, Error, Result},
    odata::{
        apply::Apply,
        cell::{Cell, Row},
        model::VISITS,
        query::Query,
        scan::{self, Read, Token},
    },
};

use crate::app::{TestApp, each_engine_test};

each_engine_test!(
    all_rows_are_read_once_for_a_page,
    pages_of_sorted_rows_follow_one_another,
    no_more_is_left_out_or_read_than_there_is_room_for,
    reading_ends_with_the_rights,
);

/// A table of so many visits, which counts how often it is read. Every tenth row has no score, and many are alike.
fn table(rows: usize) -> (Read, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let read = move |_: &mut Conn, after: Option<&str>, most: i64| {
        counted.fetch_add(1, Ordering::Relaxed);
        let first = after.map_or(0, |after| after.parse::<usize>().unwrap() + 1);
        let end = rows.min(first + usize::try_from(most).unwrap());
        Ok((first..end).map(|number| (number.to_string(), row(number))).collect())
    };
    (Arc::new(read), reads)
}

fn row(number: usize) -> Row {
    let score = (!number.is_multiple_of(10)).then_some((number * 7919 % 13) as i32);
    let cell = |name: &str| match name {
        "score" => score.into(),
        "score_percent" => incognito::odata::cell::percent(score),
        "state" => Cell::Text(["final", "complete"][number % 2].to_owned()),
        // So a row says which one it is.
        "id" => Cell::Whole(number as i64),
        _ => Cell::Null,
    };
    VISITS.columns.iter().map(|column| cell(column.name)).collect()
}

fn query(options: &[(&str, &str)]) -> Query {
    Query::parse(options.iter().copied(), &VISITS).unwrap()
}

fn numbers(rows: &[Row]) -> Vec<i64> {
    let number = |row: &Row| match row[0] {
        Cell::Whole(number) => number,
        _ => panic!("{row:?}"),
    };
    rows.iter().map(number).collect()
}

async fn all_rows_are_read_once_for_a_page(app: TestApp) {
    for (options, reads, count) in [
        (&[("$top", "10")] as &[_], 1, None),
        (&[("$count", "true"), ("$top", "10")], 4, Some(1_700)),
        (&[("$count", "true"), ("$top", "0")], 4, Some(1_700)),
        (&[("$count", "true"), ("$top", "10"), ("$orderby", "score")], 4, Some(1_700)),
        (&[("$count", "true"), ("$filter", "score eq null")], 4, Some(170)),
        (&[("$orderby", "score")], 4, None),
    ] {
        let (read, counted) = table(1_700);
        let query = query(options);
        let page = scan::page(app.db(), read, &query, Token::first(&query), 100).await.unwrap();
        assert_eq!((counted.load(Ordering::Relaxed), page.count), (reads, count), "{options:?}");
        assert!(page.rows.len() <= 100);
    }
    let (read, counted) = table(1_700);
    let apply = Apply::parse("aggregate($count as n,score with max as most)", &VISITS).unwrap();
    let groups = scan::grouped(app.db(), read, &apply).await.unwrap();
    assert_eq!(groups, [[Cell::Whole(1_700), Cell::Whole(12)]]);
    assert_eq!(counted.load(Ordering::Relaxed), 4);
}

async fn pages_of_sorted_rows_follow_one_another(app: TestApp) {
    for (order, skip, top) in [
        ("score", 0, None),
        ("score desc", 0, None),
        ("score,state desc", 5, None),
        ("state", 3, Some(1_000)),
        ("completed_at", 0, None),
    ] {
        let mut options = vec![("$orderby", order.to_owned()), ("$skip", skip.to_string())];
        options.extend(top.map(|top: usize| ("$top", top.to_string())));
        options.push(("$count", "true".to_owned()));
        let query =
            Query::parse(options.iter().map(|(name, value)| (*name, value.as_str())), &VISITS).unwrap();
        let mut wanted: Vec<_> = (0..1_700).collect();
        let score = |number: &i64| match row(*number as usize)[6] {
            Cell::Whole(score) => score,
            _ => -1,
        };
        match order {
            "score" => wanted.sort_by_key(score),
            "score desc" => wanted.sort_by_key(|one| std::cmp::Reverse(score(one))),
            "score,state desc" => wanted.sort_by_key(|one| (score(one), one % 2 == 1)),
            "state" => wanted.sort_by_key(|one| one % 2 == 0),
            _ => {}
        }
        // `final` comes before `complete` where it descends.
        let wanted: Vec<_> = wanted.into_iter().skip(skip).take(top.unwrap_or(usize::MAX)).collect();
        for size in [7, 130, 1_699] {
            let (mut found, mut token) = (Vec::new(), Some(Token::first(&query)));
            while let Some(from) = token {
                let (read, _) = table(1_700);
                let page = scan::page(app.db(), read, &query, from, size).await.unwrap();
                assert_eq!(page.count, Some(1_700));
                assert!(page.rows.len() <= size && !page.rows.is_empty());
                found.extend(numbers(&page.rows));
                assert!(found.len() <= wanted.len(), "{order} goes on for ever");
                // A token goes through an address.
                let next = page.next.map(|next| serde_json::to_string(&next).unwrap());
                token = next.map(|next| serde_json::from_str(&next).unwrap());
            }
            assert_eq!(found, wanted, "{order} by {size}");
        }
    }
}

async fn no_more_is_left_out_or_read_than_there_is_room_for(app: TestApp) {
    for (rows, options, says) in [
        (100, &[("$orderby", "score"), ("$skip", "20001")] as &[_], "20000"),
        (200_600, &[("$orderby", "score")], "200000"),
        (200_600, &[("$count", "true")], "200000"),
    ] {
        let (read, _) = table(rows);
        let query = query(options);
        let refused = scan::page(app.db(), read, &query, Token::first(&query), 10).await.unwrap_err();
        assert_eq!(refused.code(), Code::MalformedRequest);
        assert!(refused.particulars().detail.clone().unwrap().contains(says), "{options:?}");
    }
    let (read, _) = table(200_600);
    let apply = Apply::parse("aggregate($count as n)", &VISITS).unwrap();
    assert_eq!(scan::grouped(app.db(), read, &apply).await.unwrap_err().code(), Code::MalformedRequest);
    // A page in the table's own order is short instead, and goes on.
    let (read, counted) = table(200_600);
    let none = query(&[("$filter", "score gt 100")]);
    let page = scan::page(app.db(), read, &none, Token::first(&none), 10).await.unwrap();
    assert!(page.rows.is_empty() && page.next.is_some());
    assert_eq!(counted.load(Ordering::Relaxed), 40);
}

/// The rights go while the first piece is read.
async fn reading_ends_with_the_rights(app: TestApp) {
    for is_revoked in [false, true] {
        let gone = Arc::new(AtomicBool::new(false));
        let within = |options: &'static [(&str, &str)]| {
            let (gone, app) = (Arc::clone(&gone), &app);
            gone.store(false, Ordering::Relaxed);
            let (read, _) = table(1_700);
            let going = Arc::clone(&gone);
            let ends: Read = Arc::new(move |conn, after, most| {
                going.store(is_revoked, Ordering::Relaxed);
                read(conn, after, most)
            });
            let held = Mutex::new(gone);
            Checks::default().around(async move {
                Checks::current().add(move |_| match held.lock().unwrap().load(Ordering::Relaxed) {
                    true => Err(Error::new(Code::SignInNeeded)),
                    false => Ok(()),
                });
                match options {
                    [("$apply", apply)] => {
                        let apply = Apply::parse(apply, &VISITS).unwrap();
                        scan::grouped(app.db(), ends, &apply).await.map(|groups| groups.len())
                    }
                    _ => {
                        let query = query(options);
                        let page = scan::page(app.db(), ends, &query, Token::first(&query), 1_000).await;
                        page.map(|page| page.rows.len())
                    }
                }
            })
        };
        let wanted = |count: usize| -> std::result::Result<usize, Code> {
            if is_revoked { Err(Code::SignInNeeded) } else { Ok(count) }
        };
        let code = |found: Result<usize>| found.map_err(|error| error.code());
        assert_eq!(code(within(&[]).await), wanted(1_000));
        assert_eq!(code(within(&[("$orderby", "score")]).await), wanted(1_000));
        assert_eq!(code(within(&[("$count", "true")]).await), wanted(1_000));
        assert_eq!(code(within(&[("$apply", "groupby((state))")]).await), wanted(2));
        // What one piece has was let in.
        assert_eq!(code(within(&[("$top", "10")]).await), Ok(10));
    }
}
