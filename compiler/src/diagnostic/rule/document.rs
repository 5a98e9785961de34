//! Rules about the form of a document: its text, its objects and fields, and its versions.

super::rules! {
    /// The document is not valid YAML 1.2 or JSON. Nothing else is checked until the document can be parsed.
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
    Error YAML_SYNTAX "yaml-syntax" "every file is valid YAML or JSON"

    /// A key appears twice in one object. YAML and JSON parsers disagree about which one counts, so the document
    /// is rejected. The other checks use the first one.
    ///
    /// Rule: YAML 1.2.2, section 3.2.1.1 (keys are unique); for JSON a choice, because RFC 8259, section 4, says
    /// SHOULD.
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
    Error DUPLICATE_KEY "duplicate-key" "the keys of an object are unique"

    /// A value is not an object, but the specification requires an object at this position.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Schema": every field has a type.
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
    Error NOT_AN_OBJECT "not-an-object" "a value is an object where the specification requires one"

    /// The field `arazzo` contains a version that this compiler does not support. The supported versions are 1.0.x
    /// and 1.1.x. Nothing else is checked, because a later version may use the same words with other meanings.
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
    Error UNSUPPORTED_VERSION "unsupported-version" "the compiler supports the document's version of the specification"

    /// A required field is missing. The message points at the first key of the object without the field.
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
    Error MISSING_FIELD "missing-field" "every required field is present"

    /// An object has a field that the specification does not define. Most unknown fields are misspelled, and
    /// silently skipping a field would not do what its author intended. Names that start with `x-` are extensions
    /// and are allowed.
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
    Error UNKNOWN_FIELD "unknown-field" "every field is defined by the specification or is an extension"

    /// A reference to a component has a field other than `reference` and `value`. The field is ignored, as the
    /// specification requires. This is probably not intended.
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
    Warning REUSABLE_UNKNOWN_FIELD "reusable-unknown-field" "a Reusable Object has no unknown fields"

    /// A field has a value of a different type than the specification requires. A number or a boolean in place of
    /// a string has its own code, `unquoted-string`. The payload of a form must be an object, and the payload of a
    /// text body must be a string.
    ///
    /// Rule: Arazzo Specification 1.1.0, the tables "Fixed Fields".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: [1, 0]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// info:
    ///   title: Books
    ///   version: "1.0"
    /// ```
    Error WRONG_TYPE "wrong-type" "every field has the type that the specification requires"

    /// A field with a fixed list of values has a value that is not in the list.
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
    Error INVALID_ENUM_VALUE "invalid-enum-value" "a field with a fixed list of values has one of them"

    /// A document that declares version 1.0 uses a field of Arazzo 1.1. A tool that supports only 1.0 would ignore
    /// it. The fields are `$self`, `channelPath`, `timeout`, `correlationId`, `action`, `dependsOn` of a step,
    /// `targetSelectorType`, `parameters` of an action, and the parameter location `querystring`.
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
    Error FIELD_NEEDS_1_1 "field-needs-1.1" "fields of Arazzo 1.1 appear only in documents of version 1.1"

    /// `$self` has a character that is not allowed in a URI, or the part before its first colon is not a valid
    /// scheme.
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
    Error SELF_SYNTAX "self-syntax" "`$self` is a valid URI reference"

    /// `$self` has a fragment. It identifies the whole document, so a fragment is not allowed.
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

    /// A list that requires at least one entry is empty: `sourceDescriptions`, `workflows`, `steps` or
    /// `successCriteria`.
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
    Error EMPTY_LIST "empty-list" "a list that requires an entry has at least one"
}
