//! Who takes a table is written down, with the API key; and the addresses in answers are those by which the caller came.

use actix_web::http::Method;
use incognito::{accounts::model::Role, server::Serving};
use serde_json::{Value, json};

use super::{encoded, rows, scene};
use crate::{
    api_keys::program,
    app::{TestApp, each_engine_test},
    personas::Persona,
};

each_engine_test!(tables_are_written_down, addresses_are_those_by_which_the_caller_came);

async fn tables_are_written_down(app: TestApp) {
    let (world, _) = scene(&app).await;
    let brand = &world.brands[0];
    let who = Persona::with(&app, &[(Role::Auditor, brand.scope())]).await;
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let (by_key, key) = program(&app, &who, &brand.scope()).await;
    let written = async || {
        let path = format!("/v1/audit?kind=exported&account_id={}", who.account);
        app.get(&auditor, path).await.expect(200).json["items"].as_array().unwrap().clone()
    };
    // No rows: what tables there are, what is refused, and HEAD.
    app.get(&who, "/odata").await.expect(200);
    app.get(&who, "/odata/$metadata").await.expect(200);
    app.get(&who, "/odata/Visits?$top=x").await.expect(400);
    app.get(&who, "/odata/Visits?$expand=x").await.expect(501);
    app.call(Method::HEAD, "/odata/Visits").by(&who).await.expect(200);
    assert_eq!(written().await, Vec::<Value>::new());

    let filter = "state eq 'approved' and contains(state,'O''Neill')";
    let of_brand = format!("brand_id eq {}", brand.id);
    let apply = "groupby((state),aggregate($count as n))";
    for (reader, path, details, brand_id) in [
        (&who, "/odata/Visits".to_owned(), json!({}), json!(brand.id)),
        (
            &who,
            format!("/odata/Visits?$filter={}&$top=5", encoded(filter)),
            json!({"$filter": "state eq 'approved' and contains(state,'…''…')", "$top": "5"}),
            json!(brand.id),
        ),
        (
            &by_key,
            format!("/odata/Visits?$apply={}", encoded(apply)),
            json!({"$apply": apply}),
            json!(brand.id),
        ),
        (
            &by_key,
            format!("/odata/Branches?$filter={}", encoded(&of_brand)),
            json!({"$filter": of_brand}),
            json!(brand.id),
        ),
    ] {
        let before = written().await.len();
        app.advance(1);
        app.get(reader, &path).await.expect(200);
        let after = written().await;
        assert_eq!(after.len(), before + 1, "{path}");
        let (table, _) = path.split_once('?').unwrap_or((&path, ""));
        let row = &after[0];
        let operation = format!("GET {table}");
        assert_eq!(row["details"], json!({"operation": operation, "format": "odata", "filter": details}));
        assert_eq!((&row["brand_id"], &row["account_id"]), (&brand_id, &json!(who.account)), "{path}");
        let of_key =
            if reader.token == by_key.token { json!([key, "Power BI"]) } else { json!([null, null]) };
        assert_eq!(json!([row["api_key_id"], row["api_key_name"]]), of_key, "{path}");
    }
    // The first page of a table, and not each of them.
    let before = written().await.len();
    let page = app.get(&who, "/odata/Visits").header("prefer", "odata.maxpagesize=1").await.expect(200);
    let link = page.text("/@odata.nextLink");
    app.get(&who, &link[link.find("/odata").unwrap()..]).await.expect(200);
    assert_eq!(written().await.len(), before + 1);
    // Files by a key name it as well, and so does what shows a shopper.
    app.advance(1);
    app.get(&by_key, "/v1/branches.csv").await.expect(200);
    let row = &written().await[0];
    assert_eq!((&row["api_key_id"], &row["details"]["format"]), (&json!(key), &json!("csv")));
    app.advance(1);
    app.get(&by_key, "/v1/visits").await.expect(200);
    let path = format!("/v1/audit?kind=shopper_shown&account_id={}", who.account);
    let looks = app.get(&auditor, path).await.expect(200).json;
    assert_eq!(looks["items"][0]["api_key_id"], json!(key), "{looks}");
}

async fn addresses_are_those_by_which_the_caller_came(app: TestApp) {
    let who = Persona::everywhere(&app, Role::Auditor).await;
    let root = async |app: &TestApp, name: &str, value: &str| {
        let answer = app.get(&who, "/odata").header(name, value).await.expect(200);
        assert_eq!(rows(&answer).len(), incognito::odata::model::TABLES.len());
        answer.text("/@odata.context").trim_end_matches("/odata/$metadata").to_owned()
    };
    let plain = format!("http://{}", app.address());
    let others = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
    ];
    for (name, value) in others {
        assert_eq!(root(&app, name, value).await, plain, "{name}");
    }
    let proxies = "127.0.0.0/8".parse().unwrap();
    let app = TestApp::serving(app.stop(), |_| Serving { proxies, ..TestApp::plain() }).await;
    let forwarded = "for=198.51.100.1;host=figures.example;proto=https";
    assert_eq!(root(&app, "forwarded", forwarded).await, "https://figures.example");
    assert_eq!(root(&app, "x-forwarded-host", "figures.example").await, "http://figures.example");
}
