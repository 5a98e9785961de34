//! The workflow as a type: its static description, and its decisions as code.

use super::code::{Code, literal, quote};

use super::{doc, ident, result, step, value};
use crate::plan::constraint::{Argument, Constraint};
use crate::plan::{Plan, Workflow, fingerprint};

/// The workflows that a workflow calls, each once.
fn targets<'p>(workflow: &Workflow, plan: &'p Plan) -> Vec<&'p Workflow> {
    let mut indices: Vec<usize> = workflow.sites.iter().map(|site| site.target).collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter().filter_map(|index| plan.workflow(index)).collect()
}

pub(super) fn emit(workflow: &Workflow, plan: &Plan, broken: bool) -> Code {
    let id = &workflow.id;
    let result = result(workflow);
    let shape = shape(workflow, plan, broken);
    let decisions = if broken { Code::new() } else { decisions(workflow, plan) };
    let docs = doc::plain(&format!("The workflow {}, as a type.", doc::name(id)));
    let run_docs = doc::plain(&format!("A run of the workflow {}.", doc::name(id)));
    let (file, sources) = (&workflow.file, workflow.apis.iter().map(|(name, _)| name));
    let text = |text: &Option<String>| match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    };
    let (summary, description) = (text(&workflow.summary), text(&workflow.description));
    let dependencies = if workflow.dependencies.is_empty() {
        quote!(())
    } else {
        quote!(Dependencies)
    };
    let (inputs_schema, outputs_schema) = (&workflow.inputs_schema, &workflow.outputs_schema);
    quote! {
        #docs
        #[derive(Debug)]
        pub enum Workflow {}

        #run_docs
        pub type Run = __rt::Run<Workflow>;

        /// The error that stopped a run, together with the run.
        pub type Error = __rt::RunError<Workflow>;

        impl __rt::Workflow for Workflow {
            type Inputs = Inputs;
            type PartialInputs = PartialInputs;
            type Input = Input;
            type Step = Step;
            type Steps<'a> = Steps<'a>;
            type Outputs = #result;
            type Dependencies = #dependencies;

            const ID: &'static str = #id;
            const DOCUMENT: &'static str = #file;
            const SUMMARY: Option<&'static str> = #summary;
            const DESCRIPTION: Option<&'static str> = #description;
            const INPUTS: &'static [Input] = Input::ALL;
            const STEPS: &'static [Step] = Step::ALL;
            const SOURCES: &'static [&'static str] = &[#(#sources),*];
            const INPUTS_SCHEMA: &'static str = #inputs_schema;
            const OUTPUTS_SCHEMA: &'static str = #outputs_schema;
            const SHAPE: &'static __rt::Shape = &SHAPE;

            fn steps(state: &__rt::State) -> Steps<'_> {
                Steps { state }
            }
        }

        #shape
        #decisions
    }
}

fn index(number: Option<usize>) -> Code {
    match number {
        Some(number) => {
            let number = literal(number);
            quote!(Some(#number))
        }
        None => quote!(None),
    }
}

fn shape(workflow: &Workflow, plan: &Plan, broken: bool) -> Code {
    let (id, file) = (&workflow.id, &workflow.file);
    let inputs = workflow.inputs.iter().map(|input| {
        let (name, required) = (&input.name, input.required);
        let print = literal(fingerprint::input(input, &plan.types));
        let constraint = (!input.constraint.is_empty() && !broken).then(|| {
            let constraint = constraint(&input.constraint);
            quote!(.constraint(&#constraint))
        });
        let kind = ident(if required { "required" } else { "optional" });
        quote!(__rt::InputShape::#kind(#name, #print) #constraint)
    });
    let dependencies = literal(fingerprint::dependencies(workflow, plan));
    let first = index(workflow.first);
    let steps = workflow
        .steps
        .iter()
        .map(|step| step_shape(step, workflow, plan, broken));
    let targets: Vec<Code> = targets(workflow, plan)
        .into_iter()
        .map(|target| {
            let (module, name) = (ident(&target.ident), &target.qualified);
            quote!(__rt::Target::of::<super::#module::Workflow>(#name))
        })
        .collect();
    let targets = (!targets.is_empty()).then(|| {
        let sites = workflow.sites.iter().map(|site| {
            let needs = site.needs.iter().map(|need| literal(*need));
            quote!(&[#(#needs),*])
        });
        quote!(targets: &[#(#targets),*], sites: &[#(#sites),*],)
    });
    let dependencies = (!workflow.dependencies.is_empty()).then(|| quote!(dependencies: #dependencies,));
    let sources = &plan.sources;
    let decisions = if broken { Vec::new() } else { decided(workflow) };
    let decisions = decisions.into_iter().map(ident);
    quote! {
        #[allow(clippy::needless_update)]
        static SHAPE: __rt::Shape = __rt::Shape {
            workflow: #id, file: #file, inputs: &[#(#inputs),*], first: #first, steps: &[#(#steps),*], #dependencies
            #targets sources: &[#(#sources),*], #(#decisions,)* ..__rt::Shape::EMPTY
        };
    }
}

fn step_shape(step: &crate::plan::Step, workflow: &Workflow, plan: &Plan, broken: bool) -> Code {
    let id = &step.id;
    let outputs = step
        .outputs
        .iter()
        .map(|output| super::settle::kept(output, workflow, plan));
    let whole = step
        .whole
        .then(|| quote!(__rt::Output::whole("$outputs"), __rt::Output::whole("$inputs")));
    let timeout = step.timeout.map(|milliseconds| {
        let milliseconds = literal(milliseconds);
        quote!(timeout: Some(#milliseconds),)
    });
    let next = step.next.map(|next| {
        let next = literal(next);
        quote!(next: Some(#next),)
    });
    let call = step.site().map(|call| {
        let call = literal(call);
        quote!(call: Some(#call),)
    });
    let needs = indices("needs", &step.after);
    // A called workflow waits for its inputs when it is called.
    let inputs = step.site().is_none().then(|| indices("inputs", &step.needs));
    let prints = fingerprint::step(step, workflow, plan).map(literal);
    let operation = step.request().filter(|_| !broken).map(|request| {
        let operation = super::request::operation(request);
        quote!(operation: Some(&#operation),)
    });
    let channel = step.exchange().filter(|_| !broken).map(|exchange| {
        let channel = super::exchange::channel(exchange);
        quote!(channel: Some(&#channel),)
    });
    let receives = indices("receives", &step.receives);
    let unreachable = (!step.reachable).then(|| quote!(reachable: false,));
    let declared = |json: bool| {
        let responses = step.request().into_iter().flat_map(|request| &request.responses);
        let statuses: Vec<&String> = responses
            .filter(|(_, is_json)| *is_json == json)
            .map(|(status, _)| status)
            .collect();
        let name = ident(if json { "json" } else { "other" });
        (!statuses.is_empty()).then(|| quote!(#name: &[#(#statuses),*],))
    };
    let (json, other) = (declared(true), declared(false));
    quote! {
        __rt::StepShape {
            id: #id, #operation #channel #receives #unreachable outputs: &[#(#outputs,)* #whole], #inputs #timeout #next #needs #call
            prints: [#(#prints),*], #json #other ..__rt::StepShape::EMPTY
        }
    }
}

/// A field with indices; nothing if there are none.
fn indices(name: &str, indices: &[usize]) -> Option<Code> {
    let mut sorted = indices.to_vec();
    sorted.sort_unstable();
    let name = ident(name);
    let all = sorted.into_iter().map(literal);
    (!indices.is_empty()).then(|| quote!(#name: &[#(#all),*],))
}

/// The functions that a workflow needs.
fn decided(workflow: &Workflow) -> Vec<&'static str> {
    let steps = &workflow.steps;
    let all = [
        ("send", steps.iter().any(|step| step.request().is_some())),
        ("message", steps.iter().any(|step| step.exchange().is_some())),
        ("settle", !steps.is_empty()),
        ("succeeded", steps.iter().any(|step| !step.on_success.is_empty())),
        ("failed", steps.iter().any(|step| !step.on_failure.is_empty())),
        ("output", !workflow.outputs.is_empty()),
        ("call", !workflow.sites.is_empty()),
    ];
    all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
}

/// Statements that read the outputs of the workflow for which a run has left.
pub(super) fn left(workflow: &Workflow, plan: &Plan) -> Code {
    let left = targets(workflow, plan)
        .into_iter()
        .filter(|target| workflow.ends.contains(&target.index))
        .map(|target| {
            let (name, module) = (ident(&target.variant), ident(&target.ident));
            let outcome = if target.ends.is_empty() {
                quote!(Self::#name(outputs))
            } else {
                let further = target.ends.iter().filter_map(|index| plan.workflow(*index)).map(|end| {
                    let end = ident(&end.variant);
                    quote!(super::#module::Outcome::#end(outputs) => Self::#end(outputs),)
                });
                quote!(match outputs {
                    super::#module::Outcome::Completed(outputs) => Self::#name(outputs),
                    #(#further)*
                })
            };
            quote! {
                if let Some(outputs) = run.left_for::<super::#module::Workflow>() {
                    return Some(#outcome);
                }
            }
        });
    quote!(#(#left)* None)
}

/// The function that starts runs of other workflows.
fn calls(workflow: &Workflow, plan: &Plan) -> Code {
    if workflow.sites.is_empty() {
        return Code::new();
    }
    let arms = workflow.sites.iter().enumerate().map(|(index, site)| {
        let statements = step::call(site, workflow, plan);
        (index, quote!(Ok({ #statements }),))
    });
    matching(
        "call",
        &arms.collect::<Vec<_>>(),
        &quote!(run, site, exchange),
        &|name, parts, arms| {
            quote! {
                /// Starts the workflows that steps and actions call.
                #[allow(unused_variables)]
                fn #name(run: &__rt::Frame<'_>, site: usize, exchange: &__rt::Exchange<'_>) -> Result<__rt::Child, __rt::Stop> {
                    #parts
                    match site {
                        #arms
                        _ => Err(__rt::Stop::Awaiting(::std::vec::Vec::new())),
                    }
                }
            }
        },
    )
}

fn constraint(constraint: &Constraint) -> Code {
    let limits = constraint.limits.iter().map(|(name, argument)| {
        let name = ident(name);
        match argument {
            Argument::Nothing => quote!(__rt::Limit::#name),
            Argument::Size(size) => {
                let size = literal(*size);
                quote!(__rt::Limit::#name(#size))
            }
            Argument::Text(text) => quote!(__rt::Limit::#name(#text)),
            Argument::Texts(texts) => quote!(__rt::Limit::#name(&[#(#texts),*])),
            Argument::Range(from, to) => quote!(__rt::Limit::#name(#from, #to)),
        }
    });
    let applied = constraint.applied.iter().map(|(name, argument, schemas)| {
        let name = ident(name);
        let argument = match argument {
            Argument::Nothing => quote!(__rt::Applied::#name),
            Argument::Size(size) => quote!(__rt::Applied::#name(#size)),
            Argument::Range(from, to) => quote!(__rt::Applied::#name(#from, #to)),
            Argument::Text(text) => quote!(__rt::Applied::#name(#text)),
            Argument::Texts(texts) => quote!(__rt::Applied::#name(&[#(#texts),*])),
        };
        let schemas = schemas.iter().map(self::constraint);
        quote!((#argument, &[#(#schemas),*]))
    });
    let properties = constraint.properties.iter().map(|(name, inner)| {
        let inner = self::constraint(inner);
        quote!((#name, #inner))
    });
    let items = match &constraint.items {
        Some(inner) => {
            let inner = self::constraint(inner);
            quote!(Some(&#inner))
        }
        None => quote!(None),
    };
    quote!(__rt::Constraint { limits: &[#(#limits),*], properties: &[#(#properties),*], items: #items, applied: &[#(#applied),*] })
}

/// The function that reads an output of the workflow.
fn output(workflow: &Workflow) -> Code {
    if workflow.outputs.is_empty() {
        return Code::new();
    }
    let scope = value::Scope {
        workflow,
        pointers: Vec::new(),
    };
    let arms = workflow.outputs.iter().enumerate().map(|(index, output)| {
        let value = scope.datum(&output.value, "an output");
        (index, quote!(#value,))
    });
    matching(
        "output",
        &arms.collect::<Vec<_>>(),
        &quote!(run, output),
        &|name, parts, arms| {
            quote! {
                /// Returns an output of the workflow.
                #[allow(unused_variables)]
                fn #name<'r>(run: &__rt::Frame<'r>, output: usize) -> Option<__rt::Datum<'r>> {
                    #parts
                    match output {
                        #arms
                        _ => None,
                    }
                }
            }
        },
    )
}

/// The decisions of the workflow, as functions.
fn decisions(workflow: &Workflow, plan: &Plan) -> Code {
    let steps = || workflow.steps.iter().enumerate();
    let send = steps().filter(|(_, step)| step.request().is_some());
    let send = send.map(|(index, step)| {
        let statements = super::request::prepare(step, workflow);
        (index, quote!({ #statements }))
    });
    let send = matching(
        "send",
        &send.collect::<Vec<_>>(),
        &quote!(run, step, call),
        &|name, parts, arms| {
            quote! {
                /// Builds the request of each step.
                #[allow(unused_variables)]
                fn #name(run: &__rt::Frame<'_>, step: usize, call: &mut __rt::Call) -> Result<(), __rt::Failure> {
                    #parts
                    match step {
                        #arms
                        _ => {}
                    }
                    Ok(())
                }
            }
        },
    );
    let message = steps().filter_map(|(index, step)| Some((index, step.exchange()?)));
    let message = message.map(|(index, exchange)| {
        let statements = super::exchange::prepare(exchange, workflow);
        (index, quote!({ #statements }))
    });
    let message = matching(
        "message",
        &message.collect::<Vec<_>>(),
        &quote!(run, step, draft),
        &|name, parts, arms| {
            quote! {
                /// Builds the message that each step sends, or the address at which it receives one.
                #[allow(unused_variables)]
                fn #name(run: &__rt::Frame<'_>, step: usize, draft: &mut __rt::Draft) -> Result<(), __rt::Failure> {
                    #parts
                    match step {
                        #arms
                        _ => {}
                    }
                    Ok(())
                }
            }
        },
    );
    let settle = steps().map(|(index, step)| {
        let statements = super::settle::settle(step, index, workflow);
        (index, quote!({ #statements }))
    });
    let settle = matching(
        "settle",
        &settle.collect::<Vec<_>>(),
        &quote!(run, step, exchange),
        &|name, parts, arms| {
            quote! {
                /// Checks the response of each step, and returns its outputs.
                #[allow(unused_variables)]
                fn #name(
                    run: &__rt::Frame<'_>, step: usize, exchange: &__rt::Exchange<'_>,
                ) -> __rt::Kept {
                    #parts
                    match step {
                        #arms
                        _ => Ok(__rt::Vec::new()),
                    }
                }
            }
        },
    );
    let (succeeded, failed) = (choose(workflow, true), choose(workflow, false));
    let (output, calls) = (output(workflow), calls(workflow, plan));
    quote! {
        #send
        #message
        #settle
        #succeeded
        #failed
        #output
        #calls
    }
}

/// The function that chooses the action after each step that has succeeded or failed.
fn choose(workflow: &Workflow, success: bool) -> Code {
    let arms: Vec<(usize, Code)> = workflow
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| {
            let actions = if success { &step.on_success } else { &step.on_failure };
            let statements = super::action::actions(actions, success, index, workflow)?;
            Some((index, quote!({ #statements })))
        })
        .collect();
    let (docs, name, of, rest) = if success {
        (
            quote!(#[doc = r" What happens after a step that has succeeded."]),
            "succeeded",
            quote!(__rt::Action),
            quote!(__rt::Action::Next),
        )
    } else {
        (
            quote!(#[doc = r" What happens after a step that has failed."]),
            "failed",
            quote!(Option<__rt::Action>),
            quote!(None),
        )
    };
    matching(name, &arms, &quote!(run, step, exchange), &|name, parts, arms| {
        quote! {
            #docs
            #[allow(unused_variables)]
            fn #name(run: &__rt::Frame<'_>, step: usize, exchange: &__rt::Exchange<'_>) -> #of {
                #parts
                match step {
                    #arms
                    _ => #rest,
                }
            }
        }
    })
}

/// Maximum number of arms in one function. The time in which rustc checks a function grows faster than its length.
const ARMS: usize = 32;

/// Returns a function with an arm for each number; nothing without arms. `function` writes it from a name, items inside of
/// it, and arms. More than [`ARMS`] arms are split into functions inside of it, which take the same arguments.
fn matching(name: &str, arms: &[(usize, Code)], arguments: &Code, function: &dyn Fn(Code, Code, Code) -> Code) -> Code {
    let written = |arms: &[(usize, Code)]| {
        let arms = arms.iter().map(|(number, arm)| {
            let number = literal(number);
            quote!(#number => #arm)
        });
        arms.collect::<Code>()
    };
    if arms.is_empty() {
        return Code::new();
    }
    if arms.len() <= ARMS {
        return function(ident(name), Code::new(), written(arms));
    }
    let (mut parts, mut ranges) = (Code::new(), Code::new());
    for (index, chunk) in arms.chunks(ARMS).enumerate() {
        let ([(first, _), ..], [.., (last, _)]) = (chunk, chunk) else {
            continue;
        };
        let (part, first, last) = (ident(&format!("part_{index}")), literal(first), literal(last));
        ranges.extend(quote!(#first..=#last => return #part(#arguments),));
        parts.extend(function(part, Code::new(), written(chunk)));
    }
    function(ident(name), parts, ranges)
}
