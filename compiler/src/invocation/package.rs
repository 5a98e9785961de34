//! The location of the user's package, and paths relative to it.

use std::io::Read as _;
use std::path::Path;

use super::Origin;
use crate::source::{limit, normalise, relative};

/// A file. Both paths are relative to the package, with `/` between their parts.
pub(super) struct Located {
    /// The path of the file.
    pub(super) path: String,
    /// The directory of the source file that names it.
    pub(super) origin: Option<String>,
}

/// Locates a path. A plain path is relative to the package. A path that starts with `./` or `../` is relative to the
/// source file.
pub(super) fn locate(path: &str, package: &Path, origin: Origin<'_>) -> Result<Located, String> {
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if Path::new(path).is_absolute() || path.starts_with('/') {
        return Err(format!(
            "`{path}` is an absolute path, which differs between machines\n  = help: write it relative to the directory of Cargo.toml, or with `./` relative to this source file"
        ));
    }
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(Located {
            path: normalise(path),
            origin: None,
        });
    }
    let text = |path: &Path| path.to_str().map(|text| text.replace('\\', "/"));
    let directory = match origin {
        Origin::File(file) => file.parent().and_then(text),
        _ => None,
    };
    if let Some((directory, package)) = directory.zip(text(package)) {
        return Ok(Located {
            path: relative(&format!("{directory}/{path}"), &package),
            origin: Some(relative(&directory, &package)),
        });
    }
    let guessed = matches!(origin, Origin::Guessed)
        .then(|| guessed(path, package))
        .flatten();
    guessed.ok_or_else(|| {
        format!(
            "`{path}` is relative to this source file, but the location of the file is unknown here\n  = help: write it relative to the directory of Cargo.toml"
        )
    })
}

/// Maximum number of directories that are searched for a file.
const SEARCHED: usize = 2000;

/// Locates a path that is relative to an unknown source file, if it leads to one file only from the directories in which
/// source files can be.
fn guessed(path: &str, package: &Path) -> Option<Located> {
    let mut found: Option<Located> = None;
    let mut directories: Vec<String> = ["src", "tests", "examples", "benches"].map(str::to_owned).to_vec();
    let mut next = 0;
    while let Some(directory) = directories.get(next).cloned() {
        next += 1;
        let file = normalise(&format!("{directory}/{path}"));
        if package.join(&directory).is_dir() && package.join(&file).exists() {
            match &found {
                Some(other) if other.path != file => return None,
                Some(_) => {}
                None => {
                    found = Some(Located {
                        path: file,
                        origin: Some(directory.clone()),
                    });
                }
            }
        }
        for entry in std::fs::read_dir(package.join(&directory))
            .into_iter()
            .flatten()
            .flatten()
        {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            if directories.len() == SEARCHED {
                return None;
            }
            if let Ok(name) = entry.file_name().into_string() {
                directories.push(format!("{directory}/{name}"));
            }
        }
    }
    found
}

/// Returns the documents at a path: the file itself, or the Arazzo documents in a directory in the order of their
/// names.
pub(super) fn documents(path: &str, package: &Path) -> Result<Vec<String>, String> {
    let directory = package.join(path);
    if !directory.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| format!("cannot read the directory `{path}`: {}", error.kind());
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(format!(
                "the directory `{path}` contains a file name that is not valid UTF-8"
            ));
        };
        let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| ["yml", "yaml", "json"].contains(&extension)) && is_document(&entry.path())
        {
            names.push(name);
        }
    }
    if names.is_empty() {
        return Err(format!(
            "the directory `{path}` contains no Arazzo documents\n  = help: documents are files `*.yml`, `*.yaml` and `*.json` with the field `arazzo`"
        ));
    }
    names.sort();
    Ok(names
        .into_iter()
        .map(|name| normalise(&format!("{path}/{name}")))
        .collect())
}

/// Returns whether a file has the field `arazzo`, because a directory can also contain API descriptions. Also returns
/// true for a file that cannot be read, so that the error is reported.
#[must_use]
pub fn is_document(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).map(|file| file.take(limit::FILE_BYTES));
    if file.and_then(|mut file| file.read_to_string(&mut text)).is_err() {
        return true;
    }
    is_document_text(&text)
}

/// Returns whether a text has the field `arazzo`.
#[must_use]
pub fn is_document_text(text: &str) -> bool {
    let after = |text: &str, mark: &str| Some(text.trim_start().strip_prefix(mark)?.trim_start().to_owned());
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        let mut found = text.match_indices("\"arazzo\"");
        return found
            .any(|(at, key)| after(&text[at + key.len()..], ":").is_some_and(|value| value.starts_with("\"1")));
    }
    text.lines().any(|line| {
        let line = line.trim_start_matches(['\u{feff}', '"', '\'']);
        let rest = line
            .strip_prefix("arazzo")
            .map(|rest| rest.trim_start_matches(['"', '\'']));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    })
}
