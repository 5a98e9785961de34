//! Rules about actions, and components that are referred to.

super::rules! {
    /// A step that calls an HTTP operation has an `action`. The field belongs to steps on AsyncAPI channels.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `action`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    ///   action: send
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: addBook
    ///   operationId: addBook
    /// ```
    Error ACTION_UNEXPECTED "action-unexpected" "fields of AsyncAPI steps stand in AsyncAPI steps"

    /// A step sends to or receives from an AsyncAPI channel. This compiler speaks HTTP only and says so, instead of
    /// leaving the step out. The other workflows of the document can be expanded by the option `workflows`.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```rust
    /// arazzo_workflow!("orders.arazzo.yml");   // one of its workflows waits for a message
    /// ```
    ///
    /// **Right**
    ///
    /// ```rust
    /// arazzo_workflow! {
    ///     "orders.arazzo.yml",
    ///     workflows = ["place-order"],
    /// }
    /// ```
    Error ASYNCAPI_UNSUPPORTED "asyncapi-unsupported" "a step calls an HTTP operation"

    /// A `goto` has no target, an `end` has one, or an action has both a `workflowId` and a `stepId`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Success Action Object" and "Failure Action Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: leave, type: goto }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: leave, type: goto, stepId: cleanUp }
    /// ```
    Error ACTION_TARGET "action-target" "an action has the target that its type needs"

    /// `retryAfter` or `retryLimit` stands on an action that does not retry.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Failure Action Object": the fields apply when the type is `retry`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: stop, type: end, retryAfter: 5 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry, retryAfter: 5 }
    /// ```
    Error RETRY_FIELD_UNEXPECTED "retry-field-unexpected" "fields of a retry stand on a retry"

    /// A delay is below zero.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Failure Action Object", `retryAfter`: a non-negative decimal.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry, retryAfter: -1.5 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry, retryAfter: 1.5 }
    /// ```
    Error RETRY_AFTER_NEGATIVE "retry-after-negative" "a delay is not negative"

    /// A limit of retries is below zero.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Failure Action Object", `retryLimit`: a non-negative integer.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry, retryLimit: -3 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry, retryLimit: 3 }
    /// ```
    Error RETRY_LIMIT_NEGATIVE "retry-limit-negative" "a limit is not negative"

    /// A reference names a component that does not exist. Components of other documents do not count.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Reusable Object" and "Components Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.waits
    /// components:
    ///   failureActions:
    ///     wait: { name: wait, type: retry, retryAfter: 5 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.wait
    /// components:
    ///   failureActions:
    ///     wait: { name: wait, type: retry, retryAfter: 5 }
    /// ```
    Error UNKNOWN_COMPONENT "unknown-component" "a component exists"

    /// A reference leads to a component of another kind than its place expects.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object" and "Workflow Object": the reference MUST link to that kind of
    /// component.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.successActions.done
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.done
    /// ```
    Error COMPONENT_KIND "component-kind" "a component is of the kind that is expected"

    /// A reference to an action has a `value`. Only a reference to a parameter can have one.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Reusable Object", `value`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.wait
    ///   value: 10
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.wait
    /// ```
    Error REUSABLE_VALUE_UNEXPECTED "reusable-value-unexpected" "only a parameter's value is overridden"

    /// A `reference` is no expression of the form `$components.KIND.NAME`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Reusable Object", `reference`, and "Runtime Expressions",
    /// `components-reference`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: '#/components/failureActions/wait'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - reference: $components.failureActions.wait
    /// ```
    Error REFERENCE_SYNTAX "reference-syntax" "a reference has its form"

    /// An action stands behind one that has no criteria and is always taken.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `onSuccess` and `onFailure`: the first action that matches is
    /// executed; that it is a warning is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: stop, type: end }
    /// - { name: again, type: retry }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// onFailure:
    /// - { name: again, type: retry }
    /// - { name: stop, type: end }
    /// ```
    Warning UNREACHABLE_ACTION "unreachable-action" "an action can be taken"

    /// No run can come to a step.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    ///   operationId: addBook
    ///   onSuccess:
    ///   - { name: done, type: end }
    /// - stepId: readBook
    ///   operationId: getBook
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: addBook
    ///   operationId: addBook
    ///   onSuccess:
    ///   - name: done
    ///     type: end
    ///     criteria:
    ///     - condition: $response.body#/shelf == null
    /// - stepId: readBook
    ///   operationId: getBook
    /// ```
    Warning UNREACHABLE_STEP "unreachable-step" "a run can come to a step"

    /// Nothing in a workflow reads an input. Every caller would have to give it for nothing. It is not looked for while
    /// there are errors.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   required: [title, shelf]
    ///   properties:
    ///     title: { type: string }
    ///     shelf: { type: string }
    /// # … only $inputs.title is read
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
    Warning UNUSED_INPUT "unused-input" "an input is used"
}
