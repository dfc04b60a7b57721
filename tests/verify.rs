//! The check that recomputes everything: it finds nothing after honest work, and whatever was tampered with.

use diesel::prelude::*;
use incognito::{
    checklists::counted::Subject,
    db::{
        Conn,
        schema::{brand_statistics, figure, figure_change, shown_figure, subject, visit, visit_content},
        types::Json,
    },
    months::Month,
    reports::counted::shown_questions,
    scores::{
        count_anew::{count_what_is_due, repair},
        fold::fold_some,
        model::{Place, Reader},
        show_daily::ShowBrand,
        statistics::Sums,
        verify::{Difference, Verified, WrongFigure, verify},
    },
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
    },
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Dice, TestApp, each_engine_test},
    reports::release_all,
    reviews::{approve, reject, reopen},
    scores::{BEST, FAIR, GOOD, MARCH, POOR, Tree, ZERO, lend},
};

each_engine_test!(
    random_decisions_leave_nothing_to_find,
    what_was_tampered_with_is_found,
    figures_are_made_of_visits,
    what_cannot_be_read_is_named_and_made_anew,
    what_was_lent_is_computed_again,
);

/// What recomputing everything says.
pub async fn verified(app: &TestApp) -> Verified {
    verify(app.db(), shown_questions, |_, _| {}).await.unwrap()
}

/// Folds all that has changed in figures.
pub async fn fold(app: &TestApp) {
    while app.db().write(fold_some).await.unwrap() {}
}

async fn random_decisions_leave_nothing_to_find(app: TestApp) {
    let tree = Tree::build(&app).await;
    let mut dice = Dice::seeded(7);
    let mut counted = 0;
    for _ in 0..40 {
        let branch = ["a", "b", "c", "d", "e", "f"][dice.roll(6) as usize];
        let seen = &[BEST, GOOD, FAIR, POOR, ZERO][dice.roll(5) as usize];
        let at = format!("2026-0{}-{}T{:02}:00:00Z", 1 + dice.roll(3), 10 + dice.roll(18), dice.roll(24));
        let visit = tree.visit(&app, branch, seen, &at).await;
        match dice.roll(4) {
            0 => {}
            1 => drop(reject(&app, &tree.world.staff.reviewer, visit).await.expect(200)),
            _ => {
                approve(&app, &tree.world.staff.reviewer, visit).await.expect(200);
                counted += 1;
            }
        }
    }
    let verified = verified(&app).await;
    assert!(verified.is_right(), "{:?}", verified.differences);
    assert_eq!((verified.visits, verified.counted), (8 + 40, counted));
    fold(&app).await;
    let folded = self::verified(&app).await;
    assert!(folded.is_right(), "{:?}", folded.differences);
    assert!(folded.figures > 20, "{folded:?}");
}

/// What is changed behind the server's back, each time in one place, is found there, and nothing else.
async fn what_was_tampered_with_is_found(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let victim = tree.approved(&app, "b", &GOOD, MARCH).await;
    assert_eq!(found(&app).await, []);
    let month: Month = "2026-03".parse().unwrap();
    let section = |key: &str| Subject::Section { checklist: tree.checklist, key: key.into() };
    let sums =
        |scores: &[i32]| scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)));
    let wrong = |place: Place, subject: &Subject, stored, recomputed| {
        let (brand, reader, subject) = (tree.brand, Reader::Desk, subject.to_string());
        Difference::Figure(WrongFigure { place, brand, reader, subject, month, stored, recomputed })
    };
    let row_of = move |place: Place| figure::table.find((place.id(), Reader::Desk, month));
    fold(&app).await;
    assert_eq!(found(&app).await, []);

    // One row one too high.
    let city = Place::Region(tree.regions["city"]);
    let right = sums(&[10_000, 8_750, 8_333, 1_250, 0, 8_750]);
    let total = move |total: i64| {
        let of = row_of(city);
        move |conn: &mut Conn| Ok(diesel::update(of).set(figure::total.eq(total)).execute(conn)?)
    };
    change(&app, total(right.sum + 1)).await;
    let stored = Sums { sum: right.sum + 1, ..right };
    assert_eq!(found(&app).await, [wrong(city, &Subject::Overall, stored, right)]);
    change(&app, total(right.sum)).await;

    // Another score on the visit. What counts is what its answers score, so no place is wrong.
    let score = |score: Option<i32>| {
        move |conn: &mut Conn| {
            Ok(diesel::update(visit::table.find(victim)).set(visit::score.eq(score)).execute(conn)?)
        }
    };
    for stored in [Some(8_751), Some(0), None] {
        change(&app, score(stored)).await;
        assert_eq!(found(&app).await, [Difference::Score { visit: victim, stored, recomputed: Some(8_750) }]);
    }
    change(&app, score(Some(8_750))).await;

    // Other answers: neither digest nor score are theirs, nor are the sums of any place above.
    let kept: Json<Submission> = app
        .db()
        .read(move |conn| Ok(visit_content::table.find(victim).select(visit_content::content).first(conn)?))
        .await
        .unwrap();
    let with_clean = |clean: Value| {
        let mut with_clean = json!(kept.0);
        with_clean["answers"]["clean"] = clean;
        serde_json::from_value::<Submission>(with_clean).unwrap()
    };
    let tell = |with_clean: Submission| {
        move |conn: &mut Conn| {
            let content = visit_content::content.eq(Json(with_clean.clone()));
            Ok(diesel::update(visit_content::table.find(victim)).set(content).execute(conn)?)
        }
    };
    let parts: Option<Json<Parts>> = app
        .db()
        .read(move |conn| Ok(visit_content::table.find(victim).select(visit_content::parts).first(conn)?))
        .await
        .unwrap();
    let parts = parts.unwrap().0;
    let differs = |with_clean: &Submission| Difference::Content {
        visit: victim,
        stored: content_hash(&kept.0, Some(&parts)).unwrap(),
        recomputed: Some(content_hash(with_clean, Some(&parts)).unwrap()),
    };
    let commented = with_clean(json!({"value": 3, "comment": "Very."}));
    change(&app, tell(commented.clone())).await;
    assert_eq!(found(&app).await, [differs(&commented)]);

    let better = with_clean(json!({"value": 5}));
    change(&app, tell(better.clone())).await;
    let mut wanted = vec![
        differs(&better),
        Difference::Score { visit: victim, stored: Some(8_750), recomputed: Some(10_000) },
    ];
    for (place, others, at_table) in [
        (Place::Branch(tree.branches["b"]), vec![1_250, 0], vec![0, 0]),
        (city, vec![1_250, 0, 10_000, 8_750, 8_333], vec![0, 0, 10_000, 5_000]),
        (
            Place::Region(tree.regions["country"]),
            vec![1_250, 0, 10_000, 8_750, 8_333, 10_000, 8_333],
            vec![0, 0, 10_000, 5_000, 10_000],
        ),
        (
            Place::Brand(tree.brand),
            vec![
                1_250, 0, 10_000, 8_750, 8_333, 10_000, 8_333, 8_333, 8_750, 8_750, 8_750, 1_250, 1_250,
                1_250,
            ],
            vec![0, 0, 10_000, 5_000, 10_000, 5_000, 5_000, 5_000, 0, 0, 0],
        ),
    ] {
        for (subject, others, was, is) in
            [(Subject::Overall, others, 8_750, 10_000), (section("table"), at_table, 5_000, 10_000)]
        {
            let others = sums(&others);
            let (stored, recomputed) = (others.plus(Sums::of(was)), others.plus(Sums::of(is)));
            wanted.push(wrong(place, &subject, stored, recomputed));
        }
    }
    let all = |mut differences: Vec<Difference>| {
        differences.sort_by_key(ToString::to_string);
        differences
    };
    // In each of these places the other subjects are found as well: the question, what was chosen in it, what was lost by it.
    let is_other = |difference: &Difference| {
        matches!(difference, Difference::Figure(wrong)
            if wrong.subject != "overall" && !wrong.subject.starts_with("section/"))
    };
    let (other_subjects, others): (Vec<_>, Vec<_>) = found(&app).await.into_iter().partition(is_other);
    assert_eq!(all(others), all(wanted));
    let of_question =
        other_subjects.iter().filter(|difference| difference.to_string().contains(", question/"));
    assert_eq!(of_question.count(), 4, "{other_subjects:?}");
    change(&app, tell(kept.0.clone())).await;
    assert_eq!(found(&app).await, []);

    // One row gone.
    let brand = Place::Brand(tree.brand);
    change(&app, move |conn| Ok(diesel::delete(row_of(brand)).execute(conn)?)).await;
    let right = sums(&[10_000, 5_000, 0, 0, 10_000, 5_000, 5_000, 5_000, 0, 0, 0, 5_000]);
    let found = found(&app).await;
    assert!(found.contains(&wrong(brand, &section("table"), Sums::default(), right)), "{found:?}");
    let is_of_brand =
        |difference: &Difference| matches!(difference, Difference::Figure(wrong) if wrong.place == brand);
    assert!(found.iter().all(is_of_brand), "{found:?}");
}

async fn found(app: &TestApp) -> Vec<Difference> {
    let verified = verified(app).await;
    assert_eq!((verified.visits, verified.counted, verified.unlisted), (8 + 15, 15, 0));
    verified.differences
}

/// Changes one row without the server.
async fn change(
    app: &TestApp,
    sql: impl FnMut(&mut Conn) -> incognito::error::Result<usize> + Send + 'static,
) {
    assert_eq!(app.db().write(sql).await.unwrap(), 1);
}

/// What was lent follows from what was counted for it, also when the visits have changed since.
async fn what_was_lent_is_computed_again(app: TestApp) {
    let tree = Tree::build(&app).await;
    lend(&app, tree.brand, 600).await;
    lend(&app, tree.brand, 800).await;
    assert_eq!(verified(&app).await.differences, []);
    let line = |number: i64| brand_statistics::table.filter(brand_statistics::number.eq(number));
    let terms = json!({"correlation": 0, "in_branch": [0, 0, 0], "in_brand": [0, 0, 0], "variances": {"overall": 360_001}});
    let other = move |conn: &mut Conn| {
        let set = brand_statistics::terms.eq(Json(terms.clone()));
        Ok(diesel::update(line(1)).set(set).execute(conn)?)
    };
    change(&app, other).await;
    assert_eq!(verified(&app).await.differences, [Difference::Lent { brand: tree.brand, number: 1 }]);
    // A line that was kept before there were counts says nothing of them.
    let without = move |conn: &mut Conn| {
        let set = brand_statistics::counts.eq(None::<Json<Value>>);
        Ok(diesel::update(line(1)).set(set).execute(conn)?)
    };
    change(&app, without).await;
    assert_eq!(verified(&app).await.differences, []);
    // The last line cannot be read: verify names it, scores are read without it, and the next night makes another.
    let garbled = move |conn: &mut Conn| {
        let set = brand_statistics::terms.eq(Json(json!("garbled")));
        Ok(diesel::update(line(2)).set(set).execute(conn)?)
    };
    change(&app, garbled).await;
    assert_eq!(verified(&app).await.differences, [Difference::Lent { brand: tree.brand, number: 2 }]);
    let path = format!("/v1/brands/{}/score?from=2026-03&to=2026-03", tree.brand);
    let statistics = async || app.get(&tree.world.staff.administrator, path.as_str()).await.expect(200).json;
    assert_eq!(statistics().await["statistics"], Value::Null);
    lend(&app, tree.brand, 800).await;
    assert_eq!(statistics().await["statistics"], 3);
}

/// Once after a migration that brought in figures of another form, and whenever they are wrong: what is made is what was there.
async fn figures_are_made_of_visits(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    fold(&app).await;
    let path = format!("/v1/brands/{}/breakdown?from=2026-03&to=2026-03&by=question", tree.brand);
    let asked = async || app.get(&tree.world.staff.administrator, path.as_str()).await.expect(200).json;
    let before = asked().await;
    assert_eq!(before["items"].as_array().map(Vec::len), Some(3));
    let brand = tree.brand;
    let mend = async || app.db().write(move |conn| repair(conn, brand, shown_questions)).await.unwrap();
    let forget = |conn: &mut Conn| Ok(diesel::delete(figure::table).execute(conn)?);
    assert!(app.db().write(forget).await.unwrap() > 0);
    assert_ne!(asked().await, before);
    assert!(!verified(&app).await.is_right());
    mend().await;
    assert!(verified(&app).await.is_right());
    assert_eq!(asked().await, before);
    // What is not folded yet is counted once.
    let visit = tree.approved(&app, "a", &BEST, MARCH).await;
    mend().await;
    assert!(verified(&app).await.is_right());
    reopen(&app, &tree.world.staff.reviewer, visit).await.expect(200);
    assert!(verified(&app).await.is_right());
    assert_eq!(asked().await, before);
    // As the migration leaves it.
    let empty = |conn: &mut Conn| {
        diesel::delete(figure_change::table).execute(conn)?;
        diesel::delete(figure::table).execute(conn)?;
        Ok(diesel::delete(subject::table).execute(conn)?)
    };
    assert!(app.db().write(empty).await.unwrap() > 0);
    count_what_is_due(app.db(), shown_questions, app.now()).await.unwrap();
    let verified = verified(&app).await;
    assert!(verified.is_right(), "{:?}", verified.differences);
    assert_eq!(asked().await, before);
}

/// Bytes that stand for nothing: those of folded figures, of changes, and of what the branch's side is shown.
async fn what_cannot_be_read_is_named_and_made_anew(app: TestApp) {
    const JANUARY: &str = "2026-01-14T09:00:00Z";
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &BEST, JANUARY).await;
    }
    release_all(&app).await;
    let brand_id = tree.brand;
    let night = async || ShowBrand { brand_id }.run(app.app(), &()).await.unwrap();
    night().await;
    let path = format!("/v1/brands/{brand_id}/breakdown?from=2026-01&to=2026-01&by=question");
    let desk = async || app.get(&tree.world.staff.administrator, path.as_str()).await.expect(200).json;
    let shown = async || {
        let columns =
            (shown_figure::place_id, shown_figure::visits, shown_figure::total, shown_figure::parts);
        let rows = shown_figure::table.order(shown_figure::place_id).select(columns);
        type Row = (incognito::scores::model::PlaceId, i64, i64, Vec<u8>);
        app.db().read(move |conn| Ok(rows.load::<Row>(conn)?)).await.unwrap()
    };
    fold(&app).await;
    for spoilt in ["figure", "figure_change", "shown_figure"] {
        // What waits to be folded is folded on what was spoilt.
        let visit = tree.approved(&app, "a", &GOOD, JANUARY).await;
        let before = (desk().await, shown().await);
        let spoil = move |conn: &mut Conn| {
            let none = vec![7_u8];
            Ok(match spoilt {
                "figure" => diesel::update(figure::table).set(figure::parts.eq(&none)).execute(conn)?,
                "figure_change" => {
                    diesel::update(figure_change::table).set(figure_change::parts.eq(&none)).execute(conn)?
                }
                _ => diesel::update(shown_figure::table).set(shown_figure::parts.eq(&none)).execute(conn)?,
            })
        };
        assert!(app.db().write(spoil).await.unwrap() > 0, "{spoilt}");
        let differences = verified(&app).await.differences;
        assert!(!differences.is_empty(), "{spoilt}");
        for one in &differences {
            assert!(matches!(one, Difference::Unreadable { .. }), "{spoilt}: {one}");
            assert_eq!(one.mended_by_counting(), Some(brand_id));
        }
        app.db().write(move |conn| repair(conn, brand_id, shown_questions)).await.unwrap();
        assert_eq!(verified(&app).await.differences, [], "{spoilt}");
        night().await;
        assert_eq!((desk().await, shown().await), before, "{spoilt}");
        reopen(&app, &tree.world.staff.reviewer, visit).await.expect(200);
        assert_eq!(verified(&app).await.differences, [], "{spoilt}");
    }
}
