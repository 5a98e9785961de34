//! Queries that need an engine: JSONPath that is not singular, and XPath.

#[cfg(any(feature = "jsonpath", feature = "xpath"))]
use super::complexity::{self, excess};
use super::value::Place;
use super::{Engine, Query, QueryPiece, Scope, Segment};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::ExpressionType;
use crate::expression::{self, Bytes};
use crate::source::Cursor;

/// Why a query is refused.
struct Refusal {
    rule: &'static rule::Rule,
    message: String,
    help: Option<String>,
    at: Option<Bytes>,
}

impl<'a> Scope<'a, '_> {
    /// The engine of a fixed query, or of a sample of one that is not fixed.
    pub(super) fn engine(
        &mut self,
        kind: &ExpressionType<'a>,
        query: &str,
        at: Cursor<'a>,
        whole: bool,
    ) -> Option<Engine> {
        let checked = if kind.name.value == "jsonpath" {
            jsonpath(query).map(|()| Engine::JsonPath)
        } else {
            xpath(query, kind.version.map(|version| version.value))
        };
        match checked {
            Ok(engine) => Some(engine),
            Err(refusal) => {
                let span = match refusal.at {
                    Some(place) if whole => at.part(place.start, place.end),
                    _ => at.span(),
                };
                self.diagnostics
                    .push(Diagnostic::new(refusal.rule, span, refusal.message).help_if(refusal.help));
                None
            }
        }
    }

    /// `$[?@.id == $inputs.id]`: an expression whose braces were forgotten, read as its value.
    fn jsonpath_unbraced_expression(
        &mut self,
        text: &str,
        found: Bytes,
        at: Cursor<'a>,
        place: &Place<'a>,
    ) -> Option<Query> {
        let inner = &text[found.clone()];
        let expression = expression::parse_in(text, found.clone()).ok()?;
        let reference = self.reference(&expression, at, place);
        let parts = vec![
            Segment::Text(text[..found.start].to_owned()),
            Segment::Reference(reference),
            Segment::Text(text[found.end..].to_owned()),
        ];
        // Outside of a string literal it is a literal itself.
        let mut mark = "";
        let pieces: Vec<QueryPiece> = split(parts, true)
            .into_iter()
            .map(|piece| match piece {
                QueryPiece::Bare(reference) => {
                    mark = "'";
                    QueryPiece::Value(reference)
                }
                other => other,
            })
            .collect();
        let mended = format!("{}{mark}{{{inner}}}{mark}{}", &text[..found.start], &text[found.end..]);
        // What is no query with its braces has no reading either. Without the engine that is not known,
        // which is an error where the reading would be taken.
        let refusal = jsonpath(&sample(&pieces, "0")).err();
        let unknown = |refusal: &Refusal| refusal.rule == &rule::JSONPATH_FEATURE;
        if let Some(refusal) = refusal
            .filter(|refusal| !(unknown(refusal) && self.diagnostics.denies(&rule::JSONPATH_UNBRACED_EXPRESSION)))
        {
            if unknown(&refusal) {
                self.diagnostics
                    .push(Diagnostic::new(refusal.rule, at.span(), refusal.message).help_if(refusal.help));
                return None;
            }
            let message = format!("`{text}` is not a JSONPath query (RFC 9535), with braces around `{inner}` either");
            self.diagnostics
                .push(Diagnostic::new(refusal.rule, at.span(), message).help_if(refusal.help));
            return None;
        }
        self.diagnostics.push(
            Diagnostic::new(
                &rule::JSONPATH_UNBRACED_EXPRESSION,
                at.part(found.start, found.end),
                format!("`{inner}` in a JSONPath query is no expression without braces"),
            )
            .help(format!("write `{mended}`, without quotes for a number")),
        );
        Some(Query {
            engine: Engine::JsonPath,
            pieces,
        })
    }

    /// A condition that may have expressions in it.
    pub(super) fn query(
        &mut self,
        kind: &ExpressionType<'a>,
        text: &str,
        at: Cursor<'a>,
        place: &Place<'a>,
    ) -> Option<Query> {
        let pieces = match expression::template(text) {
            Ok(pieces) => pieces,
            Err(errors) => {
                for error in &errors {
                    self.expression_error(error, at);
                }
                return None;
            }
        };
        let mut segments = self.segments(pieces, at, place);
        if let ([Segment::Text(_)], "jsonpath") = (segments.as_slice(), kind.name.value)
            && let Some(found) = unbraced(text)
        {
            return self.jsonpath_unbraced_expression(text, found, at, place);
        }
        // The end of a line is no part of a query that YAML writes as a block.
        if let Some(Segment::Text(text)) = segments.last_mut() {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if let [Segment::Text(text)] = segments.as_slice() {
            let engine = self.engine(kind, text, at, true)?;
            let pieces = vec![QueryPiece::Text(text.clone())];
            return Some(Query { engine, pieces });
        }
        let jsonpath = kind.name.value == "jsonpath";
        let pieces = split(segments, jsonpath);
        // Whatever the values will be, the text around them must be a query: bare ones stand for a
        // number or for a name.
        let number = sample(&pieces, "0");
        let fits = |sample: &str| {
            if jsonpath {
                self::jsonpath(sample).is_ok()
            } else {
                xpath(sample, kind.version.map(|version| version.value)).is_ok()
            }
        };
        let name = sample(&pieces, "a");
        let engine = self.engine(kind, if fits(&number) { &number } else { &name }, at, false)?;
        Some(Query { engine, pieces })
    }
}

/// Finds the string literals around values.
fn split(segments: Vec<Segment>, escapes: bool) -> Vec<QueryPiece> {
    let mut pieces = Vec::new();
    let mut outside = String::new();
    let mut literal: Option<(char, Vec<Segment>, String)> = None;
    let mut escaped = false;
    for segment in segments {
        let text = match segment {
            Segment::Text(text) => text,
            Segment::Reference(reference) => {
                match &mut literal {
                    Some((_, parts, text)) => {
                        parts.push(Segment::Text(std::mem::take(text)));
                        parts.push(Segment::Reference(reference));
                    }
                    None => {
                        pieces.push(QueryPiece::Text(std::mem::take(&mut outside)));
                        pieces.push(QueryPiece::Bare(reference));
                    }
                }
                continue;
            }
        };
        for letter in text.chars() {
            match &mut literal {
                None if matches!(letter, '\'' | '"') => {
                    pieces.push(QueryPiece::Text(std::mem::take(&mut outside)));
                    literal = Some((letter, Vec::new(), String::new()));
                }
                None => outside.push(letter),
                Some((quote, ..)) if !escaped && letter == *quote => {
                    if let Some((quote, mut parts, text)) = literal.take() {
                        parts.push(Segment::Text(text));
                        pieces.push(QueryPiece::Literal(quote, parts));
                    }
                }
                Some((_, _, text)) => {
                    text.push(letter);
                    escaped = escapes && !escaped && letter == '\\';
                }
            }
        }
    }
    if let Some((quote, parts, text)) = literal {
        // A literal that is never closed: the text as it is, for the engine to refuse.
        outside.push(quote);
        for part in parts {
            if let Segment::Text(text) = part {
                outside.push_str(&text);
            }
        }
        outside.push_str(&text);
    }
    pieces.push(QueryPiece::Text(outside));
    pieces.retain(|piece| !matches!(piece, QueryPiece::Text(text) if text.is_empty()));
    pieces
}

/// An expression of the workflow inside a JSONPath query, whose own `$` is followed by `.` or `[`.
fn unbraced(text: &str) -> Option<Bytes> {
    let roots = [
        "$inputs.",
        "$steps.",
        "$workflows.",
        "$response.",
        "$request.",
        "$statusCode",
    ];
    let start = roots.iter().filter_map(|root| text.find(root)).min()?;
    let rest = &text[start..];
    let length = rest
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || "$._-#/~".contains(letter)))
        .unwrap_or(rest.len());
    let found = start..start + rest[..length].trim_end_matches(['.', '/', '-', '#']).len();
    expression::parse_in(text, found.clone()).is_ok().then_some(found)
}

/// A query with a value in the place of each expression.
fn sample(pieces: &[QueryPiece], bare: &str) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            QueryPiece::Text(piece) => text.push_str(piece),
            QueryPiece::Literal(quote, parts) => {
                text.push(*quote);
                for part in parts {
                    match part {
                        Segment::Text(part) => text.push_str(part),
                        Segment::Reference(_) => text.push('a'),
                    }
                }
                text.push(*quote);
            }
            QueryPiece::Bare(_) | QueryPiece::Value(_) => text.push_str(bare),
        }
    }
    text
}

#[cfg(not(all(feature = "jsonpath", feature = "xpath31")))]
fn feature(name: &str, rule: &'static rule::Rule, what: &str) -> Refusal {
    Refusal {
        rule,
        message: format!("{what} need the feature `{name}` of `arazzo`"),
        help: Some(format!(
            "write `arazzo = {{ version = \"0.1\", features = [\"{name}\"] }}` in Cargo.toml"
        )),
        at: None,
    }
}

#[cfg(not(feature = "jsonpath"))]
fn jsonpath(_: &str) -> Result<(), Refusal> {
    Err(feature(
        "jsonpath",
        &rule::JSONPATH_FEATURE,
        "JSONPath queries that can select more than one value",
    ))
}

#[cfg(feature = "jsonpath")]
fn jsonpath(query: &str) -> Result<(), Refusal> {
    if let Some(reason) = excess(query, complexity::JSONPATH) {
        return Err(too_complex(&rule::JSONPATH_SYNTAX, query, &reason));
    }
    let Err(error) = serde_json_path::JsonPath::parse(query) else {
        return compared_from_the_end(query).map_or(Ok(()), Err);
    };
    let at = error.position().min(query.len().saturating_sub(1));
    let end = query[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
    Err(Refusal {
        rule: &rule::JSONPATH_SYNTAX,
        message: format!("`{query}` is no JSONPath query (RFC 9535): {}", error.message()),
        help: None,
        at: query.is_char_boundary(at).then_some(at..end),
    })
}

/// The engine finds nothing at an index that counts from the end where a filter compares it, as in `$[?@.a == $[-1]]`.
#[cfg(feature = "jsonpath")]
fn compared_from_the_end(query: &str) -> Option<Refusal> {
    let mut text = String::new();
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        text.push(letter);
        if matches!(letter, '\'' | '"') {
            while let Some(inner) = letters.next().filter(|inner| *inner != letter) {
                if inner == '\\' {
                    letters.next();
                }
            }
        }
    }
    let compared = text
        .match_indices('[')
        .any(|(at, _)| is_compared_from_the_end(&text, at));
    compared.then(|| Refusal {
        rule: &rule::UNSUPPORTED,
        message: "an index from the end is not supported in a comparison".to_owned(),
        help: Some("count from the start, or compare in a second criterion".to_owned()),
        at: None,
    })
}

/// Whether the bracket at `at` is an index from the end in a query that a comparison operator is next to.
#[cfg(feature = "jsonpath")]
fn is_compared_from_the_end(text: &str, at: usize) -> bool {
    let inside = text[at + 1..].split(']').next().unwrap_or_default().trim();
    if !inside.starts_with('-') || inside.contains([':', ',']) {
        return false;
    }
    // The operand starts at the nearest `@` or `$` that no bracket separates from here.
    let Some(start) = text[..at].rfind(['@', '$']) else {
        return false;
    };
    let between = &text[start..at];
    if between.matches('[').count() != between.matches(']').count() {
        return false;
    }
    let before = text[..start].trim_end();
    let mut rest = text[at..].trim_start();
    while let Some(segment) = rest.strip_prefix(['[', '.']) {
        rest = if rest.starts_with('[') {
            segment.split_once(']').map_or("", |(_, rest)| rest)
        } else {
            segment.trim_start_matches(|letter: char| letter == '_' || letter.is_alphanumeric())
        };
        rest = rest.trim_start();
    }
    before.ends_with(['=', '<', '>']) || ["==", "!=", "<", ">"].iter().any(|operator| rest.starts_with(operator))
}

#[cfg(any(feature = "jsonpath", feature = "xpath"))]
fn too_complex(rule: &'static rule::Rule, query: &str, reason: &str) -> Refusal {
    let start: String = query.chars().take(40).collect();
    Refusal {
        rule,
        message: format!("the query `{start}…` is too complex: {reason}"),
        help: Some("select less in the query, and split the condition into several criteria".to_owned()),
        at: None,
    }
}

#[cfg(not(feature = "xpath"))]
fn xpath(_: &str, _: Option<&str>) -> Result<Engine, Refusal> {
    Err(feature("xpath", &rule::XPATH_FEATURE, "XPath expressions"))
}

/// Where the document does not say otherwise, an expression is one of XPath 3.1 (Arazzo 1.1.0,
/// "Criterion Object"). Without its engine, what 1.0 can say is evaluated by that of 1.0.
#[cfg(feature = "xpath")]
fn xpath(query: &str, version: Option<&str>) -> Result<Engine, Refusal> {
    if let Some(reason) = excess(query, complexity::XPATH) {
        return Err(too_complex(&rule::XPATH_SYNTAX, query, &reason));
    }
    let later = matches!(version, Some("xpath-20" | "xpath-30" | "xpath-31"));
    let first = version == Some("xpath-10") || (!later && !cfg!(feature = "xpath31"));
    let reason = match xpath10(query) {
        Ok(()) if first => return Ok(Engine::XPath),
        Ok(()) => String::new(),
        Err(reason) if version == Some("xpath-10") => {
            return Err(Refusal {
                rule: &rule::XPATH_SYNTAX,
                message: format!("`{query}` is no XPath 1.0 expression: {reason}"),
                help: None,
                at: None,
            });
        }
        Err(reason) => reason,
    };
    xpath31(query, &reason)
}

#[cfg(all(feature = "xpath", not(feature = "xpath31")))]
fn xpath31(query: &str, reason: &str) -> Result<Engine, Refusal> {
    let mut refusal = feature(
        "xpath31",
        &rule::XPATH31_FEATURE,
        "XPath expressions that version 1.0 cannot say",
    );
    if !reason.is_empty() {
        refusal.message = format!("{}; of `{query}` version 1.0 says: {reason}", refusal.message);
    }
    Err(refusal)
}

#[cfg(feature = "xpath31")]
fn xpath31(query: &str, _: &str) -> Result<Engine, Refusal> {
    if let Some(reason) = excess(query, complexity::XPATH31) {
        return Err(too_complex(&rule::XPATH_SYNTAX, query, &reason));
    }
    xpath31_error(query).map_or(Ok(Engine::XPath31), |reason| {
        Err(Refusal {
            rule: &rule::XPATH_SYNTAX,
            message: format!("`{query}` is not a valid XPath expression: {reason}"),
            help: None,
            at: None,
        })
    })
}

/// What the engine says of an expression. It needs more stack than a thread usually has, and can panic.
#[cfg(feature = "xpath31")]
fn xpath31_error(query: &str) -> Option<String> {
    const STACK: usize = 64 * 1024 * 1024;
    std::thread::scope(|scope| {
        let compile = || {
            xee_xpath::Queries::default()
                .sequence(query)
                .err()
                .map(|error| error.error.to_string())
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, compile);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(error)) => error,
            _ => Some("the engine cannot read it".to_owned()),
        }
    })
}

/// The functions of XPath 1.0, section 4, with the fewest and the most arguments they take.
#[cfg(feature = "xpath")]
const FUNCTIONS: [(&str, usize, usize); 27] = [
    ("last", 0, 0),
    ("position", 0, 0),
    ("count", 1, 1),
    ("id", 1, 1),
    ("local-name", 0, 1),
    ("namespace-uri", 0, 1),
    ("name", 0, 1),
    ("string", 0, 1),
    ("concat", 2, usize::MAX),
    ("starts-with", 2, 2),
    ("contains", 2, 2),
    ("substring-before", 2, 2),
    ("substring-after", 2, 2),
    ("substring", 2, 3),
    ("string-length", 0, 1),
    ("normalize-space", 0, 1),
    ("translate", 3, 3),
    ("boolean", 1, 1),
    ("not", 1, 1),
    ("true", 0, 0),
    ("false", 0, 0),
    ("lang", 1, 1),
    ("number", 0, 1),
    ("sum", 1, 1),
    ("floor", 1, 1),
    ("ceiling", 1, 1),
    ("round", 1, 1),
];

/// Whether a text is an expression of XPath 1.0; if not, why.
#[cfg(feature = "xpath")]
fn xpath10(query: &str) -> Result<(), String> {
    let expression = xmloxide::xpath::parser::parse(query).map_err(|error| error.to_string())?;
    known(&expression)
}

#[cfg(feature = "xpath")]
fn known(expression: &xmloxide::xpath::ast::Expr) -> Result<(), String> {
    use xmloxide::xpath::ast::{Expr, Step};
    let steps = |steps: &[Step]| {
        let mut predicates = steps.iter().flat_map(|step| &step.predicates);
        predicates.try_for_each(known)
    };
    match expression {
        Expr::Number(_) | Expr::String(_) => Ok(()),
        Expr::Variable(name) => Err(format!("there is no variable `${name}`")),
        Expr::BinaryOp { left, right, .. } | Expr::Union(left, right) => known(left).and_then(|()| known(right)),
        Expr::UnaryNeg(inner) => known(inner),
        Expr::FunctionCall { name, args } => {
            let Some((_, fewest, most)) = FUNCTIONS.iter().find(|(known, ..)| known == name) else {
                return Err(format!("there is no function `{name}`"));
            };
            if args.len() < *fewest || args.len() > *most {
                return Err(format!("`{name}` does not take {} arguments", args.len()));
            }
            args.iter().try_for_each(known)
        }
        Expr::Path { steps: all } | Expr::RootPath { steps: all } => steps(all),
        Expr::Filter { expr, predicates } => known(expr).and_then(|()| predicates.iter().try_for_each(known)),
        Expr::FilterPath { expr, steps: all } => known(expr).and_then(|()| steps(all)),
    }
}
