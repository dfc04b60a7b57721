//! `incognito export`: visits, scores and reports as files, read from the database itself.

mod filters;
mod partial;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use self::{
    filters::Filters,
    partial::{Partial, PartialState},
};
use super::{Failure, Outcome, say};
use crate::{
    accounts,
    audit::{AuditKind, Details, Entry, filter::Filter, record},
    config::Config,
    error::Result,
    http::{
        languages::Wishes,
        sheet::{Format, Heads, Manner, Written},
    },
    ids::{AccountId, AuditId},
    server::{
        exports::{Kind, PieceAfter, Reader, Reports, Scores, Visits, WantedExport},
        house::House,
    },
};

pub(super) const ABOUT: &str = "\
Write visits, scores or reports to a file.

What is written is what the address of the same name gives for the same parameters: GET /v1/visits/export, GET /v1/scores, GET \
/v1/reports. They are flags here, with hyphens. A filter that nothing meets gives a file without rows. It is written down in the \
audit.

Until it is whole it is called FILE.part, and FILE.part.json beside it says how far it is. What was cut off is gone on with by \
--resume and the same flags, without a row twice and without one missing; a workbook and Parquet begin anew.";

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito export visits --format csv --out visits.csv --month 2026-03
  incognito export visits --format jsonl --out all.jsonl --resume
  incognito export scores --format xlsx --out scores.xlsx --places brand:3f0c4a52-8f59-4c0b-9a40-9d6f0f0e9a11
  incognito export reports --format csv --out reports.csv --as manager@example.org";

/// How far it is, is kept so often: more would be lost to a power cut, and less would be slower.
const KEPT_EVERY: Duration = Duration::from_millis(200);

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Write visits with all their answers, a row for each question
    Visits(Export<Visits>),
    /// Write the scores of up to twenty places, a row for each section
    Scores(Export<Scores>),
    /// Write the list of reports
    Reports(Export<Reports>),
}

#[derive(clap::Args)]
pub(super) struct Export<K: Kind> {
    /// In which form
    #[arg(long, value_parser = format())]
    format: Format,
    /// The file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Writes what this account may see, by its e-mail address, in the place of everything
    #[arg(long = "as", value_name = "EMAIL")]
    reader: Option<String>,
    /// The language of questions, numbers and titles (BCP 47); English if it is left out
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// What stands above the columns of csv and xlsx; titles with --language, and names without it
    #[arg(long, value_parser = heads())]
    header: Option<Heads>,
    /// Goes on where the same export was cut off
    #[arg(long)]
    resume: bool,
    /// Writes over a file that is there
    #[arg(long)]
    force: bool,
    /// So many things are read at once
    #[arg(long, default_value_t = 500, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000))]
    at_once: u32,
    #[command(flatten, next_help_heading = "Which")]
    filters: Filters<K>,
}

fn format() -> impl TypedValueParser<Value = Format> {
    const FORMATS: [Format; 4] = [Format::Csv, Format::Xlsx, Format::Lines, Format::Parquet];
    PossibleValuesParser::new(FORMATS.map(Format::suffix)).try_map(|name| {
        FORMATS.into_iter().find(|format| format.suffix() == name).ok_or("there is no such form")
    })
}

fn heads() -> impl TypedValueParser<Value = Heads> {
    PossibleValuesParser::new(["names", "titles"])
        .try_map(|name| Heads::of(&name).ok_or("nothing is called so"))
}

impl<K: Kind> Export<K> {
    /// The language of what is written.
    fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("en")
    }

    /// What stands above its columns.
    fn heads(&self) -> Heads {
        self.header.unwrap_or(Heads::usual(self.language.is_some()))
    }
}

pub(super) async fn run(command: Command, config: &Config) -> Outcome {
    match command {
        Command::Visits(options) => export(options, config).await,
        Command::Scores(options) => export(options, config).await,
        Command::Reports(options) => export(options, config).await,
    }
}

async fn export<K: Kind>(options: Export<K>, config: &Config) -> Outcome {
    if options.out.exists() && !options.force {
        let is_taken = format!("{} is there already: --force writes over it", options.out.display());
        return Err(Failure::asked_wrongly(vec![is_taken]));
    }
    let wanted = WantedExport {
        query: options.filters.query().to_owned(),
        wishes: Wishes::only(options.language().to_owned()),
        reader: Reader::Operator,
    };
    wanted.params::<K>().map(drop).map_err(|error| Failure::from(error).because_asked_wrongly())?;
    let house = super::start(config).await?;
    let wanted = WantedExport { reader: reader(&house, options.reader.as_deref()).await?, ..wanted };
    // Before anything is written: whether there is such a place, and whether the reader may.
    let all = wanted.count::<K>(&house.reading()).await?;
    let written_as = (options.format, options.language(), options.heads());
    let begun = PartialState::new(K::KIND, written_as, &wanted, house.app.clock.new_id());
    let goes_on = options.resume && options.format.goes_on();
    let mut partial = Partial::open(&options.out, begun, goes_on)?;
    let bar = bar(all);
    let written = write::<K>(&house, &wanted, &options, &mut partial, &bar).await;
    bar.finish_and_clear();
    written?;
    let PartialState { things, bytes, .. } = partial.end()?;
    let (things, bytes) = (HumanCount(things), HumanBytes(bytes));
    say(format_args!("{things} {} in {} ({bytes})", K::KIND, options.out.display()));
    Ok(())
}

/// Writes all that is not in the file yet.
async fn write<K: Kind>(
    house: &House,
    wanted: &WantedExport,
    options: &Export<K>,
    partial: &mut Partial,
    bar: &ProgressBar,
) -> Outcome {
    let manner = Manner::in_language(wanted.wishes.ours(), options.heads());
    let mut file = Written::<K::Thing>::new(options.format, manner)?;
    write_down::<K>(house, wanted, options.format, partial.state().audit).await?;
    if partial.state().bytes == 0 {
        partial.add(&file.head()?, 0, None)?;
    }
    bar.set_position(partial.state().things);
    let (mut kept, means) = (None::<Instant>, house.reading());
    loop {
        let from = PieceAfter { after: partial.state().after.clone(), at_once: options.at_once };
        let piece = wanted.read::<K>(&means, from).await?;
        let (bytes, is_last) = (file.add(&piece.things)?, piece.next.is_none());
        partial.add(&bytes, piece.things.len() as u64, piece.next)?;
        bar.set_position(partial.state().things);
        if is_last {
            break;
        }
        if options.format.goes_on() && kept.is_none_or(|kept| kept.elapsed() >= KEPT_EVERY) {
            partial.keep()?;
            kept = Some(Instant::now());
        }
    }
    file.end(partial.file())?;
    Ok(())
}

/// Who reads what is written.
async fn reader(house: &House, email: Option<&str>) -> Outcome<Reader> {
    let Some(email) = email else { return Ok(Reader::Operator) };
    let address = email.trim().to_lowercase();
    let found = house.app.db.read(move |conn| accounts::store::account_by_email(conn, &address)).await?;
    let found = found.ok_or_else(|| format!("no account has the address {email}"))?;
    Ok(Reader::Account(found.id))
}

/// Writes down in the audit what is exported and for whom; once, however often it is gone on with.
async fn write_down<K: Kind>(
    house: &House,
    wanted: &WantedExport,
    format: Format,
    step: AuditId,
) -> Result<()> {
    let reader: Option<AccountId> = match wanted.reader {
        Reader::Operator => None,
        Reader::Account(id) => Some(id),
    };
    let details = Details::default()
        .operation("export", K::KIND.as_str())
        .code("format", format.suffix())
        .id("as", reader)
        .filter(Filter::of(&wanted.query));
    let entry = Entry::of_list(AuditKind::Exported, step).with(details);
    let now = house.app.clock.now();
    house.app.db.write(move |conn| record(conn, entry.clone(), now)).await
}

/// How far it is: of so many things, if that is known.
fn bar(all: Option<u64>) -> ProgressBar {
    let template = match all {
        Some(_) => "{wide_bar} {human_pos}/{human_len}, {per_sec}, {eta} to go",
        None => "{spinner} {human_pos}, {per_sec}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = match all {
        Some(all) => ProgressBar::new(all),
        None => ProgressBar::new_spinner(),
    };
    bar.with_style(style)
}
