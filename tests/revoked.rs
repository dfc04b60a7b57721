//! Rights that are taken away while a request is on its way: what is still to be written is not.

use std::time::Duration;

use actix_web::rt::time::sleep;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use diesel::prelude::*;
use futures_util::{
    TryStreamExt,
    future::{join_all, join3},
};
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        policy::{Permission, Scope},
        still, store,
    },
    db::{checks::Checks, schema::session, walk::walk},
    error::Code,
    ids::BrandId,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    api_keys::program,
    app::{TestApp, beginning, each_engine_test, id},
    builders::World,
    personas::{Persona, blank_account},
};

each_engine_test!(
    what_was_let_in_is_not_carried_out_after_the_rights_are_gone,
    what_was_taken_in_part_is_judged_by_what_is_left,
    an_upload_ends_with_the_rights,
    a_long_list_ends_with_the_rights,
    an_account_that_is_disabled_while_its_password_is_checked_is_not_let_in,
);

/// A request whose body is held back.
struct Held {
    socket: TcpStream,
    rest: Vec<u8>,
}

impl Held {
    /// Sends the head and all but the last byte, and waits until the server waits.
    async fn begin(app: &TestApp, who: &Persona, path: &str, headers: &str, body: &[u8]) -> Self {
        let (token, length) = (who.token.as_ref().unwrap(), body.len());
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             {headers}\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        let (begun, rest) = body.split_at(length - 1);
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(begun).await.unwrap();
        sleep(Duration::from_millis(300)).await;
        Self { socket, rest: rest.to_vec() }
    }

    async fn json(app: &TestApp, who: &Persona, path: &str, body: &Value) -> Self {
        Self::begin(app, who, path, "Content-Type: application/json", body.to_string().as_bytes()).await
    }

    /// Sends the last byte; gives status and code.
    async fn end(mut self) -> (u16, String) {
        self.socket.write_all(&self.rest).await.unwrap();
        let mut answer = Vec::new();
        self.socket.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer[9..12].parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        (status, json["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn account() -> (String, Value) {
    let email = format!("{}@example.org", id::<()>());
    (format!("/v1/accounts/{}", id::<()>()), json!({"email": email, "name": "S", "language": "en"}))
}

async fn disable(app: &TestApp, administrator: &Persona, whose: &Persona) {
    let path = format!("/v1/accounts/{}", whose.account);
    let found = app.get(administrator, &path).await.expect(200);
    let body = json!({"email": found.json["email"], "name": "S", "language": "en", "disabled": true});
    app.put(administrator, &path, body).if_match(found.etag()).await.expect(200);
}

/// The path of the first grant of an account.
async fn grant(app: &TestApp, administrator: &Persona, whose: &Persona) -> String {
    let path = format!("/v1/accounts/{}", whose.account);
    let found = app.get(administrator, &path).await.expect(200);
    format!("{path}/grants/{}", found.text("/grants/0/id"))
}

async fn what_was_let_in_is_not_carried_out_after_the_rights_are_gone(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for (end, wanted) in [
        ("nothing", (201, "")),
        ("session", (401, "sign_in_needed")),
        ("account", (401, "sign_in_needed")),
        ("grant", (403, "forbidden")),
        ("another", (201, "")),
    ] {
        let who = Persona::administrator(&app).await;
        let (path, body) = account();
        let held = Held::json(&app, &who, &path, &body).await;
        match end {
            "session" => {
                app.delete(&who, format!("/v1/sessions/{}", who.session)).await.expect(204);
            }
            "account" => disable(&app, &administrator, &who).await,
            "grant" => {
                let grant = grant(&app, &administrator, &who).await;
                app.delete(&administrator, grant).await.expect(204);
            }
            "another" => {
                let path = format!("/v1/accounts/{}/grants/{}", who.account, id::<()>());
                app.put(&administrator, path, json!({"role": Role::Auditor})).await.expect(201);
            }
            _ => {}
        }
        let (status, code) = held.end().await;
        assert_eq!((status, code.as_str()), wanted, "{end}");
        app.get(&administrator, &path).await.expect(if wanted.0 == 201 { 200 } else { 404 });
    }
}

async fn what_was_taken_in_part_is_judged_by_what_is_left(app: TestApp) {
    let world = World::build(&app).await;
    let administrator = &world.staff.administrator;
    let brands: Vec<BrandId> = world.brands.iter().map(|brand| brand.id).collect();
    let over = |brand| GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let grants = [(Role::Designer, over(brands[0])), (Role::Designer, over(brands[1]))];
    let who = Persona::with(&app, &grants).await;
    let found = app.get(administrator, format!("/v1/accounts/{}", who.account)).await.expect(200);
    let path = format!("/v1/checklists/{}", id::<()>());
    let body = json!({"brand_id": brands[0], "name": "A"});
    let held = Held::json(&app, &who, &path, &body).await;
    let of_other = found.json["grants"].as_array().unwrap().iter();
    let of_other = of_other.clone().find(|grant| grant["scope"]["brand_id"] == json!(brands[1])).unwrap();
    let grant = of_other["id"].as_str().unwrap();
    app.delete(administrator, format!("/v1/accounts/{}/grants/{grant}", who.account)).await.expect(204);
    assert_eq!(held.end().await, (409, "rights_changed".to_owned()));
    app.put(&who, &path, body).await.expect(201);
}

/// Its bytes are stored beside the request.
async fn an_upload_ends_with_the_rights(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for end in [false, true] {
        let shopper = Persona::everywhere(&app, Role::Shopper).await;
        let path = format!("/v1/uploads/{}?visit_id={}", id::<()>(), id::<()>());
        let digest = BASE64.encode(digest(&SHA256, b"some bytes").as_ref());
        let headers = format!("Content-Type: image/png\r\nContent-Digest: sha-256=:{digest}:");
        let held = Held::begin(&app, &shopper, &path, &headers, b"some bytes").await;
        if end {
            disable(&app, &administrator, &shopper).await;
        }
        let wanted = if end { (401, "sign_in_needed".to_owned()) } else { (201, String::new()) };
        assert_eq!(held.end().await, wanted);
    }
}

async fn an_account_that_is_disabled_while_its_password_is_checked_is_not_let_in(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let password = "correct horse battery staple";
    let (path, mut body) = account();
    body["password"] = json!(password);
    app.put(&administrator, &path, body.clone()).await.expect(201);
    let sign_in = |email: &Value| {
        let body = json!({"email": email, "password": password, "device": "d"});
        app.post(&Persona::nobody(), "/v1/sessions", body).into_future()
    };
    let email = body["email"].clone();
    // So many are checked before.
    let others = join_all((0..50).map(|number| sign_in(&json!(format!("{number}@example.org")))));
    let late = async {
        sleep(Duration::from_millis(100)).await;
        sign_in(&email).await
    };
    let disabling = async {
        sleep(Duration::from_millis(200)).await;
        let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
        body.as_object_mut().unwrap().remove("password");
        body["disabled"] = json!(true);
        app.put(&administrator, &path, body.clone()).if_match(&tag).await.expect(200);
    };
    let (_, answer, ()) = join3(others, late, disabling).await;
    answer.expect_problem(401, "sign_in_failed");
    let sessions: i64 = app.db().read(|conn| Ok(session::table.count().first(conn)?)).await.unwrap();
    assert_eq!(sessions, 1, "that of the administrator");
}

/// A list is read a piece at a time, as its client takes it: the pieces end when the rights do.
async fn a_long_list_ends_with_the_rights(app: TestApp) {
    let many = move |conn: &mut incognito::db::Conn| {
        (0..1_200).try_for_each(|_| store::insert_account(conn, &blank_account(id(), beginning())))
    };
    app.db().write(many).await.unwrap();
    let administrator = Persona::administrator(&app).await;
    for end in ["nothing", "session", "grant", "key"] {
        let who = Persona::administrator(&app).await;
        let (_, key) = program(&app, &who, &GrantScope::default()).await;
        let (bearer, db) = (who.bearer(&app).await, app.db().clone());
        let scope = Scope::of(Permission::ManageAccounts, who.account, &grants(&app, &who).await).unwrap();
        // As a handler has it that asked for this permission.
        let list = async {
            match end {
                "key" => Checks::current().add(still::key_has(key, scope, app.house().app.clock.clone())),
                _ => Checks::current().add(move |conn| still::has(conn, bearer, &scope)),
            }
            Box::pin(walk(db, None, store::accounts, |account| account.id))
        };
        let mut list = Checks::default().around(list).await;
        assert_eq!(list.try_next().await.unwrap().unwrap().len(), 500);
        match end {
            "session" => {
                app.delete(&who, format!("/v1/sessions/{}", who.session)).await.expect(204);
            }
            "grant" => {
                let grant = grant(&app, &administrator, &who).await;
                app.delete(&administrator, grant).await.expect(204);
            }
            // It expires.
            "key" => app.advance(40 * 86_400),
            _ => {}
        }
        let next = list.try_next().await.map(|piece| piece.unwrap().len());
        let wanted = match end {
            "session" | "key" => Err(Code::SignInNeeded),
            "grant" => Err(Code::Forbidden),
            _ => Ok(500),
        };
        assert_eq!(next.map_err(|error| error.code()), wanted, "{end}");
    }
}

async fn grants(app: &TestApp, of: &Persona) -> Vec<incognito::accounts::model::Grant> {
    let whose = of.account;
    app.db().read(move |conn| store::grants(conn, whose)).await.unwrap()
}
