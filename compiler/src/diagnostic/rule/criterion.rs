//! Rules about conditions, queries and replacements.

super::rules! {
    /// A simple condition does not have its grammar: `||`, then `&&`, then `!`, then one comparison. A string stands in
    /// single quotes; a single quote in it is written twice.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Criterion Object", "Literals", "Operators" and "Simple Conditions"; the order
    /// of the operators is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - condition: $statusCode = 201
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $statusCode == 201
    /// ```
    Error CONDITION_SYNTAX "condition-syntax" "a condition has its grammar"

    /// A condition of type `regex`, `jsonpath` or `xpath` has no `context`. There is nothing to apply it to.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Criterion Object", `context`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - condition: $.tags[0]
    ///   type: jsonpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $.tags[0]
    ///   type: jsonpath
    /// ```
    Error CONTEXT_REQUIRED "context-required" "a condition that needs a context has one"

    /// A version of a query language is none of those that the specification names. The draft of JSONPath is read as
    /// RFC 9535, which came of it.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Expression Type Object", `version`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// type: { type: jsonpath, version: rfc9353 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// type: { type: jsonpath, version: rfc9535 }
    /// ```
    Error CRITERION_VERSION "criterion-version" "a version of a query language is one of those that the specification names"

    /// A pattern is not a regular expression of ECMA-262. It would fail every time. Patterns with embedded expressions
    /// are checked when they run.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Regex Conditions"; the dialect, and that it is an error at compile time, are
    /// choices.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $statusCode
    ///   condition: '^2(\d\d$'
    ///   type: regex
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $statusCode
    ///   condition: '^2(\d\d)$'
    ///   type: regex
    /// ```
    Error REGEX_SYNTAX "regex-syntax" "a pattern has the grammar of ECMA-262"

    /// A condition of type `regex` needs the feature `regex` of the crate `arazzo`.
    ///
    /// Rule: a choice; nobody should build an engine that no workflow uses.
    ///
    /// **Wrong**
    ///
    /// ```toml
    /// arazzo = "0.1"
    /// ```
    ///
    /// **Right**
    ///
    /// ```toml
    /// arazzo = { version = "0.1", features = ["regex"] }
    /// ```
    Error REGEX_FEATURE "regex-feature" "the feature `regex` is on where a condition needs it"

    /// A JSONPath query that can select more than one value needs the feature `jsonpath` of the crate `arazzo`. One
    /// that can select only one value, such as `$.tags[0]`, does not.
    ///
    /// Rule: a choice; nobody should build an engine that no workflow uses.
    ///
    /// **Wrong**
    ///
    /// ```toml
    /// arazzo = "0.1"
    /// ```
    ///
    /// **Right**
    ///
    /// ```toml
    /// arazzo = { version = "0.1", features = ["jsonpath"] }
    /// ```
    Error JSONPATH_FEATURE "jsonpath-feature" "the feature `jsonpath` is on where a query needs it"

    /// An XPath expression needs the feature `xpath` of the crate `arazzo`.
    ///
    /// Rule: a choice; nobody should build an engine that no workflow uses.
    ///
    /// **Wrong**
    ///
    /// ```toml
    /// arazzo = "0.1"
    /// ```
    ///
    /// **Right**
    ///
    /// ```toml
    /// arazzo = { version = "0.1", features = ["xpath"] }
    /// ```
    Error XPATH_FEATURE "xpath-feature" "the feature `xpath` is on where an expression needs it"

    /// An XPath expression says what version 1.0 cannot say, or names a later version. It needs the feature `xpath31`
    /// of the crate `arazzo`. An expression that version 1.0 can say too does not, unless it names its version.
    ///
    /// Rule: a choice; nobody should build an engine that no workflow uses.
    ///
    /// **Wrong**
    ///
    /// ```toml
    /// arazzo = { version = "0.1", features = ["xpath"] }
    /// ```
    ///
    /// **Right**
    ///
    /// ```toml
    /// arazzo = { version = "0.1", features = ["xpath31"] }
    /// ```
    Error XPATH31_FEATURE "xpath31-feature" "the feature `xpath31` is on where an expression needs it"

    /// An XPath expression does not have its grammar, or calls a function that does not exist. It would fail every
    /// time.
    ///
    /// Rule: Arazzo Specification 1.1.0, "XPath Conditions"; that it is an error at compile time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: cuont(/books/book) > 0
    ///   type: xpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: count(/books/book) > 0
    ///   type: xpath
    /// ```
    Error XPATH_SYNTAX "xpath-syntax" "an XPath expression has its grammar, and its functions exist"

    /// A JSONPath query does not have the grammar of RFC 9535. It would fail every time.
    ///
    /// Rule: Arazzo Specification 1.1.0, "JSONPath Conditions"; RFC 9535, section 2; that it is an error at compile
    /// time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $tags[0]
    ///   type: jsonpath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $.tags[0]
    ///   type: jsonpath
    /// ```
    Error JSONPATH_SYNTAX "jsonpath-syntax" "a JSONPath query has the grammar of RFC 9535"

    /// A payload that is written as the text of an object or an array, and sent as JSON, is no JSON. Expressions in it
    /// count as values.
    ///
    /// Rule: RFC 8259; that it is checked at compile time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// contentType: application/json
    /// payload: |
    ///   { "title": "Emma", }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// contentType: application/json
    /// payload: |
    ///   { "title": "Emma" }
    /// ```
    Error PAYLOAD_NOT_JSON "payload-not-json" "a JSON body that is written as text is JSON"

    /// A request body has `replacements` and no `payload` to replace in.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Payload Replacement Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   replacements:
    ///   - { target: /title, value: $inputs.title }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   payload: { title: Emma }
    ///   replacements:
    ///   - { target: /title, value: $inputs.title }
    /// ```
    Error REPLACEMENT_WITHOUT_PAYLOAD "replacement-without-payload" "a replacement has a payload to replace in"

    /// The target of a replacement is not of the language that its place has: a JSON Pointer in JSON and in forms, an
    /// XPath expression in XML, or what `targetSelectorType` says.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Payload Replacement Object"; RFC 6901.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// replacements:
    /// - { target: $.title, value: Persuasion }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// replacements:
    /// - { target: /title, value: Persuasion }
    /// ```
    Error REPLACEMENT_TARGET_SYNTAX "replacement-target-syntax" "a target of a replacement has its grammar"

    /// The target of a replacement is not in the payload that the document spells out.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Payload Replacement Object", `target`: it MUST be resolved against the body;
    /// that nothing is created is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload: { title: Emma }
    /// replacements:
    /// - { target: /copies, value: 3 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload: { title: Emma, copies: 1 }
    /// replacements:
    /// - { target: /copies, value: 3 }
    /// ```
    Error REPLACEMENT_TARGET_UNRESOLVED "replacement-target-unresolved" "a target of a replacement is in the payload"

    /// The type of a condition or of a selector is none that the specification has. Conditions are `simple`, `regex`,
    /// `jsonpath` or `xpath`; selectors are `jsonpointer`, `jsonpath` or `xpath`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Criterion Object" and "Selector Object", `type`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// type: jsonPath
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// type: jsonpath
    /// ```
    Error CRITERION_TYPE "criterion-type" "a condition has a known type"

    /// A simple condition has a `context`, which it does not use. Either `type` is missing, or `context` can go.
    ///
    /// Rule: a choice; Arazzo Specification 1.1.0, "Criterion Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - context: $response.body
    ///   condition: $statusCode == 201
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - condition: $statusCode == 201
    /// ```
    Warning CONTEXT_UNUSED "context-unused" "a context is used"

    /// A condition asks for a status that the operation does not declare. A misspelt number is hard to see, and the
    /// types of the outputs come from the response of this status.
    ///
    /// Rule: a choice; OpenAPI Specification 3.1.1, "Responses Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook            # declares 201
    ///   operationId: addBook
    ///   successCriteria:
    ///   - condition: $statusCode == 200
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   successCriteria:
    ///   - condition: $statusCode == 201
    /// ```
    Warning STATUS_UNDECLARED "status-undeclared" "the operation declares the status"
}
