//! Answers are compressed for those who accept it, and mean the same.

use actix_http::encoding::Decoder;
use actix_web::{
    body::to_bytes,
    error::PayloadError,
    http::{Method, header::ContentEncoding},
};
use futures_util::stream;
use incognito::accounts::model::Role;
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, content},
    personas::Persona,
};

each_engine_test!(
    the_contract_is_compressed,
    a_state_is_named_by_the_tag_of_each_form,
    an_error_is_compressed_too,
    tokens_are_not_compressed,
    a_short_answer_is_left_as_it_is,
);

/// The body as it was before it was compressed.
async fn unpacked(answer: &Answer) -> Vec<u8> {
    let coding: ContentEncoding = answer.header("content-encoding").parse().unwrap();
    let packed = stream::iter([Ok::<_, PayloadError>(answer.bytes.clone())]);
    let pieces = actix_web::body::BodyStream::new(Decoder::new(packed, coding));
    to_bytes(pieces).await.unwrap().to_vec()
}

async fn the_contract_is_compressed(app: TestApp) {
    let get = || app.call(Method::GET, "/openapi.yaml");
    let plain = get().await.expect(200);
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    for (accepts, coding) in [("gzip", "gzip"), ("gzip, deflate, br", "br"), ("zstd", "")] {
        let answer = get().header("accept-encoding", accepts).await.expect(200);
        assert_eq!(answer.header("content-encoding"), coding, "{accepts}");
        assert_eq!(answer.header("vary"), "accept-encoding", "{accepts}");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string(), "{accepts}");
        assert!(!answer.header("x-request-id").is_empty());
        if !coding.is_empty() {
            assert!(answer.bytes.len() * 4 < plain.bytes.len(), "{accepts}: {}", answer.bytes.len());
            assert_eq!(unpacked(&answer).await, plain.bytes, "{accepts}");
        }
    }
}

/// Content of more than a kilobyte.
fn long_content() -> Value {
    let mut content = content();
    content["sections"][0]["questions"][0]["help"] = json!({"en": "Within a minute. ".repeat(60)});
    content
}

async fn a_state_is_named_by_the_tag_of_each_form(app: TestApp) {
    let world = World::build(&app).await;
    let designer = &world.staff.designer;
    let path = format!("/v1/checklists/{}", id::<Role>());
    app.put(designer, &path, json!({"brand_id": world.brands[0].id, "name": "Long"})).await.expect(201);
    let draft = format!("{path}/draft");
    app.put(designer, &draft, long_content()).await.expect(201);

    let plain = app.get(designer, &draft).await.expect(200);
    let packed = app.get(designer, &draft).header("accept-encoding", "gzip").await.expect(200);
    let ending = |answer: &Answer| answer.etag().ends_with("-gzip\"");
    assert!(ending(&packed) && !ending(&plain), "{} {}", packed.etag(), plain.etag());
    assert_eq!(unpacked(&packed).await, plain.bytes);
    for (had, accepts) in [(&plain, "identity"), (&plain, "gzip"), (&packed, "gzip"), (&packed, "identity")] {
        let again = app.get(designer, &draft).header("accept-encoding", accepts);
        let again = again.header("if-none-match", had.etag()).await.expect(304);
        assert_eq!((again.etag(), again.header("vary")), (had.etag(), "accept-encoding"));
        assert!(again.bytes.is_empty());
    }

    // A client that changes what it read compressed gets its change.
    let mut changed = long_content();
    changed["title"] = json!({"en": "Changed"});
    let put = app.put(designer, &draft, changed).if_match(packed.etag());
    let put = put.header("accept-encoding", "gzip").await.expect(200);
    assert!(ending(&put), "{}", put.etag());
    let late = app.put(designer, &draft, long_content()).if_match(packed.etag());
    late.await.expect_problem(412, "precondition_failed");
    app.put(designer, &draft, long_content()).if_match(put.etag()).await.expect(200);
}

async fn an_error_is_compressed_too(app: TestApp) {
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let wrong: serde_json::Map<_, _> =
        (0..50).map(|number| (format!("nonsense_{number}"), json!(1))).collect();
    let put = app.put(&shopper, format!("/v1/visits/{}", id::<Role>()), Value::Object(wrong));
    let answer = put.header("accept-encoding", "br").await.expect(422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("content-encoding"), "br");
    let problem: Value = serde_json::from_slice(&unpacked(&answer).await).unwrap();
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
}

async fn tokens_are_not_compressed(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let account =
        json!({"email": "a@example.org", "name": "A", "language": "en", "password": "correct horse battery"});
    app.put(&who, format!("/v1/accounts/{}", id::<Role>()), account).await.expect(201);
    let body = json!({"email": "a@example.org", "password": "correct horse battery", "device": "d"});
    let post = app.post(&Persona::nobody(), "/v1/sessions", body).header("accept-encoding", "gzip, br");
    let signed_in = post.await.expect(201);
    let body = json!({"refresh_token": signed_in.text("/refresh_token")});
    let post =
        app.post(&Persona::nobody(), "/v1/sessions/refresh", body).header("accept-encoding", "gzip, br");
    for answer in [signed_in, post.await.expect(200)] {
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("", ""), "{answer}");
    }
}

async fn a_short_answer_is_left_as_it_is(app: TestApp) {
    let world = World::build(&app).await;
    let branch = &world.brands[0].regions[0].branches[0];
    let read = app.get(&world.staff.administrator, format!("/v1/branches/{}", branch.id));
    let answer = read.header("accept-encoding", "gzip, br").await.expect(200);
    assert!(answer.bytes.len() < 1024);
    assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("", ""), "{answer}");
}
