//! Data from before there was a ledger: it is migrated, sealed, and watched from then on.

use diesel::prelude::*;
use incognito::{
    db::{
        migrate,
        schema::{visit, visit_before, visit_content},
        types::{Instant, Json, Sha256},
    },
    ids::VisitId,
    visits::model::Submission,
};
use serde_json::json;

use super::{all_is_right, found, literal, looked, run, scene::Sealed, seal};
use crate::{
    app::{TestApp, each_engine_test},
    personas::Persona,
    reviews::approve,
};

each_engine_test!(what_was_there_before_is_sealed);

/// How many migrations make the ledger: those from this one on.
fn since(name: &str) -> usize {
    let all = std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).unwrap();
    all.filter(|one| one.as_ref().unwrap().file_name().to_str().unwrap() >= name).count()
}

async fn what_was_there_before_is_sealed(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let Sealed { world, with_photo, approved, without, .. } = &sealed;
    let now = app.now();
    let database = app.stop();
    // As the program before it kept them: no salts, and digests of what was written.
    let db = database.connect();
    let as_before = move |conn: &mut incognito::db::Conn| {
        let visits: Vec<(VisitId, Json<Submission>)> =
            visit_content::table.select((visit_content::visit_id, visit_content::content)).load(conn)?;
        for (id, content) in visits {
            diesel::update(visit::table.find(id))
                .set(visit::content_hash.eq(Sha256::of_json(&content.0).unwrap()))
                .execute(conn)?;
        }
        let before: Vec<(VisitId, Instant, Json<Submission>)> = visit_before::table
            .select((visit_before::visit_id, visit_before::replaced_at, visit_before::content))
            .load(conn)?;
        for (id, at, content) in before {
            diesel::update(visit_before::table.find((id, at)))
                .set(visit_before::content_hash.eq(Sha256::of_json(&content.0).unwrap()))
                .execute(conn)?;
        }
        Ok(())
    };
    db.write(as_before).await.unwrap();
    drop(db);
    let undone = migrate::down(&database.url, since("31_salts")).unwrap();
    assert_eq!(undone.last().unwrap(), "31_salts");
    migrate::up(&database.url).unwrap();

    let app = TestApp::start(database).await;
    while app.now() < now {
        app.advance(1);
    }
    let reviewer = world.staff.reviewer.clone().renewed(&app);
    let receipt = format!("/v1/visits/{with_photo}/receipt");
    let jws = app.get(&reviewer, &receipt).await.expect(200).bytes;
    let waiting = looked(&app).await;
    assert!(waiting.is_right(), "{:?} {:?}", waiting.findings, waiting.sums);
    assert_eq!(waiting.walked.entries, 0);
    assert!(waiting.walked.unsealed > 100, "{:?}", waiting.walked);
    all_is_right(&app).await;
    let after = looked(&app).await;
    // A grant that was taken back before it was known since when it had been there has an end, and no beginning.
    assert_eq!((after.walked.entries, after.walked.unsealed), (waiting.walked.unsealed, 0));
    assert_eq!(app.get(&reviewer, &receipt).await.expect(200).bytes, jws);
    let read = app.get(&reviewer, format!("/v1/visits/{with_photo}")).await.expect(200);
    assert_eq!((&read.json["salts"], &read.json["erased"]), (&json!(null), &json!({})));

    // Life goes on, and what was there before is watched.
    approve(&app, &reviewer, *with_photo).await.expect(200);
    all_is_right(&app).await;
    for statement in [
        format!("UPDATE visit SET month = 202601 WHERE id = {}", literal(&app, *approved)),
        format!("DELETE FROM visit_without WHERE visit_id = {}", literal(&app, *without)),
    ] {
        run(&app, &[statement]);
        assert!(!found(&app).await.is_empty());
    }
    seal(&app).await;
    assert!(!found(&app).await.is_empty());
    let keys = app.get(&Persona::nobody(), "/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys.json["keys"].as_array().unwrap().len(), 1);
}
