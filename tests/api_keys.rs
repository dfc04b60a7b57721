//! API keys: what programs may read by them, how long, and that their secrets are nowhere.

use actix_web::http::Method;
use data_encoding::BASE64;
use diesel::prelude::*;
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        policy::Permission,
    },
    db::{Conn, schema::account, types::Sha256},
    ids::{AccountId, ApiKeyId},
    server::routes::{self, Needs},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, Engine, TestApp, each_engine_test, id},
    builders::World,
    ledger::{Hand, all_is_right},
    personas::Persona,
    who_may::samples,
};

each_engine_test!(
    a_key_is_made_once_and_revoked,
    a_key_comes_as_bearer_and_as_basic,
    what_is_wrong_with_a_key_has_its_place,
    a_key_reads_and_does_nothing_else,
    a_key_may_do_no_more_than_its_account,
    a_key_over_a_region_follows_its_branches,
    a_key_that_is_over_is_refused,
    its_use_is_kept_once_a_minute,
    administrators_see_and_revoke_keys_of_their_places,
    guesses_are_counted_and_lock_no_key_out,
    secrets_are_nowhere,
);

const DAY: i64 = 86_400;

pub fn path(key: ApiKeyId) -> String {
    format!("/v1/api-keys/{key}")
}

/// A key over this scope for thirty days.
pub fn key_body(app: &TestApp, scope: &GrantScope) -> Value {
    json!({"name": "Power BI", "scope": scope, "expires_at": app.now().plus_seconds(30 * DAY)})
}

/// A program that reads by a key, and which key that is.
pub async fn program(app: &TestApp, of: &Persona, scope: &GrantScope) -> (Persona, ApiKeyId) {
    let key = id();
    let made = app.put(of, path(key), key_body(app, scope)).await.expect(201);
    (Persona { token: Some(made.text("/secret")), ..of.clone() }, key)
}

fn basic<'a>(app: &'a TestApp, user: &str, secret: &str, address: &str) -> Call<'a> {
    let pair = BASE64.encode(format!("{user}:{secret}").as_bytes());
    app.call(Method::GET, address).header("authorization", &format!("Basic {pair}"))
}

fn secret(of: &Persona) -> &str {
    of.token.as_deref().unwrap()
}

async fn a_key_is_made_once_and_revoked(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let manager = Persona::with(&app, &[(Role::Manager, brand.scope())]).await;
    let (key, body) = (id(), key_body(&app, &brand.scope()));
    let made = app.put(&manager, path(key), body.clone()).await.expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = made.text("/secret");
    let form = regex::Regex::new("^incognito_key_[a-z2-7]{59}$").unwrap();
    assert!(form.is_match(&secret), "{secret}");
    let seen = app.get(&manager, path(key)).await.expect(200);
    let mut shown = made.json.clone();
    shown.as_object_mut().unwrap().remove("secret");
    assert_eq!(seen.json, shown);
    assert_eq!(seen.json["role"], "manager");
    assert_eq!((&seen.json["account_id"], &seen.json["scope"]), (&json!(manager.account), &body["scope"]));
    // The answer was lost: the same again makes no other key, and does not show the secret.
    let again = app.put(&manager, path(key), body.clone()).await.expect(200);
    assert_eq!(again.json, shown);
    let program = Persona { token: Some(secret), ..manager.clone() };
    app.get(&program, "/v1/branches").await.expect(200);
    for (member, other) in [("name", json!("Excel")), ("expires_at", json!(app.now().plus_seconds(DAY)))] {
        let mut changed = body.clone();
        changed[member] = other;
        app.put(&manager, path(key), changed).await.expect_problem(409, "conflict");
    }
    let other = Persona::with(&app, &[(Role::Manager, brand.scope())]).await;
    app.put(&other, path(key), body.clone()).await.expect_problem(409, "conflict");
    app.get(&other, path(key)).await.expect_problem(404, "not_found");
    app.delete(&other, path(key)).await.expect_problem(404, "not_found");
    app.get(&program, "/v1/branches").await.expect(200);

    for _ in 0..2 {
        app.delete(&manager, path(key)).await.expect(204);
        app.get(&program, "/v1/branches").await.expect_problem(401, "sign_in_needed");
    }
    let listed = app.get(&manager, "/v1/api-keys").await.expect(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["revoked_at"], json!(app.now()));
    app.put(&manager, path(key), body).await.expect_problem(409, "conflict");

    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let audit = app.get(&auditor, "/v1/audit?limit=200").await.expect(200).json;
    let steps = audit["items"].as_array().unwrap().iter().filter(|row| row["subject_id"] == json!(key));
    let kinds: Vec<_> = steps.map(|row| (row["kind"].clone(), row["account_id"].clone())).collect();
    let by = json!(manager.account);
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    for kind in ["api_key_made", "api_key_revoked"] {
        assert!(kinds.contains(&(json!(kind), by.clone())), "{kinds:?}");
    }
    all_is_right(&app).await;
}

async fn a_key_comes_as_bearer_and_as_basic(app: TestApp) {
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let (program, _) = program(&app, &manager, &GrantScope::default()).await;
    app.get(&program, "/v1/brands").await.expect(200);
    for user in ["", "excel", "somebody@example.org"] {
        basic(&app, user, secret(&program), "/v1/brands").await.expect(200);
    }
    // An access token and a password are no keys.
    for other in [secret(&manager), "correct horse battery staple", ""] {
        basic(&app, "excel", other, "/v1/brands").await.expect_problem(401, "sign_in_needed");
    }
    let challenges = async |mode: Option<&str>| {
        let call = app.call(Method::GET, "/v1/brands");
        let call = if let Some(mode) = mode { call.header("sec-fetch-mode", mode) } else { call };
        let answer = call.await.expect_problem(401, "sign_in_needed");
        let all = answer.headers.get_all("www-authenticate").iter();
        all.map(|one| one.to_str().unwrap().split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(challenges(None).await, ["Bearer", "Basic"]);
    assert_eq!(challenges(Some("navigate")).await, ["Bearer", "Basic"]);
    assert_eq!(challenges(Some("cors")).await, ["Bearer"], "a browser would ask the reader of a page");
}

async fn what_is_wrong_with_a_key_has_its_place(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let manager = Persona::with(&app, &[(Role::Manager, brand.scope())]).await;
    let body = key_body(&app, &brand.scope());
    let refused = async |member: &str, value: Value| {
        let mut body = body.clone();
        body[member] = value;
        app.put(&manager, path(id()), body).await
    };
    refused("role", json!("designer")).await.expect_invalid("/role");
    refused("role", json!("shopper")).await.expect_invalid("/role");
    for far in [0, -DAY, 366 * DAY + 1] {
        refused("expires_at", json!(app.now().plus_seconds(far))).await.expect_invalid("/expires_at");
    }
    let last = json!(app.now().plus_seconds(366 * DAY));
    refused("expires_at", last).await.expect(201);
    refused("scope", json!({"region_id": brand.regions[0].id})).await.expect_invalid("/scope/brand_id");
    refused("scope", json!({"brand_id": brand.id, "branch_id": id::<()>()})).await.expect_invalid("/scope");
    for beyond in [json!({}), json!(world.brands[1].scope())] {
        refused("scope", beyond).await.expect_problem(404, "not_found");
    }
    let mut without = body.clone();
    without.as_object_mut().unwrap().remove("expires_at");
    app.put(&manager, path(id()), without).await.expect_invalid("/expires_at");
    let scheduler = Persona::everywhere(&app, Role::Scheduler).await;
    app.put(&scheduler, path(id()), body.clone()).await.expect_problem(403, "forbidden");
    // Fifty at most; revoked ones do not count.
    let mut last = id();
    for _ in 1..50 {
        last = id();
        app.put(&manager, path(last), body.clone()).await.expect(201);
    }
    app.put(&manager, path(id()), body.clone()).await.expect_problem(409, "conflict");
    app.delete(&manager, path(last)).await.expect(204);
    app.put(&manager, path(id()), body).await.expect(201);
}

/// Every route, with a key of somebody who may do all that any role of a key may.
async fn a_key_reads_and_does_nothing_else(app: TestApp) {
    let world = World::build(&app).await;
    let roles = [Role::Administrator, Role::Designer, Role::Manager, Role::Hr, Role::Auditor];
    let mut programs = Vec::new();
    for role in roles {
        let person = Persona::everywhere(&app, role).await;
        programs.push((role, program(&app, &person, &GrantScope::default()).await.0));
    }
    let samples = samples(&app, &world).await;
    let (mut read, mut refused) = (0, 0);
    for route in routes::table() {
        let sample = samples.iter().find(|one| one.route == route.path && one.method == route.method);
        let sample = sample.unwrap();
        for (role, program) in &programs {
            let answer = sample.send(&app, program, &sample.ids).await;
            let may = |permission: Permission| {
                route.method.is_safe() && permission.is_for_keys() && permission.roles().contains(role)
            };
            match route.needs() {
                Needs::Nobody => continue,
                Needs::May(permission) if may(permission) => {
                    read += 1;
                    let is_refused = ["not_for_keys", "forbidden", "sign_in_needed"].contains(&answer.code());
                    assert!(!is_refused && answer.status < 500, "{role}: {answer}");
                }
                Needs::May(permission) if permission.is_for_keys() && route.method.is_safe() => {
                    assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{role}: {answer}");
                }
                Needs::SignedIn | Needs::May(_) => {
                    refused += 1;
                    assert_eq!(answer.status, 403, "{role}: {answer}");
                    let is_said = answer.bytes.is_empty() || answer.code() == "not_for_keys";
                    assert!(is_said, "{role}: {answer}");
                }
            }
        }
    }
    assert!(read > 150 && refused > 400, "{read} and {refused}");
    for permission in Permission::ALL.iter().filter(|one| one.is_for_keys()) {
        let name = permission.name();
        assert!(name.starts_with("Read"), "{name} does something");
        let of_people = ["Accounts", "Audit", "Employees", "Shoppers", "ReviewNotes", "Flags", "OneVisit"];
        assert!(!of_people.iter().any(|one| name == format!("Read{one}")), "{name}");
    }
}

async fn a_key_may_do_no_more_than_its_account(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let (own, other) = (&brand.regions[0], &brand.regions[1]);
    let whole = Persona::with(&app, &[(Role::Manager, brand.scope())]).await;
    let (program, _) = program(&app, &whole, &brand.region_scope(0)).await;
    let branch = |id: &dyn ToString| format!("/v1/branches/{}", id.to_string());
    app.get(&program, branch(&own.branches[0].id)).await.expect(200);
    app.get(&whole, branch(&other.branches[0].id)).await.expect(200);
    app.get(&program, branch(&other.branches[0].id)).await.expect_problem(404, "not_found");
    let listed = app.get(&program, "/v1/branches").await.expect(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);

    // The account's role shrinks below the key's scope, ends, and comes back.
    let give = async |role: Role, scope: GrantScope| {
        let grant = format!("/v1/accounts/{}/grants/{}", whole.account, id::<()>());
        let body = json!({"role": role, "scope": scope});
        app.put(&world.staff.administrator, &grant, body).await.expect(201);
        grant
    };
    let account = format!("/v1/accounts/{}", whole.account);
    let granted = app.get(&world.staff.administrator, &account).await.expect(200).json;
    let first = format!("{account}/grants/{}", granted["grants"][0]["id"].as_str().unwrap());
    let smaller = give(Role::Manager, brand.branch_scope(0, 0)).await;
    give(Role::Hr, brand.scope()).await;
    app.get(&program, "/v1/branches").await.expect(200);
    app.delete(&world.staff.administrator, &first).await.expect(204);
    app.get(&program, "/v1/branches").await.expect_problem(403, "forbidden");
    app.delete(&world.staff.administrator, &smaller).await.expect(204);
    app.get(&program, "/v1/branches").await.expect_problem(403, "forbidden");
    give(Role::Manager, brand.region_scope(0)).await;
    app.get(&program, "/v1/branches").await.expect(200);

    disable(&app, whole.account, true).await;
    app.get(&program, "/v1/branches").await.expect_problem(401, "sign_in_needed");
    disable(&app, whole.account, false).await;
    app.get(&program, "/v1/branches").await.expect(200);
}

async fn disable(app: &TestApp, whose: AccountId, disabled: bool) {
    let change = move |conn: &mut Conn| {
        Ok(diesel::update(account::table.find(whose)).set(account::disabled.eq(disabled)).execute(conn)?)
    };
    assert_eq!(app.db().write(change).await.unwrap(), 1);
}

/// A branch that has moved out of its region is no more in the reach of who reads the region.
async fn a_key_over_a_region_follows_its_branches(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let manager = Persona::with(&app, &[(Role::Manager, brand.region_scope(0))]).await;
    let (program, _) = program(&app, &manager, &brand.branch_scope(0, 0)).await;
    app.get(&program, "/v1/branches").await.expect(200);
    let path = format!("/v1/branches/{}/move", brand.regions[0].branches[0].id);
    let body = json!({"region_id": brand.regions[1].id, "from": "2026-03", "reason": "It was sold."});
    app.post(&world.staff.administrator, path, body).if_match("*").await.expect(200);
    app.get(&program, "/v1/branches").await.expect_problem(403, "forbidden");
}

async fn a_key_that_is_over_is_refused(app: TestApp) {
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let (program, key) = program(&app, &manager, &GrantScope::default()).await;
    app.advance(30 * DAY - 1);
    app.get(&program, "/v1/brands").await.expect(200);
    app.advance(1);
    app.get(&program, "/v1/brands").await.expect_problem(401, "sign_in_needed");
    let manager = manager.renewed(&app);
    let seen = app.get(&manager, path(key)).await.expect(200).json;
    assert_eq!(seen["expires_at"], json!(app.now()));
    // A new password ends keys as it ends sessions: whoever had the old one may have made them.
    let (program, key) = crate::api_keys::program(&app, &manager, &GrantScope::default()).await;
    app.get(&program, "/v1/brands").await.expect(200);
    let administrator = Persona::administrator(&app).await;
    let account = format!("/v1/accounts/{}", manager.account);
    let seen = app.get(&administrator, &account).await.expect(200);
    let body = json!({"email": seen.json["email"], "name": seen.json["name"], "language": seen.json["language"],
        "password": "another horse battery staple"});
    app.put(&administrator, &account, body).if_match(seen.etag()).await.expect(200);
    app.get(&program, "/v1/brands").await.expect_problem(401, "sign_in_needed");
    let revoked = app.get(&administrator, path(key)).await.expect(200).json;
    assert_eq!(revoked["revoked_at"], json!(app.now()));
    for wrong in ["incognito_key_", &secret(&program)[..60], &format!("{}a", secret(&program))] {
        let program = Persona { token: Some(wrong.to_owned()), ..manager.clone() };
        app.get(&program, "/v1/brands").await.expect_problem(401, "sign_in_needed");
    }
}

async fn its_use_is_kept_once_a_minute(app: TestApp) {
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let (program, key) = program(&app, &manager, &GrantScope::default()).await;
    let used = async || {
        let seen = app.get(&manager.clone().renewed(&app), path(key)).await.expect(200).json;
        seen.get("used_at").cloned()
    };
    assert_eq!(used().await, None);
    let minute = |text: &Value| text.as_str().unwrap()[..16].to_owned();
    app.get(&program, "/v1/brands").await.expect(200);
    let first = used().await.unwrap();
    assert_eq!(minute(&first), minute(&json!(app.now())));
    let seconds = |text: &Value| text.as_str().unwrap()[16..].to_owned();
    assert_eq!(seconds(&first), ":00Z", "the minute, and no more");
    // Within the minute nothing is written: what a hand puts there stays.
    let earlier = match app.engine() {
        Engine::Sqlite => "UPDATE api_key SET used_at = used_at + 1000000",
        Engine::Postgres => "UPDATE api_key SET used_at = used_at + interval '1 second'",
    };
    Hand::on(&app).run(earlier);
    let mark = used().await.unwrap();
    assert_ne!(mark, first);
    for _ in 0..3 {
        app.get(&program, "/v1/brands").await.expect(200);
    }
    assert_eq!(used().await.unwrap(), mark);
    app.advance(60);
    app.get(&program, "/v1/brands").await.expect(200);
    let second = used().await.unwrap();
    assert_eq!((minute(&second), seconds(&second)), (minute(&json!(app.now())), ":00Z".to_owned()));
}

async fn administrators_see_and_revoke_keys_of_their_places(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let manager = Persona::with(&app, &[(Role::Manager, GrantScope::default())]).await;
    let mut keys = Vec::new();
    for scope in [
        GrantScope::default(),
        brand.scope(),
        brand.region_scope(0),
        brand.branch_scope(0, 1),
        brand.region_scope(1),
        world.brands[1].scope(),
    ] {
        keys.push(program(&app, &manager, &scope).await.1);
    }
    let seen_by = async |role: Role, scope: GrantScope| {
        let who = Persona::with(&app, &[(role, scope)]).await;
        let listed = app.get(&who, format!("/v1/api-keys?account_id={}", manager.account)).await.expect(200);
        let found: Vec<_> =
            listed.json["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        let seen: Vec<_> = (0..keys.len()).filter(|at| found.contains(&json!(keys[*at]))).collect();
        for (at, key) in keys.iter().enumerate() {
            let wanted = if seen.contains(&at) { 200 } else { 404 };
            app.get(&who, path(*key)).await.expect(wanted);
        }
        (who, seen)
    };
    for (scope, wanted) in [
        (GrantScope::default(), &[0, 1, 2, 3, 4, 5][..]),
        (brand.scope(), &[1, 2, 3, 4]),
        (brand.region_scope(0), &[2, 3]),
        (brand.branch_scope(0, 1), &[3]),
        (brand.branch_scope(0, 0), &[]),
        (world.brands[1].scope(), &[5]),
    ] {
        assert_eq!(seen_by(Role::Administrator, scope).await.1, wanted, "{scope:?}");
        assert!(seen_by(Role::Auditor, scope).await.1.is_empty());
    }
    let (administrator, _) = seen_by(Role::Administrator, brand.region_scope(0)).await;
    app.delete(&administrator, path(keys[1])).await.expect_problem(404, "not_found");
    app.delete(&administrator, path(keys[2])).await.expect(204);
    let revoked = app.get(&manager, path(keys[2])).await.expect(200).json;
    assert_eq!(revoked["revoked_at"], json!(app.now()));
}

/// Who guesses from the network of an honest program is refused, and the program goes on.
async fn guesses_are_counted_and_lock_no_key_out(app: TestApp) {
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let (known, key) = program(&app, &manager, &GrantScope::default()).await;
    let (unused, _) = program(&app, &manager, &GrantScope::default()).await;
    app.get(&known, "/v1/brands").await.expect(200);
    let guess = async || {
        let answer = basic(&app, "x", &format!("incognito_key_{}", "a".repeat(59)), "/v1/brands").await;
        answer.code().to_owned()
    };
    let mut codes = Vec::new();
    for _ in 0..130 {
        codes.push(guess().await);
    }
    assert_eq!((codes[0].as_str(), codes[129].as_str()), ("sign_in_needed", "too_many_requests"));
    let answer = app.get(&unused, "/v1/brands").await.expect_problem(429, "too_many_requests");
    assert!(answer.header("ratelimit-policy").starts_with("\"api-key\""), "{answer}");
    app.get(&known, "/v1/brands").await.expect(200);
    // People of that network sign in meanwhile.
    let stranger = json!({ "email": "nobody@example.org", "password": "wrong horse", "device": "phone" });
    app.post(&Persona::nobody(), "/v1/sessions", stranger).await.expect_problem(401, "sign_in_failed");
    app.advance(200);
    app.get(&unused, "/v1/brands").await.expect(200);

    // One that was good, and is no longer, is tried as often as any other.
    app.delete(&manager, path(key)).await.expect(204);
    let mut codes = Vec::new();
    for _ in 0..130 {
        codes.push(app.get(&known, "/v1/brands").await.code().to_owned());
    }
    assert_eq!((codes[0].as_str(), codes[129].as_str()), ("sign_in_needed", "too_many_requests"));
}

/// The secret is in the answer that made the key, and nowhere else; of the log that is held by the test of the shipped program.
async fn secrets_are_nowhere(app: TestApp) {
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let (program, key) = program(&app, &manager, &GrantScope::default()).await;
    let secret = secret(&program).to_owned();
    let holds = |answer: &Answer| String::from_utf8_lossy(&answer.bytes).contains(&secret[14..]);
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let administrator = Persona::administrator(&app).await;
    let body = app.get(&manager, path(key)).await.expect(200);
    assert!(!holds(&body));
    for (who, address) in [
        (&manager, "/v1/api-keys"),
        (&administrator, "/v1/api-keys"),
        (&auditor, "/v1/audit?limit=200"),
        (&program, "/v1/me"),
        (&program, "/v1/brands"),
    ] {
        let answer = app.get(who, address).await;
        assert!(!holds(&answer), "{answer}");
    }
    let hash = Sha256::of(secret.as_bytes()).to_bytes();
    let (found, kept) = everything(&app, &secret[14..], &hash).await;
    assert!(!found, "the secret is in the database");
    assert!(kept, "this looks where nothing is");
}

/// Whether these letters, and these bytes, are anywhere in the database.
async fn everything(app: &TestApp, letters: &str, bytes: &[u8]) -> (bool, bool) {
    let has = |all: &[u8], part: &[u8]| all.windows(part.len()).any(|window| window == part);
    match app.engine() {
        Engine::Sqlite => {
            let incognito::db::DatabaseUrl::Sqlite(path) = app.db().url() else { panic!("another engine") };
            let journal = path.with_file_name(format!("{}-wal", path.file_name().unwrap().to_string_lossy()));
            let files = [std::fs::read(path).unwrap(), std::fs::read(journal).unwrap_or_default()];
            (
                files.iter().any(|file| has(file, letters.as_bytes())),
                files.iter().any(|file| has(file, bytes)),
            )
        }
        Engine::Postgres => {
            let mut hand = Hand::on(app);
            let tables = hand.texts(
                "SELECT table_name AS line FROM information_schema.tables WHERE table_schema = current_schema()",
            );
            let rows: Vec<String> = tables
                .iter()
                .flat_map(|table| hand.texts(&format!("SELECT CAST(t.* AS text) AS line FROM {table} t")))
                .collect();
            let hexadecimal = data_encoding::HEXLOWER.encode(bytes);
            (rows.iter().any(|row| row.contains(letters)), rows.iter().any(|row| row.contains(&hexadecimal)))
        }
    }
}
