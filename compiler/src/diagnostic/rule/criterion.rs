//! Rules about conditions, queries and replacements.

super::rules! {
    /// A simple condition has a syntax error. The grammar is, from the lowest to the highest precedence: `||`,
    /// `&&`, `!`, a single comparison. A comparison after `!` must be in parentheses. Strings are in single quotes. A single quote inside a string is doubled.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Criterion Object", "Literals", "Operators" and "Simple Conditions"; the
    /// precedence of the operators is a choice.
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
    Error CONDITION_SYNTAX "condition-syntax" "every simple condition is syntactically valid"

    /// A condition of type `regex`, `jsonpath` or `xpath` has no `context`, so there is nothing to apply it to.
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
    Error CONTEXT_REQUIRED "context-required" "every condition that requires a `context` has one"

    /// The version of a query language is not one of those that the specification lists. The draft version of
    /// JSONPath is read as RFC 9535, which is based on it.
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
    Error CRITERION_VERSION "criterion-version" "every version of a query language is one that the specification lists"

    /// A pattern is not a valid regular expression of ECMA-262. It would fail on every run. Patterns with embedded
    /// expressions are checked at run time.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Regex Conditions"; the dialect and the error at compile time are
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
    Error REGEX_SYNTAX "regex-syntax" "every pattern is a valid regular expression of ECMA-262"

    /// A condition of type `regex` requires the feature `regex` of the crate `arazzo`.
    ///
    /// Rule: a choice; nobody should have to build an engine that no workflow uses.
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
    Error REGEX_FEATURE "regex-feature" "the feature `regex` is enabled if a condition requires it"

    /// A JSONPath query that can select more than one value requires the feature `jsonpath` of the crate `arazzo`.
    /// A query that can select only one value, such as `$.tags[0]`, does not require it.
    ///
    /// Rule: a choice; nobody should have to build an engine that no workflow uses.
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
    Error JSONPATH_FEATURE "jsonpath-feature" "the feature `jsonpath` is enabled if a query requires it"

    /// An XPath expression requires the feature `xpath` of the crate `arazzo`.
    ///
    /// Rule: a choice; nobody should have to build an engine that no workflow uses.
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
    Error XPATH_FEATURE "xpath-feature" "the feature `xpath` is enabled if an expression requires it"

    /// An XPath expression is not valid in version 1.0, or names a later version. It requires the feature
    /// `xpath31` of the crate `arazzo`. An expression that is also valid in version 1.0 does not require the
    /// feature, unless it names a later version.
    ///
    /// Rule: a choice; nobody should have to build an engine that no workflow uses.
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
    Error XPATH31_FEATURE "xpath31-feature" "the feature `xpath31` is enabled if an expression requires it"

    /// An XPath expression has a syntax error or calls an unknown function. It would fail on every run.
    ///
    /// Rule: Arazzo Specification 1.1.0, "XPath Conditions"; reporting an error at compile time is a choice.
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
    Error XPATH_SYNTAX "xpath-syntax" "every XPath expression is syntactically valid, and its functions exist"

    /// A JSONPath query is not valid according to RFC 9535. It would fail on every run.
    ///
    /// Rule: Arazzo Specification 1.1.0, "JSONPath Conditions"; RFC 9535, section 2; reporting an error at compile
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
    Error JSONPATH_SYNTAX "jsonpath-syntax" "every JSONPath query follows the grammar of RFC 9535"

    /// A payload that is written as the text of an object or an array, and sent as JSON, is not valid JSON.
    /// Expressions in the text count as values.
    ///
    /// Rule: RFC 8259; checking it at compile time is a choice.
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
    Error PAYLOAD_NOT_JSON "payload-not-json" "a JSON payload that is written as text is valid JSON"

    /// A request body has `replacements`, but no `payload` to apply them to.
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
    Error REPLACEMENT_WITHOUT_PAYLOAD "replacement-without-payload" "a request body with `replacements` has a `payload`"

    /// The target of a replacement is not in the expected language: a JSON Pointer in JSON and in forms, an XPath
    /// expression in XML, or the language that `targetSelectorType` specifies.
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
    Error REPLACEMENT_TARGET_SYNTAX "replacement-target-syntax" "every target of a replacement is syntactically valid"

    /// The target of a replacement does not exist in the payload that the document contains.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Payload Replacement Object", `target`: it MUST be resolved against the
    /// body; not creating missing values is a choice.
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
    Error REPLACEMENT_TARGET_UNRESOLVED "replacement-target-unresolved" "every target of a replacement exists in the payload"

    /// The type of a condition or a selector is not one that the specification defines. Conditions are `simple`,
    /// `regex`, `jsonpath` or `xpath`. Selectors are `jsonpointer`, `jsonpath` or `xpath`.
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
    Error CRITERION_TYPE "criterion-type" "every condition and every selector has a known type"

    /// A simple condition has a `context`, but does not use it. Either `type` is missing, or `context` can be
    /// removed.
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
    Warning CONTEXT_UNUSED "context-unused" "every `context` is used"

    /// A condition tests for a status code that the operation does not declare. A wrong digit is hard to see, and
    /// the types of the outputs come from the response with this status code.
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
    Warning STATUS_UNDECLARED "status-undeclared" "the operation declares every status code that a condition tests for"
}
