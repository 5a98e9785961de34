//! XPath 1.0, and which engine an expression needs.

use super::complexity::{Bounds, excess};
use super::{Engine, Engines, Refusal, too_complex};
use crate::diagnostic::rule;

/// Up to these limits, 2 MiB of stack are enough for `xmloxide`, which is the stack of an executor's thread. Only more
/// than 128 levels or 512 operators need that much.
const BOUNDS: Bounds = Bounds {
    depth: 64,
    operators: 250,
    length: 8192,
    escapes: false,
};

/// Checks an expression, and returns the engine that evaluates it.
pub(super) fn engine(query: &str, version: Option<&str>, engines: Engines) -> Result<Engine, Refusal> {
    if let Some(reason) = excess(query, BOUNDS) {
        return Err(too_complex(&rule::XPATH_SYNTAX, query, &reason));
    }
    let later = matches!(version, Some("xpath-20" | "xpath-30" | "xpath-31"));
    let first = version == Some("xpath-10") || (!later && !engines.xpath31);
    let reason = match xpath10(query) {
        Ok(()) if first => return Ok(Engine::XPath),
        Ok(()) => String::new(),
        Err(reason) if version == Some("xpath-10") => {
            return Err(Refusal {
                rule: &rule::XPATH_SYNTAX,
                message: format!("`{query}` is not a valid XPath 1.0 expression: {reason}"),
                help: None,
                at: None,
            });
        }
        Err(reason) => reason,
    };
    engines.xpath31(query, &reason)
}

/// The functions of XPath 1.0, section 4, with their minimum and maximum number of arguments.
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

/// Checks that a text is an XPath 1.0 expression; returns the reason if it is not.
fn xpath10(query: &str) -> Result<(), String> {
    let expression = xmloxide::xpath::parser::parse(query).map_err(|error| error.to_string())?;
    known(&expression)
}

fn known(expression: &xmloxide::xpath::ast::Expr) -> Result<(), String> {
    use xmloxide::xpath::ast::{Expr, Step};
    let steps = |steps: &[Step]| {
        let mut predicates = steps.iter().flat_map(|step| &step.predicates);
        predicates.try_for_each(known)
    };
    match expression {
        Expr::Number(_) | Expr::String(_) => Ok(()),
        Expr::Variable(name) => Err(format!("unknown variable `${name}`")),
        Expr::BinaryOp { left, right, .. } | Expr::Union(left, right) => known(left).and_then(|()| known(right)),
        Expr::UnaryNeg(inner) => known(inner),
        Expr::FunctionCall { name, args } => {
            let Some((_, fewest, most)) = FUNCTIONS.iter().find(|(known, ..)| known == name) else {
                return Err(format!("unknown function `{name}`"));
            };
            if args.len() < *fewest || args.len() > *most {
                return Err(format!("`{name}` does not accept {} arguments", args.len()));
            }
            args.iter().try_for_each(known)
        }
        Expr::Path { steps: all } | Expr::RootPath { steps: all } => steps(all),
        Expr::Filter { expr, predicates } => known(expr).and_then(|()| predicates.iter().try_for_each(known)),
        Expr::FilterPath { expr, steps: all } => known(expr).and_then(|()| steps(all)),
    }
}
