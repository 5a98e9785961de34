//! Phase 5b: what is known about the value that an expression refers to.

use std::cell::Cell;

use crate::document::Location;
use crate::flow::{self, Flow, demanded_status};
use crate::openapi::is_json;
use crate::resolve::{Call, Engine, Program, Reference, Source, Step, Value, ValueKind, Workflow};
use crate::schema::{Schema, Type, Types, Walk};

/// What is known about a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    /// An instance of a schema.
    Schema(Schema<'a>),
    /// A value of one of these types.
    Types(Types),
    /// Bytes that need not be text.
    Bytes,
    /// Nothing.
    Unknown,
}

/// A shape, and whether the value is always there.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What it is.
    pub shape: Shape<'a>,
    /// Whether it is there whenever the place that reads it is reached.
    pub present: bool,
}

impl Known<'_> {
    const NOTHING: Self = Known {
        shape: Shape::Unknown,
        present: false,
    };
}

impl Shape<'_> {
    /// The JSON types that the value can have; empty where nothing is known.
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
    /// Outputs that refer to each other in a circle must not be followed for ever.
    depth: Cell<u32>,
}

/// How many outputs that refer to outputs are followed.
const DEPTH: u32 = 48;

/// The order of the steps of each workflow.
#[must_use]
pub fn flows(program: &Program<'_>) -> Vec<Flow> {
    program.workflows.iter().map(flow::analyse).collect()
}

/// The status that a step succeeds with, where its criteria or its operation pin one down.
#[must_use]
pub fn success_status(step: &Step<'_>) -> Option<u16> {
    let Call::Operation(request) = &step.call else {
        return None;
    };
    let tests: Vec<_> = step.criteria.iter().map(|criterion| &criterion.test).collect();
    demanded_status(&tests).or_else(|| {
        let declared: Vec<&str> = request
            .operation
            .responses
            .iter()
            .map(|response| response.status)
            .filter(|status| status.starts_with('2'))
            .collect();
        match declared.as_slice() {
            [only] => only.parse().ok().or(Some(200)),
            _ => None,
        }
    })
}

impl<'p, 'a> Typing<'p, 'a> {
    /// The types of the workflow with an index.
    #[must_use]
    pub fn new(program: &'p Program<'a>, flows: &'p [Flow], index: usize) -> Self {
        Self {
            program,
            flows,
            index,
            depth: Cell::new(0),
        }
    }

    /// The workflow.
    #[must_use]
    pub fn workflow(&self) -> &'p Workflow<'a> {
        &self.program.workflows[self.index]
    }

    /// The order of its steps.
    #[must_use]
    pub fn flow(&self) -> &'p Flow {
        &self.flows[self.index]
    }

    /// What is known about an output of another workflow, and whether it is there when that one
    /// has come to its own end.
    fn output_of(&self, workflow: usize, output: usize) -> Known<'a> {
        if self.depth.get() >= DEPTH {
            return Known::NOTHING;
        }
        let other = Self {
            program: self.program,
            flows: self.flows,
            index: workflow,
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
                let defaulted = input.schema.is_some_and(|schema| schema.at.get("default").is_some());
                let shape = input.schema.map_or(Shape::Unknown, Shape::Schema);
                Known {
                    shape,
                    present: input.required || defaulted,
                }
            }
            None => Known::NOTHING,
        }
    }

    /// The schema of the JSON body that a step succeeds with.
    #[must_use]
    pub fn response_schema(step: &Step<'a>) -> Option<Schema<'a>> {
        let Call::Operation(request) = &step.call else {
            return None;
        };
        request.operation.response(success_status(step)?)?.json_schema()
    }

    /// A body that is not JSON, where the operation says of which media type it is: text, or bytes.
    fn other_body(step: &Step<'a>) -> Option<Shape<'a>> {
        let Call::Operation(request) = &step.call else {
            return None;
        };
        let [media] = request.operation.response(success_status(step)?)?.media.as_slice() else {
            return None;
        };
        let name = media.name.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if is_json(&name) || name.contains('*') {
            return None;
        }
        let text = name.starts_with("text/") || name.ends_with("/xml") || name.ends_with("+xml");
        Some(if text {
            Shape::Types(Types::of(Type::String))
        } else {
            Shape::Bytes
        })
    }

    /// What is known about a value that step `at` reads, or the end of the workflow if `None`.
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
            ValueKind::Text(_) | ValueKind::Template(_) => of(Type::String),
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
                    // Whatever it selects comes as an array, as soon as there is something to select from.
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

    /// What is known about what an expression refers to.
    #[must_use]
    pub fn reference(&self, reference: &Reference, at: Option<usize>) -> Known<'a> {
        let base = self.source(&reference.source, at);
        if reference.pointer.is_empty() {
            return base;
        }
        match base.shape {
            Shape::Schema(schema) => match schema.walk(reference.pointer.iter().map(String::as_str)) {
                Walk::Found { schema, required } => Known {
                    shape: Shape::Schema(schema),
                    present: base.present && required,
                },
                Walk::Unknown { .. } | Walk::Impossible { .. } => Known::NOTHING,
            },
            _ => Known::NOTHING,
        }
    }

    /// What is known about a source before any pointer into it.
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
            Source::ResponseBody => {
                let schema = at.and_then(|index| Self::response_schema(self.workflow().steps.get(index)?));
                let known = |shape| Known { shape, present: true };
                match schema {
                    Some(schema) => known(Shape::Schema(schema)),
                    None => at
                        .and_then(|index| Self::other_body(self.workflow().steps.get(index)?))
                        .map_or(Known::NOTHING, known),
                }
            }
            Source::Input(index) => self.input_of(self.index, *index),
            Source::Dependency {
                workflow,
                input: true,
                field,
            } => self.input_of(*workflow, *field),
            Source::Dependency {
                workflow,
                input: false,
                field,
            } => self.output_of(*workflow, *field),
            Source::CalleeOutput { target, output } => {
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
                self.depth.set(self.depth.get() + 1);
                let known = self.value(&output.value, Some(*step));
                self.depth.set(self.depth.get() - 1);
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

    /// What is known about a parameter of the request of the step: the value as it was given.
    fn argument(&self, name: &str, location: Location, at: Option<usize>) -> Known<'a> {
        let step = at.and_then(|index| self.workflow().steps.get(index));
        let Some(Call::Operation(request)) = step.map(|step| &step.call) else {
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
        let declared = step.and_then(|step| {
            let Call::Operation(request) = &step.call else {
                return None;
            };
            let response = request.operation.response(success_status(step)?)?;
            response
                .headers
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .and_then(|(_, schema)| *schema)
        });
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
