/// Imports books and waits until they are there.
///
/// ```text
///  1. start  POST /imports
///     on failure `busy`: retry, at most 3 times
///  2. check  GET /imports/{importId}
///     on success `not-yet`: go to check
///     on success `nothing-to-fetch`: end
///  3. fetch  GET /imports/{importId}/result
/// ```
///
/// # Errors
/// A step failed and no failure action recovered; an input violates its schema; or the client has no base URL or credential for an API. The error contains the run, so that you can fix the cause and call `finish`.
pub async fn import_books<T: import_books::__rt::Transport>(
    client: &import_books::__rt::Client<T>,
    inputs: import_books::Inputs,
) -> ::std::result::Result<import_books::Outputs, import_books::Error> {
    import_books::__rt::call::<import_books::Workflow, T>(client, inputs, ()).await
}
/// Inputs, outputs and runs of the workflow `import-books`. The function of the same name calls it.
///
/// Its requests go to the source description `shelf`.
pub mod import_books {
    pub(super) use ::arazzo::__private as __rt;
    /// The inputs of the workflow `import-books`.
    #[derive(Clone)]
    pub struct Inputs {
        /// How many books may be missing in the end.
        pub patience: __rt::Option<i64>,
    }
    __rt::record_type!(Inputs { patience : "patience" });
    __rt::constructor!(#[doc = " No input is required."] Inputs() { patience });
    __rt::setters!(
        Inputs { #[doc = " Sets the input `patience`."] patience patience : [] i64 }
    );
    impl ::std::default::Default for Inputs {
        fn default() -> Self {
            Self::new()
        }
    }
    __rt::partial!(
        #[doc =
        " The inputs of the workflow `import-books`, all optional: set each as it becomes known."]
        PartialInputs of Inputs { #[doc = " How many books may be missing in the end."]
        patience : [] i64 = "patience"[] }
    );
    /// An input of the workflow `import-books`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Input {
        /// `patience`
        Patience,
    }
    __rt::names!(Input { Patience : "patience" });
    /// The outputs of the workflow `import-books`.
    #[derive(Clone)]
    pub struct Outputs {
        /// The output `bookId`.
        ///
        /// `None` if the response does not contain it, or if the run did not execute the step.
        pub book_id: __rt::Option<i64>,
    }
    __rt::record_type!(Outputs { book_id : "bookId", });
    /// A step of the workflow `import-books`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Step {
        /// `start`
        Start,
        /// `check`
        Check,
        /// `fetch`
        Fetch,
    }
    __rt::steps!(Step of Workflow { Start : "start", Check : "check", Fetch : "fetch" });
    /// The outputs of each step.
    pub mod steps {
        #[allow(unused_imports)]
        use super::__rt;
        /// The outputs of step `start`.
        #[derive(Clone)]
        pub struct Start {
            /// The output `importId`.
            pub import_id: __rt::String,
        }
        __rt::record_type!(Start { import_id : "importId", });
        /// The outputs of step `check`.
        #[derive(Clone)]
        pub struct Check {}
        __rt::record_type!(Check {});
        /// The outputs of step `fetch`.
        #[derive(Clone)]
        pub struct Fetch {
            /// The output `bookId`.
            pub book_id: i64,
        }
        __rt::record_type!(Fetch { book_id : "bookId", });
    }
    /// The outputs of the completed steps.
    #[derive(Clone, Copy, Debug)]
    pub struct Steps<'a> {
        #[allow(dead_code)]
        state: &'a __rt::State,
    }
    #[allow(clippy::unused_self)]
    impl Steps<'_> {
        /// The outputs of step `start`.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn start(&self) -> Option<steps::Start> {
            self.state.kept(0)
        }
        /// The outputs of step `check`.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn check(&self) -> Option<steps::Check> {
            self.state.kept(1)
        }
        /// The outputs of step `fetch`.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn fetch(&self) -> Option<steps::Fetch> {
            self.state.kept(2)
        }
    }
    /// The error responses that the API declares, for `error.declared()`.
    pub mod errors {
        use super::__rt;
        __rt::errors!(
            #[doc =
            " The error responses that the description declares for step `check`."] Check
            of super::Workflow, "check" { "503" Status503(super::types::Problem) }
        );
    }
    /// The names of the source descriptions, for `Client::builder().source(…)`.
    pub mod sources {
        /// The source description `shelf`.
        pub const SHELF: &str = "shelf";
    }
    /// The types that inputs and outputs consist of.
    pub mod types {
        #[allow(unused_imports)]
        use super::__rt;
        /// An object of the schema `Problem`.
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct Problem {
            /// The member `message`.
            pub message: __rt::Option<__rt::String>,
            /// Members that the schema does not name.
            pub additional: __rt::Additional,
        }
        __rt::object_type!(Problem { message : "message" });
        __rt::constructor!(
            #[doc = " Takes the required members. The optional ones have setters."]
            Problem() { message, additional }
        );
        __rt::setters!(
            Problem { #[doc = " Sets the member `message`."] message message : [into]
            __rt::String }
        );
    }
    /// The workflow `import-books`, as a type.
    #[derive(Debug)]
    pub enum Workflow {}
    /// A run of the workflow `import-books`.
    pub type Run = __rt::Run<Workflow>;
    /// The error that stopped a run, together with the run.
    pub type Error = __rt::RunError<Workflow>;
    impl __rt::Workflow for Workflow {
        type Inputs = Inputs;
        type PartialInputs = PartialInputs;
        type Input = Input;
        type Step = Step;
        type Steps<'a> = Steps<'a>;
        type Outputs = Outputs;
        type Dependencies = ();
        const ID: &'static str = "import-books";
        const DOCUMENT: &'static str = "golden/import.yml";
        const SUMMARY: Option<&'static str> = Some(
            "Imports books and waits until they are there.",
        );
        const DESCRIPTION: Option<&'static str> = None;
        const INPUTS: &'static [Input] = Input::ALL;
        const STEPS: &'static [Step] = Step::ALL;
        const SOURCES: &'static [&'static str] = &["shelf"];
        const INPUTS_SCHEMA: &'static str = "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"properties\":{\"patience\":{\"type\":\"integer\",\"description\":\"How many books may be missing in the end.\",\"default\":0}}}";
        const OUTPUTS_SCHEMA: &'static str = "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"properties\":{\"bookId\":{\"type\":\"integer\"}}}";
        const SHAPE: &'static __rt::Shape = &SHAPE;
        fn steps(state: &__rt::State) -> Steps<'_> {
            Steps { state }
        }
    }
    #[allow(clippy::needless_update)]
    static SHAPE: __rt::Shape = __rt::Shape {
        workflow: "import-books",
        file: "golden/import.yml",
        inputs: &[__rt::InputShape::optional("patience", 3218261061)],
        first: Some(0),
        steps: &[
            __rt::StepShape {
                id: "start",
                operation: Some(
                    &__rt::Operation {
                        source: "shelf",
                        name: "startImport",
                        method: "POST",
                        path: "/imports",
                        server: "https://shelf.example/api",
                        security: &[],
                        ..__rt::Operation::EMPTY
                    },
                ),
                outputs: &[__rt::text("importId", "$response.body#/id", 21, 21)],
                next: Some(1),
                prints: [2425837804, 3672949916, 1447834881],
                json: &["202"],
                ..__rt::StepShape::EMPTY
            },
            __rt::StepShape {
                id: "check",
                operation: Some(
                    &__rt::Operation {
                        source: "shelf",
                        name: "getImport",
                        method: "GET",
                        path: "/imports/{importId}",
                        server: "https://shelf.example/api",
                        security: &[],
                        ..__rt::Operation::EMPTY
                    },
                ),
                outputs: &[],
                next: Some(2),
                prints: [1758976737, 2166136261, 215915126],
                json: &["200", "202", "503"],
                ..__rt::StepShape::EMPTY
            },
            __rt::StepShape {
                id: "fetch",
                operation: Some(
                    &__rt::Operation {
                        source: "shelf",
                        name: "getImportResult",
                        method: "GET",
                        path: "/imports/{importId}/result",
                        server: "https://shelf.example/api",
                        security: &[],
                        ..__rt::Operation::EMPTY
                    },
                ),
                outputs: &[
                    __rt::Output {
                        name: "bookId",
                        expression: "$response.body#/bookId",
                        expected: "an integer",
                        required: true,
                        check: __rt::check::<i64>,
                        line: 50,
                        column: 19,
                    },
                ],
                prints: [1649364051, 2894969895, 3574199210],
                json: &["200"],
                ..__rt::StepShape::EMPTY
            },
        ],
        sources: &["shelf"],
        send,
        settle,
        succeeded,
        failed,
        output,
        ..__rt::Shape::EMPTY
    };
    /// Builds the request of each step.
    #[allow(unused_variables)]
    fn send(
        run: &__rt::Frame<'_>,
        step: usize,
        call: &mut __rt::Call,
    ) -> Result<(), __rt::Failure> {
        match step {
            0 => {}
            1 => {
                call.path("/imports/");
                call.path_value(
                    "importId",
                    &run
                        .output(0, 0)
                        .ok_or_else(|| __rt::Failure::absent(
                            "the path parameter `importId`",
                            "$steps.start.outputs.importId",
                            32,
                            47,
                        ))?,
                    __rt::Style {
                        form: __rt::Form::Simple,
                        explode: false,
                        reserved: false,
                    },
                )?;
            }
            2 => {
                call.path("/imports/");
                call.path_value(
                    "importId",
                    &run
                        .output(0, 0)
                        .ok_or_else(|| __rt::Failure::absent(
                            "the path parameter `importId`",
                            "$steps.start.outputs.importId",
                            48,
                            47,
                        ))?,
                    __rt::Style {
                        form: __rt::Form::Simple,
                        explode: false,
                        reserved: false,
                    },
                )?;
                call.path("/result");
            }
            _ => {}
        }
        Ok(())
    }
    /// Checks the response of each step, and returns its outputs.
    #[allow(unused_variables)]
    fn settle(
        run: &__rt::Frame<'_>,
        step: usize,
        exchange: &__rt::Exchange<'_>,
    ) -> __rt::Kept {
        match step {
            0 => {
                exchange.require(exchange.is(202), "$statusCode == 202", 19, 24)?;
                let found = exchange.read([&["id"]]);
                found.keep_all(&[0], SHAPE.steps[0].outputs)
            }
            1 => {
                exchange
                    .require(
                        exchange.is(200) || exchange.is(202),
                        "$statusCode == 200 || $statusCode == 202",
                        34,
                        24,
                    )?;
                Ok(__rt::Vec::new())
            }
            2 => {
                exchange.require_success(45, 17)?;
                let found = exchange.read([&["bookId"]]);
                found.keep_all(&[0], SHAPE.steps[2].outputs)
            }
            _ => Ok(__rt::Vec::new()),
        }
    }
    /// What happens after a step that has succeeded.
    #[allow(unused_variables)]
    fn succeeded(
        run: &__rt::Frame<'_>,
        step: usize,
        exchange: &__rt::Exchange<'_>,
    ) -> __rt::Action {
        match step {
            1 => {
                let found = exchange.read([&["status"]]);
                if exchange.met(exchange.is(202), "$statusCode == 202", 40, 28) {
                    exchange.take("not-yet");
                    return __rt::Action::Goto(1);
                }
                if exchange
                    .met_of(
                        found.problem(),
                        __rt::equal(
                            found.get(0).as_ref(),
                            Some(__rt::Datum::from_json("\"empty\"")).as_ref(),
                        )
                            && __rt::order(
                                    run.input_or(0, "0").as_ref(),
                                    Some(__rt::Datum::from_json("0")).as_ref(),
                                )
                                .is_some_and(::std::cmp::Ordering::is_gt),
                        "$response.body#/status == 'empty' && $inputs.patience > 0",
                        44,
                        28,
                    )
                {
                    exchange.take("nothing-to-fetch");
                    return __rt::Action::End;
                }
                __rt::Action::Next
            }
            _ => __rt::Action::Next,
        }
    }
    /// What happens after a step that has failed.
    #[allow(unused_variables)]
    fn failed(
        run: &__rt::Frame<'_>,
        step: usize,
        exchange: &__rt::Exchange<'_>,
    ) -> Option<__rt::Action> {
        match step {
            0 => {
                if exchange.met(exchange.is(503), "$statusCode == 503", 28, 28)
                    && exchange.retry(0, 0, 3)
                {
                    exchange.take("busy");
                    return Some(__rt::Action::Retry(Some(2.5), None));
                }
                None
            }
            _ => None,
        }
    }
    /// Returns an output of the workflow.
    #[allow(unused_variables)]
    fn output<'r>(run: &__rt::Frame<'r>, output: usize) -> Option<__rt::Datum<'r>> {
        match output {
            0 => run.output(2, 0),
            _ => None,
        }
    }
}
