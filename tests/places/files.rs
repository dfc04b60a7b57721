//! What is made of a file: previews, what it leaves out, keys that look the same, and the language of its reader.

use actix_web::http::Method;
use incognito::{accounts::model::Role, ids::BrandId};
use serde_json::{Value, json};

use super::{
    import::{HEADER, counts, file, import, imported, line, mistakes},
    make_brand, make_region, walk,
};
use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::branch_body,
    personas::Persona,
};

each_engine_test!(
    a_preview_says_what_would_change_and_writes_nothing,
    what_a_file_does_not_say_has_a_default,
    keys_that_look_the_same_are_one,
    a_file_speaks_to_its_reader,
);

pub(super) fn post<'a>(
    app: &'a TestApp,
    who: &Persona,
    brand: BrandId,
    to: &str,
    media_type: &str,
    bytes: Vec<u8>,
) -> Call<'a> {
    app.call(Method::POST, format!("/v1/brands/{brand}/{to}")).by(who).body(media_type, bytes)
}

pub(super) async fn branches(app: &TestApp, who: &Persona, brand: BrandId) -> Vec<Value> {
    let mut all = walk(app, who, &format!("/v1/branches?brand_id={brand}"), 50).await;
    all.sort_by_key(|branch| branch["code"].to_string());
    all
}

/// Pointer and code of every note.
pub(super) fn notes(answer: &Answer) -> Vec<(String, String)> {
    let notes = answer.json["notes"].as_array().unwrap();
    let text = |note: &Value, field: &str| note[field].as_str().unwrap().to_owned();
    notes.iter().map(|note| (text(note, "pointer"), text(note, "code"))).collect()
}

pub(super) fn noted(pointer: &str, code: &str) -> (String, String) {
    (format!("/lines/{pointer}"), code.to_owned())
}

async fn a_preview_says_what_would_change_and_writes_nothing(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let lines = [line("Europe", "FR-1", "Lumen"), line("Europe", "FR-2", "Lumen"), line("", "FR-3", "Lumen")];
    import(&app, &who, brand, file(lines)).await.expect(200);
    let before = branches(&app, &who, brand).await;
    let wanted = [
        line("Europe", "FR-1", "Lumen"),
        line("Europe", "FR-2", "Lux").replace("48.8564", "48.9").replace("fr;en", "fr"),
        line("Europe/France/Paris", "FR-4", "New"),
    ];
    let preview = format!("/v1/brands/{brand}/places/import?dry_run=true");
    let ask = || app.call(Method::POST, &preview).by(&who).body("text/csv", file(wanted.clone()));
    let answer = ask().await.expect(200);
    assert_eq!(counts(&answer), imported(2, 1, 1, 1));
    assert_eq!((&answer.json["dry_run"], &answer.json["branches_not_named"]), (&json!(true), &json!(1)));
    assert_eq!(answer.json["regions"], json!(["Europe/France", "Europe/France/Paris"]));
    let lines = json!([
        {"line": 2, "code": "FR-1", "outcome": "unchanged"},
        {"line": 3, "code": "FR-2", "outcome": "changed", "fields": ["name", "latitude", "languages"]},
        {"line": 4, "code": "FR-4", "outcome": "created"},
    ]);
    assert_eq!(answer.json["lines"], lines);
    assert_eq!(branches(&app, &who, brand).await, before);
    assert_eq!(walk(&app, &who, "/v1/regions", 50).await.len(), 1);
    let done = import(&app, &who, brand, file(wanted.clone())).await.expect(200);
    assert_eq!((counts(&done), done.json.get("lines")), (counts(&answer), None));
    assert_eq!(counts(&ask().await.expect(200)), imported(0, 0, 0, 3));
    let moved = file([line("Asia", "FR-1", "Lumen")]);
    let refused = app.call(Method::POST, &preview).by(&who).body("text/csv", moved).await;
    assert_eq!(mistakes(&refused.expect_problem(422, "invalid")), [noted("2/region", "conflict")]);
    let other =
        Persona::with(&app, &[(Role::Manager, incognito::accounts::model::GrantScope::default())]).await;
    app.call(Method::POST, &preview).by(&other).body("text/csv", "x").await.expect_problem(403, "forbidden");
    app.call(Method::POST, preview.replace("true", "perhaps"))
        .by(&who)
        .body("text/csv", "x")
        .await
        .expect(422);
}

async fn what_a_file_does_not_say_has_a_default(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = id();
    let body = json!({"name": "Lumen", "language": "fr", "branch_defaults": {"time_zone": "Europe/Paris"}});
    let made = app.put(&who, format!("/v1/brands/{brand}"), body.clone()).await.expect(201);
    assert_eq!(made.json["branch_defaults"], body["branch_defaults"]);
    let bulgaria = make_region(&app, &who, brand, None, "Bulgaria").await;
    let defaults = json!({"time_zone": "Europe/Sofia", "languages": ["bg", "en"]});
    let region = json!({"brand_id": brand, "name": "Bulgaria", "branch_defaults": defaults});
    let changed =
        app.put(&who, format!("/v1/regions/{bulgaria}"), region).if_match("\"1\"").await.expect(200);
    assert_eq!(changed.json["branch_defaults"], defaults);

    let bare = "region,branch,name,address\n";
    let refused = import(&app, &who, brand, format!("{bare}France,FR-1,Lumen,1 rue X\n")).await;
    assert_eq!(mistakes(&refused.expect_problem(422, "invalid")), [noted("2/languages", "required")]);
    let none = make_brand(&app, &who).await;
    let refused = import(&app, &who, none, format!("{bare},FR-1,Lumen,1 rue X\n")).await;
    let wanted = [noted("2/time_zone", "required"), noted("2/languages", "required")];
    assert_eq!(mistakes(&refused.expect_problem(422, "invalid")), wanted);

    let file = format!("{bare}Bulgaria,BG-1,Lumen,Vitosha 1\nBulgaria/Sofia,BG-2,Lumen,Vitosha 2\n");
    let answer = import(&app, &who, brand, file.clone()).await.expect(200);
    assert_eq!(counts(&answer), imported(1, 2, 0, 0));
    let wanted = [
        noted("1/time_zone", "default"),
        noted("1/languages", "default"),
        noted("1/latitude", "no_position"),
    ];
    assert_eq!(notes(&answer), wanted);
    assert!(answer.json["notes"][0]["message"].as_str().unwrap().starts_with("2 new branches "), "{answer}");
    for branch in branches(&app, &who, brand).await {
        assert_eq!(
            (&branch["time_zone"], &branch["languages"]),
            (&json!("Europe/Sofia"), &json!(["bg", "en"]))
        );
        assert_eq!((branch.get("latitude"), branch.get("longitude")), (None, None));
    }
    let paris = import(&app, &who, brand, format!("{HEADER}\n,FR-1,Lumen,1 rue X,,,,fr\n")).await.expect(200);
    assert_eq!(notes(&paris), [noted("1/time_zone", "default"), noted("1/latitude", "no_position")]);

    // What a branch has stays where a file does not say it, whatever has become of the defaults.
    let full = format!("{HEADER}\nBulgaria,BG-1,Lumen,Vitosha 1,42.7,23.3,UTC,fr\n");
    assert_eq!(counts(&import(&app, &who, brand, full).await.expect(200)), imported(0, 0, 1, 0));
    let again = import(&app, &who, brand, file).await.expect(200);
    assert_eq!(counts(&again), imported(0, 0, 0, 2));
    assert_eq!(notes(&again), [noted("1/latitude", "no_position")]);
    let kept = &branches(&app, &who, brand).await[0];
    assert_eq!(
        (&kept["latitude"], &kept["time_zone"], &kept["languages"]),
        (&json!(42.7), &json!("UTC"), &json!(["fr"]))
    );
}

async fn keys_that_look_the_same_are_one(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let first = [line("\u{ce}le de France/Paris", "FR-1", "Lumen"), line("Asia", "a", "Lumen")];
    import(&app, &who, brand, file(first)).await.expect(200);
    app.put(&who, format!("/v1/branches/{}", id::<()>()), branch_body(brand, None, "A")).await.expect(201);
    let alike = [
        line("I\u{302}LE DE\u{a0} FRANCE/P\u{200b}aris", "fr-1", "Lumen"),
        line("\u{ce}le de france/Lyon", "FR-2", "Lumen"),
        line("Asia", "a", "Lumen"),
    ];
    let answer = import(&app, &who, brand, file(alike)).await.expect(200);
    assert_eq!(counts(&answer), imported(1, 1, 0, 2));
    let wanted = [
        noted("2/branch", "looks_the_same"),
        noted("2/region", "looks_the_same"),
        noted("3/region", "looks_the_same"),
    ];
    assert_eq!(notes(&answer), wanted);
    let codes: Vec<_> = branches(&app, &who, brand).await.iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, [json!("A"), json!("FR-1"), json!("FR-2"), json!("a")], "a code stays as it is kept");
    for (lines, wanted) in [
        (vec![line("", "N-1", "Lumen"), line("", "n-1", "Lumen")], noted("3/branch", "duplicate")),
        (vec![line("", "N 1", "Lumen"), line("", "N\u{a0}1", "Lumen")], noted("3/branch", "duplicate")),
        (
            vec![
                line("\u{ce}le de France/Paris", "FR-1", "Lumen"),
                line("\u{ce}le de France/Paris", "fr-1", "Lumen"),
            ],
            noted("3/branch", "duplicate"),
        ),
    ] {
        let refused = import(&app, &who, brand, file(lines)).await.expect_problem(422, "invalid");
        assert_eq!(mistakes(&refused), [wanted]);
    }
    let both = ["B", "b"].map(|code| branch_body(brand, None, code));
    for body in both {
        app.put(&who, format!("/v1/branches/{}", id::<()>()), body).await.expect(201);
    }
    let exact = import(&app, &who, brand, file([line("", "B", "Lumen"), line("", "b", "Lumen")])).await;
    assert_eq!(counts(&exact.expect(200)), imported(0, 0, 2, 0), "where both are there, both are meant");
}

async fn a_file_speaks_to_its_reader(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let file =
        |text: &str| text.replace("LINE", "Europe;FR-1;Lumen;1 rue X;91;2,1;Europe/Paris;fr").into_bytes();
    let bad = format!("{};Colour\nLINE;red\n", HEADER.replace(',', ";"));
    for (language, message, detail) in [
        ("en", "degrees from -90 to 90, such as 48.85", "Nothing was imported: there is one mistake."),
        ("fr-CH", "des degrés de -90 à 90, par exemple 48,85", "Rien n’a été importé : il y a une erreur."),
        ("ru", "градусы от -90 до 90, например 48,85", "Ничего не импортировано: есть одна ошибка."),
        ("bg", "градуси от -90 до 90, например 48,85", "Нищо не е импортирано: има една грешка."),
        ("tr", "-90 ile 90 arasında derece, örneğin 48,85", "Hiçbir şey içe aktarılmadı: bir hata var."),
    ] {
        let call = post(&app, &who, brand, "places/import", "text/csv", file(&bad));
        let answer = call.header("accept-language", language).await.expect_problem(422, "invalid");
        assert_eq!(
            (answer.text("/errors/0/message"), answer.text("/detail")),
            (message.to_owned(), detail.to_owned())
        );
        let good = String::from_utf8(file(&bad)).unwrap().replace(";91;", ";48,1;").into_bytes();
        let call = post(&app, &who, brand, "places/import?dry_run=true", "text/csv", good);
        let answer = call.header("accept-language", language).await.expect(200);
        assert_eq!(answer.header("content-language"), &language[..2]);
        assert_eq!(notes(&answer), [noted("1/Colour", "left_out")]);
        let english = answer.text("/notes/0/message").starts_with("The column");
        assert_eq!(english, language == "en");
    }
    // By the declared charset, and by sight.
    let text = format!("{HEADER}\nБългария,BG-1,Люмен,бул. Витоша 48,42.69,23.32,Europe/Sofia,bg\n");
    let bytes = encoding_rs::WINDOWS_1251.encode(&text).0.into_owned();
    let declared = post(&app, &who, brand, "places/import", "text/csv; charset=windows-1251", bytes.clone());
    let answer = declared.await.expect(200);
    assert_eq!((counts(&answer), notes(&answer)), (imported(1, 1, 0, 0), Vec::new()));
    let seen = post(&app, &who, brand, "places/import", "text/csv", bytes).await.expect(200);
    assert_eq!((counts(&seen), notes(&seen)), (imported(0, 0, 0, 1), vec![noted("1", "encoding")]));
    assert!(
        seen.text("/notes/0/message").contains("windows-1251")
            && seen.text("/notes/0/message").contains("България")
    );
}
