//! Phase 3: the grammar of simple conditions.
//!
//! `||` has the lowest precedence, followed by `&&`, `!` and a single comparison. Operands are literals and runtime
//! expressions, optionally followed by `.member` and `[index]`. Arazzo 1.1.0, "Criterion Object".

mod parser;

use parser::Parser;

use crate::syntax::expression::{Bytes, Expression, SyntaxError};

/// A simple condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// At least one passes.
    Or(Vec<Condition>),
    /// All pass.
    And(Vec<Condition>),
    /// It does not pass.
    Not(Box<Condition>),
    /// Two operands compared.
    Compare(Operand, Operator, Operand),
    /// One operand on its own.
    Bare(Operand),
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// An operand with its location.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// What it is.
    pub kind: OperandKind,
    /// The location.
    pub at: Bytes,
}

/// What an operand is.
#[derive(Clone, Debug, PartialEq)]
pub enum OperandKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string without its quotes; `true` if it was in double quotes, which the grammar does not allow.
    Text(String, bool),
    /// A runtime expression; members and indices after it are tokens of its pointer.
    Expression(Expression),
}

/// Parses a simple condition.
///
/// # Errors
/// The first deviation from the grammar.
pub fn parse(text: &str) -> Result<Condition, SyntaxError> {
    let mut parser = Parser {
        text,
        position: 0,
        operands: 0,
        depth: 0,
    };
    let condition = parser.or()?;
    parser.blank();
    if parser.position < text.len() {
        let rest = &text[parser.position..];
        let expected = if rest.starts_with('=') {
            "`==`"
        } else {
            "an operator or the end of the condition"
        };
        let mut error = parser.error_here(format!("expected {expected}, found `{rest}`"));
        error.help = operator_help(rest);
        return Err(error);
    }
    Ok(condition)
}

/// Returns a suggestion for an operator that is not in the grammar.
fn operator_help(rest: &str) -> Option<String> {
    let length = rest
        .find(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or(rest.len());
    let help = match rest[..length].to_ascii_lowercase().as_str() {
        "and" => "the operator is `&&`",
        "or" => "the operator is `||`",
        "is" | "eq" | "equals" => "the operator is `==`",
        "ne" => "the operator is `!=`",
        "contains" | "matches" | "like" | "in" => "write a criterion of `type: regex` or `type: jsonpath`",
        _ if rest.starts_with("=~") || rest.starts_with('~') => {
            "write a criterion of `type: regex`, with the value as its `context` and the pattern as its `condition`"
        }
        _ if rest.starts_with("<>") => "the operator is `!=`",
        _ if rest.starts_with('=') => "the operator for equality is `==`",
        _ if rest.starts_with(['+', '-', '*', '/', '%']) => "conditions do not support arithmetic",
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::expression;

    /// Writes the condition with every group in parentheses.
    fn shape(text: &str) -> String {
        fn operand(operand: &Operand) -> String {
            match &operand.kind {
                OperandKind::Null => "null".into(),
                OperandKind::Bool(value) => value.to_string(),
                OperandKind::Number(text) => text.clone(),
                OperandKind::Text(text, _) => format!("'{text}'"),
                OperandKind::Expression(expression) => {
                    let tokens = expression.pointer.iter().flat_map(|pointer| &pointer.tokens);
                    let tokens: Vec<&str> = tokens.map(|name| &*name.text).collect();
                    format!(
                        "{}{}",
                        root(&expression.root),
                        tokens.iter().map(|token| format!("/{token}")).collect::<String>()
                    )
                }
            }
        }
        fn root(root: &expression::Root) -> String {
            match root {
                expression::Root::StatusCode => "status".into(),
                expression::Root::Response(expression::Part::Body) => "body".into(),
                expression::Root::Response(expression::Part::Header(name)) => format!("header:{}", name.text),
                expression::Root::Input(name) => format!("input:{}", name.text),
                expression::Root::Step { step, output } => format!("{}:{}", step.text, output.text),
                other => format!("{other:?}"),
            }
        }
        fn go(condition: &Condition) -> String {
            let join =
                |parts: &[Condition], with: &str| format!("({})", parts.iter().map(go).collect::<Vec<_>>().join(with));
            match condition {
                Condition::Or(parts) => join(parts, " || "),
                Condition::And(parts) => join(parts, " && "),
                Condition::Not(inner) => format!("!{}", go(inner)),
                Condition::Compare(left, operator, right) => {
                    format!("{} {operator:?} {}", operand(left), operand(right))
                }
                Condition::Bare(bare) => operand(bare),
            }
        }
        go(&parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")))
    }

    #[test]
    fn conditions_of_the_specification() {
        assert_eq!(shape("$statusCode == 200"), "status Equal 200");
        assert_eq!(shape("$statusCode==200"), "status Equal 200");
        assert_eq!(
            shape("$response.body.count > $inputs.threshold"),
            "body/count Greater input:threshold"
        );
        assert_eq!(
            shape("$statusCode == 200 && $response.body.data != null"),
            "(status Equal 200 && body/data NotEqual null)"
        );
        assert_eq!(shape("$response.body#/0 == null"), "body/0 Equal null");
        assert_eq!(
            shape("$response.header.X-Rate-Limit>=1"),
            "header:X-Rate-Limit GreaterOrEqual 1"
        );
    }

    #[test]
    fn or_binds_weaker_than_and_than_not() {
        assert_eq!(shape("true || false && !true"), "(true || (false && !true))");
        assert_eq!(shape("(true || false) && !(1 < 2)"), "((true || false) && !1 Less 2)");
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(shape("$inputs.a == 'it''s'"), "input:a Equal 'it's'");
        assert_eq!(shape("$inputs.a == ''"), "input:a Equal ''");
    }

    #[test]
    fn members_and_indices_follow_any_expression() {
        assert_eq!(shape("$response.body[0].name == 'x'"), "body/0/name Equal 'x'");
        assert_eq!(shape("$response.body#/a[2]['b c'].d == 1"), "body/a/2/b c/d Equal 1");
        assert_eq!(
            shape("$steps.s.outputs.items[0].id != null"),
            "s:items/0/id NotEqual null"
        );
    }

    #[test]
    fn helps_say_what_to_write() {
        for (text, help) in [
            ("$inputs.a == NULL", "write `null`"),
            ("$inputs.a == True", "write `true`"),
            ("$inputs.a == 1 and $inputs.b == 2", "the operator is `&&`"),
            ("$inputs.a == 1 or $inputs.b == 2", "the operator is `||`"),
            ("{$statusCode} == 200", "write `$statusCode` without braces"),
            ("$inputs.a === 1", "the operators are `==` and `!=`"),
            ("$inputs.a <> 1", "expected a literal"),
            ("$statusCode == +5", "write `5`"),
            ("$statusCode == 01", "write `1`"),
            ("$statusCode == -01.", "write `-1`"),
            ("$statusCode == .5", "add a zero before the decimal point: `0.5`"),
        ] {
            let error = parse(text).unwrap_err();
            let said = error.help.unwrap_or(error.message);
            assert!(said.contains(help), "{text}: {said}");
        }
        let help = parse("$response.body#/x =~ /a/").unwrap_err().help.unwrap();
        assert!(help.contains("type: regex"), "{help}");
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, at) in [
            ("$statusCode = 200", "="),
            ("$statusCode == 200 == 201", "2"),
            ("$statusCode ==", "="),
            ("($statusCode == 200", "("),
            ("$statusCode == ok", "ok"),
            ("$inputs.a == 'x", "'x"),
            ("1 < 2 < 3", "3"),
            ("!$inputs.a == 1", "$inputs.a"),
            ("$response.body[x] == 1", "x"),
            ("$statusCode == +5", "+5"),
            ("$statusCode == 01", "01"),
            ("$statusCode == 1.", "1."),
            ("$statusCode == 1e", "1e"),
            ("{$statusCode} == 200", "{"),
            ("", ""),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(&text[error.at.clone()], at, "{text}: {}", error.message);
        }
        assert!(parse(&"(".repeat(5000)).is_err());
        assert!(parse(&"!".repeat(5000)).is_err());
    }
}
