//! Reads YAML 1.2 into nodes with positions: the core schema, anchors as links, and the merge key `<<` of YAML 1.1,
//! which other readers support and published files use.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::error::{Problem, SyntaxError};
use super::node::{Data, Member, Node, Range, Style};
use super::{limit, subset};

/// Reads the YAML document in `text`.
pub(super) fn read(text: &str) -> Result<Node, SyntaxError> {
    read_part(text, 0, limit::DEPTH)
}

/// Reads lines that are a complete document and start at byte `base` of a file, with at most `depth` levels of nesting.
/// Positions are relative to the file.
pub(super) fn read_part(text: &str, base: usize, depth: usize) -> Result<Node, SyntaxError> {
    match subset::read(text, base, depth) {
        Some(node) => Ok(node),
        None => parse(text, base, depth),
    }
}

/// Reads lines with the parser.
pub(super) fn parse(text: &str, base: usize, depth: usize) -> Result<Node, SyntaxError> {
    // YAML refuses keys longer than 1024 characters, but JSON does not. JSON documents are also read here if their file
    // name does not identify them.
    let options = granit_parser::options! {
        simple_key_max_lookahead: 8192,
        flow_nesting_limit: depth,
        block_nesting_limit: depth,
        emit_unresolved_aliases: true,
    };
    let mut builder = Builder {
        text,
        base,
        depth,
        stack: Vec::new(),
        anchors: HashMap::new(),
        root: None,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| builder.scan_error(&error))?;
        builder.event(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node {
        range: Range::new(base, base),
        style: Style::Plain,
        data: Data::Null,
    }))
}

/// A collection that is still open.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    Array(Vec<Node>),
    Object(Vec<Member>, Option<(Box<str>, Range)>),
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    pub(super) base: usize,
    depth: usize,
    stack: Vec<Open>,
    anchors: HashMap<usize, Arc<Node>>,
    root: Option<Node>,
}

impl Builder<'_> {
    fn scan_error(&self, error: &ScanError) -> SyntaxError {
        let start = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let width = self
            .text
            .get(start..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        let message = error.info();
        let deep = message.contains("nesting") || message.contains("recursion");
        SyntaxError {
            problem: if deep { Problem::LimitExceeded } else { Problem::Syntax },
            message,
            range: Range::new(self.base + start, self.base + start + width),
            related: None,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), SyntaxError> {
        let bytes = span.byte_range().unwrap_or(0..0);
        let bytes = self.base + bytes.start..self.base + bytes.end;
        let range = Range::new(bytes.start, bytes.end);
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(error(range, "expected a single YAML document, found a second one"))
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(target) => {
                    let data = Data::Link(Arc::clone(target));
                    self.complete(
                        Node {
                            range,
                            style: Style::Plain,
                            data,
                        },
                        0,
                    )
                }
                None => Err(error(range, "this alias refers to the node that contains it")),
            },
            Event::UnresolvedAlias(name) => Err(error(range, format!("alias `*{name}` refers to an undefined anchor"))),
            Event::Scalar(value, style, anchor, tag) => {
                if let Some(Open {
                    content: Content::Object(_, key @ None),
                    ..
                }) = self.stack.last_mut()
                {
                    // A key is its text, whatever its YAML type: `200:` is "200".
                    let name = if style == ScalarStyle::Plain && bytes.is_empty() {
                        Cow::Borrowed("")
                    } else {
                        value
                    };
                    *key = Some((name.into(), range));
                    if anchor != 0 {
                        let data = Data::String(key.as_ref().map_or_else(Box::default, |(name, _)| name.clone()));
                        self.anchors.insert(
                            anchor,
                            Arc::new(Node {
                                range,
                                style: Style::Plain,
                                data,
                            }),
                        );
                    }
                    return Ok(());
                }
                let node = self.scalar(&value, style, tag.as_deref(), range, bytes.is_empty())?;
                self.complete(node, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.open(range, anchor, Content::Array(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.open(range, anchor, Content::Object(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes),
            _ => Ok(()),
        }
    }

    /// Handles the end of a collection.
    fn close(&mut self, bytes: std::ops::Range<usize>) -> Result<(), SyntaxError> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let (data, last) = match open.content {
            Content::Array(items) => {
                let last = items.last().map(|item| item.range.end);
                (Data::Array(items), last)
            }
            Content::Object(members, _) => {
                let members = self.merged(members)?;
                let last = members
                    .last()
                    .map(|member| member.value.range.end.max(member.key_range.end));
                (Data::Object(members), last)
            }
        };
        // A block collection has no closing character: it ends with its last child, not at the start of the next token.
        let end = if bytes.is_empty() {
            last.map_or(bytes.end, |last| last as usize)
        } else {
            bytes.end
        };
        let node = Node {
            range: Range::new(open.start, end),
            style: Style::Plain,
            data,
        };
        self.complete(node, open.anchor)
    }

    fn open(&mut self, range: Range, anchor: usize, content: Content) -> Result<(), SyntaxError> {
        if let Some(Open {
            content: Content::Object(_, None),
            ..
        }) = self.stack.last()
        {
            return Err(error(range, "keys must be strings, found a collection"));
        }
        if self.stack.len() >= self.depth {
            let mut error = error(range, format!("nested more than {} levels deep", limit::DEPTH));
            error.problem = Problem::LimitExceeded;
            return Err(error);
        }
        self.stack.push(Open {
            start: range.start as usize,
            anchor,
            content,
        });
        Ok(())
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), SyntaxError> {
        let node = if anchor == 0 {
            node
        } else {
            let node = shared(node);
            let (range, style) = (node.range, node.style);
            let target = Arc::new(node);
            self.anchors.insert(anchor, Arc::clone(&target));
            Node {
                range,
                style,
                data: Data::Link(target),
            }
        };
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open {
                content: Content::Array(items),
                ..
            }) => items.push(node),
            Some(Open {
                content: Content::Object(members, key),
                ..
            }) => match key.take() {
                Some((key, key_range)) => members.push(Member {
                    key,
                    key_range,
                    value: node,
                }),
                None => match &node.target().data {
                    Data::String(text) => *key = Some((text.clone(), node.range)),
                    _ => return Err(error(node.range, "keys must be strings, found an alias")),
                },
            },
        }
        Ok(())
    }

    fn scalar(
        &self,
        value: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        range: Range,
        empty: bool,
    ) -> Result<Node, SyntaxError> {
        let written = match style {
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
            ScalarStyle::Plain => Style::Plain,
        };
        let core = tag.and_then(Tag::core_suffix);
        let data = match core {
            Some("str") => Data::String(if empty { Box::default() } else { value.into() }),
            Some("null" | "bool" | "int" | "float") => plain(value, range)?,
            _ if written != Style::Plain => Data::String(value.into()),
            _ if empty => Data::Null,
            _ => plain(value, range)?,
        };
        let range = match written {
            // For a block scalar, the range of the event ends at the next token.
            Style::Block => {
                let (start, end) = (range.start as usize, range.end as usize);
                let text = self.text.get(start - self.base..end - self.base).unwrap_or("");
                Range::new(start, start + text.trim_end().len())
            }
            _ => range,
        };
        Ok(Node {
            range,
            style: written,
            data,
        })
    }
}

/// Returns a mapping whose values are links, so that merging them elsewhere copies nothing.
fn shared(mut node: Node) -> Node {
    if let Data::Object(members) = &mut node.data {
        for Member { value, .. } in members {
            let (range, style) = (value.range, value.style);
            if !matches!(value.data, Data::Link(_)) {
                let own = std::mem::replace(
                    value,
                    Node {
                        range,
                        style,
                        data: Data::Null,
                    },
                );
                value.data = Data::Link(Arc::new(own));
            }
        }
    }
    node
}

pub(super) fn error(range: Range, message: impl Into<String>) -> SyntaxError {
    SyntaxError {
        problem: Problem::Syntax,
        message: message.into(),
        range,
        related: None,
    }
}

/// Reads a plain scalar by the core schema of YAML 1.2, section 10.3.2.
pub(super) fn plain(value: &str, range: Range) -> Result<Data, SyntaxError> {
    Ok(match value {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => {
            return Err(error(
                range,
                format!("`{value}` cannot be represented in JSON; add quotes if it is text"),
            ));
        }
        _ => number(value).map_or_else(|| Data::String(value.into()), Data::Number),
    })
}

/// Returns the JSON spelling of a YAML number, if `value` is a number.
fn number(value: &str) -> Option<Box<str>> {
    if let Some(digits) = value.strip_prefix("0x") {
        return u128::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|n| n.to_string().into());
    }
    if let Some(digits) = value.strip_prefix("0o") {
        return u128::from_str_radix(digits, 8)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|n| n.to_string().into());
    }
    let (sign, rest) = match value.as_bytes().first()? {
        b'-' => ("-", &value[1..]),
        b'+' => ("", &value[1..]),
        b'0'..=b'9' | b'.' => ("", value),
        _ => return None,
    };
    let exponent_at = rest.find(['e', 'E']).unwrap_or(rest.len());
    let (mantissa, exponent) = rest.split_at(exponent_at);
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !fraction.is_none_or(all_digits) || whole.len() + fraction.map_or(0, str::len) == 0 {
        return None;
    }
    if !exponent.is_empty() {
        let power = exponent[1..].strip_prefix(['+', '-']).unwrap_or(&exponent[1..]);
        if power.is_empty() || !all_digits(power) {
            return None;
        }
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let fraction = match fraction {
        None => String::new(),
        Some("") => ".0".to_owned(),
        Some(digits) => format!(".{digits}"),
    };
    Some(format!("{sign}{whole}{fraction}{exponent}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(node: &Node) -> Vec<(&str, String)> {
        let Data::Object(members) = &node.target().data else {
            return Vec::new();
        };
        let value = |node: &Node| match &node.target().data {
            Data::String(text) | Data::Number(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        members
            .iter()
            .map(|member| (&*member.key, value(&member.value)))
            .collect()
    }

    /// Tests the examples and the rule of precedence in <https://yaml.org/type/merge.html>.
    #[test]
    fn merge_keys_are_merged() {
        let text = "c: &c { x: 1, y: 2 }\nl: &l { x: 0, y: 2 }\nb: &b { r: 10 }\ns: &s { r: 1 }\n\
                    one: { <<: *c, r: 10 }\ntwo: { <<: [*c, *b] }\nthree: { <<: [*b, *l, *s], x: 1 }\n\
                    late: { x: 9, <<: *c }\nquoted: { \"<<\": 1 }\ninline: { <<: { a: 1 }, b: 2 }\n";
        let root = read(text).unwrap();
        let Data::Object(members) = &root.data else { panic!() };
        let of = |key: &str| keys(&members.iter().find(|member| &*member.key == key).unwrap().value);
        let pairs = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().map(|(key, value)| (*key, (*value).to_owned()));
            pairs.collect::<Vec<_>>()
        };
        assert_eq!(of("one"), pairs(&[("x", "1"), ("y", "2"), ("r", "10")]));
        assert_eq!(of("two"), pairs(&[("x", "1"), ("y", "2"), ("r", "10")]));
        assert_eq!(of("three"), pairs(&[("r", "10"), ("y", "2"), ("x", "1")]));
        assert_eq!(of("late"), pairs(&[("x", "9"), ("y", "2")]));
        assert_eq!(of("quoted"), pairs(&[("<<", "1")]));
        assert_eq!(of("inline"), pairs(&[("a", "1"), ("b", "2")]));
        let one = members.iter().find(|member| &*member.key == "one").unwrap();
        let Data::Object(merged) = &one.value.target().data else {
            panic!()
        };
        assert_eq!(
            &text[merged[0].key_range.start as usize..][..4],
            "x: 1",
            "the place of the merged member"
        );
        for wrong in [
            "a: { <<: 1 }",
            "a: { <<: [1] }",
            "a: { <<: }",
            "a: { <<: { b: 1 }, <<: { c: 1 } }",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    /// Each line merges the previous one twice: shared nodes are not copied.
    #[test]
    fn merges_do_not_multiply() {
        let mut text = String::from("a0: &a0 { x: { y: 1 } }\n");
        for line in 1..200 {
            let before = line - 1;
            text.push_str(&format!(
                "a{line}: &a{line} {{ <<: *a{before}, k{line}: {{ <<: *a{before} }} }}\n"
            ));
        }
        assert!(read(&text).is_ok());
    }

    fn number_of(value: &str) -> Option<String> {
        number(value).map(String::from)
    }

    /// YAML 1.2.2, section 10.3.2: the regular expressions of the core schema.
    #[test]
    fn numbers_follow_the_core_schema() {
        for (yaml, json) in [
            ("0", "0"),
            ("-12", "-12"),
            ("+7", "7"),
            ("007", "7"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("1.50", "1.50"),
            (".5", "0.5"),
            ("-.5e3", "-0.5e3"),
            ("1.", "1.0"),
            ("1e+9", "1e+9"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(number_of(yaml).as_deref(), Some(json), "{yaml}");
        }
        for text in [
            "", "-", ".", "1_000", "12:30", "0x", "1e", "1.2.3", "1.0.1", "e5", "--1", "0b1", "+", "0x+1",
        ] {
            assert_eq!(number_of(text), None, "{text}");
        }
    }
}
