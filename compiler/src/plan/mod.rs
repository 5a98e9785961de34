//! Phase 6: what each step sends, reads and decides, with Rust names and types.
//!
//! Input: a checked `program::Program`. Output: a [`Plan`], which owns everything it
//! says and knows neither YAML nor tokens.

pub mod constraint;
mod field;
pub mod fingerprint;
mod json_schema;
mod model;
pub mod name;
mod selection;
pub mod types;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::bundle::Options;
use crate::diagnostic::Diagnostics;
use crate::document::Location;
use crate::flow::Flow;
use crate::openapi::Operation;
use crate::program::value::quote_json;
use crate::program::{self, Destination, Invocation, Program, Reference, Source};
use crate::schema::Schema;
use crate::source::{FileId, Sources, Span};
use crate::status::{self, StatusSet};
use crate::typing::flows;
use crate::typing::{Shape, Typing};
pub use model::*;
use name::Names;
use selection::{ends, qualified, unused_options, wanted};
use types::{Ty, Types};

/// The style of a parameter: as it is declared, else the default of its place.
fn style(argument: &program::Argument<'_>) -> Style {
    let Some(declared) = &argument.declared else {
        let query = matches!(
            argument.location,
            Location::Query | Location::QueryString | Location::Cookie
        );
        return Style {
            form: if query { "Form" } else { "Simple" },
            explode: query,
            reserved: false,
        };
    };
    let form = match (declared.content, declared.style) {
        (Some(media), _) if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") => "Form",
        (Some(media), _) if crate::openapi::is_json(media) => "Json",
        (Some(_), _) => "Text",
        (None, "label") => "Label",
        (None, "matrix") => "Matrix",
        (None, "form") => "Form",
        (None, "cookie") => "Cookie",
        (None, "spaceDelimited") => "SpaceDelimited",
        (None, "pipeDelimited") => "PipeDelimited",
        (None, "tabDelimited") => "TabDelimited",
        (None, "deepObject") => "DeepObject",
        _ => "Simple",
    };
    Style {
        form,
        explode: declared.explode,
        reserved: declared.allow_reserved,
    }
}

/// Plans the workflows that the options ask for.
pub fn plan(program: &Program<'_>, options: &Options, sources: &Sources, diagnostics: &mut Diagnostics) -> Plan {
    unused_options(program, options, diagnostics);
    let wanted = wanted(program, options);
    let flows = flows(program);
    let mut workflows: Vec<Workflow> = Vec::new();
    let mut names = Names::new("workflows", "");
    let (files, mut apis) = shared_apis(program, &wanted);
    let mut types = Types::new(files);
    for (index, workflow) in program.workflows.iter().enumerate().filter(|(index, _)| wanted[*index]) {
        let id = qualified(workflow);
        let id = id.as_str();
        let ident = renamed(options, id).unwrap_or_else(|| name::workflow(id));
        // The same id twice is reported as such; only the first one is expanded.
        let twice = |known: &program::Workflow<'_>| qualified(known) == id;
        if program.workflows[..index].iter().any(twice) {
            continue;
        }
        let ident = names.take(&ident, id, workflow.text.id.span(), diagnostics);
        let planner = Planner {
            program,
            workflow,
            typing: Typing::new(program, &flows, index),
            flows: &flows,
            options,
            sources,
            sites: RefCell::default(),
            whole: RefCell::default(),
            codes: Cell::default(),
        };
        let api = planner.apis_used().next();
        types.enter(index, workflow.text.id.at.file, api);
        workflows.push(planner.workflow(ident, &mut types, diagnostics));
    }
    let mut sources: Vec<String> = Vec::new();
    for api in &program.apis {
        if !sources.contains(&api.client) {
            sources.push(api.client.clone());
        }
    }
    for api in &mut apis {
        while workflows.iter().any(|workflow| workflow.ident == api.ident) {
            api.ident.push('_');
        }
    }
    let types = types.finish();
    let schemas: Vec<String> = workflows
        .iter()
        .map(|workflow| json_schema::outputs(workflow, &workflows, &types))
        .collect();
    for (workflow, schema) in workflows.iter_mut().zip(schemas) {
        workflow.outputs_schema = schema;
    }
    Plan {
        file: options.label(&options.document),
        workflows,
        sources,
        types,
        apis,
    }
}

/// The files of the APIs whose types several workflows share, with the indices of their modules, and the modules.
fn shared_apis(program: &Program<'_>, wanted: &[bool]) -> (Vec<(FileId, usize)>, Vec<ApiModule>) {
    let (mut files, mut modules): (Vec<(FileId, usize)>, Vec<ApiModule>) = (Vec::new(), Vec::new());
    if wanted.iter().filter(|wanted| **wanted).count() < 2 {
        return (files, modules);
    }
    for api in &program.apis {
        let Some(file) = api.file.filter(|file| !files.iter().any(|(known, _)| known == file)) else {
            continue;
        };
        files.push((file, modules.len()));
        let mut ident = name::workflow(&api.client);
        while modules.iter().any(|module| module.ident == ident) {
            ident.push('_');
        }
        modules.push(ApiModule {
            name: api.client.clone(),
            ident,
        });
    }
    (files, modules)
}

/// What the option `rename` calls a workflow, or an input, step or output of one.
fn renamed(options: &Options, from: &str) -> Option<String> {
    let mut all = options.rename.iter();
    all.find(|(known, _)| known == from).map(|(_, to)| to.clone())
}

struct Planner<'p, 'a> {
    program: &'p Program<'a>,
    workflow: &'p program::Workflow<'a>,
    typing: Typing<'p, 'a>,
    flows: &'p [Flow],
    options: &'p Options,
    sources: &'p Sources,
    /// The calls that were planned so far.
    sites: RefCell<Vec<Site>>,
    /// The steps of whose calls everything is kept.
    whole: RefCell<BTreeSet<usize>>,
    /// The status codes of the response that an action reads.
    codes: Cell<Option<StatusSet>>,
}

impl<'a> Planner<'_, 'a> {
    fn place(&self, span: Span) -> (usize, usize) {
        let (_, line, column) = self.sources.position(span);
        (line, column)
    }

    /// The indices of the shared APIs that the workflow sends requests to.
    fn apis_used(&self) -> impl Iterator<Item = usize> {
        let requests = self.workflow.steps.iter().filter_map(|step| match &step.act {
            program::Act::Http(request) => self.program.apis.get(request.api)?.file,
            _ => None,
        });
        let files: Vec<FileId> = self.program.apis.iter().filter_map(|api| api.file).collect();
        requests.filter_map(move |file| {
            let mut distinct: Vec<FileId> = Vec::new();
            for known in &files {
                if !distinct.contains(known) {
                    distinct.push(*known);
                }
            }
            distinct.iter().position(|known| *known == file)
        })
    }

    fn workflow(&self, ident: String, types: &mut Types, diagnostics: &mut Diagnostics) -> Workflow {
        let text = self.workflow.text;
        let inputs = self.inputs(types, diagnostics);
        let prefix = format!("{}.steps.", qualified(self.workflow));
        let (mut names, mut variants) = (Names::new("steps", &prefix), Names::new("steps", &prefix));
        let mut steps = Vec::new();
        for (index, step) in self.workflow.steps.iter().enumerate() {
            let (id, span) = (step.text.id.value, step.text.id.span());
            // The same id twice is reported as such.
            let duplicate = self.workflow.steps[..index]
                .iter()
                .any(|known| known.text.id.value == id);
            let mut unheard = Diagnostics::default();
            let found = diagnostics.count();
            let heard = if duplicate { &mut unheard } else { &mut *diagnostics };
            let renamed = renamed(self.options, &format!("{prefix}{id}"));
            let wanted = name::step(renamed.as_deref().unwrap_or(id));
            let ident = names.take(&wanted, id, span, heard);
            let heard = if duplicate || diagnostics.count() > found {
                &mut unheard
            } else {
                &mut *diagnostics
            };
            let variant = variants.take(&name::pascal(renamed.as_deref().unwrap_or(id)), id, span, heard);
            steps.push(self.step(index, (ident, variant), types, diagnostics));
        }
        let prefix = format!("{}.outputs.", qualified(self.workflow));
        let outputs = self.outputs(&self.workflow.outputs, None, ("Outputs", prefix), types, diagnostics);
        // What the outputs of the workflow read must be there when it ends.
        let at_end: Vec<usize> = self.required_inputs(
            self.workflow
                .outputs
                .iter()
                .flat_map(|output| output.value.references()),
        );
        for (index, step) in steps.iter_mut().enumerate() {
            step.whole = self.whole.borrow().contains(&index);
            step.reachable = self.typing.flow().reachable.get(index) != Some(&false);
            let ends = step.next.is_none()
                || step
                    .on_success
                    .iter()
                    .any(|action| matches!(action.kind, ActionKind::End));
            if ends {
                step.needs.extend(at_end.iter().copied());
                step.needs.sort_unstable();
                step.needs.dedup();
            }
            // A call waits for what the step needs after it, too: it is not made twice.
            let mut sites = self.sites.borrow_mut();
            if let Some(site) = step.site().and_then(|site| sites.get_mut(site)) {
                site.needs.clone_from(&step.needs);
            }
        }
        for (step, planned) in self.workflow.steps.iter().zip(&mut steps) {
            planned.errors = errors(step, &planned.variant, types);
        }
        Workflow {
            id: text.id.value.to_owned(),
            qualified: qualified(self.workflow),
            variant: name::pascal(&qualified(self.workflow)),
            file: self.sources.label(text.id.at.file).to_owned(),
            apis: self.apis(),
            ident,
            summary: text.summary.map(|text| text.value.to_owned()),
            description: text.description.map(|text| text.value.to_owned()),
            inputs,
            inputs_schema: json_schema::inputs(text.inputs),
            outputs_schema: String::new(),
            steps,
            outputs,
            index: self.typing.index,
            first: self.workflow.order.first().copied(),
            sites: self.sites.take(),
            ends: ends(self.program, self.typing.index),
            dependencies: self.dependencies(),
        }
    }

    /// The names of the APIs that its requests go to, each once, in their order.
    fn apis(&self) -> Vec<(String, bool)> {
        let mut names: Vec<(String, bool)> = Vec::new();
        for step in &self.workflow.steps {
            let program::Act::Http(request) = &step.act else {
                continue;
            };
            let Some(api) = self.program.apis.get(request.api) else {
                continue;
            };
            let absolute = request.operation.server.contains("://");
            match names.iter_mut().find(|(name, _)| *name == api.client) {
                Some((_, all)) => *all &= absolute,
                None => names.push((api.client.clone(), absolute)),
            }
        }
        names
    }

    fn dependencies(&self) -> Vec<(usize, bool)> {
        let steps = (0..self.workflow.steps.len()).flat_map(|index| program::step_references(self.workflow, index));
        let read: Vec<usize> = steps
            .map(|(reference, _)| reference)
            .chain(
                self.workflow
                    .outputs
                    .iter()
                    .flat_map(|output| output.value.references()),
            )
            .filter_map(|reference| match reference.source {
                Source::Dependency {
                    workflow, input: true, ..
                } => Some(workflow),
                _ => None,
            })
            .collect();
        self.workflow
            .depends_on
            .iter()
            .map(|&index| (index, read.contains(&index)))
            .collect()
    }

    /// Plans a call; its index.
    fn site(&self, invocation: &Invocation, at: usize) -> Option<usize> {
        let inputs = &self.program.workflows[invocation.target].inputs;
        let mut arguments = Vec::new();
        for (input, value) in &invocation.arguments {
            arguments.push((inputs.get(*input)?.name.to_owned(), self.value(value, Some(at))?));
        }
        let needs = self.required_inputs(invocation.arguments.iter().flat_map(|(_, value)| value.references()));
        let dependencies = self.origins(invocation.target, at)?;
        let mut sites = self.sites.borrow_mut();
        sites.push(Site {
            dependencies,
            target: invocation.target,
            arguments,
            needs,
        });
        Some(sites.len() - 1)
    }

    fn origins(&self, target: usize, at: usize) -> Option<Vec<Origin>> {
        let needed = self.program.workflows[target].depends_on.iter();
        needed
            .map(|needed| {
                if self.workflow.depends_on.contains(needed) {
                    return Some(Origin::Own);
                }
                let step = crate::flow::ran_before(self.workflow, self.flows, self.typing.flow(), at, *needed)?;
                self.whole.borrow_mut().insert(step);
                Some(Origin::Step(step, self.workflow.steps[step].outputs.len()))
            })
            .collect()
    }

    fn inputs(&self, types: &mut Types, diagnostics: &mut Diagnostics) -> Vec<Input> {
        let prefix = format!("{}.inputs.", qualified(self.workflow));
        let (mut names, mut variants) = (Names::new("inputs", &prefix), Names::new("inputs", &prefix));
        let mut inputs = Vec::new();
        for input in &self.workflow.inputs {
            let renamed = renamed(self.options, &format!("{prefix}{}", input.name));
            let own = renamed.as_deref().unwrap_or(input.name);
            let mut ident = name::snake(own);
            // `new` is the constructor of the struct that has the setters.
            if ident == "new" {
                ident.push('_');
            }
            let found = diagnostics.count();
            let ident = names.take(&ident, input.name, input.span, diagnostics);
            let mut unheard = Diagnostics::default();
            let heard = if diagnostics.count() > found {
                &mut unheard
            } else {
                &mut *diagnostics
            };
            let variant = variants.take(&name::pascal(own), input.name, input.span, heard);
            let ty = input.schema.map_or(Ty::Json, |schema| match file(schema) {
                Some(file) => file,
                None => types.of(schema, input.name, false),
            });
            let nullable = input.schema.is_some_and(Schema::nullable);
            let default = input
                .schema
                .and_then(crate::schema::Schema::default_value)
                .map(json_text);
            let constraint = input
                .schema
                .map(|schema| constraint::constraint(input.at, schema, &ty, diagnostics))
                .unwrap_or_default();
            inputs.push(Input {
                name: input.name.to_owned(),
                variant,
                ident,
                ty: if nullable { ty.optional() } else { ty },
                required: input.required,
                constraint,
                default,
                docs: input
                    .schema
                    .and_then(|schema| schema.text("description"))
                    .map(str::to_owned),
                secret: input
                    .schema
                    .is_some_and(|schema| schema.text("format") == Some("password")),
            });
        }
        inputs
    }

    fn required_inputs<'r>(&self, references: impl Iterator<Item = &'r Reference>) -> Vec<usize> {
        let mut needed: Vec<usize> = references
            .filter_map(|reference| match reference.source {
                Source::Input(index) if self.workflow.inputs.get(index).is_some_and(|input| input.required) => {
                    Some(index)
                }
                _ => None,
            })
            .collect();
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    fn step(
        &self,
        index: usize,
        (ident, variant): (String, String),
        types: &mut Types,
        diagnostics: &mut Diagnostics,
    ) -> Step {
        let step = &self.workflow.steps[index];
        let id = step.text.id.value;
        Step {
            id: id.to_owned(),
            place: self.place(step.text.id.span()),
            ident,
            act: match &step.act {
                program::Act::Http(_) => self
                    .request(step, index)
                    .map_or(Act::Unresolved, |request| Act::Http(Box::new(request))),
                program::Act::Workflow(invocation) => {
                    self.site(invocation, index).map_or(Act::Unresolved, Act::Workflow)
                }
                program::Act::Unresolved => Act::Unresolved,
            },
            next: {
                let position = self.workflow.order.iter().position(|known| *known == index);
                position.and_then(|position| self.workflow.order.get(position + 1).copied())
            },
            after: step.depends_on.clone(),
            calls: match &step.act {
                program::Act::Http(call) => format!("{} {}", call.operation.method, call.operation.path),
                program::Act::Workflow(invocation) => {
                    format!("workflow {}", qualified(&self.program.workflows[invocation.target]))
                }
                program::Act::Unresolved => String::new(),
            },
            needs: self.required_inputs(
                program::step_references(self.workflow, index)
                    .into_iter()
                    .map(|(reference, _)| reference),
            ),
            criteria: step
                .criteria
                .iter()
                .filter_map(|criterion| self.criterion(criterion, index))
                .collect(),
            outputs: {
                let prefix = format!("{}.steps.{id}.outputs.", qualified(self.workflow));
                self.outputs(&step.outputs, Some(index), (&variant, prefix), types, diagnostics)
            },
            on_success: self.actions(&step.on_success, index, status::success(step)),
            on_failure: self.actions(&step.on_failure, index, StatusSet::all()),
            timeout: step.timeout,
            whole: false,
            errors: Vec::new(),
            reachable: true,
            description: step.text.description.map(|text| text.value.to_owned()),
            variant,
        }
    }

    fn request(&self, step: &program::Step<'a>, index: usize) -> Option<Request> {
        let program::Act::Http(call) = &step.act else {
            return None;
        };
        let program::Request {
            api,
            operation,
            arguments,
            body,
            ..
        } = &**call;
        let value = |value: &program::Value| self.value(value, Some(index));
        let path = path_pieces(operation, |wanted| {
            arguments
                .iter()
                .find(|argument| argument.location == Location::Path && argument.name == wanted)
                .and_then(|argument| Some((value(&argument.value)?, style(argument))))
        });
        let mut parameters = Vec::new();
        for argument in arguments.iter().filter(|argument| argument.location != Location::Path) {
            parameters.push(Parameter {
                name: argument.name.clone(),
                location: argument.location,
                required: argument.declared.as_ref().is_some_and(|declared| declared.required),
                value: value(&argument.value)?,
                style: style(argument),
            });
        }
        let json_instead = body
            .as_ref()
            .is_some_and(|body| body.by_description && self.typing.not_text(body, index).is_some());
        let body = match body {
            Some(body) => Some(Body {
                // A structure that the description accepts as text only is sent as JSON if the user lowers
                // the rule.
                content_type: if json_instead {
                    "application/json".to_owned()
                } else {
                    body.content_type.clone()
                },
                fields: field::fields(body),
                form: if json_instead { Payload::Json } else { body.form },
                payload: value(&body.payload)?,
                replacements: body
                    .replacements
                    .iter()
                    .map(|(target, new)| Some((target.clone(), value(new)?)))
                    .collect::<Option<Vec<_>>>()?,
            }),
            None => None,
        };
        let mut request = Request {
            source: self.program.apis.get(*api)?.client.clone(),
            name: operation
                .id
                .map_or_else(|| format!("{} {}", operation.method, operation.path), str::to_owned),
            method: operation.method.clone(),
            server: operation.server.clone(),
            security: Vec::new(),
            responses: operation
                .responses
                .iter()
                .map(|response| {
                    let mut media = response.media.iter().map(|media| crate::openapi::is_json(media.name));
                    (response.status.to_owned(), media.len() > 0 && media.all(|json| json))
                })
                .collect(),
            path,
            parameters,
            body,
        };
        let alternatives = operation.security.iter().map(|all| {
            all.iter()
                .map(|scheme| {
                    let written = request.writes_scheme(&scheme.kind);
                    (scheme.name.clone(), scheme.kind.clone(), written)
                })
                .collect()
        });
        request.security = alternatives.collect();
        Some(request)
    }

    fn read(&self, reference: &Reference, at: Option<usize>) -> Option<Read> {
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
        );
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

    /// Where a run keeps what a reference means, and the pointer into it.
    fn kept(&self, reference: &Reference, at: Option<usize>) -> Option<(Source, Vec<String>)> {
        let (source, pointer) = (&reference.source, &reference.pointer);
        let Source::Called { workflow, input, field } = *source else {
            return Some((source.clone(), pointer.clone()));
        };
        let step = crate::flow::latest_call(self.workflow, self.typing.flow(), at, workflow)?;
        let caller = &self.workflow.steps[step];
        // A step that declares no outputs keeps those of the workflow that it calls.
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

    fn value(&self, value: &program::Value, at: Option<usize>) -> Option<Value> {
        value.map(&mut |reference| self.read(reference, at))
    }

    fn criterion(&self, criterion: &program::Criterion, at: usize) -> Option<Criterion> {
        Some(Criterion {
            text: criterion.text.clone(),
            place: self.place(criterion.span),
            test: criterion.test.map(&mut |reference| self.read(reference, Some(at)))?,
        })
    }

    fn actions(&self, actions: &[program::Action], at: usize, codes: StatusSet) -> Vec<Action> {
        let planned = actions
            .iter()
            .filter_map(|action| {
                self.codes.set(Some(codes.and(status::passing_all(&action.criteria))));
                let criteria = action
                    .criteria
                    .iter()
                    .map(|criterion| self.criterion(criterion, at))
                    .collect::<Option<Vec<_>>>()?;
                Some(Action {
                    name: action.name.clone(),
                    criteria,
                    kind: self.action_kind(&action.kind, at),
                })
            })
            .collect();
        self.codes.set(None);
        planned
    }

    fn action_kind(&self, kind: &program::ActionKind, at: usize) -> ActionKind {
        match kind {
            program::ActionKind::End => ActionKind::End,
            program::ActionKind::Goto(Destination::Step(step)) => ActionKind::Goto(*step),
            program::ActionKind::Goto(Destination::Workflow(invocation)) => {
                self.site(invocation, at).map_or(ActionKind::Invalid, ActionKind::Leave)
            }
            program::ActionKind::Retry { after, limit, detour } => {
                let detour = match detour {
                    None => None,
                    Some(Destination::Step(step)) => Some(Detour::Step(*step)),
                    Some(Destination::Workflow(invocation)) => match self.site(invocation, at) {
                        Some(site) => Some(Detour::Call(site)),
                        None => return ActionKind::Invalid,
                    },
                };
                ActionKind::Retry {
                    after: *after,
                    limit: *limit,
                    detour,
                }
            }
            program::ActionKind::Invalid => ActionKind::Invalid,
        }
    }

    /// Every output keeps its place and its name, even one whose value was reported: what the
    /// user's code names must exist.
    fn outputs(
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

/// Bytes and lists of them, which inputs can be.
fn file(schema: Schema<'_>) -> Option<Ty> {
    use crate::schema::Type;
    match schema.types().without(Type::Null).single()? {
        Type::String => (schema.text("format") == Some("binary")).then_some(Ty::Blob),
        Type::Array => {
            Some(Ty::Vec(Box::new(file(schema.item(None)?)?))).filter(|ty| *ty == Ty::Vec(Box::new(Ty::Blob)))
        }
        _ => None,
    }
}

fn plain(kinds: crate::schema::Types) -> Ty {
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

fn path_pieces(operation: &Operation<'_>, value: impl Fn(&str) -> Option<(Value, Style)>) -> Vec<PathPiece> {
    use crate::path_template::Piece;
    let pieces = crate::path_template::pieces(&operation.template).into_iter();
    pieces
        .map(|piece| match piece {
            Piece::Literal(text) => PathPiece::Text(text.to_owned()),
            Piece::Name(name) => match value(name) {
                Some((value, style)) => PathPiece::Value(name.to_owned(), value, style),
                None => PathPiece::Text(format!("{{{name}}}")),
            },
        })
        .collect()
}

/// The error responses of a step whose bodies are JSON with types of their own.
fn errors(step: &program::Step<'_>, variant: &str, types: &mut Types) -> Vec<(String, String, Ty)> {
    let program::Act::Http(request) = &step.act else {
        return Vec::new();
    };
    let mut found: Vec<(String, String, Ty)> = Vec::new();
    for response in &request.operation.responses {
        let known = found.iter().any(|(status, ..)| status == response.status);
        let mut media = response
            .media
            .iter()
            .filter(|media| crate::openapi::is_json(media.name));
        let Some(schema) = media.next().and_then(|media| media.schema).filter(|_| !known) else {
            continue;
        };
        if response.status.starts_with('2') || response.status.starts_with('3') {
            continue;
        }
        let name = if response.status == "default" {
            "Default".to_owned()
        } else {
            format!("Status{}", response.status.to_uppercase())
        };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let ty = types.of(schema, &format!("{variant}-error-{}", response.status), true);
        if ty != Ty::Json {
            found.push((response.status.to_owned(), name, ty));
        }
    }
    found
}

/// A value of the document as compact JSON.
#[must_use]
pub fn json_text(at: crate::source::Cursor<'_>) -> String {
    use crate::source::Data;
    match &at.node().data {
        Data::String(text) => quote_json(text),
        Data::Array(_) => format!("[{}]", at.items().map(json_text).collect::<Vec<_>>().join(",")),
        Data::Object(_) => {
            let members: Vec<String> = at
                .members()
                .map(|entry| format!("{}:{}", quote_json(entry.key), json_text(entry.value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        _ => at.scalar_text().unwrap_or("null").to_owned(),
    }
}

/// The pointers into the response's body that values read, each once, in order.
#[must_use]
pub fn body_pointers<'v>(reads: impl IntoIterator<Item = &'v Read>) -> Vec<Vec<String>> {
    let mut seen: BTreeSet<&[String]> = BTreeSet::new();
    let mut pointers = Vec::new();
    for read in reads {
        if read.source == Source::ResponseBody && seen.insert(&read.pointer) {
            pointers.push(read.pointer.clone());
        }
    }
    pointers
}
