//! The addresses of accounts.

mod grants;
pub mod sessions;

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use self::grants::*;
use super::{
    model::{Account, Grant},
    policy::permit::{ManageAccounts, ReadAccounts},
    put_account::{self, NewPassword, Password, hash_if_new},
    store,
};
use crate::{
    accounts::caller::{Allowed, SignedIn},
    accounts::passwords::Passwords,
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    db::types::Instant,
    error::{Code, Error, Result},
    http::{
        answer::{Fresh, Tagged},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::Input,
        listed::Listed,
        page::{Listing, NoFilter},
        sheet::Rows,
    },
    ids::AccountId,
    limits::{EmailAddress, LanguageTag, PlainText},
    precondition::Put,
    texts::Language,
};

impl Rows for AccountView {}

/// A person who signs in, and what they may.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    id: AccountId,
    email: String,
    name: String,
    /// The language that they read (BCP 47).
    language: String,
    /// Whether they may not sign in.
    disabled: bool,
    created_at: Instant,
    grants: Vec<GrantView>,
}

impl AccountView {
    fn new(account: Account, grants: Vec<Grant>) -> Self {
        Self {
            id: account.id,
            email: account.email,
            name: account.name,
            language: account.language,
            disabled: account.disabled,
            created_at: account.created_at,
            grants: grants.into_iter().map(GrantView::from).collect(),
        }
    }

    /// The account, if it is a shopper's.
    fn shopper(&self) -> Option<AccountId> {
        self.grants.iter().any(GrantView::is_of_shopper).then_some(self.id)
    }

    fn look(&self) -> Look {
        Look::at((About::Account, self.id), None, self.shopper())
    }
}

/// Who the caller is, and what they may.
#[utoipa::path(get, path = "/v1/me", responses((status = 200, description = "The caller's account.")))]
pub async fn me(app: Data<App>, caller: SignedIn) -> Result<Json<AccountView>> {
    let account = app.db.read(move |conn| store::account(conn, caller.account)).await?;
    let account = account.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Json(AccountView::new(account, caller.grants)))
}

/// All accounts, in the order of their ids.
#[utoipa::path(get, path = "/v1/accounts", responses((status = 200, description = "A page of accounts.")))]
pub async fn list_accounts(
    caller: Allowed<ReadAccounts>,
    looking: Looking,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Shown<Listed<AccountView>>> {
    require_operator(&caller)?;
    let read = move |conn: &mut _, after, rows| {
        let accounts = store::accounts(conn, after, rows)?.into_iter();
        let view =
            |account: Account| store::grants(conn, account.id).map(|own| AccountView::new(account, own));
        accounts.map(view).collect::<Result<Vec<_>>>()
    };
    let listed = page.list(read, |account: &AccountView| account.id, |account| account).await?;
    let look = Look::listed(None, &listed, AccountView::shopper);
    looking.show(caller.account(), look, listed).await
}

/// One account.
#[utoipa::path(get, path = "/v1/accounts/{id}", responses((status = 200, description = "The account.")))]
pub async fn get_account(
    app: Data<App>,
    caller: Allowed<ReadAccounts>,
    looking: Looking,
    had: IfNoneMatch,
    id: Path<AccountId>,
) -> Result<Shown<Fresh<AccountView>>> {
    require_operator(&caller)?;
    let id = id.into_inner();
    let found = move |conn: &mut _| {
        let account = store::account(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
        Ok((ETag::of(account.revision), AccountView::new(account, store::grants(conn, id)?)))
    };
    let (tag, thing) = app.db.read(found).await?;
    let look = thing.look();
    looking.show(caller.account(), look, Fresh { had, tag, keep: Keep::Ask, thing }).await
}

/// What an account is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAccount {
    /// Signs in with this; one account an address.
    email: EmailAddress,
    /// What to call them.
    name: PlainText<1, 200>,
    /// The language that they read (BCP 47).
    language: LanguageTag,
    /// A new password, which ends their sessions and API keys; if it is left out, the old one stays. One of the commonest, one that is
    /// made of the address, and one that repeats or runs along the keyboard is refused.
    password: Option<Password>,
    /// Whether they may no longer sign in; ends their sessions and API keys.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = false, nullable = true)]
    disabled: bool,
}

impl PutAccount {
    /// The account as it would be if it were new, with the hash of a new password.
    fn account(self, id: AccountId, password_hash: Option<String>, now: Instant) -> Account {
        Account {
            id,
            email: self.email.trim().to_lowercase(),
            name: self.name.into(),
            language: self.language.into(),
            password_hash,
            disabled: self.disabled,
            revision: 1,
            created_at: now,
        }
    }
}

/// Make an account, or change one.
#[utoipa::path(put, path = "/v1/accounts/{id}", responses(
    (status = 200, description = "Changed."),
    (status = 409, description = "`conflict`: another account has this address. `last_administrator`: nobody would be left who decides who may do what."),
))]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn put_account(
    app: Data<App>,
    passwords: Data<Passwords>,
    caller: Allowed<ManageAccounts>,
    looking: Looking,
    id: Path<AccountId>,
    if_match: IfMatch,
    reader: Language,
    Input(put): Input<PutAccount>,
) -> Result<Shown<Tagged<AccountView>>> {
    require_operator(&caller)?;
    let (id, now) = (id.into_inner(), app.clock.now());
    let password = put.password.clone().map(|password| NewPassword {
        account: id,
        email: put.email.as_str().to_owned(),
        password: password.into(),
        language: reader,
    });
    let hash = match password {
        Some(new) => hash_if_new(&app.db, &passwords, new).await?,
        None => None,
    };
    let has_password = hash.is_some();
    let new = put.account(id, hash, now);
    let by = caller.account();
    let put = move |conn: &mut _| {
        let stored = put_account::put_account(conn, Some(by), &if_match, &new, now)?;
        Ok((store::grants(conn, id)?, stored))
    };
    let (grants, stored) = app.db.write(put).await?;
    if stored.put != Put::Keep {
        let disabled = stored.thing.disabled;
        tracing::info!(%by, whose = %id, disabled, new_password = has_password, "an account was made or changed");
    }
    let tag = ETag::of(stored.thing.revision);
    let thing = AccountView::new(stored.thing, grants);
    let look = thing.look();
    looking.show(by, look, Tagged { step: stored.put, tag, thing }).await
}

/// Accounts belong to the operator, so only callers over the whole operator read and manage them.
///
/// # Errors
/// `forbidden` to every other caller.
fn require_operator<P>(caller: &Allowed<P>) -> Result<()> {
    if caller.scope.is_operator_wide() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}
