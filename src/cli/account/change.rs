//! What is done about accounts that are there.

use std::path::PathBuf;

use super::password;
use crate::{
    accounts::{
        model::{Account, Grant},
        put_account::{NewPassword, put_account, refuse_weak},
        store,
    },
    cli::{Outcome, say, start},
    config::Config,
    error::{Code, Error, Result},
    limits::PlainText,
    precondition::IfMatch,
    server::house::House,
    texts::Language,
};

pub(super) const ABOUT_PASSWORDS: &str = "\
Give an account another password, which ends its sessions.

The password has 12 to 200 characters, and is none of the commonest ones. It is read from --password-file, or taken from \
INCOGNITO_PASSWORD in the environment, or asked for.";

/// So many accounts are read at once.
const AT_ONCE: i64 = 500;

/// The account that is meant.
#[derive(clap::Args)]
pub(crate) struct Whose {
    /// The e-mail address that the account signs in with
    #[arg(value_name = "EMAIL")]
    email: String,
}

#[derive(clap::Args)]
pub(crate) struct ResetPassword {
    #[command(flatten)]
    whose: Whose,
    /// A file with the password in its first line
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(super) async fn enable(whose: Whose, config: &Config) -> Outcome {
    let house = start(config).await?;
    let account = change(&house, &whose, |account| Account { disabled: false, ..account }).await?;
    say(format_args!("{} may sign in", account.email));
    Ok(())
}

pub(super) async fn disable(whose: Whose, config: &Config) -> Outcome {
    let house = start(config).await?;
    let account = change(&house, &whose, |account| Account { disabled: true, ..account }).await?;
    say(format_args!("{} may not sign in, and is signed in nowhere", account.email));
    Ok(())
}

pub(super) async fn reset_password(options: ResetPassword, config: &Config) -> Outcome {
    let house = start(config).await?;
    let email = found(&house, &options.whose).await?;
    let password = password(options.password_file)?;
    let new = NewPassword {
        account: email.id,
        email: email.email,
        password: password.clone(),
        language: Language::English,
    };
    refuse_weak(&new)?;
    let hash = house.passwords.hash(password).await?;
    let with_hash = move |account| Account { password_hash: Some(hash.clone()), ..account };
    let account = change(&house, &options.whose, with_hash).await?;
    say(format_args!("{} has another password, and is signed in nowhere", account.email));
    Ok(())
}

/// A line for each account: its address, its id, whether it may sign in, its roles.
pub(super) async fn list(config: &Config) -> Outcome {
    let house = start(config).await?;
    let mut after = None;
    loop {
        let read = move |conn: &mut _| {
            let accounts = store::accounts(conn, after, AT_ONCE)?.into_iter();
            accounts.map(|one| Ok((store::grants(conn, one.id)?, one))).collect::<Result<Vec<_>>>()
        };
        let accounts = house.app.db.read(read).await?;
        for (grants, account) in &accounts {
            say(line(account, grants));
        }
        match accounts.last() {
            Some((_, last)) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

fn line(account: &Account, grants: &[Grant]) -> String {
    let state = match (account.disabled, &account.password_hash) {
        (true, _) => "disabled",
        (false, None) => "without a password",
        (false, Some(_)) => "enabled",
    };
    let roles: Vec<_> = grants.iter().map(|grant| grant.role.as_str()).collect();
    format!("{} {} {state}: {}", account.email, account.id, roles.join(", "))
}

async fn found(house: &House, whose: &Whose) -> Result<Account> {
    let email = address(whose)?;
    house.app.db.read(move |conn| by_email(conn, &email)).await
}

/// Changes the account under the rules of the API.
async fn change(
    house: &House,
    whose: &Whose,
    change: impl Fn(Account) -> Account + Send + 'static,
) -> Result<Account> {
    let (email, now) = (address(whose)?, house.app.clock.now());
    let changed = move |conn: &mut _| {
        let new = change(by_email(conn, &email)?);
        put_account(conn, None, &IfMatch::Any, &new, now)
    };
    let account = house.app.db.write(changed).await?.thing;
    let (whose, disabled) = (account.id, account.disabled);
    tracing::info!(by = "the command line", %whose, disabled, "an account was changed");
    Ok(account)
}

fn by_email(conn: &mut crate::db::Conn, email: &str) -> Result<Account> {
    let account = store::account_by_email(conn, email)?;
    account.ok_or_else(|| Error::new(Code::NotFound).detail("no account has this address"))
}

/// As it is kept, if it can be one.
fn address(whose: &Whose) -> Result<String> {
    let email = whose.email.trim().to_lowercase();
    PlainText::<1, 254>::try_from(email)
        .map(String::from)
        .map_err(|wrong| Error::invalid(vec![wrong.at("/email")]))
}
