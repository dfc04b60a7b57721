//! There is always somebody who decides who may do what.

use super::*;

each_engine_test!(the_last_administrator_stays, two_who_disable_each_other_leave_one);

/// An administrator who can sign in: the account's path, its grant's, and a device.
async fn administrator(app: &TestApp, by: &Persona, email: &str) -> (String, String, Phone) {
    let path = format!("/v1/accounts/{}", id::<()>());
    app.put(by, &path, account(email, false)).await.expect(201);
    let grant = format!("{path}/grants/{}", id::<()>());
    app.put(by, &grant, json!({"role": Role::Administrator})).await.expect(201);
    (path, grant, Phone::sign_in(app, email).await)
}

/// Has somebody disable an account; gives the answer.
async fn disable(app: &TestApp, by: &Persona, path: &str, email: &str) -> Answer {
    let tag = app.get(by, path).await.expect(200).etag().to_owned();
    app.put(by, path, account(email, true)).if_match(&tag).await
}

async fn the_last_administrator_stays(app: TestApp) {
    // This one has no password, and cannot sign in again.
    let first = Persona::administrator(&app).await;
    let (path, grant, phone) = administrator(&app, &first, "a@example.org").await;
    for who in [&phone.caller, &first] {
        disable(&app, who, &path, "a@example.org").await.expect_problem(409, "last_administrator");
        app.delete(who, &grant).await.expect_problem(409, "last_administrator");
    }
    assert!(phone.is_in(&app).await, "nothing of it was done");
    // A second grant of the same, one over a brand, and one who is disabled do not count in its place …
    let second_grant = format!("{path}/grants/{}", id::<()>());
    app.put(&first, &second_grant, json!({"role": Role::Administrator})).await.expect(201);
    app.delete(&first, &grant).await.expect(204);
    app.delete(&first, &second_grant).await.expect_problem(409, "last_administrator");
    let (other, ..) = administrator(&app, &first, "b@example.org").await;
    disable(&app, &first, &other, "b@example.org").await.expect(200);
    disable(&app, &first, &path, "a@example.org").await.expect_problem(409, "last_administrator");
    // … but another does.
    administrator(&app, &first, "c@example.org").await;
    app.delete(&first, &second_grant).await.expect(204);
    disable(&app, &first, &path, "a@example.org").await.expect(200);
}

async fn two_who_disable_each_other_leave_one(app: TestApp) {
    let first = Persona::administrator(&app).await;
    let (one, _, one_in) = administrator(&app, &first, "a@example.org").await;
    let (two, _, two_in) = administrator(&app, &first, "b@example.org").await;
    let (of_two, of_one) = futures_util::future::join(
        disable(&app, &one_in.caller, &two, "b@example.org"),
        disable(&app, &two_in.caller, &one, "a@example.org"),
    )
    .await;
    let done = [of_two.status, of_one.status].iter().filter(|status| **status == 200).count();
    assert_eq!(done, 1, "{of_two} {of_one}");
}
