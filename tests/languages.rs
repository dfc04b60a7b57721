//! Versions in the one language that somebody wishes for, and what they get where there is none of it.

use incognito::ids::{ChecklistId, VersionId};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::World,
};

each_engine_test!(
    a_version_comes_in_the_language_that_is_wished_for,
    a_missing_language_falls_back_as_the_brand_says,
    every_language_has_a_tag_of_its_own,
    what_a_brand_falls_back_to_is_kept_and_checked,
);

const TAGS: [&str; 4] = ["en", "fr", "tr", "pt-BR"];

fn text(text: &str) -> Value {
    TAGS.map(|tag| (tag.to_owned(), json!(format!("{text} {tag}")))).into_iter().collect()
}

fn content() -> Value {
    let option = |key: &str| json!({"key": key, "text": text(key), "points": 1});
    json!({"title": text("Service"), "languages": TAGS, "sections": [{"key": "s", "title": text("Section"), "questions": [
        {"key": "q", "text": text("Question"), "help": text("Help"), "weight": 1, "required": true, "not_applicable": false,
            "bonus": false, "answer": {"kind": "one_choice", "options": [option("a"), option("b")]}},
    ]}]})
}

/// Every text of it in this language alone.
fn only(value: &Value, tag: &str) -> Value {
    match value {
        Value::Object(members) if members.contains_key("en") => json!({ tag: members[tag] }),
        Value::Object(members) => {
            members.iter().map(|(name, inner)| (name.clone(), only(inner, tag))).collect()
        }
        Value::Array(items) => items.iter().map(|item| only(item, tag)).collect(),
        other => other.clone(),
    }
}

struct Desk {
    world: World,
    path: String,
}

impl Desk {
    async fn set_up(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (_, version): (ChecklistId, VersionId) =
            world.staff.checklist(app, world.brands[0].id, content()).await;
        Self { world, path: format!("/v1/checklist-versions/{version}") }
    }

    fn ask<'a>(&self, app: &'a TestApp, query: &str) -> Call<'a> {
        app.get(&self.world.staff.shopper, format!("{}{query}", self.path))
    }

    async fn wishing(&self, app: &TestApp, header: &str) -> Answer {
        let answer = self.ask(app, "").header("accept-language", header).await.expect(200);
        assert_eq!(answer.header("vary"), "accept-language");
        answer
    }

    async fn brand(&self, app: &TestApp, fallbacks: &[&str]) -> Answer {
        let path = format!("/v1/brands/{}", self.world.brands[0].id);
        let current = app.get(&self.world.staff.administrator, &path).await.expect(200);
        let body = json!({"name": "Anatolia", "language": "tr", "fallback_languages": fallbacks});
        app.put(&self.world.staff.administrator, &path, body).if_match(current.etag()).await.expect(200)
    }
}

#[track_caller]
fn is_in(answer: &Answer, chosen: &str, wanted: &str, fallback: bool) {
    let language = json!({"chosen": chosen, "wanted": wanted, "fallback": fallback, "available": TAGS});
    assert_eq!(answer.json["language"], language);
    assert_eq!(answer.header("content-language"), chosen);
    let mut content = only(&content(), chosen);
    content["languages"] = json!([chosen]);
    assert_eq!(answer.json["content"], content);
    let own = format!("\"{}-{chosen}\"", answer.text("/hash"));
    assert_eq!(answer.etag() == own, chosen == wanted, "another wish, another answer");
    // What a brand falls back to may be another language one day.
    assert_eq!(answer.header("cache-control").contains("immutable"), !fallback);
}

#[track_caller]
fn is_whole(answer: &Answer) {
    assert_eq!((&answer.json["content"], answer.json.get("language")), (&content(), None));
    assert_eq!(answer.etag(), format!("\"{}\"", answer.text("/hash")));
    assert_eq!((answer.header("vary"), answer.header("content-language")), ("accept-language", ""));
}

async fn a_version_comes_in_the_language_that_is_wished_for(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    is_whole(&desk.ask(&app, "").await.expect(200));
    for (header, chosen, wanted) in [
        ("fr", "fr", "fr"),
        ("FR-ch;q=0.8, de;q=0.1", "fr", "fr-CH"),
        ("de, tr;q=0.5, en;q=0.7", "en", "de"),
        ("pt", "pt-BR", "pt"),
        ("tr_TR.UTF-8", "tr", "tr-TR"),
        ("q, fr_FR", "fr", "fr-FR"),
    ] {
        is_in(&desk.wishing(&app, header).await, chosen, wanted, false);
    }
    // What cannot be read, or says nothing, is no wish.
    for header in ["*", "", "C", ";;,q=", "fr;q=0", "fr;q=7"] {
        is_whole(&desk.wishing(&app, header).await);
    }
    is_in(&desk.ask(&app, "?language=tr").await.expect(200), "tr", "tr", false);
    let call = desk.ask(&app, "?language=tr").header("accept-language", "fr");
    is_in(&call.await.expect(200), "tr", "tr", false);
    let call = desk.ask(&app, "?language=all").header("accept-language", "fr");
    is_whole(&call.await.expect(200));
    is_in(&desk.ask(&app, "?language=FR_fr").await.expect(200), "fr", "fr-FR", false);
    for query in ["?language=french", "?language=", "?language=*"] {
        desk.ask(&app, query).await.expect_invalid("language");
    }
    desk.ask(&app, "?lang=fr").await.expect_problem(422, "invalid");
}

async fn a_missing_language_falls_back_as_the_brand_says(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    // The brand speaks English, and so does the checklist.
    is_in(&desk.wishing(&app, "de").await, "en", "de", true);
    desk.brand(&app, &[]).await;
    is_in(&desk.wishing(&app, "de").await, "tr", "de", true);
    desk.brand(&app, &["bg", "fr", "en"]).await;
    is_in(&desk.wishing(&app, "de").await, "fr", "de", true);
    is_in(&desk.wishing(&app, "de, fr;q=0").await, "en", "de", true);
    is_in(&desk.wishing(&app, "en").await, "en", "en", false);
    is_in(&desk.ask(&app, "?language=pt-PT").await.expect(200), "fr", "pt-PT", true);

    // Where not even the brand's own language is there, it is the checklist's first.
    let brand = desk.world.brands[1].id;
    let path = format!("/v1/brands/{brand}");
    let body = json!({"name": "Balkan", "language": "bg", "fallback_languages": ["ru"]});
    let put = app.put(&desk.world.staff.administrator, path, body).if_match("\"1\"");
    put.await.expect(200);
    let (_, version) = desk.world.staff.checklist(&app, brand, content()).await;
    let other = Desk { path: format!("/v1/checklist-versions/{version}"), ..desk };
    is_in(&other.wishing(&app, "de").await, "en", "de", true);
}

async fn every_language_has_a_tag_of_its_own(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let whole = desk.ask(&app, "").await.expect(200);
    let french = desk.wishing(&app, "fr").await;
    assert_ne!(whole.etag(), french.etag());
    let ask = |header: &str, tag: &str| {
        desk.ask(&app, "").header("accept-language", header).header("if-none-match", tag)
    };
    let same = ask("fr, en;q=0.5", french.etag()).await.expect(304);
    assert_eq!((same.etag(), same.header("vary")), (french.etag(), "accept-language"));
    assert_eq!((same.header("content-language"), same.bytes.len()), ("fr", 0));
    is_in(&ask("fr-CH, en;q=0.5", french.etag()).await.expect(200), "fr", "fr-CH", false);
    is_in(&ask("en", french.etag()).await.expect(200), "en", "en", false);
    is_in(&ask("fr", whole.etag()).await.expect(200), "fr", "fr", false);
    is_whole(&ask("*", french.etag()).await.expect(200));
    ask("*", whole.etag()).await.expect(304);
}

async fn what_a_brand_falls_back_to_is_kept_and_checked(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.administrator;
    let path = format!("/v1/brands/{}", id::<()>());
    let body = |fallbacks: Value| json!({"name": "Lumen", "language": "fr", "fallback_languages": fallbacks});
    let made = app.put(who, &path, json!({"name": "Lumen", "language": "fr"})).await.expect(201);
    assert_eq!(made.json["fallback_languages"], json!([]));
    assert_eq!(app.put(who, &path, body(json!([]))).await.expect(200).etag(), made.etag());
    let ten: Vec<_> = (b'a'..=b'j').map(|letter| format!("a{}", char::from(letter))).collect();
    for fallbacks in [json!(["en", "pt-BR"]), json!(["pt-BR", "en"]), json!(ten)] {
        let current = app.get(who, &path).await.expect(200);
        let put = app.put(who, &path, body(fallbacks.clone()));
        put.await.expect_problem(428, "precondition_required");
        let put = app.put(who, &path, body(fallbacks.clone())).if_match(current.etag());
        assert_eq!(put.await.expect(200).json["fallback_languages"], fallbacks);
        assert_eq!(app.get(who, &path).await.expect(200).json["fallback_languages"], fallbacks);
    }
    let eleven = [ten, vec!["en".to_owned()]].concat();
    for (fallbacks, at) in [
        (json!(["en", "en"]), ""),
        (json!(["english"]), "/0"),
        (json!(["fr", "en\0"]), "/1"),
        (json!(eleven), ""),
        (json!("en"), ""),
    ] {
        let answer = app.put(who, format!("/v1/brands/{}", id::<()>()), body(fallbacks)).await;
        answer.expect_invalid(&format!("/fallback_languages{at}"));
    }
}
