//! Rules about the form of a document: its text, its objects and fields, its versions.

super::rules! {
    /// The document is neither YAML 1.2 nor JSON. Nothing else is checked until it can be read.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Format"; YAML 1.2.2; RFC 8259.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: [1, 0
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: 1.0.0
    /// ```
    Error YAML_SYNTAX "yaml-syntax" "the file is YAML or JSON that can be read"

    /// A key stands twice in one object. Readers of YAML and JSON disagree about which of the two counts, so the
    /// document is refused. The other checks go on with the first.
    ///
    /// Rule: YAML 1.2.2, section 3.2.1.1 (keys are unique); for JSON a choice, since RFC 8259, section 4, says SHOULD.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    ///   title: Persuasion
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload:
    ///   title: Emma
    /// ```
    Error DUPLICATE_KEY "duplicate-key" "a key stands once in an object"

    /// Something else stands where the specification has an object.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Schema": every field there has its type.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// successCriteria:
    /// - $statusCode == 201
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// successCriteria:
    /// - condition: $statusCode == 201
    /// ```
    Error NOT_AN_OBJECT "not-an-object" "an object stands where the specification has one"

    /// The field `arazzo` names a version that this compiler does not know. It knows 1.0.x and 1.1.x. Nothing else is
    /// looked at, because a later version may mean other things by the same words.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Versions".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// arazzo: 2.0.0
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// arazzo: 1.1.0
    /// ```
    Error UNSUPPORTED_VERSION "unsupported-version" "the version of the specification is one that this compiler knows"

    /// A required field is missing. The message points at the first key of the object that lacks it.
    ///
    /// Rule: Arazzo Specification 1.1.0, the tables "Fixed Fields", **REQUIRED**.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: 1.0.0
    /// ```
    Error MISSING_FIELD "missing-field" "a required field is there"

    /// An object has a field that the specification does not give it. Most of these are misspelt, and a field that is
    /// skipped in silence would not do what its author meant. Names that start with `x-` are extensions and allowed.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Specification Extensions".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   sumary: Puts a book on the shelf.
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   summary: Puts a book on the shelf.
    /// ```
    Error UNKNOWN_FIELD "unknown-field" "only fields of the specification and extensions are there"

    /// A reference to a component has a field other than `reference` and `value`. It is ignored, as the specification
    /// demands, which is probably not what was meant.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Reusable Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - reference: $components.parameters.id
    ///   in: path
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - reference: $components.parameters.id
    /// ```
    Warning REUSABLE_UNKNOWN_FIELD "reusable-unknown-field" "a Reusable Object has only the fields that are read"

    /// A field has a value of another type than the specification says. A common case is a version without quotes,
    /// which YAML reads as a number. A body that is a form must be written as an object, and one that is text as a
    /// string.
    ///
    /// Rule: Arazzo Specification 1.1.0, the tables "Fixed Fields".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: 1.0
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: "1.0"
    /// ```
    Error WRONG_TYPE "wrong-type" "a field has the type of the specification"

    /// A field that has a fixed list of values has another one.
    ///
    /// Rule: Arazzo Specification 1.1.0, the tables "Fixed Fields", "Possible values are …".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - name: shelf
    ///   url: ./api.yml
    ///   type: openApi
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - name: shelf
    ///   url: ./api.yml
    ///   type: openapi
    /// ```
    Error INVALID_ENUM_VALUE "invalid-enum-value" "a field has one of its values"

    /// A field of Arazzo 1.1 stands in a document that says it is written in 1.0. A tool that knows 1.0 only would
    /// ignore it.
    /// These are `$self`, `channelPath`, `timeout`, `correlationId`, `action`, `dependsOn` of a step,
    /// `targetSelectorType`, `parameters` of an action and the location `querystring`.
    ///
    /// Rule: Arazzo Specification 1.0.1 and 1.1.0, the tables "Fixed Fields".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// arazzo: 1.0.1
    /// workflows:
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: addBook
    ///     timeout: 5000
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// arazzo: 1.1.0
    /// workflows:
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: addBook
    ///     timeout: 5000
    /// ```
    Error FIELD_NEEDS_1_1 "field-needs-1.1" "a field of Arazzo 1.1 stands in a document of 1.1"

    /// `$self` has a character that a URI cannot have, or what comes before its first colon is not a scheme.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Arazzo Specification Object", `$self`; RFC 3986, section 4.1.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// $self: https://example.com/my flows.yaml
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// $self: https://example.com/my-flows.yaml
    /// ```
    Error SELF_SYNTAX "self-syntax" "`$self` is a URI reference"

    /// `$self` names the whole document, so it has no fragment.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Arazzo Specification Object", `$self`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// $self: https://shelf.example.com/flows/shelve.yml#books
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// $self: https://shelf.example.com/flows/shelve.yml
    /// ```
    Error SELF_WITH_FRAGMENT "self-with-fragment" "`$self` has no fragment"

    /// A list that needs an entry has none: `sourceDescriptions`, `workflows`, `steps` or `successCriteria`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Arazzo Specification Object" and "Step Object"; for `steps` a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// successCriteria: []
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// successCriteria:
    /// - condition: $statusCode == 201
    /// ```
    Error EMPTY_LIST "empty-list" "a list has at least one entry"
}
