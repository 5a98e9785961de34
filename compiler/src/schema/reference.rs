//! References and their targets.

use super::Schema;
use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::source::{Cursor, Entry, Span, is_absolute, is_remote, percent_decode};
use crate::syntax::expression;

/// A reference that cannot be resolved.
#[derive(Clone, Debug)]
pub struct BrokenReference<'a> {
    /// The `$ref`.
    pub span: Span,
    /// Its text.
    pub reference: String,
    /// The reason.
    pub reason: &'static str,
    /// The roots from which it was searched.
    roots: Vec<Cursor<'a>>,
}

impl BrokenReference<'_> {
    /// Returns the diagnostic of this reference, under the rule for the context in which it is used.
    #[must_use]
    pub fn diagnostic(&self, rule: &'static crate::diagnostic::Rule) -> Diagnostic {
        let rule = if self.reason == CYCLE && std::ptr::eq(rule, &raw const rule::SOURCE_REF_UNRESOLVED) {
            &rule::SOURCE_CYCLE
        } else {
            rule
        };
        let mut roots = self.roots.iter();
        let similar = roots.find_map(|root| similar_reference(&self.reference, *root));
        Diagnostic::new(
            rule,
            self.span,
            format!("unresolved reference `{}`: {}", self.reference, self.reason),
        )
        .help_if(similar.map(|known| format!("a reference with a similar name exists: `{known}`")))
    }
}

/// The reason for a reference in a cycle.
pub(super) const CYCLE: &str = "it refers to itself";

/// Maximum length of a chain of references.
pub(super) const HOPS: usize = 64;

/// Follows `$ref` from a node to the first node that is not a reference.
///
/// # Errors
/// A reference cannot be resolved.
pub fn follow(at: Cursor<'_>) -> Result<(Cursor<'_>, Option<&str>), BrokenReference<'_>> {
    follow_within(at, at.document()).map(|schema| (schema.at, schema.name))
}

/// Returns a node and the targets of its `$ref`, one after the other. An unresolved reference ends the chain.
pub fn chain(at: Cursor<'_>) -> impl Iterator<Item = Cursor<'_>> {
    let mut next = Some(at);
    let all = std::iter::from_fn(move || {
        let at = next?;
        next = reference_of(at).and_then(|entry| hop(at, at.document(), entry).ok().map(|(at, ..)| at));
        Some(at)
    });
    all.take(HOPS)
}

/// The same inside a schema that has its own definitions: a target that is not found from the root of the file is
/// searched from the root of the schema, `resource`, which a reference may change.
pub(super) fn follow_within<'a>(
    mut at: Cursor<'a>,
    mut resource: Cursor<'a>,
) -> Result<Schema<'a>, BrokenReference<'a>> {
    let mut name = None;
    let mut null_beside = false;
    for _ in 0..HOPS {
        let Some(entry) = reference_of(at) else {
            return Ok(Schema {
                at,
                resource,
                name,
                null_beside,
            });
        };
        null_beside |= says_nullable(at);
        let (next, from, reference) = hop(at, resource, entry)?;
        (at, resource, name) = (next, from, reference);
    }
    Err(BrokenReference {
        span: at.get("$ref").unwrap_or(at).span(),
        reference: at.get("$ref").and_then(Cursor::as_str).unwrap_or("").to_owned(),
        reason: CYCLE,
        roots: Vec::new(),
    })
}

/// Returns the entry of a `$ref` that is a string.
pub(super) fn reference_of(at: Cursor<'_>) -> Option<Entry<'_>> {
    at.entry("$ref").filter(|entry| entry.value.as_str().is_some())
}

/// Returns the target of a `$ref`, the resource that contains it, and the last name in the reference.
pub(super) fn hop<'a>(
    at: Cursor<'a>,
    mut resource: Cursor<'a>,
    entry: Entry<'a>,
) -> Result<(Cursor<'a>, Cursor<'a>, Option<&'a str>), BrokenReference<'a>> {
    let reference = entry.value.as_str().unwrap_or("");
    let broken = |reason| BrokenReference {
        span: entry.value.span(),
        reference: reference.to_owned(),
        reason,
        roots: Vec::new(),
    };
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let root = if file.is_empty() {
        at.document()
    } else if is_remote(file) {
        return Err(broken("builds do not access the network"));
    } else if is_absolute(file) {
        return Err(broken(
            "an absolute path differs between machines; write it relative to this file",
        ));
    } else {
        let other = at.other_file(file);
        resource = other.ok_or_else(|| broken("cannot read the file"))?;
        resource
    };
    let found = if fragment.is_empty() {
        resource
    } else if let Some(pointer) = fragment.strip_prefix('/') {
        let tokens: Option<Vec<String>> = pointer
            .split('/')
            .map(|token| expression::unescape(&percent_decode(token)))
            .collect();
        let tokens = tokens.ok_or_else(|| broken("not a valid JSON Pointer"))?;
        let from = |start: Cursor<'a>| start.pointer(tokens.iter().map(String::as_str));
        match from(root) {
            Some(found) => {
                if found.get("$defs").is_some() {
                    resource = found;
                }
                found
            }
            None => from(resource).ok_or_else(|| BrokenReference {
                roots: vec![root, resource],
                ..broken("no value at this location")
            })?,
        }
    } else {
        find_anchor(resource, fragment, 0)
            .or_else(|| find_anchor(root, fragment, 0))
            .ok_or_else(|| broken("no schema has this `$anchor`"))?
    };
    Ok((found, resource, reference_name(reference)))
}

/// Returns whether keywords next to the `$ref` of a schema constrain its instances. Such keywords also apply (JSON
/// Schema 2020-12 Core, section 8.2.3.1), but not in OpenAPI 3.0 and Swagger 2.0 ("Reference Object").
pub(super) fn says_more(at: Cursor<'_>) -> bool {
    let silent = |key: &str| {
        key.starts_with("x-")
            || matches!(
                key,
                "$ref"
                    | "$comment"
                    | "$defs"
                    | "$id"
                    | "$schema"
                    | "definitions"
                    | "deprecated"
                    | "description"
                    | "example"
                    | "examples"
                    | "nullable"
                    | "summary"
                    | "title"
            )
    };
    if reference_of(at).is_none() || at.members().all(|entry| silent(entry.key)) {
        return false;
    }
    let root = at.document();
    let version = root.get("openapi").and_then(Cursor::scalar_text).unwrap_or("");
    root.get("swagger").is_none() && !version.starts_with("3.0")
}

/// Returns whether the schema has `nullable: true` (OpenAPI 3.0) or its extension in Swagger 2.0.
pub(super) fn says_nullable(at: Cursor<'_>) -> bool {
    ["nullable", "x-nullable"]
        .iter()
        .any(|key| at.get(key).and_then(Cursor::as_bool) == Some(true))
}

/// Returns the reference with its last name replaced by a similar name that exists next to it.
pub(super) fn similar_reference(reference: &str, root: Cursor<'_>) -> Option<String> {
    let (parent, last) = reference.rsplit_once('/')?;
    let pointer = parent.split_once('#')?.1;
    let tokens: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|token| expression::unescape(&percent_decode(token)))
        .collect::<Option<_>>()?;
    let beside = root.pointer(tokens.iter().map(String::as_str))?;
    let known = similar(last, beside.members().map(|member| member.key))?;
    Some(format!("{parent}/{}", expression::escape(known)))
}

/// Returns the last name in a reference: `User` for `#/components/schemas/User` and for `models/User.yaml`.
pub(super) fn reference_name(reference: &str) -> Option<&str> {
    let last = reference.trim_end_matches(['#', '/']).rsplit(['/', '#']).next()?;
    let name = if reference.contains('#') && !reference.ends_with('#') {
        last
    } else {
        last.split('.').next()?
    };
    (!name.is_empty()).then_some(name)
}

pub(super) fn find_anchor<'a>(at: Cursor<'a>, anchor: &str, depth: usize) -> Option<Cursor<'a>> {
    if depth > crate::source::limit::DEPTH {
        return None;
    }
    if at.get("$anchor").and_then(Cursor::as_str) == Some(anchor) {
        return Some(at);
    }
    at.members()
        .map(|entry| entry.value)
        .chain(at.items())
        .find_map(|child| find_anchor(child, anchor, depth + 1))
}

/// Reports every unresolved reference below `at`, each once.
pub fn check_references(at: Cursor<'_>, rule: &'static rule::Rule, diagnostics: &mut Diagnostics) {
    let mut stack = vec![at];
    while let Some(cursor) = stack.pop() {
        if cursor.get("$ref").is_some_and(|value| value.as_str().is_some())
            && let Err(broken) = follow_within(cursor, at)
        {
            diagnostics.push(broken.diagnostic(rule));
        }
        stack.extend(cursor.members().map(|entry| entry.value).chain(cursor.items()));
    }
}
