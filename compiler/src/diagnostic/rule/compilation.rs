//! Rules about the options of the macro and the limits of this compiler.

super::rules! {
    /// An option of the macro names something that does not exist: a workflow, a source description, or a code in
    /// `lints`. A code of kind *error* in `lints` is also rejected, because it is always an error.
    ///
    /// Rule: a choice; an option that has no effect hides a mistake.
    ///
    /// **Wrong**
    ///
    /// ```rust
    /// arazzo_workflow! {
    ///     "shelve.arazzo.yml",
    ///     rename = { "shelf" = put_away },
    /// }
    /// ```
    ///
    /// **Right**
    ///
    /// ```rust
    /// arazzo_workflow! {
    ///     "shelve.arazzo.yml",
    ///     rename = { "shelve" = put_away },
    /// }
    /// ```
    Error UNUSED_OPTION "unused-option" "every option of the macro has an effect"

    /// The document uses a feature of the specification that this compiler does not support. The compiler reports
    /// such a feature and never skips it silently. Currently, this applies to replacements in a form when the
    /// payload is a single expression, and to a JSONPath query that compares an index from the end of an array.
    ///
    /// Rule: a choice; see [language.md](language.md) for the supported features.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/x-www-form-urlencoded
    ///   payload: $inputs.form
    ///   replacements:
    ///   - { target: /title, value: Emma }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// requestBody:
    ///   contentType: application/x-www-form-urlencoded
    ///   payload:
    ///     title: Emma
    ///     shelf: $inputs.shelf
    /// ```
    Error UNSUPPORTED "unsupported" "the compiler supports every feature that the document uses"

    /// A keyword of the inputs schema is not checked before the first request. This applies to keywords about the
    /// inputs as a whole, such as `minProperties` and `dependentRequired`, to `unevaluatedProperties`,
    /// `unevaluatedItems` and `$dynamicRef`, and, without the feature `regex`, to `pattern` and
    /// `patternProperties`. The value is still sent, and the API may reject it.
    ///
    /// Rule: a choice; an unchecked constraint must not look like a checked one. JSON Schema Core 2020-12, section
    /// 11, and Validation, section 6.3.3.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     book:
    ///       type: object
    ///       properties:
    ///         title: { type: string }
    ///       unevaluatedProperties: false
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// inputs:
    ///   type: object
    ///   properties:
    ///     book:
    ///       type: object
    ///       properties:
    ///         title: { type: string }
    ///       additionalProperties: false
    /// ```
    Warning CONSTRAINT_UNCHECKED "constraint-unchecked" "every constraint on an input is checked before the first request"

    /// A file is too large, is nested too deeply, or has aliases that expand to too many nodes. The limits are far
    /// beyond every published description. They protect the build from malicious files.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    /// # … and so on: each line expands to ten times as much
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// a: [x, x, x]
    /// ```
    Error LIMIT_EXCEEDED "limit-exceeded" "every file is within the limits of the compiler"
}
