//! Parts that law or retention has erased: digest, receipt and chain stay as they are.

use diesel::prelude::*;
use incognito::{
    db::{
        Conn,
        schema::{
            account, assignment_step, certificate, clean_copy, evidence, photo_look, shopper, visit_content,
            visit_step,
        },
        types::Json,
    },
    ids::AccountId,
    seals::salted::Salt,
    visits::{model::Submission, parts::Parts},
};
use serde_json::{Value, json};

use super::{found, looked, scene::Sealed, seal};
use crate::app::{TestApp, each_engine_test};

each_engine_test!(what_is_erased_leaves_the_chains_true, what_is_erased_without_its_digest_is_seen);

/// The digest that stays of a part, in place of its salt.
fn left_of(salt: &[u8], part: &Value) -> Vec<u8> {
    let salt = Salt::from_bytes(salt.try_into().unwrap());
    salt.digest(part).unwrap().to_bytes().to_vec()
}

async fn what_is_erased_leaves_the_chains_true(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let receipt = format!("/v1/visits/{}/receipt", sealed.with_photo);
    let (before, signed) =
        (looked(&app).await, app.get(&sealed.world.staff.shopper, &receipt).await.expect(200));
    assert!(before.is_right(), "{:?}", before.findings);
    // A shopper's words, where they were, and their photo with all that was read in it.
    let (of, photo) = (sealed.with_photo, sealed.photo.id);
    let rewrite = move |conn: &mut Conn| {
        type Kept = (Json<Submission>, Option<Json<Parts>>);
        let (mut content, parts): Kept = visit_content::table
            .find(of)
            .select((visit_content::content, visit_content::parts))
            .first(conn)?;
        let mut parts = parts.unwrap();
        for pointer in ["/answers/remarks/value", "/positions", "/manifest/0/sha256"] {
            assert!(parts.0.erase(&mut content.0, pointer).unwrap());
        }
        diesel::update(visit_content::table.find(of))
            .set((visit_content::content.eq(content), visit_content::parts.eq(Some(parts))))
            .execute(conn)?;
        diesel::delete(photo_look::table.find(photo)).execute(conn)?;
        diesel::delete(clean_copy::table.find(photo)).execute(conn)?;
        diesel::delete(evidence::table.find(photo)).execute(conn)?;
        Ok(())
    };
    app.db().write(rewrite).await.unwrap();
    std::fs::remove_file(super::place(&app, sealed.photo.digest())).unwrap();
    // Reasons, a name and an address, a profile, a note.
    let whose = sealed.shopper.account;
    app.db().write(move |conn| erase_people(conn, whose)).await.unwrap();
    assert_eq!(found(&app).await, Vec::<String>::new());
    let after = looked(&app).await;
    assert_eq!(after.walked, before.walked, "the chains are what they were");
    let again = app.get(&sealed.world.staff.shopper, &receipt).await.expect(200);
    assert_eq!(again.bytes, signed.bytes);
    // What is changed of an erased account later is sealed with what is left.
    let more = (account::disabled.eq(true), account::revision.eq(account::revision + 1));
    app.db()
        .write(move |conn| Ok(diesel::update(account::table.find(whose)).set(more).execute(conn)?))
        .await
        .unwrap();
    seal(&app).await;
    let at_last = looked(&app).await;
    assert!(at_last.is_right(), "{:?}", at_last.findings);
    assert_eq!((at_last.walked.entries, at_last.walked.unsealed), (before.walked.entries + 1, 0));
}

fn erase_people(conn: &mut Conn, whose: AccountId) -> incognito::error::Result<()> {
    let (salt, email, name): (Option<Vec<u8>>, String, String) =
        account::table.find(whose).select((account::salt, account::email, account::name)).first(conn)?;
    let left = left_of(&salt.unwrap(), &json!([email, name]));
    let gone = (account::salt.eq(Some(left)), account::email.eq("gone"), account::name.eq("gone"));
    diesel::update(account::table.find(whose)).set(gone).execute(conn)?;

    let (salt, profile): (Option<Vec<u8>>, Json<Value>) =
        shopper::table.find(whose).select((shopper::salt, shopper::profile)).first(conn)?;
    let left = left_of(&salt.unwrap(), &json!([profile.0]));
    let mut bare = profile.0;
    bare["employers"] = json!([]);
    let gone = (shopper::salt.eq(Some(left)), shopper::profile.eq(Json(bare)));
    diesel::update(shopper::table.find(whose)).set(gone).execute(conn)?;

    let notes: Vec<(incognito::ids::CertificateId, Option<Vec<u8>>, Option<String>)> =
        certificate::table.select((certificate::id, certificate::salt, certificate::note)).load(conn)?;
    for (id, salt, note) in notes {
        let left = left_of(&salt.unwrap(), &json!([note]));
        diesel::update(certificate::table.find(id))
            .set((certificate::salt.eq(Some(left)), certificate::note.eq(None::<String>)))
            .execute(conn)?;
    }
    // The reasons of steps.
    macro_rules! forget_reasons {
        ($steps:ident by $id:ident) => {
            let steps: Vec<(incognito::db::types::Id<()>, i32, Option<Vec<u8>>, Option<String>)> =
                $steps::table
                    .filter($steps::reason.is_not_null())
                    .select(($steps::$id, $steps::number, $steps::salt, $steps::reason))
                    .load(conn)?;
            assert!(!steps.is_empty());
            for (id, number, salt, reason) in steps {
                let left = left_of(&salt.unwrap(), &json!(reason));
                diesel::update($steps::table.filter($steps::$id.eq(id)).filter($steps::number.eq(number)))
                    .set(($steps::salt.eq(Some(left)), $steps::reason.eq(None::<String>)))
                    .execute(conn)?;
            }
        };
    }
    forget_reasons!(visit_step by visit_id);
    forget_reasons!(assignment_step by assignment_id);
    Ok(())
}

async fn what_is_erased_without_its_digest_is_seen(app: TestApp) {
    let sealed = Sealed::new(&app).await;
    let whose = sealed.shopper.account;
    let gone = move |conn: &mut Conn| {
        let gone = (account::name.eq("gone"), account::salt.eq(None::<Vec<u8>>));
        Ok(diesel::update(account::table.find(whose)).set(gone).execute(conn)?)
    };
    app.db().write(gone).await.unwrap();
    let seen = found(&app).await;
    assert!(seen.len() == 1 && seen[0].contains(&format!("account {whose}")), "{seen:?}");
}
