//! Searches for patterns with look-around or back-references.

use std::sync::OnceLock;

use fancy_regex::{CompileError, Regex, RegexBuilder};

use crate::{
    Error, TooExpensive,
    engine::{MAX_PROGRAM, MAX_STEPS},
    linear::Linear,
    search::{self, LookCost},
    translation::{self, Dialect},
    tree::Node,
};

/// Maximum number of instructions in a program.
const MAX_INSTRUCTIONS: usize = 50_000;
/// Maximum number of times that a search backtracks.
const MAX_BACKTRACKS: usize = 1 << 18;
/// `fancy-regex` fixes the limit when it compiles, so there is one program for each limit. Each limit is half of the
/// previous one.
const LEVELS: usize = 18;

#[derive(Clone, Debug)]
pub struct Backtracking {
    /// Excludes most texts in linear time.
    outline: Option<Linear>,
    pattern: String,
    leaves: u64,
    looks: LookCost,
    /// Maximum number of characters that a back-reference compares.
    compared: u64,
    levels: [OnceLock<Option<Regex>>; LEVELS],
}

impl Backtracking {
    pub fn new(node: &Node) -> Result<Self, Error> {
        let is_known = |node: &Node| matches!(node, Node::Known { .. });
        if node.any(&|node| matches!(node, Node::Look { behind: true, inner, .. } if inner.any(&is_known))) {
            // For them, the reverse search that `fancy-regex` uses for a look-behind is not exact.
            return Err(Error::new("unsupported back-reference in a look-behind"));
        }
        let pattern = translation::write(node, Dialect::FancyRegex);
        let outline = search::outline(node.clone());
        let backtracking = Self {
            outline: if outline.accepts_empty() {
                None
            } else {
                Linear::new(&outline).ok()
            },
            // With a look-around at the end, nothing before it is passed to the linear engine, which would read the
            // rest of the text each time that the search backtracks.
            pattern: format!("(?:{pattern})(?=)"),
            leaves: node.size(),
            looks: search::look_cost(node),
            compared: search::widest_group(node),
            levels: Default::default(),
        };
        let regex = backtracking.compile(0)?;
        if let Some(level) = backtracking.levels.first() {
            level.get_or_init(|| Some(regex));
        }
        Ok(backtracking)
    }

    fn compile(&self, level: usize) -> Result<Regex, Error> {
        let regex = RegexBuilder::new(&self.pattern)
            .backtrack_limit(MAX_BACKTRACKS >> level)
            .delegate_size_limit(MAX_PROGRAM)
            .delegate_dfa_size_limit(MAX_PROGRAM)
            .max_prog_size(MAX_INSTRUCTIONS)
            // The tree is already as simple as a search needs it.
            .optimize(false)
            .build();
        regex.map_err(|error| match &error {
            fancy_regex::Error::CompileError(reason) => match &**reason {
                CompileError::PatternTooComplex => Error::too_large(),
                CompileError::InnerError(reason) if reason.size_limit().is_some() => Error::too_large(),
                _ => Error::unsupported(&error),
            },
            _ => Error::unsupported(&error),
        })
    }

    /// Maximum number of steps, on average, between two times that the search backtracks.
    fn steps(&self, length: u64) -> u64 {
        let mut steps = 1 + self.leaves / 16;
        if self.looks.leaves > 0 {
            let once = match self.looks.degree {
                0 => self.looks.leaves / 4 + self.looks.leaves.saturating_pow(2) / 64,
                degree => length.saturating_pow(degree).saturating_mul(self.looks.leaves),
            };
            steps = steps.saturating_add(once);
        }
        // Many characters are compared in one step.
        steps.saturating_add(self.compared.min(length) / 8192)
    }

    pub fn is_found(&self, text: &str) -> Result<bool, TooExpensive> {
        if let Some(outline) = &self.outline
            && let Ok(false) = outline.is_found(text)
        {
            return Ok(false);
        }
        let length = text.len() as u64 + 1;
        let steps = self.steps(length);
        // Before a search backtracks for the first time, it can look around at every character.
        let forward = if self.looks.repeated { length } else { 0 };
        let fits = |level: &usize| {
            let backtracks = (MAX_BACKTRACKS >> level) as u64;
            steps.saturating_mul(forward.saturating_add(backtracks)) <= MAX_STEPS
        };
        let level = (0..LEVELS).find(fits).ok_or(TooExpensive {
            steps: MAX_STEPS,
            backtracking: false,
        })?;
        let too_expensive = TooExpensive {
            steps: (MAX_BACKTRACKS >> level) as u64,
            backtracking: true,
        };
        let regex = self
            .levels
            .get(level)
            .and_then(|regex| regex.get_or_init(|| self.compile(level).ok()).as_ref());
        regex
            .ok_or_else(|| too_expensive.clone())?
            .is_match(text)
            .map_err(|_| too_expensive)
    }
}
