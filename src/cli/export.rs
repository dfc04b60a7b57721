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
    partial::{Partial, Standing},
};
use super::{Failure, Outcome, say};
use crate::{
    accounts,
    audit::{AuditKind, Details, Entry, filter::Filter, record},
    config::Config,
    error::Result,
    http::{
        languages::Wishes,
        sheet::{CsvDialect, Format, Written},
    },
    ids::{AccountId, AuditId},
    server::{
        exports::{From, Kind, Reader, Reports, Scores, Visits, Wanted},
        house::House,
    },
};

pub(super) const ABOUT: &str = "\
Write visits, scores or reports to a file.

What is written is what the address of the same name gives for the same parameters: GET /v1/visits/export, GET /v1/scores, GET \
/v1/reports. They are flags here, with hyphens. A filter that nothing meets gives a file without rows. It is written down in the \
audit.

Until it is whole it is called FILE.part, and FILE.part.json beside it says how far it is. What was cut off is gone on with by \
--resume and the same flags, without a row twice and without one missing; a workbook begins anew.";

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
    /// The language of questions and of numbers (BCP 47)
    #[arg(long, default_value = "en", value_name = "TAG")]
    language: String,
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
    const FORMATS: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Lines];
    PossibleValuesParser::new(FORMATS.map(Format::suffix)).try_map(|name| {
        FORMATS.into_iter().find(|format| format.suffix() == name).ok_or("there is no such form")
    })
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
    let wanted = Wanted {
        query: options.filters.query().to_owned(),
        wishes: Wishes::only(options.language.clone()),
        reader: Reader::Operator,
    };
    wanted.params::<K>().map(drop).map_err(|error| Failure::from(error).because_asked_wrongly())?;
    let house = super::start(config).await?;
    let wanted = Wanted { reader: reader(&house, options.reader.as_deref()).await?, ..wanted };
    // Before anything is written: whether there is such a place, and whether the reader may.
    let all = wanted.count::<K>(&house.reading()).await?;
    let begun = Standing::new(K::KIND, options.format, &options.language, &wanted, house.app.clock.new_id());
    let can_go_on = options.resume && options.format != Format::Xlsx;
    let mut partial = Partial::open(&options.out, begun, can_go_on)?;
    let bar = bar(all);
    let written = write::<K>(&house, &wanted, &options, &mut partial, &bar).await;
    bar.finish_and_clear();
    written?;
    let Standing { things, bytes, .. } = partial.end()?;
    let (things, bytes) = (HumanCount(things), HumanBytes(bytes));
    say(format_args!("{things} {} in {} ({bytes})", K::KIND, options.out.display()));
    Ok(())
}

/// Writes all that is not in the file yet.
async fn write<K: Kind>(
    house: &House,
    wanted: &Wanted,
    options: &Export<K>,
    partial: &mut Partial,
    bar: &ProgressBar,
) -> Outcome {
    let dialect = CsvDialect::in_language(wanted.wishes.ours());
    let mut file = Written::<K::Thing>::new(options.format, dialect)?;
    write_down::<K>(house, wanted, options.format, partial.standing().audit).await?;
    if partial.standing().bytes == 0 {
        partial.add(&file.head()?, 0, None)?;
    }
    bar.set_position(partial.standing().things);
    let (mut kept, means) = (None::<Instant>, house.reading());
    loop {
        let from = From { after: partial.standing().after.clone(), at_once: options.at_once };
        let piece = wanted.read::<K>(&means, from).await?;
        let (bytes, is_last) = (file.add(&piece.things)?, piece.next.is_none());
        partial.add(&bytes, piece.things.len() as u64, piece.next)?;
        bar.set_position(partial.standing().things);
        if is_last {
            break;
        }
        if options.format != Format::Xlsx && kept.is_none_or(|kept| kept.elapsed() >= KEPT_EVERY) {
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
async fn write_down<K: Kind>(house: &House, wanted: &Wanted, format: Format, step: AuditId) -> Result<()> {
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
