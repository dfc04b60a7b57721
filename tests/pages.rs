//! The pages for people: the documentation, which comes whole out of the program, and the guide.

use std::{collections::BTreeMap, io::Read};

use actix_web::http::Method;
use flate2::read::GzDecoder;

use crate::app::{Answer, TestApp, each_engine_test};

each_engine_test!(
    the_documentation_comes_whole_out_of_the_program,
    the_documentation_asks_nobody_else,
    the_guides_run_nothing,
    the_root_says_where_to_go,
);

async fn get(app: &TestApp, path: &str) -> Answer {
    app.call(Method::GET, path).await
}

/// The answer's body, which is packed where the files lie packed in the program.
fn text(answer: &Answer) -> String {
    let mut text = String::new();
    match answer.header("content-encoding") {
        "gzip" => GzDecoder::new(&answer.bytes[..]).read_to_string(&mut text).unwrap(),
        _ => (&answer.bytes[..]).read_to_string(&mut text).unwrap(),
    };
    text
}

/// The directives of an answer's Content-Security-Policy, each with its sources.
fn policy(answer: &Answer) -> BTreeMap<String, Vec<String>> {
    let directives = answer.header("content-security-policy").split(';');
    let words = directives.map(|one| one.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.map(|mut words| (words.remove(0), words)).collect()
}

/// What a page loads by itself.
fn loaded(page: &str) -> Vec<&str> {
    let tags = page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link"));
    let target = |tag: &&str| tag.contains("src=\"") || tag.contains("href=\"");
    tags.filter(target)
        .filter_map(|tag| tag.split_once("src=\"").or(tag.split_once("href=\""))?.1.split('"').next())
        .collect()
}

async fn the_documentation_comes_whole_out_of_the_program(app: TestApp) {
    let moved = get(&app, "/docs").await.expect(308);
    assert_eq!(moved.header("location"), "/docs/");
    let page = get(&app, "/docs/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page}");
    let html = text(&page);
    let files = loaded(&html);
    assert!(files.iter().filter(|file| file.ends_with(".js")).count() >= 2, "{files:?}");
    for file in files {
        let name = file.trim_start_matches("./");
        assert!(!name.contains('/') && !name.contains(':'), "{file} is loaded from elsewhere");
        let found = get(&app, &format!("/docs/{name}")).await.expect(200);
        let media_type = match name.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript",
            "css" => "text/css",
            _ => "image/png",
        };
        assert!(found.header("content-type").starts_with(media_type), "{found:?}");
        assert_eq!(policy(&found), policy(&page), "{name}");
    }
    for none in ["/docs/nothing.js", "/docs/..%2fCargo.toml", "/docs/a/b"] {
        let none = get(&app, none).await.expect(404);
        assert!(none.header("content-type").starts_with("text/html") || none.code() == "not_found", "{none}");
    }
}

async fn the_documentation_asks_nobody_else(app: TestApp) {
    let page = get(&app, "/docs/").await.expect(200);
    for (directive, sources) in policy(&page) {
        let own = ["'self'", "'none'", "data:"];
        assert!(sources.iter().all(|source| own.contains(&source.as_str())), "{directive} {sources:?}");
        assert!(directive == "img-src" || !sources.contains(&"data:".to_owned()), "{directive}");
    }
    assert_eq!(policy(&page)["default-src"], ["'none'"]);
    assert_eq!(policy(&page)["script-src"], ["'self'"]);
    assert!(!text(&page).contains("<script>") && !text(&page).contains("<style"));
    let settings = text(&get(&app, "/docs/swagger-initializer.js").await.expect(200));
    for wanted in [r#""url": "/openapi.yaml""#, r#""validatorUrl": "none""#] {
        assert!(settings.contains(wanted), "{settings}");
    }
    assert!(!settings.contains("http:") && !settings.contains("https:"), "{settings}");
}

async fn the_guides_run_nothing(app: TestApp) {
    for path in ["/guide", "/guide/phone-app", "/guide/scores"] {
        let guide = get(&app, path).await.expect(200);
        assert!(guide.header("content-type").starts_with("text/html"), "{guide}");
        assert_eq!(policy(&guide)["default-src"], ["'none'"]);
        assert!(!policy(&guide).contains_key("script-src"));
        assert!(loaded(&text(&guide)).is_empty());
    }
    for none in ["/guide/", "/guide/phone", "/guide/scores/"] {
        get(&app, none).await.expect(404);
    }
}

async fn the_root_says_where_to_go(app: TestApp) {
    let places = get(&app, "/").await.expect(200);
    assert_eq!((places.header("content-type"), places.header("vary")), ("application/json", "accept"));
    let page = app.call(Method::GET, "/").header("accept", "text/html,*/*;q=0.8").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page}");
    let (page, places) = (text(&page), places.json["places"].as_array().unwrap().clone());
    assert!(places.len() > 5, "{places:?}");
    for place in &places {
        let path = place["path"].as_str().unwrap();
        assert!(page.contains(&format!("href=\"{path}\"")), "{path} is not on the page");
        assert!(get(&app, path).await.status < 300, "{path} leads nowhere");
    }
    get(&app, "/nothing").await.expect_problem(404, "not_found");
    app.call(Method::POST, "/").await.expect(405);
}
