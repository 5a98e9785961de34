//! Phase 3: the grammar of runtime expressions and of strings that embed them.
//!
//! Input: a string. Output: an [`Expression`] or [`Template`] with the byte range of every name,
//! so that a later phase can point at it. The grammar is the ABNF of the Arazzo Specification
//! 1.1.0, "Runtime Expressions".

use std::cell::RefCell;

/// A half-open range of bytes in the string that was parsed.
pub type Bytes = std::ops::Range<usize>;

/// A name and where it stands in the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as it is written.
    pub text: String,
    /// Where.
    pub at: Bytes,
}

/// A runtime expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What it refers to.
    pub root: Root,
    /// The unescaped tokens of the JSON Pointer behind `#`; `None` where there is no `#`.
    pub pointer: Option<Pointer>,
    /// The whole expression.
    pub at: Bytes,
    /// What is wrong with it, though its meaning is plain.
    pub mistake: Option<Box<SyntaxError>>,
}

/// A JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Its tokens, unescaped.
    pub tokens: Vec<Name>,
    /// From behind the `#` to the end.
    pub at: Bytes,
}

/// Where in a message a value is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `header.NAME`
    Header(Name),
    /// `query.NAME`
    Query(Name),
    /// `path.NAME`
    Path(Name),
    /// `body`
    Body,
    /// `payload`
    Payload,
}

/// What an expression starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$url`
    Url,
    /// `$method`
    Method,
    /// `$statusCode`
    StatusCode,
    /// `$self`
    SelfUri,
    /// `$request.…`
    Request(Part),
    /// `$response.…`
    Response(Part),
    /// `$message.…`
    Message(Part),
    /// `$inputs.NAME`
    Input(Name),
    /// `$outputs.NAME`
    Output(Name),
    /// `$steps.STEP.outputs.NAME`
    Step {
        /// The step's id.
        step: Name,
        /// The output's name.
        output: Name,
    },
    /// `$workflows.WORKFLOW.inputs.NAME` or `….outputs.NAME`
    Workflow {
        /// The workflow's id.
        workflow: Name,
        /// Whether the field is `inputs`, else `outputs`.
        inputs: bool,
        /// The input's or output's name.
        field: Name,
    },
    /// `$sourceDescriptions.NAME.REFERENCE`
    Source {
        /// The source description's name.
        source: Name,
        /// An operationId, a workflowId or a field of the source description.
        reference: Name,
    },
    /// `$components.TYPE.NAME`
    Component {
        /// `parameters`, `successActions`, `failureActions` or `inputs`.
        kind: Name,
        /// The component's key.
        name: Name,
    },
}

/// Why a string is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What kind of mistake.
    pub kind: Mistake,
    /// Where.
    pub at: Bytes,
    /// What was found and expected.
    pub message: String,
    /// How it is written right.
    pub help: Option<String>,
}

/// The kinds of mistake that a rule of its own reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The first word is none of the roots.
    UnknownRoot,
    /// The part behind `#` is no JSON Pointer.
    Pointer,
    /// `$response.headers.X`
    HeadersPlural,
    /// `$steps.s.outputs.items[0].id`
    BracketIndex,
    /// `$response.body.id`
    BodyPointer,
    /// Anything else.
    Syntax,
}

const ROOTS: [&str; 13] = [
    "url",
    "method",
    "statusCode",
    "request",
    "response",
    "message",
    "inputs",
    "outputs",
    "steps",
    "workflows",
    "sourceDescriptions",
    "components",
    "self",
];

/// Whether a string is meant as an expression: it starts with `$` and a letter.
/// `$.items[*]` and `$5` are literals.
#[must_use]
pub fn looks_like_expression(text: &str) -> bool {
    text.strip_prefix('$')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Whether the first word of `text` is a root of the grammar or near to one.
#[must_use]
pub fn has_known_root(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else {
        return false;
    };
    let word = first_word(rest);
    ROOTS.contains(&word) || crate::diagnostic::similar(word, ROOTS).is_some()
}

fn first_word(rest: &str) -> &str {
    let end = rest
        .find(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or(rest.len());
    &rest[..end]
}

/// Parses a string that is one bare expression.
///
/// # Errors
/// The first deviation from the grammar.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    parse_in(text, 0..text.len())
}

/// Parses the expression that `text[at]` holds; places count from the start of `text`.
///
/// # Errors
/// The first deviation from the grammar.
pub fn parse_in(text: &str, at: Bytes) -> Result<Expression, SyntaxError> {
    let parser = Parser {
        text,
        start: at.start,
        end: at.end,
        mistake: RefCell::new(None),
    };
    let expression = parser.expression()?;
    Ok(Expression {
        mistake: parser.mistake.take().map(Box::new),
        ..expression
    })
}

struct Parser<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// What deviates from the grammar and has one obvious meaning.
    mistake: RefCell<Option<SyntaxError>>,
}

impl Parser<'_> {
    fn error(kind: Mistake, at: Bytes, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            kind,
            at,
            message: message.into(),
            help: None,
        }
    }

    fn name(&self, at: Bytes) -> Name {
        Name {
            text: self.text[at.clone()].to_owned(),
            at,
        }
    }

    fn expression(&self) -> Result<Expression, SyntaxError> {
        let whole = &self.text[self.start..self.end];
        let all = self.start..self.end;
        let Some(rest) = whole.strip_prefix('$') else {
            return Err(Self::error(
                Mistake::Syntax,
                all,
                "a runtime expression starts with `$`",
            ));
        };
        let word = first_word(rest);
        let word_at = self.start + 1..self.start + 1 + word.len();
        if !ROOTS.contains(&word) {
            let mut error = Self::error(
                Mistake::UnknownRoot,
                self.start..word_at.end,
                format!("`${word}` is no root of a runtime expression"),
            );
            error.help = Some(match crate::diagnostic::similar(word, ROOTS) {
                Some(root) => format!("a root with a similar name exists: `${root}`"),
                None => format!("the roots are {}", ROOTS.map(|root| format!("`${root}`")).join(", ")),
            });
            return Err(error);
        }
        let behind = word_at.end;
        if matches!(word, "url" | "method" | "statusCode" | "self") {
            if behind < self.end {
                let message = format!(
                    "`${word}` takes nothing behind it, found `{}`",
                    &self.text[behind..self.end]
                );
                return Err(Self::error(Mistake::Syntax, behind..self.end, message));
            }
            let root = match word {
                "url" => Root::Url,
                "method" => Root::Method,
                "statusCode" => Root::StatusCode,
                _ => Root::SelfUri,
            };
            return Ok(Expression {
                mistake: None,
                root,
                pointer: None,
                at: all,
            });
        }
        if !self.text[behind..self.end].starts_with('.') {
            return Err(Self::error(
                Mistake::Syntax,
                all,
                format!("expected `.` and a name behind `${word}`"),
            ));
        }
        let body = behind + 1;
        match word {
            "request" | "response" | "message" => self.message(word, body),
            "inputs" | "outputs" => {
                let (name, pointer) = self.identifier_with_pointer(body, word)?;
                let root = if word == "inputs" {
                    Root::Input(name)
                } else {
                    Root::Output(name)
                };
                Ok(Expression {
                    root,
                    pointer,
                    at: all,
                    mistake: None,
                })
            }
            "steps" => self.step(body),
            "workflows" => self.workflow(body),
            "sourceDescriptions" => {
                let source = self.strict_identifier(body, "the name of a source description")?;
                let dot = source.at.end;
                if !self.text[dot..self.end].starts_with('.') || dot + 1 >= self.end {
                    let message = format!(
                        "expected `.` and an operationId, a workflowId or a field behind `{}`",
                        source.text
                    );
                    return Err(Self::error(Mistake::Syntax, self.start..self.end, message));
                }
                let reference = self.name(dot + 1..self.end);
                Ok(Expression {
                    mistake: None,
                    root: Root::Source { source, reference },
                    pointer: None,
                    at: all,
                })
            }
            _ => {
                let kind = self.strict_identifier(body, "a kind of component")?;
                let dot = kind.at.end;
                if !self.text[dot..self.end].starts_with('.') {
                    return Err(Self::error(
                        Mistake::Syntax,
                        all,
                        format!("expected `.` and a component's key behind `{}`", kind.text),
                    ));
                }
                let (name, pointer) = self.identifier_with_pointer(dot + 1, "components")?;
                Ok(Expression {
                    mistake: None,
                    root: Root::Component { kind, name },
                    pointer,
                    at: all,
                })
            }
        }
    }

    fn message(&self, word: &str, body: usize) -> Result<Expression, SyntaxError> {
        let all = self.start..self.end;
        let rest = &self.text[body..self.end];
        let wrap = |part| match word {
            "request" => Root::Request(part),
            "response" => Root::Response(part),
            _ => Root::Message(part),
        };
        for (prefix, is_header) in [("header.", true), ("query.", false), ("path.", false)] {
            let Some(name) = rest.strip_prefix(prefix) else {
                continue;
            };
            let at = body + prefix.len()..self.end;
            if name.is_empty() {
                return Err(Self::error(
                    Mistake::Syntax,
                    all,
                    format!("expected a name behind `${word}.{prefix}`"),
                ));
            }
            if is_header && let Some(bad) = name.find(|letter: char| !is_token_char(letter)) {
                let width = name[bad..].chars().next().map_or(1, char::len_utf8);
                return Err(Self::error(
                    Mistake::Syntax,
                    at.start + bad..at.start + bad + width,
                    "this character cannot be part of a header's name",
                ));
            }
            let name = self.name(at);
            let part = match prefix {
                "header." => Part::Header(name),
                "query." => Part::Query(name),
                _ => Part::Path(name),
            };
            return Ok(Expression {
                mistake: None,
                root: wrap(part),
                pointer: None,
                at: all,
            });
        }
        for (field, part) in [("body", Part::Body), ("payload", Part::Payload)] {
            let Some(behind) = rest.strip_prefix(field) else {
                continue;
            };
            if behind.is_empty() {
                return Ok(Expression {
                    mistake: None,
                    root: wrap(part),
                    pointer: None,
                    at: all,
                });
            }
            let from = body + field.len();
            if behind.starts_with('#') {
                return Ok(Expression {
                    mistake: None,
                    root: wrap(part),
                    pointer: Some(self.pointer(from + 1)?),
                    at: all,
                });
            }
            if behind.starts_with(['.', '[']) {
                let mut error = Self::error(
                    Mistake::Syntax,
                    from..self.end,
                    format!("expected `#` and a JSON Pointer behind `${word}.{field}`"),
                );
                error.help = Some(format!("write `${word}.{field}#{}`", dotted_to_pointer(behind)));
                let Some(pointer) = self.dotted(from) else {
                    return Err(error);
                };
                error.kind = Mistake::BodyPointer;
                self.mistake.replace(Some(error));
                return Ok(Expression {
                    root: wrap(part),
                    pointer: Some(pointer),
                    at: all,
                    mistake: None,
                });
            }
        }
        if let Some(name) = rest.strip_prefix("headers.") {
            let mut error = Self::error(
                Mistake::HeadersPlural,
                body..body + 7,
                "`headers` is no part of a message",
            );
            error.help = Some(format!("write `${word}.header.{name}`"));
            if name.is_empty() || !name.chars().all(is_token_char) {
                return Err(error);
            }
            self.mistake.replace(Some(error));
            return Ok(Expression {
                root: wrap(Part::Header(self.name(self.end - name.len()..self.end))),
                pointer: None,
                at: all,
                mistake: None,
            });
        }
        let mut error = Self::error(
            Mistake::Syntax,
            body..self.end,
            format!("`{rest}` is no part of a message"),
        );
        error.help = Some(format!(
            "the parts are `${word}.header.NAME`, `${word}.query.NAME`, `${word}.path.NAME`, `${word}.body` and `${word}.body#/POINTER`"
        ));
        Err(error)
    }

    fn step(&self, body: usize) -> Result<Expression, SyntaxError> {
        let all = self.start..self.end;
        let step = self.strict_identifier(body, "the id of a step")?;
        let rest = &self.text[step.at.end..self.end];
        let Some(output) = rest.strip_prefix(".outputs.") else {
            let mut error = Self::error(
                Mistake::Syntax,
                step.at.end..self.end.max(step.at.end),
                format!("expected `.outputs.NAME` behind `$steps.{}`", step.text),
            );
            let name = rest
                .strip_prefix(".output.")
                .or_else(|| rest.strip_prefix('.').filter(|name| !name.contains('.')));
            error.help = match name {
                Some("" | "output" | "outputs") | None => {
                    Some(format!("name an output: `$steps.{}.outputs.NAME`", step.text))
                }
                Some(name) => Some(format!("write `$steps.{}.outputs.{name}`", step.text)),
            };
            if error.at.is_empty() {
                error.at = all;
            }
            return Err(error);
        };
        let (output, pointer) = self.identifier_with_pointer(self.end - output.len(), "outputs")?;
        Ok(Expression {
            mistake: None,
            root: Root::Step { step, output },
            pointer,
            at: all,
        })
    }

    fn workflow(&self, body: usize) -> Result<Expression, SyntaxError> {
        let all = self.start..self.end;
        let workflow = self.strict_identifier(body, "the id of a workflow")?;
        let rest = &self.text[workflow.at.end..self.end];
        for (field, inputs) in [(".inputs.", true), (".outputs.", false)] {
            if let Some(name) = rest.strip_prefix(field) {
                let (field, pointer) = self.identifier_with_pointer(self.end - name.len(), "outputs")?;
                return Ok(Expression {
                    mistake: None,
                    root: Root::Workflow {
                        workflow,
                        inputs,
                        field,
                    },
                    pointer,
                    at: all,
                });
            }
        }
        let message = format!(
            "expected `.inputs.NAME` or `.outputs.NAME` behind `$workflows.{}`",
            workflow.text
        );
        Err(Self::error(Mistake::Syntax, all, message))
    }

    /// `identifier-strict`: letters, digits, `-` and `_`.
    fn strict_identifier(&self, from: usize, what: &str) -> Result<Name, SyntaxError> {
        let rest = &self.text[from..self.end];
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(Self::error(
                Mistake::Syntax,
                self.start..self.end,
                format!("expected {what}, found `{rest}`"),
            ));
        }
        Ok(self.name(from..from + length))
    }

    /// `identifier [ "#" json-pointer ]`
    fn identifier_with_pointer(&self, from: usize, what: &str) -> Result<(Name, Option<Pointer>), SyntaxError> {
        let rest = &self.text[from..self.end];
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(Self::error(
                Mistake::Syntax,
                self.start..self.end,
                format!("expected a name behind `{what}.`"),
            ));
        }
        let name = self.name(from..from + length);
        match rest[length..].chars().next() {
            None => Ok((name, None)),
            Some('#') => Ok((name, Some(self.pointer(from + length + 1)?))),
            Some('[') => {
                let dotted = &rest[length..];
                let mut error = Self::error(
                    Mistake::Syntax,
                    from + length..self.end,
                    "an index in brackets; expected `#` and a JSON Pointer",
                );
                error.help = Some(format!(
                    "write `{}#{}`",
                    &self.text[self.start..from + length],
                    dotted_to_pointer(dotted)
                ));
                let Some(pointer) = self.dotted(from + length) else {
                    return Err(error);
                };
                error.kind = Mistake::BracketIndex;
                self.mistake.replace(Some(error));
                Ok((name, Some(pointer)))
            }
            Some(found) => {
                let at = from + length..from + length + found.len_utf8();
                Err(Self::error(
                    Mistake::Syntax,
                    at,
                    format!("`{found}` cannot be part of a name"),
                ))
            }
        }
    }

    /// Members and indices as JavaScript writes them: `.a[0]['b']`. `None` for anything else.
    fn dotted(&self, from: usize) -> Option<Pointer> {
        let mut tokens = Vec::new();
        let mut position = from;
        while position < self.end {
            let rest = &self.text[position..self.end];
            let (at, next) = if let Some(behind) = rest.strip_prefix('.') {
                let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
                let length = behind.find(|letter| !plain(letter)).unwrap_or(behind.len());
                (position + 1..position + 1 + length, position + 1 + length)
            } else {
                let inner = &rest.strip_prefix('[')?[..rest.find(']')? - 1];
                let quoted = inner.len() >= 2 && inner.starts_with(['\'', '"']) && inner.ends_with(['\'', '"']);
                let word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
                if !quoted
                    && (inner.len() < 2 || !inner.chars().all(word))
                    && crate::source::array_index(inner).is_none()
                {
                    return None;
                }
                let skip = usize::from(quoted);
                (
                    position + 1 + skip..position + 1 + inner.len() - skip,
                    position + 2 + inner.len(),
                )
            };
            if at.is_empty() {
                return None;
            }
            tokens.push(self.name(at));
            position = next;
        }
        Some(Pointer {
            tokens,
            at: from..self.end,
        })
    }

    fn pointer(&self, from: usize) -> Result<Pointer, SyntaxError> {
        let text = &self.text[from..self.end];
        let at = from..self.end;
        if text.is_empty() {
            return Ok(Pointer { tokens: Vec::new(), at });
        }
        if !text.starts_with('/') {
            let mut error = Self::error(
                Mistake::Pointer,
                at,
                format!("a JSON Pointer starts with `/`, found `{text}`"),
            );
            let meant = dotted_to_pointer(text.trim_start_matches(['#', '.']));
            error.help = Some(format!(
                "write `{}#{meant}`",
                self.text[self.start..from].trim_end_matches('#')
            ));
            return Err(error);
        }
        let mut tokens = Vec::new();
        let mut position = from + 1;
        for token in text[1..].split('/') {
            let at = position..position + token.len();
            position = at.end + 1;
            if let Some(bad) = token.find(['{', '}']) {
                return Err(Self::error(
                    Mistake::Pointer,
                    at.start + bad..at.start + bad + 1,
                    "a brace cannot be part of a JSON Pointer in an expression",
                ));
            }
            let text = unescape(token).ok_or_else(|| {
                let mut error = Self::error(
                    Mistake::Pointer,
                    at.clone(),
                    "a `~` in a JSON Pointer is followed by `0` or `1`",
                );
                error.help = Some("write `~0` for `~` and `~1` for `/`".to_owned());
                error
            })?;
            tokens.push(Name { text, at });
        }
        Ok(Pointer { tokens, at })
    }
}

/// Unescapes a reference token of RFC 6901, section 3; `None` for a `~` without `0` or `1`.
#[must_use]
pub fn unescape(token: &str) -> Option<String> {
    let mut text = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        match character {
            '~' => match characters.next() {
                Some('0') => text.push('~'),
                Some('1') => text.push('/'),
                _ => return None,
            },
            other => text.push(other),
        }
    }
    Some(text)
}

/// Escapes a reference token of RFC 6901, section 3.
#[must_use]
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// `.a[0].b` as `/a/0/b`.
#[must_use]
pub fn dotted_to_pointer(dotted: &str) -> String {
    dotted
        .split(['.', '[', ']', '/'])
        .map(|part| part.trim_matches(['\'', '"', ' ']))
        .filter(|part| !part.is_empty())
        .map(|part| format!("/{}", escape(part)))
        .collect()
}

/// `tchar` of RFC 9110, section 5.6.2.
#[must_use]
pub fn is_token_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

/// A piece of a string that embeds expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// `{expression}`, with the byte range of the expression without its braces.
    Expression(Expression),
}

/// Splits a string at its embedded expressions. `{` that is not followed by `$` and a letter is
/// text, as are braces that never close.
///
/// # Errors
/// An embedding that is meant as an expression (`{$` and a letter) but is none by the grammar.
pub fn template(text: &str) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    split(text, has_known_root)
}

/// The same, with every embedding whose root is unknown as text.
///
/// # Errors
/// An embedding that has a known root but is not a valid expression.
pub fn template_of_known(text: &str) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    split(text, |_| false)
}

fn split(text: &str, is_meant: impl Fn(&str) -> bool) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    let mut pieces = Vec::new();
    let mut errors = Vec::new();
    let mut literal = String::new();
    let mut position = 0;
    while let Some(open) = text[position..].find("{$").map(|found| position + found) {
        let close = text[open..].find('}').map(|found| open + found);
        let inner = open + 1..close.unwrap_or(text.len());
        literal.push_str(&text[position..open]);
        let (Some(close), true) = (close, looks_like_expression(&text[inner.clone()])) else {
            literal.push_str(&text[open..open + 2]);
            position = open + 2;
            continue;
        };
        match parse_in(text, inner.clone()) {
            Ok(expression) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Expression(expression));
            }
            Err(error) if error.kind == Mistake::UnknownRoot && !is_meant(&text[inner.clone()]) => {
                literal.push_str(&text[open..=close]);
            }
            Err(error) => errors.push(error),
        }
        position = close + 1;
    }
    literal.push_str(&text[position..]);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    if errors.is_empty() { Ok(pieces) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Root {
        parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")).root
    }

    fn tokens(text: &str) -> Vec<String> {
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        expression
            .pointer
            .map(|pointer| pointer.tokens.into_iter().map(|name| name.text).collect())
            .unwrap_or_default()
    }

    /// Arazzo 1.1.0, "Runtime Expressions", ABNF and the table of examples.
    #[test]
    fn every_root_of_the_grammar_is_read() {
        assert_eq!(root("$url"), Root::Url);
        assert_eq!(root("$method"), Root::Method);
        assert_eq!(root("$statusCode"), Root::StatusCode);
        assert_eq!(root("$self"), Root::SelfUri);
        assert!(matches!(root("$request.header.accept"), Root::Request(Part::Header(name)) if name.text == "accept"));
        assert!(matches!(root("$request.path.id"), Root::Request(Part::Path(name)) if name.text == "id"));
        assert!(matches!(root("$request.query.a[b]"), Root::Request(Part::Query(name)) if name.text == "a[b]"));
        assert_eq!(tokens("$request.body#/user/uuid"), ["user", "uuid"]);
        assert_eq!(tokens("$response.body#/items/0/id"), ["items", "0", "id"]);
        assert_eq!(tokens("$response.body#/a~1b/m~0n"), ["a/b", "m~n"]);
        assert!(matches!(
            root("$response.header.X-Rate-Limit"),
            Root::Response(Part::Header(_))
        ));
        assert!(matches!(root("$message.payload#/status"), Root::Message(Part::Payload)));
        assert!(matches!(root("$inputs.x-api-key"), Root::Input(name) if name.text == "x-api-key"));
        assert!(matches!(root("$inputs.a.b"), Root::Input(name) if name.text == "a.b"));
        assert_eq!(tokens("$inputs.customer#/firstName"), ["firstName"]);
        assert!(matches!(root("$outputs.bar"), Root::Output(_)));
        assert_eq!(tokens("$steps.someStepId.outputs.pets#/0/id"), ["0", "id"]);
        assert!(matches!(
            root("$workflows.foo.inputs.username"),
            Root::Workflow { inputs: true, .. }
        ));
        assert!(matches!(
            root("$workflows.foo.outputs.bar"),
            Root::Workflow { inputs: false, .. }
        ));
        assert!(
            matches!(root("$sourceDescriptions.petstore.get.Pet By Id"), Root::Source { reference, .. } if reference.text == "get.Pet By Id")
        );
        assert!(matches!(root("$components.parameters.foo"), Root::Component { .. }));
    }

    #[test]
    fn mistakes_are_pointed_at() {
        for (text, kind, at) in [
            ("$input.x", Mistake::UnknownRoot, "$input"),
            ("$response.foo", Mistake::Syntax, "foo"),
            ("$response.body.id[*]", Mistake::Syntax, ".id[*]"),
            ("$steps.a.outputs.b[].c", Mistake::Syntax, "[].c"),
            ("$response.body#id", Mistake::Pointer, "id"),
            ("$response.body#/a~2", Mistake::Pointer, "a~2"),
            ("$steps.a.output.b", Mistake::Syntax, ".output.b"),
            ("$statusCode.x", Mistake::Syntax, ".x"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.kind, &text[error.at.clone()]), (kind, at), "{text}");
        }
    }

    #[test]
    fn what_has_one_obvious_meaning_is_read_so() {
        for (text, kind, at, pointer) in [
            ("$response.headers.X", Mistake::HeadersPlural, "headers", &[][..]),
            (
                "$response.body.a-b[0]['c d']",
                Mistake::BodyPointer,
                ".a-b[0]['c d']",
                &["a-b", "0", "c d"],
            ),
            ("$steps.a.outputs.b[0].c", Mistake::BracketIndex, "[0].c", &["0", "c"]),
            ("$inputs.list[12]", Mistake::BracketIndex, "[12]", &["12"]),
        ] {
            let mistake = parse(text).unwrap().mistake.unwrap();
            assert_eq!((mistake.kind, &text[mistake.at.clone()]), (kind, at), "{text}");
            assert_eq!(tokens(text), pointer, "{text}");
        }
    }

    #[test]
    fn templates_are_split_at_embeddings() {
        let pieces = template("https://{$inputs.host}/api/{id}/{$5}").unwrap();
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[0], Piece::Text("https://".into()));
        assert!(matches!(&pieces[1], Piece::Expression(expression) if expression.at == (9..21)));
        assert_eq!(pieces[2], Piece::Text("/api/{id}/{$5}".into()));
        assert_eq!(template("plain").unwrap(), [Piece::Text("plain".into())]);
        assert_eq!(template("{$inputs.").unwrap(), [Piece::Text("{$inputs.".into())]);
        assert!(template("{$inputs.}").is_err());
    }
}
