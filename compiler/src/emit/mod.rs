//! Phase 7: a plan as Rust.
//!
//! Input: a [`Plan`]. Output: tokens. Nothing here looks at YAML, and nothing before here knows
//! tokens.

mod doc;
mod inputs;
mod step;
mod types;
mod value;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::plan::types::Ty;
use crate::plan::{Output, Plan, Step, Workflow};
use crate::resolve::ActionKind;

/// Where the expansion finds the runtime crate.
pub trait Home {
    /// The path of the runtime crate, seen from `depth` modules below the macro call.
    fn path(&self, depth: usize) -> TokenStream;
}

/// The tokens of a plan. With `broken`, the same items without their workings, so that code which
/// uses them still type-checks while the errors are shown.
#[must_use]
pub fn emit(plan: &Plan, home: &dyn Home, broken: bool) -> TokenStream {
    plan.workflows
        .iter()
        .map(|workflow| module(workflow, plan, home, broken))
        .collect()
}

/// An identifier; `r#…` becomes a raw one.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

fn module(workflow: &Workflow, plan: &Plan, home: &dyn Home, broken: bool) -> TokenStream {
    let name = ident(&workflow.ident);
    let (outer, inner) = (home.path(0), home.path(1));
    let id = &workflow.id;
    let summary = doc::docs(workflow.summary.as_deref(), &format!("The workflow `{id}`."));
    let description = workflow.description.as_deref().map(|text| {
        let docs = doc::docs(Some(text), "");
        quote!(#[doc = ""] #docs)
    });
    let diagram = doc::plain(&diagram(workflow));
    let errors = doc::plain(
        "\n# Errors\nA step failed and no action of the document helped; an input breaks its schema; the client lacks an address or a credential. The error holds the run, so that it can be mended and finished.",
    );
    let module_docs = doc::plain(&format!(
        "Inputs, outputs and runs of the workflow `{id}`; the function of the same name calls it."
    ));
    let inputs = inputs::emit(workflow);
    let outputs = outputs(workflow);
    let steps = steps(workflow, home);
    let types = types::module(workflow, &home.path(2));
    let run = run(workflow, plan, broken);
    quote! {
        #summary
        #description
        #diagram
        #errors
        pub async fn #name<T: #outer::Transport>(client: &#outer::Client<T>, inputs: #name::Inputs) -> ::std::result::Result<#name::Outputs, #name::Error> {
            let mut run = #name::Run::new(inputs);
            match run.finish(client).await {
                ::std::result::Result::Ok(outputs) => ::std::result::Result::Ok(outputs),
                ::std::result::Result::Err(error) => ::std::result::Result::Err(#name::Error::new(error, run)),
            }
        }

        #module_docs
        pub mod #name {
            use #inner::__private as __rt;
            use #inner::__private::serde as __serde;

            #inputs
            #outputs
            #steps
            #types
            #run
        }
    }
}

/// The flow of a workflow, as text.
fn diagram(workflow: &Workflow) -> String {
    let mut text = "\n```text\n".to_owned();
    let width = workflow
        .steps
        .iter()
        .map(|step| step.id.chars().count())
        .max()
        .unwrap_or(0);
    for (index, step) in workflow.steps.iter().enumerate() {
        text.push_str(&format!("{:>2}. {:<width$}  {}\n", index + 1, step.id, step.calls));
        let target = |action: &crate::plan::Action| match crate::plan::destination(&action.kind) {
            Some(to) => workflow
                .steps
                .get(to)
                .map_or_else(String::new, |step| format!("go to {}", step.id)),
            None => match &action.kind {
                ActionKind::Retry { limit, .. } => format!("retry, at most {limit} times"),
                _ => "end".to_owned(),
            },
        };
        for (word, actions) in [("success", &step.on_success), ("failure", &step.on_failure)] {
            for action in actions {
                text.push_str(&format!("    on {word} `{}`: {}\n", action.name, target(action)));
            }
        }
    }
    text.push_str("```");
    text
}

/// The method `name` of an enum of names; one without variants has no values to name.
fn name_method(empty: bool, arms: &TokenStream, docs: &str) -> TokenStream {
    let docs = doc::plain(docs);
    let body = if empty {
        quote!(match self {})
    } else {
        quote!(match self { #arms })
    };
    quote! {
        #docs
        #[must_use]
        pub fn name(self) -> &'static str {
            #body
        }
    }
}

/// `Debug` with secrets left out.
fn debug<'f>(name: &str, fields: impl Iterator<Item = (&'f str, bool)>) -> TokenStream {
    let of = ident(name);
    let fields = fields.map(|(field, secret)| {
        let (label, field) = (field.trim_start_matches("r#"), ident(field));
        if secret {
            quote!(.field(#label, &::std::format_args!("redacted")))
        } else {
            quote!(.field(#label, &self.#field))
        }
    });
    quote! {
        impl ::std::fmt::Debug for #of {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.debug_struct(#name)#(#fields)*.finish()
            }
        }
    }
}

fn output_type(output: &Output, workflow: &Workflow, prefix: &TokenStream) -> TokenStream {
    let kind = if output.required {
        output.ty.clone()
    } else {
        output.ty.clone().optional()
    };
    types::ty(&kind, workflow, prefix)
}

fn output_fields(outputs: &[Output], workflow: &Workflow, prefix: &TokenStream) -> TokenStream {
    outputs
        .iter()
        .map(|output| {
            let when = if output.required {
                ""
            } else {
                " Missing where the response or the way through the workflow has none."
            };
            let docs = doc::docs(output.docs.as_deref(), &format!("The output `{}`.", output.name));
            let when = (!when.is_empty()).then(|| doc::plain(&format!("\n{}", when.trim())));
            let name = ident(&output.ident);
            let of = output_type(output, workflow, prefix);
            let wire = &output.name;
            let optional =
                (!output.required).then(|| quote!(, default, skip_serializing_if = "::std::option::Option::is_none"));
            quote! {
                #docs
                #when
                #[serde(rename = #wire #optional)]
                pub #name: #of,
            }
        })
        .collect()
}

/// Derives of a struct with outputs, and its `Debug` where one is secret.
fn output_derives(name: &str, outputs: &[Output]) -> (TokenStream, TokenStream) {
    if outputs.iter().any(|output| output.secret) {
        (
            quote!(),
            debug(
                name,
                outputs.iter().map(|output| (output.ident.as_str(), output.secret)),
            ),
        )
    } else {
        (quote!(Debug,), quote!())
    }
}

fn outputs(workflow: &Workflow) -> TokenStream {
    let title = doc::plain(&format!("The outputs of the workflow `{}`.", workflow.id));
    let fields = output_fields(&workflow.outputs, workflow, &quote!(types::));
    let (derive, debug) = output_derives("Outputs", &workflow.outputs);
    quote! {
        #title
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Outputs {
            #fields
        }
        #debug
    }
}

fn steps(workflow: &Workflow, home: &dyn Home) -> TokenStream {
    let krate = home.path(2);
    let title = doc::plain(&format!("A step of the workflow `{}`.", workflow.id));
    let variants = workflow.steps.iter().map(|step| {
        let docs = doc::plain(&format!("`{}`", step.id));
        let variant = ident(&step.variant);
        quote!(#docs #variant,)
    });
    let names = workflow.steps.iter().map(|step| {
        let (variant, id) = (ident(&step.variant), &step.id);
        quote!(Self::#variant => #id,)
    });
    let all = workflow.steps.iter().map(|step| {
        let variant = ident(&step.variant);
        quote!(Self::#variant)
    });
    let name = name_method(
        workflow.steps.is_empty(),
        &quote!(#(#names)*),
        "The id of the step in the document.",
    );
    let structs = workflow.steps.iter().map(|step| step_outputs(step, workflow));
    let accessors = workflow
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| accessor(step, index));
    quote! {
        #title
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Step {
            #(#variants)*
        }

        impl Step {
            /// The steps in the order of the document.
            pub const ALL: &'static [Self] = &[#(#all),*];

            #name
        }

        /// What each step has kept.
        pub mod steps {
            #[allow(unused_imports)]
            use #krate::__private as __rt;
            use #krate::__private::serde as __serde;
            #(#structs)*
        }

        /// What the steps of a run have kept so far.
        #[derive(Clone, Copy, Debug)]
        pub struct Steps<'a> {
            #[allow(dead_code)]
            state: &'a __rt::State,
        }

        #[allow(clippy::unused_self)]
        impl Steps<'_> {
            #(#accessors)*
        }
    }
}

fn step_outputs(step: &Step, workflow: &Workflow) -> TokenStream {
    let title = doc::plain(&format!("What step `{}` has kept.", step.id));
    let name = ident(&step.variant);
    let fields = output_fields(&step.outputs, workflow, &quote!(super::types::));
    let (derive, debug) = output_derives(&step.variant, &step.outputs);
    quote! {
        #title
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct #name {
            #fields
        }
        #debug
    }
}

/// Reads outputs from what a step has kept.
fn collected(outputs: &[Output], read: impl Fn(usize, &Output) -> TokenStream) -> TokenStream {
    outputs
        .iter()
        .enumerate()
        .map(|(index, output)| {
            let name = ident(&output.ident);
            let value = read(index, output);
            let value = if output.required {
                quote!(#value?)
            } else {
                optional(output, &value)
            };
            quote!(#name: #value,)
        })
        .collect()
}

/// A value whose own type is an option reads null as `None`.
fn optional(output: &Output, value: &TokenStream) -> TokenStream {
    if matches!(output.ty, Ty::Option(_)) {
        quote!(#value.flatten())
    } else {
        quote!(#value)
    }
}

fn accessor(step: &Step, index: usize) -> TokenStream {
    let docs = doc::docs(
        step.description.as_deref(),
        &format!("What step `{}` has kept.", step.id),
    );
    let when = doc::plain("\n`None` until the step has succeeded.");
    let (method, of) = (ident(&step.ident), ident(&step.variant));
    let index = Literal::usize_unsuffixed(index);
    let fields = collected(&step.outputs, |output, _| {
        let output = Literal::usize_unsuffixed(output);
        quote!(self.state.typed(#index, #output))
    });
    quote! {
        #docs
        #when
        #[must_use]
        pub fn #method(&self) -> ::std::option::Option<steps::#of> {
            if !self.state.has(#index) {
                return ::std::option::Option::None;
            }
            ::std::option::Option::Some(steps::#of { #fields })
        }
    }
}

fn run(workflow: &Workflow, plan: &Plan, broken: bool) -> TokenStream {
    let (id, file) = (&workflow.id, &plan.file);
    let input_names = workflow.inputs.iter().map(|input| &input.name);
    let step_shapes = workflow.steps.iter().map(|step| {
        let id = &step.id;
        let outputs = step.outputs.iter().map(|output| &output.name);
        let timeout = match step.timeout {
            Some(milliseconds) => {
                let milliseconds = Literal::u64_unsuffixed(milliseconds);
                quote!(::std::option::Option::Some(#milliseconds))
            }
            None => quote!(::std::option::Option::None),
        };
        quote!(__rt::StepShape { id: #id, outputs: &[#(#outputs),*], timeout: #timeout })
    });
    let input_variants: Vec<TokenStream> = workflow
        .inputs
        .iter()
        .map(|input| {
            let variant = ident(&input.variant);
            quote!(Input::#variant)
        })
        .collect();
    let fits = workflow.steps.iter().enumerate().map(|(index, step)| {
        let method = ident(&step.ident);
        let index = Literal::usize_unsuffixed(index);
        quote!(__rt::fits(&SHAPE, &run.state, #index, run.steps().#method().is_some())?;)
    });
    let collect = collect(workflow, broken);
    let program = if broken {
        broken_program()
    } else {
        working_program(workflow)
    };
    let input = if workflow.inputs.is_empty() {
        quote! {
            fn input(_: usize) -> Input {
                // No step of a workflow without inputs awaits one.
                ::std::unreachable!()
            }
        }
    } else {
        quote! {
            fn input(index: usize) -> Input {
                [#(#input_variants),*][index]
            }
        }
    };
    let docs = doc::plain(&format!(
        "A run of the workflow `{id}`: a plain value that can be stored, sent and resumed."
    ));
    quote! {
        static SHAPE: __rt::Shape = __rt::Shape { workflow: #id, file: #file, inputs: &[#(#input_names),*], steps: &[#(#step_shapes),*] };

        /// Why a run did not get on, and the run.
        pub type Error = __rt::RunError<Run>;

        #docs
        #[derive(Clone)]
        pub struct Run {
            inputs: PartialInputs,
            state: __rt::State,
        }

        impl Run {
            /// A run that stands before its first step.
            #[must_use]
            pub fn new(inputs: impl ::std::convert::Into<PartialInputs>) -> Self {
                Self { inputs: inputs.into(), state: __rt::State::new(&SHAPE) }
            }

            /// Performs one attempt of the next step; never sleeps.
            ///
            /// # Errors
            /// The workflow failed; the run stands where it stood before.
            pub async fn advance<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> ::std::result::Result<__rt::Progress<Input, Outputs>, __rt::Error> {
                __rt::advance(self, client).await
            }

            /// Advances until the run has to wait, awaits an input or has ended; never sleeps.
            ///
            /// # Errors
            /// The workflow failed; the run stands where it stood before the failed attempt.
            pub async fn advance_until_blocked<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> ::std::result::Result<__rt::Progress<Input, Outputs>, __rt::Error> {
                __rt::advance_until_blocked(self, client).await
            }

            /// Runs to the end, sleeping where the workflow waits.
            ///
            /// # Errors
            /// The workflow failed or an input is missing; the run stands where it stood before
            /// the failed attempt.
            pub async fn finish<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> ::std::result::Result<Outputs, __rt::Error> {
                __rt::finish(self, client).await
            }

            /// The step that is next; `None` when the run has ended.
            #[must_use]
            pub fn step(&self) -> ::std::option::Option<Step> {
                Step::ALL.get(self.state.position()?).copied()
            }

            /// What the steps have kept so far.
            #[must_use]
            pub fn steps(&self) -> Steps<'_> {
                Steps { state: &self.state }
            }

            /// The inputs that are known so far.
            #[must_use]
            pub fn inputs(&self) -> &PartialInputs {
                &self.inputs
            }

            /// The inputs, to be set or corrected.
            pub fn inputs_mut(&mut self) -> &mut PartialInputs {
                &mut self.inputs
            }

            /// The outputs; `None` until the run has ended.
            #[must_use]
            pub fn outputs(&self) -> ::std::option::Option<Outputs> {
                if self.state.position().is_some() {
                    return ::std::option::Option::None;
                }
                __rt::Workflow::collect(self)
            }
        }

        impl ::std::fmt::Debug for Run {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.debug_struct("Run").field("inputs", &self.inputs).field("step", &self.step()).finish_non_exhaustive()
            }
        }

        impl __serde::Serialize for Run {
            fn serialize<S: __serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                __rt::serialize(&SHAPE, &self.state, &self.inputs, serializer)
            }
        }

        impl<'de> __serde::Deserialize<'de> for Run {
            fn deserialize<D: __serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let (state, inputs) = __rt::deserialize(&SHAPE, deserializer)?;
                let run = Self { inputs, state };
                #(#fits)*
                ::std::result::Result::Ok(run)
            }
        }

        impl __rt::Workflow for Run {
            type Input = Input;
            type Outputs = Outputs;

            #input

            #collect
        }

        #program
    }
}

fn accessors() -> TokenStream {
    quote! {
        fn shape(&self) -> &'static __rt::Shape {
            &SHAPE
        }

        fn state(&self) -> &__rt::State {
            &self.state
        }

        fn state_mut(&mut self) -> &mut __rt::State {
            &mut self.state
        }
    }
}

/// The method that reads the outputs of a run that has ended.
fn collect(workflow: &Workflow, broken: bool) -> TokenStream {
    let body = if broken {
        quote!(::std::option::Option::None)
    } else {
        let scope = value::Scope {
            workflow,
            pointers: Vec::new(),
        };
        let fields = collected(&workflow.outputs, |_, output| {
            let value = scope.datum(&output.value, "an output");
            quote!(__rt::typed(#value))
        });
        quote!(::std::option::Option::Some(Outputs { #fields }))
    };
    quote! {
        fn collect(&self) -> ::std::option::Option<Outputs> {
            #body
        }
    }
}

/// Never called: the build has failed.
fn broken_program() -> TokenStream {
    let accessors = accessors();
    quote! {
        impl __rt::Program for Run {
            #accessors

            fn prepare(&self, _: usize, _: &mut __rt::Call) -> ::std::result::Result<(), __rt::Stop> {
                ::std::unreachable!()
            }

            fn settle(&self, _: usize, _: &__rt::Exchange<'_>) -> ::std::result::Result<::std::vec::Vec<::std::option::Option<__rt::Slot>>, __rt::Failure> {
                ::std::unreachable!()
            }
        }
    }
}

fn working_program(workflow: &Workflow) -> TokenStream {
    let accessors = accessors();
    let steps = || {
        workflow
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| (index, Literal::usize_unsuffixed(index), step))
    };
    let operations = workflow
        .steps
        .iter()
        .filter_map(|step| step.request.as_ref())
        .map(step::operation);
    let count = Literal::usize_unsuffixed(workflow.steps.len());
    let kept = workflow.steps.iter().map(|step| {
        let outputs = step.outputs.iter().map(|output| step::kept(output, workflow));
        quote!(&[#(#outputs),*])
    });
    let prepare = steps().map(|(index, number, step)| {
        let statements = step::prepare(step, index, workflow);
        quote!(#number => { #statements })
    });
    let settle = steps().map(|(index, number, step)| {
        let statements = step::settle(step, index, workflow);
        quote!(#number => { #statements })
    });
    let choose = |success: bool| {
        let arms: Vec<TokenStream> = steps()
            .filter_map(|(index, number, step)| {
                let actions = if success { &step.on_success } else { &step.on_failure };
                let statements = step::actions(actions, success, index, workflow)?;
                Some(quote!(#number => { #statements }))
            })
            .collect();
        if arms.is_empty() {
            return None;
        }
        let (name, of, rest) = if success {
            (quote!(succeeded), quote!(__rt::Action), quote!(__rt::Action::Next))
        } else {
            (
                quote!(failed),
                quote!(::std::option::Option<__rt::Action>),
                quote!(::std::option::Option::None),
            )
        };
        Some(quote! {
            fn #name(&mut self, step: usize, exchange: &__rt::Exchange<'_>) -> #of {
                match step {
                    #(#arms)*
                    _ => #rest,
                }
            }
        })
    };
    let (succeeded, failed) = (choose(true), choose(false));
    quote! {
        static OPERATIONS: [__rt::Operation; #count] = [#(#operations),*];

        static KEPT: [&[__rt::Output]; #count] = [#(#kept),*];

        impl __rt::Program for Run {
            #accessors

            fn prepare(&self, step: usize, call: &mut __rt::Call) -> ::std::result::Result<(), __rt::Stop> {
                match step {
                    #(#prepare)*
                    _ => {}
                }
                ::std::result::Result::Ok(())
            }

            fn settle(&self, step: usize, exchange: &__rt::Exchange<'_>) -> ::std::result::Result<::std::vec::Vec<::std::option::Option<__rt::Slot>>, __rt::Failure> {
                match step {
                    #(#settle)*
                    _ => ::std::result::Result::Ok(::std::vec::Vec::new()),
                }
            }

            #succeeded
            #failed
        }
    }
}
