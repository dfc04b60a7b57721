//! Moves that have to do with each other: in which order they are carried out, and what they are called there.

use diesel::prelude::*;
use incognito::{
    db::{Conn, schema::region},
    estate::carry_out_moves::CarryOutMoves,
    ids::RegionId,
    work::Task,
};
use serde_json::{Value, json};

use super::{is_right, seen, step, to};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::branch_body,
    ledger::all_is_right,
    scores::Tree,
};

each_engine_test!(
    regions_that_change_places_do_so_in_any_order,
    a_move_that_fails_holds_up_no_other,
    no_region_takes_a_name_that_is_taken_where_it_moves,
);

/// From the middle of March to the first of April.
const TO_APRIL: i64 = 17 * 86_400;

/// Makes two regions, the second in the first, and a branch in the first.
async fn nested(app: &TestApp, tree: &mut Tree, names: [&'static str; 2], ids: [RegionId; 2]) {
    let administrator = &tree.world.staff.administrator;
    let [(outer, outer_name), (inner, inner_name)] = [(ids[0], names[0]), (ids[1], names[1])];
    let body = json!({"brand_id": tree.brand, "name": outer_name});
    app.put(administrator, format!("/v1/regions/{outer}"), body).await.expect(201);
    let body = json!({"brand_id": tree.brand, "parent_id": outer, "name": inner_name});
    app.put(administrator, format!("/v1/regions/{inner}"), body).await.expect(201);
    let body = branch_body(tree.brand, Some(outer), outer_name);
    app.put(administrator, format!("/v1/branches/{}", id::<()>()), body).await.expect(201);
    tree.regions.extend([(outer_name, outer), (inner_name, inner)]);
}

async fn regions_that_change_places_do_so_in_any_order(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    let mut ids: Vec<RegionId> = (0..6).map(|_| id()).collect();
    ids.sort_unstable();
    nested(&app, &mut tree, ["over 1", "under 1"], [ids[0], ids[1]]).await;
    nested(&app, &mut tree, ["over 2", "under 2"], [ids[3], ids[2]]).await;
    nested(&app, &mut tree, ["over 3", "under 3"], [ids[4], ids[5]]).await;
    for (over, under) in [("over 1", "under 1"), ("over 2", "under 2")] {
        to(&app, &tree, over, Some(under), "2026-04").await.expect_invalid("/region_id");
        to(&app, &tree, under, None, "2026-04").await.expect(200);
        to(&app, &tree, over, Some(under), "2026-04").await.expect(200);
        // Without the other one this one would be a circle.
        step(&app, &tree, under, "take-back-move", json!({"reason": "No."}))
            .await
            .expect_invalid("/region_id");
    }
    to(&app, &tree, "under 3", None, "2026-04").await.expect(200);
    app.advance(TO_APRIL);
    // The month has begun, and the other move is not carried out yet: so this one is not carried out at once.
    let waits = to(&app, &tree, "over 3", Some("under 3"), "2026-04").await.expect(200);
    assert_eq!(waits.json["planned_move"]["region_id"], json!(tree.regions["under 3"]), "{waits}");
    assert_eq!(waits.json["region_id"], Value::Null, "{waits}");
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    for (over, under) in [("over 1", "under 1"), ("over 2", "under 2"), ("over 3", "under 3")] {
        let (lower, upper) = (seen(&app, &tree, over).await, seen(&app, &tree, under).await);
        assert_eq!((&lower["parent_id"], &upper["parent_id"]), (&json!(tree.regions[under]), &Value::Null));
        assert_eq!((&lower["planned_move"], &upper["planned_move"]), (&Value::Null, &Value::Null));
        let administrator = tree.world.staff.administrator.clone().renewed(&app);
        let path = format!("/v1/branches?region_id={}", tree.regions[under]);
        let below = app.get(&administrator, path).await.expect(200);
        assert_eq!(below.json["items"][0]["code"], json!(over), "{below}");
    }
    is_right(&app).await;
    all_is_right(&app).await;
}

async fn renamed_without_asking(app: &TestApp, region: RegionId, name: &str) {
    let name = name.to_owned();
    let rename = move |conn: &mut Conn| {
        diesel::update(region::table.find(region)).set(region::name.eq(&name)).execute(conn)?;
        Ok(())
    };
    app.db().write(rename).await.unwrap();
}

async fn a_move_that_fails_holds_up_no_other(app: TestApp) {
    let (tree, other) = (Tree::build(&app).await, Tree::build(&app).await);
    for tree in [&tree, &other] {
        to(&app, tree, "city", None, "2026-04").await.expect(200);
        to(&app, tree, "d", Some("country"), "2026-04").await.expect(200);
    }
    renamed_without_asking(&app, tree.regions["abroad"], "city").await;
    app.advance(TO_APRIL);
    CarryOutMoves {}.run(app.app(), &()).await.unwrap_err();
    assert_eq!(seen(&app, &tree, "city").await["parent_id"], json!(tree.regions["country"]));
    assert_eq!(seen(&app, &tree, "d").await["region_id"], json!(tree.regions["country"]));
    assert_eq!(seen(&app, &other, "city").await["parent_id"], Value::Null);
    assert_eq!(seen(&app, &other, "d").await["region_id"], json!(other.regions["country"]));
    renamed_without_asking(&app, tree.regions["abroad"], "abroad").await;
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    assert_eq!(seen(&app, &tree, "city").await["parent_id"], Value::Null);
    is_right(&app).await;
    all_is_right(&app).await;
}

async fn rename(app: &TestApp, tree: &Tree, region: &str, name: &str) -> Answer {
    let (who, path) = (&tree.world.staff.administrator, format!("/v1/{}", tree.place(region)));
    let before = app.get(who, &path).await.expect(200);
    let mut body = json!({"brand_id": tree.brand, "name": name});
    if !before.json["parent_id"].is_null() {
        body["parent_id"] = before.json["parent_id"].clone();
    }
    app.put(who, path, body).if_match(before.etag()).await
}

async fn no_region_takes_a_name_that_is_taken_where_it_moves(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    nested(&app, &mut tree, ["over", "under"], [id(), id()]).await;
    to(&app, &tree, "city", None, "2026-05").await.expect(200);
    to(&app, &tree, "under", None, "2026-05").await.expect(200);
    for name in ["abroad", "country", "under"] {
        rename(&app, &tree, "city", name).await.expect_problem(409, "conflict");
    }
    rename(&app, &tree, "city", "town").await.expect(200);
    rename(&app, &tree, "under", "town").await.expect_problem(409, "conflict");
    rename(&app, &tree, "abroad", "town").await.expect_problem(409, "conflict");
    rename(&app, &tree, "under", "city").await.expect(200);
    app.advance(TO_APRIL + 30 * 86_400);
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    assert_eq!(seen(&app, &tree, "city").await["parent_id"], Value::Null);
    all_is_right(&app).await;
}
