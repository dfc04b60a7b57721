//! Where it is tried: the settings that the shipped binary has as well, and the binary itself.

use std::path::PathBuf;

use incognito::config::{self, Config};

/// Each as a flag or as `INCOGNITO_…` in the environment, most also in a TOML file.
#[derive(clap::Args)]
#[command(next_help_heading = "Settings (also as INCOGNITO_… in the environment)")]
pub(crate) struct Settings {
    /// The binary that is tried [default: the incognito beside this program; `cargo run` builds it first]
    #[arg(long = "bin", global = true, env = "INCOGNITO_BIN", value_name = "FILE")]
    shipped: Option<PathBuf>,
    /// A TOML file with settings of the server
    #[arg(long, global = true, env = "INCOGNITO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder on the disk to try [default: ./data]
    #[arg(long, global = true, env = "INCOGNITO_DATA", value_name = "DIR")]
    data: Option<String>,
    /// sqlite://FILE or postgres://USER@HOST/DATABASE [default: an SQLite file in a folder of its own]
    #[arg(long, global = true, env = "INCOGNITO_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// How many threads of a server answer requests [default: one a core]
    #[arg(long, global = true, env = "INCOGNITO_WORKERS", value_name = "N")]
    workers: Option<String>,
    /// How many database connections a server has for each of reading and writing [default: 8]
    #[arg(long, global = true, env = "INCOGNITO_CONNECTIONS", value_name = "N")]
    connections: Option<String>,
}

/// Settings in which there is no mistake.
pub(crate) struct Given {
    pub(crate) config: Config,
    /// The binary that is tried, if one was named.
    pub(crate) shipped: Option<PathBuf>,
}

impl Settings {
    /// Checks everything.
    ///
    /// # Errors
    /// Every mistake there is, one a line.
    pub(crate) fn check(self) -> Result<Given, Vec<String>> {
        let Self { shipped, config, data, database_url, workers, connections } = self;
        let of_server = config::Settings {
            config,
            data,
            database_url,
            workers,
            connections,
            ..config::Settings::default()
        };
        Ok(Given { config: of_server.check()?, shipped })
    }
}
