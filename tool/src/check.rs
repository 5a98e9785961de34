//! `cargo arazzo check`

use std::io::IsTerminal as _;
use std::path::Path;

use arazzo_compiler::compile;
use arazzo_compiler::source::Disk;

use crate::arguments::{Arguments, Format};
use crate::report;

/// Returns the report, and whether it contains no errors.
pub(crate) fn run(files: &[String], arguments: &Arguments) -> Result<(String, bool), String> {
    let found;
    let files = if files.is_empty() {
        found = documents(Path::new("."));
        if found.is_empty() {
            return Err(
                "no *.arazzo.yaml, *.arazzo.yml or *.arazzo.json found in this directory; specify a file".to_owned(),
            );
        }
        &found
    } else {
        files
    };
    let compilations: Vec<_> = files
        .iter()
        .map(|file| compile(&arguments.options(file), &Disk))
        .collect();
    let good = compilations.iter().all(|compilation| !compilation.has_errors());
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = match arguments.format {
        Format::Human => report::human(&compilations, colour),
        Format::Json => report::json_lines(&compilations),
        Format::Sarif => report::sarif(&compilations),
    };
    Ok((text, good))
}

/// The documents below a directory, in the order of their names.
fn documents(directory: &Path) -> Vec<String> {
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
            } else if [".arazzo.yaml", ".arazzo.yml", ".arazzo.json"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                let text = path.to_string_lossy().replace('\\', "/");
                found.push(text.strip_prefix("./").unwrap_or(&text).to_owned());
            }
        }
    }
    found.sort();
    found
}
