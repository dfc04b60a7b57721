//! Example pictures: of three kinds, small, and never changed.

use actix_web::{http::Method, web::Bytes};
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{BrandId, PictureId},
};
use serde_json::json;

use crate::{
    app::{Call, TestApp, each_engine_test, id},
    personas::Persona,
    standards::add_brand,
};

each_engine_test!(
    a_picture_is_kept_as_it_is_and_never_changes,
    what_is_no_picture_is_refused,
    pictures_are_for_those_who_read_versions,
);

/// As much of a WebP as anybody here looks at.
pub const WEBP: &str = "RIFF\u{1a}\0\0\0WEBPVP8 ";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const LARGEST: usize = 256 << 10;

/// A picture of the brand.
pub async fn add_picture(app: &TestApp, who: &Persona, brand: BrandId) -> PictureId {
    let picture = id();
    put(app, who, (picture, brand), ("image/webp", WEBP)).await.expect(201);
    picture
}

fn put<'a>(
    app: &'a TestApp,
    who: &Persona,
    (picture, brand): (PictureId, BrandId),
    (media_type, bytes): (&str, impl Into<Bytes>),
) -> Call<'a> {
    let path = format!("/v1/pictures/{picture}?brand_id={brand}");
    app.call(Method::PUT, path).by(who).body(media_type, bytes)
}

async fn a_picture_is_kept_as_it_is_and_never_changes(app: TestApp) {
    let (brand, designer) = add_brand(&app, "en").await;
    for (media_type, bytes, extension) in
        [("image/png", PNG, "png"), ("image/jpeg", JPEG, "jpg"), ("image/webp", WEBP.as_bytes(), "webp")]
    {
        let picture = id();
        let made = put(&app, &designer, (picture, brand), (media_type, bytes)).await.expect(201);
        assert_eq!(
            (made.text("/id"), made.text("/brand_id"), made.text("/media_type")),
            (picture.to_string(), brand.to_string(), media_type.to_owned())
        );
        app.advance(60);
        let again = put(&app, &designer, (picture, brand), (media_type, bytes)).await.expect(200);
        assert_eq!((again.etag(), &again.json), (made.etag(), &made.json));
        assert_eq!(made.etag(), format!("\"{}\"", made.text("/sha256")));

        let path = format!("/v1/pictures/{picture}");
        let read = app.get(&designer, &path).await.expect(200);
        assert_eq!((&read.bytes[..], read.etag()), (bytes, made.etag()));
        for (name, value) in [
            ("content-type", media_type),
            ("cache-control", "private, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("content-disposition", &format!("inline; filename=\"{picture}.{extension}\"")),
        ] {
            assert_eq!(read.header(name), value, "{name}");
        }
        let cached = app.get(&designer, &path).header("if-none-match", made.etag()).await.expect(304);
        assert_eq!((cached.etag(), cached.bytes.len()), (made.etag(), 0));

        let other = [bytes, b"more"].concat();
        put(&app, &designer, (picture, brand), (media_type, other)).await.expect_problem(409, "conflict");
        for method in [Method::POST, Method::PATCH, Method::DELETE] {
            app.call(method, &path).by(&designer).await.expect_problem(405, "method_not_allowed");
        }
        assert_eq!(app.get(&designer, &path).await.expect(200).bytes, bytes);
    }

    // Of many that come at once under one id, one is kept, and the same again is the same.
    let picture = id();
    let sent = |n: usize| [PNG, if n.is_multiple_of(2) { b"even" } else { b"odd." }].concat();
    let answers = join_all(
        (0..8).map(async |n| put(&app, &designer, (picture, brand), ("image/png", sent(n))).await.status),
    )
    .await;
    let count = |status| answers.iter().filter(|one| **one == status).count();
    assert_eq!((count(201), count(200), count(409)), (1, 3, 4), "{answers:?}");
}

async fn what_is_no_picture_is_refused(app: TestApp) {
    let (brand, designer) = add_brand(&app, "en").await;
    let boss = Persona::everywhere(&app, Role::Designer).await;
    let send = |media_type: &'static str, bytes: &[u8]| {
        put(&app, &designer, (id(), brand), (media_type, bytes.to_vec()))
    };
    for media_type in ["image/gif", "image/svg+xml", "application/json", "text/html"] {
        let answer = send(media_type, PNG).await.expect_problem(415, "unsupported_media_type");
        assert_eq!(answer.text("/detail"), "send image/jpeg, image/png or image/webp");
    }
    let unnamed = send("application/octet-stream", PNG).await.expect(201);
    assert_eq!(unnamed.json["media_type"], "image/png");
    for (media_type, bytes, advice) in [
        ("application/octet-stream", b"<svg/>".as_slice(), "neither JPEG nor PNG nor WebP"),
        ("image/jpeg", PNG, "image/png"),
        ("image/png", WEBP.as_bytes(), "image/webp"),
        ("image/webp", JPEG, "image/jpeg"),
        ("image/png", b"", "neither JPEG nor PNG nor WebP"),
        ("image/png", b"<html><script>alert(1)</script>", "neither JPEG nor PNG nor WebP"),
    ] {
        let answer = send(media_type, bytes).await.expect_invalid("");
        assert!(answer.text("/errors/0/message").contains(advice), "{answer}");
    }
    let padded = |size: usize| [PNG, &vec![0; size - PNG.len()]].concat();
    send("image/png", &padded(LARGEST + 1)).await.expect_problem(413, "body_too_large");
    let picture: PictureId = id();
    put(&app, &designer, (picture, brand), ("Image/PNG", padded(LARGEST))).await.expect(201);
    let read = app.get(&designer, format!("/v1/pictures/{picture}")).await.expect(200);
    assert_eq!(read.bytes.len(), LARGEST);

    put(&app, &designer, (id(), id()), ("image/png", PNG)).await.expect_problem(404, "not_found");
    put(&app, &boss, (id(), id()), ("image/png", PNG)).await.expect_invalid("brand_id");
    for query in ["", "?brand_id=", "?brand_id=x", &format!("?brand_id={brand}&name=x")] {
        let call = app.call(Method::PUT, format!("/v1/pictures/{}{query}", id::<()>())).by(&designer);
        call.body("image/png", PNG).await.expect_problem(422, "invalid");
    }
}

async fn pictures_are_for_those_who_read_versions(app: TestApp) {
    let ((brand, designer), (other, stranger)) = (add_brand(&app, "en").await, add_brand(&app, "en").await);
    let picture = add_picture(&app, &designer, brand).await;
    let of = |brand| GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let administrator = Persona::administrator(&app).await;
    let region = id();
    let body = json!({"brand_id": brand, "name": "North"});
    app.put(&administrator, format!("/v1/regions/{region}"), body).await.expect(201);
    let in_region = GrantScope { region_id: Some(region), ..of(brand) };
    for (role, scope, status) in [
        (Role::Shopper, of(brand), 200),
        (Role::Shopper, in_region, 200),
        (Role::Shopper, of(other), 404),
        (Role::Reviewer, in_region, 200),
        (Role::Auditor, of(other), 404),
        (Role::Manager, of(brand), 403),
    ] {
        let who = Persona::with(&app, &[(role, scope)]).await;
        let answer = app.get(&who, format!("/v1/pictures/{picture}")).await;
        assert_eq!(answer.status, status, "{role} {scope:?}: {answer}");
    }
    app.get(&designer, format!("/v1/pictures/{}", id::<()>())).await.expect_problem(404, "not_found");
    for brand in [brand, other] {
        let answer = put(&app, &stranger, (picture, brand), ("image/webp", WEBP)).await;
        answer.expect_problem(404, "not_found");
    }
    let boss = Persona::everywhere(&app, Role::Designer).await;
    put(&app, &boss, (picture, other), ("image/webp", WEBP)).await.expect_problem(409, "conflict");
}
