//! The page of a branch, and the archive of all pages: what they say is what the JSON says.

use std::io::{Cursor, Read as _};

use incognito::accounts::model::{GrantScope, Role};
use serde_json::{Value, json};

use super::{
    BEST, FAIR, GOOD, Tree,
    drawn::{a_month_later, aim},
};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    personas::Persona,
    reports::text_of_pdf,
};

each_engine_test!(
    a_page_says_what_the_json_says,
    a_page_is_in_the_language_of_its_reader,
    a_page_shows_quarters_where_months_are_too_short,
    a_page_of_nothing_says_so,
    the_same_figures_are_the_same_bytes,
    an_archive_has_the_page_of_each_branch,
    an_archive_follows_the_reach_of_its_reader,
    pages_are_written_down_as_files_are,
);

const MARCH: &str = "from=2026-03&to=2026-03";

/// The texts of a page, which is one.
#[track_caller]
fn page(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/pdf", "{answer}");
    let text = text_of_pdf(&answer.bytes);
    assert!(text.contains("Page 1 of 1"), "{text}");
    text
}

/// Basis points as a page in English has them.
fn percent(points: &Value) -> String {
    let points = points.as_i64().unwrap();
    format!("{}.{:02}%", points / 100, points % 100)
}

#[track_caller]
fn says(text: &str, figure: &Value) {
    let ends = [&figure["score"], &figure["interval"]["low"], &figure["interval"]["high"]];
    for points in ends.into_iter().filter(|points| !points.is_null()) {
        assert!(text.contains(&percent(points)), "{points} of {figure} is not in {text}");
    }
}

async fn a_page_says_what_the_json_says(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    aim(&app, &tree, 8_000).await;
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let path = |what: &str| format!("/v1/{}/{what}?{MARCH}", tree.place("a"));
    let desk = &tree.world.staff.administrator;
    let before = page(&app.get(&manager, path("summary.pdf")).await.expect(200));
    let shown = app.get(desk, path("score")).await.expect(200).json;
    assert!(before.contains("No score") && !before.contains(&percent(&shown["score"])), "{before}");
    a_month_later(&app, &tree).await;
    for who in [desk.clone().renewed(&app), manager.renewed(&app)] {
        let text = page(&app.get(&who, path("summary.pdf")).await.expect(200));
        let score = app.get(&who, path("score")).await.expect(200).json;
        assert!(score["visits"] == 3 && score["sections"].as_array().unwrap().len() == 2, "{score}");
        says(&text, &score);
        assert!(
            text.contains("3 visits") && text.contains("target 80.00%") && text.contains("Mar 2026"),
            "{text}"
        );
        for section in score["sections"].as_array().unwrap() {
            assert!(text.contains(section["title"].as_str().unwrap()), "{section} is not in {text}");
            says(&text, section);
        }
        let comparison = app.get(&who, path("comparison")).await.expect(200).json;
        for place in ["region", "brand"] {
            says(&text, &comparison[place]);
        }
        // The months up to it stand in the words of the chart, and where there are points, their figures do.
        let trend = format!("/v1/{}/trend?from=2025-04&to=2026-03", tree.place("a"));
        let trend = app.get(&who, trend).await.expect(200).json;
        for point in trend["points"].as_array().unwrap() {
            says(&text, point);
        }
        let drivers = app.get(&who, path("drivers")).await.expect(200).json;
        for driver in drivers["drivers"].as_array().unwrap().iter().take(3) {
            let gain = driver["gain"]["difference"].as_i64().unwrap_or_default();
            if gain > 0 && driver["loss"]["insufficient"] == false {
                assert!(
                    text.contains(&format!("{}.{:02} points to gain", gain / 100, gain % 100)),
                    "{driver}: {text}"
                );
            }
        }
    }
    let shopper = tree.world.staff.shopper.clone().renewed(&app);
    app.get(&shopper, path("summary.pdf")).await.expect_problem(403, "forbidden");
    let elsewhere = Persona::with(&app, &[(Role::Manager, tree.world.brands[0].scope())]).await;
    app.get(&elsewhere, path("summary.pdf")).await.expect_problem(404, "not_found");
    let wrong = format!("/v1/{}/summary.pdf?from=2026-05&to=2026-03", tree.place("a"));
    app.get(&desk.clone().renewed(&app), wrong).await.expect_invalid("from");
}

async fn a_page_is_in_the_language_of_its_reader(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let path = format!("/v1/{}/summary.pdf?{MARCH}", tree.place("a"));
    for (language, words) in [
        ("en", ["Over time", "Region", "90.28%"]),
        ("fr-CH", ["Au fil du temps", "Région", "90,28 %"]),
        ("ru", ["По времени", "Регион", "90,28 %"]),
        ("bg", ["Във времето", "Регион", "90,28 %"]),
        ("tr", ["Zaman içinde", "Bölge", "%90,28"]),
    ] {
        let answer = app.get(&tree.world.staff.administrator, &path).header("accept-language", language);
        let answer = answer.await.expect(200);
        assert_eq!(answer.header("content-language"), &language[..2]);
        let text = text_of_pdf(&answer.bytes);
        for words in words {
            assert!(text.contains(words), "{words} is not in {text}");
        }
    }
}

async fn a_page_shows_quarters_where_months_are_too_short(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.three_months(&app).await;
    for (seen, month) in [(GOOD, "01"), (BEST, "02"), (FAIR, "03")] {
        tree.approved(&app, "g", &seen, &format!("2026-{month}-10T09:00:00Z")).await;
    }
    let who = &tree.world.staff.administrator;
    // Two of the three months of the one say enough, and none of the other's.
    for (branch, is_by_quarter) in [("a", false), ("g", true)] {
        let place = tree.place(branch);
        let text = page(&app.get(who, format!("/v1/{place}/summary.pdf?from=2026-01&to=2026-03")).await);
        assert_eq!(text.contains("Jan–Mar"), is_by_quarter, "{text}");
        assert!(!text.contains("too few to show"), "{text}");
    }
}

async fn a_page_of_nothing_says_so(app: TestApp) {
    let tree = Tree::build(&app).await;
    for query in ["from=1999-01&to=1999-03", "rolling=1", ""] {
        let path = format!("/v1/{}/summary.pdf?{query}", tree.place("g"));
        let text = page(&app.get(&tree.world.staff.administrator, path).await.expect(200));
        assert!(text.contains("No score") && text.contains("Nothing was found"), "{text}");
    }
}

async fn the_same_figures_are_the_same_bytes(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/{}/summary.pdf?{MARCH}", tree.place("a"));
    let first = app.get(who, &path).await.expect(200);
    app.advance(60);
    let again = app.get(who, &path).await.expect(200);
    assert!(first.bytes == again.bytes && first.etag() == again.etag());
    app.get(who, &path).header("if-none-match", first.etag()).await.expect(304);
    let archive = format!("/v1/{}/summaries.zip?{MARCH}", tree.place("city"));
    let [one, other] = [app.get(who, &archive).await.expect(200), app.get(who, &archive).await.expect(200)];
    assert_eq!(one.bytes, other.bytes);
}

/// The files of an archive: their names and bytes.
fn files(answer: &Answer) -> Vec<(String, Vec<u8>)> {
    assert_eq!(answer.header("content-type"), "application/zip", "{answer}");
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.bytes[..])).unwrap();
    let count = archive.len();
    let file = |at| {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(file).collect()
}

fn names(answer: &Answer) -> Vec<String> {
    files(answer).into_iter().map(|(name, _)| name).collect()
}

async fn an_archive_has_the_page_of_each_branch(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    for (place, codes) in [("brand", "abcdefg"), ("country", "abc"), ("city", "ab")] {
        for language in ["en", "tr"] {
            let archive = format!("/v1/{}/summaries.zip?{MARCH}", tree.place(place));
            let archive = app.get(who, archive).header("accept-language", language).await.expect(200);
            assert_eq!(archive.header("content-language"), language);
            assert!(archive.header("content-disposition").starts_with("attachment; filename=\"summaries-"));
            let files = files(&archive);
            assert_eq!(files.len(), codes.len());
            for (code, (name, bytes)) in codes.chars().zip(&files) {
                assert_eq!(*name, format!("{code}.pdf"));
                let alone = format!("/v1/{}/summary.pdf?{MARCH}", tree.place(&code.to_string()));
                let alone = app.get(who, alone).header("accept-language", language).await.expect(200);
                assert!(alone.bytes == bytes[..], "{code}");
            }
        }
    }
    // A code that is no name of a file is made one, and the names stay apart.
    for code in ["a/../b", "a:..:b"] {
        let branch = crate::builders::branch_body(tree.brand, Some(tree.regions["abroad"]), code);
        app.put(who, format!("/v1/branches/{}", id::<()>()), branch).await.expect(201);
    }
    let abroad = app.get(who, format!("/v1/{}/summaries.zip", tree.place("abroad"))).await.expect(200);
    let mut names = names(&abroad);
    assert!(names.iter().all(|name| !name.contains(['/', ':', '\\'])), "{names:?}");
    names.dedup();
    assert_eq!(names.len(), 4, "{names:?}");
    app.get(who, format!("/v1/{}/summaries.zip", tree.place("a"))).await.expect_problem(404, "not_found");
    let wrong = format!("/v1/{}/summaries.zip?from=2026-05&to=2026-03", tree.place("brand"));
    app.get(who, wrong).await.expect_invalid("from");
}

async fn an_archive_follows_the_reach_of_its_reader(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let of_city = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["city"]),
        ..GrantScope::default()
    };
    let manager = Persona::with(&app, &[(Role::Manager, of_city)]).await;
    let archive = |place: &str| format!("/v1/{}/summaries.zip?{MARCH}", tree.place(place));
    assert_eq!(names(&app.get(&manager, archive("city")).await.expect(200)), ["a.pdf", "b.pdf"]);
    for place in ["country", "brand", "abroad"] {
        app.get(&manager, archive(place)).await.expect_problem(404, "not_found");
    }
    // What went not out is in no page of the branch's side.
    for (_, bytes) in files(&app.get(&manager, archive("city")).await.expect(200)) {
        assert!(text_of_pdf(&bytes).contains("No score"));
    }
    app.get(&tree.world.staff.shopper, archive("city")).await.expect_problem(403, "forbidden");
    // A branch that has moved is where its reader may see it.
    let path = format!("/v1/branches/{}/move", tree.branches["b"]);
    let body = json!({"region_id": tree.regions["abroad"], "from": "2026-04", "reason": "It was sold."});
    let administrator = &tree.world.staff.administrator;
    app.post(administrator, path, body).if_match("*").await.expect(200);
    assert_eq!(names(&app.get(administrator, archive("city")).await.expect(200)), ["a.pdf", "b.pdf"]);
}

async fn pages_are_written_down_as_files_are(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    for path in ["a/summary.pdf", "city/summaries.zip"] {
        let (place, what) = path.split_once('/').unwrap();
        app.get(who, format!("/v1/{}/{what}?{MARCH}", tree.place(place))).await.expect(200);
    }
    let audit = app.get(who, "/v1/audit?kind=exported").await.expect(200).json;
    let mut written: Vec<_> = audit["items"].as_array().unwrap().iter().map(Value::to_string).collect();
    written.sort_by_key(|row| row.contains("summaries.zip"));
    assert_eq!(written.len(), 2, "{audit}");
    assert!(
        written[0].contains("summary.pdf")
            && written[0].contains("\"pdf\"")
            && written[0].contains("2026-03")
    );
    assert!(written[1].contains("summaries.zip") && written[1].contains("\"zip\""));
}
