//! The grammar.

use super::{Condition, Operand, OperandKind, Operator};
use crate::syntax::expression::{self, Expression, Mistake, Name, Pointer, SyntaxError};

/// Maximum nesting of parentheses and `!`.
pub(super) const DEPTH: usize = 64;

/// Maximum number of operands in one condition.
pub(super) const OPERANDS: usize = 512;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
    pub(super) operands: usize,
    pub(super) depth: usize,
}

/// Returns the digits and points at the start of a text.
pub(super) fn first_number(text: &str) -> &str {
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
    &text[..end.unwrap_or(text.len())]
}

/// Returns whether a word is a `number` of RFC 8259, section 6, to which the grammar of conditions refers.
pub(super) fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|power| digits(power.strip_prefix(['+', '-']).unwrap_or(power)))
}

/// Returns the number of bytes of an expression at the start of `text`: up to white space, a bracket, a parenthesis or
/// an operator.
pub(super) fn expression_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut length = 0;
    while let Some(&byte) = bytes.get(length) {
        let next = bytes.get(length + 1).copied();
        let ends = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b'<' | b'>' | b'=' | b'[' | b']' | b',' => true,
            b'!' => next == Some(b'='),
            b'&' | b'|' => next == Some(byte),
            _ => false,
        };
        if ends {
            break;
        }
        length += 1;
    }
    length
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    pub(super) fn blank(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, word: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(word);
        if found {
            self.position += word.len();
        }
        found
    }

    pub(super) fn error_here(&self, message: impl Into<String>) -> SyntaxError {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        SyntaxError {
            kind: Mistake::Syntax,
            at: self.position..self.position + width,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn or(&mut self) -> Result<Condition, SyntaxError> {
        let mut parts = vec![self.and()?];
        while self.eat("||") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Condition::Or(parts)
        })
    }

    fn and(&mut self) -> Result<Condition, SyntaxError> {
        let mut parts = vec![self.not()?];
        while self.eat("&&") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Condition::And(parts)
        })
    }

    fn not(&mut self) -> Result<Condition, SyntaxError> {
        self.blank();
        if self.rest().starts_with('!') && !self.rest().starts_with("!=") {
            self.position += 1;
            return Ok(Condition::Not(Box::new(self.deeper(Self::operand_of_not)?)));
        }
        self.comparison()
    }

    /// `!` is followed by a group, another `!`, or a single operand; never by a comparison without parentheses.
    fn operand_of_not(&mut self) -> Result<Condition, SyntaxError> {
        self.blank();
        if self.rest().starts_with(['!', '(']) {
            return self.not();
        }
        let operand = self.operand()?;
        if self.operator().is_some() {
            let mut error = self.error_here("`!` cannot be applied to a comparison without parentheses");
            error.at = operand.at;
            error.help = Some("add parentheses around the comparison, or invert its operator".to_owned());
            return Err(error);
        }
        Ok(Condition::Bare(operand))
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, SyntaxError>) -> Result<T, SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error_here(format!("nested more than {DEPTH} levels deep")));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn comparison(&mut self) -> Result<Condition, SyntaxError> {
        if self.eat("(") {
            let start = self.position - 1;
            let inner = self.deeper(Self::or)?;
            if !self.eat(")") {
                let mut error = self.error_here("unclosed parenthesis");
                error.at = start..start + 1;
                return Err(error);
            }
            if self.operator().is_some() {
                return Err(self.error_here("a group in parentheses cannot be compared"));
            }
            return Ok(inner);
        }
        let left = self.operand()?;
        let Some(operator) = self.operator() else {
            return Ok(Condition::Bare(left));
        };
        let right = self.operand()?;
        if self.operator().is_some() {
            self.blank();
            let mut error = self.error_here("comparisons cannot be chained");
            error.help = Some("combine two comparisons with `&&`".to_owned());
            return Err(error);
        }
        Ok(Condition::Compare(left, operator, right))
    }

    fn operator(&mut self) -> Option<Operator> {
        for (word, operator) in [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ] {
            if self.eat(word) {
                return Some(operator);
            }
        }
        None
    }

    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        self.blank();
        self.operands += 1;
        if self.operands > OPERANDS {
            return Err(self.error_here(format!("more than {OPERANDS} operands")));
        }
        let start = self.position;
        let kind = match self.rest().chars().next() {
            Some('$') => OperandKind::Expression(self.expression()?),
            Some('\'') => OperandKind::Text(self.quoted('\'')?, false),
            Some('"') => OperandKind::Text(self.quoted('"')?, true),
            Some('-' | '+' | '0'..='9') => self.number()?,
            Some(first) if first.is_ascii_alphabetic() => self.word()?,
            Some(first) => {
                let mut error = self.error_here("expected a literal or a runtime expression");
                let rest = self.rest();
                error.help = match first {
                    '{' if rest.starts_with("{$") => {
                        let inner = rest[1..].split('}').next().unwrap_or("");
                        Some(format!("write `{inner}` without braces"))
                    }
                    '=' => Some("the operators are `==` and `!=`".to_owned()),
                    '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => Some(format!(
                        "add a zero before the decimal point: `0{}`",
                        first_number(rest)
                    )),
                    _ => None,
                };
                return Err(error);
            }
            None => {
                let mut error = self.error_here("expected an operand, found the end of the condition");
                error.at = self.text.len().saturating_sub(1)..self.text.len();
                return Err(error);
            }
        };
        Ok(Operand {
            kind,
            at: start..self.position,
        })
    }

    fn word(&mut self) -> Result<OperandKind, SyntaxError> {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let kind = match word {
            "true" => OperandKind::Bool(true),
            "false" => OperandKind::Bool(false),
            "null" => OperandKind::Null,
            _ => {
                let mut error = self.error_here(format!("`{word}` is neither a literal nor a runtime expression"));
                error.at = self.position..self.position + length;
                let root = format!("${word}");
                error.help = Some(match word {
                    _ if ["null", "true", "false"].contains(&word.to_ascii_lowercase().as_str()) => {
                        format!("write `{}`", word.to_ascii_lowercase())
                    }
                    "nil" | "None" | "undefined" => "write `null`".to_owned(),
                    "and" | "AND" => "the operator is `&&`".to_owned(),
                    "or" | "OR" => "the operator is `||`".to_owned(),
                    "not" | "NOT" => "the operator is `!`".to_owned(),
                    _ if expression::has_known_root(&root) => format!("write `{root}`"),
                    _ => format!("strings must be in single quotes: `'{word}'`"),
                });
                return Err(error);
            }
        };
        self.position += length;
        Ok(kind)
    }

    fn number(&mut self) -> Result<OperandKind, SyntaxError> {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '+' | '-')))
            .unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        if !is_number(&word) {
            let mut error = self.error_here(format!("`{word}` is not a valid number"));
            error.at = self.position..self.position + length;
            let (sign, digits) = match word.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", word.strip_prefix('+').unwrap_or(&word)),
            };
            let mended = format!("{sign}{}", digits.trim_start_matches('0').trim_end_matches('.'));
            error.help = is_number(&mended).then(|| format!("write `{mended}`"));
            return Err(error);
        }
        self.position += length;
        Ok(OperandKind::Number(word))
    }

    /// Reads a string literal; a quote inside is written twice.
    fn quoted(&mut self, quote: char) -> Result<String, SyntaxError> {
        let start = self.position;
        let mut value = String::new();
        let mut characters = self.text[start + 1..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            if character != quote {
                value.push(character);
            } else if characters.peek().is_some_and(|&(_, next)| next == quote) {
                value.push(quote);
                characters.next();
            } else {
                self.position = start + 1 + offset + 1;
                return Ok(value);
            }
        }
        let mut error = self.error_here("unclosed string");
        error.at = start..self.text.len();
        Err(error)
    }

    fn expression(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position;
        let length = expression_length(&self.text[start..]);
        let mut end = start + length;
        let mut tokens = Vec::new();
        // After a body, `.member` belongs to the grammar of the condition, not of the expression.
        let lexeme = &self.text[start..end];
        for body in ["$response.body", "$request.body", "$message.payload"] {
            if lexeme.strip_prefix(body).is_some_and(|rest| rest.starts_with('.')) {
                end = start + body.len();
            }
        }
        let mut expression = expression::parse_in(self.text, start..end)?;
        self.position = end;
        loop {
            let rest = &self.text[self.position..];
            if let Some(behind) = rest.strip_prefix('.') {
                let length = behind
                    .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-')))
                    .unwrap_or(behind.len());
                if length == 0 {
                    return Err(self.error_here("expected a name after `.`"));
                }
                let at = self.position + 1..self.position + 1 + length;
                tokens.push(Name {
                    text: behind[..length].to_owned(),
                    at: at.clone(),
                });
                self.position = at.end;
            } else if let Some(behind) = rest.strip_prefix('[') {
                let Some(close) = behind.find(']') else {
                    return Err(self.error_here("unclosed bracket"));
                };
                let index = behind[..close].trim();
                let text = index
                    .strip_prefix(['\'', '"'])
                    .and_then(|name| name.strip_suffix(['\'', '"']))
                    .or_else(|| crate::source::array_index(index).map(|_| index));
                let at = self.position + 1..self.position + 1 + close;
                let Some(text) = text else {
                    let mut error = self.error_here(format!(
                        "`{index}` is not an index; expected a non-negative number or a quoted name"
                    ));
                    error.at = at;
                    return Err(error);
                };
                tokens.push(Name {
                    text: text.to_owned(),
                    at: at.clone(),
                });
                self.position = at.end + 1;
            } else {
                break;
            }
        }
        if !tokens.is_empty() {
            let from = tokens[0].at.start;
            let pointer = expression.pointer.get_or_insert_with(|| Pointer {
                tokens: Vec::new(),
                at: from..from,
            });
            pointer.tokens.extend(tokens);
            pointer.at.end = self.position;
            expression.at.end = self.position;
        }
        Ok(expression)
    }
}
