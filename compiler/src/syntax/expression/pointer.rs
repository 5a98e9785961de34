//! JSON Pointers in text form.

/// Unescapes a reference token of RFC 6901, section 3; `None` for a `~` without `0` or `1`.
#[must_use]
pub fn unescape(token: &str) -> Option<String> {
    let mut text = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        match character {
            '~' => match characters.next() {
                Some('0') => text.push('~'),
                Some('1') => text.push('/'),
                _ => return None,
            },
            other => text.push(other),
        }
    }
    Some(text)
}

/// Escapes a reference token of RFC 6901, section 3.
#[must_use]
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// Converts `.a[0].b` to `/a/0/b`.
#[must_use]
pub fn dotted_to_pointer(dotted: &str) -> String {
    dotted
        .split(['.', '[', ']', '/'])
        .map(|part| part.trim_matches(['\'', '"', ' ']))
        .filter(|part| !part.is_empty())
        .map(|part| format!("/{}", escape(part)))
        .collect()
}

/// Returns whether a character is a `tchar` of RFC 9110, section 5.6.2.
#[must_use]
pub fn is_token_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}
