//! The people who speak to the server.

use diesel::RunQueryDsl;
use incognito::{
    accounts::{
        grants,
        model::{Account, Bearer, Grant, GrantScope, Role, Session},
        store, tokens,
    },
    db::schema::session,
    ids::{AccountId, SessionId},
};

use crate::app::{TestApp, id};

/// Somebody with one device, signed in on it without the cost of a password.
#[derive(Clone, Debug)]
pub struct Persona {
    pub account: AccountId,
    pub session: SessionId,
    /// Good for ten minutes of the server's clock; see [`Persona::renewed`].
    pub token: Option<String>,
}

impl Persona {
    /// Somebody who is not signed in.
    pub fn nobody() -> Self {
        Self { account: id(), session: id(), token: None }
    }

    /// Somebody who is signed in, with these grants.
    pub async fn with(app: &TestApp, grants: &[(Role, GrantScope)]) -> Self {
        Self::known(app, id(), grants).await
    }

    /// The same under an id that is known beforehand.
    pub async fn known(app: &TestApp, account: AccountId, grants: &[(Role, GrantScope)]) -> Self {
        let session = id();
        let (now, grants) = (app.now(), grants.to_vec());
        let write = move |conn: &mut incognito::db::Conn| {
            store::insert_account(conn, &blank_account(account, now))?;
            for (role, scope) in &grants {
                let grant = Grant { id: id(), role: *role, scope: *scope };
                grants::give(conn, None, account, &grant, now)?;
            }
            let device = Session {
                id: session,
                account_id: account,
                device: "test".to_owned(),
                created_at: now,
                seen_at: now,
                expires_at: now.plus_seconds(60 * 86_400),
                revoked_at: None,
            };
            diesel::insert_into(session::table).values(&device).execute(conn)?;
            Ok(())
        };
        app.db().write(write).await.unwrap();
        Self { account, session, token: None }.renewed(app)
    }

    /// Somebody with one role over the whole operator.
    pub async fn everywhere(app: &TestApp, role: Role) -> Self {
        Self::with(app, &[(role, GrantScope::default())]).await
    }

    pub async fn administrator(app: &TestApp) -> Self {
        Self::everywhere(app, Role::Administrator).await
    }

    /// The session, with the rights that it has now.
    pub async fn bearer(&self, app: &TestApp) -> Bearer {
        let session = self.session;
        let standing = app.db().read(move |conn| store::standing(conn, session)).await.unwrap().unwrap();
        Bearer { session, grants_version: standing.1 }
    }

    /// The same on the same device, with an access token of this moment.
    pub fn renewed(mut self, app: &TestApp) -> Self {
        self.token = Some(tokens::issue(&app.app().seals, self.account, self.session, app.now()).unwrap());
        self
    }
}

/// An account without a password.
pub fn blank_account(id: AccountId, now: incognito::db::types::Instant) -> Account {
    Account {
        id,
        email: format!("{id}@example.org"),
        name: "Somebody".to_owned(),
        language: "en".to_owned(),
        password_hash: None,
        disabled: false,
        revision: 1,
        created_at: now,
    }
}
