//! `cargo arazzo vendor`: copies of remote source descriptions, and what has changed upstream. The only command that uses the
//! network.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arazzo_compiler::bundle::{LOCK, Options, remote};
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::emit::emit;
use arazzo_compiler::plan::Plan;
use arazzo_compiler::source::{Disk, File, Library, normalise, percent_decode};
use arazzo_compiler::{Compilation, compile};
use reqwest::Url;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::arguments::Arguments;
use crate::check::asked;
use crate::expand::Arazzo;
use crate::project::Project;

/// Maximum number of bytes of a file; the compiler refuses longer ones.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Maximum number of files that one source description consists of.
const MOST: usize = 500;

/// A file in the lock file.
#[derive(Clone, Debug)]
struct Entry {
    url: String,
    /// Relative to the directory of the lock file.
    file: String,
    sha256: String,
    date: String,
    etag: Option<String>,
}

/// What a server has sent.
struct Fetched {
    /// Where it was in the end, after redirections: relative references start there (RFC 3986, section 5.1.3).
    url: String,
    bytes: Vec<u8>,
    etag: Option<String>,
}

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
        let copies = Package {
            directory: call.package.clone(),
            calls: Vec::new(),
        };
        let copies = copies.lock()?;
        let mut entries = Vec::new();
        for remote in remote(call, &Disk) {
            if let Some(copy) = copies.iter().find(|copy| copy.url == remote.url) {
                entries.push(format!("{} = \"vendor/{}\"", option_name(&remote.name), copy.file));
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
    fn lock_file(&self) -> PathBuf {
        self.directory.join(LOCK)
    }

    fn lock(&self) -> Result<Vec<Entry>, String> {
        let path = self.lock_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
        };
        let broken = |what: &str| format!("the lock file `{}` is broken: {what}", path.display());
        let lock: Value = serde_json::from_str(&text).map_err(|error| broken(&error.to_string()))?;
        if lock["version"] != 1 {
            return Err(broken("its version is not 1"));
        }
        let text = |entry: &Value, key: &str| entry[key].as_str().map(str::to_owned);
        let entry = |entry: &Value| {
            Some(Entry {
                url: text(entry, "url")?,
                file: text(entry, "file").filter(|file| is_inside(file))?,
                sha256: text(entry, "sha256")?,
                date: text(entry, "date")?,
                etag: text(entry, "etag"),
            })
        };
        let entries = lock["files"].as_array().ok_or_else(|| broken("it has no `files`"))?;
        let entries = entries
            .iter()
            .map(|of| entry(of).ok_or_else(|| broken("one of its `files` cannot be read")));
        let entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
        let urls: BTreeSet<&str> = entries.iter().map(|entry| entry.url.as_str()).collect();
        if urls.len() < entries.len() {
            return Err(broken("it has a URL twice"));
        }
        Ok(entries)
    }

    /// Fetches what has no copy yet, with the files that it refers to.
    fn vendor(&self, client: &Client) -> Result<(String, bool), String> {
        let mut entries = self.lock()?;
        let mut said = String::new();
        let directory = self.lock_file().parent().map(Path::to_owned).unwrap_or_default();
        let mut fetched = 0;
        loop {
            // A fetched document can name further ones.
            let wanted: BTreeSet<(String, String)> = self
                .calls
                .iter()
                .flat_map(|call| remote(call, &Disk))
                .map(|remote| (remote.url, remote.name))
                // What others refer to has no name.
                .chain(entries.iter().map(|entry| (entry.url.clone(), String::new())))
                .collect();
            let known = |url: &str, entries: &[Entry]| {
                entries
                    .iter()
                    .any(|entry| entry.url == url && directory.join(&entry.file).is_file())
            };
            let Some((url, name)) = wanted.into_iter().find(|(url, _)| !known(url, &entries)) else {
                break;
            };
            let mut files = 0;
            let mut pending = vec![url.clone()];
            while let Some(url) = pending.pop() {
                if known(&url, &entries) {
                    continue;
                }
                files += 1;
                if files > MOST {
                    return Err(format!(
                        "the source description `{name}` refers to more than {MOST} files"
                    ));
                }
                let mut file = file_of(&url)?;
                let got = fetch(client, &url)?;
                let taken = entries.iter().any(|entry| entry.url != url && entry.file == file);
                if taken || directory.join(&file).is_dir() {
                    // Two URLs can differ in what a file name cannot have.
                    file = file.replacen("arazzo/", &format!("arazzo/{}/", &sha256(url.as_bytes())[..8]), 1);
                }
                let path = directory.join(&file);
                let parent = path.parent().unwrap_or(&directory);
                let unwritable = |error: std::io::Error| format!("cannot write `{}`: {error}", path.display());
                std::fs::create_dir_all(parent).map_err(unwritable)?;
                std::fs::write(&path, &got.bytes).map_err(unwritable)?;
                pending.extend(referred(&got.url, &got.bytes));
                let _ = writeln!(said, "{url}\n  -> {}", path.display());
                entries.retain(|entry| entry.url != url);
                entries.push(Entry {
                    sha256: sha256(&got.bytes),
                    date: today(),
                    etag: got.etag,
                    url,
                    file,
                });
                fetched += 1;
            }
            if let Some(entry) = entries.iter().find(|entry| entry.url == url && !name.is_empty()) {
                let _ = writeln!(
                    said,
                    "  sources = {{ {} = \"vendor/{}\" }}",
                    option_name(&name),
                    entry.file
                );
            }
        }
        if fetched > 0 {
            self.write(&mut entries)?;
            let _ = writeln!(
                said,
                "{}: {fetched} new; the macro reads it, so that no option is needed",
                self.lock_file().display()
            );
        } else if !entries.is_empty() {
            let _ = writeln!(said, "{}: all copies are there", self.lock_file().display());
        }
        // A reference that does not lead to its copy is told here, and not first by a build.
        let mut good = true;
        for call in &self.calls {
            for problem in compile(call, &Disk).diagnostics {
                if problem.severity == Severity::Error && problem.rule.code.starts_with("source-") {
                    good = false;
                    let _ = writeln!(said, "{}: {} [{}]", call.document, problem.message, problem.rule.code);
                }
            }
        }
        Ok((said, good))
    }

    fn write(&self, entries: &mut [Entry]) -> Result<(), String> {
        entries.sort_by(|one, other| one.url.cmp(&other.url));
        let files: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let mut value = json!({
                    "url": entry.url, "file": entry.file, "sha256": entry.sha256, "date": entry.date,
                });
                if let Some(etag) = &entry.etag {
                    value["etag"] = json!(etag);
                }
                value
            })
            .collect();
        let lock = json!({ "version": 1, "files": files });
        let path = self.lock_file();
        std::fs::write(&path, format!("{lock:#}\n"))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
    }

    /// Says what has changed upstream, and what that means for the workflows. Nothing is written.
    fn check(&self, client: &Client) -> Result<(String, bool), String> {
        let entries = self.lock()?;
        let directory = self.lock_file().parent().map(Path::to_owned).unwrap_or_default();
        let (mut said, mut good) = (String::new(), true);
        let mut upstream: BTreeMap<PathBuf, Arc<File>> = BTreeMap::new();
        for entry in &entries {
            let path = directory.join(&entry.file);
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

/// The disk, with the copies as they would be if they were fetched now.
struct Upstream<'u>(&'u BTreeMap<PathBuf, Arc<File>>);

impl Library for Upstream<'_> {
    fn open(&self, path: &Path) -> std::io::Result<Arc<File>> {
        match self.0.get(&PathBuf::from(normalise(&path.to_string_lossy()))) {
            Some(file) => Ok(Arc::clone(file)),
            None => Disk.open(path),
        }
    }
}

/// Says what changes for the workflows of a macro call.
fn difference(before: &Compilation, after: &Compilation, call: &Options) -> String {
    let messages = |compilation: &Compilation| -> BTreeSet<String> {
        let errors = compilation
            .diagnostics
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        errors
            .map(|problem| format!("{} [{}]", problem.message, problem.rule.code))
            .collect()
    };
    let (old, new) = (messages(before), messages(after));
    let mut said = String::new();
    for message in new.difference(&old) {
        let _ = writeln!(said, "  breaking: {message}");
    }
    if let (Some(old), Some(new)) = (&before.plan, &after.plan) {
        let (old, new) = (parts(old), parts(new));
        for (name, text) in &old {
            match new.get(name) {
                None => {
                    let _ = writeln!(said, "  breaking: {name} is no longer there");
                }
                Some(other) if other != text => {
                    let _ = writeln!(said, "  changed: {name}");
                }
                Some(_) => {}
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let _ = writeln!(said, "  new: {name}");
        }
        let same = emit_text(before) == emit_text(after);
        if said.is_empty() && !same {
            said.push_str("  changed: what the runs check\n");
        }
    }
    if said.is_empty() {
        said.push_str("  the workflows do not notice it\n");
    }
    format!("{}\n{said}", call.document)
}

/// What the expansion of a plan consists of: the operations, and the types with their fields.
fn parts(plan: &Plan) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for workflow in &plan.workflows {
        for step in &workflow.steps {
            let name = format!("the operation `{}` of step `{}`", step.calls, step.id);
            parts.insert(name, format!("{:?}", step.act));
        }
        parts.insert(
            format!("the outputs of `{}`", workflow.qualified),
            workflow.outputs_schema.clone(),
        );
        parts.insert(
            format!("the inputs of `{}`", workflow.qualified),
            workflow.inputs_schema.clone(),
        );
    }
    for kind in &plan.types {
        parts.insert(
            format!("the type `{}` ({:?})", kind.ident, kind.home),
            format!("{:?}", kind.kind),
        );
    }
    parts
}

fn emit_text(compilation: &Compilation) -> String {
    compilation
        .plan
        .as_ref()
        .map(|plan| emit(plan, &Arazzo, false).to_string())
        .unwrap_or_default()
}

fn fetch(client: &Client, url: &str) -> Result<Fetched, String> {
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
    let read = response.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot fetch `{url}`: {error}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("cannot fetch `{url}`: it is larger than {LARGEST} bytes"));
    }
    Ok(Fetched {
        url: url_of_copy,
        bytes,
        etag,
    })
}

/// Where a file is kept: below its host, so that relative references between files lead to the copies.
fn file_of(url: &str) -> Result<String, String> {
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
    if is_inside(&file) {
        Ok(file)
    } else {
        Err(format!("cannot keep a copy of `{url}`: its path leaves the directory"))
    }
}

/// Returns whether a relative path stays in its directory.
fn is_inside(file: &str) -> bool {
    let strange = |part: &str| part.is_empty() || part == "." || part == "..";
    !file.contains('\\') && !file.contains(':') && !file.split('/').any(strange)
}

/// The URLs of the files that a description refers to by relative references.
fn referred(url: &str, bytes: &[u8]) -> Vec<String> {
    let file = File::parse(Path::new(url), bytes.to_vec());
    let (Ok(base), Ok(root)) = (Url::parse(url), &file.root) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    arazzo_compiler::source::references(root, &mut |reference| {
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

fn option_name(name: &str) -> String {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !name.starts_with(|letter: char| letter.is_ascii_digit());
    if plain { name.to_owned() } else { format!("{name:?}") }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The date in UTC, as `2026-01-31`.
fn today() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now())
        .to_string()
        .chars()
        .take(10)
        .collect()
}
