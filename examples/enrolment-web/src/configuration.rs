//! Settings from the environment.

use std::env;
use std::path::PathBuf;

use arazzo::BoxError;

use crate::key::{self, Key};

/// The settings of the server; those of the service are in `Service`.
pub struct Configuration {
    /// The address to listen on.
    pub address: String,
    /// The path of the database.
    pub database: PathBuf,
    /// The key that seals everything in the database.
    pub key: Key,
    /// Where the key comes from: a file or an environment variable.
    pub key_source: String,
    /// The origin that browsers see, if there is a proxy.
    pub origin: Option<String>,
}

impl Configuration {
    /// Reads the environment, and the key file if the environment has no key.
    pub fn read() -> Result<Self, BoxError> {
        let database = PathBuf::from(variable("ENROLMENT_DATABASE")?.unwrap_or_else(|| "enrolment.sqlite".to_owned()));
        let (key, key_source) = if let Some(text) = variable("ENROLMENT_KEY")? {
            let key = key::parse(&text).map_err(|error| format!("ENROLMENT_KEY: {error}"))?;
            (key, "ENROLMENT_KEY".to_owned())
        } else {
            let path = database.with_extension("key");
            let key = key::read_or_make(&path)
                .map_err(|error| format!("cannot use the key file `{}`: {error}", path.display()))?;
            (key, path.display().to_string())
        };
        Ok(Self {
            address: variable("ENROLMENT_ADDRESS")?.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            database,
            key,
            key_source,
            origin: variable("ENROLMENT_ORIGIN")?
                .map(|origin| check_origin(&origin))
                .transpose()?,
        })
    }
}

/// Reads a variable. An empty variable counts as not set.
fn variable(name: &str) -> Result<Option<String>, BoxError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{name}: {error}").into()),
    }
}

/// Checks the origin as browsers write it: scheme, host and an optional port, without a slash at the end.
fn check_origin(text: &str) -> Result<String, BoxError> {
    let origin = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(origin),
        _ => Err(format!("ENROLMENT_ORIGIN: expected a URL like `https://enrol.example.com`, found `{text}`").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_host() {
        assert_eq!(
            check_origin("https://Enrol.example.com/").unwrap(),
            "https://enrol.example.com"
        );
        assert_eq!(check_origin("http://localhost:8080").unwrap(), "http://localhost:8080");
        for wrong in [
            "enrol.example.com",
            "https://",
            "https://enrol.example.com/path",
            "ftp://x",
        ] {
            assert!(check_origin(wrong).is_err(), "{wrong}");
        }
    }
}
