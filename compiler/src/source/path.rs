//! Paths in messages and for change tracking, and the paths where a source description is searched.

/// Returns whether a URL names a resource that is not a local file.
#[must_use]
pub fn is_remote(url: &str) -> bool {
    let Some((scheme, _)) = url.split_once(':') else {
        return url.starts_with("//");
    };
    let mut letters = scheme.chars();
    // A single letter is a Windows drive, not a scheme.
    scheme.len() > 1
        && letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '+' | '-' | '.'))
}

/// Returns whether a path, after percent-decoding, starts at a root of the file system, so that it means a different
/// file on every machine.
#[must_use]
pub fn is_absolute(path: &str) -> bool {
    let path = percent_decode(path);
    let bytes = path.as_bytes();
    let drive = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    path.starts_with(['/', '\\']) || drive
}

/// Returns the relative URL of `url` as seen from `itself`, the absolute URI of the document, if both have the same
/// scheme and authority (RFC 3986, section 5.2).
#[must_use]
pub fn beside(itself: &str, url: &str) -> Option<String> {
    let split = |uri: &str| {
        let (scheme, rest) = uri.split_once("://")?;
        let end = rest.find('/').unwrap_or(rest.len());
        Some((format!("{scheme}://{}", &rest[..end]), rest[end..].to_owned()))
    };
    let (home, path) = split(itself)?;
    let target = match split(url) {
        Some((other, target)) => (other == home).then_some(target)?,
        None if url.starts_with("//") => {
            let (_, authority) = home.split_once(':')?;
            url.strip_prefix(authority)?.to_owned()
        }
        None if url.starts_with('/') => url.to_owned(),
        None => return None,
    };
    let directory = path.rfind('/').map_or("", |end| &path[..=end]);
    Some(relative(target.split(['#', '?']).next()?, directory))
}

/// Resolves `url` relative to the directory of `base`, and normalises the result; both with `/` between parts.
#[must_use]
pub fn join(base: &str, url: &str) -> String {
    if url.starts_with('/') {
        return normalise(url);
    }
    let directory = base.rfind('/').map_or("", |end| &base[..=end]);
    normalise(&format!("{directory}{url}"))
}

/// Resolves `.` and `..` in a path without accessing the file system.
#[must_use]
pub fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// Returns `path` as seen from the directory `base`; both are relative to the same directory, or both absolute.
#[must_use]
pub fn relative(path: &str, base: &str) -> String {
    let (path, base) = (normalise(path), normalise(base));
    let parts = |text: &str| {
        text.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (path, base) = (parts(&path), parts(&base));
    let common = path.iter().zip(&base).take_while(|(left, right)| left == right).count();
    let up = base.iter().skip(common).map(|_| "..".to_owned());
    up.chain(path.into_iter().skip(common)).collect::<Vec<_>>().join("/")
}

/// The paths where a source description is searched, in order.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Paths relative to the package.
    pub candidates: Vec<String>,
}

/// Returns the paths where the file of a relative `url` is searched: at the location of the URL relative to the
/// document and, because a document is often moved away from its other files, below the document's own directory (the
/// URL without leading `../`, then only the file name).
#[must_use]
pub fn lookup(document: &str, url: &str) -> Lookup {
    let url = url.split(['#', '?']).next().unwrap_or(url);
    let decoded = percent_decode(url);
    let mut candidates = Vec::new();
    let mut push = |path: String| {
        if !path.is_empty() && !candidates.contains(&path) {
            candidates.push(path);
        }
    };
    push(join(document, &decoded));
    if !decoded.starts_with('/') {
        let mut inner = decoded.as_str();
        while let Some(rest) = inner.strip_prefix("../").or_else(|| inner.strip_prefix("./")) {
            inner = rest;
        }
        push(join(document, inner));
        push(join(document, inner.rsplit('/').next().unwrap_or(inner)));
    }
    Lookup { candidates }
}

/// Decodes percent-encoding such as `%20` (RFC 3986, section 2.1). If the result is not valid UTF-8, the text stays
/// unchanged.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let code = (bytes[index] == b'%')
            .then(|| text.get(index + 1..index + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code {
            decoded.push(code);
            index += 3;
        } else {
            decoded.push(bytes[index]);
            index += 1;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_urls_have_a_scheme_or_an_authority() {
        for url in ["https://x.test/a.yaml", "http:a", "file:///a", "//x.test/a", "urn:x:y"] {
            assert!(is_remote(url), "{url}");
        }
        for path in ["a.yaml", "./a", "../a/b.yaml", "/a", "C:/a.yaml", "a/b:c"] {
            assert!(!is_remote(path), "{path}");
        }
    }

    #[test]
    fn absolute_paths_start_at_a_root() {
        for path in ["/a", "%2Fa", "//x.test/a", "\\\\server\\a", "%5ca", "C:/a", "c:a", "/"] {
            assert!(is_absolute(path), "{path}");
        }
        for path in ["a", "./a", "../a", "a/b:c", "", "https://x.test"] {
            assert!(!is_absolute(path), "{path}");
        }
    }

    #[test]
    fn paths_are_seen_from_a_directory() {
        assert_eq!(relative("/a/pkg/src/../flow.yaml", "/a/pkg"), "flow.yaml");
        assert_eq!(relative("/a/other/flow.yaml", "/a/pkg"), "../other/flow.yaml");
        assert_eq!(relative("../../ui/a.yaml", "../../ui"), "a.yaml");
        assert_eq!(relative("../../openapi/a.yaml", "../../ui"), "../openapi/a.yaml");
    }

    #[test]
    fn what_lies_beside_the_document_is_relative_to_it() {
        let itself = "https://apis.test/flows/order.yaml";
        for (url, expected) in [
            ("https://apis.test/flows/pay.yaml", Some("pay.yaml")),
            ("https://apis.test/openapi/shop.yaml#top", Some("../openapi/shop.yaml")),
            ("/openapi/shop.yaml", Some("../openapi/shop.yaml")),
            ("//apis.test/flows/deep/x.json", Some("deep/x.json")),
            ("https://other.test/flows/pay.yaml", None),
            ("http://apis.test/flows/pay.yaml", None),
            ("pay.yaml", None),
        ] {
            assert_eq!(beside(itself, url).as_deref(), expected, "{url}");
        }
        assert_eq!(beside("flows/order.yaml", "https://apis.test/a"), None);
    }

    #[test]
    fn lookup_goes_from_the_url_to_the_neighbours() {
        assert_eq!(
            lookup("w/a.yaml", "../openapi/b.yml").candidates,
            ["openapi/b.yml", "w/openapi/b.yml", "w/b.yml"]
        );
        assert_eq!(
            lookup("a.yaml", "../openapi/b.yml").candidates,
            ["../openapi/b.yml", "openapi/b.yml", "b.yml"]
        );
        assert_eq!(lookup("a.yaml", "./b.yml").candidates, ["b.yml"]);
        assert_eq!(lookup("a.yaml", "my%20api.yml").candidates, ["my api.yml"]);
    }
}
