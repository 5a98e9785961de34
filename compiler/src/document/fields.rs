//! Reads the fields of one object: checks which are present, which types they have, and which are unknown.

use super::{Text, Version};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, rule, similar};
use crate::source::{Cursor, Data, Entry, Span};

pub(super) fn field_needs_1_1(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &rule::FIELD_NEEDS_1_1,
        span,
        format!("{what} requires Arazzo 1.1, but this document declares version 1.0"),
    )
    .help("write `arazzo: 1.1.0` in the first line")
}

/// Maximum number of unknown fields of one object that are reported.
const UNKNOWN_FIELDS: usize = 25;

/// The fields of one object, read one after the other. What is left at the end is unknown.
pub(super) struct Fields<'a, 'd> {
    at: Cursor<'a>,
    what: &'static str,
    version: Version,
    known: Vec<&'static str>,
    diagnostics: &'d mut Diagnostics,
}

/// The largest number that a field can have: a duration of 2^53 seconds. `f64` represents every integer up to it.
const LARGEST: f64 = 9_007_199_254_740_992.0;

impl<'a, 'd> Fields<'a, 'd> {
    pub(super) fn new(
        at: Cursor<'a>,
        what: &'static str,
        version: Version,
        diagnostics: &'d mut Diagnostics,
    ) -> Option<Self> {
        if at.is_object() {
            return Some(Self {
                at,
                what,
                version,
                known: Vec::new(),
                diagnostics,
            });
        }
        let message = format!("expected an object ({what}), found {}", at.kind());
        let meant = at
            .as_str()
            .filter(|text| what == "Criterion Object" && !text.contains('\n'));
        diagnostics.push(
            Diagnostic::new(&rule::NOT_AN_OBJECT, at.span(), message)
                .help_if(meant.map(|text| format!("write `condition: {text}`"))),
        );
        None
    }

    pub(super) fn known(&mut self, key: &'static str) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    pub(super) fn optional(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.known(key);
        self.at.entry(key)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn missing(&mut self, key: &'static str) {
        let name = ["stepId", "workflowId", "name", "reference"]
            .iter()
            .find_map(|&id| self.at.get(id)?.as_str());
        let which = name.map_or_else(String::new, |name| format!(" `{name}`"));
        let first = self.at.members().next().map_or(self.at.span(), |entry| entry.key_span);
        let message = format!("missing field `{key}` in this {}{which}", self.what);
        let meant = similar(
            key,
            self.at
                .members()
                .map(|entry| entry.key)
                .filter(|found| !self.known.contains(found)),
        );
        let help = meant.map_or_else(
            || format!("add `{key}: …`"),
            |found| format!("similar field `{found}` found here"),
        );
        self.diagnostics
            .push(Diagnostic::new(&rule::MISSING_FIELD, first, message).help(help));
    }

    pub(super) fn required(&mut self, key: &'static str) -> Option<Entry<'a>> {
        let entry = self.optional(key);
        if entry.is_none() {
            self.missing(key);
        }
        entry
    }

    pub(super) fn since_1_1(&mut self, key: &'static str) -> Option<Entry<'a>> {
        let entry = self.optional(key)?;
        if self.version < Version::V1_1 {
            self.diagnostics
                .push(field_needs_1_1(&format!("the field `{key}`"), entry.key_span));
            return None;
        }
        Some(entry)
    }

    pub(super) fn wrong_type(&mut self, entry: Entry<'a>, expected: &str) {
        let message = format!("`{}` must be {expected}, found {}", entry.key, entry.value.kind());
        let blank = matches!(entry.value.node().data, Data::Null);
        let diagnostic = Diagnostic::new(&rule::WRONG_TYPE, entry.value.span(), message);
        self.diagnostics
            .push(diagnostic.help_if(blank.then(|| format!("remove `{}`, or add a value", entry.key))));
    }

    pub(super) fn as_text(&mut self, entry: Entry<'a>) -> Option<Text<'a>> {
        let mut value = entry.value.as_str();
        if value.is_none() && matches!(entry.value.node().data, Data::Number(_) | Data::Bool(_)) {
            value = entry.value.scalar_text();
            let (key, text) = (entry.key, value.unwrap_or(""));
            let message = format!("`{key}` must be a string, found {}", entry.value.kind());
            self.diagnostics.push(
                Diagnostic::new(&rule::UNQUOTED_STRING, entry.value.span(), message)
                    .help(format!("add quotes: `{key}: \"{text}\"`")),
            );
        } else if value.is_none() {
            self.wrong_type(entry, "a string");
        }
        Some(Text {
            value: value?,
            at: entry.value,
        })
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text<'a>> {
        self.optional(key).and_then(|entry| self.as_text(entry))
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> Option<Text<'a>> {
        self.required(key).and_then(|entry| self.as_text(entry))
    }

    pub(super) fn array(&mut self, entry: Option<Entry<'a>>) -> Vec<Cursor<'a>> {
        let Some(entry) = entry else { return Vec::new() };
        if !matches!(entry.value.node().data, Data::Array(_)) {
            self.wrong_type(entry, "an array");
        }
        entry.value.items().collect()
    }

    pub(super) fn list(&mut self, key: &'static str) -> Vec<Cursor<'a>> {
        let entry = self.optional(key);
        self.array(entry)
    }

    pub(super) fn non_empty(&mut self, entry: Option<Entry<'a>>) -> Vec<Cursor<'a>> {
        let items = self.array(entry);
        if let Some(entry) =
            entry.filter(|entry| matches!(&entry.value.node().data, Data::Array(items) if items.is_empty()))
        {
            let message = format!("`{}` must have at least one entry", entry.key);
            self.diagnostics
                .push(Diagnostic::new(&rule::EMPTY_LIST, entry.key_span, message));
        }
        items
    }

    pub(super) fn non_empty_list(&mut self, key: &'static str) -> Vec<Cursor<'a>> {
        let entry = self.optional(key);
        self.non_empty(entry)
    }

    pub(super) fn required_list(&mut self, key: &'static str) -> Vec<Cursor<'a>> {
        let entry = self.required(key);
        self.non_empty(entry)
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Vec<Text<'a>> {
        let items = self.list(key);
        let mut texts = Vec::new();
        for at in items {
            match at.as_str() {
                Some(value) => texts.push(Text { value, at }),
                None => {
                    let message = format!("`{key}` must contain strings, found {}", at.kind());
                    self.diagnostics
                        .push(Diagnostic::new(&rule::WRONG_TYPE, at.span(), message));
                }
            }
        }
        texts
    }

    pub(super) fn map(&mut self, key: &'static str) -> Vec<Entry<'a>> {
        let Some(entry) = self.optional(key) else {
            return Vec::new();
        };
        if !entry.value.is_object() {
            self.wrong_type(entry, "an object");
        }
        entry.value.members().collect()
    }

    pub(super) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<(T, Span)> {
        let text = self.text(key)?;
        let found = words
            .iter()
            .find(|(word, _)| *word == text.value)
            .map(|&(_, value)| (value, text.span()));
        if found.is_none() {
            let list: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            let message = format!("invalid `{key}`: `{}`; expected one of {}", text.value, list.join(", "));
            let meant = similar(text.value, words.iter().map(|&(word, _)| word));
            let diagnostic = Diagnostic::new(&rule::INVALID_ENUM_VALUE, text.span(), message);
            self.diagnostics
                .push(diagnostic.help_if(meant.map(|word| format!("write `{key}: {word}`"))));
        }
        found
    }

    pub(super) fn number(&mut self, entry: Entry<'a>, negative: &'static Rule) -> Option<(f64, Span)> {
        let Data::Number(text) = &entry.value.node().data else {
            self.wrong_type(entry, "a number");
            return None;
        };
        let number: f64 = text.parse().unwrap_or(f64::INFINITY);
        if number > LARGEST {
            let message = format!("`{}` must be at most {LARGEST:.0}, found {text}", entry.key);
            self.diagnostics
                .push(Diagnostic::new(&rule::WRONG_TYPE, entry.value.span(), message));
            return None;
        }
        if number < 0.0 {
            let message = format!("`{}` must not be negative, found {text}", entry.key);
            self.diagnostics
                .push(Diagnostic::new(negative, entry.value.span(), message));
            return None;
        }
        Some((number, entry.value.span()))
    }

    pub(super) fn integer(&mut self, entry: Entry<'a>, negative: &'static Rule) -> Option<(u64, Span)> {
        let (number, span) = self.number(entry, negative)?;
        let Data::Number(text) = &entry.value.node().data else {
            return None;
        };
        match text.parse::<u64>() {
            Ok(value) => Some((value, span)),
            // `5.0` is an integer in JSON Schema 2020-12, section 6.1.1.
            Err(_) if number.fract() == 0.0 && number < 9e15 => {
                format!("{number:.0}").parse().ok().map(|value| (value, span))
            }
            Err(_) => {
                self.wrong_type(entry, "an integer");
                None
            }
        }
    }

    pub(super) fn finish(self) {
        self.finish_with(&rule::UNKNOWN_FIELD);
    }

    pub(super) fn finish_with(self, rule: &'static Rule) {
        let mut unknown = 0;
        for entry in self.at.members() {
            if self.known.contains(&entry.key) || entry.key.starts_with("x-") {
                continue;
            }
            unknown += 1;
            // A file of a different kind has more unknown fields than anyone reads.
            if unknown > UNKNOWN_FIELDS {
                return;
            }
            let message = format!("unknown field `{1}` in the {0}", self.what, entry.key);
            let meant = similar(
                entry.key,
                self.known.iter().copied().filter(|key| self.at.get(key).is_none()),
            );
            let help = match meant {
                Some(key) => format!("a field with a similar name exists: `{key}`"),
                None => format!("the fields are {}; extensions start with `x-`", self.known.join(", ")),
            };
            self.diagnostics
                .push(Diagnostic::new(rule, entry.key_span, message).help(help));
        }
    }
}
