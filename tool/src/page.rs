//! `cargo arazzo docs`: a page about a document for people, in one file without scripts.

use std::fmt::Write as _;

use arazzo_compiler::compile;
use arazzo_compiler::editor::{self, View};
use arazzo_compiler::plan::{Action, ActionKind, Criterion, Detour, Output, Plan, Step, Workflow};
use arazzo_compiler::source::Disk;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::{graph, report};

const STYLE: &str = include_str!("page.css");

pub(crate) fn run(file: &str, arguments: &Arguments) -> (String, bool) {
    let options = arguments.options(file);
    let compilation = compile(&options, &Disk);
    eprint!("{}", report::human(std::slice::from_ref(&compilation), &[], false));
    let good = !compilation.has_errors();
    let Some(plan) = compilation.plan.as_ref().filter(|_| good) else {
        return (String::new(), false);
    };
    (editor::inspect(&options, &Disk, |view| page(plan, view)), true)
}

fn page(plan: &Plan, view: &View<'_, '_>) -> String {
    let described = view.bundle.documents.first();
    let info = described.and_then(|document| view.bundle.root(document.file)?.get("info"));
    let word = |key: &str| info.and_then(|info| info.get(key)?.scalar_text()).unwrap_or("");
    let mut body = String::new();
    let _ = write!(body, "<h1>{}</h1>", html(word("title")));
    let _ = write!(
        body,
        "<p class=\"soft\">Version {} of <code>{}</code></p>",
        html(word("version")),
        html(&plan.file)
    );
    body.push_str(&paragraph(word("summary")));
    body.push_str(&markdown(word("description")));
    if plan.workflows.len() > 1 {
        body.push_str("<nav><h3>Workflows</h3><ul>");
        for (index, workflow) in plan.workflows.iter().enumerate() {
            let summary = workflow.summary.as_deref().unwrap_or("");
            let _ = write!(
                body,
                "<li><a href=\"#w{index}\">{}</a> {}</li>",
                html(&workflow.qualified),
                html(summary)
            );
        }
        body.push_str("</ul></nav>");
    }
    for (index, workflow) in plan.workflows.iter().enumerate() {
        body.push_str(&section(plan, index, workflow, view));
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n",
        html(word("title"))
    )
}

fn section(plan: &Plan, index: usize, workflow: &Workflow, view: &View<'_, '_>) -> String {
    let mut out = format!("<section><h2 id=\"w{index}\">{}</h2>", html(&workflow.qualified));
    out.push_str(&paragraph(workflow.summary.as_deref().unwrap_or("")));
    out.push_str(&markdown(workflow.description.as_deref().unwrap_or("")));
    if !workflow.dependencies.is_empty() {
        let names = workflow
            .dependencies
            .iter()
            .filter_map(|(target, _)| named(plan, *target));
        let names: Vec<String> = names.map(|name| format!("<code>{}</code>", html(name))).collect();
        let _ = write!(out, "<p>Runs after {}.</p>", names.join(", "));
    }
    // A diagram is an addition: everything in it is also said in words.
    if let Ok(svg) = graph::svg(&graph::mermaid_of(plan, index)) {
        let _ = write!(
            out,
            "<figure role=\"img\" aria-label=\"The flow of {}\">{svg}</figure>",
            html(&workflow.qualified)
        );
    }
    out.push_str(&inputs(workflow));
    out.push_str("<h3>Steps</h3><ol class=\"steps\">");
    for (number, step) in workflow.steps.iter().enumerate() {
        out.push_str(&card(plan, workflow, number, step, view));
    }
    out.push_str("</ol>");
    if !workflow.outputs.is_empty() {
        out.push_str("<h3>Outputs</h3>");
        out.push_str(&outputs(&workflow.outputs, &workflow.outputs_schema));
    }
    out.push_str("</section>");
    out
}

fn inputs(workflow: &Workflow) -> String {
    if workflow.inputs.is_empty() {
        return "<h3>Inputs</h3><p>None.</p>".to_owned();
    }
    let mut out = "<h3>Inputs</h3><table><thead><tr><th>Name</th><th>Type</th><th>Description</th></tr></thead><tbody>"
        .to_owned();
    for input in &workflow.inputs {
        let need = match (&input.default, input.required) {
            (Some(default), _) => format!(", by default <code>{}</code>", html(default)),
            (None, true) => ", required".to_owned(),
            (None, false) => String::new(),
        };
        let secret = if input.secret { ", secret" } else { "" };
        let _ = write!(
            out,
            "<tr><td><code>{}</code></td><td>{}{need}{secret}</td><td>{}</td></tr>",
            html(&input.name),
            html(&type_of(&workflow.inputs_schema, &input.name)),
            markdown(input.docs.as_deref().unwrap_or(""))
        );
    }
    out.push_str("</tbody></table>");
    out
}

fn outputs(outputs: &[Output], schema: &str) -> String {
    let mut out = "<table><thead><tr><th>Name</th><th>Value</th><th>Description</th></tr></thead><tbody>".to_owned();
    for output in outputs {
        let kind = type_of(schema, &output.name);
        let docs = output.docs.as_deref().unwrap_or("");
        let _ = write!(
            out,
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}{}</td></tr>",
            html(&output.name),
            html(&output.expression),
            if kind.is_empty() {
                String::new()
            } else {
                format!("<p class=\"soft\">{}</p>", html(&kind))
            },
            markdown(docs)
        );
    }
    out.push_str("</tbody></table>");
    out
}

fn card(plan: &Plan, workflow: &Workflow, number: usize, step: &Step, view: &View<'_, '_>) -> String {
    let mut out = format!("<li><h4>{}. {}</h4>", number + 1, html(&step.id));
    let (summary, _) = view.words_about(workflow.index, number);
    let _ = write!(
        out,
        "<p><code>{}</code> {}</p>",
        html(&step.calls),
        html(summary.as_deref().unwrap_or(""))
    );
    out.push_str(&markdown(step.description.as_deref().unwrap_or("")));
    if let Some(limit) = step.timeout {
        let _ = write!(out, "<p>An attempt may take {limit} ms.</p>");
    }
    if !step.criteria.is_empty() {
        let _ = write!(out, "<p>Succeeds if {}.</p>", conditions(&step.criteria));
    }
    for (word, actions) in [("success", &step.on_success), ("failure", &step.on_failure)] {
        for action in actions {
            let _ = write!(
                out,
                "<p>After a {word}{}: {}.</p>",
                when(action),
                what(plan, workflow, action)
            );
        }
    }
    if !step.outputs.is_empty() {
        out.push_str(&outputs(&step.outputs, "{}"));
    }
    if let Some(text) = view.written(workflow.index, number) {
        let _ = write!(
            out,
            "<details><summary>As written</summary><pre><code>{}</code></pre></details>",
            html(&text)
        );
    }
    out.push_str("</li>");
    out
}

fn conditions(criteria: &[Criterion]) -> String {
    let all: Vec<String> = criteria
        .iter()
        .map(|criterion| format!("<code>{}</code>", html(&criterion.text)))
        .collect();
    all.join(" and ")
}

fn when(action: &Action) -> String {
    if action.criteria.is_empty() {
        String::new()
    } else {
        format!(" with {}", conditions(&action.criteria))
    }
}

fn what(plan: &Plan, workflow: &Workflow, action: &Action) -> String {
    let step = |index: usize| workflow.steps.get(index).map_or("", |step| step.id.as_str());
    let called = |site: usize| {
        workflow
            .sites
            .get(site)
            .and_then(|site| named(plan, site.target))
            .unwrap_or("")
    };
    match &action.kind {
        ActionKind::End => "the workflow ends".to_owned(),
        ActionKind::Goto(target) => format!("step <code>{}</code> is next", html(step(*target))),
        ActionKind::Leave(site) => format!("workflow <code>{}</code> takes over", html(called(*site))),
        ActionKind::Retry { after, limit, detour } => {
            let wait = after.map_or_else(String::new, |seconds| format!(" after {seconds} s"));
            let by = match detour {
                None => String::new(),
                Some(Detour::Step(index)) => format!(", with step <code>{}</code> before", html(step(*index))),
                Some(Detour::Call(site)) => format!(", with workflow <code>{}</code> before", html(called(*site))),
            };
            format!("another attempt{wait}{by}, at most {limit} times")
        }
        ActionKind::Invalid => String::new(),
    }
}

/// The name of a workflow, by its index among those of all documents.
fn named(plan: &Plan, index: usize) -> Option<&str> {
    let found = plan.workflows.iter().find(|workflow| workflow.index == index);
    found.map(|workflow| workflow.qualified.as_str())
}

/// The type of a property in a JSON Schema, in words.
fn type_of(schema: &str, name: &str) -> String {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let property = &schema["properties"][name];
    let kinds = match &property["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    };
    match property["format"].as_str() {
        Some(format) => format!("{kinds} ({format})"),
        None => kinds,
    }
}

fn paragraph(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<p>{}</p>", html(text))
}

/// CommonMark as HTML. HTML inside of it is shown as text, and only links to the web and to mail addresses are links: the
/// text is the document's, not ours.
fn markdown(text: &str) -> String {
    let harmless = |address: &str| {
        ["https://", "http://", "mailto:", "#"]
            .iter()
            .any(|start| address.starts_with(start))
    };
    let mut removed = 0_usize;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        // A page without a network has no images.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) if !harmless(dest_url) => {
            removed += 1;
            None
        }
        Event::End(TagEnd::Link) if removed > 0 => {
            removed -= 1;
            None
        }
        // The headings of the page are its own.
        Event::Start(Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
        other => Some(other),
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
