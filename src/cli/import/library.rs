//! `incognito import library`.

use uuid::Uuid;

use super::super::{Outcome, say};
use crate::{
    accounts::{
        self,
        model::{Grant, Role},
        policy::{Area, Scope},
    },
    app::App,
    checklists::library::{self, Count, ImportLibrary},
    config::Config,
    db::Conn,
    ids::{AccountId, BrandId},
    places,
};

pub(in crate::cli) const ABOUT: &str = "\
Give a brand the starter library of dimensions, standards and checklists.

The library is in English, French, Russian, Bulgarian and Turkish. Its checklists are published as \
version 1, unless --drafts-only is given.

It comes whole or not at all. Run again, it adds what is missing and leaves what the brand has, \
changed or not.";

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  incognito import library --brand-name Lumen
  incognito import library --brand 3f0c4a52-8f59-4c0b-9a40-9d6f0f0e9a11 --designer d@example.org --drafts-only";

#[derive(clap::Args)]
pub(in crate::cli) struct Library {
    #[command(flatten)]
    brand: There,
    /// The address of the account that is to have made it all; without, the first designer, or else the first
    /// administrator, of the brand or of all brands
    #[arg(long, value_name = "EMAIL")]
    designer: Option<String>,
    /// Publish nothing
    #[arg(long)]
    drafts_only: bool,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct There {
    /// The brand, by its id
    #[arg(long, value_name = "ID")]
    brand: Option<Uuid>,
    /// The brand, by its name
    #[arg(long, value_name = "NAME")]
    brand_name: Option<String>,
}

pub(in crate::cli) async fn run(options: Library, config: &Config) -> Outcome {
    let house = super::super::start(config).await?;
    let app = &house.app;
    let brand = find(app, options.brand).await?;
    let made_by = maker(app, options.designer, brand).await?;
    let (wish, now) = (ImportLibrary { brand, made_by, drafts_only: options.drafts_only }, app.clock.now());
    let import = move |conn: &mut Conn| library::import(conn, &Scope::everything(), &wish, now);
    let done = app.db.write(import).await?;
    tell("dimensions", done.dimensions);
    tell("standards", done.standards);
    for (name, outcome) in &done.checklists {
        tell_of_checklist(name, outcome);
    }
    if let Some(language) = done.missing_language {
        say(format_args!("the library is not written in the brand's language ({language}): translate it"));
    }
    Ok(())
}

async fn find(app: &App, wanted: There) -> Outcome<BrandId> {
    let look = move |conn: &mut Conn| {
        let everything = Scope::everything();
        match (wanted.brand, &wanted.brand_name) {
            (Some(id), _) => places::store::brand(conn, &everything, BrandId::new(id)).map(|one| vec![one]),
            (None, name) => {
                let name = name.as_deref().unwrap_or_default();
                places::store::brands_named(conn, &everything, name)
            }
        }
    };
    match crate::error::if_there(app.db.read(look).await)?.as_deref() {
        Some([brand]) => Ok(brand.id),
        None | Some([]) => {
            Err("there is no such brand: make it first, as `incognito import places` does".into())
        }
        Some(several) => {
            Err(format!("there are {} brands of this name: choose one with --brand", several.len()).into())
        }
    }
}

/// The account whose name goes with what is published.
async fn maker(app: &App, email: Option<String>, brand: BrandId) -> Outcome<AccountId> {
    if let Some(email) = email {
        let address = email.trim().to_lowercase();
        let account = app.db.read(move |conn| accounts::store::account_by_email(conn, &address)).await?;
        let account = account.ok_or_else(|| format!("there is no account {email}"))?.id;
        let grants = app.db.read(move |conn| accounts::store::grants(conn, account)).await?;
        let may = [Role::Designer, Role::Administrator];
        let over = |grant: &Grant| {
            let area = grant.scope.area();
            may.contains(&grant.role) && [Area::Operator, Area::Brand(brand)].contains(&area)
        };
        if grants.iter().any(over) {
            return Ok(account);
        }
        return Err(format!("{email} is neither designer nor administrator of the brand").into());
    }
    for role in [Role::Designer, Role::Administrator] {
        let look = move |conn: &mut Conn| accounts::store::first_with_role(conn, role, brand);
        if let Some(account) = app.db.read(look).await? {
            return Ok(account);
        }
    }
    let advice = "make one with `incognito account create`, or name an account with --designer";
    Err(format!("the brand has neither a designer nor an administrator: {advice}").into())
}

fn tell(kind: &str, count: Count) {
    say(format_args!("{} {kind} added, {} were there already and are left", count.added, count.left));
}

fn tell_of_checklist(name: &str, outcome: &library::Outcome) {
    match outcome {
        library::Outcome::Published => say(format_args!("“{name}” added, with version 1 published")),
        library::Outcome::Draft => say(format_args!("“{name}” added as a draft")),
        library::Outcome::Left => say(format_args!("“{name}” was there already and is left")),
        library::Outcome::Unpublished(problems) => {
            say(format_args!("“{name}” is there as a draft, and cannot be published:"));
            for problem in problems {
                say(format_args!("  {}: {}", problem.pointer, problem.message));
            }
        }
    }
}
