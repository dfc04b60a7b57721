//! `incognito import places`.

pub(super) mod library;

use std::{io::Write, path::PathBuf, time::Duration};

use indicatif::ProgressBar;
use uuid::Uuid;

use super::{Outcome, say};
use crate::{
    accounts::policy::Scope,
    app::App,
    config::Config,
    db::types::Json,
    ids::BrandId,
    places::{
        findings::ImportNote,
        import::{self, TableFile},
        imported::{ImportedLine, LineOutcome},
        model::{BranchDefaults, Brand, LONGEST_NAME, MINIMUM_VISITS, Recognition},
        store,
    },
    text::{PLAIN, is_plain},
    texts::Language,
};

pub(super) const ABOUT: &str = "\
Import regions and branches of a brand from a CSV file or a workbook (.xlsx, .xlsm, .xls).

The first line names the columns, in any order: region, branch, name, address, latitude, longitude, \
time_zone, languages. Each further line is one branch: `region` is the path to it (Europe/France), \
`branch` its code, `languages` are separated by semicolons. Regions that are not there yet are made. The last \
four columns may be missing: a branch without a time zone or languages takes those of its region or brand.

A CSV file may have commas, semicolons or tabs, decimal commas, and any encoding; the notes say how it was read.

The file is taken whole or not at all; every bad line is reported. The same file again changes nothing.";

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito import places --brand-name Lumen places.csv
  incognito import places --brand-name Lumen --dry-run places.xlsx
  incognito import places --brand 3f0c4a52-8f59-4c0b-9a40-9d6f0f0e9a11 places.csv";

#[derive(clap::Args)]
pub(super) struct Places {
    #[command(flatten)]
    brand: Named,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The file
    file: PathBuf,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// The brand, by its id
    #[arg(long, value_name = "ID")]
    brand: Option<Uuid>,
    /// The brand, by its name; if there is none, it is made, except in a dry run
    #[arg(long, value_name = "NAME")]
    brand_name: Option<String>,
}

pub(super) async fn run(options: Places, config: &Config) -> Outcome {
    let bytes = std::fs::read(&options.file);
    let bytes = bytes.map_err(|error| format!("cannot read {}: {error}", options.file.display()))?;
    let file = TableFile::plain(bytes, Language::English);
    let house = super::start(config).await?;
    let App { db, clock, .. } = &**house.app;
    let spinner = ProgressBar::new_spinner().with_message("importing branches");
    spinner.enable_steady_tick(Duration::from_millis(100));
    let wanted = match (options.brand.brand, options.brand.brand_name) {
        (Some(id), _) => ToFill::There(BrandId::new(id)),
        (None, name) => brand_named(&house.app, name.unwrap_or_default()).await?,
    };
    let (brand, done) = match wanted {
        ToFill::There(id) => {
            (id, import::import(db, clock, &Scope::everything(), id, file, options.dry_run).await?)
        }
        ToFill::New(_) if options.dry_run => {
            return Err("there is no brand of this name yet, and a dry run makes none".to_owned().into());
        }
        // A file that is not acceptable leaves no trace, not even a brand.
        ToFill::New(new) => (new.id, import::import_into_new(db, clock, new, file).await?),
    };
    spinner.finish_and_clear();
    for ImportNote { pointer, message, .. } in &done.notes {
        let _ = writeln!(std::io::stderr(), "{pointer}: {message}");
    }
    for ImportedLine { line, code, outcome, fields } in done.lines.iter().flatten() {
        match outcome {
            LineOutcome::Created => say(format_args!("line {line}: {code} is new")),
            LineOutcome::Changed => say(format_args!("line {line}: {code} changes: {}", fields.join(", "))),
            LineOutcome::Unchanged => {}
        }
    }
    let would = if done.dry_run { " (nothing was written)" } else { "" };
    say(format_args!("brand {brand}: {} regions added{would}", done.regions_added));
    say(format_args!(
        "{} branches added, {} changed, {} were there already",
        done.branches_added, done.branches_changed, done.branches_unchanged
    ));
    Ok(())
}

/// The brand that a file is imported into.
enum ToFill {
    There(BrandId),
    /// It is made with what is imported.
    New(Brand),
}

/// The one brand of this name, or one to be made.
async fn brand_named(app: &App, name: String) -> Outcome<ToFill> {
    if !is_plain(&name) || name.chars().count() as u64 > LONGEST_NAME {
        return Err(format!("the brand's name: at most {LONGEST_NAME} characters, and {PLAIN}").into());
    }
    let wanted = name.clone();
    let named = app.db.read(move |conn| store::brands_named(conn, &Scope::everything(), &wanted)).await?;
    match named.as_slice() {
        [brand] => Ok(ToFill::There(brand.id)),
        [] => Ok(ToFill::New(Brand {
            id: app.clock.new_id(),
            name,
            language: "en".to_owned(),
            minimum_visits: MINIMUM_VISITS,
            revision: 1,
            created_at: app.clock.now(),
            fallback_languages: Json(Vec::new()),
            branch_defaults: Json(BranchDefaults::default()),
            recognition: Json(Recognition::default()),
            maximum_margin: None,
        })),
        several => {
            Err(format!("there are {} brands of this name: choose one with --brand", several.len()).into())
        }
    }
}
