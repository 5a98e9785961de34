//! Phase 2b: path templates and server URLs of descriptions, as parts of a URL.
//!
//! Input: text of a description. Output: literals, percent-encoded for their position in the URL. Nothing here can
//! change the host of a request: a template always starts with `/`, and a server is refused unless its authority is a
//! host and an optional port.

/// A piece of a path template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as written.
    Literal(&'a str),
    /// The name of a parameter.
    Name(&'a str),
}

/// Splits a template into literals and names. A part that starts with `#` is not sent.
#[must_use]
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let open = rest.find('{').filter(|open| rest[*open..].contains('}'));
        let literal = &rest[..open.unwrap_or(rest.len())];
        if let Some(hash) = literal.find('#') {
            pieces.push(Piece::Literal(&literal[..hash]));
            break;
        }
        pieces.push(Piece::Literal(literal));
        let Some(open) = open else { break };
        let close = rest[open..].find('}').map_or(rest.len(), |close| open + close);
        pieces.push(Piece::Name(&rest[open + 1..close]));
        rest = rest.get(close + 1..).unwrap_or("");
    }
    pieces.retain(|piece| *piece != Piece::Literal(""));
    pieces
}

/// Splits the address of a channel into literals and names. Unlike in a path, `#` has no meaning there.
#[must_use]
pub fn address(address: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = address;
    while let Some((literal, (name, after))) = rest
        .split_once('{')
        .and_then(|(literal, inner)| Some((literal, inner.split_once('}')?)))
    {
        pieces.extend([Piece::Literal(literal), Piece::Name(name)]);
        rest = after;
    }
    pieces.push(Piece::Literal(rest));
    pieces.retain(|piece| *piece != Piece::Literal(""));
    pieces
}

/// Returns the names in braces in the address of a channel.
#[must_use]
pub fn address_names(text: &str) -> Vec<&str> {
    let pieces = address(text).into_iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// Returns the names in braces in a template.
#[must_use]
pub fn names(template: &str) -> Vec<&str> {
    let pieces = pieces(template).into_iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// Returns the template as it is sent: literals are percent-encoded, and it starts with `/`.
#[must_use]
pub fn encoded(template: &str) -> String {
    let mut encoded = String::with_capacity(template.len() + 1);
    if !template.starts_with('/') {
        encoded.push('/');
    }
    for piece in pieces(template) {
        match piece {
            Piece::Literal(text) => encoded.push_str(&encoded_literal(text)),
            Piece::Name(name) => {
                encoded.push('{');
                encoded.push_str(name);
                encoded.push('}');
            }
        }
    }
    encoded
}

/// Percent-encodes what is not allowed in a path or a query (RFC 3986, sections 3.3 and 3.4). Existing percent-encoding
/// is kept.
#[must_use]
pub fn encoded_literal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut encoded = String::with_capacity(text.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let triplet = || {
            let digits = bytes.get(index + 1..index + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let stays =
            byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) || (byte == b'%' && triplet());
        if stays {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Why a path template is not valid, and what to write.
#[derive(Debug)]
pub struct Problem {
    /// What follows the template in the message.
    pub what: &'static str,
    /// What to write, and what is sent if the description is not corrected.
    pub help: String,
}

/// Returns what is wrong with a path template (OpenAPI 3.1.1, "Paths Object" and "Path Templating").
#[must_use]
pub fn problem(template: &str) -> Option<Problem> {
    let sent = encoded(template);
    let problem = |what, help| Some(Problem { what, help });
    if !template.starts_with('/') {
        return problem("does not start with `/`", format!("write `{sent}` in the description"));
    }
    let path = sent.split('?').next().unwrap_or("");
    if path.split('/').any(is_dots) {
        return problem(
            "has a segment `.` or `..`, which changes the path",
            "write the resulting path in the description".to_owned(),
        );
    }
    let literals = || {
        pieces(template).into_iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text),
            Piece::Name(_) => None,
        })
    };
    if literals().any(|text| text.contains(['{', '}'])) {
        return problem(
            "has an unmatched brace",
            "write the name of a parameter as `{name}` in the description".to_owned(),
        );
    }
    let kept: usize = pieces(template)
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Name(name) => name.len() + 2,
        })
        .sum();
    if kept < template.len() {
        return problem(
            "has a fragment, which is not sent",
            format!("`{}` is sent", template.get(..kept).unwrap_or("")),
        );
    }
    None
}

/// Returns whether a URL parser removes a segment (RFC 3986, section 5.2.4; the URL Standard decodes `%2e`).
fn is_dots(segment: &str) -> bool {
    let decoded = segment.to_ascii_lowercase().replace("%2e", ".");
    decoded == "." || decoded == ".."
}

/// Returns why requests cannot be sent to an absolute server URL. A relative URL, or one with a variable without a
/// default, must be completed by the client.
#[must_use]
pub fn server_problem(url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.split_once("://")?;
    if url.contains('{') {
        return None;
    }
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Some("its scheme is neither `http` nor `https`");
    }
    if rest.contains(['?', '#']) {
        return Some("it has a query or a fragment");
    }
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Some("it has a user name");
    }
    if !is_authority(authority) {
        return Some("its host or port is not valid");
    }
    if path.contains('\\') || path.contains("//") || path != encoded_literal(path) {
        return Some("its path has characters that a URL cannot have");
    }
    None
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => {
            let Some((address, port)) = literal.split_once(']') else {
                return false;
            };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("v6", port)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let host_fits = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let port_fits = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    host_fits && port_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_encoded_and_names_are_not() {
        for (template, sent) in [
            ("/a/{id}.json", "/a/{id}.json"),
            ("/c?fixed=1", "/c?fixed=1"),
            ("/d#Action=Do", "/d"),
            ("/g/a b/é", "/g/a%20b/%C3%A9"),
            ("h/noslash", "/h/noslash"),
            ("@evil:4444/x", "/@evil:4444/x"),
            ("//evil/x", "//evil/x"),
            ("/p/%7Bid%7D%", "/p/%7Bid%7D%25"),
            ("/f/{id", "/f/%7Bid"),
            ("/a\\b\"<>^`|", "/a%5Cb%22%3C%3E%5E%60%7C"),
            ("", "/"),
        ] {
            assert_eq!(encoded(template), sent, "{template}");
        }
        assert_eq!(names("/j/{a}-{b}:{c"), ["a", "b"]);
    }

    #[test]
    fn problems_of_templates() {
        for (template, what) in [
            ("h/noslash", "does not start"),
            ("@evil:4444/x", "does not start"),
            (".evil.com/x", "does not start"),
            ("/n/../o", "segment"),
            ("/n/%2E%2e/o", "segment"),
            ("/.", "segment"),
            ("/f/{id", "brace"),
            ("/f/id}", "brace"),
            ("/d#Action=Do", "fragment"),
        ] {
            let found = problem(template).map(|problem| problem.what);
            assert!(found.is_some_and(|found| found.contains(what)), "{template}: {found:?}");
        }
        for template in [
            "/",
            "/a/{id}.json",
            "/c?fixed=1",
            "/c?up=../x",
            "/k/",
            "/l//m",
            "/...",
            "/a..b",
        ] {
            assert!(problem(template).is_none(), "{template}");
        }
    }

    #[test]
    fn servers_that_requests_cannot_be_sent_to() {
        for url in [
            "https://https://api.example.com/v1",
            "https://api.example.com//v1",
            "https://api.example.com:99999",
            "https://user@api.example.com",
            "https://",
            "https:///v1",
            "ftp://api.example.com",
            "https://api.example.com?x",
            "https://api.example.com/v1#x",
            "https://api example.com",
            "https://api.example.com\\@evil",
            "https://bücher.example",
            "https://[::1",
        ] {
            assert!(server_problem(url).is_some(), "{url}");
        }
        for url in [
            "https://api.example.com/v1",
            "http://localhost:1",
            "HTTP://127.0.0.1:8080/a%20b",
            "https://[::1]:8443",
            "/v1",
            "",
            "https://{tenant}.example.com",
        ] {
            assert!(server_problem(url).is_none(), "{url}");
        }
    }
}
