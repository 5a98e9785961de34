//! The command line.

use std::ffi::OsString;

use arazzo_compiler::bundle::{Engines, Options};
use arazzo_compiler::diagnostic::{Caller, Level, Levels, rule};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

use crate::vendor::Mode;

pub(crate) const USAGE: &str = "\
Checks Arazzo documents, shows their expansion, and draws their flow

Usage: cargo arazzo check [FILE]... [OPTIONS]
       cargo arazzo expand <FILE> [OPTIONS]
       cargo arazzo graph <FILE> [OPTIONS]
       cargo arazzo docs <FILE> [OPTIONS]
       cargo arazzo vendor [FILE]... [--check | --write]
       cargo arazzo lsp

Commands:
  check   Report errors and warnings. Without FILE, as rustc would: of every call of
          `arazzo_workflow!` in the package or workspace, with its options and the
          features in Cargo.toml. Without such a call, in all *.arazzo.{yaml,yml,json}
          below the current directory. FILE can be a directory
  expand  Print the formatted Rust code that `arazzo_workflow!` expands to
  graph   Print the flow of each workflow as a Mermaid diagram
  docs    Print a page about the document for people, in HTML that needs no other file
  vendor  Save copies of remote source descriptions in the directory `vendor` of the package,
          with a lock file that the macro reads. With `--check`, report what has changed
          upstream and what it means for the workflows; nothing is written. With `--write`,
          also write the option `sources` into the macro calls
  lsp     Serve an editor by the Language Server Protocol, over standard input and output

Options:
      --format <FORMAT>     Output format. `check`: `human` (default), `json` (one object per line)
                            or `sarif`. `graph`: `mermaid` (default) or `svg`
      --source <NAME=PATH>  Read the source description NAME from PATH instead of from its `url`
      --lenient             Accept recoverable mistakes, like the macro option `dialect = lenient`
      --allow <CODE>        Allow a lint, like the macro option `lints`
      --warn <CODE>         Set a lint to the level `warn`
      --deny <CODE>         Set a lint to the level `deny`; `--deny warnings` makes all warnings errors
  -h, --help                Print help
  -V, --version             Print version

Exit codes of `check`:
  0  no errors
  1  at least one error
  2  usage error
";

/// Output format of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Human,
    Json,
    Sarif,
}

/// The subcommand, with its files.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Version,
    Check(Vec<String>),
    Expand(String),
    Graph(String),
    Docs(String),
    Lsp,
    Vendor(Vec<String>, Mode),
}

/// The parsed command line.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) format: Format,
    /// `--format svg`
    pub(crate) svg: bool,
    /// `--deny warnings`
    pub(crate) deny_warnings: bool,
    sources: Vec<(String, String)>,
    levels: Levels,
}

impl Arguments {
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        Self::parse(arguments).map_err(|error| error.to_string())
    }

    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_iter(arguments);
        let mut words: Vec<String> = Vec::new();
        let (mut form, mut sources, mut levels) = (None, Vec::new(), Levels::default());
        let (mut early, mut deny_warnings, mut mode) = (None, false, None);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => early = Some(Command::Help),
                Long("version") | Short('V') => early = Some(Command::Version),
                Long("check") => mode = Some(Mode::Check),
                Long("write") => mode = Some(Mode::Write),
                Long("lenient") => levels.lenient = true,
                Long("format") => form = Some(parser.value()?.string()?),
                Long("source") => {
                    let text = parser.value()?.string()?;
                    let (name, path) = text
                        .split_once('=')
                        .ok_or_else(|| format!("expected NAME=PATH, found `{text}`"))?;
                    sources.push((name.to_owned(), path.to_owned()));
                }
                Long(option @ ("allow" | "warn" | "deny")) => {
                    let level = match option {
                        "allow" => Level::Allow,
                        "warn" => Level::Warn,
                        _ => Level::Deny,
                    };
                    let code = parser.value()?.string()?;
                    if level == Level::Deny && code == "warnings" {
                        deny_warnings = true;
                        continue;
                    }
                    levels
                        .codes
                        .push((level, rule::code_of(&code.replace(['-', '.'], "_"))));
                }
                Value(word) => words.push(word.string()?),
                // Clients of language servers pass it by habit.
                Long("stdio") => {}
                other => return Err(other.unexpected()),
            }
        }
        // Cargo passes the name of the subcommand as the first argument.
        if words.first().is_some_and(|word| word == "arazzo") {
            words.remove(0);
        }
        let command = match (early, words.split_first()) {
            (Some(command), _) => command,
            (None, None) => return Err("missing subcommand".into()),
            (None, Some((command, files))) => match (command.as_str(), files) {
                (word, _) if mode.is_some() && word != "vendor" => {
                    return Err("`--check` and `--write` are options of `vendor`".into());
                }
                ("check", files) => Command::Check(files.to_vec()),
                ("expand", [file]) => Command::Expand(file.clone()),
                ("graph", [file]) => Command::Graph(file.clone()),
                ("vendor", files) => Command::Vendor(files.to_vec(), mode.unwrap_or(Mode::Fetch)),
                ("lsp", []) => Command::Lsp,
                ("lsp", _) => return Err("`lsp` has no arguments".into()),
                ("docs", [file]) => Command::Docs(file.clone()),
                ("expand" | "graph" | "docs", _) => return Err(format!("`{command}` requires exactly one file").into()),
                _ => return Err(format!("unknown command `{command}`").into()),
            },
        };
        let (format, svg) = format_of(form.as_deref(), &command)?;
        Ok(Self {
            command,
            format,
            svg,
            deny_warnings,
            sources,
            levels,
        })
    }

    /// Returns the compiler options for a document that no macro call names.
    pub(crate) fn options(&self, document: &str) -> Options {
        Options {
            document: document.to_owned(),
            sources: self.sources.clone(),
            levels: self.levels.clone(),
            engines: Engines::ALL,
            caller: Caller::CommandLine,
            ..Options::default()
        }
    }

    /// Adds what the command line says to the options of a macro call.
    pub(crate) fn apply(&self, options: &mut Options) {
        options.sources.extend(self.sources.iter().cloned());
        options.levels.codes.extend(self.levels.codes.iter().cloned());
        options.levels.lenient |= self.levels.lenient;
    }
}

/// Returns the format of `check`, and whether `graph` draws SVG.
fn format_of(form: Option<&str>, command: &Command) -> Result<(Format, bool), String> {
    Ok(match (form, command) {
        (None | Some("human"), _) => (Format::Human, false),
        (Some("json"), Command::Check(_)) => (Format::Json, false),
        (Some("sarif"), Command::Check(_)) => (Format::Sarif, false),
        (Some("mermaid"), Command::Graph(_)) => (Format::Human, false),
        (Some("svg"), Command::Graph(_)) => (Format::Human, true),
        (Some(other), Command::Graph(_)) => {
            return Err(format!("unknown format `{other}`; expected mermaid or svg"));
        }
        (Some(other), _) => return Err(format!("unknown format `{other}`; expected human, json or sarif")),
    })
}
