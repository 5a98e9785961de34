//! The rules that a document must keep, each with its code.

/// What kind of problem a broken rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The document cannot be compiled.
    Error,
    /// Probably not what was meant.
    Warning,
    /// A matter of taste, said only where it is asked for.
    Quiet,
    /// The description of an API rules it out. The document cannot be compiled, unless it is said
    /// that the description is wrong.
    Description,
    /// It contradicts the specification, yet has one obvious meaning.
    Recoverable,
    /// Text that is meant as an expression, unless it is said that text is meant. `dialect = lenient`
    /// does not say so.
    Literal,
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in messages, options and documentation.
    pub code: &'static str,
    /// What kind of problem it is to break it.
    pub class: Class,
    /// What it demands.
    pub summary: &'static str,
}

/// The code that an option names with underscores; what is no code comes back with hyphens.
#[must_use]
pub fn code_of(option: &str) -> String {
    let written = |rule: &&&Rule| rule.code.replace(['-', '.'], "_") == option;
    ALL.iter()
        .find(written)
        .map_or_else(|| option.replace('_', "-"), |rule| rule.code.to_owned())
}

macro_rules! rules {
    ($($class:ident $name:ident $code:literal $summary:literal)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $summary, ".")]
            pub static $name: Rule = Rule { code: $code, class: Class::$class, summary: $summary };
        )*

        /// Every rule, in the order of the documentation.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    Error YAML_SYNTAX "yaml-syntax" "the file is YAML or JSON that can be read"
    Error DUPLICATE_KEY "duplicate-key" "a key stands once in an object"
    Error NOT_AN_OBJECT "not-an-object" "an object stands where the specification has one"
    Error UNSUPPORTED_VERSION "unsupported-version" "the version of the specification is one that this compiler knows"
    Error MISSING_FIELD "missing-field" "a required field is there"
    Error UNKNOWN_FIELD "unknown-field" "only fields of the specification and extensions are there"
    Warning REUSABLE_UNKNOWN_FIELD "reusable-unknown-field" "a Reusable Object has only the fields that are read"
    Error WRONG_TYPE "wrong-type" "a field has the type of the specification"
    Error INVALID_ENUM_VALUE "invalid-enum-value" "a field has one of its values"
    Error FIELD_NEEDS_1_1 "field-needs-1.1" "a field of Arazzo 1.1 stands in a document of 1.1"
    Error SELF_SYNTAX "self-syntax" "`$self` is a URI reference"
    Error SELF_WITH_FRAGMENT "self-with-fragment" "`$self` has no fragment"
    Error EMPTY_LIST "empty-list" "a list has at least one entry"
    Error DUPLICATE_SOURCE_NAME "duplicate-source-name" "source descriptions have different names"
    Error DUPLICATE_WORKFLOW_ID "duplicate-workflow-id" "workflows have different ids"
    Error DUPLICATE_STEP_ID "duplicate-step-id" "steps of a workflow have different ids"
    Error DUPLICATE_PARAMETER "duplicate-parameter" "a parameter is given once"
    Error DUPLICATE_ACTION "duplicate-action" "actions of a list have different names"
    Error DUPLICATE_DEPENDS_ON "duplicate-depends-on" "a dependency is listed once"
    Error INVALID_COMPONENT_KEY "invalid-component-key" "a component's key has only allowed characters"
    Error INVALID_OUTPUT_KEY "invalid-output-key" "an output's name has only allowed characters"
    Warning ID_PATTERN "id-pattern" "an id has only recommended characters"
    Warning UNUSED_COMPONENT "unused-component" "a component is used"
    Warning UNUSED_SOURCE "unused-source" "a source description is used"
    Recoverable NAME_COLLISION "name-collision" "two ids become two Rust names"
    Error UNUSED_OPTION "unused-option" "an option of the macro has an effect"
    Error UNSUPPORTED "unsupported" "the construct is one that this compiler can compile"
    Warning CONSTRAINT_UNCHECKED "constraint-unchecked" "a constraint on an input is checked before the first request"
    Error LIMIT_EXCEEDED "limit-exceeded" "the file keeps within the limits"
    Error SOURCE_NOT_FOUND "source-not-found" "the file of a source description is there"
    Error SOURCE_NOT_LOCAL "source-not-local" "a source description is a file"
    Error SOURCE_SYNTAX "source-syntax" "a source description is YAML or JSON that can be read"
    Error SOURCE_TYPE_MISMATCH "source-type-mismatch" "a source description is of the type that the document says"
    Error SOURCE_VERSION_UNSUPPORTED "source-version-unsupported" "a source description is of a version that this compiler knows"
    Description SOURCE_REF_UNRESOLVED "source-ref-unresolved" "a reference in a source description leads somewhere"
    Error INVALID_INPUTS_SCHEMA "invalid-inputs-schema" "`inputs` is a schema of an object"
    Error INPUTS_REF_UNRESOLVED "inputs-ref-unresolved" "a reference in `inputs` leads somewhere"
    Error REQUIRED_INPUT_UNDECLARED "required-input-undeclared" "a required input is declared"
    Error UNKNOWN_WORKFLOW "unknown-workflow" "a workflow exists"
    Error UNQUALIFIED_EXTERNAL_WORKFLOW "unqualified-external-workflow" "a workflow of another document is named by its source description"
    Error DEPENDENCY_UNPROVEN "dependency-unproven" "a step of another workflow that must have succeeded certainly has"
    Error UNKNOWN_WORKFLOW_OUTPUT "unknown-workflow-output" "an output or input of a workflow exists"
    Error UNKNOWN_WORKFLOW_INPUT "unknown-workflow-input" "a parameter of a call is an input of the workflow"
    Error WORKFLOW_INPUT_REQUIRED "workflow-input-required" "a call gives every required input of the workflow"
    Error WORKFLOW_CYCLE "workflow-cycle" "workflows that call each other come to an end"
    Error WORKFLOW_DEPENDENCY "workflow-dependency" "a workflow is called after those it depends on"
    Error PARAMETER_IN_UNEXPECTED "parameter-in-unexpected" "a parameter of a call of a workflow is sent nowhere"
    Error BODY_ON_WORKFLOW_STEP "body-on-workflow-step" "a step that calls a workflow has no body"
    Error STEP_CYCLE "step-cycle" "steps do not wait for each other"
    Error STEP_TARGET "step-target" "a step calls exactly one thing"
    Error UNKNOWN_OPERATION "unknown-operation" "an operation exists"
    Error AMBIGUOUS_OPERATION "ambiguous-operation" "an operationId names one operation"
    Description DUPLICATE_OPERATION_ID "duplicate-operation-id" "an operationId appears once in a description"
    Error OPERATION_PATH_SYNTAX "operation-path-syntax" "an operation path has its form"
    Error OPERATION_PATH_UNRESOLVED "operation-path-unresolved" "an operation path leads to an operation"
    Error UNKNOWN_STEP "unknown-step" "a step exists"
    Error STEP_AFTER_USE "step-after-use" "an output is read after its step"
    Error BODY_NOT_ACCEPTED "body-not-accepted" "a body is sent where there can be one"
    Description BODY_REQUIRED "body-required" "a required body is sent"
    Error CONTENT_TYPE_INVALID "content-type-invalid" "a content type is a media type"
    Warning CONTENT_TYPE_UNSUPPORTED "content-type-unsupported" "the operation accepts the content type"
    Error CONTENT_TYPE_AMBIGUOUS "content-type-ambiguous" "it is clear which content type is sent"
    Error PARAMETER_IN_MISSING "parameter-in-missing" "a parameter says where it is sent"
    Description PARAMETER_REQUIRED "parameter-required" "a required parameter is given"
    Error QUERYSTRING_WITH_QUERY "querystring-with-query" "the whole query or its parameters are given"
    Error PARAMETER_VALUE_MISSING "parameter-value-missing" "a parameter has a value"
    Warning UNKNOWN_PARAMETER "unknown-parameter" "the operation declares the parameter"
    Description UNKNOWN_PATH_PARAMETER "unknown-path-parameter" "the path has a place for a path parameter"
    Error PATH_PARAMETER_REQUIRED "path-parameter-required" "every parameter of a path has a value"
    Description INVALID_PATH "invalid-path" "a path of a description starts with `/` and stays in its place"
    Description MALFORMED_DESCRIPTION "malformed-description" "the parts of a description that a request needs have their form"
    Description INVALID_SERVER "invalid-server" "requests can be sent to the server of a description"
    Description PAYLOAD_TYPE_MISMATCH "payload-type-mismatch" "a value in a payload has the type of its schema"
    Description PAYLOAD_MEMBER_REQUIRED "payload-member-required" "a required member is in the payload"
    Warning UNKNOWN_PAYLOAD_MEMBER "unknown-payload-member" "the operation declares the member"
    Error REPLACEMENT_WITHOUT_PAYLOAD "replacement-without-payload" "a replacement has a payload to replace in"
    Warning CONTENT_TYPE_UNUSED "content-type-unused" "a content type has a payload"
    Description PAYLOAD_CONTENT_TYPE "payload-content-type" "a payload can be sent with the content type that the operation accepts"
    Error HEADER_RESERVED "header-reserved" "a header that the request itself decides is not a parameter"
    Error TIMEOUT_NEGATIVE "timeout-negative" "a timeout is not negative"
    Error ACTION_UNEXPECTED "action-unexpected" "fields of AsyncAPI steps stand in AsyncAPI steps"
    Error ASYNCAPI_UNSUPPORTED "asyncapi-unsupported" "a step calls an HTTP operation"
    Error ACTION_TARGET "action-target" "an action has the target that its type needs"
    Error RETRY_FIELD_UNEXPECTED "retry-field-unexpected" "fields of a retry stand on a retry"
    Error RETRY_AFTER_NEGATIVE "retry-after-negative" "a delay is not negative"
    Error RETRY_LIMIT_NEGATIVE "retry-limit-negative" "a limit is not negative"
    Error UNKNOWN_COMPONENT "unknown-component" "a component exists"
    Error COMPONENT_KIND "component-kind" "a component is of the kind that is expected"
    Error REUSABLE_VALUE_UNEXPECTED "reusable-value-unexpected" "only a parameter's value is overridden"
    Error REFERENCE_SYNTAX "reference-syntax" "a reference has its form"
    Warning UNREACHABLE_ACTION "unreachable-action" "an action can be taken"
    Warning UNREACHABLE_STEP "unreachable-step" "a run can come to a step"
    Warning UNUSED_INPUT "unused-input" "an input is used"
    Error CONDITION_SYNTAX "condition-syntax" "a condition has its grammar"
    Error CONTEXT_REQUIRED "context-required" "a condition that needs a context has one"
    Error CRITERION_VERSION "criterion-version" "a version of a query language is one of those that the specification names"
    Error REGEX_SYNTAX "regex-syntax" "a pattern has the grammar of ECMA-262"
    Error REGEX_FEATURE "regex-feature" "the feature `regex` is on where a condition needs it"
    Error JSONPATH_FEATURE "jsonpath-feature" "the feature `jsonpath` is on where a query needs it"
    Error XPATH_FEATURE "xpath-feature" "the feature `xpath` is on where an expression needs it"
    Error XPATH31_FEATURE "xpath31-feature" "the feature `xpath31` is on where an expression needs it"
    Error XPATH_SYNTAX "xpath-syntax" "an XPath expression has its grammar, and its functions exist"
    Error JSONPATH_SYNTAX "jsonpath-syntax" "a JSONPath query has the grammar of RFC 9535"
    Error PAYLOAD_NOT_JSON "payload-not-json" "a JSON body that is written as text is JSON"
    Error REPLACEMENT_TARGET_SYNTAX "replacement-target-syntax" "a target of a replacement has its grammar"
    Error REPLACEMENT_TARGET_UNRESOLVED "replacement-target-unresolved" "a target of a replacement is in the payload"
    Error CRITERION_TYPE "criterion-type" "a condition has a known type"
    Warning CONTEXT_UNUSED "context-unused" "a context is used"
    Warning STATUS_UNDECLARED "status-undeclared" "the operation declares the status"
    Error EXPRESSION_SYNTAX "expression-syntax" "an expression has its grammar"
    Literal UNKNOWN_ROOT "unknown-root" "an expression starts with a root of the grammar"
    Error UNKNOWN_INPUT "unknown-input" "an input exists"
    Error UNKNOWN_STEP_OUTPUT "unknown-step-output" "an output exists"
    Error UNKNOWN_SOURCE "unknown-source" "a source description exists"
    Error EXPRESSION_CONTEXT "expression-context" "an expression stands where it has a value"
    Error POINTER_SYNTAX "pointer-syntax" "a JSON Pointer has its grammar"
    Description IMPOSSIBLE_RESPONSE_POINTER "impossible-response-pointer" "a pointer leads where a value can be"
    Error IMPOSSIBLE_INPUT_POINTER "impossible-input-pointer" "a pointer leads where an input can have a value"
    Warning UNKNOWN_RESPONSE_POINTER "unknown-response-pointer" "a pointer leads where the schema has something"
    Warning NESTED_NAME "nested-name" "a nested member is reached by a JSON Pointer"
    Warning BRACES_MAKE_A_STRING "braces-make-a-string" "an expression keeps its type where it must"
    Warning OPTIONAL_INTO_REQUIRED "optional-into-required" "a value that must be there is there"
    Description TYPE_MISMATCH "type-mismatch" "a value has the type of what it goes into"
    Description OUTPUT_WITHOUT_BODY "output-without-body" "an output is taken from a body that can be there"
    Error INTERNAL "internal" "the compiler has no fault"
    Warning CONDITION_CONSTANT "condition-constant" "a condition can be true and can be false"
    Warning CONDITION_NOT_BOOLEAN "condition-not-boolean" "what stands alone in a condition is a boolean"
    Warning JSONPATH_FILTER_ON_OBJECT "jsonpath-filter-on-object" "a filter is applied to an array"
    Warning LITERAL_BRACES "literal-braces" "an expression in braces is evaluated at its place"
    Warning LOOKALIKE_LITERAL "lookalike-literal" "text that starts like an expression is one"
    Warning SOURCE_LEAVES_PACKAGE "source-leaves-package" "the files of a document are in its package"
    Quiet MISSING_SUMMARY "missing-summary" "a workflow has a summary"
    Quiet PREFER_OPERATION_ID "prefer-operation-id" "an operation that has an id is called by it"
    Quiet RETRY_NOT_IDEMPOTENT "retry-not-idempotent" "what is retried can be repeated"
    Quiet UNUSED_STEP_OUTPUT "unused-step-output" "an output of a step is read"
    Error CORRELATION_ID_UNEXPECTED "correlation-id-unexpected" "a correlation id stands in an AsyncAPI step"
    Error SOURCE_CYCLE "source-cycle" "a reference does not lead back to itself"
    Error UNKNOWN_OPTION "unknown-option" "an option of the macro exists"
    Recoverable BODY_NEEDS_POINTER "body-needs-pointer" "a member of a body is reached by a JSON Pointer"
    Recoverable BRACKET_INDEX "bracket-index" "an item is reached by a JSON Pointer"
    Recoverable JSONPATH_UNBRACED_EXPRESSION "jsonpath-unbraced-expression" "an expression in a JSONPath condition stands in braces"
    Recoverable OPERATION_ID_PREFIX "operation-id-prefix" "an operationId names its source description by an expression"
    Recoverable JSONPATH_COMPARISON "jsonpath-comparison" "a JSONPath condition is a query"
    Recoverable OUTPUT_PATH_DOTTED "output-path-dotted" "a member of an output is reached by a JSON Pointer"
    Recoverable UNBRACED_EXPRESSION "unbraced-expression" "an expression inside text stands in braces"
    Recoverable UNQUALIFIED_OPERATION "unqualified-operation" "an operationId says in which source description it is"
    Recoverable OPERATION_PATH_SOURCE "operation-path-source" "an operation path names its source by an expression"
    Recoverable OPERATION_ID_CASE "operation-id-case" "an operationId is spelt as it is declared"
    Recoverable CALLED_WORKFLOW_STATUS "called-workflow-status" "a workflow that is called has no status code"
    Recoverable UNQUOTED_STRING "unquoted-string" "a string that looks like a number is in quotes"
    Recoverable HEADERS_PLURAL "headers-plural" "a header is reached by `header`"
    Recoverable DOUBLE_QUOTED_STRING "double-quoted-string" "a string in a condition stands in single quotes"
}
