//! Rules about the inputs of workflows, and about workflows that call each other.

super::rules! {
    /// `inputs` is not the schema of an object. Inputs have names, so only an object can hold them.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Workflow Object", `inputs`; JSON Schema Core 2020-12, section 4.3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs: [title]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     title: { type: string }
    /// ```
    Error INVALID_INPUTS_SCHEMA "invalid-inputs-schema" "`inputs` is the schema of an object"

    /// A `$ref` in `inputs` cannot be resolved, neither from the root of the document nor from the schema itself.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Resolving URI Fragments"; JSON Schema Core 2020-12, section 8.2.3.1.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     title: { $ref: '#/$defs/Titel' }
    ///   $defs:
    ///     Title: { type: string }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     title: { $ref: '#/$defs/Title' }
    ///   $defs:
    ///     Title: { type: string }
    /// ```
    Error INPUTS_REF_UNRESOLVED "inputs-ref-unresolved" "every reference in `inputs` can be resolved"

    /// `required` lists a name that is not defined in `properties`. JSON Schema allows this, but such an input has
    /// no type, and most often the name is misspelled.
    ///
    /// Rule: a choice; JSON Schema Validation 2020-12, section 6.5.3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   required: [titel]
    ///   properties:
    ///     title: { type: string }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   required: [title]
    ///   properties:
    ///     title: { type: string }
    /// ```
    Error REQUIRED_INPUT_UNDECLARED "required-input-undeclared" "every required input is declared"

    /// A step, an action, a `dependsOn` or an expression names a workflow that does not exist.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `workflowId`, "Workflow Object", `dependsOn`, and the
    /// Action Objects.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restok
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    /// ```
    Error UNKNOWN_WORKFLOW "unknown-workflow" "every referenced workflow exists"

    /// A workflow of another document is referenced only by its id. The reference must also name the document.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `workflowId`: a Runtime Expression MUST be used.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: add-emma
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: $sourceDescriptions.flows.add-emma
    /// ```
    Error UNQUALIFIED_EXTERNAL_WORKFLOW "unqualified-external-workflow" "a reference to a workflow of another document names its source description"

    /// A step depends on a step of another workflow, and it is not certain that this step has succeeded. The other
    /// workflow must be listed in the `dependsOn` of the workflow, and it must not be able to end without running
    /// that step.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `dependsOn`; proving this at compile time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: readBook
    ///     operationId: getBook
    ///     dependsOn: [$workflows.restock.steps.addBook]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   dependsOn: [restock]
    ///   steps:
    ///   - stepId: readBook
    ///     operationId: getBook
    ///     dependsOn: [$workflows.restock.steps.addBook]
    /// ```
    Error DEPENDENCY_UNPROVEN "dependency-unproven" "a step of another workflow that a step depends on is certain to have succeeded"

    /// An expression reads an output or an input that the workflow does not have.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Runtime Expressions", `$outputs` and `$workflows`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock        # its output is `bookId`
    ///   outputs:
    ///     id: $outputs.bookid
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   outputs:
    ///     id: $outputs.bookId
    /// ```
    Error UNKNOWN_WORKFLOW_OUTPUT "unknown-workflow-output" "every referenced output or input of a workflow exists"

    /// A call of a workflow passes a parameter that is not an input of the workflow.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `in`: all parameters map to workflow inputs.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock        # its input is `title`
    ///   parameters:
    ///   - { name: titel, value: Emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   parameters:
    ///   - { name: title, value: Emma }
    /// ```
    Error UNKNOWN_WORKFLOW_INPUT "unknown-workflow-input" "every parameter of a workflow call is an input of the workflow"

    /// A call of a workflow does not pass an input that the workflow requires. Actions of Arazzo 1.0 have no
    /// `parameters`; they pass the inputs of the same name.
    ///
    /// Rule: JSON Schema Validation 2020-12, section 6.5.3; reporting an error at compile time is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   parameters:
    ///   - { name: title, value: Emma }
    /// ```
    Error WORKFLOW_INPUT_REQUIRED "workflow-input-required" "a workflow call passes every required input of the workflow"

    /// A workflow calls itself unconditionally, directly or through other workflows. It would never end.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: addBook
    ///   - stepId: again
    ///     workflowId: shelve
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   steps:
    ///   - stepId: addBook
    ///     operationId: addBook
    ///     onSuccess:
    ///     - name: enough
    ///       type: end
    ///       criteria:
    ///       - condition: $response.header.X-Left == 0
    ///   - stepId: again
    ///     workflowId: shelve
    /// ```
    Error WORKFLOW_CYCLE "workflow-cycle" "no workflow calls itself unconditionally"

    /// A workflow is called, but a workflow that it depends on may not have run.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Workflow Object", `dependsOn`: it MUST be completed before.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   dependsOn: [restock]
    /// - workflowId: open-shop
    ///   steps:
    ///   - stepId: fill
    ///     workflowId: shelve
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - workflowId: shelve
    ///   dependsOn: [restock]
    /// - workflowId: open-shop
    ///   dependsOn: [restock]
    ///   steps:
    ///   - stepId: fill
    ///     workflowId: shelve
    /// ```
    Error WORKFLOW_DEPENDENCY "workflow-dependency" "a workflow is called only after the workflows that it depends on"

    /// A parameter of a workflow call specifies where it is sent. It becomes an input and is not sent anywhere.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `in`, and the Action Objects: `in` MUST NOT be used.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   parameters:
    ///   - { name: title, in: query, value: Emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   parameters:
    ///   - { name: title, value: Emma }
    /// ```
    Error PARAMETER_IN_UNEXPECTED "parameter-in-unexpected" "parameters of a workflow call have no `in`"

    /// A step that calls a workflow has a `requestBody`. A workflow has inputs but no body.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `requestBody`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   requestBody:
    ///     payload: { title: Emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: again
    ///   workflowId: restock
    ///   parameters:
    ///   - { name: title, value: Emma }
    /// ```
    Error BODY_ON_WORKFLOW_STEP "body-on-workflow-step" "a step that calls a workflow has no request body"

    /// Steps depend on each other (`dependsOn`), so no valid order exists.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Dependencies and Execution Order".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    ///   dependsOn: [readBook]
    /// - stepId: readBook
    ///   dependsOn: [addBook]
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    /// - stepId: readBook
    ///   dependsOn: [addBook]
    /// ```
    Error STEP_CYCLE "step-cycle" "steps do not wait for each other in a cycle"
}
