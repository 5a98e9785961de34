//! Converts names of the document to Rust names.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use unicode_normalization::UnicodeNormalization as _;

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::Span;

/// Keywords of every edition that have a raw form.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords without a raw form.
const FIXED: [&str; 4] = ["self", "Self", "crate", "super"];

/// Names that a module or function next to the macro call would hide or collide with: the crates that every program
/// has, the crate of the macro, the primitive types, and `main`.
const SURROUNDINGS: [&str; 24] = [
    "alloc",
    "arazzo",
    "bool",
    "char",
    "core",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "main",
    "proc_macro",
    "std",
    "str",
    "test",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Methods that every type has. They take it by value, so they take precedence over an accessor of the same name.
const BY_VALUE: [&str; 2] = ["into", "try_into"];

/// The function and module of a workflow: `arazzo` becomes `arazzo_`.
#[must_use]
pub fn workflow(id: &str) -> String {
    apart(snake(id), &SURROUNDINGS)
}

/// The accessor of a step: `into` becomes `into_`.
#[must_use]
pub fn step(id: &str) -> String {
    apart(snake(id), &BY_VALUE)
}

fn apart(name: String, taken: &[&str]) -> String {
    if taken.contains(&name.as_str()) {
        return format!("{name}_");
    }
    name
}

/// A field, function or module: `create-user` becomes `create_user`, `type` becomes `r#type`.
#[must_use]
pub fn snake(name: &str) -> String {
    if is_snake(name) {
        return reserved(name.to_owned());
    }
    escape(&ascii(name).to_snake_case(), "value")
}

/// A type or variant: `create-user` becomes `CreateUser`.
#[must_use]
pub fn pascal(name: &str) -> String {
    plain_pascal(name).map_or_else(|| any_pascal(name), reserved)
}

fn any_pascal(name: &str) -> String {
    escape(&ascii(name).to_upper_camel_case(), "Value")
}

/// Returns the same for what most names consist of: ASCII words that start with a letter, and have no other capital. Macros
/// are built without optimisation, and a description has hundreds of names.
fn plain_pascal(name: &str) -> Option<String> {
    let mut pascal = Vec::with_capacity(name.len());
    // Whether a word starts here, and whether it may end here.
    let (mut start, mut end) = (true, false);
    for byte in name.bytes() {
        (start, end) = match byte {
            b'a'..=b'z' => {
                pascal.push(if start { byte.to_ascii_uppercase() } else { byte });
                (false, true)
            }
            b'A'..=b'Z' if start || end => {
                pascal.push(byte);
                (false, false)
            }
            b'0'..=b'9' if end => {
                pascal.push(byte);
                (false, true)
            }
            b'_' | b'-' if end => (true, false),
            _ => return None,
        };
    }
    // A name that is empty, or ends with a separator or a single capital, is left to the general case.
    if end { String::from_utf8(pascal).ok() } else { None }
}

/// Returns whether a name consists of lower-case ASCII words between single underscores. Most names do, and stay
/// unchanged.
fn is_snake(name: &str) -> bool {
    let mut last = b'_';
    let plain = name.bytes().all(|byte| {
        let fits =
            byte.is_ascii_lowercase() || (byte.is_ascii_digit() && last != b'_') || (byte == b'_' && last != b'_');
        last = byte;
        fits
    });
    plain && last != b'_'
}

/// Replaces everything that is not allowed in identifiers by a word boundary.
fn ascii(name: &str) -> String {
    let valid = |letter: char| letter == '_' || (letter.is_alphanumeric() && unicode_ident::is_xid_continue(letter));
    name.chars()
        .map(|letter| if valid(letter) { letter } else { '-' })
        .collect()
}

/// A constant: `create-user` becomes `CREATE_USER`.
#[must_use]
pub fn constant(name: &str) -> String {
    let upper = snake(name).trim_start_matches("r#").to_uppercase();
    escape(&upper, "VALUE")
}

fn escape(name: &str, empty: &str) -> String {
    // Rust normalizes identifiers (reference, section "Identifiers"). Changing the case of a character can produce
    // characters that are not normalized.
    let name: String = name
        .nfc()
        .filter(|&letter| unicode_ident::is_xid_continue(letter))
        .collect();
    if name.chars().all(|letter| letter == '_') {
        return empty.to_owned();
    }
    if !name.starts_with(|first| first == '_' || unicode_ident::is_xid_start(first)) {
        return format!("_{name}");
    }
    reserved(name)
}

fn reserved(name: String) -> String {
    if FIXED.contains(&name.as_str()) {
        return format!("{name}_");
    }
    if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else {
        name
    }
}

/// The Rust names of one kind, and the names in the document that they belong to.
#[derive(Debug)]
pub(super) struct Names {
    /// What the names belong to, such as `inputs`.
    what: &'static str,
    /// The prefix of a name in the option `rename`.
    prefix: String,
    taken: BTreeMap<String, (Span, String)>,
}

impl Names {
    pub(super) fn new(what: &'static str, prefix: impl Into<String>) -> Self {
        Self {
            what,
            prefix: prefix.into(),
            taken: BTreeMap::new(),
        }
    }

    /// Returns the Rust name of `name`. This is `ident` unless another name already has it; then the collision is
    /// reported, and a number is added.
    pub(super) fn take(&mut self, ident: &str, name: &str, span: Span, diagnostics: &mut Diagnostics) -> String {
        let free = free_name(ident, &self.taken);
        if let Some((first, other)) = self.taken.get(ident) {
            let message = format!("{} `{other}` and `{name}` both become `{ident}` in Rust", self.what);
            let plain = ident.strip_prefix("r#").unwrap_or(ident);
            diagnostics.push(
                Diagnostic::new(&rule::NAME_COLLISION, span, message)
                    .related(*first, format!("`{other}` is defined here"))
                    .help(format!(
                        "rename one of them: `rename = {{ \"{}{name}\" = {plain}_2 }}`",
                        self.prefix
                    )),
            );
        }
        self.taken.insert(free.clone(), (span, name.to_owned()));
        free
    }
}

/// Returns the identifier, or the first one derived from it that is free.
fn free_name<T>(ident: &str, names: &BTreeMap<String, T>) -> String {
    let plain = ident.trim_end_matches('_');
    let joint = if plain.starts_with(char::is_uppercase) { "" } else { "_" };
    let numbered = (2..).map(|number| format!("{plain}{joint}{number}"));
    std::iter::once(ident.to_owned())
        .chain(numbered)
        .find(|name| !names.contains_key(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rust_names() {
        for (name, field, kind) in [
            ("createUser", "create_user", "CreateUser"),
            ("place-order", "place_order", "PlaceOrder"),
            ("type", "r#type", "Type"),
            ("self", "self_", "Self_"),
            ("2fa", "_2fa", "_2fa"),
            ("a.b", "a_b", "AB"),
            ("", "value", "Value"),
            ("$", "value", "Value"),
            ("x-api-key", "x_api_key", "XApiKey"),
            ("user_id", "user_id", "UserId"),
            ("a_2", "a_2", "A2"),
            ("a2_b", "a2_b", "A2B"),
            ("_a", "a", "A"),
            ("a__b_", "a_b", "AB"),
            ("match", "r#match", "Match"),
            ("\u{24d0}", "value", "Value"),
            ("\u{1f130}b", "b", "B"),
            ("\u{301}", "value", "Value"),
            ("e\u{301}", "e", "E"),
            ("\u{bc}", "value", "Value"),
            ("名前", "名前", "名前"),
            ("\u{212b}", "\u{e5}", "\u{c5}"),
            ("\u{1100}\u{1161}", "가", "가"),
            ("\u{663}", "_\u{663}", "_\u{663}"),
        ] {
            assert_eq!((snake(name).as_str(), pascal(name).as_str()), (field, kind), "{name}");
        }
        assert_eq!(
            (workflow("arazzo"), step("tryInto")),
            ("arazzo_".to_owned(), "try_into_".to_owned())
        );
    }

    /// Compares the two ways for all names of up to seven of these characters.
    #[test]
    fn plain_names_become_what_any_names_become() {
        let mut names = vec![String::new()];
        let (mut at, mut plain) = (0, 0);
        while let Some(name) = names.get(at).cloned() {
            at += 1;
            if let Some(pascal) = plain_pascal(&name) {
                assert_eq!(pascal, any_pascal(&name), "{name}");
                plain += 1;
            }
            if name.len() < 7 {
                names.extend(["a", "B", "1", "-"].map(|next| format!("{name}{next}")));
            }
        }
        assert!(plain > 500, "{plain} of {at}");
    }

    /// Tests Rust's own rules (reference, section "Identifiers") for every character, alone and in a name.
    #[test]
    fn every_character_gives_an_identifier() {
        // No plane above this one contains letters.
        for letter in char::MIN..='\u{3ffff}' {
            for name in [letter.to_string(), format!("a{letter}"), format!("{letter}b{letter}")] {
                for ident in [snake(&name), pascal(&name), constant(&name)] {
                    let plain = ident.strip_prefix("r#").unwrap_or(&ident);
                    let mut letters = plain.chars();
                    let first = letters.next().expect("a name");
                    assert!(first == '_' || unicode_ident::is_xid_start(first), "{name:?}: {ident}");
                    assert!(letters.all(unicode_ident::is_xid_continue), "{name:?}: {ident}");
                    assert_ne!(plain, "_", "{name:?}");
                }
            }
        }
    }
}
