//! What small requests cost: at most 64 KiB from a stranger or a shopper is to take no more than 50 ms of CPU. Times are
//! printed and not asserted: `cargo test --test it costs:: -- --ignored --nocapture`, with `--release` for those that
//! count.

use std::fs;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Call, Database, Engine, TestApp, id},
    builders::{World, visit_body},
    uploads::File,
};

/// The CPU that this process has taken, in milliseconds.
fn cpu() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 =
        rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks * 1_000.0 / TICKS_PER_SECOND
}

/// So many times each, so that ticks are fine enough.
const TIMES: u32 = 20;

async fn cost(name: &str, mut call: impl FnMut() -> Call<'static>) {
    let before = cpu();
    let mut status = 0;
    for _ in 0..TIMES {
        status = call().await.status;
    }
    println!("{:>8.1} ms  {status}  {name}", (cpu() - before) / f64::from(TIMES));
}

#[test]
#[ignore = "prints times"]
fn small_requests_are_cheap() {
    actix_web::rt::System::new().block_on(measure());
}

async fn measure() {
    let app: &'static TestApp =
        Box::leak(Box::new(TestApp::start(Database::migrated(Engine::Sqlite).unwrap()).await));
    let world: &'static World = Box::leak(Box::new(World::build(app).await));
    let (shopper, branch) = (&world.staff.shopper, &world.brands[0].regions[0].branches[0]);
    let stranger = |method: Method, path: String, body: String| {
        move || app.call(method.clone(), &path).body("application/json", body.clone())
    };
    let sign_in = json!({"email": "nobody@example.org", "password": "x".repeat(100), "device": "d"});
    cost("signing in", stranger(Method::POST, "/v1/sessions".into(), sign_in.to_string())).await;
    let wrong = format!("{{{}}}", (0..1_500).map(|n| format!("\"a{n}\":{n}")).collect::<Vec<_>>().join(","));
    cost("signing in with 1,500 members", stranger(Method::POST, "/v1/sessions".into(), wrong)).await;
    for (path, encoding) in
        [("/openapi.yaml", "br"), ("/openapi.yaml", "gzip"), ("/guide", "br"), ("/docs/", "br")]
    {
        let call = move || app.call(Method::GET, path).header("accept-encoding", encoding);
        cost(&format!("{path} as {encoding}"), call).await;
    }
    let languages = (0..1_500).map(|n| format!("a{n};q=0.{n}")).collect::<Vec<_>>().join(",");
    cost("a long Accept-Language", move || {
        app.call(Method::GET, "/problems/invalid").header("accept-language", &languages)
    })
    .await;
    let token = format!("Bearer {}", "a.".repeat(3_000));
    cost("a long token", move || app.call(Method::GET, "/v1/me").header("authorization", &token)).await;

    let visit = |body: String| {
        move || {
            app.call(Method::PUT, format!("/v1/visits/{}", id::<()>()))
                .by(shopper)
                .body("application/json", body.clone())
        }
    };
    let of = |answers: Value| {
        let mut body = visit_body(branch.open_assignment, world.brands[0].version);
        body["answers"] = answers;
        body.to_string()
    };
    cost("a visit of 32,000 numbers in a list", visit(format!("{{\"answers\":[{}1]}}", "1,".repeat(32_000))))
        .await;
    cost(
        "a visit of 500 unknown answers",
        visit(of((0..500).map(|n| (format!("k{n}"), json!({"value": "x".repeat(80)}))).collect())),
    )
    .await;
    cost(
        "a visit of 501 answers",
        visit(of((0..501).map(|n| (format!("k{n}"), json!({"value": n}))).collect())),
    )
    .await;
    cost(
        "a visit of 16,000 members",
        visit(format!("{{{}}}", (0..6_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(","))),
    )
    .await;
    cost("a visit of 60,000 brackets", visit(format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000)))).await;
    cost(
        "a visit with a text of 60,000 characters",
        visit(of(json!({"remarks": {"value": "я".repeat(30_000)}}))),
    )
    .await;
    let entry = |n: usize| json!({"id": id::<()>(), "question": format!("k{n}"), "media_type": "image/jpeg", "size": 1, "sha256": "0".repeat(64)});
    let mut listed = visit_body(branch.open_assignment, world.brands[0].version);
    listed["manifest"] = (0..200).map(entry).collect();
    cost("a visit of 200 unknown files", visit(listed.to_string())).await;
    let positions: Vec<_> = (0..100)
        .map(|_| json!({"at": "2026-03-14T09:00:00Z", "latitude": 1.5, "longitude": 2.5, "accuracy_m": 3.7}))
        .collect();
    let mut body = visit_body(branch.open_assignment, world.brands[0].version);
    body["positions"] = json!(positions);
    let (body, other) = (body.to_string(), body.to_string().replace("09:40", "09:41"));
    let path = format!("/v1/visits/{}", id::<()>());
    app.call(Method::PUT, &path).by(shopper).body("application/json", body.clone()).await.expect(201);
    let again = path.clone();
    cost("a visit of 100 positions again", move || {
        app.call(Method::PUT, &again).by(shopper).body("application/json", body.clone())
    })
    .await;
    cost("a visit that differs", move || {
        app.call(Method::PUT, &path).by(shopper).body("application/json", other.clone())
    })
    .await;
    for path in
        ["/v1/me/work", "/v1/jobs?near=41.00,28.97&within_km=100", "/v1/visits?limit=200", "/v1/me/rating"]
    {
        cost(path, move || app.get(shopper, path)).await;
    }
    let query = format!("/v1/jobs?{}", (0..4_000).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join("&"));
    cost("4,000 unknown parameters", move || app.get(shopper, &query)).await;
    let file = File::of(1, 64 << 10);
    cost("a file of 64 KiB", move || File { id: id(), ..file.clone() }.put(app, shopper)).await;
    let metadata = (0..3_000).map(|n| format!("a{n} eA==")).collect::<Vec<_>>().join(",");
    cost("3,000 pairs of metadata", move || {
        app.call(Method::POST, "/v1/uploads")
            .by(shopper)
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "1")
            .header("upload-metadata", &metadata)
    })
    .await;
}
