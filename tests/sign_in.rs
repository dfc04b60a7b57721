//! Signing in and staying signed in: who gets in, who is kept out, and that no honest phone is.

mod administrators;
mod limits;
mod passwords;

use std::collections::VecDeque;

use actix_web::http::Method;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    db::schema::{refresh_token, server_key},
    seals::KeyPurpose,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    signing_in_opens_a_session,
    unknown_wrong_and_disabled_look_the_same,
    what_cannot_be_a_name_is_refused_and_not_an_error,
    an_access_token_ends_by_the_clock,
    altered_tokens_are_refused,
    forged_tokens_are_refused,
    revocation_holds_at_the_next_request,
    sessions_are_listed_and_end,
    refresh_tokens_rotate,
    an_answer_lost_many_times_signs_nobody_out,
    no_schedule_of_losses_signs_an_honest_phone_out,
    a_stolen_token_ends_its_family_when_the_thief_is_first,
    a_stolen_token_ends_its_family_when_the_phone_is_first,
    a_late_copy_is_told_to_wait_and_ends_nothing,
    a_robbed_phone_that_waits_as_it_is_told_ends_the_family,
    two_processes_that_refresh_at_once_are_both_kept,
    a_theft_in_the_same_moment_is_seen_later,
    made_up_refresh_tokens_are_refused,
    an_idle_session_ends,
    a_disabled_account_is_out_at_once,
    a_new_password_ends_every_session,
    a_session_refreshes_so_often,
    a_token_sent_for_ever_leaves_few_rows,
    a_grant_taken_back_is_gone_at_once,
);

const PASSWORD: &str = "correct horse battery staple";

/// Somebody with a password, as an administrator makes them.
async fn account_with_password(app: &TestApp, email: &str) -> (Persona, String) {
    let administrator = Persona::administrator(app).await;
    let path = format!("/v1/accounts/{}", id::<()>());
    app.put(&administrator, &path, account(email, false)).await.expect(201);
    (administrator, path)
}

fn account(email: &str, disabled: bool) -> Value {
    json!({"email": email, "name": "Ayşe", "language": "tr", "password": PASSWORD, "disabled": disabled})
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password, "device": "phone"});
    app.post(&Persona::nobody(), "/v1/sessions", body).await
}

/// A device that holds tokens.
#[derive(Clone)]
struct Phone {
    refresh_token: String,
    caller: Persona,
}

impl Phone {
    fn of(answer: &Answer) -> Self {
        let caller = Persona { token: Some(answer.text("/access_token")), ..Persona::nobody() };
        Self { refresh_token: answer.text("/refresh_token"), caller }
    }

    async fn sign_in(app: &TestApp, email: &str) -> Self {
        Self::of(&sign_in(app, email, PASSWORD).await.expect(201))
    }

    /// Sends its token and keeps what comes, if something does.
    async fn refresh(&mut self, app: &TestApp) -> Answer {
        let answer = refresh(app, &self.refresh_token).await;
        if answer.status == 200 {
            *self = Self::of(&answer);
        }
        answer
    }

    async fn is_in(&self, app: &TestApp) -> bool {
        let answer = app.get(&self.caller, "/v1/me").await;
        assert!(answer.status == 200 || answer.code() == "sign_in_needed", "{answer}");
        answer.status == 200
    }
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post(&Persona::nobody(), "/v1/sessions/refresh", json!({"refresh_token": token})).await
}

async fn signing_in_opens_a_session(app: TestApp) {
    account_with_password(&app, "ayse@example.org").await;
    let answer = sign_in(&app, "  AYSE@example.ORG ", PASSWORD).await.expect(201);
    assert_eq!((&answer.json["token_type"], &answer.json["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let me = app.get(&Phone::of(&answer).caller, "/v1/me").await.expect(200);
    assert_eq!(me.json["email"], "ayse@example.org");
    assert_eq!(me.json["grants"], json!([]));
    assert!(!String::from_utf8_lossy(&me.bytes).contains("argon2"), "{me}");
}

async fn unknown_wrong_and_disabled_look_the_same(app: TestApp) {
    let (administrator, _) = account_with_password(&app, "known@example.org").await;
    let others = [account("disabled@example.org", true), {
        let mut without = account("without@example.org", false);
        without.as_object_mut().unwrap().remove("password");
        without
    }];
    for other in others {
        app.put(&administrator, format!("/v1/accounts/{}", id::<()>()), other).await.expect(201);
    }
    let mut seen = Vec::new();
    for (email, password) in [
        ("known@example.org", "not the password"),
        ("unknown@example.org", PASSWORD),
        ("disabled@example.org", PASSWORD),
        ("without@example.org", PASSWORD),
        ("without@example.org", "$argon2id$v=19$m=19456,t=2,p=1$YWJjZGVmZ2g$YWJjZGVmZ2g"),
    ] {
        let answer = sign_in(&app, email, password).await.expect_problem(401, "sign_in_failed");
        seen.push(without_request_id(&answer));
    }
    for other in &seen {
        assert_eq!(other, &seen[0]);
    }
}

/// All of an answer but what differs from request to request.
fn without_request_id(answer: &Answer) -> (Vec<String>, String) {
    let request_id = answer.text("/request_id");
    let body = String::from_utf8(answer.bytes.to_vec()).unwrap().replace(&request_id, "…");
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id" && *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    (headers, body)
}

/// PostgreSQL keeps no NUL in a text, and says so with an error that must not become ours.
async fn what_cannot_be_a_name_is_refused_and_not_an_error(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for text in ["nul\0@example.org", "\0"] {
        let answer = sign_in(&app, text, PASSWORD).await;
        assert!(answer.status == 401 || answer.status == 422, "{answer}");
        let mut named = account("somebody@example.org", false);
        named["name"] = json!(text);
        app.put(&administrator, format!("/v1/accounts/{}", id::<()>()), named).await.expect(422);
        let mut speaking = account("somebody@example.org", false);
        speaking["language"] = json!(format!("e{text}"));
        app.put(&administrator, format!("/v1/accounts/{}", id::<()>()), speaking).await.expect(422);
    }
    account_with_password(&app, "device@example.org").await;
    let body = json!({"email": "device@example.org", "password": PASSWORD, "device": "\0"});
    app.post(&Persona::nobody(), "/v1/sessions", body).await.expect(422);
}

async fn an_access_token_ends_by_the_clock(app: TestApp) {
    let caller = Persona::with(&app, &[]).await;
    app.get(&caller, "/v1/me").await.expect(200);
    app.advance(599);
    app.get(&caller, "/v1/me").await.expect(200);
    app.advance(1);
    let answer = app.get(&caller, "/v1/me").await.expect_problem(401, "sign_in_needed");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let fresh = caller.clone().renewed(&app);
    app.get(&fresh, "/v1/me").await.expect(200);
    app.advance(-5);
    app.get(&fresh, "/v1/me").await.expect(200);
    app.advance(-1);
    app.get(&fresh, "/v1/me").await.expect_problem(401, "sign_in_needed");
}

async fn altered_tokens_are_refused(app: TestApp) {
    let caller = Persona::administrator(&app).await;
    let token = caller.token.clone().unwrap();
    let bears = async |authorization: &str| {
        app.call(Method::GET, "/v1/me").header("authorization", authorization).await
    };
    bears(&format!("bearer {token}")).await.expect(200);
    for at in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        bears(&format!("Bearer {altered}")).await.expect_problem(401, "sign_in_needed");
    }
    for cut in [0, 1, token.len() / 2, token.len() - 1] {
        bears(&format!("Bearer {}", &token[..cut])).await.expect_problem(401, "sign_in_needed");
    }
    for odd in [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer  {token}"),
        format!("Bearer {token}."),
        format!("Bearer {token}="),
        format!("Bearer {token}, Bearer {token}"),
        "Bearer ..".to_owned(),
        "Bearer".to_owned(),
    ] {
        bears(&odd).await.expect_problem(401, "sign_in_needed");
    }
}

async fn forged_tokens_are_refused(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let other = Persona::with(&app, &[]).await;
    let material = async |purpose: KeyPurpose| -> Vec<u8> {
        let read = move |conn: &mut incognito::db::Conn| {
            let of_purpose = server_key::table.filter(server_key::purpose.eq(purpose));
            Ok(of_purpose.select(server_key::material).first(conn)?)
        };
        app.db().read(read).await.unwrap()
    };
    let public = |pkcs8: &[u8]| Ed25519KeyPair::from_pkcs8(pkcs8).unwrap().public_key().as_ref().to_vec();
    let (ours, of_receipts) = (material(KeyPurpose::Tokens).await, material(KeyPurpose::Receipts).await);
    let jwk = app.call(Method::GET, "/.well-known/jwks.json").await.expect(200);
    assert_eq!(jwk.json["keys"].as_array().map(Vec::len), Some(1), "the keys of tokens are nobody's affair");
    assert_eq!(jwk.text("/keys/0/x"), BASE64URL.encode(&public(&of_receipts)));
    assert!(!String::from_utf8_lossy(&jwk.bytes).contains("\"d\""), "a private half is shown");
    let kid_of_receipts = jwk.text("/keys/0/kid");
    let public = public(&ours);
    let token = administrator.token.as_ref().unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();

    let now = app.now().unix_seconds();
    let claims = json!({"iss": "incognito", "aud": "incognito", "sub": administrator.account,
        "sid": administrator.session, "iat": now, "nbf": now, "exp": now + 600});
    let typ = || Some("at+jwt".to_owned());
    let header = |alg| Header { kid: Some(kid.clone()), typ: typ(), ..Header::new(alg) };
    let of_type = |typ: Option<&str>| Header { typ: typ.map(str::to_owned), ..header(Algorithm::EdDSA) };
    let our_key = EncodingKey::from_ed_der(&ours);
    let sign = |header: &Header, claims: &Value, key: &EncodingKey| {
        jsonwebtoken::encode(header, claims, key).unwrap()
    };
    let with = |name: &str, value: Value| {
        let mut other = claims.clone();
        other[name] = value;
        sign(&header(Algorithm::EdDSA), &other, &our_key)
    };
    let without = |name: &str| {
        let mut fewer = claims.clone();
        fewer.as_object_mut().unwrap().remove(name);
        sign(&header(Algorithm::EdDSA), &fewer, &our_key)
    };
    let bare = |header: Value| {
        let parts = [header, claims.clone()].map(|part| BASE64URL.encode(part.to_string().as_bytes()));
        format!("{}.{}", parts[0], parts[1])
    };
    let bear = async |token: &str| {
        let forger = Persona { token: Some(token.to_owned()), ..Persona::nobody() };
        app.get(&forger, "/v1/accounts").await
    };

    let honest = sign(&header(Algorithm::EdDSA), &claims, &our_key);
    bear(&honest).await.expect(200); // so that what follows is refused for the one thing that is wrong with it
    let signature = honest.rsplit('.').next().unwrap();
    let stranger = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let forged = [
        sign(&header(Algorithm::EdDSA), &claims, &EncodingKey::from_ed_der(stranger.as_ref())),
        sign(&Header { kid: None, ..header(Algorithm::EdDSA) }, &claims, &our_key),
        sign(&Header { kid: Some("another".into()), ..header(Algorithm::EdDSA) }, &claims, &our_key),
        sign(&of_type(None), &claims, &our_key),
        sign(&of_type(Some("JWT")), &claims, &our_key),
        sign(&of_type(Some("visit-receipt+jwt")), &claims, &our_key),
        // The key of receipts signs no tokens.
        sign(
            &Header { kid: Some(kid_of_receipts.clone()), ..header(Algorithm::EdDSA) },
            &claims,
            &EncodingKey::from_ed_der(&of_receipts),
        ),
        sign(&header(Algorithm::EdDSA), &claims, &EncodingKey::from_ed_der(&of_receipts)),
        sign(&header(Algorithm::HS256), &claims, &EncodingKey::from_secret(&public)),
        sign(
            &header(Algorithm::HS256),
            &claims,
            &EncodingKey::from_secret(BASE64URL.encode(&public).as_bytes()),
        ),
        sign(&header(Algorithm::HS512), &claims, &EncodingKey::from_secret(b"")),
        format!("{}.", bare(json!({"alg": "none", "kid": kid, "typ": "at+jwt"}))),
        format!("{}.", bare(json!({"alg": "None", "kid": kid, "typ": "at+jwt"}))),
        format!("{}.{signature}", bare(json!({"alg": "none", "kid": kid, "typ": "at+jwt"}))),
        format!("{}.{signature}", bare(json!({"alg": "EdDSA", "kid": kid, "typ": "at+jwt", "x": 1}))),
        format!("{}.", bare(json!({"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}))),
        with("aud", json!("another")),
        with("aud", json!(["another"])),
        with("iss", json!("another")),
        with("sub", json!(other.account)), // a session that is not this account's
        with("sid", json!(other.session)),
        with("sid", json!(id::<()>())),
        with("sub", json!("administrator")),
        with("exp", json!(now)),
        with("nbf", json!(now + 6)),
        with("exp", json!("9999999999")),
        without("aud"),
        without("iss"),
        without("exp"),
        without("nbf"),
        without("sid"),
        without("sub"),
    ];
    for (i, token) in forged.iter().enumerate() {
        let answer = bear(token).await;
        assert_eq!((answer.status, answer.code()), (401, "sign_in_needed"), "forgery {i}: {token}");
        let again = bear(token).await; // a token that was once refused is not remembered as good
        assert_eq!(again.status, 401, "forgery {i}, the second time");
    }
}

async fn revocation_holds_at_the_next_request(app: TestApp) {
    account_with_password(&app, "two@example.org").await;
    let (mut lost, kept) =
        (Phone::sign_in(&app, "two@example.org").await, Phone::sign_in(&app, "two@example.org").await);
    let session = app.get(&lost.caller, "/v1/sessions").await.expect(200);
    let of_lost =
        session.json["items"].as_array().unwrap().iter().find(|item| item["current"] == true).unwrap();
    let path = format!("/v1/sessions/{}", of_lost["id"].as_str().unwrap());

    let stranger = Persona::administrator(&app).await;
    app.delete(&stranger, &path).await.expect_problem(404, "not_found");
    assert!(lost.is_in(&app).await);
    app.delete(&kept.caller, &path).await.expect(204);
    assert!(!lost.is_in(&app).await);
    lost.refresh(&app).await.expect_problem(401, "refresh_refused");
    assert!(kept.is_in(&app).await);
    app.delete(&kept.caller, &path).await.expect_problem(404, "not_found");
}

async fn sessions_are_listed_and_end(app: TestApp) {
    account_with_password(&app, "many@example.org").await;
    let mut first = Phone::sign_in(&app, "many@example.org").await;
    app.advance(60);
    let second = Phone::sign_in(&app, "many@example.org").await;
    app.advance(60);
    first.refresh(&app).await.expect(200);
    let list = app.get(&second.caller, "/v1/sessions").await.expect(200).json["items"].clone();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["current"], false, "who was seen last comes first");
    assert_eq!(list[0]["seen_at"], "2026-03-15T10:02:00Z");
    assert_eq!(list[0]["created_at"], "2026-03-15T10:00:00Z");
    assert_eq!(list[1]["current"], true);
    assert_eq!(list[1]["device"], "phone");
    let stranger = Persona::administrator(&app).await;
    let of_stranger = app.get(&stranger, "/v1/sessions").await.expect(200);
    assert_eq!(of_stranger.json["items"].as_array().map(Vec::len), Some(1), "only one's own are listed");
}

async fn refresh_tokens_rotate(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let mut seen = vec![phone.refresh_token.clone()];
    for _ in 0..20 {
        app.advance(590);
        let answer = phone.refresh(&app).await.expect(200);
        assert!(phone.is_in(&app).await);
        assert!(!seen.contains(&phone.refresh_token), "{answer}");
        seen.push(phone.refresh_token.clone());
    }
    let sessions = app.get(&phone.caller, "/v1/sessions").await.expect(200);
    assert_eq!(sessions.json["items"].as_array().map(Vec::len), Some(1));
}

async fn an_answer_lost_many_times_signs_nobody_out(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    for _ in 0..30 {
        refresh(&app, &phone.refresh_token).await.expect(200); // and lost
        app.advance(3_600);
    }
    for _ in 0..3 {
        phone.refresh(&app).await.expect(200);
        assert!(phone.is_in(&app).await);
        app.advance(3_600);
    }
}

/// The phone sends, loses answers, tries again; the network delivers copies of what it sent up to a minute later.
async fn no_schedule_of_losses_signs_an_honest_phone_out(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let mut dice = Dice::seeded(20_260_315);
    let mut copies: VecDeque<(i64, String)> = VecDeque::new();
    let (mut kept, mut lost, mut late, mut sent) = (0, 0, 0, 0);
    while sent < 2_000 {
        let pause = if dice.roll(2) == 0 { dice.roll(20) } else { dice.roll(2_000) };
        for _ in 0..pause.min(60) {
            app.advance(1);
            let now = app.now().unix_seconds();
            while copies.front().is_some_and(|(due, _)| *due <= now) {
                let (_, copy) = copies.pop_front().unwrap();
                refresh(&app, &copy).await; // whatever it gets, nobody listens
                late += 1;
            }
        }
        app.advance(pause.saturating_sub(60) as i64);
        copies.clear(); // what has not come within a minute never comes
        if dice.roll(4) == 0 {
            copies.push_back((
                app.now().unix_seconds() + 1 + dice.roll(59) as i64,
                phone.refresh_token.clone(),
            ));
        }
        sent += 1;
        if dice.roll(2) == 0 {
            lost += 1;
            refresh(&app, &phone.refresh_token).await.expect(200);
        } else {
            kept += 1;
            phone.refresh(&app).await.expect(200);
        }
    }
    assert!(phone.is_in(&app).await || phone.refresh(&app).await.status == 200);
    assert!(kept > 800 && lost > 800 && late > 100, "{kept} kept, {lost} lost, {late} late");
}

async fn a_stolen_token_ends_its_family_when_the_thief_is_first(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    phone.refresh(&app).await.expect(200);
    let other = Phone::sign_in(&app, "a@example.org").await;
    let mut thief = phone.clone();
    thief.refresh(&app).await.expect(200);
    thief.refresh(&app).await.expect(200);
    app.advance(61);
    assert!(thief.is_in(&app).await);
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    assert!(!thief.is_in(&app).await, "the thief is out at once");
    thief.refresh(&app).await.expect_problem(401, "refresh_refused");
    assert!(other.is_in(&app).await, "another device of the same person is in another family");
    Phone::sign_in(&app, "a@example.org").await;
}

async fn a_stolen_token_ends_its_family_when_the_phone_is_first(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    // The thief has a copy of the token that the phone uses, or of one that it got in a parallel refresh.
    for thief_refreshes_at_once in [false, true] {
        let mut phone = Phone::sign_in(&app, "a@example.org").await;
        let mut thief = phone.clone();
        if thief_refreshes_at_once {
            thief.refresh(&app).await.expect(200);
            app.advance(10);
        }
        phone.refresh(&app).await.expect(200);
        phone.refresh(&app).await.expect(200);
        app.advance(61);
        thief.refresh(&app).await.expect_problem(401, "refresh_refused");
        assert!(!phone.is_in(&app).await && !thief.is_in(&app).await);
        phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    }
    // However often one token was exchanged, only one line of its children goes on.
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let mut thief = phone.clone();
    thief.refresh(&app).await.expect(200);
    app.advance(10);
    phone.refresh(&app).await.expect(200);
    thief.refresh(&app).await.expect(200);
    app.advance(61);
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    thief.refresh(&app).await.expect_problem(401, "refresh_refused");
}

async fn a_late_copy_is_told_to_wait_and_ends_nothing(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let copy = phone.clone();
    phone.refresh(&app).await.expect(200);
    app.advance(10);
    phone.refresh(&app).await.expect(200);
    for (passed, left) in [(0, "60"), (59, "1")] {
        app.advance(passed);
        let answer = refresh(&app, &copy.refresh_token).await.expect_problem(409, "refresh_superseded");
        assert_eq!(answer.header("retry-after"), left);
        assert!(phone.is_in(&app).await);
    }
    phone.refresh(&app).await.expect(200);
}

/// Whoever is robbed and did nothing since must not be sent to sign in anew, or the thief goes on unseen.
async fn a_robbed_phone_that_waits_as_it_is_told_ends_the_family(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let mut thief = phone.clone();
    thief.refresh(&app).await.expect(200);
    app.advance(10);
    thief.refresh(&app).await.expect(200);
    app.advance(7);
    let answer = phone.refresh(&app).await.expect_problem(409, "refresh_superseded");
    assert!(thief.is_in(&app).await);
    app.advance(answer.header("retry-after").parse().unwrap());
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    assert!(!thief.is_in(&app).await);
    thief.refresh(&app).await.expect_problem(401, "refresh_refused");
}

/// Two processes of one app that share what they keep: both send the same token, both go on.
async fn two_processes_that_refresh_at_once_are_both_kept(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let token = phone.refresh_token.clone();
    let answers = join_all((0..8).map(|_| refresh(&app, &token))).await;
    let given: Vec<_> = answers.into_iter().map(|answer| Phone::of(&answer.expect(200))).collect();
    for other in &given {
        assert_eq!(other.refresh_token, given[0].refresh_token, "the same child");
        assert!(other.is_in(&app).await);
    }
    // One of them is quicker, and its next refresh proves that the answer arrived; the other comes a moment later.
    phone = given[0].clone();
    phone.refresh(&app).await.expect(200);
    app.advance(9);
    let late = Phone::of(&refresh(&app, &token).await.expect(200));
    assert_eq!(late.refresh_token, given[0].refresh_token);
    assert!(phone.is_in(&app).await);
    phone.refresh(&app).await.expect(200);

    // Later the same token is a copy, and after a minute a stolen one.
    app.advance(2);
    refresh(&app, &token).await.expect_problem(409, "refresh_superseded");
    app.advance(60);
    refresh(&app, &token).await.expect_problem(401, "refresh_refused");
    assert!(!phone.is_in(&app).await);
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
}

/// Who took the token in the same moment has what the phone has: the next exchange shows it.
async fn a_theft_in_the_same_moment_is_seen_later(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let mut thief = phone.clone();
    phone.refresh(&app).await.expect(200);
    thief.refresh(&app).await.expect(200);
    app.advance(300);
    thief.refresh(&app).await.expect(200);
    app.advance(300);
    phone.refresh(&app).await.expect(200);
    app.advance(300);
    phone.refresh(&app).await.expect(200);
    app.advance(61);
    thief.refresh(&app).await.expect_problem(401, "refresh_refused");
    assert!(!phone.is_in(&app).await && !thief.is_in(&app).await);
}

async fn made_up_refresh_tokens_are_refused(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let token = phone.refresh_token.clone();
    for at in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        refresh(&app, &String::from_utf8(altered).unwrap()).await.expect_problem(401, "refresh_refused");
    }
    let mut access = phone.caller.token.clone().unwrap();
    access.truncate(200);
    for odd in ["x", "=", &BASE64URL.encode(&[0; 48]), &access, &token[1..], &format!("{token}=")] {
        refresh(&app, odd).await.expect_problem(401, "refresh_refused");
    }
    phone.refresh(&app).await.expect(200);
}

async fn an_idle_session_ends(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    app.advance(60 * 86_400 - 1);
    phone.refresh(&app).await.expect(200);
    app.advance(60 * 86_400);
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
}

async fn a_disabled_account_is_out_at_once(app: TestApp) {
    let (administrator, path) = account_with_password(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
    app.put(&administrator, &path, account("a@example.org", true)).if_match(&tag).await.expect(200);
    assert!(!phone.is_in(&app).await);
    phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    sign_in(&app, "a@example.org", PASSWORD).await.expect_problem(401, "sign_in_failed");

    let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
    app.put(&administrator, &path, account("a@example.org", false)).if_match(&tag).await.expect(200);
    assert!(!phone.is_in(&app).await, "what was ended stays ended");
    assert!(Phone::sign_in(&app, "a@example.org").await.is_in(&app).await);
}

async fn a_new_password_ends_every_session(app: TestApp) {
    let (administrator, path) = account_with_password(&app, "a@example.org").await;
    let mut phones =
        [Phone::sign_in(&app, "a@example.org").await, Phone::sign_in(&app, "a@example.org").await];
    let put = async |body: &Value| {
        let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
        app.put(&administrator, &path, body.clone()).if_match(&tag).await.expect(200);
    };
    let mut body = account("a@example.org", false);
    body["name"] = json!("Another");
    put(&body).await;
    body.as_object_mut().unwrap().remove("password");
    body["name"] = json!("Yet another");
    put(&body).await;
    for phone in &mut phones {
        assert!(phone.is_in(&app).await, "the password is the old one");
        phone.refresh(&app).await.expect(200);
    }
    body["password"] = json!("another horse, another battery");
    put(&body).await;
    for phone in &mut phones {
        assert!(!phone.is_in(&app).await);
        phone.refresh(&app).await.expect_problem(401, "refresh_refused");
    }
    sign_in(&app, "a@example.org", PASSWORD).await.expect_problem(401, "sign_in_failed");
    let fresh = sign_in(&app, "a@example.org", "another horse, another battery").await.expect(201);
    app.put(&administrator, &path, body).await.expect(200); // the answer was lost
    assert!(Phone::of(&fresh).is_in(&app).await, "once more the same password is no new one");
    app.get(&administrator, "/v1/me").await.expect(200);
}

async fn a_session_refreshes_so_often(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let mut other = Phone::sign_in(&app, "a@example.org").await;
    let mut phone = Phone::sign_in(&app, "a@example.org").await;
    for _ in 0..30 {
        phone.refresh(&app).await.expect(200);
    }
    let answer = phone.refresh(&app).await.expect_problem(429, "too_many_requests");
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=11).contains(&wait), "{wait}");
    assert_eq!(answer.header("ratelimit-policy"), "\"session\";q=30;w=300");
    assert_eq!(answer.header("ratelimit"), format!("\"session\";r=0;t={wait}"));
    assert!(phone.is_in(&app).await);
    other.refresh(&app).await.expect(200);
    app.advance(wait);
    phone.refresh(&app).await.expect(200);
}

/// However often its answer is lost, a token has a bounded number of children, and each of them is good.
async fn a_token_sent_for_ever_leaves_few_rows(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let phone = Phone::sign_in(&app, "a@example.org").await;
    let mut given = Vec::new();
    for _ in 0..50 {
        given.push(Phone::of(&refresh(&app, &phone.refresh_token).await.expect(200)));
        app.advance(10);
    }
    let rows: i64 = app.db().read(|conn| Ok(refresh_token::table.count().first(conn)?)).await.unwrap();
    assert_eq!(rows, 1 + 10);
    for child in [0, 25, 49] {
        given[child].clone().refresh(&app).await.expect(if child == 0 { 200 } else { 409 });
    }
}

async fn a_grant_taken_back_is_gone_at_once(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let other = Persona::with(&app, &[]).await;
    let path = format!("/v1/accounts/{}/grants/{}", other.account, id::<()>());
    app.get(&other, "/v1/accounts").await.expect_problem(403, "forbidden");
    let grant = json!({"role": Role::Administrator});
    app.put(&administrator, &path, grant.clone()).await.expect(201);
    app.put(&administrator, &path, grant).await.expect(200);
    app.put(&administrator, &path, json!({"role": Role::Auditor})).await.expect_problem(409, "conflict");
    app.get(&other, "/v1/accounts").await.expect(200);
    app.delete(&administrator, &path).await.expect(204);
    app.get(&other, "/v1/accounts").await.expect_problem(403, "forbidden");
    app.delete(&administrator, &path).await.expect_problem(404, "not_found");
}
