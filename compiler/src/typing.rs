//! Phase 5b: what is known about the value that an expression refers to.

use std::cell::Cell;

use crate::asyncapi::Message;
use crate::document::Location;
use crate::flow::{self, Flow};
use crate::media::{self};
use crate::openapi::Response;
use crate::program::{Act, Body, Engine, Program, Reference, Source, Step, Value, ValueKind, Workflow};
use crate::schema::{Schema, Type, Types, Walk};
use crate::status::{self, StatusSet};

/// What is known about a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    /// An instance of a schema.
    Schema(Schema<'a>),
    /// A value of one of these types.
    Types(Types),
    /// Bytes that may not be text.
    Bytes,
    /// Nothing.
    Unknown,
}

/// A shape, and whether the value is always there.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The shape of the value.
    pub shape: Shape<'a>,
    /// Whether the value is present whenever the code that reads it is reached.
    pub present: bool,
}

impl Known<'_> {
    const NOTHING: Self = Known {
        shape: Shape::Unknown,
        present: false,
    };

    /// Returns what is known about the value at a pointer.
    fn at(self, pointer: &[String]) -> Self {
        if pointer.is_empty() {
            return self;
        }
        let Shape::Schema(schema) = self.shape else {
            return Self::NOTHING;
        };
        match schema.walk(pointer.iter().map(String::as_str)) {
            Walk::Found { schema, required } => Known {
                shape: Shape::Schema(schema),
                present: self.present && required,
            },
            Walk::Unknown { .. } | Walk::Impossible { .. } | Walk::Broken(_) => Self::NOTHING,
        }
    }
}

/// Returns the shapes of the body of a declared response: one for each JSON media type that it may have.
fn body_shapes<'a>(response: &Response<'a>) -> Vec<Shape<'a>> {
    let mut schemas: Vec<Shape<'a>> = Vec::new();
    for schema in response.json_schemas() {
        let shape = schema.map_or(Shape::Unknown, Shape::Schema);
        let same = |known: &Shape<'a>| match (known, &shape) {
            (Shape::Schema(left), Shape::Schema(right)) => left.at.span() == right.at.span(),
            _ => false,
        };
        if !schemas.iter().any(same) {
            schemas.push(shape);
        }
    }
    if schemas.is_empty() {
        schemas.push(other_shape(response));
    }
    schemas
}

/// Returns what holds at a pointer into every one of several values.
fn shared<'a>(shapes: Vec<Shape<'a>>, pointer: &[String]) -> Known<'a> {
    let mut found: Option<Known<'a>> = None;
    for shape in shapes {
        // If a body is not declared, nothing is known about it, not even whether it exists.
        let present = !matches!(shape, Shape::Unknown);
        let known = Known { shape, present }.at(pointer);
        found = Some(match found {
            None => known,
            Some(other) => Known {
                shape: other.shape.common(known.shape),
                present: other.present && known.present,
            },
        });
    }
    found.unwrap_or(Known::NOTHING)
}

/// Returns the shape of a body that is not JSON.
fn other_shape<'a>(response: &Response<'a>) -> Shape<'a> {
    let [media] = response.media.as_slice() else {
        return Shape::Unknown;
    };
    if media::is_json(media.name) || media::essence(media.name).contains('*') {
        Shape::Unknown
    } else if media::is_text(media.name) {
        Shape::Types(Types::of(Type::String))
    } else {
        Shape::Bytes
    }
}

impl<'a> Shape<'a> {
    /// Returns what two shapes have in common.
    fn common(self, other: Shape<'a>) -> Shape<'a> {
        match (self, other) {
            (Self::Schema(left), Self::Schema(right)) if left.at.span() == right.at.span() => self,
            (Self::Bytes, Self::Bytes) => self,
            (Self::Schema(_) | Self::Types(_), Self::Schema(_) | Self::Types(_)) => {
                let scalar = |types: Types| {
                    let kind = types.single();
                    kind.filter(|kind| !matches!(kind, Type::Array | Type::Object | Type::Null))
                };
                match (scalar(self.types()), scalar(other.types())) {
                    (Some(left), Some(right)) if left == right => Shape::Types(Types::of(left)),
                    _ => Shape::Unknown,
                }
            }
            _ => Shape::Unknown,
        }
    }

    /// Returns the JSON types that the value can have; empty if nothing is known.
    #[must_use]
    pub fn types(&self) -> Types {
        match self {
            Self::Schema(schema) => schema.types(),
            Self::Types(types) => *types,
            Self::Bytes | Self::Unknown => Types::default(),
        }
    }
}

/// The types of the values of one workflow.
#[derive(Debug)]
pub struct Typing<'p, 'a> {
    /// The document's program.
    pub program: &'p Program<'a>,
    /// The order of the steps of each workflow.
    pub flows: &'p [Flow],
    /// The index of the workflow.
    pub index: usize,
    /// The status codes of the response that is read; `None` means those with which the step succeeds.
    codes: Option<StatusSet>,
    /// Prevents following outputs that refer to each other in a cycle without end.
    depth: Cell<u32>,
}

/// Maximum number of outputs in a chain of references.
const DEPTH: u32 = 48;

/// Returns the order of the steps of each workflow.
#[must_use]
pub fn flows(program: &Program<'_>) -> Vec<Flow> {
    program.workflows.iter().map(flow::analyse).collect()
}

impl<'p, 'a> Typing<'p, 'a> {
    /// Returns the types of the workflow with an index.
    #[must_use]
    pub fn new(program: &'p Program<'a>, flows: &'p [Flow], index: usize) -> Self {
        Self {
            program,
            flows,
            index,
            codes: None,
            depth: Cell::new(0),
        }
    }

    /// The same for a response with one of these status codes.
    #[must_use]
    pub fn with_codes(&self, codes: StatusSet) -> Self {
        Self {
            codes: Some(codes),
            ..Self::new(self.program, self.flows, self.index)
        }
    }

    /// Returns the workflow.
    #[must_use]
    pub fn workflow(&self) -> &'p Workflow<'a> {
        &self.program.workflows[self.index]
    }

    /// Returns the order of its steps.
    #[must_use]
    pub fn flow(&self) -> &'p Flow {
        &self.flows[self.index]
    }

    /// Returns what is known about an output of another workflow, and whether it is present when that workflow has
    /// reached its own end.
    fn output_of(&self, workflow: usize, output: usize) -> Known<'a> {
        if self.depth.get() >= DEPTH {
            return Known::NOTHING;
        }
        let other = Self {
            program: self.program,
            flows: self.flows,
            index: workflow,
            codes: None,
            depth: Cell::new(self.depth.get() + 1),
        };
        let Some(output) = self
            .program
            .workflows
            .get(workflow)
            .and_then(|workflow| workflow.outputs.get(output))
        else {
            return Known::NOTHING;
        };
        other.value(&output.value, None)
    }

    fn input_of(&self, workflow: usize, input: usize) -> Known<'a> {
        match self
            .program
            .workflows
            .get(workflow)
            .and_then(|workflow| workflow.inputs.get(input))
        {
            Some(input) => {
                let defaulted = input.schema.is_some_and(|schema| schema.default_value().is_some());
                let shape = input.schema.map_or(Shape::Unknown, Shape::Schema);
                Known {
                    shape,
                    present: input.required || defaulted,
                }
            }
            None => Known::NOTHING,
        }
    }

    /// Returns the declared responses that are possible in a step.
    fn responses<'s>(&self, step: &'s Step<'a>) -> Vec<&'s Response<'a>> {
        let codes = self.codes.unwrap_or_else(|| status::success(step));
        status::responses(step, codes)
    }

    /// Returns the shapes of the bodies of all responses that are possible in step `at`.
    #[must_use]
    pub fn bodies(&self, at: Option<usize>) -> Vec<Shape<'a>> {
        let step = at.and_then(|index| self.workflow().steps.get(index));
        let responses = step.map(|step| self.responses(step)).unwrap_or_default();
        responses.into_iter().flat_map(body_shapes).collect()
    }

    /// Returns what is known about the response body at a pointer: what holds for every response that is possible.
    fn body(&self, pointer: &[String], at: Option<usize>) -> Known<'a> {
        shared(self.bodies(at), pointer)
    }

    /// Returns the messages that step `at` can send or receive.
    fn messages(&self, at: Option<usize>) -> &'p [Message<'a>] {
        let step = at.and_then(|index| self.workflow().steps.get(index));
        match step.map(|step| &step.act) {
            Some(Act::Channel(exchange)) => &exchange.messages,
            _ => &[],
        }
    }

    /// Returns the shapes of the payloads of all messages that are possible in step `at`.
    #[must_use]
    pub fn payloads(&self, at: Option<usize>) -> Vec<Shape<'a>> {
        let payload = |message: &Message<'a>| match message.payload() {
            Some(schema) => Shape::Schema(schema),
            None if media::is_json(message.content_type()) => Shape::Unknown,
            None => Shape::Bytes,
        };
        self.messages(at).iter().map(payload).collect()
    }

    /// Returns what is known about the payload of a message at a pointer: what holds for every message that is possible.
    fn payload(&self, pointer: &[String], at: Option<usize>) -> Known<'a> {
        shared(self.payloads(at), pointer)
    }

    fn message_header(&self, name: &str, at: Option<usize>) -> Known<'a> {
        let declared: Vec<Option<Schema<'a>>> = self.messages(at).iter().map(|message| message.header(name)).collect();
        match declared.as_slice() {
            [Some(schema)] => Known {
                shape: Shape::Schema(*schema),
                present: false,
            },
            _ => Known::NOTHING,
        }
    }

    /// Returns the types of a payload that is sent as text although it can only be an object or an array.
    #[must_use]
    pub fn not_text(&self, body: &Body<'_>, at: usize) -> Option<Types> {
        if !body.form.is_text() {
            return None;
        }
        let found = self.value(&body.payload, Some(at)).shape.types();
        let structure = Types::of(Type::Object).with(Type::Array);
        structure.complement().excludes(found).then_some(found)
    }

    /// Returns what is known about a value that step `at` reads, or the end of the workflow if `None`.
    #[must_use]
    pub fn value(&self, value: &Value, at: Option<usize>) -> Known<'a> {
        let of = |kind| Known {
            shape: Shape::Types(Types::of(kind)),
            present: true,
        };
        match &value.kind {
            ValueKind::Null => of(Type::Null),
            ValueKind::Bool(_) => of(Type::Boolean),
            ValueKind::Number(text) => of(if text.contains(['.', 'e', 'E']) {
                Type::Number
            } else {
                Type::Integer
            }),
            ValueKind::Text(_) | ValueKind::Template(_) | ValueKind::FormText(_) => of(Type::String),
            ValueKind::Array(_) => of(Type::Array),
            ValueKind::Object(_) => of(Type::Object),
            ValueKind::Reference(reference) => self.reference(reference, at),
            ValueKind::Length(_) => Known {
                present: false,
                ..of(Type::Integer)
            },
            ValueKind::Selection(selection) => {
                let context = self.reference(&selection.context, at);
                match selection.engine {
                    // The result is always an array, if there is a value to select from.
                    Engine::JsonPath => Known {
                        shape: Shape::Types(Types::of(Type::Array)),
                        present: context.present,
                    },
                    Engine::XPath | Engine::XPath31 => Known::NOTHING,
                }
            }
            ValueKind::JsonText(_) | ValueKind::Invalid => Known::NOTHING,
        }
    }

    /// Returns what is known about the value of an expression.
    #[must_use]
    pub fn reference(&self, reference: &Reference, at: Option<usize>) -> Known<'a> {
        if reference.source == Source::ResponseBody {
            return self.body(&reference.pointer, at);
        }
        if reference.source == Source::MessagePayload {
            return self.payload(&reference.pointer, at);
        }
        self.source(&reference.source, at).at(&reference.pointer)
    }

    /// Returns what is known about a source, without the pointer into it.
    #[must_use]
    pub fn source(&self, source: &Source, at: Option<usize>) -> Known<'a> {
        let of = |kind, present| Known {
            shape: Shape::Types(Types::of(kind)),
            present,
        };
        match source {
            Source::Url | Source::Method | Source::Constant(_) => of(Type::String, true),
            Source::StatusCode => of(Type::Integer, true),
            Source::RequestHeader(_) => of(Type::String, false),
            Source::RequestQuery(name) => self.argument(name, Location::Query, at),
            Source::RequestPath(name) => self.argument(name, Location::Path, at),
            Source::RequestBody | Source::Invalid => Known::NOTHING,
            Source::ResponseHeader(name) => self.header(name, at),
            Source::ResponseBody => self.body(&[], at),
            Source::MessagePayload => self.payload(&[], at),
            Source::MessageHeader(name) => self.message_header(name, at),
            Source::Input(index) => self.input_of(self.index, *index),
            Source::Dependency {
                workflow,
                input: true,
                field,
            }
            | Source::Called {
                workflow,
                input: true,
                field,
            } => self.input_of(*workflow, *field),
            Source::Dependency {
                workflow,
                input: false,
                field,
            } => self.output_of(*workflow, *field),
            Source::Called {
                workflow: target,
                input: false,
                field: output,
            }
            | Source::CalleeOutput { target, output } => {
                let known = self.output_of(*target, *output);
                Known {
                    present: known.present && !self.flows[*target].leaves,
                    ..known
                }
            }
            Source::StepOutput { step, output } => {
                let Some(output) = self
                    .workflow()
                    .steps
                    .get(*step)
                    .and_then(|step| step.outputs.get(*output))
                else {
                    return Known::NOTHING;
                };
                if self.depth.get() >= DEPTH {
                    return Known::NOTHING;
                }
                // The outputs of another step come from the response with which it succeeded.
                let kept = Self {
                    codes: None,
                    depth: Cell::new(self.depth.get() + 1),
                    ..Self::new(self.program, self.flows, self.index)
                };
                let known = kept.value(&output.value, Some(*step));
                let certain = match at {
                    Some(index) => self.flow().certain_before.get(index),
                    None => Some(&self.flow().certain_at_end),
                };
                let ran = certain.is_some_and(|set| set.contains(*step)) || at == Some(*step);
                Known {
                    present: known.present && ran,
                    ..known
                }
            }
        }
    }

    /// Returns what is known about a parameter in the request of the step: its value as set by the step.
    fn argument(&self, name: &str, location: Location, at: Option<usize>) -> Known<'a> {
        let step = at.and_then(|index| self.workflow().steps.get(index));
        let Some(request) = step.and_then(|step| step.act.request()) else {
            return Known::NOTHING;
        };
        let argument = request
            .arguments
            .iter()
            .find(|argument| argument.name == name && argument.location == location);
        argument.map_or(Known::NOTHING, |argument| self.value(&argument.value, at))
    }

    fn header(&self, name: &str, at: Option<usize>) -> Known<'a> {
        let step = at.and_then(|index| self.workflow().steps.get(index));
        let responses = step.map(|step| self.responses(step)).unwrap_or_default();
        let declared = match responses.as_slice() {
            [response] => response
                .headers
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .and_then(|(_, schema)| *schema),
            _ => None,
        };
        let scalar = declared.filter(|schema| {
            matches!(
                schema.types().without(Type::Null).single(),
                Some(Type::Integer | Type::Number | Type::Boolean)
            )
        });
        match scalar {
            Some(schema) => Known {
                shape: Shape::Schema(schema),
                present: false,
            },
            None => Known {
                shape: Shape::Types(Types::of(Type::String)),
                present: false,
            },
        }
    }
}
