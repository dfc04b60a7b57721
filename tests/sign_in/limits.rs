//! How often may be tried, from where: strangers who try without end neither get in nor lock anybody out.

use incognito::server::Serving;

use super::*;
use crate::app::Call;

each_engine_test!(
    an_account_has_so_many_tries_from_a_network,
    an_address_has_so_many_tries,
    a_proxy_that_is_believed_says_where_a_request_comes_from,
    strangers_lock_nobody_out,
    all_networks_together_have_a_ceiling,
    a_device_is_known_until_the_password_changes,
    what_does_not_wait_for_the_hasher_is_refused_at_once,
);

/// The same server behind a proxy that it believes: each request comes from where it says.
async fn behind_a_proxy(app: TestApp) -> TestApp {
    let proxies = "127.0.0.0/8".parse().unwrap();
    TestApp::serving(app.stop(), |_| Serving { proxies, ..TestApp::plain() }).await
}

fn attempt<'a>(app: &'a TestApp, email: &str, password: &str) -> Call<'a> {
    let body = json!({"email": email, "password": password, "device": "phone"});
    app.post(&Persona::nobody(), "/v1/sessions", body)
}

/// One try of somebody who comes from there.
async fn from(app: &TestApp, address: &str, email: &str, password: &str) -> Answer {
    attempt(app, email, password).header("x-forwarded-for", address).await
}

/// One try of a device that shows what it got before.
async fn with_device(app: &TestApp, address: &str, email: &str, password: &str, token: &str) -> Answer {
    let body = json!({"email": email, "password": password, "device": "phone", "device_token": token});
    app.post(&Persona::nobody(), "/v1/sessions", body).header("x-forwarded-for", address).await
}

/// The limit that an answer says was reached.
fn limit(answer: &Answer) -> &str {
    answer.header("ratelimit-policy").split('"').nth(1).unwrap_or_default()
}

async fn an_account_has_so_many_tries_from_a_network(app: TestApp) {
    account_with_password(&app, "known@example.org").await;
    let mut locked = Vec::new();
    for email in ["known@example.org", "unknown@example.org"] {
        for _ in 0..10 {
            sign_in(&app, email, "not the password").await.expect_problem(401, "sign_in_failed");
        }
        let spelled = email.to_uppercase();
        let answer = sign_in(&app, &spelled, PASSWORD).await.expect_problem(429, "too_many_requests");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        assert_eq!(answer.header("ratelimit-policy"), "\"account\";q=10;w=300");
        assert_eq!(answer.header("ratelimit"), format!("\"account\";r=0;t={wait}"));
        locked.push(without_request_id(&answer));
    }
    assert_eq!(locked[0], locked[1]);
    account_with_password(&app, "other@example.org").await;
    sign_in(&app, "other@example.org", PASSWORD).await.expect(201);
}

async fn an_address_has_so_many_tries(app: TestApp) {
    let mut policies = Vec::new();
    for _ in 0..130 {
        let answer = sign_in(&app, "unknown@example.org", "not the password").await;
        policies.push(answer.header("ratelimit-policy").to_owned());
    }
    let of = |name: &str| policies.iter().filter(|policy| policy.starts_with(name)).count();
    assert_eq!(of("\"account\"") + of("\"address\"") + of(""), 2 * policies.len() - 10, "{policies:?}");
    assert!(of("\"address\"") > 0, "{policies:?}");
    assert_eq!(policies.last().map(String::as_str), Some("\"address\";q=100;w=100"));
}

/// Without it one stranger behind a proxy would close signing in for all.
async fn a_proxy_that_is_believed_says_where_a_request_comes_from(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let exhaust = async |app: &TestApp| {
        let mut last = String::new();
        for number in 0..110 {
            let email = format!("{number}@example.org");
            last = limit(&from(app, "198.51.100.1", &email, "not the password").await).to_owned();
        }
        assert_eq!(last, "address");
    };
    // Nobody is believed: all come from the same place, and what a stranger says changes nothing.
    exhaust(&app).await;
    let refused = from(&app, "203.0.113.1", "a@example.org", PASSWORD).await;
    assert_eq!(limit(&refused.expect_problem(429, "too_many_requests")), "address");

    let app = behind_a_proxy(app).await;
    exhaust(&app).await;
    from(&app, "203.0.113.1", "a@example.org", PASSWORD).await.expect(201);
    let forwarded = |value: &str| attempt(&app, "a@example.org", PASSWORD).header("forwarded", value);
    forwarded("for=203.0.113.1").await.expect(201);
    // What stands before the proxy's own word was made up.
    for made_up in ["for=203.0.113.1, for=198.51.100.1", "for=\"198.51.100.1:7\"; proto=https"] {
        assert_eq!(limit(&forwarded(made_up).await.expect_problem(429, "too_many_requests")), "address");
    }
    // The networks of IPv6 are /64.
    for number in 0..11 {
        let address = format!("2001:db8::{number}");
        from(&app, &address, "a@example.org", "not the password").await;
    }
    from(&app, "2001:db8::ffff:1", "a@example.org", PASSWORD).await.expect_problem(429, "too_many_requests");
    from(&app, "2001:db8:0:1::1", "a@example.org", PASSWORD).await.expect(201);
}

async fn strangers_lock_nobody_out(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    let app = behind_a_proxy(app).await;
    for _ in 0..30 {
        from(&app, "198.51.100.1", "a@example.org", "not the password").await;
    }
    let refused = from(&app, "198.51.100.1", "a@example.org", PASSWORD).await;
    assert_eq!(limit(&refused.expect_problem(429, "too_many_requests")), "account");
    from(&app, "198.51.100.2", "a@example.org", PASSWORD).await.expect(201);
}

/// What many networks try together ends at a ceiling, which the account's own devices pass.
async fn all_networks_together_have_a_ceiling(app: TestApp) {
    account_with_password(&app, "a@example.org").await;
    account_with_password(&app, "b@example.org").await;
    let app = behind_a_proxy(app).await;
    let known = from(&app, "203.0.113.1", "a@example.org", PASSWORD).await.expect(201).text("/device_token");
    let of_other =
        from(&app, "203.0.113.1", "b@example.org", PASSWORD).await.expect(201).text("/device_token");
    let mut locked = Vec::new();
    for email in ["a@example.org", "unknown@example.org"] {
        for number in 0..100 {
            from(&app, &format!("198.51.100.{}", number / 10), email, "not the password").await;
        }
        let refused = from(&app, "203.0.113.2", email, PASSWORD).await;
        assert_eq!(limit(&refused), "account-everywhere", "{refused}");
        locked.push(without_request_id(&refused.expect_problem(429, "too_many_requests")));
    }
    assert_eq!(locked[0], locked[1]);
    let with = async |token: &str, password: &str| {
        with_device(&app, "203.0.113.2", "a@example.org", password, token).await
    };
    with(&of_other, PASSWORD).await.expect_problem(429, "too_many_requests");
    with("made up", PASSWORD).await.expect_problem(429, "too_many_requests");
    for _ in 0..10 {
        with(&known, PASSWORD).await.expect(201);
        with(&known, "not the password").await.expect_problem(401, "sign_in_failed");
    }
    let answer = with(&known, PASSWORD).await.expect_problem(429, "too_many_requests");
    assert_eq!(limit(&answer), "device", "a device has its own limit");
}

async fn a_device_is_known_until_the_password_changes(app: TestApp) {
    let (administrator, path) = account_with_password(&app, "a@example.org").await;
    let first = sign_in(&app, "a@example.org", PASSWORD).await.expect(201);
    let refreshed = refresh(&app, &first.text("/refresh_token")).await.expect(200);
    assert_eq!(first.text("/device_token"), refreshed.text("/device_token"));
    let known = first.text("/device_token");
    let lock = async || {
        for _ in 0..12 {
            sign_in(&app, "a@example.org", "not the password").await;
        }
    };
    let with_known =
        async |password: &str| with_device(&app, "203.0.113.1", "a@example.org", password, &known).await;
    lock().await;
    with_known(PASSWORD).await.expect(201);
    let tag = app.get(&administrator, &path).await.expect(200).etag().to_owned();
    let mut changed = account("a@example.org", false);
    changed["password"] = json!("another horse, another battery");
    app.put(&administrator, &path, changed).if_match(&tag).await.expect(200);
    with_known("another horse, another battery").await.expect_problem(429, "too_many_requests");
    app.advance(31);
    let fresh = with_known("another horse, another battery").await.expect(201);
    assert_ne!(fresh.text("/device_token"), known);
}

/// A burst of tries holds 64 places at the most; the others are asked to come again, and the rest of the server does not wait.
async fn what_does_not_wait_for_the_hasher_is_refused_at_once(app: TestApp) {
    let app = behind_a_proxy(app).await;
    let tries = (0..160).map(|number| {
        let email = format!("{number}@example.org");
        let from = format!("198.51.100.{number}");
        attempt(&app, &email, "not the password").header("x-forwarded-for", &from).into_future()
    });
    let answers = join_all(tries).await;
    let (failed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 401);
    assert!(failed.len() >= 64 && !refused.is_empty(), "{} and {}", failed.len(), refused.len());
    for answer in refused {
        assert_eq!(answer.expect_problem(503, "unavailable").header("retry-after"), "1");
    }
}
