//! `cargo arazzo check`

use std::io::IsTerminal as _;
use std::path::Path;

use arazzo_compiler::diagnostic::{Caller, Severity};
use arazzo_compiler::invocation::is_document;
use arazzo_compiler::source::Disk;
use arazzo_compiler::{Compilation, compile};

use crate::arguments::{Arguments, Format};
use crate::project::{Project, shown};
use crate::report;

/// Returns the report, and whether it contains no errors.
pub(crate) fn run(files: &[String], arguments: &Arguments) -> Result<(String, bool), String> {
    let Project { calls, refused, .. } = asked(files, arguments)?;
    let mut compilations: Vec<Compilation> = calls.iter().map(|options| compile(options, &Disk)).collect();
    // All messages of a command line name files as seen from where it runs.
    if let Ok(here) = std::env::current_dir() {
        for (done, call) in compilations
            .iter_mut()
            .zip(&calls)
            .filter(|(_, call)| call.caller == Caller::Macro)
        {
            done.bundle
                .sources
                .relabel(|path| shown(&call.package.join(path), &here));
        }
    }
    if arguments.deny_warnings {
        for diagnostic in compilations.iter_mut().flat_map(|done| &mut done.diagnostics) {
            diagnostic.severity = Severity::Error;
        }
    }
    let unchecked: usize = compilations.iter().map(|done| done.unchecked.len()).sum();
    if unchecked > 0 {
        let (what, were) = match unchecked {
            1 => ("1 XPath 3.1 expression", "was"),
            _ => (&*format!("{unchecked} XPath 3.1 expressions"), "were"),
        };
        eprintln!("note: {what} {were} not checked; install with `--features xpath31` to check them");
    }
    let good = refused.is_empty() && compilations.iter().all(|compilation| !compilation.has_errors());
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = match arguments.format {
        Format::Human => report::human(&compilations, &refused, colour),
        Format::Json => report::json_lines(&compilations, &refused),
        Format::Sarif => report::sarif(&compilations, &refused),
    };
    Ok((text, good))
}

/// Returns what is to be checked: the files and directories of the command line; without them, the macro calls of the
/// package or workspace; without those, the documents below the current directory.
pub(crate) fn asked(files: &[String], arguments: &Arguments) -> Result<Project, String> {
    let from_files = |files: Vec<String>| Project {
        calls: files.iter().map(|file| arguments.options(file)).collect(),
        ..Project::default()
    };
    if files.is_empty() {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        let project = Project::find(&here).unwrap_or_default();
        if !project.calls.is_empty() || !project.refused.is_empty() {
            let calls = project.calls.into_iter().map(|call| {
                let mut call = call;
                arguments.apply(&mut call);
                call
            });
            return Ok(Project {
                calls: calls.collect(),
                places: project.places,
                refused: project.refused,
            });
        }
        let found = documents(Path::new("."), |path| {
            let name = path.to_string_lossy();
            [".arazzo.yaml", ".arazzo.yml", ".arazzo.json"]
                .iter()
                .any(|end| name.ends_with(end))
        });
        if found.is_empty() {
            return Err("no call of `arazzo_workflow!` and no *.arazzo.yaml, *.arazzo.yml or *.arazzo.json found in this directory; specify a file".to_owned());
        }
        return Ok(from_files(found));
    }
    let mut found = Vec::new();
    for file in files {
        if !Path::new(file).is_dir() {
            found.push(file.clone());
            continue;
        }
        let inside = documents(Path::new(file), |path| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| ["yml", "yaml", "json"].contains(&extension)) && is_document(path)
        });
        if inside.is_empty() {
            return Err(format!("the directory `{file}` contains no Arazzo documents"));
        }
        found.extend(inside);
    }
    Ok(from_files(found))
}

/// The files below a directory that are documents, in the order of their names.
fn documents(directory: &Path, is_document: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut stack = vec![directory.to_owned()];
    while let Some(directory) = stack.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
                stack.push(path);
            } else if kind.is_file() && is_document(&path) {
                let text = path.to_string_lossy().replace('\\', "/");
                found.push(text.strip_prefix("./").unwrap_or(&text).to_owned());
            }
        }
    }
    found.sort();
    found
}
