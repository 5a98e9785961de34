//! Where requests go: servers, base paths, paths and queries.

use crate::Case;

/// Swagger 2.0, "Swagger Object": `basePath` and the keys of `paths` must start with `/`.
#[test]
fn a_base_path_without_a_slash_is_still_a_path() {
    let api = |host: &str, base: &str| {
        format!(
            "swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\nhost: {host}\nbasePath: {base}\nschemes: [https]\n\
             paths: {{ /x: {{ get: {{ operationId: x, responses: {{ '200': {{ description: ok }} }} }} }} }}\n"
        )
    };
    let flow = format!(
        "{}workflows: [{{ workflowId: w, steps: [{{ stepId: a, operationId: x }}] }}]\n",
        crate::HEAD
    );
    for (base, server) in [
        ("v1", "https://api.example.com/v1"),
        ("/v1/", "https://api.example.com/v1"),
        ("/", "https://api.example.com"),
        ("'@evil.test'", "https://api.example.com/@evil.test"),
        ("'.evil.test'", "https://api.example.com/.evil.test"),
        ("a b", "https://api.example.com/a%20b"),
    ] {
        let request = Case::whole(&flow, &api("api.example.com", base)).request();
        assert_eq!(
            (request.server.as_str(), request.template().as_str()),
            (server, "/x"),
            "{base}"
        );
    }
    for host in [
        "'https://api.example.com'",
        "api.example.com/",
        "'user@api.example.com'",
        "'api.example.com:99999'",
    ] {
        let case = Case::whole(&flow, &api(host, "/v1"));
        let errors = case.errors();
        assert!(
            errors.len() == 1 && errors[0].starts_with("invalid-server"),
            "{host}: {errors:?}"
        );
        // Lowered, the client has to say where the API is.
        assert_eq!(case.lenient().request().server, "", "{host}");
    }
}

/// Path keys and what is sent (RFC 3986, section 3.3), or why they are refused.
#[test]
fn path_keys_keep_their_query_and_are_encoded() {
    let case = |key: &str| {
        let paths = format!(
            "paths: {{ '{key}': {{ get: {{ operationId: x, responses: {{ '200': {{ description: ok }} }} }} }} }}\n"
        );
        Case::steps(&["{ stepId: a, operationId: x }"], &paths)
    };
    for (key, sent) in [
        ("/c?fixed=1", "/c?fixed=1"),
        ("/c?a=b c&d=/e", "/c?a=b%20c&d=/e"),
        ("/g/a b/é", "/g/a%20b/%C3%A9"),
        ("/p/%7Bid%7D", "/p/%7Bid%7D"),
        ("/l//m", "/l//m"),
        ("/k/", "/k/"),
    ] {
        let case = case(key);
        assert_eq!(case.request().template(), sent, "{key}");
        assert_eq!(case.warnings(), Vec::<String>::new(), "{key}");
    }
    for (key, sent) in [
        ("h/noslash", "/h/noslash"),
        ("@evil:4444/x", "/@evil:4444/x"),
        (".evil.com/x", "/.evil.com/x"),
        ("/d#Action=Do", "/d"),
        ("/f/{id", "/f/%7Bid"),
        ("/n/../o", "/n/../o"),
    ] {
        let case = case(key);
        let errors = case.errors();
        assert!(
            errors.len() == 1 && errors[0].starts_with("invalid-path"),
            "{key}: {errors:?}"
        );
        // A path with a segment of dots is refused when it is sent; the others are sent in their place.
        assert_eq!(case.lenient().request().template(), sent, "{key}");
    }
}

/// A small generator, the same on every machine (Knuth, The Art of Computer Programming, 3.3.4).
struct Dice(u64);

impl Dice {
    fn pick<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        of[usize::try_from(self.0 >> 33).unwrap() % of.len()]
    }
}

/// Whatever a description has for a path and a base path, the host is that of its server: read by the rules of RFC
/// 3986, sections 3 and 3.2, with the part between `//` and the next `/`, `?` or `#`.
#[test]
fn no_text_of_a_description_moves_the_host() {
    let pieces = [
        "/",
        "//",
        "@",
        "@evil.test",
        ":",
        ":80",
        ".",
        "..",
        "\\\\",
        "?",
        "#",
        "evil.test",
        "%2f",
        "%40",
        "a",
        "é",
        " ",
        "{id}",
        "{",
        "}",
        "https://evil.test",
        "[::1]",
        ";",
        "%",
        "&",
        "=",
    ];
    let mut dice = Dice(2026);
    let mut sent = 0;
    for _ in 0..3000 {
        let text = |dice: &mut Dice| -> String { (0..5).map(|_| dice.pick(&pieces)).collect() };
        let (base, path) = (text(&mut dice), text(&mut dice));
        let quoted = |text: &str| format!("'{text}'");
        let swagger = format!(
            "swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\nhost: api.example.com\nbasePath: {}\n\
             paths: {{ {}: {{ parameters: [{{ name: id, in: path, required: true, type: string }}], \
             get: {{ operationId: x, responses: {{ '200': {{ description: ok }} }} }} }} }}\n",
            quoted(&base),
            quoted(&path)
        );
        let step = "{ stepId: a, operationId: x, parameters: [{ name: id, in: path, value: v }] }";
        let flow = format!("{}workflows: [{{ workflowId: w, steps: [{step}] }}]\n", crate::HEAD);
        let compilation = Case::whole(&flow, &swagger).lenient().compile();
        let Some(plan) = compilation.plan.as_ref().filter(|_| !compilation.has_errors()) else {
            continue;
        };
        let request = plan.workflows[0].steps[0].request().unwrap();
        if request.server.is_empty() {
            continue;
        }
        let url = format!("{}{}", request.server, request.template().replace("{id}", "v"));
        let rest = url.split_once("://").unwrap().1;
        let host = rest.split(['/', '?', '#']).next().unwrap();
        assert_eq!(
            (&url[..8], host),
            ("https://", "api.example.com"),
            "base {base:?}, path {path:?}"
        );
        let plain = url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}#".contains(&byte));
        assert!(plain, "{url}");
        sent += 1;
    }
    assert!(sent > 1500, "{sent} of 3000 URLs were compared");
}
