//! Which passwords are refused, and in which form they are compared.

use argon2::{Argon2, password_hash::PasswordHasher};
use incognito::db::schema::account as accounts;

use super::*;

each_engine_test!(weak_passwords_are_refused, the_same_letters_are_the_same_password, old_hashes_are_renewed);

async fn weak_passwords_are_refused(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let path = format!("/v1/accounts/{}", id::<()>());
    let put = async |password: &str, language: &str| {
        let mut body = account("ayse.demir@example.org", false);
        body["password"] = json!(password);
        app.put(&administrator, &path, body).header("accept-language", language).await
    };
    for (password, code) in [
        ("Password1234", "common"),
        ("ayse.demir2024", "own_address"),
        ("ayse.demir@example.org", "own_address"),
        ("aaaaaaaaaaaa", "repeated"),
        ("abcdefghijkl", "run"),
    ] {
        let refused = put(password, "en").await.expect_invalid("/password");
        assert_eq!(refused.text("/errors/0/code"), code, "{refused}");
        assert!(!String::from_utf8_lossy(&refused.bytes).contains(password), "{refused}");
    }
    let mut output = Vec::new();
    for language in ["en", "fr", "ru", "bg", "tr"] {
        let refused = put("Password1234", language).await.expect_invalid("/password");
        assert_eq!(refused.header("content-language"), language);
        output.push(refused.text("/errors/0/message"));
    }
    assert_eq!(output[1], "Ce mot de passe est l’un des plus courants. Choisissez-en un autre.");
    output.sort();
    output.dedup();
    assert_eq!(output.len(), 5);
    // Twelve signs that are six letters.
    put(&"e\u{301}".repeat(6), "en").await.expect_invalid("/password");
    app.get(&administrator, &path).await.expect_problem(404, "not_found");
    put(PASSWORD, "en").await.expect(201);
}

/// One device writes é as one sign, another as two.
async fn the_same_letters_are_the_same_password(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let (one, two) = ("d\u{e9}j\u{e0} vu hier soir", "de\u{301}ja\u{300} vu hier soir");
    for (email, kept) in [("a@example.org", one), ("b@example.org", two)] {
        let mut body = account(email, false);
        body["password"] = json!(kept);
        app.put(&administrator, format!("/v1/accounts/{}", id::<()>()), body).await.expect(201);
        for typed in [one, two] {
            sign_in(&app, email, typed).await.expect(201);
        }
        sign_in(&app, email, "deja vu hier soir").await.expect_problem(401, "sign_in_failed");
    }
}

/// Passwords were once hashed as they were typed.
async fn old_hashes_are_renewed(app: TestApp) {
    let (_, path) = account_with_password(&app, "a@example.org").await;
    let whose: incognito::ids::AccountId = incognito::ids::AccountId::new(path[13..].parse().unwrap());
    let (one, two) = ("d\u{e9}j\u{e0} vu hier soir", "de\u{301}ja\u{300} vu hier soir");
    let old = Argon2::default().hash_password(two.as_bytes()).unwrap().to_string();
    let keep = move |conn: &mut incognito::db::Conn| {
        let account = accounts::table.find(whose);
        Ok(diesel::update(account).set(accounts::password_hash.eq(&old)).execute(conn)?)
    };
    app.db().write(keep).await.unwrap();
    sign_in(&app, "a@example.org", one).await.expect_problem(401, "sign_in_failed");
    let phone = Phone::of(&sign_in(&app, "a@example.org", two).await.expect(201));
    sign_in(&app, "a@example.org", one).await.expect(201);
    sign_in(&app, "a@example.org", two).await.expect(201);
    assert!(phone.is_in(&app).await, "it is the same password");
}
