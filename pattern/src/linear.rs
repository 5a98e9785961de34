//! Searches for regular patterns.

use std::sync::{Mutex, PoisonError};

use regex_automata::{
    Input,
    hybrid::dfa::{Cache, Config, DFA},
    nfa::thompson::{Compiler, Config as Compilation, WhichCaptures, pikevm::PikeVM},
    util::syntax,
};

use crate::{
    Error, TooExpensive,
    engine::{MAX_PROGRAM, MAX_STEPS},
    translation::{self, Dialect},
    tree::Node,
};

/// Memory for the cached states of the automaton, in bytes.
const CACHE: usize = 1 << 19;
/// How often the cache may be cleared in one search. Creating the states again for every character would take as many
/// steps as the pattern has states.
const MAX_CLEARS: usize = 1;

/// A pattern without look-around and back-references.
#[derive(Debug)]
pub struct Linear {
    /// Takes one step for each byte, and creates its states when it needs them.
    automaton: DFA,
    caches: Mutex<Vec<Cache>>,
    /// Takes as many steps for each byte as the pattern has states.
    machine: PikeVM,
}

impl Linear {
    pub fn new(node: &Node) -> Result<Self, Error> {
        let pattern = translation::write(node, Dialect::Regex);
        let compilation = Compilation::new()
            .nfa_size_limit(Some(MAX_PROGRAM))
            .which_captures(WhichCaptures::None);
        let program = Compiler::new()
            // The parser limits the nesting.
            .syntax(syntax::Config::new().nest_limit(10_000))
            .configure(compilation)
            .build(&pattern)
            .map_err(|error| match error.size_limit() {
                Some(_) => Error::too_large(),
                None => Error::unsupported(&error),
            })?;
        let machine = PikeVM::new_from_nfa(program.clone()).map_err(|error| Error::unsupported(&error))?;
        let config = Config::new()
            .cache_capacity(CACHE)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(MAX_CLEARS));
        let automaton = DFA::builder()
            .configure(config)
            .build_from_nfa(program)
            .map_err(|error| Error::unsupported(&error))?;
        Ok(Self {
            automaton,
            caches: Mutex::default(),
            machine,
        })
    }

    pub fn is_found(&self, text: &str) -> Result<bool, TooExpensive> {
        let input = Input::new(text).earliest(true);
        let cache = self.caches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut cache = cache.unwrap_or_else(|| self.automaton.create_cache());
        let found = self.automaton.try_search_fwd(&mut cache, &input);
        if cache.clear_count() > 0 {
            cache.reset(&self.automaton);
        }
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
        if let Ok(found) = found {
            return Ok(found.is_some());
        }
        let states = self.machine.get_nfa().states().len() as u64;
        if states.saturating_mul(text.len() as u64) > MAX_STEPS {
            return Err(TooExpensive {
                steps: MAX_STEPS,
                backtracking: false,
            });
        }
        Ok(self.machine.is_match(&mut self.machine.create_cache(), input))
    }
}

impl Clone for Linear {
    fn clone(&self) -> Self {
        Self {
            automaton: self.automaton.clone(),
            caches: Mutex::default(),
            machine: self.machine.clone(),
        }
    }
}
