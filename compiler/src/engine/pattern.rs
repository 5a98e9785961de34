//! Regular expressions (ECMA-262).
//!
//! Input: a pattern of a document. Output: the pattern in the form that the runtime compiles. JSON Schema 2020-12
//! (Core, section 6.4) requires the flag `u`. A pattern that is valid only without the flag, such as `[\w-.]`, gets the
//! prefix `(?-u)` and is compiled without it.

use arazzo_pattern::Pattern;

use super::BadPattern;

/// Splits off a leading `(?i)`, `(?s)` or `(?m)`, which is read as flags.
fn flags(pattern: &str) -> (&str, &str) {
    let flags = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let flags = flags.filter(|(flags, _)| !flags.is_empty() && flags.chars().all(|flag| "ims".contains(flag)));
    flags.unwrap_or(("", pattern))
}

/// Returns the pattern in the form that the runtime compiles.
///
/// # Errors
/// The pattern is not valid, belongs to another dialect, or cannot be run by the runtime.
pub(super) fn read(pattern: &str) -> Result<String, BadPattern> {
    let (flags, body) = flags(pattern);
    if let Some(refusal) = slashes(body) {
        return Err(refusal);
    }
    let Err(error) = Pattern::new(pattern) else {
        return Ok(pattern.to_owned());
    };
    if let Some(refusal) = foreign(body) {
        return Err(refusal);
    }
    let plain = without_needless_escapes(body);
    let plain = format!("{}{plain}", &pattern[..pattern.len() - body.len()]);
    if Pattern::new(&plain).is_ok() {
        return Ok(plain);
    }
    let needs_unicode = ["\\p", "\\P", "\\u{"].iter().any(|escape| body.contains(escape));
    let without = format!("(?{flags}-u){body}");
    if !needs_unicode && Pattern::new(&without).is_ok() {
        return Ok(without);
    }
    Err(BadPattern {
        reason: error.to_string(),
        help: None,
    })
}

/// Returns whether a pattern is found in a text, if that can be determined.
pub(super) fn is_found(pattern: &str, text: &str) -> Option<bool> {
    Pattern::new(pattern).ok()?.is_found(text).ok()
}

/// Refuses `/…/i`, which is a regular expression literal of a programming language and not a pattern.
fn slashes(pattern: &str) -> Option<BadPattern> {
    let (inner, after) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    let are_flags = after.chars().all(|flag| "dgimsuvy".contains(flag));
    let anchored = inner.starts_with('^') || (inner.ends_with('$') && !inner.ends_with("\\$"));
    if inner.is_empty() || !are_flags || (after.is_empty() && !anchored) {
        return None;
    }
    let kept: String = after.chars().filter(|flag| "ims".contains(*flag)).collect();
    let prefix = if kept.is_empty() {
        String::new()
    } else {
        format!("(?{kept})")
    };
    Some(BadPattern {
        reason: "a pattern is not enclosed in slashes".to_owned(),
        help: Some(format!("write `{prefix}{}`", inner.replace("\\/", "/"))),
    })
}

/// Refuses constructs of other dialects that ECMA-262 reads as plain letters, or does not allow.
fn foreign(pattern: &str) -> Option<BadPattern> {
    let refusal = |what: &str, help: &str| {
        Some(BadPattern {
            reason: format!("`{what}` belongs to another dialect of regular expressions"),
            help: Some(help.to_owned()),
        })
    };
    let mut letters = pattern.char_indices();
    while let Some((at, letter)) = letters.next() {
        let rest = &pattern[at..];
        if rest.starts_with("[:") && rest.contains(":]") {
            return refusal(
                "[:…:]",
                "write the characters, such as `[A-Za-z]`, or `\\p{L}` for letters",
            );
        }
        if rest.starts_with("&&[") {
            return refusal("&&", "write a look-ahead, such as `(?![b])[a-z]`");
        }
        for (group, help) in [
            ("(?P<", "write `(?<name>…)`"),
            ("(?>", "write `(?:…)`"),
            ("(?#", "remove the comment"),
            ("(?x", "remove the flag and the whitespace that it allows"),
        ] {
            if rest.starts_with(group) {
                return refusal(group, help);
            }
        }
        if letter != '\\' {
            continue;
        }
        let Some((_, escaped)) = letters.next() else { break };
        let help = match escaped {
            'A' => "write `^` for the start",
            'z' | 'Z' => "write `$` for the end",
            'Q' | 'E' => "escape each special character with a backslash",
            'h' => "write `[ \\t]` for horizontal whitespace",
            'H' => "write `[^ \\t]`",
            'R' => "write `(?:\\r\\n|\\n|\\r)` for the end of a line",
            'p' | 'P' if !pattern[at + 2..].starts_with('{') => "write `\\p{…}` with braces",
            letter if letter.is_ascii_alphabetic() && !"dDwWsSbBfnrtv0cxukpP".contains(letter) => {
                "write the character itself, or an escape of ECMA-262"
            }
            _ => continue,
        };
        return refusal(&format!("\\{escaped}"), help);
    }
    None
}

/// Removes needless escapes: `\-` and the like mean the character itself, but are not allowed with the flag `u`.
fn without_needless_escapes(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            in_class = match letter {
                '[' => true,
                ']' => false,
                _ => in_class,
            };
            plain.push(letter);
            continue;
        }
        let Some(escaped) = letters.next() else {
            plain.push('\\');
            break;
        };
        let needed = "^$\\.*+?()[]{}|/".contains(escaped) || (in_class && escaped == '-');
        if needed || escaped.is_alphanumeric() {
            plain.push('\\');
        }
        plain.push(escaped);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_compiled_with_unicode_where_they_can() {
        for (pattern, compiled) in [
            (r"^\p{L}+$", r"^\p{L}+$"),
            ("(?i)^a$", "(?i)^a$"),
            (r"^\d{3}\-\d{4}$", r"^\d{3}-\d{4}$"),
            (r"^[\w\-.]+\@x\.y$", r"^[\w\-.]+@x\.y$"),
            (r"^[\w-.]+$", r"(?-u)^[\w-.]+$"),
            ("(?i)^{id}$", "(?i-u)^{id}$"),
            ("^/users/$", "^/users/$"),
            ("/users/", "/users/"),
        ] {
            assert_eq!(read(pattern).ok().as_deref(), Some(compiled), "{pattern}");
        }
    }

    #[test]
    fn other_dialects_are_refused() {
        for pattern in [
            r"\Aabc\z",
            "[[:alpha:]]+",
            r"\Qa.b\E",
            r"\h+",
            r"\R",
            "/abc/i",
            "/^abc$/",
            "[a-z&&[^b]]",
            "(?P<n>a)",
            "(?>a)",
            r"^\p{L}{id}$",
            "(",
            "a**",
            r"\pL",
        ] {
            assert!(read(pattern).is_err(), "{pattern}");
        }
        assert_eq!(is_found(r"^2\d{2}$", "204"), Some(true));
        assert_eq!(is_found(r"^2\d{2}$", "404"), Some(false));
    }
}
