//! The macro calls in the packages of the current directory, and what the packages say about them.

use std::path::{Path, PathBuf};
use std::process::Command;

use arazzo_compiler::bundle::{Engines, Options};
use arazzo_compiler::invocation::Invocation;
use arazzo_compiler::source::relative;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use serde_json::Value;

/// A problem of a macro call itself.
pub(crate) struct Refused {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// Where a Rust file gets a further entry of the option `sources`.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    /// The byte offset in the file.
    pub(crate) at: usize,
    /// Whether the call has the option already, so that only the entry is missing.
    pub(crate) has_option: bool,
    /// Whether a comma is missing before it.
    pub(crate) comma: bool,
}

/// What rustc would compile.
#[derive(Default)]
pub(crate) struct Project {
    pub(crate) calls: Vec<Options>,
    /// Where each call would get a further entry of `sources`; none for documents that the command line names.
    pub(crate) places: Vec<Place>,
    pub(crate) refused: Vec<Refused>,
}

struct Package {
    directory: PathBuf,
    engines: Engines,
}

impl Project {
    /// Finds the macro calls of the package or workspace that a directory is in; `None` outside of one.
    pub(crate) fn find(here: &Path) -> Option<Self> {
        Self::read_all(here, false)
    }

    /// Finds the macro calls of all members of the workspace that a directory is in; `None` outside of a package.
    pub(crate) fn of_workspace(here: &Path) -> Option<Self> {
        Self::read_all(here, true)
    }

    fn read_all(here: &Path, whole: bool) -> Option<Self> {
        let mut project = Self::default();
        for package in packages(here, whole)? {
            for file in sources(&package.directory) {
                project.read(&file, &package, here);
            }
        }
        Some(project)
    }

    fn read(&mut self, file: &Path, package: &Package, here: &Path) {
        let Ok(text) = std::fs::read_to_string(file) else {
            return;
        };
        // Most files have none, and need not be parsed.
        if !text.contains("arazzo_workflow") {
            return;
        }
        // What is not Rust is rustc's to report.
        let Ok(tokens) = text.parse::<TokenStream>() else {
            return;
        };
        let mut calls = Vec::new();
        find_calls(tokens, &mut calls);
        for (at, call) in calls {
            match options(&call, file, package) {
                Ok(options) => {
                    self.calls.push(options);
                    self.places.push(place(&call, file));
                }
                Err((span, message)) => {
                    let start = span.unwrap_or(at).start();
                    self.refused.push(Refused {
                        file: shown(file, here),
                        line: start.line,
                        column: start.column + 1,
                        message,
                    });
                }
            }
        }
    }
}

/// Returns the options of a call as the macro would.
fn options(call: &Group, file: &Path, package: &Package) -> Result<Options, (Option<Span>, String)> {
    let content = call.stream();
    let home = quote::quote!((::arazzo));
    let invocation: Invocation =
        syn::parse2(quote::quote!(#home #content)).map_err(|error| (Some(error.span()), error.to_string()))?;
    let origin = |_: &syn::LitStr| Some(file.to_owned());
    let options = invocation.options(&package.directory, origin, false);
    let mut options = options.map_err(|(literal, message)| (Some(literal.span()), message))?;
    options.engines = package.engines;
    Ok(options)
}

/// Returns where a call gets a further entry of `sources`: at the end of that option, or of the call.
fn place(call: &Group, file: &Path) -> Place {
    let mut before: [Option<TokenTree>; 2] = [None, None];
    let mut option = None;
    for tree in call.stream() {
        if let (TokenTree::Group(group), [Some(TokenTree::Ident(name)), Some(TokenTree::Punct(mark))]) =
            (&tree, &before)
            && name == "sources"
            && mark.as_char() == '='
        {
            option = Some(group.clone());
        }
        before.rotate_left(1);
        before[1] = Some(tree);
    }
    let group = option.as_ref().unwrap_or(call);
    let last = group.stream().into_iter().last();
    let ends = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ',');
    let at = match &last {
        Some(tree) => tree.span().byte_range().end,
        None => group.span_open().byte_range().end,
    };
    Place {
        file: file.to_owned(),
        at,
        has_option: option.is_some(),
        comma: last.is_some_and(|tree| !ends(&tree)),
    }
}

/// Names a file as seen from a directory.
pub(crate) fn shown(file: &Path, here: &Path) -> String {
    let text = |path: &Path| path.to_string_lossy().replace('\\', "/");
    relative(&text(file), &text(here))
}

/// Collects the calls of the macro, also inside of other macros and modules.
fn find_calls(tokens: TokenStream, found: &mut Vec<(Span, Group)>) {
    let mut before: [Option<TokenTree>; 2] = [None, None];
    for tree in tokens {
        if let TokenTree::Group(group) = &tree {
            let is_call = matches!(
                &before,
                [Some(TokenTree::Ident(name)), Some(TokenTree::Punct(mark))]
                    if name == "arazzo_workflow" && mark.as_char() == '!'
            );
            if is_call && group.delimiter() != Delimiter::None {
                found.push((group.span_open(), group.clone()));
            } else {
                find_calls(group.stream(), found);
            }
        }
        before.rotate_left(1);
        before[1] = Some(tree);
    }
}

/// The packages that Cargo would build in this directory, or all of the workspace, as `cargo metadata` tells them; `None` outside of a package.
fn packages(here: &Path, whole: bool) -> Option<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(here)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .ok()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).ok()?;
    let all = metadata["packages"].as_array()?;
    let directory = |package: &Value| Some(Path::new(package["manifest_path"].as_str()?).parent()?.to_owned());
    let inside = all
        .iter()
        .filter(|package| directory(package).is_some_and(|directory| here.starts_with(directory)))
        .max_by_key(|package| directory(package).map(|directory| directory.components().count()));
    let root = metadata["workspace_root"].as_str().map(Path::new) == Some(here);
    let chosen: Vec<&Value> = match (inside, root) {
        _ if whole => all.iter().collect(),
        (Some(package), false) => vec![package],
        _ => {
            let default = metadata["workspace_default_members"].as_array();
            let is_default = |package: &&Value| default.is_none_or(|ids| ids.contains(&package["id"]));
            all.iter().filter(is_default).collect()
        }
    };
    let package = |value: &Value| {
        Some(Package {
            directory: directory(value)?,
            engines: engines(value),
        })
    };
    Some(chosen.into_iter().filter_map(package).collect())
}

/// The engines that the features of `arazzo` select, in any of the dependencies on it and by the default features of the
/// package.
fn engines(package: &Value) -> Engines {
    let mut features: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        if dependency["name"] == "arazzo" {
            let own = dependency["features"].as_array().into_iter().flatten();
            features.extend(own.filter_map(Value::as_str).map(str::to_owned));
            names.push(dependency["rename"].as_str().unwrap_or("arazzo"));
        }
    }
    let (mut pending, mut seen) = (vec!["default".to_owned()], Vec::new());
    while let Some(feature) = pending.pop() {
        if seen.contains(&feature) {
            continue;
        }
        for enabled in package["features"][&feature].as_array().into_iter().flatten() {
            let enabled = enabled.as_str().unwrap_or_default();
            match enabled.split_once('/') {
                Some((name, of)) if names.contains(&name.trim_end_matches('?')) => features.push(of.to_owned()),
                Some(_) => {}
                None => pending.push(enabled.to_owned()),
            }
        }
        seen.push(feature);
    }
    let has = |name: &str| features.iter().any(|feature| feature == name);
    Engines {
        regex: has("regex"),
        jsonpath: has("jsonpath"),
        // The feature for the later versions contains the first.
        xpath: has("xpath") || has("xpath31"),
        xpath31: has("xpath31"),
    }
}

/// The Rust files of a package, in the order of their names, without those of packages inside of it.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let (mut found, mut stack) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = stack.pop() {
        for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && name != "target" && !name.starts_with('.') && !path.join("Cargo.toml").exists() {
                stack.push(path);
            } else if kind.is_file() && name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
