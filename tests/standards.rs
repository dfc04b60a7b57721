//! Standards and their dimensions: what they ever said, what published checklists mean by them, and the library.

use futures_util::future::join_all;
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        policy::Scope,
    },
    checklists::{
        bindings::Bindings,
        library::{self, Count, ImportLibrary, Outcome, Report},
        model::Key,
        store,
    },
    error::Code,
    ids::{BrandId, ChecklistId, DimensionId, StandardId, VersionId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::content,
    personas::Persona,
    pictures::add_picture,
    places::walk,
};

each_engine_test!(
    a_dimension_is_made_repeated_and_changed,
    a_standard_keeps_everything_that_it_ever_said,
    what_is_wrong_with_either_has_its_place,
    keys_are_unique_in_a_brand_and_stay,
    changes_at_once_leave_no_gap,
    lists_are_complete_filtered_and_in_reach,
    a_version_goes_on_meaning_what_it_meant,
    the_same_words_are_published_again_when_they_mean_something_else,
    what_the_catalogue_has_not_got_is_not_published,
    the_library_comes_whole_and_once,
    the_library_leaves_what_the_brand_has,
    the_library_publishes_what_was_left_a_draft,
);

/// A brand of this language, and its designer.
pub async fn add_brand(app: &TestApp, language: &str) -> (BrandId, Persona) {
    let brand = id();
    let body = json!({"name": "Lumen", "language": language});
    let administrator = Persona::administrator(app).await;
    app.put(&administrator, format!("/v1/brands/{brand}"), body).await.expect(201);
    (brand, Persona::with(app, &[(Role::Designer, of(brand))]).await)
}

pub fn dimension_body(brand: BrandId, key: &str) -> Value {
    json!({"brand_id": brand, "key": key, "name": {"en": key, "fr": "Rapidité"}, "side": "procedural",
        "servqual": "responsiveness", "track": "customer_service"})
}

pub fn standard_body(brand: BrandId, key: &str, dimension: DimensionId, text: &str) -> Value {
    json!({"brand_id": brand, "key": key, "dimension_id": dimension, "text": {"en": text}})
}

pub async fn add_dimension(app: &TestApp, who: &Persona, brand: BrandId, key: &str) -> DimensionId {
    let dimension = id();
    let body = dimension_body(brand, key);
    app.put(who, format!("/v1/dimensions/{dimension}"), body).await.expect(201);
    dimension
}

fn of(brand: BrandId) -> GrantScope {
    GrantScope { brand_id: Some(brand), ..GrantScope::default() }
}

/// A brand with two dimensions, `speed` and `words`, and a checklist.
struct Desk<'a> {
    app: &'a TestApp,
    brand: BrandId,
    designer: Persona,
    speed: DimensionId,
    words: DimensionId,
    checklist: String,
}

impl<'a> Desk<'a> {
    async fn set_up(app: &'a TestApp) -> Self {
        let (brand, designer) = add_brand(app, "en").await;
        let speed = add_dimension(app, &designer, brand, "speed").await;
        let words = add_dimension(app, &designer, brand, "words").await;
        let checklist = format!("/v1/checklists/{}", id::<()>());
        let named = json!({"brand_id": brand, "name": "Visit"});
        app.put(&designer, &checklist, named).await.expect(201);
        Self { app, brand, designer, speed, words, checklist }
    }

    /// A standard of the dimension `speed`.
    async fn standard(&self, key: &str) -> StandardId {
        let standard = id();
        let body = standard_body(self.brand, key, self.speed, "Guests are greeted.");
        self.app.put(&self.designer, path(standard), body).await.expect(201);
        standard
    }

    /// Changes these members of the standard, whatever state it is in.
    async fn change(&self, standard: StandardId, members: Value) -> Answer {
        let current = self.app.get(&self.designer, path(standard)).await.expect(200);
        let mut body = current.json.clone();
        let body = body.as_object_mut().unwrap();
        for answered in ["id", "version", "created_at"] {
            body.remove(answered);
        }
        body.extend(members.as_object().unwrap().clone());
        self.app.put(&self.designer, path(standard), json!(body)).if_match(current.etag()).await.expect(200)
    }

    /// Makes this the draft and publishes it.
    async fn publish(&self, draft: &Value, version: VersionId) -> Answer {
        let address = format!("{}/draft", self.checklist);
        let current = self.app.get(&self.designer, &address).await;
        let put = self.app.put(&self.designer, &address, draft.clone());
        let written = if current.status == 200 { put.if_match(current.etag()).await } else { put.await };
        let body = json!({"id": version});
        self.app
            .post(&self.designer, format!("{}/versions", self.checklist), body)
            .if_match(written.etag())
            .await
    }

    async fn bindings(&self, version: VersionId) -> Bindings {
        let read = self.app.db().read(move |conn| store::version(conn, version));
        read.await.unwrap().prepared.bindings().clone()
    }
}

fn path(standard: StandardId) -> String {
    format!("/v1/standards/{standard}")
}

/// Something that can be published, in which the first two questions have these members as well.
fn asking(first: Value, second: Value) -> Value {
    let mut content = content();
    for (n, members) in [first, second].iter().enumerate() {
        let question = content["sections"][0]["questions"][n].as_object_mut().unwrap();
        question.extend(members.as_object().unwrap().clone());
    }
    content
}

fn problems(answer: &Answer) -> Vec<(&str, &str)> {
    let errors = answer.json["errors"].as_array().unwrap();
    errors.iter().map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

async fn a_dimension_is_made_repeated_and_changed(app: TestApp) {
    let (brand, designer) = add_brand(&app, "fr").await;
    let path = format!("/v1/dimensions/{}", id::<()>());
    let put = |body: &Value| app.put(&designer, &path, body.clone());
    let body = dimension_body(brand, "speed");
    put(&body).if_match("\"1\"").await.expect_problem(412, "precondition_failed");
    let made = put(&body).await.expect(201);
    for (member, value) in body.as_object().unwrap() {
        assert_eq!(made.json[member], *value, "{member}");
    }
    app.advance(60);
    let again = put(&body).await.expect(200);
    assert_eq!((&again.json, again.etag()), (&made.json, made.etag()));
    let mut changed = body;
    let mut tag = made.etag().to_owned();
    for (member, value) in [
        ("name", json!({"fr": "Vitesse", "sr-Latn-RS": "Brzina"})),
        ("side", json!("personal")),
        ("servqual", json!("empathy")),
        ("track", json!("motivation_and_stress")),
    ] {
        changed[member] = value;
        put(&changed).await.expect_problem(428, "precondition_required");
        put(&changed).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
        let now = put(&changed).if_match(&tag).await.expect(200);
        assert_eq!(
            (&now.json[member], &now.json["created_at"]),
            (&changed[member], &made.json["created_at"])
        );
        let late = put(&changed).if_match(&tag).await.expect(200);
        assert_eq!((late.etag(), &late.json), (now.etag(), &now.json));
        let read = app.get(&designer, &path).await.expect(200);
        assert_eq!((read.etag(), &read.json), (now.etag(), &now.json));
        now.etag().clone_into(&mut tag);
    }
    app.get(&designer, &path).header("if-none-match", &tag).await.expect(304);
    app.get(&designer, format!("/v1/dimensions/{}", id::<()>())).await.expect_problem(404, "not_found");
}

async fn a_standard_keeps_everything_that_it_ever_said(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let standard: StandardId = id();
    let put = |who: &Persona, body: &Value| app.put(who, path(standard), body.clone());
    let body = standard_body(desk.brand, "greeted", desk.speed, "Guests are greeted.");
    put(&desk.designer, &body).if_match("*").await.expect_problem(412, "precondition_failed");
    let made = put(&desk.designer, &body).await.expect(201);
    assert_eq!(
        (made.etag(), &made.json["version"], &made.json["retired"]),
        ("\"1\"", &json!(1), &json!(false))
    );
    app.advance(60);
    assert_eq!(put(&desk.designer, &body).await.expect(200).json, made.json);

    let second = Persona::with(&app, &[(Role::Designer, of(desk.brand))]).await;
    let mut wanted = vec![(json!({"en": "Guests are greeted."}), desk.speed, false, desk.designer.account)];
    let mut changed = body;
    for (n, (member, value)) in [
        ("text", json!({"en": "Guests are greeted within thirty seconds.", "tr": "Misafirler karşılanır."})),
        ("dimension_id", json!(desk.words)),
        ("retired", json!(true)),
        ("retired", json!(false)),
    ]
    .into_iter()
    .enumerate()
    {
        changed[member] = value;
        let tag = format!("\"{}\"", n + 1);
        put(&second, &changed).await.expect_problem(428, "precondition_required");
        put(&second, &changed).if_match("\"0\"").await.expect_problem(412, "precondition_failed");
        let now = put(&second, &changed).if_match(&tag).await.expect(200);
        assert_eq!((now.etag(), &now.json["version"]), (format!("\"{}\"", n + 2).as_str(), &json!(n + 2)));
        let late = put(&second, &changed).if_match(&tag).await.expect(200);
        assert_eq!((late.etag(), &late.json), (now.etag(), &now.json));
        assert_eq!(app.get(&second, path(standard)).await.expect(200).json, now.json);
        let dimension = if n == 0 { desk.speed } else { desk.words };
        wanted.push((changed["text"].clone(), dimension, changed["retired"] == true, second.account));
        app.advance(60);
    }
    let history = format!("{}/versions", path(standard));
    for rows in [2, 200] {
        let versions = walk(&app, &desk.designer, &history, rows).await;
        assert_eq!(versions.len(), wanted.len());
        assert!(versions.is_sorted_by(|a, b| a["made_at"].as_str() < b["made_at"].as_str()), "{versions:?}");
        for (n, (one, (text, dimension, retired, by))) in versions.iter().zip(&wanted).enumerate() {
            let version = json!({"version": n + 1, "text": text, "dimension_id": dimension, "retired": retired,
                "made_by": by, "made_at": one["made_at"]});
            assert_eq!(*one, version);
        }
    }
}

async fn what_is_wrong_with_either_has_its_place(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let boss = Persona::everywhere(&app, Role::Designer).await;
    let (elsewhere, _) = add_brand(&app, "en").await;
    let foreign = add_dimension(&app, &boss, elsewhere, "speed").await;
    let whole = standard_body(desk.brand, "s", desk.speed, "Guests are greeted.");
    for (member, value, pointer) in [
        ("key", json!("Key"), "/key"),
        ("key", json!(""), "/key"),
        ("key", json!("k".repeat(65)), "/key"),
        ("key", json!("a\0"), "/key"),
        ("text", json!({}), "/text"),
        ("text", json!({"fr": "Les clients sont salués."}), "/text/en"),
        ("text", json!({"en": "x", "EN": "x"}), "/text/EN"),
        ("text", json!({"en": "x", "a/b": "x"}), "/text/a~1b"),
        ("text", json!({"en": ""}), "/text/en"),
        ("text", json!({"en": " "}), "/text/en"),
        ("text", json!({"en": "a\nb"}), "/text/en"),
        ("text", json!({"en": "a\0"}), "/text/en"),
        ("text", json!({"en": "é".repeat(2001)}), "/text/en"),
        ("text", json!((0..41).map(|n| (format!("x{n}"), "x")).collect::<Vec<_>>()), "/text"),
        ("text", json!("Guests are greeted."), "/text"),
        ("dimension_id", json!(foreign), "/dimension_id"),
        ("dimension_id", json!(id::<()>()), "/dimension_id"),
        ("retired", json!("no"), "/retired"),
        ("version", json!(1), "/version"),
    ] {
        let mut body = whole.clone();
        body[member] = value;
        let answer = app.put(&boss, path(id()), body).await;
        answer.expect_invalid(pointer);
    }
    let longest = standard_body(desk.brand, &"k".repeat(64), desk.speed, &"é".repeat(2000));
    app.put(&boss, path(id()), longest).await.expect(201);
    let forty: serde_json::Map<_, _> = (b'a'..=b'z')
        .flat_map(|a| [b'a', b'b'].map(|b| (String::from_utf8(vec![a, b]).unwrap(), json!("x"))))
        .collect();
    let languages = |count: usize| {
        let mut body = standard_body(desk.brand, "many", desk.speed, "x");
        body["text"].as_object_mut().unwrap().extend(forty.clone().into_iter().take(count - 1));
        body
    };
    app.put(&boss, path(id()), languages(41)).await.expect_invalid("/text");
    app.put(&boss, path(id()), languages(40)).await.expect(201);

    let whole = dimension_body(desk.brand, "d");
    for (member, value, pointer) in [
        ("key", json!("a-b"), "/key"),
        ("name", json!({"fr": "Rapidité"}), "/name/en"),
        ("name", json!({"en": "x", "en-gb": "x"}), "/name/en-gb"),
        ("side", json!("both"), "/side"),
        ("servqual", json!("speed"), "/servqual"),
        ("track", json!("speed"), "/track"),
    ] {
        let mut body = whole.clone();
        body[member] = value;
        app.put(&boss, format!("/v1/dimensions/{}", id::<()>()), body).await.expect_invalid(pointer);
    }
    for body in [dimension_body(id(), "d"), standard_body(id(), "s", desk.speed, "x")] {
        let kind = if body["side"].is_string() { "dimensions" } else { "standards" };
        let address = format!("/v1/{kind}/{}", id::<()>());
        app.put(&boss, &address, body.clone()).await.expect_invalid("/brand_id");
        app.put(&desk.designer, &address, body).await.expect_problem(404, "not_found");
    }
}

async fn keys_are_unique_in_a_brand_and_stay(app: TestApp) {
    let (desk, other) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    let boss = Persona::everywhere(&app, Role::Designer).await;
    let standard = desk.standard("greeted").await;
    other.standard("greeted").await;
    for (address, body, taken) in [
        (
            format!("/v1/dimensions/{}", desk.speed),
            dimension_body(desk.brand, "speed"),
            dimension_body(desk.brand, "words"),
        ),
        (
            path(standard),
            standard_body(desk.brand, "greeted", desk.speed, "Guests are greeted."),
            standard_body(desk.brand, "greeted", desk.speed, "Another."),
        ),
    ] {
        let new = address[..address.len() - 36].to_owned() + &id::<()>().to_string();
        let answer = app.put(&boss, new, taken).await.expect_problem(409, "conflict");
        assert!(answer.text("/detail").contains("has this key"), "{answer}");
        for (member, value) in [("key", json!("renamed")), ("brand_id", json!(other.brand))] {
            let mut changed = body.clone();
            changed[member] = value;
            let answer = app.put(&boss, &address, changed.clone()).if_match("*").await;
            answer.expect_problem(409, "conflict");
            let answer = app.put(&other.designer, &address, changed).if_match("*").await;
            answer.expect_problem(404, "not_found");
        }
        let read = app.get(&boss, &address).await.expect(200);
        assert_eq!((read.etag(), &read.json["key"]), ("\"1\"", &body["key"]));
    }
}

async fn changes_at_once_leave_no_gap(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let made = join_all((0..8).map(async |n: u8| {
        let body = standard_body(desk.brand, "contended", desk.speed, &n.to_string());
        app.put(&desk.designer, path(id()), body).await.status
    }))
    .await;
    assert_eq!(made.iter().filter(|status| **status == 201).count(), 1, "{made:?}");
    assert_eq!(made.iter().filter(|status| **status == 409).count(), 7, "{made:?}");

    let standard = desk.standard("greeted").await;
    let changed = join_all((0..8).map(async |n: u8| {
        let body = standard_body(desk.brand, "greeted", desk.speed, &n.to_string());
        app.put(&desk.designer, path(standard), body).if_match("\"1\"").await.status
    }))
    .await;
    assert_eq!(changed.iter().filter(|status| **status == 200).count(), 1, "{changed:?}");
    assert_eq!(changed.iter().filter(|status| **status == 412).count(), 7, "{changed:?}");
    let versions = walk(&app, &desk.designer, &format!("{}/versions", path(standard)), 50).await;
    assert_eq!(versions.iter().map(|one| one["version"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
}

async fn lists_are_complete_filtered_and_in_reach(app: TestApp) {
    let (desk, other) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    for n in 0..5 {
        desk.standard(&format!("s{n}")).await;
    }
    let (moved, retired) = (desk.standard("moved").await, desk.standard("retired").await);
    desk.change(moved, json!({"dimension_id": desk.words})).await;
    desk.change(retired, json!({"retired": true})).await;
    other.standard("s0").await;
    let manager = Persona::with(&app, &[(Role::Manager, of(desk.brand))]).await;
    let hr = Persona::everywhere(&app, Role::Hr).await;
    let [own, strange] = [desk.brand, other.brand].map(|brand| format!("?brand_id={brand}"));
    for (who, list, wanted) in [
        (&hr, "dimensions".to_owned(), 4),
        (&manager, "dimensions".to_owned(), 2),
        (&manager, format!("dimensions{strange}"), 0),
        (&hr, "standards".to_owned(), 8),
        (&hr, format!("standards{own}"), 7),
        (&hr, format!("standards{strange}"), 1),
        (&manager, "standards".to_owned(), 7),
        (&manager, format!("standards{strange}"), 0),
        (&manager, format!("standards{own}&retired=true"), 1),
        (&manager, "standards?retired=false".to_owned(), 6),
        (&manager, format!("standards?dimension_id={}", desk.words), 1),
        (&manager, format!("standards?dimension_id={}&retired=false", desk.speed), 5),
        (&manager, format!("standards?dimension_id={}", other.speed), 0),
    ] {
        let whole = walk(&app, who, &format!("/v1/{list}"), 200).await;
        assert_eq!(whole.len(), wanted, "{list}");
        assert_eq!(walk(&app, who, &format!("/v1/{list}"), 3).await, whole, "{list}");
        assert!(whole.is_sorted_by(|a, b| a["id"].as_str() < b["id"].as_str()), "nothing twice: {whole:?}");
    }
    for query in ["retired=maybe", "brand_id=x", "limit=0", "key=s0"] {
        app.get(&hr, format!("/v1/standards?{query}")).await.expect_problem(422, "invalid");
    }
    // Who made a standard say something is not for the branch's side.
    app.get(&manager, path(moved)).await.expect(200);
    app.get(&manager, format!("{}/versions", path(moved))).await.expect_problem(403, "forbidden");
    app.get(&other.designer, format!("{}/versions", path(moved))).await.expect_problem(404, "not_found");
}

async fn a_version_goes_on_meaning_what_it_meant(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let standard = desk.standard("greeted").await;
    desk.change(standard, json!({"text": {"en": "Guests are greeted at once."}})).await;
    let picture = add_picture(&app, &desk.designer, desk.brand).await;
    let draft = asking(
        json!({"standard": "greeted", "pictures": [{"id": picture, "alt": {"en": "A guest"}}]}),
        json!({"dimension": "words"}),
    );
    let version = id();
    desk.publish(&draft, version).await.expect(201);
    let bound = desk.bindings(version).await;
    let [greeted, speed, words] = ["greeted", "speed", "words"].map(Key::from);
    assert_eq!((bound.standards.len(), bound.dimensions.len()), (1, 2));
    assert_eq!((bound.standards[&greeted].id, bound.standards[&greeted].version), (standard, 2));
    assert_eq!(bound.standards[&greeted].dimension, speed);
    assert_eq!((bound.dimensions[&speed].id, bound.dimensions[&words].id), (desk.speed, desk.words));

    desk.change(standard, json!({"text": {"en": "Nobody greets."}, "dimension_id": desk.words})).await;
    desk.change(standard, json!({"retired": true})).await;
    let mut words_are = dimension_body(desk.brand, "words");
    words_are["side"] = json!("personal");
    app.put(&desk.designer, format!("/v1/dimensions/{}", desk.words), words_are)
        .if_match("*")
        .await
        .expect(200);
    let designer = desk.designer.clone();
    let app = TestApp::start(app.stop()).await; // nothing is at hand any more
    let later = app.house().versions.get(app.db(), version).await.unwrap();
    assert_eq!(*later.prepared.bindings(), bound);
    let read = app.get(&designer, format!("/v1/checklist-versions/{version}")).await.expect(200);
    assert_eq!(read.json["content"], draft_as_read(&draft));
}

/// The draft with the members that have their default.
fn draft_as_read(draft: &Value) -> Value {
    let content: incognito::checklists::model::Content = serde_json::from_value(draft.clone()).unwrap();
    json!(content)
}

async fn the_same_words_are_published_again_when_they_mean_something_else(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let standard = desk.standard("greeted").await;
    let draft = asking(json!({"standard": "greeted"}), json!({}));
    let numbers = async |draft: &Value| {
        let answer = desk.publish(draft, id()).await;
        if answer.status == 409 { 0 } else { answer.expect(201).json["number"].as_u64().unwrap() }
    };
    assert_eq!((numbers(&draft).await, numbers(&draft).await), (1, 0));
    desk.change(standard, json!({"dimension_id": desk.words})).await;
    assert_eq!((numbers(&draft).await, numbers(&draft).await), (2, 0));
    desk.change(standard, json!({"text": {"en": "Guests are greeted at once."}})).await;
    assert_eq!((numbers(&draft).await, numbers(&draft).await), (3, 0));
    // What the checklist does not speak of is no reason.
    desk.standard("unheard_of").await;
    assert_eq!(numbers(&draft).await, 0);
    let silent = asking(json!({}), json!({}));
    assert_eq!((numbers(&silent).await, numbers(&silent).await), (4, 0));
}

async fn what_the_catalogue_has_not_got_is_not_published(app: TestApp) {
    let (desk, other) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    let retired = desk.standard("retired").await;
    desk.change(retired, json!({"retired": true})).await;
    desk.standard("greeted").await;
    other.standard("theirs").await;
    add_dimension(&app, &other.designer, other.brand, "comfort").await;
    let [own, theirs] = [
        add_picture(&app, &desk.designer, desk.brand).await,
        add_picture(&app, &other.designer, other.brand).await,
    ];
    let picture = |id: incognito::ids::PictureId| json!({"id": id, "alt": {"en": "A guest"}});
    let at = |n: usize, member: &str| format!("/sections/0/questions/{n}/{member}");
    for (first, second, wanted) in [
        (json!({"standard": "theirs"}), json!({}), vec![(at(0, "standard"), "unknown_standard")]),
        (json!({}), json!({"standard": "retired"}), vec![(at(1, "standard"), "retired_standard")]),
        (json!({"dimension": "comfort"}), json!({}), vec![(at(0, "dimension"), "unknown_dimension")]),
        (
            json!({"standard": "greeted", "dimension": "words"}),
            json!({"standard": "nobody_s"}),
            vec![(at(0, "dimension"), "dimension_differs"), (at(1, "standard"), "unknown_standard")],
        ),
        (
            json!({"pictures": [picture(own), picture(theirs)]}),
            json!({"pictures": [picture(id())]}),
            vec![(at(0, "pictures/1/id"), "unknown_picture"), (at(1, "pictures/0/id"), "unknown_picture")],
        ),
    ] {
        let answer = desk.publish(&asking(first, second), id()).await.expect_problem(422, "invalid");
        let wanted: Vec<_> = wanted.iter().map(|(at, code)| (at.as_str(), *code)).collect();
        assert_eq!(problems(&answer), wanted, "{answer}");
    }
    // Beside everything else that is wrong.
    let mut draft = asking(json!({"standard": "retired"}), json!({}));
    draft["title"] = json!({});
    let answer = desk.publish(&draft, id()).await.expect_problem(422, "invalid");
    assert_eq!(
        problems(&answer),
        [("/title/en", "missing_translation"), (&at(0, "standard"), "retired_standard")]
    );
    desk.change(retired, json!({"retired": false})).await;
    let whole = asking(json!({"standard": "retired", "dimension": "speed"}), json!({}));
    assert_eq!(desk.publish(&whole, id()).await.expect(201).json["number"], 1);
}

async fn import(app: &TestApp, wish: ImportLibrary) -> Report {
    try_import(app, wish).await.unwrap()
}

async fn try_import(app: &TestApp, wish: ImportLibrary) -> incognito::error::Result<Report> {
    let now = app.app().clock.now();
    app.db().write(move |conn| library::import(conn, &Scope::everything(), &wish, now)).await
}

fn outcomes(report: &Report) -> Vec<Outcome> {
    report.checklists.iter().map(|(_, outcome)| outcome.clone()).collect()
}

/// All that a brand has of dimensions, standards and checklists, and the versions of the latter.
async fn all(app: &TestApp, who: &Persona, brand: BrandId) -> Vec<Value> {
    let mut all = Vec::new();
    for kind in ["dimensions", "standards", "checklists"] {
        all.push(json!(walk(app, who, &format!("/v1/{kind}?brand_id={brand}"), 200).await));
    }
    let checklists = all[2].as_array().unwrap().clone();
    for checklist in checklists {
        let checklist = checklist["id"].as_str().unwrap();
        all.push(app.get(who, format!("/v1/checklists/{checklist}/draft")).await.expect(200).json);
        all.push(json!(walk(app, who, &format!("/v1/checklists/{checklist}/versions"), 200).await));
    }
    all
}

async fn the_library_comes_whole_and_once(app: TestApp) {
    let (brand, designer) = add_brand(&app, "bg").await;
    let wish = ImportLibrary { brand, made_by: designer.account, drafts_only: false };
    let added = import(&app, wish).await;
    assert_eq!(added.missing_language, None);
    assert_eq!((added.dimensions.left, added.standards.left), (0, 0));
    assert!(added.dimensions.added >= 17 && added.standards.added >= 60, "{added:?}");
    assert_eq!(outcomes(&added), vec![Outcome::Published; 3]);
    let before = all(&app, &designer, brand).await;
    let counts = before[..2].iter().map(|list| list.as_array().unwrap().len()).collect::<Vec<_>>();
    assert_eq!(counts, [added.dimensions.added, added.standards.added]);
    for (checklist, content) in before[2].as_array().unwrap().iter().zip(before[3..].chunks(2)) {
        assert_eq!(checklist["name"], content[0]["content"]["title"]["bg"]);
        assert_eq!(content[0]["errors"], json!([]));
        assert_eq!(content[1][0]["number"], 1);
        let version: VersionId = content[1][0]["id"].as_str().unwrap().parse().unwrap();
        let version = app.db().read(move |conn| store::version(conn, version)).await.unwrap();
        let (standards, _) = Bindings::keys(version.prepared.content());
        assert_eq!(version.prepared.bindings().standards.keys().collect::<Vec<_>>(), standards);
    }
    let first = before[1][0]["id"].as_str().unwrap();
    let versions = app.get(&designer, format!("/v1/standards/{first}/versions")).await.expect(200);
    assert_eq!(versions.text("/items/0/made_by"), designer.account.to_string());

    app.advance(60);
    let again = import(&app, wish).await;
    let count = |count: Count| Count { added: 0, left: count.added };
    assert_eq!((again.dimensions, again.standards), (count(added.dimensions), count(added.standards)));
    assert_eq!(outcomes(&again), vec![Outcome::Left; 3]);
    assert_eq!(all(&app, &designer, brand).await, before);

    let (other, stranger) = add_brand(&app, "de").await;
    let added =
        import(&app, ImportLibrary { brand: other, made_by: stranger.account, drafts_only: false }).await;
    assert_eq!(added.missing_language, Some("de".to_owned()));
    assert_eq!(outcomes(&added), vec![Outcome::Published; 3]);
    let nowhere = ImportLibrary { brand: id(), ..wish };
    let refused = try_import(&app, nowhere).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let nobody = ImportLibrary { made_by: id(), brand: add_brand(&app, "en").await.0, ..wish };
    let refused = try_import(&app, nobody).await;
    assert_eq!(refused.unwrap_err().code(), Code::Invalid);
    let boss = Persona::everywhere(&app, Role::Designer).await;
    assert_eq!(all(&app, &boss, nobody.brand).await, vec![json!([]); 3], "all or nothing");
}

async fn the_library_leaves_what_the_brand_has(app: TestApp) {
    let (brand, designer) = add_brand(&app, "en").await;
    // The brand has its own sentence under a key of the library, in its own dimension, and has given it up.
    let own = add_dimension(&app, &designer, brand, "own").await;
    let standard = id();
    let mut body = standard_body(brand, "smile_at_greeting", own, "We smile.");
    body["retired"] = json!(true);
    app.put(&designer, path(standard), body).await.expect(201);
    let wish = ImportLibrary { brand, made_by: designer.account, drafts_only: false };
    let added = import(&app, wish).await;
    assert_eq!((added.dimensions.left, added.standards.left), (0, 1));
    let refused: Vec<_> = outcomes(&added)
        .into_iter()
        .filter_map(
            |outcome| if let Outcome::Unpublished(problems) = outcome { Some(problems) } else { None },
        )
        .collect();
    assert!(!refused.is_empty(), "some checklist of the library asks for it");
    assert!(refused.iter().flatten().all(|problem| problem.code == "retired_standard"), "{refused:?}");
    assert_eq!(app.get(&designer, path(standard)).await.expect(200).json["text"], json!({"en": "We smile."}));

    // It is published once the way is free.
    let read = app.get(&designer, path(standard)).await.expect(200);
    let body = standard_body(brand, "smile_at_greeting", own, "We smile.");
    app.put(&designer, path(standard), body).if_match(read.etag()).await.expect(200);
    let again = import(&app, wish).await;
    assert_eq!(outcomes(&again).iter().filter(|one| **one == Outcome::Published).count(), refused.len());
    assert_eq!((again.dimensions.added, again.standards.added), (0, 0));
}

async fn the_library_publishes_what_was_left_a_draft(app: TestApp) {
    let (brand, designer) = add_brand(&app, "en").await;
    let drafts = ImportLibrary { brand, made_by: designer.account, drafts_only: true };
    assert_eq!(outcomes(&import(&app, drafts).await), vec![Outcome::Draft; 3]);
    assert_eq!(outcomes(&import(&app, drafts).await), vec![Outcome::Left; 3]);
    let before = all(&app, &designer, brand).await;
    let changed: ChecklistId = before[2][0]["id"].as_str().unwrap().parse().unwrap();
    let address = format!("/v1/checklists/{changed}/draft");
    let read = app.get(&designer, &address).await.expect(200);
    app.put(&designer, &address, content()).if_match(read.etag()).await.expect(200);
    let mut outcomes = outcomes(&import(&app, ImportLibrary { drafts_only: false, ..drafts }).await);
    outcomes.sort_by_key(|outcome| *outcome == Outcome::Left);
    assert_eq!(outcomes, [Outcome::Published, Outcome::Published, Outcome::Left]);
    let versions = app.get(&designer, format!("/v1/checklists/{changed}/versions")).await.expect(200);
    assert_eq!(versions.json["items"], json!([]));
}
