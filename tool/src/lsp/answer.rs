//! Answers to requests.

use std::sync::Arc;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::editor::{self, Item, Kind, View};
use arazzo_compiler::source::{File, FileId, Replaced, Span};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CompletionItem, CompletionItemKind, CompletionTextEdit,
    DocumentSymbol, FoldingRange, Hover, HoverContents, Location, MarkupContent, MarkupKind, Position, Range,
    RenameParams, SymbolKind, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::{Value, json};

use super::position::{offset, position, range};
use super::session::{Open, Session};
use crate::graph;

/// The answer to a request; `None` if the method is unknown.
///
/// # Errors
/// The request cannot be answered, in words for the user.
pub(super) fn answer(session: &Session, method: &str, params: Value) -> Result<Option<Value>, String> {
    Ok(Some(match method {
        "textDocument/completion" => completion(session, &at(params)?),
        "textDocument/hover" => hover(session, &at(params)?),
        "textDocument/definition" => definition(session, &at(params)?),
        "textDocument/references" => references(session, &at(params)?),
        "textDocument/prepareRename" => prepare_rename(session, &at(params)?),
        "textDocument/rename" => rename(session, &read(params)?)?,
        "textDocument/documentSymbol" => symbols(session, &uri(&params)?),
        "textDocument/foldingRange" => folding(session, &uri(&params)?),
        "textDocument/codeAction" => actions(session, &read(params)?),
        "arazzo/flow" => flow(session, &uri(&params)?),
        _ => return Ok(None),
    }))
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

fn at(params: Value) -> Result<TextDocumentPositionParams, String> {
    read(params)
}

fn uri(params: &Value) -> Result<Uri, String> {
    read(params["textDocument"]["uri"].clone())
}

/// Looks at an open document. `None` if it is not open.
fn look<R>(session: &Session, uri: &Uri, look: impl FnOnce(&View<'_, '_>, &Options, FileId, &Open) -> R) -> Option<R> {
    let open = session.document(uri)?;
    let options = session.options(&open.path);
    let library = session.library();
    let label = path_in(&options, open);
    editor::inspect(&options, &library, |view| {
        Some(look(view, &options, view.file(&label)?, open))
    })
}

/// The path of an open document relative to its package, as in the options of its macro call.
fn path_in(options: &Options, open: &Open) -> String {
    let mut all = std::iter::once(&options.document).chain(&options.further);
    let own = all.find(|document| super::session::plain(&options.package.join(document)) == open.path);
    own.unwrap_or(&options.document).clone()
}

fn completion(session: &Session, at: &TextDocumentPositionParams) -> Value {
    let Some(open) = session.document(&at.text_document.uri) else {
        return json!([]);
    };
    let text = &open.file.text;
    let place = offset(text, at.position);
    let options = session.options(&open.path);
    let label = path_in(&options, open);
    // What is being written may not be YAML yet: without its line, the rest is.
    let start = text[..place].rfind('\n').map_or(0, |end| end + 1);
    let end = text[place..].find('\n').map_or(text.len(), |end| place + end);
    let blank = format!("{}{}{}", &text[..start], " ".repeat(end - start), &text[end..]);
    let library = session.library();
    let path = options.package.join(&label);
    let without = Replaced {
        library: &library,
        path: &path,
        file: Arc::new(File::parse(&path, blank.into_bytes())),
    };
    let complete = |view: &View<'_, '_>| view.file(&label).map(|file| view.complete(file, text, place));
    let found = if open.file.root.is_ok() {
        editor::inspect(&options, &library, complete)
    } else {
        editor::inspect(&options, &without, complete)
    };
    let items = found.unwrap_or_default().into_iter().enumerate().map(|(index, found)| {
        let start = position(&open.file, u32::try_from(found.start).unwrap_or_default());
        CompletionItem {
            kind: Some(match found.kind {
                Kind::Field => CompletionItemKind::FIELD,
                Kind::Word => CompletionItemKind::ENUM_MEMBER,
                Kind::Operation => CompletionItemKind::METHOD,
                Kind::Name => CompletionItemKind::REFERENCE,
                Kind::Value => CompletionItemKind::VARIABLE,
            }),
            detail: Some(found.detail).filter(|detail| !detail.is_empty()),
            // The order of the description, not of the alphabet.
            sort_text: Some(format!("{index:05}")),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range: Range::new(start, at.position),
                new_text: found.label.clone(),
            })),
            label: found.label,
            ..CompletionItem::default()
        }
    });
    json!(items.collect::<Vec<_>>())
}

fn hover(session: &Session, at: &TextDocumentPositionParams) -> Value {
    let Some(open) = session.document(&at.text_document.uri) else {
        return Value::Null;
    };
    let place = offset(&open.file.text, at.position);
    let found = look(session, &at.text_document.uri, |view, _, file, _| {
        view.hover(file, place)
    })
    .flatten();
    let mut text = found.as_ref().map_or_else(String::new, |hover| hover.text.clone());
    let options = session.options(&open.path);
    let compilation = compile(&options, &session.library());
    for problem in &compilation.diagnostics {
        let here = problem
            .span
            .and_then(|span| Session::location(&options, &compilation.bundle.sources, span));
        let is_here = here.is_some_and(|here| {
            super::position::path(&here.uri) == Some(open.path.clone())
                && here.range.start <= at.position
                && at.position <= here.range.end
        });
        if is_here {
            let rule = problem.rule;
            text.push_str(&format!(
                "\n---\n\n`{}`: the rule requires that {}.\n\n{}\n",
                rule.code, rule.summary, rule.docs
            ));
        }
    }
    if text.is_empty() {
        return Value::Null;
    }
    json!(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: text,
        }),
        range: found.map(|hover| range(&open.file, hover.span.range)),
    })
}

fn definition(session: &Session, at: &TextDocumentPositionParams) -> Value {
    let found = look(session, &at.text_document.uri, |view, options, file, open| {
        let span = view.definition(file, offset(&open.file.text, at.position))?;
        Session::location(options, &view.bundle.sources, span)
    });
    json!(found.flatten())
}

fn references(session: &Session, at: &TextDocumentPositionParams) -> Value {
    let found = look(session, &at.text_document.uri, |view, options, file, open| {
        let (symbol, _) = view.symbol(file, offset(&open.file.text, at.position))?;
        let spans = view.occurrences_of(symbol).into_iter();
        let places = spans.filter_map(|span| Session::location(options, &view.bundle.sources, span));
        Some(places.collect::<Vec<Location>>())
    });
    json!(found.flatten())
}

fn prepare_rename(session: &Session, at: &TextDocumentPositionParams) -> Value {
    let found = look(session, &at.text_document.uri, |view, _, file, open| {
        let (_, span) = view.symbol(file, offset(&open.file.text, at.position))?;
        Some(range(&open.file, span.range))
    });
    json!(found.flatten())
}

/// Renames what is at a place, if the document compiles as well as before with the new name.
fn rename(session: &Session, params: &RenameParams) -> Result<Value, String> {
    let at = &params.text_document_position;
    let name = &params.new_name;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !name.contains(|letter: char| letter.is_ascii_alphanumeric()) || !name.chars().all(allowed) {
        return Err(format!(
            "`{name}` is not a name: names consist of letters, digits, `_` and `-`"
        ));
    }
    let found = look(session, &at.text_document.uri, |view, _, file, open| {
        let (symbol, _) = view.symbol(file, offset(&open.file.text, at.position))?;
        Some(view.occurrences_of(symbol))
    });
    let spans: Vec<Span> = found.flatten().ok_or("nothing here can be renamed")?;
    let open = session.file(&at.text_document.uri).ok_or("the document is not open")?;
    if spans.iter().any(|span| span.file != spans[0].file) {
        return Err("the name is used in several documents; change it in each of them".to_owned());
    }
    let mut text = open.file.text.to_string();
    for span in spans
        .iter()
        .rev()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .rev()
    {
        text.replace_range(span.range.start as usize..span.range.end as usize, name);
    }
    let options = session.options(&open.path);
    let library = session.library();
    let path = options.package.join(path_in(&options, open));
    let changed = Replaced {
        library: &library,
        path: &path,
        file: Arc::new(File::parse(&path, text.into_bytes())),
    };
    let problems = |compilation: &arazzo_compiler::Compilation| {
        let all = compilation.diagnostics.iter();
        let errors = all.filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| problem.message.clone()).collect::<Vec<_>>()
    };
    let (before, after) = (
        problems(&compile(&options, &session.library())),
        problems(&compile(&options, &changed)),
    );
    let mut known = before;
    for message in after {
        match known.iter().position(|other| *other == message) {
            Some(at) => {
                known.swap_remove(at);
            }
            None => return Err(format!("with this name, there would be an error: {message}")),
        }
    }
    let edits = spans.iter().map(|span| TextEdit {
        range: range(&open.file, span.range),
        new_text: name.clone(),
    });
    Ok(edit(&at.text_document.uri, edits.collect()))
}

fn edit(uri: &Uri, edits: Vec<TextEdit>) -> Value {
    // A URI as a key of a map is text.
    json!({ "changes": { uri.as_str(): edits } })
}

fn symbols(session: &Session, uri: &Uri) -> Value {
    let found = look(session, uri, |view, _, file, open| {
        let items = view.outline(file).into_iter();
        items.map(|item| symbol(item, &open.file)).collect::<Vec<_>>()
    });
    json!(found.unwrap_or_default())
}

fn symbol(item: Item, file: &File) -> DocumentSymbol {
    let (whole, name) = (range(file, item.span.range), range(file, item.name_span.range));
    #[allow(deprecated, reason = "the type has the field")]
    DocumentSymbol {
        kind: match item.kind {
            "workflow" => SymbolKind::MODULE,
            "step" => SymbolKind::FUNCTION,
            "input" => SymbolKind::FIELD,
            _ => SymbolKind::PROPERTY,
        },
        name: item.name,
        detail: Some(item.detail).filter(|detail| !detail.is_empty()),
        tags: None,
        deprecated: None,
        // The protocol wants the name inside of the whole.
        range: Range::new(whole.start.min(name.start), whole.end.max(name.end)),
        selection_range: name,
        children: Some(item.children.into_iter().map(|child| symbol(child, file)).collect()),
    }
}

/// Objects and lists of several lines, by their indentation.
fn folding(session: &Session, uri: &Uri) -> Value {
    let Some(open) = session.file(uri) else {
        return json!([]);
    };
    let lines: Vec<&str> = open.file.text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let mut ranges = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if !line.trim_end().ends_with([':', '{', '[', '|', '>']) {
            continue;
        }
        let own = indent(line);
        let rest = lines[number + 1..].iter();
        let inside = rest
            .take_while(|line| line.trim().is_empty() || indent(line) > own)
            .count();
        let blank = lines[number + 1..number + 1 + inside]
            .iter()
            .rev()
            .take_while(|line| line.trim().is_empty());
        let end = number + inside - blank.count();
        if end > number {
            let line = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            ranges.push(FoldingRange {
                start_line: line(number),
                end_line: line(end),
                ..FoldingRange::default()
            });
        }
    }
    json!(ranges)
}

/// Corrections of the problems at a place, each of which was tried.
fn actions(session: &Session, params: &CodeActionParams) -> Value {
    let uri = &params.text_document.uri;
    let Some(open) = session.file(uri) else {
        return json!([]);
    };
    let options = session.options(&open.path);
    let library = session.library();
    let compilation = compile(&options, &library);
    let mut found = Vec::new();
    for problem in &compilation.diagnostics {
        let place = problem
            .span
            .and_then(|span| Session::location(&options, &compilation.bundle.sources, span));
        let own = |place: &Location| super::position::path(&place.uri).as_deref() == Some(open.path.as_path());
        let Some(place) = place.filter(|place| own(place) && touches(place.range, params.range)) else {
            continue;
        };
        let published = params.context.diagnostics.iter();
        let published =
            published.filter(|known| known.range == place.range && known.message.starts_with(&problem.message));
        let diagnostics: Vec<_> = published.cloned().collect();
        for (index, fix) in editor::fixes(&options, &library, &compilation, problem)
            .into_iter()
            .enumerate()
        {
            let edits = vec![TextEdit {
                range: range(&open.file, fix.span.range),
                new_text: fix.text,
            }];
            let mut action = json!(CodeAction {
                title: fix.title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(diagnostics.clone()),
                is_preferred: Some(index == 0),
                edit: Some(WorkspaceEdit::default()),
                ..CodeAction::default()
            });
            action["edit"] = edit(uri, edits);
            found.push(action);
        }
    }
    json!(found)
}

fn touches(one: Range, other: Range) -> bool {
    let before = |left: Position, right: Position| left <= right;
    before(one.start, other.end) && before(other.start, one.end)
}

/// The flow of all workflows as a Mermaid diagram; `null` for a document with errors.
fn flow(session: &Session, uri: &Uri) -> Value {
    let Some(open) = session.file(uri) else {
        return Value::Null;
    };
    let compilation = compile(&session.options(&open.path), &session.library());
    let plan = compilation.plan.as_ref().filter(|_| !compilation.has_errors());
    json!(plan.map(graph::mermaid))
}
