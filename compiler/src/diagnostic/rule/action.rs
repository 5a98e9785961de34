//! Rules about actions and references to components.

super::rules! {
    /// A step that calls an HTTP operation has the field `action`. The field is only valid in steps on AsyncAPI
    /// channels.
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
    Error ACTION_UNEXPECTED "action-unexpected" "fields of AsyncAPI steps appear only in AsyncAPI steps"

    /// A `goto` action has no target, an `end` action has one, or an action has both a `workflowId` and a
    /// `stepId`.
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
    Error ACTION_TARGET "action-target" "every action has the target that its type requires"

    /// `retryAfter` or `retryLimit` is set on an action that is not of type `retry`.
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
    Error RETRY_FIELD_UNEXPECTED "retry-field-unexpected" "`retryAfter` and `retryLimit` are set only on actions of type `retry`"

    /// The delay in `retryAfter` is negative.
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
    Error RETRY_AFTER_NEGATIVE "retry-after-negative" "`retryAfter` is not negative"

    /// The limit in `retryLimit` is negative.
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
    Error RETRY_LIMIT_NEGATIVE "retry-limit-negative" "`retryLimit` is not negative"

    /// A reference names a component that does not exist. Components of other documents are not considered.
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
    Error UNKNOWN_COMPONENT "unknown-component" "every referenced component exists"

    /// A reference names a component of a different kind than its position requires.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object" and "Workflow Object": the reference MUST link to that kind
    /// of component.
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
    Error COMPONENT_KIND "component-kind" "every referenced component is of the expected kind"

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
    Error REUSABLE_VALUE_UNEXPECTED "reusable-value-unexpected" "only references to parameters have a `value`"

    /// A `reference` is not an expression of the form `$components.KIND.NAME`.
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
    Error REFERENCE_SYNTAX "reference-syntax" "every `reference` has the form `$components.KIND.NAME`"

    /// An action is unreachable, because an action before it has no criteria and always applies.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `onSuccess` and `onFailure`: the first action that matches
    /// is executed; reporting a warning is a choice.
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
    Warning UNREACHABLE_ACTION "unreachable-action" "every action is reachable"

    /// A step is unreachable and is never run.
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
    Warning UNREACHABLE_STEP "unreachable-step" "every step is reachable"

    /// Nothing in a workflow reads an input. Every caller would have to provide it without any effect. This rule
    /// is not checked if there are errors.
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
    Warning UNUSED_INPUT "unused-input" "every input is used"
}
