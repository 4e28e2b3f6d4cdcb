//! The configuration: defaults < file < environment < flags; what is unknown stops the start.

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::identity::access::{AccessSettings, AdminSettings};
use crate::identity::company::store::CompanySettings;
use crate::platform::db::DatabaseSettings;
use crate::server::TransportLimits;
use crate::telemetry::{LogSettings, TraceSettings};

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub server: ServerSettings,
    /// How to reach the database.
    pub database: DatabaseSettings,
    /// What the books are opened with.
    pub company: CompanySettings,
    /// How users sign in.
    pub access: AccessSettings,
    /// The user that is made when there is none.
    pub admin: AdminSettings,
    /// The limits of the transport.
    pub transport: TransportLimits,
    /// What is written to the log.
    pub log: LogSettings,
    /// Traces of what happened.
    pub traces: TraceSettings,
}

/// The `[server]` part of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// The address to listen on; only this machine by default.
    pub host: String,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether `/metrics` tells what was counted.
    pub metrics: bool,
    /// Whether there is GraphiQL at `/`.
    pub graphiql: bool,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8080,
            metrics: true,
            graphiql: true,
        }
    }
}

/// What is wrong with the configuration, in one line.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used: {0}")]
pub struct ConfigError(Box<figment::Error>);

/// Settings given as flags on the command line.
pub type Flags = Vec<(&'static str, String)>;

/// Reads the configuration.
///
/// # Errors
/// [`ConfigError`] for an unknown or wrong setting, naming it.
pub fn load(file: Option<&str>, flags: &Flags) -> Result<Config, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    figment = match file {
        Some(path) => figment.merge(Toml::file_exact(path)),
        None => figment.merge(Toml::file("stockroom.toml")),
    };
    // STOCKROOM_CONFIG names the file; it is no setting.
    let environment = Env::prefixed("STOCKROOM_").ignore(&["config"]).split("__");
    figment = figment.merge(environment);
    for (setting, value) in flags {
        figment = match value.parse::<u64>() {
            Ok(number) => figment.merge((*setting, number)),
            Err(_) => figment.merge((*setting, value)),
        };
    }
    figment
        .extract()
        .map_err(|error| ConfigError(Box::new(error)))
}

/// What `stockroom config` prints: every setting as it is used, and no secret.
///
/// # Errors
/// When it cannot be written in that form.
pub fn shown(config: &Config, as_json: bool) -> Result<String, Box<dyn std::error::Error>> {
    let mut shown = config.clone();
    shown.database.url = without_password(&config.database.url);
    Ok(if as_json {
        serde_json::to_string_pretty(&shown)?
    } else {
        toml::to_string(&shown)?
    })
}

/// An address without its password.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    // A password may hold an @ of its own; a host holds none.
    let Some((user, host)) = rest.rsplit_once('@') else {
        return address.to_owned();
    };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:(not shown)@{host}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::without_password;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (address, shown) in [
            ("sqlite://data/shop.db", "sqlite://data/shop.db"),
            ("postgres://anna@db/shop", "postgres://anna@db/shop"),
            (
                "postgres://anna:p@ss:word@db:5432/shop?sslmode=require",
                "postgres://anna:(not shown)@db:5432/shop?sslmode=require",
            ),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
