//! Rules about what this compiler is asked for and what it can do.

super::rules! {
    /// An option of the macro names something that is not there: a workflow, a source description, or a code in
    /// `lints`. A code of kind *error* in `lints` is refused too, since it is an error whatever is asked for.
    ///
    /// Rule: a choice; an option without effect hides a mistake.
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
    Error UNUSED_OPTION "unused-option" "an option of the macro has an effect"

    /// The document uses something of the specification that this compiler cannot compile. It says so, and never skips
    /// it in silence. Today this is a replacement in a form whose payload is one expression.
    ///
    /// Rule: a choice; see [language.md](language.md) for what is compiled.
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
    Error UNSUPPORTED "unsupported" "the construct is one that this compiler can compile"

    /// A keyword of the inputs schema is not checked before the first request: keywords about the inputs as a whole,
    /// such as `minProperties` and `dependentRequired`, then `unevaluatedProperties`, `unevaluatedItems`,
    /// `$dynamicRef`, and, without the feature `regex`, `pattern` and `patternProperties`. The value is still sent, and
    /// the API may refuse it.
    ///
    /// Rule: a choice; what is not checked must not look as if it were. JSON Schema Core 2020-12, section 11, and
    /// Validation, section 6.3.3.
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
    Warning CONSTRAINT_UNCHECKED "constraint-unchecked" "a constraint on an input is checked before the first request"

    /// A file is too large, nested too deep, or has aliases that stand for too much. The limits are far beyond every
    /// published description. They keep a hostile file from taking the build down.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    /// # … and so on: each line stands for ten times as much
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// a: [x, x, x]
    /// ```
    Error LIMIT_EXCEEDED "limit-exceeded" "the file keeps within the limits"
}
