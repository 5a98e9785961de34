//! Finds the operation that a step refers to.

use super::{NamedApi, Scope};
use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document::{self, Text};
use crate::openapi::{Api, Found};
use crate::schema::BrokenReference;
use crate::source::{Span, percent_decode};
use crate::syntax::expression::{self, Root};

/// Maximum number of unresolved references to operations that are reported when an operation is not found.
pub(super) const BROKEN: usize = 3;

pub(super) fn operation_by_pointer<'a>(
    api: Api<'a>,
    pointer: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Found<'a>>, BrokenReference<'a>> {
    let tokens = pointer.strip_prefix('/').unwrap_or("").split('/');
    let tokens: Vec<String> = tokens
        .map(|token| expression::unescape(token).unwrap_or_default())
        .collect();
    match tokens.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["paths", path, "additionalOperations", method] => api.operation_at(path, method, true, diagnostics),
        ["paths", path, method] => api.operation_at(path, method, false, diagnostics),
        _ => Ok(None),
    }
}

impl<'a> Scope<'a, '_> {
    pub(super) fn prefer_operation_id(&mut self, text: Text<'a>, id: &str, api: usize) {
        let name = self
            .apis
            .iter()
            .find(|named| named.index == api)
            .map_or("", |named| named.name);
        let written = if self.apis.len() > 1 {
            format!("$sourceDescriptions.{name}.{id}")
        } else {
            id.to_owned()
        };
        let message = "this operation has an `operationId` but is called by its path";
        self.diagnostics.push(
            Diagnostic::new(&rule::PREFER_OPERATION_ID, text.span(), message)
                .help(format!("write `operationId: {written}`")),
        );
    }

    pub(super) fn operation_by_id(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
        if text.value.starts_with("$sourceDescriptions.") {
            return self.qualified_operation(text);
        }
        let apis: Vec<NamedApi<'a>> = self.apis.to_vec();
        let mut matches: Vec<(NamedApi<'a>, Found<'a>)> = Vec::new();
        for named in &apis {
            matches.extend(named.operations_of(text.value).map(|found| (named.clone(), found)));
        }
        if let Some((source, id)) = text.value.split_once('.')
            && matches.is_empty()
            && let Some(named) = apis.iter().find(|named| named.name == source)
            && let Some(api) = named.api
            && let Some(found) = named.operations_of(id).next()
        {
            let message = format!(
                "unknown operationId `{}`; the source description `{source}` has an operation `{id}`",
                text.value
            );
            self.diagnostics.push(
                Diagnostic::new(&rule::OPERATION_ID_PREFIX, text.span(), message)
                    .help(format!("write `operationId: $sourceDescriptions.{source}.{id}`")),
            );
            return Some((named.index, api, found));
        }
        let sources = self.document.sources.len() - self.units[self.unit].others.len();
        match matches.as_slice() {
            [] => {
                // An API that could not be read may have the operation; that it could not be read is reported
                // elsewhere.
                if apis.iter().any(|named| named.api.is_none()) {
                    None
                } else if apis.is_empty() {
                    self.no_operations(text, text.value, text.span());
                    None
                } else {
                    self.unknown_operation(text.value, text.span(), &apis)
                }
            }
            [(named, found)] => {
                if sources > 1 {
                    self.unqualified_operation(text, named.name);
                }
                Some((named.index, named.api?, *found))
            }
            [first, second, ..] => {
                self.several_operations(text, first, second);
                Some((first.0.index, first.0.api?, first.1))
            }
        }
    }

    /// Reports that two operations have an id: of one source description, or of two.
    fn several_operations(
        &mut self,
        text: Text<'a>,
        first: &(NamedApi<'a>, Found<'a>),
        second: &(NamedApi<'a>, Found<'a>),
    ) {
        let same = first.0.index == second.0.index;
        let (rule, message) = if same {
            let message = format!("duplicate operationId `{}` in `{}`", text.value, first.0.name);
            (&rule::DUPLICATE_OPERATION_ID, message)
        } else {
            let message = format!("ambiguous operationId `{}`", text.value);
            (&rule::AMBIGUOUS_OPERATION, message)
        };
        let help = if same {
            format!(
                "to call the first one, write `operationPath: '{{$sourceDescriptions.{}.url}}#{}'`",
                first.0.name,
                first.1.pointer()
            )
        } else {
            format!(
                "write `operationId: $sourceDescriptions.{}.{}`",
                first.0.name, text.value
            )
        };
        self.diagnostics.push(
            Diagnostic::new(rule, text.span(), message)
                .related(first.1.at.span(), "first operation with this id")
                .related(second.1.at.span(), "second operation with this id")
                .help(help),
        );
    }

    /// Reports that the source descriptions in question are Arazzo documents. One that could not be read was already
    /// reported.
    fn no_operations(&mut self, text: Text<'a>, id: &str, span: Span) {
        let others = &self.units[self.unit].others;
        if others.iter().any(|(_, document)| document.is_none()) {
            return;
        }
        let workflow = others.iter().find_map(|(name, document)| {
            let mut workflows = self.units[(*document)?].document.workflows.iter();
            workflows.find(|workflow| workflow.id.value == id).map(|_| *name)
        });
        let message = format!(
            "unknown operation `{}`: Arazzo documents have workflows, not operations",
            text.value
        );
        let help = match workflow {
            Some(name) => format!("write `workflowId: $sourceDescriptions.{name}.{id}`"),
            None => "add the source description of the API that has the operation".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
    }

    pub(super) fn unqualified_operation(&mut self, text: Text<'a>, source: &str) {
        let message = format!("the operationId `{}` does not name its source description", text.value);
        self.diagnostics.push(
            Diagnostic::new(&rule::UNQUALIFIED_OPERATION, text.span(), message).help(format!(
                "write `operationId: $sourceDescriptions.{source}.{}`",
                text.value
            )),
        );
    }

    fn unknown_operation<'n>(
        &mut self,
        id: &str,
        span: Span,
        apis: &'n [NamedApi<'a>],
    ) -> Option<(usize, Api<'a>, Found<'a>)> {
        let of_api = |named: &'n NamedApi<'a>| named.operations().iter().map(move |(id, found)| (named, *id, *found));
        let all: Vec<(&NamedApi<'a>, Option<&'a str>, Found<'a>)> = apis.iter().flat_map(of_api).collect();
        if let Some((named, Some(known), found)) = all
            .iter()
            .find(|(_, known, _)| known.is_some_and(|known| known.eq_ignore_ascii_case(id)))
        {
            let message = format!("unknown operation `{id}`; an operation with different case exists");
            self.diagnostics
                .push(Diagnostic::new(&rule::OPERATION_ID_CASE, span, message).help(format!("write `{known}`")));
            return Some((named.index, named.api?, *found));
        }
        let meant = similar(id, all.iter().filter_map(|(_, known, _)| *known));
        let broken = apis.iter().filter_map(|named| named.api).flat_map(Api::broken);
        for broken in broken.take(BROKEN) {
            self.diagnostics.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED));
        }
        let names: Vec<String> = apis.iter().map(|named| format!("`{}`", named.name)).collect();
        let message = format!("unknown operation `{id}` in {}", names.join(", "));
        let help = match meant {
            Some(known) => format!("an operation with a similar name exists: `{known}`"),
            None => format!("the description has {} operations; none has a similar name", all.len()),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
        let (named, _, found) = all.iter().find(|(_, known, _)| meant.is_some() && *known == meant)?;
        Some((named.index, named.api?, *found))
    }

    fn qualified_operation(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
        let expression = match expression::parse(text.value) {
            Ok(expression) => expression,
            Err(error) => {
                self.expression_error(&error, text.at);
                return None;
            }
        };
        let Root::Source { source, reference } = &expression.root else {
            return None;
        };
        let Some(named) = self.apis.iter().find(|named| named.name == source.text).cloned() else {
            if self
                .document
                .sources
                .iter()
                .any(|known| known.name.value == source.text)
            {
                let span = text.at.part(source.at.start, source.at.end);
                self.no_operations(text, &reference.text, span);
            } else {
                self.unknown_source(&source.text, text.at.part(source.at.start, source.at.end));
            }
            return None;
        };
        let api = named.api?;
        let mut matches = named.operations_of(&reference.text);
        let (first, second) = (matches.next(), matches.next());
        if let (Some(first), Some(second)) = (first, second) {
            let message = format!("duplicate operationId `{}` in `{}`", reference.text, named.name);
            self.diagnostics.push(
                Diagnostic::new(&rule::DUPLICATE_OPERATION_ID, text.span(), message)
                    .related(first.at.span(), "first operation with this id")
                    .related(second.at.span(), "second operation with this id")
                    .help(format!(
                        "to call the first one, write `operationPath: '{{$sourceDescriptions.{}.url}}#{}'`",
                        named.name,
                        first.pointer()
                    )),
            );
        }
        match first {
            Some(found) => Some((named.index, api, found)),
            None => self.unknown_operation(
                &reference.text,
                text.at.part(reference.at.start, reference.at.end),
                std::slice::from_ref(&named),
            ),
        }
    }

    /// Finds an operation by its path: `{$sourceDescriptions.NAME.url}#/paths/~1pets/get`
    pub(super) fn operation_by_path(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
        let value = text.value;
        let (named, pointer) = self.operation_path(text)?;
        let api = named.api?;
        let start = value.len() - pointer.len();
        // After `#`, a JSON Pointer is percent-encoded (RFC 6901, section 6). A path that contains such triplets itself
        // is found as written.
        let mut found = operation_by_pointer(api, pointer, self.diagnostics);
        if matches!(found, Ok(None)) && pointer.contains('%') {
            found = operation_by_pointer(api, &percent_decode(pointer), self.diagnostics);
        }
        let found = match found {
            Ok(found) => found,
            Err(broken) => {
                self.diagnostics.push(
                    broken
                        .diagnostic(&rule::OPERATION_PATH_UNRESOLVED)
                        .related(text.span(), "required by this operation path"),
                );
                return None;
            }
        };
        if found.is_none() {
            let message = format!("cannot find an operation at `{pointer}` in `{}`", named.name);
            let all: Vec<String> = named.operations().iter().map(|(_, found)| found.pointer()).collect();
            let help = match similar(pointer, all.iter().map(String::as_str)) {
                Some(known) => format!("an operation with a similar path exists: `{known}`"),
                None => "a pointer to an operation has the form `/paths/~1pets~1{id}/get`, with `~1` for each `/` in the path"
                    .to_owned(),
            };
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::OPERATION_PATH_UNRESOLVED,
                    text.at.part(start, value.len()),
                    message,
                )
                .help(help),
            );
        }
        Some((named.index, api, found?))
    }

    /// Splits an operation path into the source description and the pointer.
    fn operation_path(&mut self, text: Text<'a>) -> Option<(NamedApi<'a>, &'a str)> {
        let value = text.value;
        let inside = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((expression, pointer)) = inside.and_then(|(inner, rest)| Some((inner, rest.strip_prefix('#')?)))
        else {
            return self.operation_path_source(text);
        };
        let parsed = match expression::parse_in(value, 1..1 + expression.len()) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.expression_error(&error, text.at);
                return None;
            }
        };
        let Root::Source { source, reference } = &parsed.root else {
            self.operation_path_syntax(text);
            return None;
        };
        if reference.text != "url" {
            self.operation_path_syntax(text);
            return None;
        }
        let named = self.apis.iter().find(|named| named.name == source.text).cloned();
        let known = |known: &document::SourceDescription<'a>| known.name.value == source.text;
        if named.is_none() {
            let span = text.at.part(source.at.start, source.at.end);
            match self.document.sources.iter().find(|source| known(source)) {
                None => self.unknown_source(&source.text, span),
                Some(known) if self.channels.iter().any(|named| named.name == known.name.value) => {
                    let message = format!("`{}` is not an OpenAPI description", known.name.value);
                    self.diagnostics.push(
                        Diagnostic::new(&rule::OPERATION_PATH_UNRESOLVED, span, message)
                            .help("for an AsyncAPI description, use `operationId`, or `channelPath` and `action`"),
                    );
                }
                Some(_) => self.no_operations(text, pointer, span),
            }
        }
        Some((named?, pointer))
    }

    /// Reports `NAME#/paths/…` and similar forms, which name the source description without its URL.
    fn operation_path_source(&mut self, text: Text<'a>) -> Option<(NamedApi<'a>, &'a str)> {
        let written = text.value.split_once('#');
        let name = written.map_or("", |(source, _)| {
            let source = source.trim_matches(['{', '}']);
            let source = source.strip_prefix("$sourceDescriptions.").unwrap_or(source);
            source.strip_suffix(".url").unwrap_or(source)
        });
        let named = self.apis.iter().find(|named| named.name == name).cloned();
        let (Some(named), Some((source, pointer))) = (named, written) else {
            self.operation_path_syntax(text);
            return None;
        };
        self.diagnostics.push(
            Diagnostic::new(
                &rule::OPERATION_PATH_SOURCE,
                text.span(),
                format!("`{source}` is not an expression for the URL of a source description"),
            )
            .help(format!("write `'{{$sourceDescriptions.{name}.url}}#{pointer}'`")),
        );
        Some((named, pointer))
    }

    fn operation_path_syntax(&mut self, text: Text<'a>) {
        let message = format!("`{}` is not a valid operation path", text.value);
        let name = self.apis.first().map_or("NAME", |named| named.name);
        self.diagnostics.push(
            Diagnostic::new(&rule::OPERATION_PATH_SYNTAX, text.span(), message).help(format!(
                "an operation path has the form `'{{$sourceDescriptions.{name}.url}}#/paths/~1pets~1{{id}}/get'`"
            )),
        );
    }
}
