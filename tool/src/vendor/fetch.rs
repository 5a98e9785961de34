//! Files from the network, and where their copies are kept.

use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use arazzo_compiler::bundle::is_copy;
use arazzo_compiler::source::limit::FILE_BYTES;
use arazzo_compiler::source::{File, percent_decode, references};
use reqwest::Url;
use reqwest::blocking::Client;
use sha2::{Digest as _, Sha256};

/// What a server has sent.
pub(super) struct Fetched {
    /// Where it was in the end, after redirections: relative references start there (RFC 3986, section 5.1.3).
    pub(super) url: String,
    pub(super) bytes: Vec<u8>,
    pub(super) etag: Option<String>,
}

pub(super) fn fetch(client: &Client, url: &str) -> Result<Fetched, String> {
    let failed = |error: reqwest::Error| format!("cannot fetch `{url}`: {}", error.without_url());
    let response = client
        .get(url)
        .send()
        .and_then(reqwest::blocking::Response::error_for_status)
        .map_err(failed)?;
    let url_of_copy = response.url().to_string();
    let etag = response
        .headers()
        .get("etag")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let mut bytes = Vec::new();
    let read = response.take(FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot fetch `{url}`: {error}"))?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(format!("cannot fetch `{url}`: it is larger than {FILE_BYTES} bytes"));
    }
    Ok(Fetched {
        url: url_of_copy,
        bytes,
        etag,
    })
}

/// Where a file is kept: below its host, so that relative references between files lead to the copies.
pub(super) fn file_of(url: &str) -> Result<String, String> {
    let parsed = Url::parse(url).map_err(|error| format!("cannot fetch `{url}`: {error}"))?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        // The URL would be in the lock file, and so its password.
        return Err(
            "cannot fetch a URL with a user name or password; save a copy and use the option `sources`".to_owned(),
        );
    }
    let host = parsed.host_str().unwrap_or("");
    if !["http", "https"].contains(&parsed.scheme()) || host.is_empty() {
        return Err(format!("cannot fetch `{url}`: it is not a URL of the web"));
    }
    let port = parsed.port().map_or_else(String::new, |port| format!("_{port}"));
    let mut path = percent_decode(parsed.path().trim_start_matches('/'));
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.yaml");
    }
    if let Some(query) = parsed.query() {
        path.push('_');
        path.push_str(&query.replace('/', "_"));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-._/~ +,=@()".contains(letter);
    let path: String = path
        .chars()
        .map(|letter| if allowed(letter) { letter } else { '_' })
        .collect();
    let file = format!("arazzo/{host}{port}/{path}");
    if is_copy(&file) {
        Ok(file)
    } else {
        Err(format!("cannot keep a copy of `{url}`: its path leaves the directory"))
    }
}

/// The URLs of the files that a description refers to by relative references.
pub(super) fn referred(url: &str, bytes: &[u8]) -> Vec<String> {
    let file = File::parse(Path::new(url), bytes.to_vec());
    let (Ok(base), Ok(root)) = (Url::parse(url), &file.root) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    references(root, &mut |reference| {
        let path = reference.split('#').next().unwrap_or("");
        let other = base
            .join(path)
            .ok()
            .filter(|other| other.host_str() == base.host_str() && other.as_str() != url);
        if !path.is_empty() && !path.contains("://") {
            found.extend(other.map(String::from));
        }
    });
    found
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The date in UTC, as `2026-01-31`.
pub(super) fn today() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now())
        .to_string()
        .chars()
        .take(10)
        .collect()
}
