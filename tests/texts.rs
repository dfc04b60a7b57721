//! What the server says to people, in the language that they wish for.

use actix_web::http::Method;
use incognito::{
    error::Code,
    texts::{Language, Text},
};

use crate::{
    app::{Answer, TestApp, each_engine_test},
    personas::Persona,
};

each_engine_test!(
    an_error_has_its_title_in_the_language_of_its_reader,
    every_refusal_is_in_the_language_of_its_reader,
    a_page_is_in_the_language_of_its_reader,
);

async fn wishing(app: &TestApp, path: &str, header: &str) -> Answer {
    app.call(Method::GET, path).header("accept-language", header).await
}

#[track_caller]
fn is_in(answer: &Answer, language: &str) {
    assert_eq!(answer.header("content-language"), language, "{answer}");
    assert_eq!(answer.header("vary"), "accept-language", "{answer}");
}

async fn an_error_has_its_title_in_the_language_of_its_reader(app: TestApp) {
    for (header, language, title) in [
        ("fr", "fr", "Vous devez d’abord vous connecter."),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr", "Vous devez d’abord vous connecter."),
        ("en;q=0.1, ru", "ru", "Сначала необходимо войти."),
        ("qaa, bg;q=0.5", "bg", "Първо трябва да влезете."),
        ("tr-TR", "tr", "Önce oturum açmanız gerekir."),
        ("en", "en", "You must sign in first."),
        ("qaa", "en", "You must sign in first."),
        ("fr;q=0", "en", "You must sign in first."),
        ("*", "en", "You must sign in first."),
        (";;,,q=", "en", "You must sign in first."),
    ] {
        let answer = wishing(&app, "/v1/me", header).await.expect_problem(401, "sign_in_needed");
        assert_eq!(answer.text("/title"), title, "{header}");
        is_in(&answer, language);
    }
    let answer = app.call(Method::GET, "/v1/me").await.expect_problem(401, "sign_in_needed");
    assert_eq!(answer.text("/title"), "You must sign in first.");
    is_in(&answer, "en");
}

/// Wherever it comes from: a handler, the table of routes, a body, what actix refuses.
async fn every_refusal_is_in_the_language_of_its_reader(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let account = format!("/v1/accounts/{}", administrator.account);
    let french = |method: Method, path: &str| {
        app.call(method, path).by(&administrator).header("accept-language", "fr")
    };
    let invalid = french(Method::GET, "/v1/accounts?limit=0").await.expect_invalid("limit");
    assert_eq!(invalid.json["errors"][0]["code"], "range", "the rest is as it was: {invalid}");
    for (answer, code) in [
        (invalid, Code::Invalid),
        (french(Method::GET, "/nowhere").await, Code::NotFound),
        (french(Method::PATCH, "/v1/me").await, Code::MethodNotAllowed),
        (french(Method::PUT, &account).body("application/json", "{").await, Code::MalformedRequest),
        (french(Method::PUT, &account).body("text/plain", "{}").await, Code::UnsupportedMediaType),
    ] {
        let answer = answer.expect_problem(code.status(), code.name());
        assert_eq!(answer.text("/title"), code.title().say(Language::French));
        is_in(&answer, "fr");
    }
    let done = french(Method::GET, "/v1/me").await.expect(200);
    assert_eq!(
        (done.header("content-language"), done.header("vary")),
        ("", ""),
        "only texts have a language"
    );
}

async fn a_page_is_in_the_language_of_its_reader(app: TestApp) {
    for language in Language::ALL {
        for code in Code::ALL {
            let page = wishing(&app, &code.page(), language.tag()).await.expect(200);
            is_in(&page, language.tag());
            let text = String::from_utf8(page.bytes.to_vec()).unwrap();
            assert!(text.contains(&format!("<html lang=\"{}\">", language.tag())), "{text}");
            let shown = |text: Text| text.say(language).split('`').map(str::to_owned).collect::<Vec<_>>();
            for part in [shown(code.title()), shown(code.advice())].concat() {
                assert!(text.contains(&part), "{part} is not in {text}");
            }
            assert!(!text.contains('`'), "{text}");
            assert!(text.contains(&format!("<dd><code>{}</code></dd>", code.name())), "{text}");
        }
    }
    for header in ["qaa", "*", "fr;q=0"] {
        is_in(&wishing(&app, "/problems/not_found", header).await.expect(200), "en");
    }
    let page = app.call(Method::GET, "/problems/digest_mismatch").await.expect(200);
    is_in(&page, "en");
    assert!(String::from_utf8_lossy(&page.bytes).contains("<dd>460</dd>"), "a status without a name: {page}");
    let unknown = wishing(&app, "/problems/no_such_code", "tr").await.expect(404);
    is_in(&unknown, "tr");
    let text = String::from_utf8_lossy(&unknown.bytes);
    let request = format!("<p>İstek {}</p>", unknown.header("x-request-id"));
    for part in ["<html lang=\"tr\">", "<h1>Bu adreste bir şey bulunamadı.</h1>", request.as_str()] {
        assert!(text.contains(part), "{part} is not in {unknown}");
    }
}
