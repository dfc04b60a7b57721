//! `incognito keys`: what the server signs and seals with.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Outcome, say};
use crate::{
    config::{Config, secret_of},
    seals::{KeyAbout, KeyPurpose, SPREAD, Seals},
};

const ABOUT_ROTATE: &str = "\
Make new keys, which sign from a minute later, when every running server has read them.

What was signed before stays good: tokens until they end, receipts for ever, since the keys of receipts stay published at \
/.well-known/jwks.json. After a quarter of an hour an older key of tokens is believed no more.";

const ABOUT_CHANGE_SECRET: &str = "\
Keep the keys under another secret

The present one is given as always (--keys-secret-file or INCOGNITO_KEYS_SECRET), the new one in a file of its own. The keys stay \
the same. Servers that run go on with the keys that they have read; start them anew with the new secret.";

const ABOUT_UNSEAL: &str = "\
Take the keys out from under their secret

The secret is given as always (--keys-secret-file or INCOGNITO_KEYS_SECRET). The keys stay the same, and lie in the database as \
they are. Start servers without the secret from then on: one that has it keeps the keys under it again.";

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the keys, the newest of each purpose first
    List,
    /// Make new keys
    #[command(long_about = ABOUT_ROTATE)]
    Rotate(Rotate),
    /// Keep the keys under another secret
    #[command(long_about = ABOUT_CHANGE_SECRET)]
    ChangeSecret(ChangeSecret),
    /// Take the keys out from under their secret
    #[command(long_about = ABOUT_UNSEAL)]
    Unseal,
}

#[derive(clap::Args)]
pub(super) struct ChangeSecret {
    /// A file with the secret that the keys are kept under from now on
    #[arg(long, value_name = "FILE")]
    new_secret_file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Rotate {
    /// What the key is for that is to be made [default: one for each]
    #[arg(long, value_name = "PURPOSE", value_parser = purpose())]
    only: Option<KeyPurpose>,
}

fn purpose() -> impl TypedValueParser<Value = KeyPurpose> {
    let names = KeyPurpose::ALL.iter().map(|purpose| purpose.as_str());
    PossibleValuesParser::new(names).try_map(|name| {
        KeyPurpose::ALL
            .iter()
            .copied()
            .find(|purpose| purpose.as_str() == name)
            .ok_or("there is no such purpose")
    })
}

pub(super) async fn run(command: Command, config: &Config) -> Outcome {
    let new_secret = match &command {
        Command::ChangeSecret(ChangeSecret { new_secret_file: file }) => Some(secret_of(file)?),
        _ => None,
    };
    let app = super::start(config).await?.ground();
    let changed: Seals;
    let seals = match command {
        Command::List => &app.seals,
        Command::Rotate(Rotate { only }) => {
            let purposes = only.map_or_else(|| KeyPurpose::ALL.to_vec(), |one| vec![one]);
            app.seals.rotate(&app.db, &purposes).await?;
            say(format_args!("the new keys sign from {SPREAD} seconds on"));
            &app.seals
        }
        Command::ChangeSecret(_) | Command::Unseal => {
            changed = app.seals.kept_under(&app.db, new_secret).await?;
            &changed
        }
    };
    seals.list(&app.db).await?.iter().map(line).for_each(say);
    Ok(())
}

fn line(key: &KeyAbout) -> String {
    let kept = if key.under_secret { "kept under a secret" } else { "kept as it is" };
    format!("{} {} of {}, {kept}", key.purpose, key.kid, key.created_at)
}
