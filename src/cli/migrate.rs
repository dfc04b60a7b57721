//! `incognito migrate`.

use super::{Outcome, private, say};
use crate::{
    clock::Clock,
    config::Config,
    db::{Db, migrate},
    reports::counted::shown_questions,
    scores::count_anew::count_what_is_due,
};

pub(super) const ABOUT: &str = "\
Bring the database's schema up to date, or look at it, or take it back.

`serve` brings the schema up to date by itself; use this to do it beforehand. Only one \
process migrates a database at a time, the others wait.";

#[derive(clap::Args)]
pub(super) struct Options {
    /// Only say which migrations are still to be applied
    #[arg(long)]
    status: bool,
    /// Undo the last N migrations, with the data that they made room for
    #[arg(long, value_name = "N", conflicts_with = "status")]
    revert: Option<usize>,
}

pub(super) async fn run(options: &Options, config: &Config) -> Outcome {
    private::keep_private();
    let url = &config.database;
    match (options.status, options.revert) {
        (true, _) => list("to be applied: ", &migrate::pending(url)?),
        (false, Some(count)) => list("undone: ", &migrate::down(url, count)?),
        (false, None) => {
            list("applied: ", &migrate::up(url)?);
            let db = Db::connect(url, config.connections)?;
            count_what_is_due(&db, shown_questions, Clock::System.now()).await?;
        }
    }
    Ok(())
}

fn list(what: &str, migrations: &[String]) {
    if migrations.is_empty() {
        say(format_args!("{what}nothing"));
    }
    for name in migrations {
        say(format_args!("{what}{name}"));
    }
}
