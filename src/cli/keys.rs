//! `incognito keys`: what the server signs and seals with.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Outcome, say};
use crate::{
    config::Config,
    seals::{KeyAbout, KeyPurpose, SPREAD},
};

const ABOUT_ROTATE: &str = "\
Make new keys, which sign from a minute later, when every running server has read them.

What was signed before stays good: tokens until they end, receipts for ever, since the keys of receipts stay published at \
/.well-known/jwks.json. After a quarter of an hour an older key of tokens is believed no more.";

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the keys, the newest of each purpose first
    List,
    /// Make new keys
    #[command(long_about = ABOUT_ROTATE)]
    Rotate(Rotate),
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
    let app = super::start(config).await?.ground();
    if let Command::Rotate(Rotate { only }) = command {
        let purposes = only.map_or_else(|| KeyPurpose::ALL.to_vec(), |one| vec![one]);
        app.seals.rotate(&app.db, &purposes).await?;
        say(format_args!("the new keys sign from {SPREAD} seconds on"));
    }
    app.seals.list(&app.db).await?.iter().map(line).for_each(say);
    Ok(())
}

fn line(key: &KeyAbout) -> String {
    let kept = if key.under_secret { "kept under a secret" } else { "kept as it is" };
    format!("{} {} of {}, {kept}", key.purpose, key.kid, key.created_at)
}
