//! The keys that the server signs and seals with: each for one thing, and new ones beside the old.

use actix_web::http::Method;
use diesel::prelude::*;
use incognito::{
    accounts::tokens,
    db::{migrate, schema::server_key},
    ledger::verify::{How, verify},
    seals::{KeyPurpose, Seals, Secret},
    visits::receipt::{self, Published},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    new_keys_sign_and_old_ones_verify_until_they_end,
    a_replaced_key_of_tokens_is_believed_no_more,
    receipts_stay_good_for_ever,
    what_was_sealed_opens_after_new_keys,
    keys_are_kept_under_a_secret,
    the_key_that_signed_both_signs_receipts,
);

fn kid(jws: &str) -> String {
    jsonwebtoken::decode_header(jws).unwrap().kid.unwrap()
}

async fn rotate(app: &TestApp) {
    app.advance(1); // a key that is as old as another is not newer
    app.app().seals.rotate(app.db(), KeyPurpose::ALL).await.unwrap();
}

async fn new_keys_sign_and_old_ones_verify_until_they_end(app: TestApp) {
    let caller = Persona::administrator(&app).await;
    let old = caller.token.clone().unwrap();
    assert_eq!(jsonwebtoken::decode_header(&old).unwrap().typ.as_deref(), Some("at+jwt"));
    rotate(&app).await;
    app.advance(59);
    let soon = caller.clone().renewed(&app);
    assert_eq!(kid(soon.token.as_ref().unwrap()), kid(&old), "other servers have to read it first");
    app.advance(1);
    let new = caller.clone().renewed(&app);
    assert_ne!(kid(new.token.as_ref().unwrap()), kid(&old));
    for who in [&caller, &soon, &new] {
        app.get(who, "/v1/me").await.expect(200);
    }
    app.advance(599);
    app.get(&soon, "/v1/me").await.expect_problem(401, "sign_in_needed");
    app.get(&new, "/v1/me").await.expect(200);
}

/// A key that got into wrong hands is worth nothing a quarter of an hour after another took its place.
async fn a_replaced_key_of_tokens_is_believed_no_more(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let kid = kid(who.token.as_ref().unwrap());
    let stolen: Vec<u8> = {
        let of_tokens = server_key::table.filter(server_key::purpose.eq(KeyPurpose::Tokens));
        let read =
            move |conn: &mut incognito::db::Conn| Ok(of_tokens.select(server_key::material).first(conn)?);
        app.db().read(read).await.unwrap()
    };
    let forged = |app: &TestApp| {
        let (now, key) = (app.now().unix_seconds(), EncodingKey::from_ed_der(&stolen));
        let claims = json!({"iss": "incognito", "aud": "incognito", "sub": who.account, "sid": who.session,
            "iat": now, "nbf": now, "exp": now + 600});
        let (kid, typ) = (Some(kid.clone()), Some("at+jwt".to_owned()));
        let header = Header { kid, typ, ..Header::new(Algorithm::EdDSA) };
        Persona { token: Some(jsonwebtoken::encode(&header, &claims, &key).unwrap()), ..who.clone() }
    };
    app.get(&forged(&app), "/v1/me").await.expect(200);
    rotate(&app).await;
    app.advance(60 + 900);
    app.get(&forged(&app), "/v1/me").await.expect(200);
    app.advance(1);
    app.get(&forged(&app), "/v1/me").await.expect_problem(401, "sign_in_needed");
    app.get(&who.clone().renewed(&app), "/v1/me").await.expect(200);
}

async fn receipts_stay_good_for_ever(app: TestApp) {
    let at = app.now();
    let receipt = |at| app.app().seals.sign(receipt::TYPE, &json!({"iss": "incognito"}), at).unwrap();
    let before = receipt(at);
    rotate(&app).await;
    app.advance(86_400);
    assert_eq!(receipt(at), before, "a new key changes no receipt");
    let later = receipt(app.now());
    assert_ne!(kid(&later), kid(&before));
    let keys = app.call(Method::GET, "/.well-known/jwks.json").await.expect(200);
    let keys: Published = serde_json::from_value(keys.json).unwrap();
    for jws in [&before, &later] {
        let key = DecodingKey::from_jwk(keys.keys.find(&kid(jws)).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["iss"]);
        jsonwebtoken::decode::<Value>(jws, &key, &validation).unwrap();
    }
    // A token is no receipt, and its key is not among those of receipts.
    let token = tokens::issue(&app.app().seals, id(), id(), app.now()).unwrap();
    assert!(receipt::check(&token, &keys).unwrap_err().contains("type"));
    assert!(keys.keys.find(&kid(&token)).is_none());
}

async fn what_was_sealed_opens_after_new_keys(app: TestApp) {
    let who = Persona::administrator(&app).await;
    for _ in 0..3 {
        Persona::with(&app, &[]).await;
    }
    let next = async |who: &Persona, query: &str| {
        let page = app.get(who, format!("/v1/accounts?limit=2{query}")).await.expect(200);
        page.json["next_cursor"].as_str().map(str::to_owned)
    };
    let cursor = next(&who, "").await.unwrap();
    rotate(&app).await;
    app.advance(120);
    let who = who.renewed(&app);
    next(&who, &format!("&cursor={cursor}")).await;
    assert_ne!(next(&who, "").await.unwrap(), cursor, "it is sealed by the new key");
}

async fn keys_are_kept_under_a_secret(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (db, clock) = (app.db(), &app.app().clock);
    let secret = |text: &str| Some(Secret::of(&text.repeat(32)).unwrap());
    let rows = async || -> Vec<(Vec<u8>, bool)> {
        let all =
            server_key::table.select((server_key::material, server_key::under_secret)).order(server_key::id);
        app.db().read(move |conn| Ok(all.load(conn)?)).await.unwrap()
    };
    let plain = rows().await;
    assert!(plain.iter().all(|(_, under_secret)| !under_secret));
    let under = Seals::load(db, clock, secret("a")).await.unwrap();
    let kept = rows().await;
    assert!(kept.iter().all(|(_, under_secret)| *under_secret));
    for (material, _) in &plain {
        let part = &material[..16];
        assert!(kept.iter().all(|(kept, _)| !kept.windows(16).any(|window| window == part)));
    }
    // They are the same keys.
    let token = tokens::issue(&under, who.account, who.session, app.now()).unwrap();
    app.get(&Persona { token: Some(token), ..who.clone() }, "/v1/me").await.expect(200);
    under.rotate(db, &[KeyPurpose::Tokens]).await.unwrap();
    assert!(rows().await.iter().all(|(_, under_secret)| *under_secret));
    for wrong in [None, secret("b")] {
        let error = Seals::load(db, clock, wrong).await.err().unwrap();
        assert!(error.cause().unwrap().contains("secret"), "{error}");
    }
    // Who has the database, and not the secret, adds no key.
    let bare = app.db().write(|conn| {
        let one = server_key::table.filter(server_key::purpose.eq("receipts"));
        Ok(diesel::update(one).set(server_key::under_secret.eq(false)).execute(conn)?)
    });
    assert_eq!(bare.await.unwrap(), 1);
    for given in [secret("a"), None] {
        let error = Seals::load(db, clock, given).await.err().unwrap();
        assert!(error.cause().unwrap().contains("has not made it"), "{error}");
    }
    let looked = verify(db, &app.app().blobs, How { secret: secret("a"), ..How::default() }, |_| {}).await;
    assert!(looked.err().unwrap().cause().unwrap().contains("has not made it"));
}

/// Before tokens and receipts had keys of their own, one key signed both.
async fn the_key_that_signed_both_signs_receipts(app: TestApp) {
    let keys = app.call(Method::GET, "/.well-known/jwks.json").await.expect(200).json;
    let database = app.stop();
    let later = std::fs::read_dir("migrations")
        .unwrap()
        .filter(|one| one.as_ref().unwrap().file_name().to_str().unwrap() >= "23_keys");
    assert_eq!(migrate::down(&database.url, later.count()).unwrap().last().unwrap(), "23_keys");
    migrate::up(&database.url).unwrap();
    let app = TestApp::start(database).await;
    let after: Value = app.call(Method::GET, "/.well-known/jwks.json").await.expect(200).json;
    assert_eq!(after, keys);
    let who = Persona::administrator(&app).await;
    assert_ne!(keys["keys"][0]["kid"], kid(who.token.as_ref().unwrap()));
}
