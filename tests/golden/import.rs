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
/// A step failed and no action of the document helped; an input breaks its schema; the client lacks an address or a credential. The error holds the run, so that it can be mended and finished.
pub async fn import_books<T: ::arazzo::Transport>(
    client: &::arazzo::Client<T>,
    inputs: import_books::Inputs,
) -> ::std::result::Result<import_books::Outputs, import_books::Error> {
    let mut run = import_books::Run::new(inputs);
    match run.finish(client).await {
        ::std::result::Result::Ok(outputs) => ::std::result::Result::Ok(outputs),
        ::std::result::Result::Err(error) => {
            ::std::result::Result::Err(import_books::Error::new(error, run))
        }
    }
}
/// Inputs, outputs and runs of the workflow `import-books`; the function of the same name calls it.
///
/// Its requests go to the source description `shelf`.
pub mod import_books {
    #[allow(unused_imports)]
    use ::std::option::Option::{self, None, Some};
    #[allow(unused_imports)]
    use ::std::result::Result::{self, Err, Ok};
    use ::arazzo::__private as __rt;
    use ::arazzo::__private::serde as __serde;
    /// The inputs of the workflow `import-books`.
    #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
    #[serde(crate = "self::__serde")]
    pub struct Inputs {
        /// How many books may be missing in the end.
        #[serde(
            rename = "patience",
            default,
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub patience: ::std::option::Option<i64>,
    }
    impl Inputs {
        /// No input is required.
        #[allow(clippy::too_many_arguments)]
        #[must_use]
        pub fn new() -> Self {
            Self { patience: None }
        }
        /// Sets the input `patience`.
        #[must_use]
        pub fn patience(mut self, patience: i64) -> Self {
            self.patience = Some(patience);
            self
        }
    }
    impl ::std::default::Default for Inputs {
        fn default() -> Self {
            Self::new()
        }
    }
    /// The inputs of the workflow `import-books` that are known so far.
    #[derive(Clone, Debug, Default, PartialEq, __serde::Serialize, __serde::Deserialize)]
    #[serde(crate = "self::__serde")]
    pub struct PartialInputs {
        /// How many books may be missing in the end.
        #[serde(
            rename = "patience",
            default,
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub patience: ::std::option::Option<i64>,
    }
    impl PartialInputs {
        /// No input is known yet.
        #[must_use]
        pub fn new() -> Self {
            <Self as ::std::default::Default>::default()
        }
        /// Sets the input `patience`.
        #[must_use]
        pub fn patience(mut self, patience: i64) -> Self {
            self.patience = Some(patience);
            self
        }
    }
    impl ::std::convert::From<Inputs> for PartialInputs {
        fn from(inputs: Inputs) -> Self {
            Self { patience: inputs.patience }
        }
    }
    /// An input of the workflow `import-books`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Input {
        /// `patience`
        Patience,
    }
    impl Input {
        /// The name of the input in the document.
        #[must_use]
        pub fn name(self) -> &'static str {
            match self {
                Self::Patience => "patience",
            }
        }
    }
    impl ::std::fmt::Display for Input {
        fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            formatter.write_str(self.name())
        }
    }
    /// The outputs of the workflow `import-books`.
    #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
    #[serde(crate = "self::__serde")]
    pub struct Outputs {
        /// The output `bookId`.
        ///
        /// Missing where the response or the way through the workflow has none.
        #[serde(
            rename = "bookId",
            default,
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub book_id: ::std::option::Option<i64>,
    }
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
    impl Step {
        /// The steps in the order of the document.
        pub const ALL: &'static [Self] = &[Self::Start, Self::Check, Self::Fetch];
        /// The id of the step in the document.
        #[must_use]
        pub fn name(self) -> &'static str {
            match self {
                Self::Start => "start",
                Self::Check => "check",
                Self::Fetch => "fetch",
            }
        }
    }
    impl ::std::fmt::Display for Step {
        fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            formatter.write_str(self.name())
        }
    }
    impl ::std::convert::From<Step> for __rt::StepName {
        fn from(step: Step) -> Self {
            Self {
                file: SHAPE.file,
                workflow: SHAPE.workflow,
                step: step.name(),
            }
        }
    }
    /// What each step has kept.
    pub mod steps {
        #[allow(unused_imports)]
        use ::arazzo::__private as __rt;
        use ::arazzo::__private::serde as __serde;
        /// What step `start` has kept.
        #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Start {
            /// The output `importId`.
            #[serde(rename = "importId")]
            pub import_id: ::std::string::String,
        }
        /// What step `check` has kept.
        #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Check {}
        /// What step `fetch` has kept.
        #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Fetch {
            /// The output `bookId`.
            #[serde(rename = "bookId")]
            pub book_id: i64,
        }
    }
    /// What the steps of a run have kept so far.
    #[derive(Clone, Copy, Debug)]
    pub struct Steps<'a> {
        #[allow(dead_code)]
        state: &'a __rt::State,
    }
    #[allow(clippy::unused_self)]
    impl Steps<'_> {
        /// What step `start` has kept.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn start(&self) -> Option<steps::Start> {
            if !self.state.has(0) {
                return None;
            }
            Some(steps::Start {
                import_id: self.state.typed(0, 0)?,
            })
        }
        /// What step `check` has kept.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn check(&self) -> Option<steps::Check> {
            if !self.state.has(1) {
                return None;
            }
            Some(steps::Check {})
        }
        /// What step `fetch` has kept.
        ///
        /// `None` until the step has succeeded.
        #[must_use]
        pub fn fetch(&self) -> Option<steps::Fetch> {
            if !self.state.has(2) {
                return None;
            }
            Some(steps::Fetch {
                book_id: self.state.typed(2, 0)?,
            })
        }
    }
    /// The names of the source descriptions, for `Client::builder().source(…)`.
    pub mod sources {
        /// The source description `shelf`.
        pub const SHELF: &str = "shelf";
    }
    static SHAPE: __rt::Shape = __rt::Shape {
        workflow: "import-books",
        file: "golden/import.yml",
        inputs: &[
            __rt::InputShape {
                name: "patience",
                required: false,
                print: 3218261061,
            },
        ],
        first: Some(0),
        steps: &[
            __rt::StepShape {
                id: "start",
                outputs: &["importId"],
                timeout: None,
                next: Some(1),
                needs: &[],
                call: None,
                prints: [2425837804, 3672949916, 1447834881],
                responses: &[("202", true)],
            },
            __rt::StepShape {
                id: "check",
                outputs: &[],
                timeout: None,
                next: Some(2),
                needs: &[],
                call: None,
                prints: [1758976737, 2166136261, 215915126],
                responses: &[("200", true), ("202", true), ("503", true)],
            },
            __rt::StepShape {
                id: "fetch",
                outputs: &["bookId"],
                timeout: None,
                next: None,
                needs: &[],
                call: None,
                prints: [1649364051, 2894969895, 3574199210],
                responses: &[("200", true)],
            },
        ],
        dependencies: 0,
        operations: &[
            ("start", &OPERATIONS[0]),
            ("check", &OPERATIONS[1]),
            ("fetch", &OPERATIONS[2]),
        ],
        calls: &[],
        sources: &["shelf"],
    };
    /// Why a run did not get on, and the run.
    pub type Error = __rt::RunError<Run>;
    /// A run of the workflow `import-books`: a plain value that can be stored, sent and resumed.
    #[derive(Clone)]
    pub struct Run {
        inputs: PartialInputs,
        state: __rt::State,
    }
    impl Run {
        /// A run that stands before its first step.
        #[must_use]
        pub fn new(inputs: impl ::std::convert::Into<PartialInputs>) -> Self {
            Self {
                inputs: inputs.into(),
                state: __rt::State::new(&SHAPE),
            }
        }
        /// Performs one attempt of the next step; never sleeps.
        ///
        /// # Errors
        /// The workflow failed; the run stands where it stood before.
        pub async fn advance<T: __rt::Transport>(
            &mut self,
            client: &__rt::Client<T>,
        ) -> Result<__rt::Progress<Input, Outputs>, __rt::Error> {
            __rt::advance(self, client).await
        }
        /// Advances until the run has to wait, awaits an input or has ended; never sleeps.
        ///
        /// # Errors
        /// The workflow failed; the run stands where it stood before the failed attempt.
        pub async fn advance_until_blocked<T: __rt::Transport>(
            &mut self,
            client: &__rt::Client<T>,
        ) -> Result<__rt::Progress<Input, Outputs>, __rt::Error> {
            __rt::advance_until_blocked(self, client).await
        }
        /// Runs to the end, sleeping where the workflow waits.
        ///
        /// # Errors
        /// The workflow failed or an input is missing; the run stands where it stood before
        /// the failed attempt.
        pub async fn finish<T: __rt::Transport>(
            &mut self,
            client: &__rt::Client<T>,
        ) -> Result<Outputs, __rt::Error> {
            __rt::finish(self, client).await
        }
        /// Stores the run, sealed by a key of yours and bound to what it belongs to;
        /// [`open`](Self::open) restores it.
        ///
        /// # Errors
        /// The key cannot seal.
        pub fn seal<S: __rt::Seal + ?Sized>(
            &self,
            key: &S,
            binding: __rt::Binding<'_>,
        ) -> Result<::std::vec::Vec<u8>, __rt::Error> {
            __rt::seal(self, key, binding)
        }
        /// Restores a run that was stored by [`seal`](Self::seal).
        ///
        /// # Errors
        /// The bytes were not sealed by this key with this binding, or hold no run of this workflow.
        pub fn open<S: __rt::Seal + ?Sized>(
            key: &S,
            binding: __rt::Binding<'_>,
            sealed: &[u8],
        ) -> Result<Self, __rt::Error> {
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
        pub fn outputs(&self) -> Option<Outputs> {
            if self.state.position().is_some() {
                return None;
            }
            __rt::Workflow::collect(self)
        }
    }
    impl ::std::fmt::Debug for Run {
        fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            formatter
                .debug_struct("Run")
                .field("inputs", &self.inputs)
                .field("step", &self.step())
                .finish_non_exhaustive()
        }
    }
    impl __serde::Serialize for Run {
        fn serialize<S: __serde::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let parts = __rt::Parts {
                inputs: &self.inputs,
                dependencies: None,
                called: None,
            };
            __rt::serialize::<
                S,
                PartialInputs,
                (),
                __rt::Nobody,
            >(&SHAPE, &self.state, parts, serializer)
        }
    }
    impl<'de> __serde::Deserialize<'de> for Run {
        fn deserialize<D: __serde::Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Self, D::Error> {
            let (state, parts) = __rt::deserialize::<
                D,
                PartialInputs,
                (),
                __rt::Nobody,
            >(&SHAPE, deserializer)?;
            let run = Self {
                inputs: parts.inputs,
                state,
            };
            __rt::fits(&SHAPE, &run.state, 0, run.steps().start().is_some())?;
            __rt::fits(&SHAPE, &run.state, 1, run.steps().check().is_some())?;
            __rt::fits(&SHAPE, &run.state, 2, run.steps().fetch().is_some())?;
            Ok(run)
        }
    }
    #[doc(hidden)]
    impl __rt::Workflow for Run {
        type Input = Input;
        type Outputs = Outputs;
        fn input(index: usize) -> Option<Input> {
            const ALL: &[Input] = &[Input::Patience];
            ALL.get(index).copied()
        }
        fn collect(&self) -> Option<Outputs> {
            Some(Outputs {
                book_id: __rt::typed(__rt::Program::output(self, 0)),
            })
        }
    }
    static OPERATIONS: [__rt::Operation; 3] = [
        __rt::Operation {
            source: "shelf",
            name: "startImport",
            method: "POST",
            path: "/imports",
            server: "https://shelf.example/api",
            security: &[],
            authorization: false,
        },
        __rt::Operation {
            source: "shelf",
            name: "getImport",
            method: "GET",
            path: "/imports/{importId}",
            server: "https://shelf.example/api",
            security: &[],
            authorization: false,
        },
        __rt::Operation {
            source: "shelf",
            name: "getImportResult",
            method: "GET",
            path: "/imports/{importId}/result",
            server: "https://shelf.example/api",
            security: &[],
            authorization: false,
        },
    ];
    static KEPT: [&[__rt::Output]; 3] = [
        &[
            __rt::Output {
                name: "importId",
                expression: "$response.body#/id",
                expected: "a string",
                line: 21,
                column: 21,
            },
        ],
        &[],
        &[
            __rt::Output {
                name: "bookId",
                expression: "$response.body#/bookId",
                expected: "an integer",
                line: 50,
                column: 19,
            },
        ],
    ];
    #[doc(hidden)]
    impl __rt::Program for Run {
        fn shape(&self) -> &'static __rt::Shape {
            &SHAPE
        }
        fn state(&self) -> &__rt::State {
            &self.state
        }
        fn state_mut(&mut self) -> &mut __rt::State {
            &mut self.state
        }
        #[allow(unused_variables)]
        fn prepare(&self, step: usize, call: &mut __rt::Call) -> Result<(), __rt::Stop> {
            match step {
                0 => {
                    call.operation(&OPERATIONS[0]);
                    call.path("/imports");
                }
                1 => {
                    call.operation(&OPERATIONS[1]);
                    call.path("/imports/");
                    call.path_value(
                        "importId",
                        &self
                            .state
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
                    call.operation(&OPERATIONS[2]);
                    call.path("/imports/");
                    call.path_value(
                        "importId",
                        &self
                            .state
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
        #[allow(unused_variables)]
        fn settle(
            &self,
            step: usize,
            exchange: &__rt::Exchange<'_>,
        ) -> Result<::std::vec::Vec<Option<__rt::Slot>>, __rt::Failure> {
            match step {
                0 => {
                    exchange
                        .require(
                            exchange.status() == Some(202),
                            "$statusCode == 202",
                            19,
                            24,
                        )?;
                    let found = exchange.read([&["id"]]);
                    Ok(
                        ::std::vec::Vec::from([
                            found.keep::<::std::string::String>(0, true, &KEPT[0][0])?,
                        ]),
                    )
                }
                1 => {
                    exchange
                        .require(
                            exchange.status() == Some(200)
                                || exchange.status() == Some(202),
                            "$statusCode == 200 || $statusCode == 202",
                            34,
                            24,
                        )?;
                    Ok(::std::vec::Vec::from([]))
                }
                2 => {
                    exchange.require_success(45, 17)?;
                    let found = exchange.read([&["bookId"]]);
                    Ok(::std::vec::Vec::from([found.keep::<i64>(0, true, &KEPT[2][0])?]))
                }
                _ => Ok(::std::vec::Vec::new()),
            }
        }
        #[allow(unused_variables)]
        fn succeeded(
            &mut self,
            step: usize,
            exchange: &__rt::Exchange<'_>,
        ) -> __rt::Action {
            match step {
                1 => {
                    let found = exchange.read([&["status"]]);
                    if exchange
                        .met(
                            exchange.status() == Some(202),
                            "$statusCode == 202",
                            40,
                            28,
                        )
                    {
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
                                        self
                                            .inputs
                                            .patience
                                            .as_ref()
                                            .and_then(__rt::Datum::of)
                                            .or_else(|| Some(__rt::Datum::from_json("0")))
                                            .as_ref(),
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
        #[allow(unused_variables)]
        fn failed(
            &mut self,
            step: usize,
            exchange: &__rt::Exchange<'_>,
        ) -> Option<__rt::Action> {
            match step {
                0 => {
                    if exchange
                        .met(
                            exchange.status() == Some(503),
                            "$statusCode == 503",
                            28,
                            28,
                        ) && self.state.retry(0, 0, 3)
                    {
                        exchange.take("busy");
                        return Some(__rt::Action::Retry(Some(2.5), None));
                    }
                    None
                }
                _ => None,
            }
        }
        fn output(&self, output: usize) -> Option<__rt::Datum<'_>> {
            match output {
                0 => self.state.output(2, 0),
                _ => None,
            }
        }
    }
}
