//! The URLs of operations, parsed once for each client.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use reqwest::Url;

use super::base::is_absolute;
use super::operation::Operation;
use super::sent::names_another_path;

/// The URLs of the operations that a client has called, by the address of their descriptions.
///
/// The URLs are those that parsing the whole text would have: what parsing would change is left to it.
#[derive(Default)]
pub(crate) struct Urls {
    known: RwLock<BTreeMap<usize, Known>>,
}

/// What is known of the URL of an operation.
#[derive(Clone)]
enum Known {
    /// The whole URL: the path has no parameters.
    Whole(Url),
    /// The base URL.
    Base(Url),
    /// Parsing would change the base URL.
    Nothing,
}

/// The length of the longest base URL, path and query that are not left to the parser, which has a limit.
const LONGEST: usize = 4096;

impl Urls {
    /// Returns the URL of a call, if parsing it would change nothing. `path` is that of the operation if it is empty.
    pub(crate) fn url(&self, operation: &'static Operation, base: &str, path: &str, query: &str) -> Option<Url> {
        let place = std::ptr::from_ref(operation).addr();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut url = match known.get(&place) {
            Some(Known::Whole(url)) if path.is_empty() => url.clone(),
            Some(Known::Base(url)) if !path.is_empty() => {
                if path.len() > LONGEST || !path.starts_with('/') || !is_plain(path) || names_another_path(path) {
                    return None;
                }
                let mut url = url.clone();
                match url.path() {
                    "/" => url.set_path(path),
                    base => url.set_path(&format!("{base}{path}")),
                }
                url
            }
            Some(_) => return None,
            None => {
                drop(known);
                self.learn(place, operation, base, path.is_empty());
                return None;
            }
        };
        drop(known);
        if !query.is_empty() {
            if query.len() > LONGEST || !is_plain(query) {
                return None;
            }
            url.set_query(Some(query));
        }
        Some(url)
    }

    fn learn(&self, place: usize, operation: &Operation, base: &str, whole: bool) {
        let parsed = Url::parse(base)
            .ok()
            .filter(|_| is_absolute(base) && base.len() <= LONGEST);
        let known = match parsed {
            Some(url) if url.as_str().trim_end_matches('/') != base => Known::Nothing,
            None => Known::Nothing,
            Some(url) if !whole => Known::Base(url),
            Some(_) => {
                let text = format!("{base}{}", operation.path);
                let plain = operation.path.starts_with('/')
                    && operation.path.len() <= LONGEST
                    && is_plain(operation.path)
                    && !names_another_path(operation.path);
                let url = Url::parse(&text).ok().filter(|url| plain && url.as_str() == text);
                url.map_or(Known::Nothing, Known::Whole)
            }
        };
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(place, known);
    }
}

/// Returns whether a path or query has only characters that parsers of URIs accept and parsers of URLs keep.
fn is_plain(text: &str) -> bool {
    let kept = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/%".contains(byte);
    text.as_bytes().iter().all(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn operation(path: &'static str) -> Operation {
        Operation {
            path,
            ..Operation::EMPTY
        }
    }

    /// Returns the URL of the second call, which is the first one that is not left to the parser.
    fn known(operation: &'static Operation, base: &str, path: &str, query: &str) -> Option<String> {
        let urls = Urls::default();
        assert_eq!(urls.url(operation, base, path, query), None);
        urls.url(operation, base, path, query).map(String::from)
    }

    #[test]
    fn a_url_is_what_parsing_its_text_gives() {
        static ITEMS: Operation = operation("/items");
        for base in [
            "https://a.example",
            "http://127.0.0.1:8080/v1",
            "https://a.example/x%20y/z",
        ] {
            let whole = known(&ITEMS, base, "", "a=b%26&c=d").unwrap();
            assert_eq!(whole, Url::parse(&format!("{base}/items?a=b%26&c=d")).unwrap().as_str());
            for path in ["/items/1", "/a//b/", "/..a/b.", "/a%2F..%2Fb;c=1,2", "/:/@"] {
                let url = known(&ITEMS, base, path, "").unwrap();
                assert_eq!(url, Url::parse(&format!("{base}{path}")).unwrap().as_str());
                assert_eq!(url, format!("{base}{path}"));
            }
        }
    }

    #[test]
    fn what_parsing_would_change_is_left_to_it() {
        static ITEMS: Operation = operation("/items");
        static DOTS: Operation = operation("/a/../b");
        static QUERIED: Operation = operation("/items?kind=1");
        for base in [
            "https://A.example",
            "https://a.example:443",
            "HTTP://a.example",
            "items",
            "mailto:a",
            "https://a.example/v/..",
        ] {
            assert_eq!(known(&ITEMS, base, "", ""), None, "{base}");
            assert_eq!(known(&ITEMS, base, "/items/1", ""), None, "{base}");
        }
        let base = "https://a.example";
        assert_eq!(known(&DOTS, base, "", ""), None);
        assert_eq!(known(&QUERIED, base, "", ""), None);
        for path in [
            "items",
            "/a/..",
            "/%2e%2E/b",
            "/a?b",
            "/a b",
            "/a\\b",
            "/a#b",
            "/ü",
            "/a'b",
            "/a\tb",
            "/a{b}",
        ] {
            assert_eq!(known(&ITEMS, base, path, ""), None, "{path}");
        }
        for query in ["a=b c", "a='b'", "a=#", "a=<", "a=ü", "a=\""] {
            assert_eq!(known(&ITEMS, base, "", query), None, "{query}");
        }
    }
}
