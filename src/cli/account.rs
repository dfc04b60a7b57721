//! `incognito account`: how the first administrator comes to be, and what is done where no administrator can sign in.

mod change;

use std::{io::IsTerminal, path::PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use uuid::Uuid;

use super::{Outcome, say};
use crate::{
    accounts::{
        api::PutAccount,
        grants,
        model::{Account, Grant, GrantScope, Role},
        put_account::{NewPassword, put_account, refuse_weak},
    },
    config::Config,
    error::{Code, Error, FieldError, Result},
    http::input,
    ids::{AccountId, BranchId, BrandId, RegionId},
    precondition::IfMatch,
    server::house::House,
    texts::Language,
};

const ABOUT: &str = "\
Make an account with one role.

The first account of a new database is made like this; it is an administrator without --brand, who can \
then make the others through the API.

The password has 12 to 200 characters, and is none of the commonest ones. It is read from --password-file, or taken from INCOGNITO_PASSWORD \
in the environment, or asked for.";

const EXAMPLES: &str = "\
Examples:
  incognito account create --email you@example.org --name 'Your Name' --role administrator
  incognito account create --email r@example.org --name R --role reviewer --password-file secret";

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make an account with one role
    #[command(long_about = ABOUT, after_long_help = EXAMPLES)]
    Create(Create),
    /// List the accounts, each with its roles
    List,
    /// Let an account sign in again
    Enable(change::Whose),
    /// End an account's sessions and let it sign in no more
    Disable(change::Whose),
    /// Give an account another password, which ends its sessions
    #[command(long_about = change::ABOUT_PASSWORDS)]
    ResetPassword(change::ResetPassword),
}

pub(super) async fn run(command: Command, config: &Config) -> Outcome {
    match command {
        Command::Create(options) => make(options, config).await,
        Command::List => change::list(config).await,
        Command::Enable(whose) => change::enable(whose, config).await,
        Command::Disable(whose) => change::disable(whose, config).await,
        Command::ResetPassword(options) => change::reset_password(options, config).await,
    }
}

#[derive(clap::Args)]
pub(super) struct Create {
    /// The e-mail address to sign in with
    #[arg(long)]
    email: String,
    /// What to call them
    #[arg(long)]
    name: String,
    /// What they may do
    #[arg(long, value_parser = role())]
    role: Role,
    /// The language that they read (BCP 47)
    #[arg(long, default_value = "en", value_name = "TAG")]
    language: String,
    /// The brand that the role is over; without, the role is over all brands
    #[arg(long, value_name = "ID")]
    brand: Option<Uuid>,
    /// The region of the brand that the role is over, with all below it
    #[arg(long, value_name = "ID", requires = "brand", conflicts_with = "branch")]
    region: Option<Uuid>,
    /// The branch of the brand that the role is over
    #[arg(long, value_name = "ID", requires = "brand")]
    branch: Option<Uuid>,
    /// A file with the password in its first line
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

fn role() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.as_str());
    PossibleValuesParser::new(names).try_map(|name| {
        Role::ALL.iter().copied().find(|role| role.as_str() == name).ok_or("there is no such role")
    })
}

async fn make(options: Create, config: &Config) -> Outcome {
    let house = super::start(config).await?;
    let new = NewAccount {
        id: house.app.clock.new_id(),
        email: options.email,
        name: options.name,
        language: options.language,
        password: password(options.password_file)?,
        role: options.role,
        scope: GrantScope {
            brand_id: options.brand.map(BrandId::new),
            region_id: options.region.map(RegionId::new),
            branch_id: options.branch.map(BranchId::new),
        },
    };
    let (email, role, id) = (new.email.clone(), new.role, new.id);
    create(&house, new).await?;
    say(format_args!("{email} can sign in now, as {role}; the account's id is {id}"));
    Ok(())
}

fn password(file: Option<PathBuf>) -> Outcome<String> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    match std::env::var("INCOGNITO_PASSWORD") {
        Ok(password) => Ok(password),
        Err(_) if std::io::stdin().is_terminal() => ask(),
        Err(_) => Err("no password: give one with --password-file or in INCOGNITO_PASSWORD".into()),
    }
}

fn ask() -> Outcome<String> {
    let prompt = |text| rpassword::prompt_password(text).map_err(|error| format!("no password: {error}"));
    let password = prompt("Password: ")?;
    if prompt("The same again: ")? == password {
        Ok(password)
    } else {
        Err("the two passwords are not the same".into())
    }
}

/// An account that is to be made, with its one role.
pub(crate) struct NewAccount {
    pub(crate) id: AccountId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) password: String,
    pub(crate) role: Role,
    pub(crate) scope: GrantScope,
}

/// Makes an account under the rules of the API, but asked by nobody who is signed in.
pub(crate) async fn create(house: &House, new: NewAccount) -> Result<()> {
    let app = &house.app;
    let grant = Grant { id: app.clock.new_id(), role: new.role, scope: new.scope };
    let account = check(house, new).await?;
    let written = app.db.write(move |conn| {
        put_account(conn, None, &IfMatch::Missing, &account, account.created_at)?;
        grants::give(conn, None, account.id, &grant, account.created_at)
    });
    written.await.map(|_| ()).map_err(explain)
}

async fn check(house: &House, new: NewAccount) -> Result<Account> {
    let body = serde_json::json!({
        "email": new.email, "name": new.name, "language": new.language, "password": new.password,
    });
    input::parse_json::<PutAccount>(body.to_string().as_bytes())?;
    let password = NewPassword {
        account: new.id,
        email: new.email.clone(),
        password: new.password.clone(),
        language: Language::English,
    };
    refuse_weak(&password)?;
    Ok(Account {
        id: new.id,
        email: new.email.trim().to_lowercase(),
        name: new.name,
        language: new.language,
        password_hash: Some(house.passwords.hash(new.password).await?),
        disabled: false,
        revision: 1,
        created_at: house.app.clock.now(),
    })
}

/// In the words of the command line.
fn explain(error: Error) -> Error {
    let value = |name, code, message| Error::invalid(vec![FieldError::new(name, code, message)]);
    match error.code() {
        Code::Conflict => value("email", "taken", "an account with this address is there already"),
        Code::Invalid => value("brand, region, branch", "unknown", "there is no such place"),
        _ => error,
    }
}
