//! What was asked for.

use std::ffi::OsString;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::rule;
use arazzo_compiler::diagnostic::{Level, Levels};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

pub(crate) const USAGE: &str = "\
Checks Arazzo documents, shows what they expand to and draws their flow.

Usage: cargo arazzo check [FILES] [OPTIONS]
       cargo arazzo expand FILE [OPTIONS]
       cargo arazzo graph FILE [OPTIONS]

check    Says what is wrong with documents; without FILES with all *.arazzo.{yaml,yml,json} below
         the current directory. Exit code 0: no error, 1: an error, 2: the question was wrong.
expand   Prints the formatted Rust that `arazzo_workflow!` expands to.
graph    Prints the flow of each workflow as a Mermaid diagram.

Options:
  --format human|json|sarif  How `check` tells; json: an object per line. Default: human
  --source NAME=PATH         Where to read a source description from, instead of from its url
  --lenient                  As the option `dialect = lenient` of the macro
  --allow, --warn, --deny CODE  As the option `lints` of the macro
  --help, --version
";

/// How problems are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Human,
    Json,
    Sarif,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Version,
    Check(Vec<String>),
    Expand(String),
    Graph(String),
}

/// The command line.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) format: Format,
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
        let (mut format, mut sources, mut levels) = (Format::Human, Vec::new(), Levels::default());
        let mut early = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => early = Some(Command::Help),
                Long("version") | Short('V') => early = Some(Command::Version),
                Long("lenient") => levels.lenient = true,
                Long("format") => {
                    format = match parser.value()?.string()?.as_str() {
                        "human" => Format::Human,
                        "json" => Format::Json,
                        "sarif" => Format::Sarif,
                        other => return Err(format!("unknown format `{other}`; expected human, json or sarif").into()),
                    };
                }
                Long("source") => {
                    let text = parser.value()?.string()?;
                    let (name, path) = text
                        .split_once('=')
                        .ok_or_else(|| format!("expected NAME=PATH, found `{text}`"))?;
                    sources.push((name.to_owned(), path.to_owned()));
                }
                Long(level @ ("allow" | "warn" | "deny")) => {
                    let level = match level {
                        "allow" => Level::Allow,
                        "warn" => Level::Warn,
                        _ => Level::Deny,
                    };
                    let code = parser.value()?.string()?;
                    levels
                        .codes
                        .push((level, rule::code_of(&code.replace(['-', '.'], "_"))));
                }
                Value(word) => words.push(word.string()?),
                other => return Err(other.unexpected()),
            }
        }
        // Cargo passes on the name of the subcommand.
        if words.first().is_some_and(|word| word == "arazzo") {
            words.remove(0);
        }
        let command = match (early, words.split_first()) {
            (Some(command), _) => command,
            (None, None) => return Err("missing subcommand".into()),
            (None, Some((command, files))) => match (command.as_str(), files) {
                ("check", files) => Command::Check(files.to_vec()),
                ("expand", [file]) => Command::Expand(file.clone()),
                ("graph", [file]) => Command::Graph(file.clone()),
                ("expand" | "graph", _) => return Err(format!("`{command}` requires exactly one file").into()),
                _ => return Err(format!("unknown command `{command}`").into()),
            },
        };
        Ok(Self {
            command,
            format,
            sources,
            levels,
        })
    }

    /// The options of the compiler for a document.
    pub(crate) fn options(&self, document: &str) -> Options {
        Options {
            document: document.to_owned(),
            sources: self.sources.clone(),
            levels: self.levels.clone(),
            ..Options::default()
        }
    }
}
