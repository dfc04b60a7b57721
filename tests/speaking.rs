//! How the server speaks: problems, limits, preconditions, pages, and what it does with those who speak badly.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use actix_web::{http::Method, rt::time::sleep};
use futures_util::future::join_all;
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        store,
    },
    error::Code,
    server::routes,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    personas::{Persona, blank_account},
};

each_engine_test!(
    every_answer_has_its_headers,
    what_is_not_there_is_a_problem,
    what_an_address_does_not_do_is_405,
    bodies_of_another_type_are_415,
    bodies_that_are_too_large_are_413,
    what_is_no_json_is_malformed,
    nesting_ends_at_32,
    every_mistake_has_its_place,
    all_mistakes_are_named_at_once,
    parameters_are_checked,
    changes_name_the_state_that_they_change,
    tags_that_a_proxy_made_weak_name_their_state,
    reading_again_can_be_saved,
    pages_are_complete_and_repeat_nothing,
    a_cursor_is_good_for_its_own_list_only,
    every_code_has_its_page,
    the_slow_are_cut_off_and_harm_nobody,
    a_body_that_nobody_reads_ends_with_its_answer,
    who_does_not_read_is_cut_off,
    broken_http_is_answered_or_cut,
);

fn account() -> Value {
    json!({"email": "somebody@example.org", "name": "Somebody", "language": "en"})
}

fn accounts_path() -> String {
    format!("/v1/accounts/{}", id::<()>())
}

async fn every_answer_has_its_headers(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let mut ids = BTreeSet::new();
    for answer in [
        app.get(&administrator, "/v1/me").await.expect(200),
        app.call(Method::GET, "/livez").await.expect(204),
        app.call(Method::GET, "/readyz").await.expect(204),
        app.get(&administrator, "/nowhere").await.expect(404),
        app.call(Method::GET, "/v1/me").header("x-request-id", "mine").await.expect(401),
        app.call(Method::PATCH, "/v1/me").await.expect(405),
    ] {
        let in_header = answer.header("x-request-id").to_owned();
        assert_eq!(uuid::Uuid::parse_str(&in_header).unwrap().get_version_num(), 4);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("cache-control").is_empty());
        if answer.status >= 400 {
            assert_eq!(answer.text("/request_id"), in_header, "{answer}");
        }
        ids.insert(in_header);
    }
    assert_eq!(ids.len(), 6, "every request has an id of its own");
}

async fn what_is_not_there_is_a_problem(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for path in [
        "/v1",
        "/v1/me/",
        "/v1//me",
        "/v2/me",
        "/v1/accounts/not-a-uuid",
        "/v1/accounts/%00",
        "/v1/accounts/..%2f..%2fetc%2fpasswd",
        &accounts_path(),
    ] {
        let answer = app.get(&administrator, path).await.expect_problem(404, "not_found");
        assert_eq!(answer.json["status"], 404);
        assert_eq!(answer.json["type"], "/problems/not_found");
        assert!(!answer.text("/title").is_empty());
        assert!(answer.json.get("errors").is_none());
    }
}

async fn what_an_address_does_not_do_is_405(app: TestApp) {
    let table = routes::table();
    let paths: BTreeSet<_> = table.iter().map(|route| route.path).collect();
    for path in paths {
        let mut has: BTreeSet<String> =
            table.iter().filter(|route| route.path == path).map(|route| route.method.to_string()).collect();
        if has.contains("GET") {
            has.insert("HEAD".to_owned());
        }
        let some = id::<()>().to_string();
        let address = path.replace("{grant_id}", &some).replace("{id}", &some).replace(['{', '}'], "");
        for method in [Method::PATCH, Method::DELETE, Method::POST, Method::PUT, Method::GET] {
            if has.contains(method.as_str()) {
                continue;
            }
            let answer = app.call(method, &address).await.expect(405);
            if table.iter().any(|route| route.path == path && route.door.in_contract) {
                assert_eq!(answer.text("/code"), "method_not_allowed", "{path}");
            } else if path.starts_with("/odata") {
                assert_eq!(answer.text("/error/code"), "method_not_allowed", "{path}");
            } else {
                assert!(answer.header("content-type").starts_with("text/html"), "{path}");
            }
            let allow: BTreeSet<String> = answer.header("allow").split(", ").map(str::to_owned).collect();
            assert_eq!(allow, has, "{path}");
        }
    }
}

async fn bodies_of_another_type_are_415(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json", ""] {
        let call = app.call(Method::PUT, accounts_path()).by(&administrator);
        let answer = call.body(media_type, account().to_string()).await;
        let answer = answer.expect_problem(415, "unsupported_media_type");
        assert_eq!(answer.text("/detail"), "send application/json");
    }
    for media_type in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/json",
        "APPLICATION/X-JSON;charset=\"UTF-8\"",
    ] {
        let mut body = account();
        body["email"] = json!(format!("{}@example.org", id::<()>()));
        let call = app.call(Method::PUT, accounts_path()).by(&administrator);
        call.body(media_type, body.to_string()).await.expect(201);
    }
}

async fn bodies_that_are_too_large_are_413(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let put = async |body: String| {
        app.call(Method::PUT, accounts_path()).by(&administrator).body("application/json", body).await
    };
    let mut body = account().to_string();
    body.push_str(&" ".repeat((1 << 20) - body.len()));
    put(body.clone()).await.expect(201);
    body.push(' ');
    put(body).await.expect_problem(413, "body_too_large");

    // Without a length to announce it, it is cut when it grows too large.
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let token = administrator.token.as_deref().unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        accounts_path()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..64 {
        if socket.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 13];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413 ");
}

async fn what_is_no_json_is_malformed(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let whole = account().to_string();
    let leading_zero = whole.replace("{", "{\"disabled\": 01, ");
    let trailing = format!("{whole} x");
    for body in ["", " ", "{", "nonsense", "{'a': 1}", &whole[..9], &trailing, &leading_zero] {
        let call = app.call(Method::PUT, accounts_path()).by(&administrator);
        let answer = call.body("application/json", body.to_owned()).await;
        let detail = answer.expect_problem(400, "malformed_request").text("/detail");
        assert!(detail.starts_with("this is no JSON"), "{detail}");
    }
    // A mark of UTF-8, as some programs begin with, is passed over.
    let call = app.call(Method::PUT, accounts_path()).by(&administrator);
    call.body("application/json", format!("\u{feff}{whole}")).await.expect(201);
    let not_utf8 = b"{\"email\": \"\xff@example.org\", \"name\": \"a\", \"language\": \"en\"}".to_vec();
    let call = app.call(Method::PUT, accounts_path()).by(&administrator);
    let answer = call.body("application/json", not_utf8).await;
    assert!(answer.status == 400 || answer.status == 422, "{answer}");
}

async fn nesting_ends_at_32(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let nested = |depth: usize| format!("{{\"x\": {}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let put = async |body: String| {
        app.call(Method::PUT, accounts_path()).by(&administrator).body("application/json", body).await
    };
    put(nested(32)).await.expect_invalid("/x");
    put(nested(33)).await.expect_problem(400, "malformed_request");
    put(nested(500_000)).await.expect_problem(400, "malformed_request");
    put("[".repeat(1_000_000)).await.expect_problem(400, "malformed_request");
    let mut in_text = account();
    in_text["name"] = json!("[".repeat(100) + "\\\"{{");
    put(in_text.to_string()).await.expect(201);
}

async fn every_mistake_has_its_place(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let put = async |change: &dyn Fn(&mut Value)| {
        let mut body = account();
        change(&mut body);
        app.put(&administrator, accounts_path(), body).await
    };
    put(&|body| body["extra"] = json!(1)).await.expect_invalid("/extra");
    put(&|body| body["name"] = json!(7)).await.expect_invalid("/name");
    put(&|body| body["name"] = json!(null)).await.expect_invalid("/name");
    put(&|body| body["name"] = json!(["a"])).await.expect_invalid("/name");
    put(&|body| body["disabled"] = json!("no")).await.expect_invalid("/disabled");
    put(&|body| body["name"] = json!("")).await.expect_invalid("/name");
    put(&|body| body["name"] = json!("x".repeat(201))).await.expect_invalid("/name");
    put(&|body| body["email"] = json!("not an address")).await.expect_invalid("/email");
    put(&|body| body["password"] = json!("short")).await.expect_invalid("/password");
    put(&|body| drop(body.as_object_mut().unwrap().remove("name"))).await.expect_invalid("/name");
    for body in
        [json!([]), json!(["a@example.org", "a", "en", null, false]), json!("text"), json!(1), json!(null)]
    {
        app.put(&administrator, accounts_path(), body).await.expect_invalid("");
    }
    let both = put(&|body| {
        body["name"] = json!("");
        body["password"] = json!("short");
    });
    let both = both.await.expect_invalid("/name").expect_invalid("/password");
    assert!(
        !String::from_utf8_lossy(&both.bytes).contains("short\""),
        "what was sent is not repeated: {both}"
    );
    let twice =
        "{\"email\": \"a@example.org\", \"email\": \"b@example.org\", \"name\": \"a\", \"language\": \"en\"}";
    let call = app.call(Method::PUT, accounts_path()).by(&administrator);
    call.body("application/json", twice).await.expect_problem(422, "invalid");

    let grant = format!("/v1/accounts/{}/grants/{}", administrator.account, id::<()>());
    let put = async |body: Value| app.put(&administrator, &grant, body).await;
    put(json!({"role": "king"})).await.expect_invalid("/role");
    put(json!({"role": "hr", "scope": {"x": 1}})).await.expect_invalid("/scope/x");
    put(json!({"role": "hr", "scope": {"brand_id": "no"}})).await.expect_invalid("/scope/brand_id");
    put(json!({"role": "hr", "scope": []})).await.expect_invalid("/scope");
    put(json!({"role": "hr", "scope": {"region_id": id::<()>()}})).await.expect_invalid("/scope/brand_id");
    put(json!({"role": "hr", "scope": {"brand_id": id::<()>()}})).await.expect_invalid("/scope");
}

async fn all_mistakes_are_named_at_once(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let who = &administrator;
    let account = json!({
        "email": "nobody", "name": "", "language": "english", "password": "short", "disabled": "no", "extra": 1,
    });
    let of_account = ["/disabled unacceptable", "/email email", "/extra unacceptable", "/language format"];
    let of_lengths = ["/name format", "/name length", "/password length"];
    named(&app.put(who, accounts_path(), account).await, &[&of_account[..], &of_lengths[..]].concat());
    let nothing = app.put(who, accounts_path(), json!({})).await;
    named(&nothing, &["/email required", "/language required", "/name required"]);
    assert_eq!(nothing.text("/errors/0/message"), "this member is required");

    let branch = json!({
        "brand_id": "none", "region_id": 7, "code": "a\nb", "name": "x".repeat(201), "latitude": 90.5,
        "longitude": "east", "time_zone": "Mars/Base", "languages": ["fr", "french", 1],
    });
    let of_branch = [
        "/address required",
        "/brand_id format",
        "/code format",
        "/languages/1 format",
        "/languages/2 unacceptable",
        "/latitude range",
        "/longitude unacceptable",
        "/name length",
        "/region_id unacceptable",
        "/time_zone format",
    ];
    named(&app.put(who, format!("/v1/branches/{}", id::<()>()), branch).await, &of_branch);

    let grant = format!("/v1/accounts/{}/grants/{}", who.account, id::<()>());
    let scope = json!({"role": "king", "scope": {"brand_id": "no", "branch_id": id::<()>(), "x": 1}});
    let of_grant = ["/role unacceptable", "/scope/brand_id format", "/scope/x unacceptable"];
    named(&app.put(who, grant, scope).await, &of_grant);

    let query = "brand_id=x&limit=0&colour=red&limit=201&cursor=";
    let of_query = [
        " unacceptable",
        "brand_id format",
        "colour unacceptable",
        "cursor length",
        "limit range",
        "limit range",
    ];
    named(&app.get(who, format!("/v1/branches?{query}")).await, &of_query);
}

/// The pointer and the code of each mistake; none is told in a parser's words.
#[track_caller]
fn named(answer: &Answer, wanted: &[&str]) {
    let errors = answer.json["errors"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let mut found: Vec<_> =
        errors.iter().map(|error| format!("{} {}", text(error, "pointer"), text(error, "code"))).collect();
    found.sort();
    assert_eq!(found, wanted, "{answer}");
    for raw in
        ["expected", "parsing", "invalid type", "missing field", "unknown field", "variant", " at line "]
    {
        assert!(errors.iter().all(|error| !text(error, "message").contains(raw)), "{raw}: {answer}");
    }
}

async fn parameters_are_checked(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", ""),
        ("unknown=1", "unknown"),
        ("cursor=", "cursor"),
    ] {
        app.get(&administrator, format!("/v1/accounts?{query}")).await.expect_invalid(name);
    }
}

async fn changes_name_the_state_that_they_change(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let path = accounts_path();
    let put = || app.put(&administrator, &path, account());
    put().if_match("\"1\"").await.expect_problem(412, "precondition_failed");
    put().if_match("*").await.expect_problem(412, "precondition_failed");
    let first = put().await.expect(201).etag().to_owned();
    let again = put().await.expect(200).etag().to_owned();
    assert_eq!(first, again, "the same again changes nothing");
    let mut other = account();
    other["name"] = json!("Another");
    let change = || app.put(&administrator, &path, other.clone());
    for names_no_state_of_it in ["\"77\"", "W/\"77\"", "1", "\"", "\"1", "1\"", ", ,", "*, *"] {
        change().if_match(names_no_state_of_it).await.expect_problem(412, "precondition_failed");
    }
    change().await.expect_problem(428, "precondition_required");
    let second = change().if_match(&format!("\"77\", {first}")).await.expect(200).etag().to_owned();
    assert_ne!(first, second);
    put().if_match(&first).await.expect_problem(412, "precondition_failed");
    let read = app.get(&administrator, &path).await.expect(200);
    assert_eq!((read.etag(), &read.json["name"]), (second.as_str(), &json!("Another")));
    put().if_match("*").await.expect(200);
}

/// A proxy that compresses makes tags weak. What a caller has seen through one is what it may change.
async fn tags_that_a_proxy_made_weak_name_their_state(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let path = accounts_path();
    let named = |name: &str| {
        let mut body = account();
        body["name"] = json!(name);
        app.put(&administrator, &path, body)
    };
    let mut tag = named("0").await.expect(201).etag().to_owned();
    let bare = |tag: &str| tag.trim_matches('"').to_owned();
    let forms: [&dyn Fn(&str) -> String; 6] = [
        &|tag| format!("W/{tag}"),
        &|tag| format!("W/\"{}-gzip\"", bare(tag)),
        &|tag| format!("\"{}-br\"", bare(tag)),
        &|tag| format!("\"77\",W/{tag} , \"78\""),
        &|tag| format!("77, {tag}"),
        &|_| "*".to_owned(),
    ];
    for (number, form) in forms.iter().enumerate() {
        let sent = form(&tag);
        let read = app.get(&administrator, &path).header("if-none-match", &sent).await.expect(304);
        assert_eq!(read.etag().replace("-gzip", "").replace("-br", ""), tag, "{sent}");
        let changed = named(&format!("after {number}")).if_match(&sent).await.expect(200);
        if sent != "*" {
            named("lost").if_match(&sent).await.expect_problem(412, "precondition_failed");
            app.get(&administrator, &path).header("if-none-match", &sent).await.expect(200);
        }
        tag = changed.etag().to_owned();
    }
}

async fn reading_again_can_be_saved(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let path = format!("/v1/accounts/{}", administrator.account);
    let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
    for matching in [tag.clone(), format!("W/{tag}"), format!("\"77\", {tag}"), "*".to_owned()] {
        let answer = app.get(&administrator, &path).header("if-none-match", &matching).await.expect(304);
        assert!(answer.bytes.is_empty());
        assert_eq!(answer.etag(), tag);
    }
    app.get(&administrator, &path).header("if-none-match", "\"77\"").await.expect(200);
}

async fn pages_are_complete_and_repeat_nothing(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let mut wanted: BTreeSet<String> = [administrator.account.to_string()].into();
    let now = app.now();
    for _ in 0..27 {
        let new = id();
        app.db().write(move |conn| store::insert_account(conn, &blank_account(new, now))).await.unwrap();
        wanted.insert(new.to_string());
    }
    for limit in [1, 5, 7, 14, 28, 200] {
        let (mut seen, mut pages) = (Vec::new(), 0);
        let mut next = format!("/v1/accounts?limit={limit}");
        loop {
            let page = app.get(&administrator, &next).await.expect(200);
            pages += 1;
            let items = page.json["items"].as_array().unwrap();
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            let link = page.header("link");
            if page.json.get("next_cursor").is_none() {
                assert_eq!(link, "", "the last page leads nowhere");
                break;
            }
            assert_eq!(items.len(), limit);
            next = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
            assert!(next.contains(&format!("limit={limit}")), "{next}");
        }
        assert_eq!(pages, 28_usize.div_ceil(limit).max(1), "there is no empty page");
        assert_eq!(seen.len(), wanted.len(), "nothing twice");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), wanted, "nothing left out");
    }
}

async fn a_cursor_is_good_for_its_own_list_only(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    Persona::administrator(&app).await;
    let cursor = app.get(&administrator, "/v1/accounts?limit=1").await.expect(200).text("/next_cursor");
    let everything = Role::ALL.iter().map(|role| (*role, GrantScope::default())).collect::<Vec<_>>();
    let everybody = Persona::with(&app, &everything).await;
    let others: Vec<_> = lists().into_iter().filter(|list| *list != "/v1/accounts").collect();
    assert!(others.len() >= 6, "{others:?}");
    for list in others {
        let list = list.replace("{id}", &id::<()>().to_string());
        let answer = app.get(&everybody, format!("{list}?cursor={cursor}")).await;
        answer.expect_invalid("cursor");
    }
    let mut altered = cursor.clone().into_bytes();
    for at in 0..altered.len() {
        let was = altered[at];
        altered[at] = if was == b'A' { b'B' } else { b'A' };
        let altered_cursor = std::str::from_utf8(&altered).unwrap();
        let answer = app.get(&administrator, format!("/v1/accounts?cursor={altered_cursor}")).await;
        answer.expect_invalid("cursor");
        altered[at] = was;
    }
    app.get(&administrator, "/v1/accounts?cursor=x").await.expect_invalid("cursor");
}

/// The addresses that answer with a page, one's own sessions aside, which fit on one.
fn lists() -> Vec<&'static str> {
    let table = routes::table();
    let whole = [
        "/v1/sessions",
        "/v1/visits/{id}/flags",
        "/v1/visits/{id}/revisions",
        "/v1/branches/{id}/action-proposals",
    ];
    let is_list = |path: &str| path.starts_with("/v1/") && path.ends_with('s') && !whole.contains(&path);
    table
        .iter()
        .filter(|route| route.method == Method::GET && is_list(route.path))
        .map(|route| route.path)
        .collect()
}

async fn every_code_has_its_page(app: TestApp) {
    for code in Code::ALL {
        let page = app.call(Method::GET, code.page()).await.expect(200);
        let text = String::from_utf8_lossy(&page.bytes);
        assert!(page.header("content-type").starts_with("text/html"), "{page}");
        assert!(text.contains(code.name()) && text.contains(&code.status().to_string()), "{page}");
    }
    let none = app.call(Method::GET, "/problems/no_such_code").await.expect(404);
    assert!(none.header("content-type").starts_with("text/html"), "an error of a page is a page: {none}");
}

/// 150 who never end their headers, 150 who send a byte of their body now and then:
/// others are served meanwhile, and the slow are cut off within half a minute.
async fn the_slow_are_cut_off_and_harm_nobody(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let token = administrator.token.as_deref().unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{",
        accounts_path()
    );
    let start = Instant::now();
    let (mut in_head, mut in_body) = (Vec::new(), Vec::new());
    for _ in 0..150 {
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        socket.write_all(b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
        in_head.push(socket);
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        in_body.push(socket);
    }
    for _ in 0..100 {
        app.get(&administrator, "/v1/me").await.expect(200);
    }
    let cut = |socket: TcpStream| async move {
        let (mut from, mut to) = socket.into_split();
        let drip = actix_web::rt::spawn(async move {
            while to.write_all(b" ").await.is_ok() {
                sleep(Duration::from_millis(500)).await;
            }
        });
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(30), from.read_to_end(&mut answer)).await;
        drip.abort();
        (ended.is_ok(), String::from_utf8_lossy(&answer).into_owned())
    };
    let bodies = join_all(in_body.into_iter().map(cut));
    let heads = join_all(in_head.into_iter().map(cut));
    let (bodies, heads) = futures_util::future::join(bodies, heads).await;
    for (ended, answer) in bodies {
        assert!(ended && answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    }
    assert!(heads.iter().all(|(ended, _)| *ended), "a connection that never ends its headers is kept");
    assert!(start.elapsed() < Duration::from_secs(30));
    app.get(&administrator, "/v1/me").await.expect(200);
}

/// A body without a length can go on for ever; once its request is answered it does not.
async fn a_body_that_nobody_reads_ends_with_its_answer(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let token = administrator.token.as_deref().unwrap();
    let (bearer, json) = (format!("Authorization: Bearer {token}\r\n"), "Content-Type: application/json\r\n");
    let account = accounts_path();
    let cases = [
        ("GET", "/livez", String::new(), "204"),
        ("GET", "/nowhere", String::new(), "404"),
        ("PUT", &account, json.to_owned(), "401"),
        ("PUT", &account, bearer.clone(), "415"),
        ("PUT", &account, format!("{bearer}{json}"), "408"),
        ("PATCH", &account, bearer.clone(), "405"),
    ];
    let cut = cases.into_iter().map(|(method, path, headers, status)| {
        let address = app.address();
        async move {
            let socket = TcpStream::connect(address).await.unwrap();
            let (mut from, mut to) = socket.into_split();
            let head =
                format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n");
            let drip = actix_web::rt::spawn(async move {
                to.write_all(head.as_bytes()).await.unwrap();
                while to.write_all(b"1\r\n \r\n").await.is_ok() {
                    sleep(Duration::from_millis(100)).await;
                }
            });
            let mut answer = Vec::new();
            let ended = tokio::time::timeout(Duration::from_secs(15), from.read_to_end(&mut answer)).await;
            drip.abort();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path}: {answer}");
            assert!(ended.is_ok(), "{method} {path}: the connection stays open after {answer}");
            assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
            assert!(status < "300" || answer.ends_with('}'), "{answer}");
        }
    });
    join_all(cut).await;
    // Whoever ends the body may go on.
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    let head =
        format!("PUT {account} HTTP/1.1\r\nHost: x\r\n{json}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    socket
        .write_all(
            format!("{head}{head}GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await
        .unwrap();
    let answer = read_to_end(&mut socket).await;
    assert!(answer.contains("HTTP/1.1 204 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 401 ").count(), 2, "{answer}");
}

/// Somebody asks for 30 MB of answers and takes none of them.
async fn who_does_not_read_is_cut_off(app: TestApp) {
    if !cfg!(target_os = "linux") {
        return; // elsewhere there is no such deadline
    }
    let mut socket = TcpStream::connect(app.address()).await.unwrap();
    socket.write_all("GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200).as_bytes()).await.unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(45) {
        sleep(Duration::from_secs(1)).await;
        // Whoever was cut off notices when he speaks.
        if socket.try_write(b"G").is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock) {
            return;
        }
    }
    panic!("the connection is kept");
}

async fn broken_http_is_answered_or_cut(app: TestApp) {
    let broken: [&[u8]; 12] = [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ];
    for bytes in broken {
        let mut socket = TcpStream::connect(app.address()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let answer = read_to_end(&mut socket).await;
        let status = answer.get(9..10).unwrap_or("4");
        assert_eq!(status, "4", "{:?} gave {answer}", String::from_utf8_lossy(bytes));
    }
    app.call(Method::GET, "/livez").await.expect(204);
}

/// What comes until the other side closes; what was lost in a reset is not missed.
async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match tokio::time::timeout(Duration::from_secs(20), socket.read(&mut piece)).await {
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(read)) => answer.extend_from_slice(&piece[..read]),
            Err(_) => panic!("the connection stays open after {:?}", String::from_utf8_lossy(&answer)),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}
