//! Flags, environment and file become one typed [`Config`]; all mistakes are reported at once.

mod networks;
mod origins;
mod otlp;

use std::{
    fmt::Display,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use serde::Deserialize;

pub use self::{networks::Networks, origins::Origins, otlp::OtlpEndpoint};
use crate::{
    db::{DatabaseUrl, ReplicaAt},
    seals::Secret,
};

/// The settings as they are written: each as a flag, as `INCOGNITO_…` in the environment, or in a TOML file.
/// A flag wins over the environment, and that over the file.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings (also as INCOGNITO_… in the environment, or in the file)")]
pub struct Settings {
    /// A TOML file with any of these settings
    #[arg(long, global = true, env = "INCOGNITO_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The folder for all that is stored here [default: ./data]
    #[arg(long, global = true, env = "INCOGNITO_DATA", value_name = "DIR")]
    pub data: Option<String>,
    /// sqlite://FILE or postgres://USER@HOST/DATABASE [default: sqlite://DIR/incognito.db]
    #[arg(long, global = true, env = "INCOGNITO_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// A streaming replica of a PostgreSQL database, to read figures and lists from: postgres://USER@HOST/DATABASE [default: none]
    #[arg(long, global = true, env = "INCOGNITO_REPLICA_URL", hide_env_values = true, value_name = "URL")]
    pub replica_url: Option<String>,
    /// How many seconds the replica may lag before the primary is read in its place [default: 10]
    #[arg(long, global = true, env = "INCOGNITO_REPLICA_LAG", value_name = "SECONDS")]
    pub replica_lag: Option<String>,
    /// Where photos and recordings are kept: file://DIR, or s3://BUCKET with AWS_… in the environment [default: file://DIR/blobs]
    #[arg(long, global = true, env = "INCOGNITO_BLOBS_URL", hide_env_values = true, value_name = "URL")]
    pub blobs_url: Option<String>,
    /// A file with a secret that the server's keys are kept under; else INCOGNITO_KEYS_SECRET may have the secret itself [default: none]
    #[arg(long, global = true, env = "INCOGNITO_KEYS_SECRET_FILE", value_name = "FILE")]
    pub keys_secret_file: Option<PathBuf>,
    /// The address to serve at [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "INCOGNITO_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The address to serve /metrics at, for Prometheus; nothing else is served there [default: it is not served]
    #[arg(long, global = true, env = "INCOGNITO_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<String>,
    /// Origins whose pages may call the API from a browser: https://HOST, several separated by commas [default: none]
    #[arg(long, global = true, env = "INCOGNITO_CORS_ORIGINS", value_name = "ORIGINS")]
    pub cors_origins: Option<String>,
    /// Networks of proxies whose Forwarded or X-Forwarded-For is believed: 10.0.0.0/8, several separated by commas [default: none]
    #[arg(long, global = true, env = "INCOGNITO_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,
    /// How many threads answer requests [default: one a core]
    #[arg(long, global = true, env = "INCOGNITO_WORKERS", value_name = "N")]
    pub workers: Option<String>,
    /// How many database connections for each of reading and writing [default: 8]
    #[arg(long, global = true, env = "INCOGNITO_CONNECTIONS", value_name = "N")]
    pub connections: Option<String>,
    /// How the log is written: human or json [default: human]
    #[arg(long, global = true, env = "INCOGNITO_LOG", value_name = "FORM")]
    pub log: Option<String>,
    /// How much is logged: error, warn, info, debug or off [default: info]
    #[arg(long, global = true, env = "INCOGNITO_LOG_LEVEL", value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// A collector of OpenTelemetry for traces (OTLP over HTTP); needs a program built with the feature otlp [default: none]
    #[arg(long, global = true, env = "INCOGNITO_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// A line for people.
    Human,
    /// A JSON object a line, for machines.
    Json,
}

impl FromStr for LogForm {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err("it is human or json"),
        }
    }
}

/// Where blobs are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobsUrl {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store.
    Bucket(String),
}

impl FromStr for BlobsUrl {
    type Err = &'static str;
    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once("://") {
            Some(("file", folder)) if !folder.is_empty() => Ok(Self::Folder(folder.into())),
            Some(("s3", bucket)) if !bucket.is_empty() => Ok(Self::Bucket(bucket.to_owned())),
            _ => Err("it is file://DIR or s3://BUCKET"),
        }
    }
}

/// What the program runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder for all that is stored here.
    pub data: PathBuf,
    /// Where the data is.
    pub database: DatabaseUrl,
    /// Where figures and lists may be read, beside the database.
    pub replica: Option<ReplicaAt>,
    /// Where blobs are kept.
    pub blobs: BlobsUrl,
    /// What the server's keys are kept under, if they are not kept as they are.
    pub keys_secret: Option<Secret>,
    /// The file that it came from, if it came from one.
    pub keys_secret_file: Option<PathBuf>,
    /// The address to serve at.
    pub listen: SocketAddr,
    /// The address to serve metrics at, if they are wanted.
    pub metrics_listen: Option<SocketAddr>,
    /// Whose pages may call the API.
    pub cors_origins: Origins,
    /// Which proxies are believed when they say where a request comes from.
    pub trusted_proxies: Networks,
    /// How many threads answer requests.
    pub workers: usize,
    /// How many database connections for each of reading and writing.
    pub connections: u32,
    /// How the log is written.
    pub log: LogForm,
    /// How much is logged.
    pub log_level: tracing::level_filters::LevelFilter,
    /// Where traces are sent, if they are wanted.
    pub otlp_endpoint: Option<OtlpEndpoint>,
}

impl Settings {
    /// Checks everything.
    ///
    /// # Errors
    /// Every mistake there is, one a line.
    pub fn check(self) -> Result<Config, Vec<String>> {
        let mut mistakes = Vec::new();
        let this = self.with_file(&mut mistakes);
        let data = PathBuf::from(this.data.as_deref().unwrap_or("data"));
        let in_data = |name: &str| data.join(name);
        let in_file = DatabaseUrl::Sqlite(in_data("incognito.db"));
        let database = read("database-url", this.database_url, in_file, &mut mistakes);
        let replica = replica(&database, this.replica_url, this.replica_lag, &mut mistakes);
        let config = Config {
            database,
            replica,
            blobs: read("blobs-url", this.blobs_url, BlobsUrl::Folder(in_data("blobs")), &mut mistakes),
            keys_secret: keys_secret(this.keys_secret_file.as_deref(), &mut mistakes),
            keys_secret_file: this.keys_secret_file,
            listen: read("listen", this.listen, SocketAddr::from(([127, 0, 0, 1], 8080)), &mut mistakes),
            metrics_listen: read_if_given("metrics-listen", this.metrics_listen, &mut mistakes),
            cors_origins: read("cors-origins", this.cors_origins, Origins::default(), &mut mistakes),
            trusted_proxies: read(
                "trusted-proxies",
                this.trusted_proxies,
                Networks::default(),
                &mut mistakes,
            ),
            workers: read("workers", this.workers, Count::<1024>(cores()), &mut mistakes).0,
            connections: read("connections", this.connections, Count::<1000>(8), &mut mistakes).0 as u32,
            log: read("log", this.log, LogForm::Human, &mut mistakes),
            log_level: read(
                "log-level",
                this.log_level,
                tracing::level_filters::LevelFilter::INFO,
                &mut mistakes,
            ),
            otlp_endpoint: read_if_given("otlp-endpoint", this.otlp_endpoint, &mut mistakes),
            data,
        };
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    /// What is not said by flag or environment is taken from the file.
    fn with_file(self, mistakes: &mut Vec<String>) -> Self {
        let Some(path) = &self.config else { return self };
        let file = std::fs::read_to_string(path).map_err(|error| error.to_string()).and_then(|text| {
            toml::from_str::<Self>(&text).map_err(|error| {
                let before = text.get(..error.span().unwrap_or_default().start).unwrap_or_default();
                format!("line {}: {}", 1 + before.matches('\n').count(), error.message())
            })
        });
        match file {
            Ok(file) => self.or(file),
            Err(error) => {
                mistakes.push(format!("config: {}: {error}", path.display()));
                self
            }
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            data: self.data.or(other.data),
            database_url: self.database_url.or(other.database_url),
            replica_url: self.replica_url.or(other.replica_url),
            replica_lag: self.replica_lag.or(other.replica_lag),
            blobs_url: self.blobs_url.or(other.blobs_url),
            keys_secret_file: self.keys_secret_file.or(other.keys_secret_file),
            listen: self.listen.or(other.listen),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            cors_origins: self.cors_origins.or(other.cors_origins),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            workers: self.workers.or(other.workers),
            connections: self.connections.or(other.connections),
            log: self.log.or(other.log),
            log_level: self.log_level.or(other.log_level),
            otlp_endpoint: self.otlp_endpoint.or(other.otlp_endpoint),
        }
    }
}

/// The replica of this database, if one is named.
fn replica(
    database: &DatabaseUrl,
    url: Option<String>,
    lag: Option<String>,
    mistakes: &mut Vec<String>,
) -> Option<ReplicaAt> {
    let is_named = url.is_some();
    let url: Option<DatabaseUrl> = read_if_given("replica-url", url, mistakes);
    let lag = read("replica-lag", lag, Count::<3600>(10), mistakes);
    if is_named && !database.is_server() {
        mistakes.push(
            "replica-url: only a PostgreSQL database has a replica, and this one is in SQLite".to_owned(),
        );
    }
    let url = url?;
    if !url.is_server() {
        mistakes.push("replica-url: a replica is postgres://USER@HOST/DATABASE".to_owned());
    }
    Some(ReplicaAt { url, lag: Duration::from_secs(lag.0 as u64) })
}

/// The secret for keys, from the file or from the environment.
fn keys_secret(file: Option<&Path>, mistakes: &mut Vec<String>) -> Option<Secret> {
    let of_environment = || std::env::var("INCOGNITO_KEYS_SECRET").ok().map(|text| Secret::of(&text));
    let secret = match file {
        Some(file) => secret_of(file).map(Some),
        None => of_environment().transpose().map_err(str::to_owned),
    };
    secret.unwrap_or_else(|mistake| {
        mistakes.push(format!("keys-secret-file: {mistake}"));
        None
    })
}

/// The secret for keys that this file has.
///
/// # Errors
/// What is wrong with the file or with the secret, for a person.
pub(crate) fn secret_of(file: &Path) -> Result<Secret, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    Secret::of(&text).map_err(|mistake| named(&mistake))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A whole number from 1 to `MOST`.
struct Count<const MOST: usize>(usize);

impl<const MOST: usize> FromStr for Count<MOST> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let count = text.parse().ok().filter(|count| (1..=MOST).contains(count));
        count.map(Self).ok_or_else(|| format!("it is a whole number from 1 to {MOST}"))
    }
}

fn read<T: FromStr<Err: Display>>(
    name: &str,
    given: Option<String>,
    default: T,
    mistakes: &mut Vec<String>,
) -> T {
    read_if_given(name, given, mistakes).unwrap_or(default)
}

fn read_if_given<T: FromStr<Err: Display>>(
    name: &str,
    given: Option<String>,
    mistakes: &mut Vec<String>,
) -> Option<T> {
    let read = given.map(|text| text.parse()).transpose();
    read.unwrap_or_else(|error| {
        mistakes.push(format!("{name}: {error}"));
        None
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings(listen: &str, database: &str) -> Settings {
        let given = |text: &str| Some(text.to_owned());
        Settings { listen: given(listen), database_url: given(database), ..Settings::default() }
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let given = |text: &str| Some(text.to_owned());
        let wrong = Settings {
            workers: given("0"),
            metrics_listen: given("9000"),
            cors_origins: given("https://a.example, *"),
            trusted_proxies: given("everybody"),
            ..settings("nowhere", "mysql://x")
        };
        let mistakes = wrong.check().unwrap_err();
        let named: Vec<_> = mistakes.iter().map(|mistake| mistake.split(':').next().unwrap()).collect();
        assert_eq!(
            named,
            ["database-url", "listen", "metrics-listen", "cors-origins", "trusted-proxies", "workers"]
        );
    }

    #[test]
    fn only_a_server_has_a_replica() {
        let given = |text: &str| Some(text.to_owned());
        let with = |database: &str, replica: &str, lag: &str| {
            let settings = settings("127.0.0.1:1", database);
            Settings { replica_url: given(replica), replica_lag: given(lag), ..settings }.check()
        };
        let config = with("postgres://a@b/c", "postgres://a@d/c", "3").unwrap();
        assert_eq!(config.replica.unwrap().lag, Duration::from_secs(3));
        for (database, replica, lag, named) in [
            (
                "sqlite://x.db",
                "postgres://a@d/c",
                "3",
                "replica-url: only a PostgreSQL database has a replica",
            ),
            ("postgres://a@b/c", "sqlite://x.db", "3", "replica-url: a replica is postgres://"),
            ("postgres://a@b/c", "elsewhere", "3", "replica-url: a database is"),
            ("postgres://a@b/c", "postgres://a@d/c", "0", "replica-lag: "),
        ] {
            let mistakes = with(database, replica, lag).unwrap_err();
            assert!(mistakes.len() == 1 && mistakes[0].starts_with(named), "{mistakes:?}");
        }
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("incognito.toml");
        std::fs::write(&path, "listen = '127.0.0.1:1'\nlog = 'json'\n").unwrap();
        let config =
            Settings { config: Some(path), ..settings("127.0.0.1:2", "sqlite://x.db") }.check().unwrap();
        assert_eq!((config.listen.port(), config.log), (2, LogForm::Json));
    }

    #[test]
    fn a_setting_that_is_not_known_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("incognito.toml");
        std::fs::write(&path, "lisen = '127.0.0.1:1'\n").unwrap();
        let mistakes = Settings { config: Some(path), ..Settings::default() }.check().unwrap_err();
        assert!(mistakes[0].contains("lisen"), "{mistakes:?}");
    }
}
