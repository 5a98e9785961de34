//! Phase 3: the grammar of runtime expressions and of strings that embed them.
//!
//! Input: a string. Output: an [`Expression`] or [`Template`] with the byte range of every name,
//! so that a later phase can point at it. The grammar is the ABNF of the Arazzo Specification
//! 1.1.0, "Runtime Expressions".

mod parser;
mod pointer;
mod template;

use std::cell::RefCell;

use parser::Parser;

pub use pointer::dotted_to_pointer;
pub use pointer::escape;
pub use pointer::is_token_char;
pub use pointer::unescape;
pub use template::Piece;
pub use template::template;
pub use template::template_of_known;

/// A half-open range of bytes in the string that was parsed.
pub type Bytes = std::ops::Range<usize>;

/// A name with its location in the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as written.
    pub text: String,
    /// The location.
    pub at: Bytes,
}

/// A runtime expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What it refers to.
    pub root: Root,
    /// The unescaped tokens of the JSON Pointer after `#`; `None` without a `#`.
    pub pointer: Option<Pointer>,
    /// The whole expression.
    pub at: Bytes,
    /// A deviation from the grammar with an obvious meaning.
    pub mistake: Option<Box<SyntaxError>>,
}

/// A JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Its tokens, unescaped.
    pub tokens: Vec<Name>,
    /// The range from after the `#` to the end.
    pub at: Bytes,
}

/// The part of a message that a value is taken from.
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

/// The start of an expression.
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
        /// Whether the field is `inputs`; otherwise it is `outputs`.
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

/// Why a string is not an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The kind of mistake.
    pub kind: Mistake,
    /// The location.
    pub at: Bytes,
    /// What was found and what was expected.
    pub message: String,
    /// The correct spelling.
    pub help: Option<String>,
}

/// The kinds of mistakes that have their own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The first word is not a known root.
    UnknownRoot,
    /// The part after `#` is not a JSON Pointer.
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

/// Returns whether a string is meant as an expression: it starts with `$` and a letter. `$.items[*]` and `$5` are
/// literals.
#[must_use]
pub fn looks_like_expression(text: &str) -> bool {
    text.strip_prefix('$')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Returns whether the first word of `text` is a root of the grammar, or similar to one.
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

/// Parses the expression in `text[at]`; locations are relative to the start of `text`.
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
