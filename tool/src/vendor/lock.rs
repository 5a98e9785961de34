//! The lock file of a package, and the copies that it lists.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::{LOCK, is_copy};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use super::fetch::{fetch, file_of, referred, sha256, today};

/// Maximum number of files that one source description consists of.
const MOST: usize = 500;

/// A file in the lock file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) url: String,
    /// Relative to the directory of the lock file.
    pub(super) file: String,
    pub(super) sha256: String,
    pub(super) date: String,
    etag: Option<String>,
}

/// The lock file of a package.
pub(super) struct Lock {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

impl Lock {
    /// Reads the lock file of a package. Returns no copies if the file does not exist.
    pub(super) fn read(package: &Path) -> Result<Self, String> {
        let path = package.join(LOCK);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let entries = Vec::new();
                return Ok(Self { path, entries });
            }
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
                file: text(entry, "file").filter(|file| is_copy(file))?,
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
        Ok(Self { path, entries })
    }

    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    pub(super) fn entry(&self, url: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.url == url)
    }

    pub(super) fn has_copy(&self, url: &str) -> bool {
        self.entry(url)
            .is_some_and(|entry| self.directory().join(&entry.file).is_file())
    }

    /// Fetches a file and the files that it refers to, unless they have copies already. Returns how many were fetched.
    pub(super) fn fetch(&mut self, client: &Client, url: &str, said: &mut String) -> Result<usize, String> {
        let (mut fetched, mut pending) = (0, vec![url.to_owned()]);
        while let Some(next) = pending.pop() {
            if self.has_copy(&next) {
                continue;
            }
            if fetched == MOST {
                return Err(format!("`{url}` refers to more than {MOST} files"));
            }
            let file = self.place(&next)?;
            let got = fetch(client, &next)?;
            let path = self.directory().join(&file);
            let unwritable = |error: std::io::Error| format!("cannot write `{}`: {error}", path.display());
            std::fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(unwritable)?;
            std::fs::write(&path, &got.bytes).map_err(unwritable)?;
            pending.extend(referred(&got.url, &got.bytes));
            let _ = writeln!(said, "{next}\n  -> {}", path.display());
            self.entries.retain(|entry| entry.url != next);
            self.entries.push(Entry {
                sha256: sha256(&got.bytes),
                date: today(),
                etag: got.etag,
                url: next,
                file,
            });
            fetched += 1;
        }
        Ok(fetched)
    }

    /// Returns where the copy of a file is kept. Two URLs can differ in what a file name cannot have, and one can name a
    /// file where another has a directory.
    fn place(&self, url: &str) -> Result<String, String> {
        let file = file_of(url)?;
        let path = self.directory().join(&file);
        let taken = self.entries.iter().any(|entry| entry.url != url && entry.file == file);
        let below_file = path.ancestors().skip(1).any(Path::is_file);
        if taken || below_file || path.is_dir() {
            return Ok(file.replacen("arazzo/", &format!("arazzo/{}/", &sha256(url.as_bytes())[..8]), 1));
        }
        Ok(file)
    }

    pub(super) fn write(&mut self) -> Result<(), String> {
        self.entries.sort_by(|one, other| one.url.cmp(&other.url));
        let files: Vec<Value> = self
            .entries
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
        let path = &self.path;
        std::fs::write(path, format!("{lock:#}\n"))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
    }
}
