//! **trials** of incognito: what is lost when things break, and how fast it is beside the floor of this machine.
//!
//! Servers are processes of the [`shipped`] binary; phones, load and floors are this program's own.
//! [`phone_sim`] breaks things, [`bench`](mod@bench) measures, [`photos`] reads the images of others, [`coverage`] simulates what statistics
//! promise. The first two stand on the same ground: [servers](bench::child), a
//! [world](bench::world) to submit in, a [folder](bench::ground) that is gone afterwards.

mod bench;
mod coverage;
mod phone_sim;
mod photos;
mod settings;
mod shipped;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use incognito::cli::{Failure, end};

use self::settings::Settings;

#[global_allocator] // that of the shipped binary, so that a floor has the same
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NAME: &str = "trials";

#[derive(Parser)]
#[command(name = NAME, version, about = "Trials of incognito: what is lost when things break, and how fast it is")]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Measure how fast visits are taken and scores are read, beside the floor of this machine
    #[command(long_about = bench::ABOUT)]
    Bench(bench::Options),
    /// Simulate how often intervals and ranks hold what they promise
    #[command(long_about = coverage::ABOUT)]
    Coverage(coverage::Options),
    /// Let phones submit while things break, then look whether all that was acknowledged is there, once
    #[command(long_about = phone_sim::ABOUT)]
    PhoneSim(phone_sim::Options),
    /// Read the images of a folder as the server reads them
    #[command(long_about = photos::ABOUT)]
    Photos(photos::Options),
}

fn main() -> ExitCode {
    actix_web::rt::System::new().block_on(run())
}

async fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match (cli.settings.check(), cli.command) {
        (Ok(given), Command::Bench(options)) => bench::run(options, given).await,
        (Ok(_), Command::Coverage(options)) => coverage::run(&options),
        (Ok(given), Command::PhoneSim(options)) => phone_sim::run(options, given).await,
        (Ok(_), Command::Photos(options)) => photos::run(&options),
        (Err(mistakes), _) => Err(Failure::asked_wrongly(mistakes)),
    };
    end(NAME, outcome)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_in_order() {
        super::Cli::command().debug_assert();
    }
}
