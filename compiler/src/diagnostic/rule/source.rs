//! Rules about source descriptions.

super::rules! {
    /// The file of the document or of a source description is not there. The message lists the places that were looked
    /// at: where the `url` leads from the document, and beside the document.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Source Description Object", `url`, and "Establishing the Base URI"; that the
    /// neighbourhood is searched is a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ../openapi/shlef.yml, type: openapi }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - { name: shelf, url: ../openapi/shelf.yml, type: openapi }
    /// ```
    Error SOURCE_NOT_FOUND "source-not-found" "the file of a source description is there"

    /// A source description is remote, or has an absolute path (`/…`, `C:/…`, `file:///…`), and the option `sources`
    /// does not say where a copy is. Builds do not access the network, so that they give the same result tomorrow; an
    /// absolute path differs between machines.
    ///
    /// Rule: a choice.
    ///
    /// **Wrong**
    ///
    /// ```rust
    /// arazzo_workflow!("shelve.arazzo.yml");   // its url is https://shelf.example.com/openapi.yml
    /// ```
    ///
    /// **Right**
    ///
    /// ```rust
    /// arazzo_workflow! {
    ///     "shelve.arazzo.yml",
    ///     sources = { shelf = "vendor/openapi.yml" },
    /// }
    /// ```
    Error SOURCE_NOT_LOCAL "source-not-local" "a source description is a file"

    /// The file of a source description is neither YAML nor JSON.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Format"; YAML 1.2.2; RFC 8259.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// schema: *Book        # no anchor `&Book` in front
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// schema:
    ///   $ref: '#/components/schemas/Book'
    /// ```
    Error SOURCE_SYNTAX "source-syntax" "a source description is YAML or JSON that can be read"

    /// The document says one type of source description, the file is another. Or the file is no description at all.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Source Description Object", `type`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - name: shelf
    ///   url: ./openapi.yml
    ///   type: arazzo
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// sourceDescriptions:
    /// - name: shelf
    ///   url: ./openapi.yml
    ///   type: openapi
    /// ```
    Error SOURCE_TYPE_MISMATCH "source-type-mismatch" "a source description is of the type that the document says"

    /// A description is written in a version that this compiler does not know. It knows Swagger 2.0 and OpenAPI 3.0,
    /// 3.1 and 3.2.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Versions and Deprecation".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// openapi: 4.0.0
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// openapi: 3.1.1
    /// ```
    Error SOURCE_VERSION_UNSUPPORTED "source-version-unsupported" "a source description is of a version that this compiler knows"

    /// A path of the description does not start with `/`, has a segment `.` or `..`, a brace without its counterpart,
    /// or a fragment. With the code lowered, the missing `/` is put in, the brace is percent-encoded, the fragment is
    /// left out; a path with a segment of dots is never sent. In no case does the text of a path change the host.
    ///
    /// Rule: OpenAPI 3.1.1, "Paths Object" and "Path Templating".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// # in the description
    /// paths:
    ///   books: {}
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// paths:
    ///   /books: {}
    /// ```
    Description INVALID_PATH "invalid-path" "a path of a description starts with `/` and stays in its place"

    /// The server of the description is an absolute URL that requests cannot be sent to: its scheme is not `http` or
    /// `https`, its host or port is not valid, or it has a user name, a query or a fragment. With the code lowered, the
    /// client must set `base_url`.
    ///
    /// Rule: OpenAPI 3.1.1, "Server Object"; Swagger 2.0, `host` and `basePath`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// servers:
    /// - url: https://https://api.example.com
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// servers:
    /// - url: https://api.example.com
    /// ```
    Description INVALID_SERVER "invalid-server" "requests can be sent to the server of a description"

    /// A part of the description that the request needs does not have the form that its specification gives it:
    /// `parameters` or `security` is no list, a parameter has no `name` or no `in` that is known, `required` is neither
    /// `true` nor `false`, or `style` is none of the known ones. With the code lowered, that part is left out; an
    /// object in the place of `security` is read as its only item.
    ///
    /// Rule: OpenAPI 3.1.1, "Parameter Object", "Operation Object" and "Style Values"; Swagger 2.0, "Parameter Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// parameters:
    /// - name: page
    ///   in: Query
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// parameters:
    /// - name: page
    ///   in: query
    /// ```
    Description MALFORMED_DESCRIPTION "malformed-description" "the parts of a description that a request needs have their form"

    /// A `$ref` of a description cannot be resolved, and what it stands for is needed. References that no step needs
    /// are not looked at. With the code lowered, a schema behind it allows any value, and a parameter or response
    /// behind it is not known.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Reference Object"; RFC 6901.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// schema:
    ///   $ref: '#/components/schemas/Bok'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// schema:
    ///   $ref: '#/components/schemas/Book'
    /// ```
    Description SOURCE_REF_UNRESOLVED "source-ref-unresolved" "a reference in a source description leads somewhere"
}
