//! `cargo arazzo vendor`: copies of remote source descriptions, and what has changed upstream. The only command that uses the
//! network.

mod fetch;
mod lock;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arazzo_compiler::bundle::{Options, option_key, remote};
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::source::{Disk, File, normalise};
use fetch::{fetch, sha256};
use lock::Lock;
use reqwest::blocking::Client;
use upstream::{Upstream, difference};

use crate::arguments::Arguments;
use crate::check::asked;
use crate::project::Project;

/// The remote files of one package.
struct Package {
    directory: PathBuf,
    calls: Vec<Options>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fetch what has no copy.
    Fetch,
    /// Fetch, and write the option `sources` into the macro calls.
    Write,
    /// Say what has changed upstream.
    Check,
}

pub(crate) fn run(files: &[String], mode: Mode, arguments: &Arguments) -> Result<(String, bool), String> {
    let project = asked(files, arguments)?;
    let mut packages: BTreeMap<PathBuf, Vec<Options>> = BTreeMap::new();
    for call in &project.calls {
        packages.entry(call.package.clone()).or_default().push(call.clone());
    }
    let client = Client::builder()
        .timeout(Duration::from_secs(60))
        .user_agent(concat!("cargo-arazzo/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())?;
    let (mut text, mut good) = (String::new(), true);
    for (directory, calls) in packages {
        let package = Package { directory, calls };
        let (said, fine) = match mode {
            Mode::Check => package.check(&client)?,
            Mode::Fetch | Mode::Write => package.vendor(&client)?,
        };
        text.push_str(&said);
        good &= fine;
    }
    if mode == Mode::Write {
        text.push_str(&write_options(&project)?);
    }
    if text.is_empty() {
        text.push_str("no source description is remote\n");
    }
    Ok((text, good))
}

/// Writes the option `sources` into the macro calls, with the copies of their remote descriptions.
fn write_options(project: &Project) -> Result<String, String> {
    let mut edits: BTreeMap<&Path, Vec<(usize, String)>> = BTreeMap::new();
    for (call, place) in project.calls.iter().zip(&project.places) {
        let lock = Lock::read(&call.package)?;
        let mut entries = Vec::new();
        for remote in remote(call, &Disk) {
            if let Some(copy) = lock.entry(&remote.url) {
                entries.push(format!("{} = \"vendor/{}\"", option_key(&remote.name), copy.file));
            }
        }
        if entries.is_empty() {
            continue;
        }
        let entries = entries.join(", ");
        let comma = if place.comma { ", " } else { " " };
        let text = if place.has_option {
            format!("{comma}{entries}")
        } else {
            format!("{comma}sources = {{ {entries} }}")
        };
        edits.entry(&place.file).or_default().push((place.at, text));
    }
    let mut said = String::new();
    for (file, mut edits) in edits {
        let failed = |error: std::io::Error| format!("cannot change `{}`: {error}", file.display());
        let mut text = std::fs::read_to_string(file).map_err(failed)?;
        edits.sort();
        for (at, added) in edits.into_iter().rev() {
            if !text.is_char_boundary(at) {
                return Err(format!(
                    "cannot change `{}`: it has changed in the meantime",
                    file.display()
                ));
            }
            text.insert_str(at, &added);
        }
        std::fs::write(file, text).map_err(failed)?;
        let _ = writeln!(said, "{}: `sources` written", file.display());
    }
    Ok(said)
}

impl Package {
    /// Fetches what has no copy yet, with the files that it refers to.
    fn vendor(&self, client: &Client) -> Result<(String, bool), String> {
        let mut lock = Lock::read(&self.directory)?;
        let (mut said, mut fetched) = (String::new(), 0);
        loop {
            // A fetched document can name further ones.
            let wanted: BTreeSet<(String, String)> = self
                .calls
                .iter()
                .flat_map(|call| remote(call, &Disk))
                .map(|remote| (remote.url, remote.name))
                // What others refer to has no name.
                .chain(lock.entries.iter().map(|entry| (entry.url.clone(), String::new())))
                .collect();
            let Some((url, name)) = wanted.into_iter().find(|(url, _)| !lock.has_copy(url)) else {
                break;
            };
            fetched += lock.fetch(client, &url, &mut said)?;
            if let Some(entry) = lock.entry(&url).filter(|_| !name.is_empty()) {
                let _ = writeln!(
                    said,
                    "  sources = {{ {} = \"vendor/{}\" }}",
                    option_key(&name),
                    entry.file
                );
            }
        }
        if fetched > 0 {
            lock.write()?;
            let _ = writeln!(
                said,
                "{}: {fetched} new; the macro reads it, so that no option is needed",
                lock.path.display()
            );
        } else if !lock.entries.is_empty() {
            let _ = writeln!(said, "{}: all copies are there", lock.path.display());
        }
        let unresolved = self.unresolved();
        said.push_str(&unresolved);
        Ok((said, unresolved.is_empty()))
    }

    /// References that do not lead to their copies, which are told here and not first by a build.
    fn unresolved(&self) -> String {
        let mut said = String::new();
        for call in &self.calls {
            for problem in compile(call, &Disk).diagnostics {
                if problem.severity == Severity::Error && problem.rule.code.starts_with("source-") {
                    let _ = writeln!(said, "{}: {} [{}]", call.document, problem.message, problem.rule.code);
                }
            }
        }
        said
    }

    /// Says what has changed upstream, and what that means for the workflows. Nothing is written.
    fn check(&self, client: &Client) -> Result<(String, bool), String> {
        let lock = Lock::read(&self.directory)?;
        let (mut said, mut good) = (String::new(), true);
        let mut upstream: BTreeMap<PathBuf, Arc<File>> = BTreeMap::new();
        for entry in &lock.entries {
            let path = lock.directory().join(&entry.file);
            match std::fs::read(&path) {
                Ok(bytes) if sha256(&bytes) == entry.sha256 => {}
                Ok(_) => {
                    good = false;
                    let _ = writeln!(said, "{}: the copy was changed after {}", path.display(), entry.date);
                }
                Err(error) => {
                    good = false;
                    let _ = writeln!(said, "{}: cannot read the copy: {error}", path.display());
                }
            }
            let got = fetch(client, &entry.url)?;
            if sha256(&got.bytes) == entry.sha256 {
                let _ = writeln!(said, "{}: unchanged since {}", entry.url, entry.date);
            } else {
                good = false;
                let _ = writeln!(said, "{}: changed since {}", entry.url, entry.date);
                let key = PathBuf::from(normalise(&path.to_string_lossy()));
                upstream.insert(key, Arc::new(File::parse(&path, got.bytes)));
            }
        }
        if !upstream.is_empty() {
            let changed = Upstream(&upstream);
            for call in &self.calls {
                said.push_str(&difference(&compile(call, &Disk), &compile(call, &changed), call));
            }
        }
        Ok((said, good))
    }
}
