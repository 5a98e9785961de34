//! Rules about inputs of workflows, and workflows that call each other.

super::rules! {
    /// `inputs` is no schema of an object. Inputs have names, so only an object can hold them.
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
    Error INVALID_INPUTS_SCHEMA "invalid-inputs-schema" "`inputs` is a schema of an object"

    /// A `$ref` in `inputs` leads nowhere: not from the root of the document, and not from the schema itself.
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
    Error INPUTS_REF_UNRESOLVED "inputs-ref-unresolved" "a reference in `inputs` leads somewhere"

    /// `required` lists a name that is not among the `properties`. JSON Schema allows it, but such an input has no
    /// type, and the name is most often misspelt.
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
    Error REQUIRED_INPUT_UNDECLARED "required-input-undeclared" "a required input is declared"

    /// A step, an action, a `dependsOn` or an expression names a workflow that does not exist.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `workflowId`, "Workflow Object", `dependsOn`, and the Action
    /// Objects.
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
    Error UNKNOWN_WORKFLOW "unknown-workflow" "a workflow exists"

    /// A workflow of another document is named by its id alone. The id must say which document it is in.
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
    Error UNQUALIFIED_EXTERNAL_WORKFLOW "unqualified-external-workflow" "a workflow of another document is named by its source description"

    /// A step depends on a step of another workflow, and nothing says that this one has succeeded. The workflow must be
    /// in `dependsOn` of the workflow, and it must not be able to end without that step.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `dependsOn`; that it is proved at compile time is a choice.
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
    Error DEPENDENCY_UNPROVEN "dependency-unproven" "a step of another workflow that must have succeeded certainly has"

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
    Error UNKNOWN_WORKFLOW_OUTPUT "unknown-workflow-output" "an output or input of a workflow exists"

    /// A call of a workflow gives a parameter that is no input of it.
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
    Error UNKNOWN_WORKFLOW_INPUT "unknown-workflow-input" "a parameter of a call is an input of the workflow"

    /// A call of a workflow does not give an input that the workflow requires. Actions of Arazzo 1.0 have no
    /// `parameters`; they pass on the inputs of the same name.
    ///
    /// Rule: JSON Schema Validation 2020-12, section 6.5.3; that it is an error at compile time is a choice.
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
    Error WORKFLOW_INPUT_REQUIRED "workflow-input-required" "a call gives every required input of the workflow"

    /// A workflow calls itself, perhaps through others, and has no way around. It would never end.
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
    Error WORKFLOW_CYCLE "workflow-cycle" "workflows that call each other come to an end"

    /// A workflow is called although one that it depends on need not have run.
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
    Error WORKFLOW_DEPENDENCY "workflow-dependency" "a workflow is called after those it depends on"

    /// A parameter of a call of a workflow says where it is sent. It becomes an input and is sent nowhere.
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
    Error PARAMETER_IN_UNEXPECTED "parameter-in-unexpected" "a parameter of a call of a workflow is sent nowhere"

    /// A step that calls a workflow has a `requestBody`. A workflow has inputs and no body.
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
    Error BODY_ON_WORKFLOW_STEP "body-on-workflow-step" "a step that calls a workflow has no body"

    /// Steps wait for each other by `dependsOn`. No order fits.
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
    Error STEP_CYCLE "step-cycle" "steps do not wait for each other"
}
