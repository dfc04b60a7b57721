//! Files and new regions beside places that have moved or retired, or are to.

use incognito::ids::{BrandId, RegionId};
use serde_json::{Value, json};

use super::{
    import::{counts, file, import, imported, line, mistakes},
    make_brand, region_body, walk,
};
use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    a_file_makes_nothing_where_a_region_is_retired,
    a_file_makes_no_region_that_is_to_come,
    new_regions_are_not_too_deep_in_any_month,
);

async fn region(app: &TestApp, who: &Persona, name: &str) -> RegionId {
    let regions = walk(app, who, "/v1/regions", 200).await;
    regions.iter().find(|region| region["name"] == name).unwrap()["id"].as_str().unwrap().parse().unwrap()
}

async fn step(app: &TestApp, who: &Persona, region: RegionId, step: &str, body: Value) {
    app.post(who, format!("/v1/regions/{region}/{step}"), body).if_match("*").await.expect(200);
}

async fn brand_with(app: &TestApp, who: &Persona, lines: impl IntoIterator<Item = String>) -> BrandId {
    let brand = make_brand(app, who).await;
    import(app, who, brand, file(lines)).await.expect(200);
    brand
}

fn wrong(at: &str, code: &str) -> [(String, String); 1] {
    [(at.to_owned(), code.to_owned())]
}

async fn a_file_makes_nothing_where_a_region_is_retired(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand =
        brand_with(&app, &who, [line("Europe/France", "FR-1", "Lumen"), line("Asia", "KZ-1", "Lumen")]).await;
    for from in ["2026-03-01", "2026-12-01"] {
        let europe = region(&app, &who, "Europe").await;
        step(&app, &who, europe, "retire", json!({"from": from, "reason": "It closes."})).await;
        for path in ["Europe", "Europe/France", "Europe/Spain"] {
            let new = file([line("Asia", "KZ-1", "Lumen"), line(path, "N-1", "New")]);
            let answer = import(&app, &who, brand, new).await.expect_problem(422, "invalid");
            assert_eq!(mistakes(&answer), wrong("/lines/3/region", "retired"), "{path}");
        }
        // What is kept there stays, and may be corrected.
        let name = format!("Lumen until {from}");
        let kept = import(&app, &who, brand, file([line("Europe/France", "FR-1", &name)])).await.expect(200);
        assert_eq!(counts(&kept), imported(0, 0, 1, 0));
        let note = &kept.json["notes"][0];
        assert_eq!(
            (&note["pointer"], &note["code"]),
            (&json!("/lines/2/branch"), &json!("retired")),
            "{kept}"
        );
        step(&app, &who, europe, "restore", json!({"reason": "It goes on."})).await;
    }
    let new = import(&app, &who, brand, file([line("Europe/Spain", "N-1", "New")])).await.expect(200);
    assert_eq!(counts(&new), imported(1, 1, 0, 0));
}

async fn a_file_makes_no_region_that_is_to_come(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand =
        brand_with(&app, &who, [line("Europe/Turkey", "TR-1", "Lumen"), line("Asia", "KZ-1", "Lumen")]).await;
    let body =
        json!({"from": "2026-05", "region_id": region(&app, &who, "Asia").await, "reason": "A new order."});
    step(&app, &who, region(&app, &who, "Turkey").await, "move", body).await;
    let new = file([line("Asia/Turkey", "TR-2", "New")]);
    let answer = import(&app, &who, brand, new).await.expect_problem(422, "invalid");
    assert_eq!(mistakes(&answer), wrong("/lines/2/region", "conflict"));
    // Where it is now, and beside where it is to be.
    let lines = [
        line("Europe/Turkey", "TR-2", "New"),
        line("Asia/Japan", "JP-1", "New"),
        line("Turkey", "X-1", "New"),
    ];
    let answer = import(&app, &who, brand, file(lines)).await.expect(200);
    assert_eq!(counts(&answer), imported(2, 3, 0, 0));
}

async fn new_regions_are_not_too_deep_in_any_month(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let names: Vec<_> = (1..=31).map(|depth| format!("L{depth}")).collect();
    let lines = [line(&names.join("/"), "FR-1", "Lumen"), line("X", "FR-2", "Lumen")];
    let brand = brand_with(&app, &who, lines).await;
    let (deepest, x) = (region(&app, &who, "L31").await, region(&app, &who, "X").await);
    let put = async |parent, name: &str| {
        app.put(&who, format!("/v1/regions/{}", id::<()>()), region_body(brand, Some(parent), name)).await
    };
    let below_x = async |path: &str| {
        let answer =
            import(&app, &who, brand, file([line("X", "FR-2", "Lumen"), line(path, "N-1", "New")])).await;
        answer.expect_problem(422, "invalid")
    };
    step(&app, &who, x, "move", json!({"from": "2026-05", "region_id": deepest, "reason": "A new order."}))
        .await;
    let refused = put(x, "Y").await.expect_invalid("/parent_id");
    assert_eq!(refused.json["errors"][0]["code"], "depth");
    for path in ["X/Y", "X/Y/Z"] {
        assert_eq!(mistakes(&below_x(path).await), wrong("/lines/3/region", "depth"));
    }
    put(deepest, "L32").await.expect(201);
    step(&app, &who, x, "take-back-move", json!({"reason": "The old order."})).await;
    put(x, "Y").await.expect(201);
    let new = import(&app, &who, brand, file([line("X/Y/Z", "N-1", "New")])).await.expect(200);
    assert_eq!(counts(&new), imported(1, 1, 0, 0));
}
