//! What a call of `arazzo_workflow!` contains: a path and options. The macro reads its own call, the command line those in
//! the sources of a package.

mod package;

pub use package::{is_document, is_document_text};

use std::path::Path;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Result, Token, braced, bracketed, parenthesized};

use crate::bundle::Options;
use crate::diagnostic::{Level, Levels, rule, similar};

const OPTIONS: [&str; 6] = ["sources", "workflows", "rename", "derives", "lints", "dialect"];

/// The derives that are in scope everywhere.
const PRELUDE: [&str; 9] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

/// The content between the parentheses of the macro call.
pub struct Invocation {
    /// `$crate`, passed by `arazzo_workflow!`.
    pub home: TokenStream,
    /// The path of the document, or of a directory of documents.
    pub document: LitStr,
    /// The paths of further documents.
    pub further: Vec<LitStr>,
    /// `sources = { name = "path" }`
    pub sources: Vec<(String, LitStr)>,
    /// `workflows = ["id"]`
    pub workflows: Vec<String>,
    /// `rename = { "id" = name }`
    pub rename: Vec<(String, String)>,
    /// `derives = [path]`
    pub derives: Vec<String>,
    /// `lints = { warn(code) }` and `dialect = lenient`
    pub levels: Levels,
}

impl Parse for Invocation {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let home;
        parenthesized!(home in input);
        let home = home.parse()?;
        if input.is_empty() {
            return Err(input.error("expected the path of an Arazzo document, such as \"workflow.arazzo.yaml\""));
        }
        let (document, further) = documents(input)?;
        let mut invocation = Self {
            home,
            document,
            further,
            sources: Vec::new(),
            workflows: Vec::new(),
            rename: Vec::new(),
            derives: Vec::new(),
            levels: Levels::default(),
        };
        let mut seen: Vec<String> = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            invocation.option(input, &mut seen)?;
        }
        Ok(invocation)
    }
}

/// The source file of a call.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// The absolute path of the file.
    File(&'a Path),
    /// Unknown; a path is accepted if it leads to one file only from all directories in which source files can be.
    Guessed,
    /// Unknown.
    Unknown,
}

impl Invocation {
    /// Returns the options of the compiler for a call in a source file of a package.
    ///
    /// # Errors
    /// A path cannot be resolved: the literal with the path, and the reason.
    pub fn options(
        &self,
        directory: &Path,
        mut origin_of: impl FnMut(&LitStr) -> Option<std::path::PathBuf>,
        guess: bool,
    ) -> std::result::Result<Options, (&LitStr, String)> {
        let mut locate = |literal| {
            let file = origin_of(literal);
            let origin = match &file {
                Some(file) => Origin::File(file),
                None if guess => Origin::Guessed,
                None => Origin::Unknown,
            };
            package::locate(&literal.value(), directory, origin).map_err(|message| (literal, message))
        };
        let (mut documents, mut origin) = (Vec::new(), None);
        for literal in std::iter::once(&self.document).chain(&self.further) {
            let located = locate(literal)?;
            let found = package::documents(&located.path, directory).map_err(|message| (literal, message))?;
            origin = origin.or(located.origin);
            documents.extend(found);
        }
        let mut documents = documents.into_iter();
        let mut sources = Vec::new();
        for (name, path) in &self.sources {
            sources.push((name.clone(), locate(path)?.path));
        }
        Ok(Options {
            package: directory.to_owned(),
            document: documents.next().unwrap_or_default(),
            further: documents.collect(),
            origin,
            sources,
            workflows: self.workflows.clone(),
            rename: self.rename.clone(),
            derives: self.derives.clone(),
            levels: self.levels.clone(),
            ..Options::default()
        })
    }

    fn option(&mut self, input: ParseStream<'_>, seen: &mut Vec<String>) -> Result<()> {
        let name: Ident = input.parse()?;
        let text = name.to_string();
        if !OPTIONS.contains(&text.as_str()) {
            return Err(unknown_option(&name));
        }
        if seen.contains(&text) {
            return Err(Error::new(name.span(), format!("duplicate option `{name}`")));
        }
        input.parse::<Token![=]>()?;
        match text.as_str() {
            "workflows" => {
                let list;
                bracketed!(list in input);
                let ids = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
                self.workflows = ids.iter().map(LitStr::value).collect();
            }
            "sources" => {
                let pairs: Punctuated<Source, Token![,]> = in_braces(input)?;
                self.sources = pairs.into_iter().map(|pair| (pair.name, pair.path)).collect();
            }
            "rename" => {
                let pairs: Punctuated<Rename, Token![,]> = in_braces(input)?;
                self.rename = pairs.into_iter().map(|pair| (pair.id, pair.name)).collect();
            }
            "derives" => {
                let list;
                bracketed!(list in input);
                let paths = Punctuated::<Derive, Token![,]>::parse_terminated(&list)?;
                for Derive { path, span } in paths {
                    if self.derives.contains(&path) {
                        return Err(Error::new(span, format!("duplicate derive `{path}`")));
                    }
                    self.derives.push(path);
                }
            }
            "lints" => {
                let lints: Punctuated<Lint, Token![,]> = in_braces(input)?;
                self.levels.codes = lints.into_iter().flat_map(|lint| lint.codes).collect();
            }
            _ => {
                let dialect: Ident = input.parse()?;
                if dialect != "lenient" && dialect != "strict" {
                    return Err(Error::new(dialect.span(), "expected `lenient` or `strict`"));
                }
                self.levels.lenient = dialect == "lenient";
            }
        }
        seen.push(text);
        Ok(())
    }
}

/// `"path"`, or `["path", "path"]`.
fn documents(input: ParseStream<'_>) -> Result<(LitStr, Vec<LitStr>)> {
    if !input.peek(syn::token::Bracket) {
        return Ok((input.parse()?, Vec::new()));
    }
    let list;
    let bracket = bracketed!(list in input);
    let mut paths = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?.into_iter();
    let Some(first) = paths.next() else {
        let message = "expected the paths of Arazzo documents, such as [\"enrol.yml\", \"sign-in.yml\"]";
        return Err(Error::new(bracket.span.join(), message));
    };
    Ok((first, paths.collect()))
}

fn in_braces<T: Parse>(input: ParseStream<'_>) -> Result<Punctuated<T, Token![,]>> {
    let list;
    braced!(list in input);
    Punctuated::parse_terminated(&list)
}

fn unknown_option(name: &Ident) -> Error {
    let text = name.to_string();
    let help = match similar(&text, OPTIONS) {
        Some(option) => format!("an option with a similar name exists: `{option}`"),
        None => format!(
            "the options are {}",
            OPTIONS.map(|option| format!("`{option}`")).join(", ")
        ),
    };
    let code = rule::UNKNOWN_OPTION.code;
    Error::new(
        name.span(),
        format!("unknown option `{name}` [{code}]\n = help: {help}"),
    )
}

/// `name = "path"`; a name that is not an identifier is quoted.
struct Source {
    name: String,
    path: LitStr,
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = if input.peek(LitStr) {
            input.parse::<LitStr>()?.value()
        } else {
            input.parse::<Ident>()?.to_string()
        };
        input.parse::<Token![=]>()?;
        Ok(Self {
            name,
            path: input.parse()?,
        })
    }
}

/// `"id" = name`
struct Rename {
    id: String,
    name: String,
}

impl Parse for Rename {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let id = input.parse::<LitStr>()?.value();
        input.parse::<Token![=]>()?;
        Ok(Self {
            id,
            name: input.parse::<Ident>()?.to_string(),
        })
    }
}

/// The path of a derive macro.
struct Derive {
    path: String,
    span: Span,
}

impl Parse for Derive {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let global = input.parse::<Option<Token![::]>>()?.map_or("", |_| "::");
        let parts = Punctuated::<Ident, Token![::]>::parse_separated_nonempty_with(input, Ident::parse_any)?;
        let names: Vec<String> = parts.iter().map(Ident::to_string).collect();
        let path = match &names[..] {
            // Written in full, it is the same trait.
            [root, .., name] if (root == "std" || root == "core") && PRELUDE.contains(&name.as_str()) => name.clone(),
            _ => format!("{global}{}", names.join("::")),
        };
        let span = parts.first().map_or_else(Span::call_site, Ident::span);
        let relative = match &names[..] {
            [name] => !PRELUDE.contains(&name.as_str()),
            [first, ..] => first == "self" || first == "super",
            [] => false,
        };
        if relative && global.is_empty() {
            let last = names.last().map_or("", String::as_str);
            let message = format!(
                "cannot resolve the derive `{path}` in the generated modules\n = help: write its full path, such as `some_crate::{last}` or `crate::{last}`"
            );
            return Err(Error::new(span, message));
        }
        Ok(Self { path, span })
    }
}

/// `warn(code, …)`, with underscores in the codes.
struct Lint {
    codes: Vec<(Level, String)>,
}

impl Parse for Lint {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let level: Ident = input.parse()?;
        let level = match level.to_string().as_str() {
            "allow" => Level::Allow,
            "warn" => Level::Warn,
            "deny" => Level::Deny,
            _ => return Err(Error::new(level.span(), "expected `allow(…)`, `warn(…)` or `deny(…)`")),
        };
        let list;
        parenthesized!(list in input);
        let names = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
        let codes = names
            .iter()
            .map(|name| (level, rule::code_of(&name.to_string())))
            .collect();
        Ok(Self { codes })
    }
}
