//! Helpers for reading all parts of an operation.

use super::{Api, Found};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::schema::{BrokenReference, Schema, follow};
use crate::source::{Cursor, Entry, Span};
use crate::syntax::path_template;

pub(super) struct Reader<'a, 'd> {
    pub(super) api: Api<'a>,
    pub(super) found: Found<'a>,
    pub(super) diagnostics: &'d mut Diagnostics,
}

impl<'a> Reader<'a, '_> {
    fn report(&mut self, broken: &BrokenReference<'_>) {
        self.diagnostics.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED));
    }

    pub(super) fn follow(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        match follow(at) {
            Ok((at, _)) => Some(at),
            Err(broken) => {
                self.report(&broken);
                None
            }
        }
    }

    pub(super) fn schema(&mut self, at: Cursor<'a>) -> Option<Schema<'a>> {
        match Schema::new(at) {
            Ok(schema) => Some(schema),
            Err(broken) => {
                self.report(&broken);
                None
            }
        }
    }

    /// Returns the object or list at a key, and follows its reference.
    pub(super) fn get(&mut self, at: Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
        self.follow(at.get(key)?)
    }

    pub(super) fn members(&mut self, at: Option<Cursor<'a>>) -> Vec<Entry<'a>> {
        let at = at.and_then(|at| self.follow(at));
        at.into_iter().flat_map(Cursor::members).collect()
    }

    pub(super) fn items(&mut self, at: Option<Cursor<'a>>) -> Vec<Cursor<'a>> {
        let at = at.and_then(|at| self.follow(at));
        let items: Vec<Cursor<'a>> = at.into_iter().flat_map(Cursor::items).collect();
        items.into_iter().filter_map(|item| self.follow(item)).collect()
    }

    pub(super) fn malformed(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics
            .push(Diagnostic::new(&rule::MALFORMED_DESCRIPTION, span, message).help(help));
    }

    pub(super) fn path(&mut self) {
        if let Some(problem) = path_template::problem(self.found.path) {
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::INVALID_PATH,
                    self.found.path_span,
                    format!("the path `{}` {}", self.found.path, problem.what),
                )
                .help(problem.help),
            );
        }
    }
}
