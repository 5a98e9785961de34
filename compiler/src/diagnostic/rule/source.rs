//! Rules about source descriptions.

super::rules! {
    /// The file of the document or of a source description does not exist. The message lists the paths that were
    /// tried: the `url` relative to the document, and paths next to the document.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Source Description Object", `url`, and "Establishing the Base URI";
    /// searching next to the document is a choice.
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
    Error SOURCE_NOT_FOUND "source-not-found" "the file of every source description exists"

    /// A source description is remote or has an absolute path (`/…`, `C:/…`, `file:///…`), and the option
    /// `sources` does not specify a local copy. Builds do not access the network, so that they produce the same
    /// result tomorrow. An absolute path differs between machines. `cargo arazzo vendor` saves a copy of a remote one
    /// in the directory `vendor` of the package, together with a lock file, which the macro reads.
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
    Error SOURCE_NOT_LOCAL "source-not-local" "every source description is a local file"

    /// The file of a source description is not valid YAML or JSON.
    ///
    /// Rule: OpenAPI Specification 3.1.1, "Format"; YAML 1.2.2; RFC 8259.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// schema: *Book        # no anchor `&Book` before this line
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// schema:
    ///   $ref: '#/components/schemas/Book'
    /// ```
    Error SOURCE_SYNTAX "source-syntax" "every source description is valid YAML or JSON"

    /// The document specifies one type of source description, but the file has a different type. Or the file is
    /// not a description at all.
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
    Error SOURCE_TYPE_MISMATCH "source-type-mismatch" "every source description has the type that the document specifies"

    /// A description uses a version that this compiler does not support. The supported versions are Swagger 2.0
    /// and OpenAPI 3.0, 3.1 and 3.2.
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
    Error SOURCE_VERSION_UNSUPPORTED "source-version-unsupported" "the compiler supports the version of every source description"

    /// A path of the description does not start with `/`, has a segment `.` or `..`, an unmatched brace, or a
    /// fragment. If the code is lowered, the missing `/` is added, the brace is percent-encoded, and the fragment
    /// is removed. A path with a segment `.` or `..` is never sent. The text of a path never changes the host.
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
    Description INVALID_PATH "invalid-path" "every path of a description starts with `/`, and its text is a valid path"

    /// The server of the description is an absolute URL that requests cannot be sent to: its scheme is not `http`
    /// or `https`, its host or port is not valid, or it has a user name, a query or a fragment. If the code is
    /// lowered, the client must set `base_url`.
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

    /// A part of the description that the request needs does not have the form that its specification requires:
    /// `parameters` or `security` is not a list, a parameter has no `name` or no known `in`, `required` is neither
    /// `true` nor `false`, or `style` is unknown; the `location` or the `default` of a channel's parameter is not one.
    /// If the code is lowered, the part is left out. If `security` is an object, it is read as the only item of the
    /// list.
    ///
    /// Rule: OpenAPI 3.1.1, "Parameter Object", "Operation Object" and "Style Values"; Swagger 2.0, "Parameter
    /// Object"; AsyncAPI Specification 3.0.0, "Parameter Object".
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
    Description MALFORMED_DESCRIPTION "malformed-description" "the parts of a description that a request needs are well-formed"

    /// A `$ref` of a description cannot be resolved, and a step needs the part that it refers to. References that
    /// no step needs are not checked. If the code is lowered, a schema with an unresolved reference allows any
    /// value, and a parameter or response with one is unknown.
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
    Description SOURCE_REF_UNRESOLVED "source-ref-unresolved" "every reference in a source description can be resolved"
}
