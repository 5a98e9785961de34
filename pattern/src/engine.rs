//! The engines, and the limits of their work.

use crate::{Error, TooExpensive, backtracking::Backtracking, linear::Linear, search, tree::Node};

/// Maximum size of the compiled program of one engine, in bytes.
pub const MAX_PROGRAM: usize = 16 << 20;
/// Maximum nesting of a tree. The engines compile it recursively, and use up to 12 KiB of the stack for each level in a
/// debug build.
const MAX_DEPTH: usize = 64;
/// Maximum number of steps of a search. A step takes 50 to 100 ns in a debug build.
pub const MAX_STEPS: u64 = 1 << 22;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub enum Engine {
    Constant(bool),
    Linear(Box<Linear>),
    Backtracking(Box<Backtracking>),
}

impl Engine {
    /// Compiles a tree. If `ascii_word` is true, `\b` and `\B` know only the word characters of ASCII.
    ///
    /// # Errors
    /// The program is too large, or `fancy-regex` does not support the pattern.
    pub fn new(node: &Node, ascii_word: bool) -> Result<Self, Error> {
        match node {
            Node::Empty => return Ok(Self::Constant(true)),
            Node::Never => return Ok(Self::Constant(false)),
            _ => {}
        }
        if node.is_deeper(MAX_DEPTH) {
            return Err(Error::new("the pattern is nested too deeply"));
        }
        if search::is_regular(node, ascii_word) {
            Linear::new(node).map(|linear| Self::Linear(Box::new(linear)))
        } else {
            Backtracking::new(node).map(|backtracking| Self::Backtracking(Box::new(backtracking)))
        }
    }

    pub fn is_found(&self, text: &str) -> Result<bool, TooExpensive> {
        match self {
            Self::Constant(found) => Ok(*found),
            Self::Linear(linear) => linear.is_found(text),
            Self::Backtracking(backtracking) => backtracking.is_found(text),
        }
    }
}
