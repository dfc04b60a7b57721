//! `trials bench`: how fast visits are taken and approved and scores are read, beside the floor of this machine.
//!
//! The servers are processes of the shipped binary ([`child`]), the load comes from this one ([`load`]). A floor
//! ([`api`]), a process of this program, does only what cannot be left out, on the same machine in the same run: a figure without its floor says
//! more about the machine than about the program.

mod api;
mod approve;
mod beside;
pub(crate) mod camera;
pub(crate) mod child;
pub(crate) mod client;
mod export;
mod figures;
mod floor_files;
pub(crate) mod ground;
pub(crate) mod load;
pub(crate) mod machine;
mod photos;
mod score;
mod scoring;
pub(crate) mod store;
mod stored;
pub(crate) mod submissions;
mod submit;
mod upload;
pub(crate) mod world;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use incognito::{
    cli::{Outcome, say},
    db::Db,
};

use self::{
    child::{Log, Server, Settings},
    figures::{Report, Row},
    ground::Ground,
    machine::Machine,
    world::{World, in_words},
};
use crate::{settings::Given, shipped};

/// What `trials bench --help` says first.
pub(crate) const ABOUT: &str = "\
Measure how fast visits are taken and scores are read, beside the floor of this machine.

The floor of writing parses the same JSON and commits the same bytes in the same grouped way, without any checks; that
of uploading writes, syncs and names as many bytes, and commits one row; the floor of reading answers as many bytes. Product and floor take turns, each in a process of its own, and both share the
machine with the load. Latencies are in milliseconds, CPU is that of the server per answer (with PostgreSQL without
PostgreSQL's own), MB is the most memory that the server had resident.

The data is in a folder of its own inside --data, which is removed afterwards: nothing that is there is touched. With
--database-url that database is used as it is, and what bench puts there stays: it has to be empty, unless you say
--yes-this-database.";

const EXAMPLES: &str = "\
Examples:
  trials bench                                  everything, in about four minutes
  trials bench submit --phones 64 --seconds 20
  trials bench upload                           photos of 200 KB, with their visits and alone
  trials bench beside                           visits while photos are read
  trials bench approve                          64 reviewers at once, and one alone
  trials bench score --stored 1000000
  trials bench export --stored 200000           all visits as CSV, also beside slow readers and submissions
  trials bench scoring                          checking and scoring alone, on one core, in half a minute
  trials bench photos                           what a photo of 12 megapixels costs";

/// What is to be measured.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// How many phones submit at once: a row of the table for each
    #[arg(long, global = true, value_delimiter = ',', default_value = "64,8,1", value_name = "N,…")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    phones: Vec<u16>,
    /// How long one round takes
    #[arg(long, global = true, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
    /// How many rounds each of product and floor have; rates are the medians
    #[arg(long, global = true, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,
    /// How many visits are stored before
    #[arg(long, global = true, default_value_t = 10_000, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    stored: u32,
    /// How many branches the visits are of
    #[arg(long, global = true, default_value_t = 5_000, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    branches: u32,
    /// Write the figures there too, as JSON
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What the server logs: as much as by itself, into a file in the data folder, or nothing
    #[arg(long, global = true, value_enum, default_value_t)]
    log: Logs,
    /// Use the database of --database-url even if it is not empty
    #[arg(long, global = true)]
    yes_this_database: bool,
}

/// What the server logs.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum Logs {
    #[default]
    AsShipped,
    Off,
}

impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsShipped => "as shipped, into a file",
            Self::Off => "off",
        })
    }
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Visits of 30 answers submitted, checked, scored and on disk
    Submit,
    /// Photos of 200 KB uploaded, with their visits and alone
    Upload,
    /// Visits submitted while photos wait to be read, and while none does
    Beside,
    /// Visits approved, all of one brand
    Approve,
    /// Scores, rankings and what is behind them read
    Score,
    /// Visits with their answers taken as CSV, beside slow readers
    Export,
    /// All of these but exports
    All,
    /// Visits checked and scored in memory, one core, without a server
    Scoring,
    /// A photo of 12 megapixels decoded, turned, stripped, shrunk: on one core, without a server
    Photos {
        /// How many times
        #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        times: u32,
    },
    #[command(hide = true)]
    FloorServer {
        #[arg(long, env = "INCOGNITO_LISTEN")]
        listen: SocketAddr,
        #[arg(long)]
        answer_first: bool,
    },
}

/// How the table is measured.
struct Plan {
    phones: Vec<usize>,
    time: Duration,
    rounds: usize,
}

/// Two servers, what is in their databases, and where that is.
struct Bench {
    // In this order they are dropped: first the servers, last the folder.
    product: Server,
    floor: Server,
    db: Db,
    world: World,
    ground: Ground,
    /// How many bytes a visit takes that was stored before, with all that follows from it.
    bytes_each: Option<f64>,
}

/// Does what the options say.
///
/// # Errors
/// If something cannot be measured.
pub(crate) async fn run(options: Options, given: Given) -> Outcome {
    if let Some(What::FloorServer { listen, answer_first }) = options.what {
        return Ok(api::serve(&given.config, listen, answer_first).await?);
    }
    if let Some(What::Scoring) = options.what {
        return scoring(&options);
    }
    if let Some(What::Photos { times }) = options.what {
        let figures = photos::figures(times as usize)?;
        say(&figures);
        return Ok(write(&options, &figures)?);
    }
    let work = async {
        let shipped = shipped::find(given.shipped.as_deref())?;
        let ground = Ground::prepare(&shipped, &given.config, options.yes_this_database).await?;
        measure(ground, &options).await
    };
    // Dropped, the work ends its servers and removes its folder.
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => Err("stopped".into()),
    }
}

async fn measure(ground: Ground, options: &Options) -> Outcome {
    let plan = Plan {
        phones: options.phones.iter().map(|&phones| usize::from(phones)).collect(),
        time: Duration::from_secs(options.seconds.into()),
        rounds: options.rounds.into(),
    };
    let mut bench = Bench::start(ground, options).await?;
    if let Some(What::Export) = options.what {
        let figures = export::figures(&mut bench, &plan, options.stored).await?;
        say(&figures);
        write(options, &figures)?;
        return Ok(bench.ground.clear().await?);
    }
    let mut rows = Vec::new();
    if matches!(options.what, None | Some(What::All | What::Submit)) {
        rows.extend(submit::rows(&mut bench, &plan).await?);
    }
    if matches!(options.what, None | Some(What::All | What::Score)) {
        rows.extend(score::rows(&mut bench, &plan).await?);
    }
    if matches!(options.what, None | Some(What::All | What::Approve)) {
        rows.extend(approve::rows(&mut bench, &plan).await?);
    }
    if let Some(What::Beside) = options.what {
        rows.extend(beside::rows(&mut bench, &plan).await?);
    }
    // Last, because the photos are still being read when they have all arrived.
    if matches!(options.what, None | Some(What::All | What::Upload)) {
        rows.extend(upload::rows(&mut bench, &plan).await?);
    }
    let report = bench.report(options, rows).await?;
    say(&report);
    write(options, &report)?;
    Ok(bench.ground.clear().await?)
}

fn scoring(options: &Options) -> Outcome {
    let report = scoring::measure(Duration::from_secs(options.seconds.into()), options.rounds.into())?;
    say(&report);
    Ok(write(options, &report)?)
}

/// Writes the figures as JSON, where they are to be written.
fn write(options: &Options, report: &impl serde::Serialize) -> Result<(), String> {
    let Some(path) = &options.json else { return Ok(()) };
    let json = serde_json::to_vec_pretty(report).map_err(|error| error.to_string())?;
    std::fs::write(path, json).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

impl Logs {
    fn of(self, ground: &Ground) -> Log {
        match self {
            Self::AsShipped => Log::AsShipped(ground.folder().join("server.log")),
            Self::Off => Log::Off,
        }
    }
}

impl Bench {
    async fn start(ground: Ground, options: &Options) -> Result<Self, String> {
        let most = options.phones.iter().copied().max().unwrap_or(1);
        let settings = Settings { log: options.log.of(&ground), ..ground.product() };
        let (product, db) = (Server::start(&settings).await?, ground.open()?);
        let mut world =
            World::make(&db, product.address, options.branches as usize, usize::from(most)).await?;
        let before = db.read(store::size).await.map_err(in_words)?;
        stored::load(&ground, &db, &world, options.stored as usize).await?;
        let grown = db.read(store::size).await.map_err(in_words)? - before;
        let bytes_each = (options.stored > 0).then(|| grown as f64 / f64::from(options.stored));
        world.stay_signed_in(product.address).await?;
        drop(product);
        // Afresh: what signing in took is not to be counted, and how long a start takes is to be known.
        let product = Server::start(&settings).await?;
        let floor = Server::start(&ground.floor()).await?;
        Ok(Self { product, floor, db, world, ground, bytes_each })
    }

    async fn report(&self, options: &Options, rows: Vec<Row>) -> Result<Report, String> {
        let engine = self.db.read(store::engine).await.map_err(in_words)?;
        let folder = self.ground.folder();
        let machine = Machine::this(folder, engine).map_err(|error| error.to_string())?;
        Ok(Report {
            machine,
            log: options.log,
            stored: options.stored,
            bytes_each: self.bytes_each,
            start: self.product.ready_after.as_secs_f64() * 1e3,
            at_rest: self.product.at_rest.map(|usage| usage.memory),
            rows,
        })
    }
}
