//! Outputs, and where a run stores the value of a reference.

use super::name::{self, Names};
use super::types::{Ty, Types};
use super::{Output, Planner, Read, Value, ValueKind, renamed};
use crate::diagnostic::Diagnostics;
use crate::program::{self, Reference, Source};
use crate::schema::Schema;
use crate::typing::Shape;

/// The type for bytes and lists of bytes, which inputs can have.
pub(super) fn file(schema: Schema<'_>) -> Option<Ty> {
    use crate::schema::Type;
    match schema.types().without(Type::Null).single()? {
        Type::String => (schema.text("format") == Some("binary")).then_some(Ty::Blob),
        Type::Array => {
            Some(Ty::Vec(Box::new(file(schema.item(None)?)?))).filter(|ty| *ty == Ty::Vec(Box::new(Ty::Blob)))
        }
        _ => None,
    }
}

pub(super) fn plain(kinds: crate::schema::Types) -> Ty {
    use crate::schema::Type;
    match kinds.single() {
        Some(Type::String) => Ty::String,
        Some(Type::Integer) => Ty::I64,
        Some(Type::Number) => Ty::F64,
        Some(Type::Boolean) => Ty::Bool,
        Some(Type::Array) => Ty::Vec(Box::new(Ty::Json)),
        _ => Ty::Json,
    }
}

/// Returns whether a header of a message is a number or a boolean.
fn is_typed_header(source: &Source, shape: &Shape<'_>) -> bool {
    use crate::schema::Type;
    let (Source::MessageHeader(_), Shape::Schema(schema)) = (source, shape) else {
        return false;
    };
    let kind = schema.types().without(Type::Null).single();
    matches!(kind, Some(Type::Integer | Type::Number | Type::Boolean))
}

impl Planner<'_, '_> {
    pub(super) fn read(&self, reference: &Reference, at: Option<usize>) -> Option<Read> {
        if reference.source == Source::Invalid {
            return None;
        }
        let known = match self.codes.get() {
            Some(codes) => self.typing.with_codes(codes).reference(reference, at),
            None => self.typing.reference(reference, at),
        };
        let typed = matches!(
            (&reference.source, known.shape),
            (Source::ResponseHeader(_), Shape::Schema(_))
        ) || is_typed_header(&reference.source, &known.shape);
        let (source, pointer) = self.kept(reference, at)?;
        Some(Read {
            source,
            pointer,
            present: known.present,
            typed,
            expression: reference.text.clone(),
            place: self.place(reference.span),
        })
    }

    /// Returns where a run stores the value of a reference, and the pointer into it.
    fn kept(&self, reference: &Reference, at: Option<usize>) -> Option<(Source, Vec<String>)> {
        let (source, pointer) = (&reference.source, &reference.pointer);
        let Source::Called { workflow, input, field } = *source else {
            return Some((source.clone(), pointer.clone()));
        };
        let step = crate::flow::latest_call(self.workflow, self.typing.flow(), at, workflow)?;
        let caller = &self.workflow.steps[step];
        // A step that declares no outputs has those of the workflow that it calls.
        if !input && caller.text.outputs.is_empty() {
            return Some((Source::StepOutput { step, output: field }, pointer.clone()));
        }
        self.whole.borrow_mut().insert(step);
        let target = &self.program.workflows[workflow];
        let (slot, name) = if input {
            (1, target.inputs.get(field)?.name)
        } else {
            (0, target.outputs.get(field)?.name.as_str())
        };
        let output = caller.outputs.len() + slot;
        let pointer = std::iter::once(name.to_owned()).chain(pointer.iter().cloned());
        Some((Source::StepOutput { step, output }, pointer.collect()))
    }

    pub(super) fn value(&self, value: &program::Value, at: Option<usize>) -> Option<Value> {
        value.map(&mut |reference| self.read(reference, at))
    }

    /// Plans outputs. Every output keeps its position and its name, even if its value was reported: names that the
    /// user's code refers to must exist.
    pub(super) fn outputs(
        &self,
        outputs: &[program::Output],
        at: Option<usize>,
        (hint, prefix): (&str, String),
        types: &mut Types,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Output> {
        let mut names = Names::new("outputs", &prefix);
        let mut planned = Vec::new();
        for output in outputs {
            let renamed = renamed(self.options, &format!("{prefix}{}", output.name));
            let ident = name::snake(renamed.as_deref().unwrap_or(&output.name));
            let ident = names.take(&ident, &output.name, output.span, diagnostics);
            let known = self.typing.value(&output.value, at);
            let (ty, nullable, schema) = match known.shape {
                Shape::Schema(schema) => (
                    types.of(schema, &format!("{hint}-{}", output.name), true),
                    schema.nullable(),
                    Some(schema),
                ),
                Shape::Types(kinds) => (plain(kinds), false, None),
                Shape::Bytes => (Ty::Blob, false, None),
                Shape::Unknown => (Ty::Json, false, None),
            };
            let expression = match &output.value.kind {
                program::ValueKind::Reference(reference) => reference.text.clone(),
                program::ValueKind::Selection(selection) => {
                    format!("{} {}", selection.context.text, selection.query)
                }
                _ => output.name.clone(),
            };
            planned.push(Output {
                name: output.name.clone(),
                ident,
                ty,
                required: known.present && !nullable,
                value: self.value(&output.value, at).unwrap_or(Value {
                    span: output.span,
                    kind: ValueKind::Null,
                }),
                expression,
                place: self.place(output.span),
                docs: schema.and_then(|schema| schema.text("description")).map(str::to_owned),
                secret: schema.is_some_and(|schema| schema.text("format") == Some("password")),
            });
        }
        planned
    }
}
