//! Rules about names of things in a document.

super::rules! {
    /// Two source descriptions have the same name. Nothing could say which of them is meant.
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
    Error DUPLICATE_SOURCE_NAME "duplicate-source-name" "source descriptions have different names"

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
    Error DUPLICATE_WORKFLOW_ID "duplicate-workflow-id" "workflows have different ids"

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
    Error DUPLICATE_STEP_ID "duplicate-step-id" "steps of a workflow have different ids"

    /// A step gives the same parameter twice: the same `name` with the same `in`. Names of headers ignore case. A step
    /// may overrule a parameter of its workflow, which is no repetition.
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
    Error DUPLICATE_PARAMETER "duplicate-parameter" "a parameter is given once"

    /// Two actions of one list have the same name. An action of a step may overrule one of its workflow by its name,
    /// which is no repetition.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object" and "Workflow Object": the lists MUST NOT include duplicates.
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
    Error DUPLICATE_ACTION "duplicate-action" "actions of a list have different names"

    /// A dependency is listed twice.
    ///
    /// Rule: a choice; the second one has no effect and hides a mistake.
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
    Error DUPLICATE_DEPENDS_ON "duplicate-depends-on" "a dependency is listed once"

    /// The key of a component has other characters than ASCII letters, digits, `.`, `-` and `_`.
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
    Error INVALID_COMPONENT_KEY "invalid-component-key" "a component's key has only allowed characters"

    /// The name of an output has other characters than ASCII letters, digits, `.`, `-` and `_`. No expression could
    /// read it.
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
    Error INVALID_OUTPUT_KEY "invalid-output-key" "an output's name has only allowed characters"

    /// A `workflowId`, a `stepId` or the name of a source description has other characters than ASCII letters, digits,
    /// `_` and `-`. The specification only recommends them, but an expression cannot name such an id.
    ///
    /// Rule: Arazzo Specification 1.1.0, SHOULD in "Workflow Object", "Step Object" and "Source Description Object";
    /// "Runtime Expressions", `identifier-strict`.
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
    Warning ID_PATTERN "id-pattern" "an id has only recommended characters"

    /// Nothing refers to a component. Either it can go, or a reference to it is missing.
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
    Warning UNUSED_COMPONENT "unused-component" "a component is used"

    /// No step calls anything of a source description, and no expression names it. It is not looked for while there are
    /// errors, since what could not be understood may have meant it.
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
    Warning UNUSED_SOURCE "unused-source" "a source description is used"

    /// Two names of the document become one name of Rust. `add-book` and `addBook` are both `add_book`. The option
    /// `rename` gives one of them another name; inputs, outputs and steps are named by their workflow:
    /// `rename = { "shelve.inputs.bookId" = other_book_id, "shelve.steps.addBook" = add_first_book }`. With the code
    /// lowered, the
    /// second one gets a number: `add_book_2`.
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
    Recoverable NAME_COLLISION "name-collision" "two ids become two Rust names"
}
