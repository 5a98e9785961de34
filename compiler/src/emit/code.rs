//! Rust source text, written from fragments.
//!
//! Macros run without optimisation, rustc with it: text that rustc reads costs much less than tokens that a macro makes.

use std::fmt::{Debug, Write as _};

/// Rust source text. Tokens are separated by spaces.
#[derive(Clone, Default)]
pub(super) struct Code(String);

impl Code {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Returns text that is Rust already, such as a name or a path.
    pub(super) fn of(text: &str) -> Self {
        let mut code = Self::new();
        code.push(text);
        code.push(" ");
        code
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn extend(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.push(&other.0);
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Writes fragments, each with text after it.
    pub(super) fn each(&mut self, fragments: impl IntoIterator<Item = impl Fragment>, after: &str) {
        for fragment in fragments {
            fragment.write(self);
            self.push(after);
        }
    }

    /// Writes fragments with text between them.
    pub(super) fn joined(&mut self, fragments: impl IntoIterator<Item = impl Fragment>, between: &str) {
        for (index, fragment) in fragments.into_iter().enumerate() {
            if index > 0 {
                self.push(between);
            }
            fragment.write(self);
        }
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.trim_end()
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl FromIterator<Code> for Code {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut all = Self::new();
        all.each(codes, "");
        all
    }
}

/// What [`quote!`] writes for `#name`.
pub(super) trait Fragment {
    fn write(&self, code: &mut Code);
}

impl Fragment for Code {
    fn write(&self, code: &mut Code) {
        code.push(&self.0);
    }
}

/// A literal.
impl Fragment for str {
    fn write(&self, code: &mut Code) {
        debug(code, self);
    }
}

impl Fragment for String {
    fn write(&self, code: &mut Code) {
        debug(code, self);
    }
}

impl Fragment for char {
    fn write(&self, code: &mut Code) {
        debug(code, self);
    }
}

impl Fragment for bool {
    fn write(&self, code: &mut Code) {
        debug(code, self);
    }
}

/// With its suffix, so that it also has this type where nothing else demands it.
impl Fragment for u64 {
    fn write(&self, code: &mut Code) {
        let _ = write!(code.0, "{self}u64 ");
    }
}

impl<F: Fragment + ?Sized> Fragment for &F {
    fn write(&self, code: &mut Code) {
        (**self).write(code);
    }
}

impl<F: Fragment> Fragment for Option<F> {
    fn write(&self, code: &mut Code) {
        if let Some(fragment) = self {
            fragment.write(code);
        }
    }
}

/// Writes what `Debug` writes, which is a literal of Rust for text, characters, truth values and finite numbers.
fn debug(code: &mut Code, value: impl Debug) {
    // Writing to a string does not fail.
    let _ = write!(code.0, "{value:?} ");
}

/// Returns a literal without a suffix.
pub(super) fn literal(value: impl Debug) -> Code {
    let mut code = Code::new();
    debug(&mut code, value);
    code
}

/// Returns [`Code`]: the tokens between the parentheses, with the fragment `name` in place of `#name`, and all fragments
/// that `names` yields in place of `#(#names)*`, `#(#names,)*` (each with a comma) and `#(#names),*` (with commas, or other
/// tokens, between them).
macro_rules! quote {
    ($($token:tt)*) => {{
        #[allow(unused_mut)]
        let mut code = $crate::emit::code::Code::new();
        $crate::emit::code::append!(code [] $($token)*);
        code
    }};
}

/// Appends tokens one after the other. Those that are the same each time are collected between the brackets, and written
/// at once. `@` marks the end of a group.
macro_rules! append {
    ($code:ident []) => {};
    ($code:ident [$($text:expr),+]) => { $code.push(concat!($($text),+)); };
    ($code:ident [$($text:expr),*] # ( # $names:ident ) * $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text),*]);
        $code.each($names, "");
        $crate::emit::code::append!($code [] $($rest)*);
    };
    ($code:ident [$($text:expr),*] # ( # $names:ident , ) * $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text),*]);
        $code.each($names, ",");
        $crate::emit::code::append!($code [] $($rest)*);
    };
    ($code:ident [$($text:expr),*] # ( # $names:ident ) $between:tt * $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text),*]);
        $code.joined($names, stringify!($between));
        $crate::emit::code::append!($code [] $($rest)*);
    };
    ($code:ident [$($text:expr),*] # $name:ident $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text),*]);
        $crate::emit::code::Fragment::write(&$name, &mut $code);
        $crate::emit::code::append!($code [] $($rest)*);
    };
    ($code:ident [$($text:expr),*] ( $($inner:tt)* ) $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "("] $($inner)* @round $($rest)*);
    };
    ($code:ident [$($text:expr),*] [ $($inner:tt)* ] $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "["] $($inner)* @square $($rest)*);
    };
    ($code:ident [$($text:expr),*] { $($inner:tt)* } $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "{"] $($inner)* @curly $($rest)*);
    };
    ($code:ident [$($text:expr),*] @round $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* ")"] $($rest)*);
    };
    ($code:ident [$($text:expr),*] @square $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "]"] $($rest)*);
    };
    ($code:ident [$($text:expr),*] @curly $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "}"] $($rest)*);
    };
    ($code:ident [$($text:expr),*] :: $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "::"] $($rest)*);
    };
    ($code:ident [$($text:expr),*] , $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* ","] $($rest)*);
    };
    ($code:ident [$($text:expr),*] ; $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* ";"] $($rest)*);
    };
    ($code:ident [$($text:expr),*] . $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* "."] $($rest)*);
    };
    ($code:ident [$($text:expr),*] $token:tt $($rest:tt)*) => {
        $crate::emit::code::append!($code [$($text,)* concat!(stringify!($token), " ")] $($rest)*);
    };
}

pub(super) use {append, quote};
