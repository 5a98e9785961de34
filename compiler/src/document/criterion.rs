//! Reads criteria.

use super::fields::Fields;
use super::{Criterion, ExpressionType, Text, Version};
use crate::diagnostic::Diagnostics;
use crate::source::Cursor;

/// Reads a list of Criterion Objects.
pub(super) fn read_criteria<'a>(
    items: Vec<Cursor<'a>>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Vec<Criterion<'a>> {
    items
        .into_iter()
        .filter_map(|at| {
            let mut fields = Fields::new(at, "Criterion Object", version, diagnostics)?;
            let context = fields.text("context");
            let condition = fields.required_text("condition");
            let kind = fields.optional("type");
            fields.finish();
            let kind = kind.and_then(|entry| read_expression_type(entry.value, version, diagnostics));
            Some(Criterion {
                context,
                condition: condition?,
                kind,
            })
        })
        .collect()
}

/// Reads the `type` of a criterion or a selector.
pub fn read_expression_type<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<ExpressionType<'a>> {
    if let Some(value) = at.as_str() {
        return Some(ExpressionType {
            name: Text { value, at },
            version: None,
        });
    }
    let mut fields = Fields::new(at, "Expression Type Object", version, diagnostics)?;
    let name = fields.required_text("type");
    let number = fields.required_text("version");
    fields.finish();
    Some(ExpressionType {
        name: name?,
        version: number,
    })
}
