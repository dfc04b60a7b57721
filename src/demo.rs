//! The demo: a brand with a year of visits that went through the real API, and the server to ask about it.

mod alerts;
mod appeal;
mod call;
mod cast;
mod client;
mod dice;
mod estate;
mod load;
mod many;
mod phrases;
mod pictures;
mod plan;
mod publish;
mod review;
mod scene;
mod story;
mod summaries;
mod targets;

use std::{
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{Either, join, select};
use tokio::time::timeout;

use self::load::Loaded;
use crate::{
    accounts::{
        model::{GrantScope, Role},
        passwords::Match,
        store,
    },
    checklists::prepared::Prepared,
    cli::{NewAccount, Outcome, create_account, log::Log, say, serve, start},
    config::Config,
    error,
    ids::{AccountId, BrandId},
    reports::{
        self,
        release::{Means, ReleaseRegion},
    },
    scores::show_daily::ShowBrand,
    server::house::House,
    visits::state::State,
    work::Task,
};

/// The places of the brand.
const PLACES: &str = include_str!("demo/places.csv");
/// What staff were informed of, without its days.
const NOTICE: &str = include_str!("demo/notice.json");
/// Why visits are sent back.
const RETURN_REASONS: &str = include_str!("demo/return_reasons.json");
/// The checklist of the library that it uses, with its name.
const CHECKLIST: &str = include_str!("../library/checklists/restaurant.json");
/// What the checklist's questions verify.
const DIMENSIONS: &str = include_str!("../library/dimensions.json");
const STANDARDS: &str = include_str!("../library/standards.json");

const INTERRUPTED: &str = "stopped before all was loaded: the same command goes on from there";
const A_MOMENT: Duration = Duration::from_secs(3);

/// Where another password than the well-known one is given.
const PASSWORD: &str = "INCOGNITO_DEMO_PASSWORD";
/// The password that everybody knows.
const WELL_KNOWN: &str = "lumen-demo-password";

pub(crate) const ABOUT: &str = "\
Load an example brand with a year of visits, then serve it.

A café chain with 40 branches in seven countries, a checklist in five languages, two dozen shoppers and \
a year of visits up to yesterday. Everything goes through the same API that it then serves. It ends with \
addresses, sign-ins and seven lines to try. Given the same --data again, it goes on there.

With --visits so many more visits are there, of five years and to many branches more. They do not go through the API: they \
are made in memory by the same rules, and many rows are written and sealed at once. `incognito verify` finds them as right as \
the others. A million takes minutes.

Everybody's password is `lumen-demo-password`, which everybody knows; so it is served to this machine \
only. Set INCOGNITO_DEMO_PASSWORD to another one of 12 characters or more if others are to reach it.";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Load the data and end, without serving it (at any free port of this machine while it loads)
    #[arg(long)]
    load_only: bool,
    /// Make so many more visits, by a fast path beside the API
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    visits: Option<u32>,
    /// How many branches those are to; one for each 200, from 16 to 5000, if it is not said
    #[arg(long, value_name = "N", requires = "visits", value_parser = clap::value_parser!(u32).range(16..=10_000))]
    branches: Option<u32>,
}

/// Loads the demo, then serves it until it is stopped.
pub(crate) async fn run(options: Options, mut config: Config, log: &Log) -> Outcome {
    let many = options.visits.map(|visits| many::spread(visits, options.branches)).transpose()?;
    if options.load_only {
        config.listen = on_this_machine();
    }
    let password = password(&config)?;
    let house = start(&config).await?;
    let Some(many) = many else {
        return serve_demo(&house, &config, log, &password, options.load_only).await;
    };
    // The server of the first part has stopped, so no request waits behind a transaction, however large.
    let loading = Config { listen: on_this_machine(), metrics_listen: None, ..config.clone() };
    serve_demo(&house, &loading, log, &password, true).await?;
    let ground = house.ground();
    match select(pin!(many::fill(&ground, many)), pin!(serve::signal_to_stop())).await {
        Either::Left((filled, _)) => filled?,
        Either::Right(_) => return Err(INTERRUPTED.into()),
    }
    if options.load_only { Ok(()) } else { serve_demo(&house, &config, log, &password, false).await }
}

/// Any free port of this machine.
fn on_this_machine() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Serves, and loads what is not there yet through the API; then goes on serving, unless it is only to load.
async fn serve_demo(house: &House, config: &Config, log: &Log, password: &str, load_only: bool) -> Outcome {
    let listener = serve::listen(config.listen)?;
    let server = url(listener.local_addr().map_err(|error| error.to_string())?);
    appoint_administrator(house, password).await?;
    let serving = serve::serve(house, listener, config)?;
    let handle = serving.handle();
    log.hush();
    let story = async {
        let loaded = tell(&server, password).await;
        log.go_on();
        // Else the manager would see nothing before tomorrow.
        let brand_id = BrandId::new(dice::id("brand"));
        let_reports_out(house, brand_id).await?;
        ShowBrand { brand_id }.run(&house.app, &()).await?;
        alerts::look(house, brand_id).await?;
        load::appeal(&server, password).await?;
        loaded
    };
    match select(pin!(serve::until_stopped(house, serving)), pin!(story)).await {
        Either::Left((stopped, _)) => stopped.and_then(|()| Err(INTERRUPTED.into())),
        Either::Right((Ok(_), serving)) if load_only => join(handle.stop(true), serving).await.1,
        Either::Right((Ok(loaded), serving)) => {
            say(what_to_try(&server, &loaded));
            serving.await
        }
        // Loading fails as well when the server is stopped.
        Either::Right((Err(failure), serving)) => match timeout(A_MOMENT, serving).await {
            Ok(stopped) => stopped.and_then(|()| Err(INTERRUPTED.into())),
            Err(_) => Err(failure),
        },
    }
}

/// Lets the reports go out that would in the next night. Those with photos which are still to be read follow then.
async fn let_reports_out(house: &House, brand_id: BrandId) -> error::Result<()> {
    let means = Means { versions: Arc::clone(&house.versions), readers: Arc::clone(&house.readers) };
    let waiting = house.app.db.read(|conn| reports::store::regions_with(conn, State::Approved)).await?;
    for (_, region_id) in waiting.into_keys().filter(|(brand, _)| *brand == brand_id) {
        ReleaseRegion { brand_id, region_id }.run(&house.app, &means).await?;
    }
    Ok(())
}

async fn tell(server: &str, password: &str) -> Outcome<Loaded> {
    let began = Instant::now();
    let loaded = load::load(server, password).await?;
    if loaded.before {
        say("All of it was loaded before.");
    } else {
        say(format_args!("Loaded {} visits in {:.1} s.", loaded.visits, began.elapsed().as_secs_f64()));
    }
    Ok(loaded)
}

/// The password of everybody; the one that everybody knows is for this machine only.
fn password(config: &Config) -> Outcome<String> {
    match std::env::var(PASSWORD) {
        Ok(password) if password.chars().count() < 12 => {
            Err(format!("{PASSWORD} needs 12 characters or more").into())
        }
        Ok(password) => Ok(password),
        Err(_) if config.listen.ip().is_loopback() => Ok(WELL_KNOWN.to_owned()),
        Err(_) => Err(format!(
            "others can reach {}, and everybody knows the demo's password: set another in {PASSWORD}",
            config.listen
        )
        .into()),
    }
}

/// The first account of all, which makes the others.
async fn appoint_administrator(house: &House, password: &str) -> Outcome {
    if house.app.db.read(|conn| store::account_by_email(conn, cast::ADMINISTRATOR)).await?.is_some() {
        return Ok(());
    }
    if !house.app.db.read(|conn| store::accounts(conn, None, 1)).await?.is_empty() {
        return Err(
            "there are other people's accounts here already: give the demo a folder of its own".into()
        );
    }
    let new = NewAccount {
        id: administrator(),
        email: cast::ADMINISTRATOR.to_owned(),
        name: "Olga Nowak".to_owned(),
        language: "en".to_owned(),
        password: password.to_owned(),
        role: Role::Administrator,
        scope: GrantScope::default(),
    };
    Ok(create_account(house, new).await?)
}

/// Whether the data here is the demo's. No account is ever deleted, and ids do not change.
pub(crate) async fn is_here(house: &House) -> error::Result<bool> {
    Ok(house.app.db.read(|conn| store::account(conn, administrator())).await?.is_some())
}

/// The address of somebody of the demo who has the password that everybody knows: data with such an account is not for
/// others to reach.
pub(crate) async fn open_to_everybody(house: &House) -> error::Result<Option<String>> {
    for id in std::iter::once(administrator()).chain(load::accounts()) {
        let account = house.app.db.read(move |conn| store::account(conn, id)).await?;
        let Some(account) = account.filter(|account| !account.disabled) else { continue };
        if house.passwords.matches(WELL_KNOWN.to_owned(), account.password_hash).await? != Match::None {
            return Ok(Some(account.email));
        }
    }
    Ok(None)
}

fn administrator() -> AccountId {
    AccountId::new(dice::id("administrator"))
}

/// The checklist, ready to be filled in.
fn checklist() -> serde_json::Result<Prepared> {
    let document: serde_json::Value = serde_json::from_str(CHECKLIST)?;
    serde_json::from_value(document["content"].clone()).map(Prepared::new)
}

/// An address that a client on this machine can use.
fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}

/// Addresses, sign-ins, and seven lines that work when they are pasted into a shell.
fn what_to_try(server: &str, loaded: &Loaded) -> String {
    let (shown, pasted) = match std::env::var(PASSWORD) {
        Ok(_) => (format!("the one in {PASSWORD}"), format!("'\"${PASSWORD}\"'")),
        Err(_) => (WELL_KNOWN.to_owned(), WELL_KNOWN.to_owned()),
    };
    let Loaded { house, country, months: (from, to), .. } = loaded;
    format!(
        r#"
Serving at {server}
  {server}/guide           how to begin
  {server}/docs/           the documentation
  {server}/openapi.yaml    the contract

Sign in as one of these @lumen.example; everybody's password is {shown}
  administrator  designer  scheduler  reviewer  auditor  hr
  manager (of {country_name}: the regional view)   paris (of one branch: {house_code})
  shopper  shopper-02 … shopper-{shoppers}

Try it: sign in as the manager, read a branch's score with its interval, rank the branches.

TOKEN=$(curl -s {server}/v1/sessions -H 'Content-Type: application/json' -d '{{"email":"{manager}","password":"{pasted}","device":"curl"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s -H "Authorization: Bearer $TOKEN" '{server}/v1/branches/{house}/score?from={from}&to={to}'
curl -s -H "Authorization: Bearer $TOKEN" '{server}/v1/regions/{country}/ranking?from={from}&to={to}'
curl -s -H "Authorization: Bearer $TOKEN" '{server}/v1/reports?branch_id={house}&limit=3'

Sign in as the scheduler, and see how far the campaign of the four weeks to come is in each region.

SCHEDULER=$(curl -s {server}/v1/sessions -H 'Content-Type: application/json' -d '{{"email":"{scheduler}","password":"{pasted}","device":"curl"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s -H "Authorization: Bearer $SCHEDULER" '{server}/v1/campaigns/{campaign}/coverage'

Sign in as the auditor, and see who looked at which shopper last.

AUDITOR=$(curl -s {server}/v1/sessions -H 'Content-Type: application/json' -d '{{"email":"{auditor}","password":"{pasted}","device":"curl"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s -H "Authorization: Bearer $AUDITOR" '{server}/v1/audit?kind=shopper_shown&limit=5'

Ctrl-C stops it.
"#,
        country_name = cast::COUNTRY,
        house_code = cast::HOUSE,
        shoppers = plan::SHOPPERS,
        manager = cast::MANAGER,
        scheduler = cast::SCHEDULER,
        auditor = cast::AUDITOR,
        campaign = load::campaign(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{clock::Clock, config::BlobsUrl, db::DatabaseUrl, server::house::Files};

    #[test]
    fn a_client_goes_to_this_machine_where_the_server_listens_everywhere() {
        for (listens, asked) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
        ] {
            assert_eq!(url(listens.parse().unwrap()), asked);
        }
    }

    /// Every account of the demo is looked at: one that was forgotten lets everybody in.
    #[test]
    fn one_account_with_the_password_that_everybody_knows_is_enough() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let blobs = BlobsUrl::Folder(folder.path().join("blobs"));
            let files = Files::open(folder.path(), &blobs).unwrap();
            let database = DatabaseUrl::Sqlite(folder.path().join("demo.db"));
            let house = House::open(&database, 2, Clock::System, files, None).await.unwrap();
            let make = async |id: AccountId, email: &str, password: &str| {
                let (email, password) = (email.to_owned(), password.to_owned());
                let (name, language) = ("A".to_owned(), "en".to_owned());
                let (role, scope) = (Role::Shopper, GrantScope::default());
                let new = NewAccount { id, email, name, language, password, role, scope };
                create_account(&house, new).await.unwrap();
            };
            make(house.app.clock.new_id(), "somebody@example.org", WELL_KNOWN).await;
            assert!(!is_here(&house).await.unwrap(), "another's password is another's affair");
            // The address may have been changed since.
            make(administrator(), "boss@example.org", "another horse, another battery").await;
            assert!(is_here(&house).await.unwrap());
            assert_eq!(open_to_everybody(&house).await.unwrap(), None);
            let last = load::accounts().last().unwrap();
            make(last, "renamed@example.org", WELL_KNOWN).await;
            assert_eq!(open_to_everybody(&house).await.unwrap().as_deref(), Some("renamed@example.org"));
        });
    }
}
