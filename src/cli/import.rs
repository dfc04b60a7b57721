//! `incognito import places`.

pub(super) mod library;

use std::{path::PathBuf, time::Duration};

use indicatif::ProgressBar;
use uuid::Uuid;

use super::{Outcome, say};
use crate::{
    accounts::policy::Scope,
    app::App,
    config::Config,
    db::{Conn, types::Json},
    error::Result,
    ids::BrandId,
    places::{
        import,
        model::{Brand, LONGEST_NAME, MINIMUM_VISITS},
        store,
    },
    text::{PLAIN, is_plain},
};

pub(super) const ABOUT: &str = "\
Import regions and branches of a brand from a CSV file.

The first line names the columns, in any order: region, branch, name, address, latitude, longitude, \
time_zone, languages. Each further line is one branch: `region` is the path to it (Europe/France), \
`branch` its code, `languages` are separated by semicolons. Regions that are not there yet are made.

The file is taken whole or not at all; every bad line is reported. The same file again changes nothing.";

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito import places --brand-name Lumen places.csv
  incognito import places --brand 3f0c4a52-8f59-4c0b-9a40-9d6f0f0e9a11 places.csv";

#[derive(clap::Args)]
pub(super) struct Places {
    #[command(flatten)]
    brand: Named,
    /// The file, in UTF-8
    file: PathBuf,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// The brand, by its id
    #[arg(long, value_name = "ID")]
    brand: Option<Uuid>,
    /// The brand, by its name; it is made if there is none
    #[arg(long, value_name = "NAME")]
    brand_name: Option<String>,
}

pub(super) async fn run(options: Places, config: &Config) -> Outcome {
    let csv = std::fs::read(&options.file);
    let csv = csv.map_err(|error| format!("cannot read {}: {error}", options.file.display()))?;
    // A file that is not acceptable leaves no trace, not even a brand.
    let lines = import::parse(&csv)?.len();
    let house = super::start(config).await?;
    let app = &house.app;
    let brand = match (options.brand.brand, options.brand.brand_name) {
        (Some(id), _) => BrandId::new(id),
        (None, name) => brand_named(app, name.unwrap_or_default()).await?,
    };
    let spinner = ProgressBar::new_spinner().with_message(format!("importing {lines} branches"));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let done = import::import(&app.db, &app.clock, &Scope::everything(), brand, csv).await?;
    spinner.finish_and_clear();
    say(format_args!("brand {brand}: {} regions added", done.regions_added));
    say(format_args!(
        "{} branches added, {} changed, {} were there already",
        done.branches_added, done.branches_changed, done.branches_unchanged
    ));
    Ok(())
}

/// The one brand of this name, which is made if there is none.
async fn brand_named(app: &App, name: String) -> Outcome<BrandId> {
    if !is_plain(&name) || name.chars().count() as u64 > LONGEST_NAME {
        return Err(format!("the brand's name: at most {LONGEST_NAME} characters, and {PLAIN}").into());
    }
    let new = Brand {
        id: app.clock.new_id(),
        name,
        language: "en".to_owned(),
        minimum_visits: MINIMUM_VISITS,
        revision: 1,
        created_at: app.clock.now(),
        fallback_languages: Json(Vec::new()),
    };
    let look = move |conn: &mut Conn| -> Result<Vec<Brand>> {
        let named = store::brands_named(conn, &Scope::everything(), &new.name)?;
        if named.is_empty() {
            return store::insert_brand(conn, &new).map(|()| vec![new.clone()]);
        }
        Ok(named)
    };
    match app.db.write(look).await?.as_slice() {
        [brand] => Ok(brand.id),
        several => {
            Err(format!("there are {} brands of this name: choose one with --brand", several.len()).into())
        }
    }
}
