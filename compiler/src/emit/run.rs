//! `Run`, and the decisions of the workflow as code.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{collected, doc, ident, result, step, value};
use crate::plan::constraint::{Argument, Constraint};
use crate::plan::fingerprint;
use crate::plan::{Plan, Step, Workflow};

/// The workflows that a workflow calls, each once.
fn targets<'p>(workflow: &Workflow, plan: &'p Plan) -> Vec<&'p Workflow> {
    let mut indices: Vec<usize> = workflow.sites.iter().map(|site| site.target).collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter().filter_map(|index| plan.workflow(index)).collect()
}

pub(super) fn emit(workflow: &Workflow, plan: &Plan, broken: bool) -> TokenStream {
    let id = &workflow.id;
    let shape = shape(workflow, plan, broken);
    let result = result(workflow);
    let calls = !workflow.sites.is_empty();
    let depends = !workflow.dependencies.is_empty();
    let fits = workflow.steps.iter().enumerate().map(|(index, step)| {
        let method = ident(&step.ident);
        let index = Literal::usize_unsuffixed(index);
        quote!(__rt::fits(&SHAPE, &run.state, #index, run.steps().#method().is_some())?;)
    });
    let collect = collect(workflow, plan, broken);
    let program = if broken {
        broken_program()
    } else {
        working_program(workflow, plan)
    };
    let input = input(workflow);
    let called = called(workflow, plan);
    let none = quote!(None);
    let (called_field, called_start, called_type, called_read, called_write) = if calls {
        (
            quote!(called: Option<Called>,),
            quote!(called: #none,),
            quote!(Called),
            quote!(called: parts.called,),
            quote!(self.called.as_ref()),
        )
    } else {
        (quote!(), quote!(), quote!(__rt::Nobody), quote!(), none.clone())
    };
    let (before_field, before_argument, before_start, before_type, before_read, before_write) = if depends {
        (
            quote!(dependencies: Dependencies,),
            quote!(, dependencies: Dependencies),
            quote!(dependencies,),
            quote!(Dependencies),
            quote!(dependencies: parts.dependencies.ok_or_else(|| <D::Error as __serde::de::Error>::missing_field("dependencies"))?,),
            quote!(Some(&self.dependencies)),
        )
    } else {
        (quote!(), quote!(), quote!(), quote!(()), quote!(), none)
    };
    let docs = doc::plain(&format!(
        "A run of the workflow {}: a plain value that can be stored, sent and resumed.",
        doc::name(id)
    ));
    let progress = quote!(Result<__rt::Progress<Input, #result>, __rt::Error>);
    quote! {
        #shape

        /// Why a run did not get on, and the run.
        pub type Error = __rt::RunError<Run>;

        #called

        #docs
        #[derive(Clone)]
        pub struct Run {
            inputs: PartialInputs,
            #before_field
            state: __rt::State,
            #called_field
        }

        impl Run {
            /// A run that stands before its first step.
            #[must_use]
            pub fn new(inputs: impl ::std::convert::Into<PartialInputs> #before_argument) -> Self {
                Self { inputs: inputs.into(), #before_start state: __rt::State::new(&SHAPE), #called_start }
            }

            /// Performs one attempt of the next step; never sleeps.
            ///
            /// # Errors
            /// The workflow failed; the run stands where it stood before.
            pub async fn advance<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> #progress {
                __rt::advance(self, client).await
            }

            /// Advances until the run has to wait, awaits an input or has ended; never sleeps.
            ///
            /// # Errors
            /// The workflow failed; the run stands where it stood before the failed attempt.
            pub async fn advance_until_blocked<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> #progress {
                __rt::advance_until_blocked(self, client).await
            }

            /// Runs to the end, sleeping where the workflow waits.
            ///
            /// # Errors
            /// The workflow failed or an input is missing; the run stands where it stood before
            /// the failed attempt.
            pub async fn finish<T: __rt::Transport>(&mut self, client: &__rt::Client<T>) -> Result<#result, __rt::Error> {
                __rt::finish(self, client).await
            }

            /// Stores the run, sealed by a key of yours and bound to what it belongs to;
            /// [`open`](Self::open) restores it.
            ///
            /// # Errors
            /// The key cannot seal.
            pub fn seal<S: __rt::Seal + ?Sized>(&self, key: &S, binding: __rt::Binding<'_>) -> Result<::std::vec::Vec<u8>, __rt::Error> {
                __rt::seal(self, key, binding)
            }

            /// Restores a run that was stored by [`seal`](Self::seal).
            ///
            /// # Errors
            /// The bytes were not sealed by this key with this binding, or hold no run of this workflow.
            pub fn open<S: __rt::Seal + ?Sized>(key: &S, binding: __rt::Binding<'_>, sealed: &[u8]) -> Result<Self, __rt::Error> {
                __rt::open(SHAPE.workflow, key, binding, sealed)
            }

            /// What tells the run from every other, and stays when it is stored.
            #[must_use]
            pub fn id(&self) -> __rt::RunId {
                self.state.id()
            }

            /// The step that is next; `None` when the run has ended.
            #[must_use]
            pub fn step(&self) -> Option<Step> {
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

            /// What the workflow has returned; `None` until the run has ended.
            #[must_use]
            pub fn outputs(&self) -> Option<#result> {
                if self.state.position().is_some() {
                    return None;
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
            fn serialize<S: __serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let parts = __rt::Parts { inputs: &self.inputs, dependencies: #before_write, called: #called_write };
                __rt::serialize::<S, PartialInputs, #before_type, #called_type>(&SHAPE, &self.state, parts, serializer)
            }
        }

        impl<'de> __serde::Deserialize<'de> for Run {
            fn deserialize<D: __serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let (state, parts) = __rt::deserialize::<D, PartialInputs, #before_type, #called_type>(&SHAPE, deserializer)?;
                let run = Self { inputs: parts.inputs, #before_read state, #called_read };
                #(#fits)*
                Ok(run)
            }
        }

        #[doc(hidden)]
        impl __rt::Workflow for Run {
            type Input = Input;
            type Outputs = #result;

            #input

            #collect
        }

        #program
    }
}

fn index(number: Option<usize>) -> TokenStream {
    match number {
        Some(number) => {
            let number = Literal::usize_unsuffixed(number);
            quote!(Some(#number))
        }
        None => quote!(None),
    }
}

fn shape(workflow: &Workflow, plan: &Plan, broken: bool) -> TokenStream {
    let (id, file) = (&workflow.id, &workflow.file);
    let inputs = workflow.inputs.iter().map(|input| {
        let (name, required) = (&input.name, input.required);
        let print = Literal::u32_unsuffixed(fingerprint::input(input, workflow));
        quote!(__rt::InputShape { name: #name, required: #required, print: #print })
    });
    let dependencies = Literal::u32_unsuffixed(fingerprint::dependencies(workflow, plan));
    let first = index(workflow.first);
    let steps = workflow.steps.iter().map(|step| {
        let id = &step.id;
        let whole = if step.whole { &["$outputs", "$inputs"][..] } else { &[] };
        let outputs = step.outputs.iter().map(|output| output.name.as_str());
        let outputs = outputs.chain(whole.iter().copied());
        let timeout = match step.timeout {
            Some(milliseconds) => {
                let milliseconds = Literal::u64_unsuffixed(milliseconds);
                quote!(Some(#milliseconds))
            }
            None => quote!(None),
        };
        let (next, call) = (index(step.next), index(step.call));
        let needs = step.after.iter().map(|needed| Literal::usize_unsuffixed(*needed));
        let prints = fingerprint::step(step, workflow, plan).map(Literal::u32_unsuffixed);
        let responses = step.request.iter().flat_map(|request| &request.responses);
        let responses = responses.map(|(status, json)| quote!((#status, #json)));
        quote! {
            __rt::StepShape {
                id: #id, outputs: &[#(#outputs),*], timeout: #timeout, next: #next, needs: &[#(#needs),*], call: #call,
                prints: [#(#prints),*], responses: &[#(#responses),*],
            }
        }
    });
    let requests = workflow.steps.iter().filter(|step| step.request.is_some() && !broken);
    let operations = requests
        .enumerate()
        .filter(|(_, step)| step.reachable)
        .map(|(index, step)| {
            let (index, id) = (Literal::usize_unsuffixed(index), &step.id);
            quote!((#id, &OPERATIONS[#index]))
        });
    let calls = targets(workflow, plan).into_iter().map(|target| {
        let module = ident(&target.ident);
        quote!(&super::#module::SHAPE)
    });
    let sources = &plan.sources;
    let shown = if plan
        .workflows
        .iter()
        .any(|other| targets(other, plan).iter().any(|target| target.index == workflow.index))
    {
        quote!(#[doc(hidden)] pub(super))
    } else {
        quote!()
    };
    quote! {
        #shown static SHAPE: __rt::Shape = __rt::Shape {
            workflow: #id, file: #file, inputs: &[#(#inputs),*], first: #first, steps: &[#(#steps),*],
            dependencies: #dependencies, operations: &[#(#operations),*], calls: &[#(#calls),*], sources: &[#(#sources),*],
        };
    }
}

fn input(workflow: &Workflow) -> TokenStream {
    let variants = workflow.inputs.iter().map(|input| {
        let variant = ident(&input.variant);
        quote!(Input::#variant)
    });
    quote! {
        fn input(index: usize) -> Option<Input> {
            const ALL: &[Input] = &[#(#variants),*];
            ALL.get(index).copied()
        }
    }
}

/// The run of another workflow that this one has called.
fn called(workflow: &Workflow, plan: &Plan) -> TokenStream {
    if workflow.sites.is_empty() {
        return TokenStream::new();
    }
    let targets = targets(workflow, plan);
    let runs = targets.iter().map(|target| {
        let (variant, module, id) = (ident(&target.variant), ident(&target.ident), &target.qualified);
        quote!(#[serde(rename = #id)] #variant(::std::boxed::Box<super::#module::Run>),)
    });
    let arms = |body: TokenStream| {
        let arms = targets.iter().map(move |target| {
            let variant = ident(&target.variant);
            quote!(Self::#variant(run) => #body,)
        });
        quote!(#(#arms)*)
    };
    let (outputs, programs) = (
        arms(quote!(__rt::Program::output(&**run, output))),
        arms(quote!(&mut **run)),
    );
    let whole = workflow.steps.iter().any(|step| step.whole).then(|| {
        let arms = arms(quote!([__rt::Slot::of(&run.outputs()), __rt::Slot::of(run.inputs())]));
        quote! {
            fn whole(&self) -> [Option<__rt::Slot>; 2] {
                match self { #arms }
            }
        }
    });
    quote! {
        #[derive(Clone, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        enum Called {
            #(#runs)*
        }

        impl Called {
            #[allow(dead_code)]
            fn output(&self, output: usize) -> Option<__rt::Datum<'_>> {
                match self { #outputs }
            }

            #whole

            fn program(&mut self) -> &mut dyn __rt::Program {
                match self { #programs }
            }
        }
    }
}

/// The method that reads what a run has returned.
fn collect(workflow: &Workflow, plan: &Plan, broken: bool) -> TokenStream {
    let result = result(workflow);
    if broken {
        return quote! {
            fn collect(&self) -> Option<#result> {
                None
            }
        };
    }
    let fields = collected(&workflow.outputs, |index, _| {
        let index = Literal::usize_unsuffixed(index);
        quote!(__rt::typed(__rt::Program::output(self, #index)))
    });
    let own = quote!(Outputs { #fields });
    if workflow.ends.is_empty() {
        return quote! {
            fn collect(&self) -> Option<Outputs> {
                Some(#own)
            }
        };
    }
    let left = targets(workflow, plan)
        .into_iter()
        .filter(|target| workflow.ends.contains(&target.index))
        .map(|target| {
            let (name, module) = (ident(&target.variant), ident(&target.ident));
            if target.ends.is_empty() {
                return quote!(Some(Called::#name(run)) => Outcome::#name(__rt::Workflow::collect(&**run)?),);
            }
            let further = target.ends.iter().filter_map(|index| plan.workflow(*index)).map(|end| {
                let end = ident(&end.variant);
                quote!(super::#module::Outcome::#end(outputs) => Outcome::#end(outputs),)
            });
            quote! {
                Some(Called::#name(run)) => match __rt::Workflow::collect(&**run)? {
                    super::#module::Outcome::Completed(outputs) => Outcome::#name(outputs),
                    #(#further)*
                },
            }
        });
    quote! {
        fn collect(&self) -> Option<Outcome> {
            if !self.state.left() {
                return Some(Outcome::Completed(#own));
            }
            #[allow(unreachable_patterns)]
            Some(match &self.called {
                #(#left)*
                _ => return None,
            })
        }
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

/// The methods that a run must have, without their workings: the build has failed.
fn broken_program() -> TokenStream {
    let accessors = accessors();
    quote! {
        #[doc(hidden)]
        impl __rt::Program for Run {
            #accessors

            fn prepare(&self, _: usize, _: &mut __rt::Call) -> Result<(), __rt::Stop> {
                Ok(())
            }

            fn settle(&self, _: usize, _: &__rt::Exchange<'_>) -> Result<::std::vec::Vec<Option<__rt::Slot>>, __rt::Failure> {
                Ok(::std::vec::Vec::new())
            }
        }
    }
}

/// The methods that start, hold and end runs of other workflows.
fn calls(workflow: &Workflow, plan: &Plan) -> TokenStream {
    if workflow.sites.is_empty() {
        return TokenStream::new();
    }
    let arms = workflow.sites.iter().enumerate().map(|(index, site)| {
        let index = Literal::usize_unsuffixed(index);
        let statements = step::call(site, workflow, plan);
        quote!(#index => { #statements })
    });
    quote! {
        #[allow(unused_variables)]
        fn call(&mut self, site: usize, exchange: &__rt::Exchange<'_>) -> Result<(), __rt::Stop> {
            let called = match site {
                #(#arms)*
                _ => return Ok(()),
            };
            self.called = Some(called);
            Ok(())
        }

        fn child(&mut self) -> Option<&mut dyn __rt::Program> {
            Some(self.called.as_mut()?.program())
        }

        fn hang_up(&mut self) {
            self.called = None;
        }
    }
}

/// The method that checks the inputs against their schemas.
fn violations(workflow: &Workflow) -> TokenStream {
    let checks: Vec<TokenStream> = workflow
        .inputs
        .iter()
        .filter(|input| !input.constraint.is_empty())
        .map(|input| {
            let (field, name) = (ident(&input.ident), &input.name);
            let constraint = constraint(&input.constraint);
            quote! {
                if let Some(value) = &self.inputs.#field {
                    static CONSTRAINT: __rt::Constraint = #constraint;
                    __rt::violations(#name, &CONSTRAINT, value, &mut found);
                }
            }
        })
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    quote! {
        fn violations(&self) -> ::std::vec::Vec<::std::string::String> {
            let mut found = ::std::vec::Vec::new();
            #(#checks)*
            found
        }
    }
}

fn constraint(constraint: &Constraint) -> TokenStream {
    let limits = constraint.limits.iter().map(|(name, argument)| {
        let name = ident(name);
        match argument {
            Argument::Nothing => quote!(__rt::Limit::#name),
            Argument::Size(size) => {
                let size = Literal::u64_unsuffixed(*size);
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

/// The method that reads an output of the workflow.
fn output(workflow: &Workflow, plan: &Plan) -> TokenStream {
    if workflow.outputs.is_empty() {
        return TokenStream::new();
    }
    let scope = value::Scope {
        plan,
        workflow,
        pointers: Vec::new(),
    };
    let arms = workflow.outputs.iter().enumerate().map(|(index, output)| {
        let index = Literal::usize_unsuffixed(index);
        let value = scope.datum(&output.value, "an output");
        quote!(#index => #value,)
    });
    quote! {
        fn output(&self, output: usize) -> Option<__rt::Datum<'_>> {
            match output {
                #(#arms)*
                _ => None,
            }
        }
    }
}

fn working_program(workflow: &Workflow, plan: &Plan) -> TokenStream {
    let accessors = accessors();
    let steps = || {
        workflow
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| (index, Literal::usize_unsuffixed(index), step))
    };
    let requests: Vec<&Step> = workflow.steps.iter().filter(|step| step.request.is_some()).collect();
    let operations = requests
        .iter()
        .filter_map(|step| step.request.as_ref())
        .map(step::operation);
    let operation_count = Literal::usize_unsuffixed(requests.len());
    let count = Literal::usize_unsuffixed(workflow.steps.len());
    let kept = workflow.steps.iter().map(|step| {
        let outputs = step.outputs.iter().map(|output| step::kept(output, workflow));
        quote!(&[#(#outputs),*])
    });
    let prepare =
        steps()
            .filter(|(_, _, step)| step.request.is_some())
            .enumerate()
            .map(|(operation, (_, number, step))| {
                let statements = step::prepare(step, operation, workflow, plan);
                quote!(#number => { #statements })
            });
    let settle = steps().map(|(index, number, step)| {
        let statements = step::settle(step, index, workflow, plan);
        quote!(#number => { #statements })
    });
    let choose = |success: bool| {
        let arms: Vec<TokenStream> = steps()
            .filter_map(|(index, number, step)| {
                let actions = if success { &step.on_success } else { &step.on_failure };
                let statements = step::actions(actions, success, index, workflow, plan)?;
                Some(quote!(#number => { #statements }))
            })
            .collect();
        if arms.is_empty() {
            return None;
        }
        let (name, of, rest) = if success {
            (quote!(succeeded), quote!(__rt::Action), quote!(__rt::Action::Next))
        } else {
            (quote!(failed), quote!(Option<__rt::Action>), quote!(None))
        };
        Some(quote! {
            #[allow(unused_variables)]
            fn #name(&mut self, step: usize, exchange: &__rt::Exchange<'_>) -> #of {
                match step {
                    #(#arms)*
                    _ => #rest,
                }
            }
        })
    };
    let (succeeded, failed) = (choose(true), choose(false));
    let violations = violations(workflow);
    let (output, calls) = (output(workflow, plan), calls(workflow, plan));
    quote! {
        static OPERATIONS: [__rt::Operation; #operation_count] = [#(#operations),*];

        static KEPT: [&[__rt::Output]; #count] = [#(#kept),*];

        #[doc(hidden)]
        impl __rt::Program for Run {
            #accessors

            #[allow(unused_variables)]
            fn prepare(&self, step: usize, call: &mut __rt::Call) -> Result<(), __rt::Stop> {
                match step {
                    #(#prepare)*
                    _ => {}
                }
                Ok(())
            }

            #[allow(unused_variables)]
            fn settle(&self, step: usize, exchange: &__rt::Exchange<'_>) -> Result<::std::vec::Vec<Option<__rt::Slot>>, __rt::Failure> {
                match step {
                    #(#settle)*
                    _ => Ok(::std::vec::Vec::new()),
                }
            }

            #violations
            #succeeded
            #failed
            #output
            #calls
        }
    }
}
