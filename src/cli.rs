//! The command line: what a person types, and how it ends.

mod account;
mod convert;
mod export;
mod import;
mod keys;
pub(crate) mod log;
mod migrate;
mod openapi;
mod outcome;
mod private;
mod receipt;
pub(crate) mod remote;
mod routes;
pub(crate) mod serve;
#[cfg(feature = "otlp")]
mod traces;
mod verify;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use self::account::{NewAccount, create as create_account};
pub use self::outcome::{Failure, Outcome, end, say};
use crate::{
    clock::Clock,
    config::{Config, Settings},
    demo,
    server::house::{Files, House},
};

const NAME: &str = "incognito";

const ABOUT: &str = "\
A mystery-shopping backend: visits that arrive exactly once, scores that can be trusted, shoppers who \
stay unknown.

It needs nothing else installed: with no settings at all everything is kept in ./data. With \
--database-url it uses PostgreSQL 15 or newer.";

const EXAMPLES: &str = "\
Try it:
  incognito demo          (a year of visits to 40 branches, and a server to ask about them)

Begin for real:
  incognito account create --email you@example.org --name 'Your Name' --role administrator
  incognito serve

Secrets are never given as flags: passwords come from a file, the environment or a prompt, the secret \
for the server's keys comes from a file or the environment, and a database URL with a password belongs into INCOGNITO_DATABASE_URL or the file of --config.

It ends with 0 if all went well, with 1 if something failed, and with 2 if it was asked for in the wrong \
way.";

#[derive(Parser)]
#[command(name = NAME, version, about, long_about = ABOUT, after_long_help = EXAMPLES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until stopped (Ctrl-C or SIGTERM)
    ///
    /// Brings the database's schema up to date first. When it is stopped, it answers the requests under way.
    #[command(after_long_help = serve::EXAMPLES)]
    Serve,
    /// Load an example brand with a year of visits, then serve it
    #[command(long_about = demo::ABOUT)]
    Demo(demo::Options),
    /// Bring the database's schema up to date, or look at it, or take it back
    #[command(long_about = migrate::ABOUT)]
    Migrate(migrate::Options),
    /// Make and change the accounts of people who sign in
    #[command(subcommand)]
    Account(account::Command),
    /// Bring data in
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write visits, scores or reports to a file
    #[command(subcommand, long_about = export::ABOUT, after_long_help = export::EXAMPLES)]
    Export(export::Command),
    /// Convert a checklist between JSON and XLSForm (.xlsx)
    #[command(long_about = convert::ABOUT, after_long_help = convert::EXAMPLES)]
    Convert(convert::Convert),
    /// Recompute all scores from the visits and say what differs (then it ends with 1)
    #[command(long_about = verify::ABOUT)]
    Verify(verify::Verify),
    /// Check receipts of visits, without the server that signed them
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// See the keys that the server signs with, and make new ones
    #[command(subcommand)]
    Keys(keys::Command),
    /// See the background work, and repeat or drop tasks that failed too often
    #[command(subcommand)]
    Work(work::Command),
    /// Print the contract of the API (OpenAPI 3.1, YAML)
    Openapi,
    /// Print the table of routes, with who may call each
    Routes,
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Import regions and branches of a brand from a CSV file
    #[command(long_about = import::ABOUT, after_long_help = import::EXAMPLES)]
    Places(import::Places),
    /// Give a brand the starter library of dimensions, standards and checklists
    #[command(long_about = import::library::ABOUT, after_long_help = import::library::EXAMPLES)]
    Library(import::library::Library),
}

#[derive(Subcommand)]
enum ReceiptCommand {
    /// Check a receipt: its signature, and the visit and the files that it is about
    #[command(long_about = receipt::ABOUT, after_long_help = receipt::EXAMPLES)]
    Verify(receipt::Verify),
}

/// Does what the command line says; gives the process's exit code.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.settings.check() {
        Ok(config) => end(NAME, obey(cli.command, config).await),
        Err(mistakes) => end(NAME, Err(Failure::asked_wrongly(mistakes))),
    }
}

async fn obey(command: Command, config: Config) -> Outcome {
    let log = log::start(&config)?;
    match command {
        Command::Serve => serve::run(config).await,
        Command::Demo(options) => demo::run(options, config, &log).await,
        Command::Migrate(options) => migrate::run(&options, &config).await,
        Command::Account(command) => account::run(command, &config).await,
        Command::Import(ImportCommand::Places(options)) => import::run(options, &config).await,
        Command::Import(ImportCommand::Library(options)) => import::library::run(options, &config).await,
        Command::Export(command) => export::run(command, &config).await,
        Command::Convert(options) => convert::run(&options),
        Command::Verify(options) => verify::run(&config, options).await,
        Command::Receipt(ReceiptCommand::Verify(options)) => receipt::run(options).await,
        Command::Keys(command) => keys::run(command, &config).await,
        Command::Work(command) => work::run(command, &config).await,
        Command::Openapi => openapi::run(),
        Command::Routes => routes::run(),
    }
}

/// Everything that a command works with.
pub(crate) async fn start(config: &Config) -> Outcome<House> {
    private::keep_private();
    let files = Files::open(&config.data, &config.blobs)?;
    let secret = config.keys_secret.clone();
    let house = House::open(&config.database, config.connections, Clock::System, files, secret).await?;
    private::warn_of_readers(config);
    Ok(house)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_in_order() {
        super::Cli::command().debug_assert();
    }
}
