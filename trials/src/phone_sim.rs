//! `trials phone-sim`: phones submit while things break; then it is looked whether all that was acknowledged is
//! there, once, as it was sent.
//!
//! Each trial is a file of its own. What they stand on is that of the bench: [servers](crate::bench::child) that are
//! processes of the shipped binary, a [world](crate::bench::world) to submit in, [ground](crate::bench::ground) that is
//! gone afterwards. A trial can be run against a planted defect, which it has to find: one that cannot fail shows
//! nothing.

mod audit;
mod crooked;
mod crowd;
mod deeds;
mod digest;
mod disk;
mod disk_full;
mod errands;
mod faults;
mod findings;
mod identical;
mod journal;
mod kill;
mod kill_postgres;
mod line;
mod lines;
mod outbox;
mod phone;
mod power_cut;
mod scene;
mod schedules;
mod store;

use std::path::Path;

use incognito::{
    cli::{Failure, Outcome, say},
    clock::Clock,
    config::Config,
    db::DatabaseUrl,
};
use own_postgres::{Cluster, Durability};

use self::findings::{Findings, Table};
use crate::{
    bench::{self, ground::Ground, world::in_words},
    settings::Given,
    shipped,
};

/// What `trials phone-sim --help` says first.
pub(crate) const ABOUT: &str = "\
Let phones submit while things break, then look whether all that was acknowledged is there, once.

Each trial starts servers of its own and breaks something: processes, connections, the order of things. The phones
have an outbox on disk, as real ones have, and know from it what was acknowledged. What the audit finds is counted;
whatever it finds ends this with 1. Zero failures in N trials are shown as less than 3/N at 95 %.

The data is in a folder of its own inside --data, which is removed afterwards: nothing that is there is touched. With
--database-url that database is used as it is, and what is put there stays: it has to be empty, unless you say
--yes-this-database. With --own-postgres each trial is made a second time, on a PostgreSQL server that is started for it
(initdb and postgres have to be installed) and is gone afterwards.";

const EXAMPLES: &str = "\
Examples:
  trials phone-sim                     every trial, as often as for every change
  trials phone-sim --own-postgres      the same on both engines, and PostgreSQL itself is killed as well
  trials phone-sim --own-postgres --full   all of it at its full size; this takes hours
  trials phone-sim kill --times 20     one trial, so often
  trials phone-sim schedules --seed 7  the same schedules again";

/// What is to be tried.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(subcommand)]
    trial: Option<Trial>,
    /// Try as often as for a release, not as for a change
    #[arg(long, global = true)]
    full: bool,
    /// Try so often
    #[arg(long, global = true, value_name = "N", conflicts_with = "full")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    times: Option<u32>,
    /// How many phones submit at once
    #[arg(long, global = true, default_value_t = 64, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    phones: u16,
    /// Throw the dice as in the run that showed this number
    #[arg(long, global = true, value_name = "N")]
    seed: Option<u64>,
    /// Try something that is broken: the trial has to find that
    #[arg(long, global = true, hide = true)]
    planted_defect: bool,
    /// Use the database of --database-url even if it is not empty
    #[arg(long, global = true)]
    yes_this_database: bool,
    /// Try on a PostgreSQL server of its own as well
    #[arg(long, global = true)]
    own_postgres: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Subcommand)]
enum Trial {
    /// Kill the server (SIGKILL) under load
    Kill,
    /// Kill all processes of a PostgreSQL server of its own (SIGKILL) under load
    KillPostgres,
    /// Submit the same visit many times at once, and another under its id
    Identical,
    /// Send, repeat, reorder and cut by chance, from two devices, with wrong clocks
    Schedules,
    /// Upload photos over slow lines that are cut
    Lines,
    /// Cut the power under load: what was not synced is gone (Linux, SQLite)
    PowerCut,
    /// Let every call to the disk fail once, one after the other (Linux, SQLite)
    Faults,
    /// Fill the disk up under load, then give it space again (Linux, SQLite)
    DiskFull,
}

/// Where a trial is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the database that was named, or SQLite.
    Given,
    /// In a PostgreSQL server of its own.
    OwnPostgres,
}

/// How a trial is run.
pub(crate) struct Plan {
    /// How often.
    pub(crate) times: usize,
    /// How many phones submit at once.
    pub(crate) phones: usize,
    /// Whether it is run against its planted defect.
    pub(crate) planted_defect: bool,
    /// What the dice begin with.
    pub(crate) seed: u64,
}

/// How often a trial is run, for every change and at full size.
type Sizes = (usize, usize);

impl Trial {
    /// In the order in which they are run.
    const ALL: [Self; 8] = [
        Self::Identical,
        Self::Schedules,
        Self::Lines,
        Self::Kill,
        Self::KillPostgres,
        Self::PowerCut,
        Self::Faults,
        Self::DiskFull,
    ];

    /// Whether it can be made there, if this is the database that is given.
    fn is_for(self, place: Place, given: &DatabaseUrl) -> bool {
        match self {
            Self::Identical | Self::Schedules | Self::Lines | Self::Kill => true,
            Self::KillPostgres => place == Place::OwnPostgres,
            Self::PowerCut | Self::Faults | Self::DiskFull => {
                let is_sqlite = place == Place::Given && matches!(given, DatabaseUrl::Sqlite(_));
                is_sqlite && cfg!(target_os = "linux")
            }
        }
    }

    fn sizes(self, engine: &DatabaseUrl) -> Sizes {
        match (self, engine) {
            (Self::Kill, DatabaseUrl::Sqlite(_)) => (100, 3_000),
            (Self::Kill, DatabaseUrl::Postgres(_)) => (25, 1_000),
            (Self::KillPostgres, _) => (10, 300),
            (Self::Identical, _) => (50, 500),
            (Self::Schedules, _) => (500, 10_000),
            (Self::Lines, _) => (20, 1_000),
            (Self::PowerCut, _) => (10, 500),
            (Self::Faults, _) => (1, 5),
            (Self::DiskFull, _) => (3, 20),
        }
    }

    async fn run(self, ground: &Ground, plan: &Plan, own: Option<&Cluster>) -> Result<Findings, String> {
        match self {
            Self::Kill => kill::run(ground, plan).await,
            Self::KillPostgres => {
                kill_postgres::run(ground, plan, own.ok_or("it needs a server of its own")?).await
            }
            Self::Identical => identical::run(ground, plan).await,
            Self::Schedules => schedules::run(ground, plan).await,
            Self::Lines => lines::run(ground, plan).await,
            Self::PowerCut => power_cut::run(ground, plan).await,
            Self::Faults => faults::run(ground, plan).await,
            Self::DiskFull => disk_full::run(ground, plan).await,
        }
    }
}

/// Does what the options say.
///
/// # Errors
/// If a trial cannot be run, or found something.
pub(crate) async fn run(options: Options, given: Given) -> Outcome {
    let shipped = shipped::find(given.shipped.as_deref())?;
    // Dropped, the work ends its servers and removes its folder.
    tokio::select! {
        done = trials(&options, &shipped, &given.config) => done,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    }
}

/// What is to be tried, and where. A planted defect is looked for in one place.
fn chosen(options: &Options, config: &Config) -> Vec<(Trial, Place)> {
    let named = options.trial.as_ref();
    let own = options.own_postgres || named == Some(&Trial::KillPostgres);
    let places = [Place::Given, Place::OwnPostgres];
    let places = || places.into_iter().filter(move |place| own || *place == Place::Given);
    let most = if options.planted_defect { 1 } else { usize::MAX };
    let of = |&trial: &Trial| {
        let fits = places().filter(move |place| trial.is_for(*place, &config.database));
        fits.take(most).map(move |place| (trial, place))
    };
    named.map_or(&Trial::ALL[..], std::slice::from_ref).iter().flat_map(of).collect()
}

async fn trials(options: &Options, shipped: &Path, config: &Config) -> Outcome {
    let mut all = Vec::new();
    for (trial, place) in chosen(options, config) {
        // What the trials before put there is ours.
        let not_empty_is_fine = options.yes_this_database || !all.is_empty();
        let findings = one((trial, place), options, (shipped, config), not_empty_is_fine).await?;
        say(&findings);
        all.push(findings);
    }
    if all.is_empty() {
        return Err("this cannot be tried here: see `trials phone-sim --help`".into());
    }
    if options.trial.is_none() {
        say(format_args!("\n{}", Table(&all)));
    }
    let is_over = if options.planted_defect {
        // It ends with 1 exactly if every trial has found what is planted for it.
        let unseen = all.iter().any(Findings::is_clean);
        say(if unseen { "A planted defect was not seen." } else { "Every planted defect was seen." });
        unseen
    } else {
        all.iter().all(Findings::is_clean)
    };
    if is_over { Ok(()) } else { Err(Failure::found()) }
}

async fn one(
    (trial, place): (Trial, Place),
    options: &Options,
    (shipped, config): (&Path, &Config),
    not_empty_is_fine: bool,
) -> Result<Findings, String> {
    let (mut config, durability) = (
        config.clone(),
        match (trial, options.planted_defect) {
            (Trial::KillPostgres, true) => Durability::Late,
            _ => Durability::Full,
        },
    );
    let own = match place {
        Place::Given => None,
        Place::OwnPostgres => Some(Cluster::start(durability)?),
    };
    if let Some(own) = &own {
        config.database = DatabaseUrl::Postgres(own.url("postgres"));
    }
    let (each_change, full) = trial.sizes(&config.database);
    let times = options.times.map_or(if options.full { full } else { each_change }, |times| times as usize);
    let seed = options.seed.unwrap_or_else(|| Clock::System.now().micros().unsigned_abs());
    let plan = Plan { times, phones: options.phones.into(), planted_defect: options.planted_defect, seed };
    let ground = Ground::prepare(shipped, &config, not_empty_is_fine).await?;
    let mut findings = trial.run(&ground, &plan, own.as_ref()).await?;
    findings.engine = ground.open()?.read(bench::store::engine).await.map_err(in_words)?;
    if !findings.is_clean() {
        findings.note(format!("the dice began with --seed {seed}"));
    }
    ground.clear().await?;
    Ok(findings)
}

/// Runs a trial against each of its planted defects. It is clean, which is bad, as soon as one is not seen.
async fn each_defect<D: Copy + std::fmt::Display>(
    defects: &[D],
    mut look: impl AsyncFnMut(D) -> Result<Findings, String>,
) -> Result<Findings, String> {
    let mut all = None::<Findings>;
    for &defect in defects {
        let mut found = look(defect).await?;
        if found.is_clean() {
            found.note(format!("not seen: {defect}"));
            return Ok(found);
        }
        say(format_args!("seen: {defect}: {}", found.what_went_wrong()));
        let found = found.without_notes();
        match &mut all {
            Some(all) => all.add(found),
            none => *none = Some(found),
        }
    }
    all.ok_or_else(|| "no defect is planted".to_owned())
}
