//! Pages of other origins: those that the configuration lists may call the API from a browser, others may not.

use actix_web::http::Method;
use incognito::{accounts::model::Role, server::Serving};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
};

each_engine_test!(
    listed_origins_may_read_answers,
    a_preflight_is_answered,
    uploads_let_every_page_in,
    without_a_list_nothing_is_said
);

const DESK: &str = "https://desk.example";
const STRANGER: &str = "https://desk.example.evil.example";

/// The same server, for pages of the desk.
async fn with_desk(app: TestApp) -> TestApp {
    let origins = "https://other.example, https://desk.example".parse().unwrap();
    TestApp::serving(app.stop(), |_| Serving { origins, ..TestApp::plain() }).await
}

const ALLOWED: &str = "access-control-allow-origin";

fn varies_by_origin(answer: &Answer) -> bool {
    let vary = answer.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok());
    vary.flat_map(|value| value.split(',')).any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

async fn listed_origins_may_read_answers(app: TestApp) {
    let app = with_desk(app).await;
    let world = World::build(&app).await;
    let brand = format!("/v1/brands/{}", world.brands[0].id);
    let unknown = format!("/v1/brands/{}", id::<Role>());
    let who = &world.staff.administrator;
    for (path, status) in [
        (brand.as_str(), 200),
        (unknown.as_str(), 404),
        ("/v1/nowhere", 404),
        ("/openapi.yaml", 200),
        ("/.well-known/jwks.json", 200),
    ] {
        let answer = app.get(who, path).header("origin", DESK).await.expect(status);
        assert_eq!(answer.header(ALLOWED), DESK, "{answer}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{answer}");
        let exposed = answer.header("access-control-expose-headers").to_ascii_lowercase();
        for name in ["etag", "link", "location", "retry-after", "ratelimit", "upload-offset", "x-request-id"]
        {
            assert!(exposed.split(',').any(|one| one.trim() == name), "{name}: {exposed}");
        }
        for origin in [STRANGER, "null", "https://desk.example:443", "http://desk.example"] {
            let refused = app.get(who, path).header("origin", origin).await.expect(status);
            assert_eq!(refused.header(ALLOWED), "", "{origin}: {refused}");
            assert!(varies_by_origin(&refused), "{refused}");
        }
        assert_eq!(app.get(who, path).await.expect(status).header(ALLOWED), "");
        assert!(varies_by_origin(&answer), "{answer}");
    }
}

async fn a_preflight_is_answered(app: TestApp) {
    let app = with_desk(app).await;
    let preflight = |origin: &str, method: &str| {
        let call = app.call(Method::OPTIONS, format!("/v1/brands/{}", id::<Role>()));
        call.header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization, content-type, if-match")
    };
    let answer = preflight(DESK, "PUT").await.expect(200);
    assert_eq!(answer.header(ALLOWED), DESK, "{answer}");
    assert_eq!(answer.header("access-control-max-age"), "86400");
    let methods = answer.header("access-control-allow-methods");
    assert!(["GET", "PUT", "POST", "PATCH", "DELETE"].iter().all(|one| methods.contains(one)), "{methods}");
    assert!(answer.header("access-control-allow-headers").contains("if-match"), "{answer}");
    assert!(!answer.header("x-request-id").is_empty(), "{answer}");
    let stranger = preflight(STRANGER, "PUT").await;
    assert_eq!(stranger.header(ALLOWED), "", "{stranger}");
    let odd = preflight(DESK, "TRACE").await.expect_problem(400, "malformed_request");
    assert_eq!(odd.header(ALLOWED), "", "{odd}");
    // What is no preflight is as it is without a list.
    app.call(Method::OPTIONS, "/v1/brands").await.expect_problem(405, "method_not_allowed");
}

async fn uploads_let_every_page_in(app: TestApp) {
    let path = format!("/v1/uploads/{}", id::<Role>());
    let before = app.call(Method::OPTIONS, &path).header("origin", STRANGER).await.expect(204);
    let app = with_desk(app).await;
    let who = Persona::everywhere(&app, Role::Shopper).await;
    for origin in [DESK, STRANGER] {
        let now = app.call(Method::OPTIONS, &path).header("origin", origin).await.expect(204);
        let shown = |answer: &Answer| {
            let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
            let mut shown: Vec<_> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
            shown.sort();
            shown
        };
        assert_eq!(shown(&now), shown(&before));
        let answer = app.call(Method::HEAD, &path).by(&who).header("origin", origin).await;
        let allowed: Vec<_> = answer.headers.get_all(ALLOWED).iter().collect();
        assert_eq!(allowed, ["*"], "{answer}");
    }
}

async fn without_a_list_nothing_is_said(app: TestApp) {
    let answer = app.call(Method::GET, "/openapi.yaml").header("origin", DESK).await.expect(200);
    assert_eq!(answer.header(ALLOWED), "");
    assert!(!varies_by_origin(&answer), "{answer}");
}
