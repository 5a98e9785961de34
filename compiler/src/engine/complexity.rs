//! Limits for the complexity of a query: the engines that parse queries are recursive, and some of them take
//! exponential time.

/// Measures of a query, outside of string literals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Complexity {
    /// Nesting of parentheses and brackets.
    depth: usize,
    /// Number of operators, and of everything that could be one.
    operators: usize,
    /// Length in bytes.
    length: usize,
}

/// The limits of a query language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) depth: usize,
    pub(super) operators: usize,
    pub(super) length: usize,
    /// Whether a backslash in a string literal escapes the next character.
    pub(super) escapes: bool,
}

/// Returns which limit a query exceeds.
pub(super) fn excess(query: &str, bounds: Bounds) -> Option<String> {
    let found = measure(query, bounds.escapes);
    if found.depth > bounds.depth {
        return Some(format!(
            "nested {} levels deep; the limit is {}",
            found.depth, bounds.depth
        ));
    }
    if found.operators > bounds.operators {
        return Some(format!(
            "{} operators; the limit is {}",
            found.operators, bounds.operators
        ));
    }
    (found.length > bounds.length).then(|| format!("{} bytes long; the limit is {}", found.length, bounds.length))
}

fn measure(query: &str, escapes: bool) -> Complexity {
    let mut found = Complexity {
        length: query.len(),
        ..Complexity::default()
    };
    let (mut depth, mut word) = (0_usize, String::new());
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_alphabetic() {
            word.push(letter);
            continue;
        }
        if [
            "or",
            "and",
            "div",
            "idiv",
            "mod",
            "to",
            "is",
            "union",
            "return",
            "then",
            "else",
            "satisfies",
        ]
        .contains(&word.as_str())
        {
            found.operators += 1;
        }
        word.clear();
        match letter {
            '(' | '[' | '{' => {
                depth += 1;
                found.depth = found.depth.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '\'' | '"' => {
                while let Some(inner) = letters.next() {
                    if inner == letter {
                        break;
                    }
                    if escapes && inner == '\\' {
                        letters.next();
                    }
                }
            }
            '+' | '-' | '*' | '=' | '<' | '>' | '|' | '!' | ',' | '&' | '/' => found.operators += 1,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_operators_are_counted_outside_of_strings() {
        let measured = |query: &str, escapes| {
            let found = measure(query, escapes);
            (found.depth, found.operators)
        };
        assert_eq!(measured("$[?(@.a == '((((' || @[0])]", true), (3, 4));
        assert_eq!(measured(r"$['\'((']", true), (1, 0));
        assert_eq!(measured(r"concat('\', f(g(1)))", false), (3, 1));
        assert_eq!(measured("a or b and -c", false), (0, 3));
    }
}
