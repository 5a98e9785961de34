//! Values and conditions as Rust expressions.

use super::code::{Code, literal, quote};

use super::test::engine_type;
use super::writer::Writer;
use crate::plan::{Engine, Read, Segment, Value, ValueKind, Workflow};
use crate::program::Source;

/// What the values of a function can refer to.
pub(super) struct Scope<'w> {
    pub(super) workflow: &'w Workflow,
    /// The pointers that `body` has read, in order.
    pub(super) pointers: Vec<Vec<String>>,
}

pub(super) fn line_column(place: (usize, usize)) -> (Code, Code) {
    let narrow = |number: usize| literal(u32::try_from(number).unwrap_or(u32::MAX));
    (narrow(place.0), narrow(place.1))
}

fn tokens_of(pointer: &[String]) -> Code {
    quote!(&[#(#pointer),*])
}

impl Scope<'_> {
    /// An expression of type `Option<Datum<'_>>`.
    pub(super) fn read(&self, read: &Read) -> Code {
        let pointer = &read.pointer;
        let base = match &read.source {
            Source::ResponseBody | Source::MessagePayload => {
                let index = self.pointers.iter().position(|known| known == pointer).unwrap_or(0);
                let index = literal(index);
                return quote!(found.get(#index));
            }
            Source::RequestBody => {
                let pointer = tokens_of(pointer);
                return quote!(exchange.request_body(#pointer));
            }
            Source::Url => quote!(exchange.url()),
            Source::Method => quote!(exchange.method()),
            Source::StatusCode => quote!(exchange.status_datum()),
            Source::RequestHeader(name) => quote!(exchange.request_header(#name)),
            Source::RequestQuery(name) => quote!(exchange.request_query(#name)),
            Source::RequestPath(name) => quote!(exchange.request_path(#name)),
            Source::ResponseHeader(name) if read.typed => quote!(exchange.typed_response_header(#name)),
            Source::ResponseHeader(name) => quote!(exchange.response_header(#name)),
            Source::Input(index) => self.input(*index),
            Source::StepOutput { step, output } => {
                let (step, output) = (literal(*step), literal(*output));
                quote!(run.output(#step, #output))
            }
            Source::CalleeOutput { output, .. } => {
                let output = literal(*output);
                quote!(run.called(#output))
            }
            Source::Dependency { workflow, input, field } => self.dependency(*workflow, *input, *field),
            Source::Constant(text) => quote!(Some(__rt::Datum::borrowed(#text))),
            Source::MessageHeader(name) if read.typed => quote!(exchange.typed_message_header(#name)),
            Source::MessageHeader(name) => quote!(exchange.message_header(#name)),
            Source::Called { .. } | Source::Invalid => quote!(None::<__rt::Datum<'_>>),
        };
        if pointer.is_empty() {
            return base;
        }
        let pointer = tokens_of(pointer);
        quote!(#base.and_then(|value| value.pointer(#pointer)))
    }

    /// An output or input of a workflow that has run before.
    fn dependency(&self, workflow: usize, input: bool, field: usize) -> Code {
        let known = self.workflow.dependency(workflow, input);
        let Some(index) = known else {
            return quote!(None::<__rt::Datum<'_>>);
        };
        let (index, field) = (literal(index), literal(field));
        quote!(run.dependency(#index, #field))
    }

    fn input(&self, index: usize) -> Code {
        let number = literal(index);
        match self.workflow.inputs.get(index).and_then(|input| input.default.as_ref()) {
            Some(json) => quote!(run.input_or(#number, #json)),
            None => quote!(run.input(#number)),
        }
    }

    /// An expression of type `Option<Datum<'_>>`, in a function that returns a `Failure`.
    pub(super) fn datum(&self, value: &Value, what: &str) -> Code {
        match &value.kind {
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Invalid => {
                let json = value.literal().unwrap_or_else(|| "null".to_owned());
                quote!(Some(__rt::Datum::from_json(#json)))
            }
            ValueKind::Reference(read) => self.read(read),
            ValueKind::Length(read) => {
                let value = self.read(read);
                quote!(#value.and_then(|value| value.length()))
            }
            ValueKind::Selection(selection) => {
                let context = self.read(&selection.context);
                let (definition, query) = fixed_query(selection.engine, &selection.query);
                quote!({ #definition #query.select(#context.as_ref()) })
            }
            ValueKind::FormText(pieces) => {
                let text = self.form_text(pieces, what);
                quote!(Some(__rt::Datum::owned(#text)))
            }
            ValueKind::Template(pieces) => {
                let text = self.template(pieces, what);
                quote!(Some(__rt::Datum::owned(#text)))
            }
            ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::JsonText(_) => {
                let mut writer = Writer::new(self, what);
                writer.value(value);
                let statements = writer.finish();
                quote!(Some(__rt::written(|body| {
                    #statements
                    Ok(())
                })?))
            }
        }
    }

    /// An expression of type `String`, in a function that returns a `Failure`.
    pub(super) fn template(&self, pieces: &[Segment], what: &str) -> Code {
        let pushes = pieces.iter().map(|piece| match piece {
            Segment::Text(text) => quote!(text.push_str(#text);),
            Segment::Reference(read) => {
                let value = self.present(read, what);
                quote!(text.push_str(&#value.text());)
            }
        });
        quote!({
            let mut text = ::std::string::String::new();
            #(#pushes)*
            text
        })
    }

    /// An expression of type `String` for the text of a form, in which values are percent-encoded.
    pub(super) fn form_text(&self, pieces: &[Segment], what: &str) -> Code {
        let pushes = pieces.iter().map(|piece| match piece {
            Segment::Text(text) => quote!(text.push_str(#text);),
            Segment::Reference(read) => {
                let value = self.present(read, what);
                quote!(text.push_str(&__rt::form_value(&#value));)
            }
        });
        quote!({
            let mut text = ::std::string::String::new();
            #(#pushes)*
            text
        })
    }

    /// An expression of type `Datum<'_>` that fails if the value is absent.
    pub(super) fn present(&self, read: &Read, what: &str) -> Code {
        let value = self.read(read);
        let absent = absent(&read.expression, read.place, what);
        quote!(#value.ok_or_else(|| #absent)?)
    }

    /// Statements that write a payload to `body`.
    pub(super) fn payload(&self, value: &Value) -> Code {
        let mut writer = Writer::new(self, "the payload");
        writer.value(value);
        writer.finish()
    }

    /// Statements that write an object to `body`.
    pub(super) fn object(&self, members: &[(String, Value)]) -> Code {
        let mut writer = Writer::new(self, "the payload");
        writer.object(members);
        writer.finish()
    }
}

/// A query that is compiled once, and its name.
pub(super) fn fixed_query(engine: Engine, text: &str) -> (Code, Code) {
    let engine = engine_type(engine);
    let definition = quote!(
        static QUERY: ::std::sync::LazyLock<__rt::#engine> = ::std::sync::LazyLock::new(|| __rt::#engine::new(#text));
    );
    (definition, quote!(QUERY))
}

/// Returns whether a value may be absent at this point.
pub(super) fn may_be_absent(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Reference(read) => !read.present,
        ValueKind::Selection(_) | ValueKind::Length(_) => true,
        _ => false,
    }
}

pub(super) fn absent(expression: &str, place: (usize, usize), what: &str) -> Code {
    let (line, column) = line_column(place);
    quote!(__rt::Failure::absent(#what, #expression, #line, #column))
}
