//! Rules about the names in a document.

super::rules! {
    /// Two source descriptions have the same name, so a reference to that name would be ambiguous.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Source Description Object", `name`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ./shelf.yml, type: openapi }
    /// - { name: shelf, url: ./attic.yml, type: openapi }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ./shelf.yml, type: openapi }
    /// - { name: attic, url: ./attic.yml, type: openapi }
    /// ```
    Error DUPLICATE_SOURCE_NAME "duplicate-source-name" "the names of source descriptions are unique"

    /// Two workflows of a document have the same id.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Workflow Object", `workflowId`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// workflows:
    /// - workflowId: shelve
    /// - workflowId: shelve
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// workflows:
    /// - workflowId: shelve
    /// - workflowId: restock
    /// ```
    Error DUPLICATE_WORKFLOW_ID "duplicate-workflow-id" "the ids of workflows are unique"

    /// Two steps of a workflow have the same id.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `stepId`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    /// - stepId: addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    /// - stepId: addSecondBook
    /// ```
    Error DUPLICATE_STEP_ID "duplicate-step-id" "the ids of steps are unique within a workflow"

    /// A step sets the same parameter twice, with the same `name` and the same `in`. Header names are
    /// case-insensitive. A step may override a parameter of its workflow; this is not a duplicate.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `parameters`, and "Parameter Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: id, in: path, value: emma }
    /// - { name: id, in: path, value: persuasion }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - { name: id, in: path, value: emma }
    /// ```
    Error DUPLICATE_PARAMETER "duplicate-parameter" "every parameter is set once"

    /// Two actions of one list have the same name. An action of a step may override an action of its workflow that
    /// has the same name; this is not a duplicate.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object" and "Workflow Object": the lists MUST NOT include
    /// duplicates.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry }
    /// - { name: again, type: end }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry }
    /// - { name: stop, type: end }
    /// ```
    Error DUPLICATE_ACTION "duplicate-action" "the names of actions are unique within a list"

    /// A dependency is listed twice.
    ///
    /// Rule: a choice; the second entry has no effect and hides a mistake.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// dependsOn: [addBook, addBook]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// dependsOn: [addBook]
    /// ```
    Error DUPLICATE_DEPENDS_ON "duplicate-depends-on" "every dependency is listed once"

    /// The key of a component has characters other than ASCII letters, digits, `.`, `-` and `_`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Components Object": `^[a-zA-Z0-9\.\-_]+$`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// components:
    ///   parameters:
    ///     book id: { name: id, in: path, value: emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// components:
    ///   parameters:
    ///     book-id: { name: id, in: path, value: emma }
    /// ```
    Error INVALID_COMPONENT_KEY "invalid-component-key" "the key of a component has only allowed characters"

    /// The name of an output has characters other than ASCII letters, digits, `.`, `-` and `_`. No expression
    /// could read it.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Workflow Object" and "Step Object", `outputs`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// outputs:
    ///   book id: $response.body#/id
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// outputs:
    ///   book-id: $response.body#/id
    /// ```
    Error INVALID_OUTPUT_KEY "invalid-output-key" "the name of an output has only allowed characters"

    /// A `workflowId`, a `stepId` or the name of a source description has characters other than ASCII letters,
    /// digits, `_` and `-`. The specification only recommends these characters, but expressions cannot refer to an
    /// id with other ones.
    ///
    /// Rule: Arazzo Specification 1.1.0, SHOULD in "Workflow Object", "Step Object" and "Source Description
    /// Object"; "Runtime Expressions", `identifier-strict`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: add a book
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: add-a-book
    /// ```
    Warning ID_PATTERN "id-pattern" "every id has only recommended characters"

    /// Nothing refers to a component. Either the component can be removed, or a reference to it is missing.
    ///
    /// Rule: a choice; the specification allows it ("Components Object").
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - { name: id, in: path, value: emma }
    /// components:
    ///   parameters:
    ///     id: { name: id, in: path, value: emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: readBook
    ///   operationId: getBook
    ///   parameters:
    ///   - reference: $components.parameters.id
    /// components:
    ///   parameters:
    ///     id: { name: id, in: path, value: emma }
    /// ```
    Warning UNUSED_COMPONENT "unused-component" "every component is used"

    /// No step calls an operation or a workflow of a source description, and no expression names it. This rule is
    /// not checked if there are errors, because the parts with errors may be intended to use it.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ./shelf.yml, type: openapi }
    /// - { name: attic, url: ./attic.yml, type: openapi }
    /// workflows:
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: $sourceDescriptions.shelf.addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ./shelf.yml, type: openapi }
    /// workflows:
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: addBook
    /// ```
    Warning UNUSED_SOURCE "unused-source" "every source description is used"

    /// Two names of the document become the same name in Rust. For example, `add-book` and `addBook` both become
    /// `add_book`. The option `rename` sets a different name for one of them. Inputs, outputs and steps are named
    /// with their workflow:
    /// `rename = { "shelve.inputs.bookId" = other_book_id, "shelve.steps.addBook" = add_first_book }`. If the code
    /// is lowered, the second one gets a number: `add_book_2`.
    ///
    /// Rule: a choice, because names become Rust functions, fields and variants.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: add-book
    /// - stepId: addBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    /// - stepId: addSecondBook
    /// ```
    Recoverable NAME_COLLISION "name-collision" "different names of the document become different names in Rust"
}
